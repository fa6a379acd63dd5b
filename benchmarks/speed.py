"""How fast the product is, as ratios of measurements taken in turn, so that a busy machine slows all alike.

    python -m benchmarks.speed ARTICLES [--times 3]

ARTICLES is a folder of text files. Prints one JSON object:

- ``loop``, ``workers_1``, ``workers_2``: articles a second and peak memory of a whole process, start-up included, for a
  bare loop over the product's functions and for ``onrecord run`` with one and two workers (medians);
- ``workers_1_to_loop`` (at least 0.9) and ``workers_2_to_loop`` (at least 1.6, given two idle cores);
- ``reader_to_session`` (at least 0.6): the reader's words a second beside the bare ONNX session on the same windows.

Exits with 1 when a ratio is below its floor.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import Usage, cores, measure, onrecord
from onrecord.pipeline.graph.shards import Shard, load, plan
from onrecord.pipeline.graph.steps import annotate_batch, split_file
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import find
from onrecord.pipeline.store.commit import commit
from onrecord.pipeline.store.parts import Part, ShardWriter
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import Article, RawArticle

FLOORS = {"workers_1_to_loop": 0.9, "workers_2_to_loop": 1.6, "reader_to_session": 0.6}
#: Articles on which the reader is compared with the session.
SAMPLE_ARTICLES = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--loop", type=Path, metavar="OUTPUT", help="only run the bare loop into OUTPUT")
    given = parser.parse_args()
    if given.loop:
        loop(given.articles, given.loop)
        return 0
    figures = measure_runs(given.articles, given.times) | measure_reader(given.articles, given.times)
    print(json.dumps(figures, indent=1))
    missed = [name for name, floor in FLOORS.items() if figures[name] < floor]
    return 1 if missed else 0


def loop(articles: Path, output: Path) -> None:
    """The whole work without Beam: shard after shard through the same functions."""
    options = Options(output=str(output), clusters=False)
    parts: list[Part] = []
    for shard in plan_shards(articles):
        writer = ShardWriter(shard.name, str(output))
        for batch in load(shard, options):
            writer.write(annotate_batch(batch, options.annotator).results, batch.tally)
        parts += writer.close()
    commit(parts, str(output), options.id_rule)


def plan_shards(articles: Path) -> list[Shard]:
    return plan(part for reference in find([str(articles)]) for part in split_file(reference))


def measure_runs(articles: Path, times: int) -> dict[str, Any]:
    """The bare loop and the command with one and two workers, in turn."""
    usage: dict[str, list[Usage]] = {"loop": [], "workers_1": [], "workers_2": []}
    for turn in range(times):
        with tempfile.TemporaryDirectory() as folder:
            bare = [sys.executable, "-m", "benchmarks.speed", str(articles), "--loop", f"{folder}/loop"]
            usage["loop"].append(measure(bare))
            for workers in (1, 2):
                command = onrecord("run", articles, "--output", f"{folder}/{workers}", "--workers", workers)
                usage[f"workers_{workers}"].append(measure(command))
        print(f"turn {turn + 1} of {times} done", file=sys.stderr)
    n = sum(len(shard.references) for shard in plan_shards(articles))
    figures: dict[str, Any] = {"articles": n, "times": times, "cores": cores()}
    for name, runs in usage.items():
        figures[name] = {
            "articles_a_second": round(median(n / run.seconds for run in runs), 2),
            "megabytes": round(median(run.megabytes for run in runs)),
        }
    for workers in (1, 2):
        ratios = [
            bare.seconds / run.seconds for bare, run in zip(usage["loop"], usage[f"workers_{workers}"], strict=True)
        ]
        figures[f"workers_{workers}_to_loop"] = round(median(ratios), 3)
    return figures


class _Recorder:
    """Stands before the session and keeps the calls that it passes on."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.calls: list[tuple[Any, Any]] = []

    def run(self, names: Any, feed: Any) -> Any:
        self.calls.append((names, feed))
        return self.session.run(names, feed)


def measure_reader(articles: Path, times: int) -> dict[str, Any]:
    """The reader over clean texts beside the session alone over the windows that the reader made of them."""
    annotator = Annotator()
    sample = list(islice(clean_articles(articles, annotator), SAMPLE_ARTICLES))
    words = sum(len(re.findall(r"\w+", article.text)) for article in sample)
    network = annotator.nlp.get_pipe("onrecord_reader").model.network
    session = network._session

    def read() -> None:
        for article in sample:
            annotator.read(article)

    def run_session() -> None:
        for names, feed in recorder.calls:
            session.run(names, feed)

    recorder = network._session = _Recorder(session)
    read()
    network._session = session
    pairs = [(_cpu_seconds(read), _cpu_seconds(run_session)) for _ in range(times)]
    return {
        "reader_words_a_second": round(median(words / whole for whole, _ in pairs)),
        "session_words_a_second": round(median(words / bare for _, bare in pairs)),
        "reader_to_session": round(median(bare / whole for whole, bare in pairs), 3),
    }


def clean_articles(articles: Path, annotator: Annotator) -> Iterator[Article]:
    for shard in plan_shards(articles):
        for batch in load(shard):
            cleaned = (annotator.clean(raw) for raw in batch.results if isinstance(raw, RawArticle))
            yield from (article for article in cleaned if isinstance(article, Article))


def _cpu_seconds(work: Any) -> float:
    """Processor seconds: both sides run on one thread, so what others do meanwhile does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
