"""Pieces of a run, each by itself, for ``benchmarks.growth``.

    python -m benchmarks.growth_pieces listing|run FOLDER

``listing`` prints how many files the folder has, ``run`` the processor seconds of each piece of a run over it, as JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("piece", choices=PIECES)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    print(json.dumps(PIECES[given.piece](given.folder)))


def list_files(folder: Path) -> int:
    from onrecord.pipeline.sources import find

    return len(list(find([str(folder)])))


def run_in_pieces(articles: Path) -> dict[str, float]:
    """Processor seconds of each piece of a run over the articles, and of the whole process."""
    from onrecord.pipeline.graph.annotating import annotate_shard
    from onrecord.pipeline.graph.planning import plan, read_deal
    from onrecord.pipeline.graph.shards import cut_shards, split_deal
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.sources import find
    from onrecord.pipeline.store.clusters import update_clusters
    from onrecord.pipeline.store.target import Target, run_alive
    from onrecord.pipeline.store.versions.commit import commit

    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as output:
        options = Options(output=output)
        target = Target.of(options)
        with run_alive(target):
            with spending(seconds, "listing"):
                references = list(find([str(articles)]))
            with spending(seconds, "plan"):
                keys = plan(references, [str(articles)], options, target).keys
            with spending(seconds, "deal"):
                dealt = [list(split_deal(read_deal(key, keys, target))) for key in range(keys)]
                shards = [shard for deal in dealt for shard in cut_shards(reference for _, reference in deal)]
            with spending(seconds, "annotate"):
                made = [annotate_shard(shard, options, target) for shard in shards]
            with spending(seconds, "commit"):
                commit(made, target)
            with spending(seconds, "clusters"):
                update_clusters(target)
    return {**seconds, "whole": time.process_time()}


@contextmanager
def spending(seconds: dict[str, float], name: str) -> Iterator[None]:
    started = time.process_time()
    yield
    seconds[name] = time.process_time() - started


PIECES: Mapping[str, Callable[[Path], Any]] = {"listing": list_files, "run": run_in_pieces}


if __name__ == "__main__":
    main()
