"""What does a data set cost that grows, and does it hold what one run over everything would?

    python -m benchmarks.growth ARTICLES [--days 30] [--files 100000] [--sample 1000] [--part daily] [--seed 1]

ARTICLES is a folder of text files, of which up to ``--sample`` are taken, evenly spread. Prints one JSON object with
the figures of each part (one or more with ``--part``; all by default) and which of them ``missed`` their limit. Exits
with 1 when one does.

``daily``: half of the articles, and on each further day some of the rest; a twentieth are edited each day, a twentieth
moved, a fortieth removed. Every day is one ``onrecord run --mirror --yes``.

- ``differences`` (none): rows of all tables, ids and all, that are not those of one fresh run over the last state;
- ``rewritten_bytes`` (no limit): of parts written anew since some of their rows had left, day by day, beside the bytes
  of the data set's parts, ``table_bytes``, and ``seconds``.

``files``: a folder of so many empty files, which are refused at once, and one article.

- ``after_listing_seconds`` (at most 3): of a run that finds nothing new, less those of a process that only lists; what
  the command takes to start is in it, so see ``start_seconds`` (no limit), of such a run over one article;
- ``megabytes`` (at most 300): the peak memory (Pss) of that run; ``first_megabytes`` (no limit): of the one before.

``pieces``: a run over all articles in one process.

- ``bookkeeping_share`` (at most 0.03): processor seconds of planning, dealing out and committing, to those of all of
  it, start-up included; ``clusters_share`` (no limit): of comparing articles for near-duplicates.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import measure, onrecord, run_benchmark, run_onrecord
from benchmarks.growth_days import live_a_day
from benchmarks.speed import copy_sample, note
from benchmarks.tables import differences, read_rows, table_bytes

CEILINGS = {"after_listing_seconds": 3, "megabytes": 300, "bookkeeping_share": 0.03}
FILES_IN_A_FOLDER = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=1000, help="how many articles at most")
    parser.add_argument("--part", choices=PARTS, action="append", help="one or more; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=3, help="of runs that find nothing new")
    given = parser.parse_args()
    figures: dict[str, Any] = {}
    for name in given.part or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            sample = copy_sample(given.articles, Path(folder).resolve() / "sample", given.sample)
            figures[name] = PARTS[name](sample, sample.parent, given)
        note(json.dumps({name: figures[name]}))
    figures["missed"] = find_missed(figures)
    print(json.dumps(figures, indent=1))
    return 1 if figures["missed"] else 0


def find_missed(figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Figures above their limit.

    >>> find_missed({"daily": {"differences": {"quotes": {"lost": 1}}}, "files": {"megabytes": 301.0}})
    ['differences', 'megabytes']
    """
    together = {name: value for part in figures.values() for name, value in part.items()}
    missed = ["differences"] if together.get("differences") else []
    return missed + [name for name, most in CEILINGS.items() if together.get(name, 0) > most]


def measure_days(sample: Path, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    news, output = folder / "news", folder / "output"
    days = []
    for day in range(given.days):
        changes = live_a_day(day, given.days, sample, news, given.seed)
        usage = measure(onrecord("run", news, "--output", output, "--mirror", "--yes"))
        days.append(
            {
                **changes,
                "seconds": round(usage.seconds, 1),
                "rewritten_bytes": last_outcome(output)["rewritten"],
                "table_bytes": table_bytes(output),
            }
        )
        note(f"day {day + 1}: {days[-1]}")
    run_onrecord("run", news, "--output", folder / "fresh", "--fresh")
    expected = read_rows(folder / "fresh")
    return {
        "rows": {table: rows.total() for table, rows in expected.items()},
        "differences": differences(expected, read_rows(output)),
        "days": days,
    }


def last_outcome(output: Path) -> dict[str, Any]:
    """What the last run did."""
    path = max((output / "_onrecord" / "runs").glob("*.json"), key=lambda path: int(path.stem))
    outcome: dict[str, Any] = json.loads(path.read_text())["outcome"]
    return outcome


def measure_files(sample: Path, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    files, output = copy_sample(sample, folder / "files", 1), folder / "output"
    for number in range(given.files):
        place = files / f"{number // FILES_IN_A_FOLDER:04}" / f"{number:07}.txt"
        place.parent.mkdir(exist_ok=True)
        place.touch()
    first = measure(onrecord("run", files, "--output", output))
    note(f"first run: {first.seconds:.0f} s")
    single = copy_sample(sample, folder / "single", 1)
    run_onrecord("run", single, "--output", folder / "start")
    turns = [
        (
            measure([sys.executable, "-m", "benchmarks.growth_pieces", "listing", str(files)]),
            measure(onrecord("run", files, "--output", output)),
            measure(onrecord("run", single, "--output", folder / "start")),
        )
        for _ in range(given.times)
    ]
    listing, seconds, start = (median(usage.seconds for usage in usages) for usages in zip(*turns, strict=True))
    return {
        "files": given.files,
        "first_seconds": round(first.seconds, 1),
        "first_megabytes": round(first.megabytes),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(median(again.cpu_seconds for _, again, _ in turns), 2),
        "listing_seconds": round(listing, 2),
        "start_seconds": round(start, 2),
        "after_listing_seconds": round(median(again.seconds - listed.seconds for listed, again, _ in turns), 2),
        "megabytes": round(max(again.megabytes for _, again, _ in turns)),
    }


def measure_pieces(sample: Path, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    pieces: dict[str, float] = run_benchmark("growth_pieces", "run", sample)
    whole = pieces["whole"]
    return {
        "articles": len(list(sample.iterdir())),
        "cpu_seconds": {name: round(seconds, 2) for name, seconds in pieces.items()},
        "bookkeeping_share": round(sum(pieces[name] for name in ("plan", "deal", "commit")) / whole, 4),
        "clusters_share": round(pieces["clusters"] / whole, 4),
    }


PARTS: Mapping[str, Callable[[Path, Path, argparse.Namespace], dict[str, Any]]] = {
    "daily": measure_days,
    "files": measure_files,
    "pieces": measure_pieces,
}


if __name__ == "__main__":
    sys.exit(main())
