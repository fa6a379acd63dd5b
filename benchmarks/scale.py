"""What is behind ``benchmarks/scale.md``: rates of a real run, and what grows with a data set, simulated.

    python -m benchmarks.scale rates ARTICLES
    python -m benchmarks.scale growth [--parts 100000] [--records 16] [--step 64]
    python -m benchmarks.scale clusters [--articles 1000000]

Each prints one JSON object. ``rates``: processor seconds, words and bytes of tables an article, from one run with one
worker, and the bytes that travel between the steps of the graph. ``growth``: a ledger of so many parts of so many
records, committed ``--step`` parts at a time by the product's own commits; at each power of ten the bytes of its log
and of its commits, and the seconds and megabytes of opening it and of planning a run over one new file. One of the
eight tables is simulated: the logs of the others are alike. ``clusters``: seconds and megabytes of comparing so many
signatures, of which one in twenty is a copy with 30 % changed.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.command import measure, onrecord, run_benchmark
from benchmarks.speed import note

#: Versions at the end of a step of growth whose commits are timed.
TIMED_COMMITS = 16


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    pieces = parser.add_subparsers(dest="piece", required=True)
    rates = pieces.add_parser("rates")
    rates.add_argument("folder", type=Path)
    growth = pieces.add_parser("growth")
    growth.add_argument("--parts", type=int, default=100_000)
    growth.add_argument("--records", type=int, default=16)
    growth.add_argument("--step", type=int, default=64)
    clusters = pieces.add_parser("clusters")
    clusters.add_argument("--articles", type=int, default=1_000_000)
    opened = pieces.add_parser("planned")  # a process of its own, for its memory
    opened.add_argument("folder", type=Path)
    given = parser.parse_args()
    print(json.dumps(PIECES[given.piece](given), indent=1))
    return 0


def find_rates(given: argparse.Namespace) -> dict[str, Any]:
    """Of one run over the articles, by the command, and of the graph's steps over the same."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        usage = measure(onrecord("run", given.folder, "--output", output))
        commit = json.loads((output / "_onrecord" / "commits" / "1.json").read_bytes())
        articles = commit["totals"]["articles"]
        n_bytes = {path.name: _size(path) for path in output.iterdir() if path.name != "_onrecord"}
        travelling = _travelling(given.folder, Path(folder) / "again")
    words = sum(len(path.read_text(errors="replace").split()) for path in given.folder.rglob("*.txt"))
    return {
        "articles": articles,
        "words": words,
        "cpu_seconds_an_article": round(usage.cpu_seconds / articles, 4),
        "words_a_cpu_second": round(words / usage.cpu_seconds),
        "bytes_of_tables_an_article": {table: round(size / articles) for table, size in sorted(n_bytes.items())},
        "bytes_of_all_tables_an_article": round(sum(n_bytes.values()) / articles),
        "bytes_travelling_an_article": {step: round(size / articles, 1) for step, size in travelling.items()},
    }


def _travelling(articles: Path, output: Path) -> dict[str, int]:
    """Bytes that leave each step of the graph, as Beam encodes them."""
    from apache_beam.coders import registry

    from onrecord.pipeline.graph.planning import plan, read_deal
    from onrecord.pipeline.graph.shards import cut_shards, split_deal
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.sources import find
    from onrecord.pipeline.store.parts import ShardParts
    from onrecord.pipeline.store.schema import SCHEMAS
    from onrecord.pipeline.store.tally import Tally
    from onrecord.pipeline.store.target import Target, run_alive

    def encoded(value: object) -> int:
        return len(registry.get_coder(object).encode(value))

    options = Options(output=str(output))
    target = Target.of(options)
    with run_alive(target):
        keys = plan(find([str(articles)]), [str(articles)], options, target).keys
        keyed = [each for key in range(keys) for each in split_deal(read_deal(key, keys, target))]
    by_key: dict[int, list[Any]] = {}
    for key, reference in keyed:
        by_key.setdefault(key, []).append(reference)
    shards = [shard for group in by_key.values() for shard in cut_shards(group)]
    made = ShardParts(
        name=f"part-{'0' * 16}.parquet", rows=tuple((table, 1000) for table in SCHEMAS), tally=Tally.of(["0" * 16])
    )
    return {
        "references by key": sum(map(encoded, keyed)),
        "shards": sum(map(encoded, shards)),
        "parts": len(shards) * encoded((None, made)),
    }


def grow(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Figures of a ledger at each power of ten of its parts."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        marks = [10**power for power in range(2, 9) if 10**power < given.parts] + [given.parts]
        figures, done = [], 0
        seconds: list[float] = []
        for count in _commits(output, given):
            done += count[0]
            seconds.append(count[1])
            if done >= marks[0]:
                figures.append(_grown(output, done, seconds[-TIMED_COMMITS:], given))
                note(json.dumps(figures[-1]))
                marks.pop(0)
    return figures


def _commits(output: Path, given: argparse.Namespace) -> Iterator[tuple[int, float]]:
    """Commit parts of a ledger, some at a time: how many, and the seconds of the commit itself."""
    from onrecord.pipeline.ask.snapshot import newest
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.store.parts import write_empty
    from onrecord.pipeline.store.schema import SCHEMAS
    from onrecord.pipeline.store.target import Target, commit_lock, run_alive
    from onrecord.pipeline.store.versions.commits import Commit, TableChange, publish

    options = Options(output=str(output))
    chance, made = Random(1), 0
    while made < given.parts:
        target = Target.of(options)
        with run_alive(target), commit_lock(output):
            count = min(given.step, given.parts - made)
            names = [_write_ledger(made + n, given.records, chance, target) for n in range(count)]
            tables = dict.fromkeys(SCHEMAS, TableChange())
            if not made:
                tables = {table: TableChange(add={write_empty(table, target): 0}) for table in SCHEMAS}
            tables["records"] = TableChange(add=dict.fromkeys(names, given.records))
            totals = {
                "records": made * given.records, "articles": made * given.records, "rejects": 0, "ids": "0" * 16,
                "id_rule": options.id_rule, "made_by": target.made_by, "tables_versions": ["1"],
            }  # fmt: skip
            started = time.monotonic()
            publish(output, Commit(number=newest(output) + 1, tables=tables, work=target.work_name, totals=totals))
            made += count
            yield count, time.monotonic() - started


def _write_ledger(number: int, records: int, chance: Random, target: Any) -> str:
    """A part of the ledger, as that of a shard of so many articles; not made sure on the disk, for speed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from onrecord.pipeline.store.schema import SCHEMAS

    rows = [
        {
            "record_id": f"{chance.getrandbits(64):016x}",
            "address": f"/data/news/{number // 1000:05}/{number:07}-{n:03}.txt",
            "uri": f"/data/news/{number // 1000:05}/{number:07}-{n:03}.txt",
            "record": "",
            "outcome": "article",
            "article_id": f"{chance.getrandbits(64):016x}",
            "reason": None,
            "raw_sha256": f"{chance.getrandbits(256):064x}",
            "read_sha256": f"{chance.getrandbits(256):064x}",
            "n_bytes": 4000,
            "made_by": target.made_by,
        }
        for n in range(records)
    ]
    name = f"part-{number:016x}.parquet"
    folder = target.work / "records"
    folder.mkdir(exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=SCHEMAS["records"])
    pq.write_table(table, folder / name, compression="zstd", use_dictionary=False, write_page_index=True)
    return name


def _grown(output: Path, parts: int, seconds: list[float], given: argparse.Namespace) -> dict[str, Any]:
    planned = run_benchmark("scale", "planned", output)
    own = output / "_onrecord"
    return {
        "parts": parts,
        "records": parts * given.records,
        "commits": len(list((own / "commits").glob("*.json"))),
        "ledger_bytes_a_record": round(_size(output / "records", "part-*") / parts / given.records),
        "log_megabytes": round(_size(output / "records" / "_delta_log") / 1e6, 1),
        "commits_megabytes": round(_size(own / "commits") / 1e6, 1),
        "seconds_a_commit": round(sum(seconds) / len(seconds), 3),
        **planned,
    }


def open_and_plan(given: argparse.Namespace) -> dict[str, float]:
    """Seconds of opening the newest version and of planning a run over one new file, and megabytes at most."""
    from onrecord.pipeline.ask.snapshot import current
    from onrecord.pipeline.graph.planning import plan
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.sources import find
    from onrecord.pipeline.store.target import Target, run_alive

    started = time.monotonic()
    current(given.folder)
    opened = time.monotonic()
    with tempfile.TemporaryDirectory() as news:
        (Path(news) / "new.txt").write_text("It rains.")
        options = Options(output=str(given.folder))
        target = Target.of(options)
        with run_alive(target):
            plan(find([news]), [news], options, target)
    planned = time.monotonic()
    return {
        "seconds_to_open": round(opened - started, 3),
        "seconds_to_plan": round(planned - opened, 3),
        "megabytes_to_plan": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def compare_many(given: argparse.Namespace) -> dict[str, Any]:
    """Seconds and memory of comparing so many signatures, in this process, which does nothing else."""
    from benchmarks.near_duplicates import cluster_copies

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    clusters = cluster_copies(given.articles)
    return {
        "articles": given.articles,
        "clusters": clusters,
        "seconds": round(time.monotonic() - started, 1),
        "megabytes_before": round(before / 1000),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def _size(path: Path, pattern: str = "*") -> int:
    """Bytes of a file, or of the files below a folder."""
    if not path.is_dir():
        return path.stat().st_size
    return sum(each.stat().st_size for each in path.rglob(pattern) if each.is_file())


PIECES: Mapping[str, Callable[[argparse.Namespace], Any]] = {
    "rates": find_rates,
    "growth": grow,
    "clusters": compare_many,
    "planned": open_and_plan,
}


if __name__ == "__main__":
    sys.exit(main())
