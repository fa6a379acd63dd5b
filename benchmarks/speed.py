"""How fast the product is, as ratios of measurements taken in turn, so that a busy machine slows all alike.

    python -m benchmarks.speed ARTICLES [--sample 800] [--times 3] [--before PYTHON] [--rivals PYTHON]

ARTICLES is a folder of text files, of which up to ``--sample`` are taken, evenly spread. Prints one JSON object: the
figures of each measurement, the ``ratios``, and which of them ``missed`` their limit. Exits with 1 when one does.

Whole processes, start-up included:

- ``workers_1_to_loop`` (at least 0.9), ``workers_2_to_loop`` (at least 1.6, given two idle cores): wall time of a bare
  loop over the product's functions to that of ``onrecord run``;
- ``workers_2_to_1``: wall time of one worker to that of two;
- ``workers_2_to_1_path`` (at least 1.8): the same without start-up and without what other people do on the machine: the
  processor seconds of one worker to those of the busier of two and of the process that started them;
- ``worker_megabytes`` (at most 380): the peak memory (Pss) of the largest worker, and ``launcher_megabytes`` (no limit)
  that of the process that starts two of them;
- ``workers_1_to_before`` (at least 1.15, with ``--before``): words a processor second of one worker, to those of the
  ``onrecord`` in the environment of another Python: a checkout of an earlier state, installed.

One thread, the model loaded (``benchmarks.speed_reader`` and ``benchmarks.speed_rivals``):

- ``reader_to_session`` (at least 0.6): the reader's words a second beside the bare ONNX session on the same windows;
- ``long_to_short``, ``joined_to_parts`` (at most 1.3): a word's cost in a text of 160,000 words to that in 1,400;
- ``onrecord_to_textacy`` (no limit; with ``--rivals``): words a processor second on the same 100 articles, to those of
  spaCy's small model with textacy's quotations, in the environment of that Python.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import Usage, cores, measure, onrecord, onrecord_of, run_benchmark
from benchmarks.speed_rivals import count_words, read_texts

# The product is imported by other processes only: what two map at once counts half in each one's memory.

FLOORS = {
    "workers_1_to_loop": 0.9,
    "workers_2_to_loop": 1.6,
    "workers_2_to_1_path": 1.8,
    "workers_1_to_before": 1.15,
    "reader_to_session": 0.6,
}
CEILINGS = {"worker_megabytes": 380, "long_to_short": 1.3, "joined_to_parts": 1.3}
SAMPLE, RIVAL_ARTICLES = 800, 100

Runs = Mapping[str, Sequence[Usage]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--sample", type=int, default=SAMPLE, help="how many articles at most")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--before", type=program, metavar="PYTHON", help="of an environment with an earlier onrecord")
    parser.add_argument(
        "--rivals", type=program, metavar="PYTHON", help="of an environment with textacy and spaCy's small model"
    )
    parser.add_argument("--long-words", type=int, default=160_000, help="words of the long text; fewer only to try out")
    parser.add_argument("--loop", type=Path, metavar="OUTPUT", help="only run the bare loop into OUTPUT")
    given = parser.parse_args()
    if given.loop:
        loop(given.articles, given.loop)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        sample = copy_sample(given.articles, Path(folder) / "sample", given.sample)
        figures = measure_all(sample, Path(folder), given)
    figures["missed"] = find_missed(figures["ratios"])
    print(json.dumps(figures, indent=1))
    return 1 if figures["missed"] else 0


def measure_all(sample: Path, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    texts = read_texts(sample)
    words = sum(map(count_words, texts))
    runs = measure_runs(sample, copy_sample(sample, folder / "single", 1), given.times, given.before)
    figures: dict[str, Any] = {"articles": len(texts), "words": words, "times": given.times, "cores": cores()}
    figures["runs"] = {name: run_figures(usages) for name, usages in runs.items()}
    for name in runs.keys() - {"start_1", "start_2"}:
        figures["runs"][name] |= rates(runs[name], len(texts), words)
    ratios = run_ratios(runs)
    note("reader")
    figures["reader"] = run_benchmark("speed_reader", sample, "--times", given.times, "--long-words", given.long_words)
    ratios |= {name: figures["reader"][name] for name in ("reader_to_session", "long_to_short", "joined_to_parts")}
    if given.rivals:
        figures["rivals"] = measure_rivals(
            copy_sample(sample, folder / "rivals", RIVAL_ARTICLES), given.times, given.rivals
        )
        ratios["onrecord_to_textacy"] = figures["rivals"]["onrecord_to_textacy"]
    return figures | {"ratios": ratios}


def copy_sample(articles: Path, folder: Path, count: int) -> Path:
    """The folder, with up to so many text files, evenly spread over the sorted names; SystemExit when there is none."""
    paths = sorted(articles.rglob("*.txt"))
    if not paths:
        raise SystemExit(f"{articles}: no text files (*.txt) there")
    count = min(count, len(paths))
    folder.mkdir()
    for number in range(count):
        shutil.copyfile(paths[number * len(paths) // count], folder / f"{number:05}.txt")
    return folder


def loop(articles: Path, output: Path) -> None:
    """The whole work without Beam and without worker processes: shard after shard through the same functions."""
    from onrecord.pipeline.graph.annotating import annotate_shard
    from onrecord.pipeline.graph.planning import plan, read_deal
    from onrecord.pipeline.graph.shards import cut_shards, split_deal
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.sources import find
    from onrecord.pipeline.store.target import Target, run_alive
    from onrecord.pipeline.store.versions.commit import commit

    options = Options(output=str(output))
    target = Target.of(options)
    with run_alive(target):
        keys = plan(find([str(articles)]), [str(articles)], options, target).keys
        dealt = [list(split_deal(read_deal(key, keys, target))) for key in range(keys)]
        shards = [shard for references in dealt for shard in cut_shards(reference for _, reference in references)]
        commit([annotate_shard(shard, options, target) for shard in shards], target)


def measure_runs(sample: Path, single: Path, times: int, before: str | None) -> Runs:
    """The bare loop, the command with one and two workers, the earlier one; with workers also on a single article."""
    usages: dict[str, list[Usage]] = defaultdict(list)
    for turn in range(times):
        with tempfile.TemporaryDirectory() as folder:
            for name, command in commands(sample, single, Path(folder), before):
                note(f"turn {turn + 1} of {times}: {name}")
                usages[name].append(measure(command))
    return usages


def commands(sample: Path, single: Path, folder: Path, before: str | None) -> Iterator[tuple[str, list[str]]]:
    """The runs of one turn, by name."""
    yield "loop", [sys.executable, "-m", "benchmarks.speed", str(sample), "--loop", str(folder / "loop")]
    if before:
        yield "before", onrecord_of(before, "run", sample, "--output", folder / "before", "--workers", 1)
    for workers in (1, 2):
        for name, articles in ((f"workers_{workers}", sample), (f"start_{workers}", single)):
            yield name, onrecord("run", articles, "--output", folder / name, "--workers", workers)


def run_figures(usages: Sequence[Usage]) -> dict[str, Any]:
    """Medians of runs of one name; figures by process, the launcher first, are of the last run."""
    return {
        "seconds": round(median(usage.seconds for usage in usages), 2),
        "cpu_seconds": round(median(usage.cpu_seconds for usage in usages), 2),
        "megabytes": round(median(usage.megabytes for usage in usages)),
        "process_cpu_seconds": [round(process.cpu_seconds, 2) for process in usages[-1].processes],
        "process_megabytes": [round(process.megabytes) for process in usages[-1].processes],
    }


def rates(usages: Sequence[Usage], articles: int, words: int) -> dict[str, float]:
    return {
        "articles_a_second": round(median(articles / usage.seconds for usage in usages), 2),
        "words_a_cpu_second": round(median(words / usage.cpu_seconds for usage in usages)),
    }


def run_ratios(runs: Runs) -> dict[str, float]:
    """Medians over the turns."""

    def seconds_ratio(slow: str, fast: str) -> float:
        return _median(long.seconds / short.seconds for long, short in zip(runs[slow], runs[fast], strict=True))

    ratios = {
        "workers_1_to_loop": seconds_ratio("loop", "workers_1"),
        "workers_2_to_loop": seconds_ratio("loop", "workers_2"),
        "workers_2_to_1": seconds_ratio("workers_1", "workers_2"),
        "workers_2_to_1_path": _median(
            (alone.cpu_seconds - start_1.cpu_seconds) / (critical_path(pair) - critical_path(start_2))
            for alone, start_1, pair, start_2 in zip(
                *(runs[name] for name in ("workers_1", "start_1", "workers_2", "start_2")), strict=True
            )
        ),
        "worker_megabytes": round(
            max(
                worker.megabytes for usage in (*runs["workers_1"], *runs["workers_2"]) for worker in usage.processes[1:]
            )
        ),
        "launcher_megabytes": round(max(usage.processes[0].megabytes for usage in runs["workers_2"])),
    }
    if "before" in runs:
        pairs = zip(runs["before"], runs["workers_1"], strict=True)
        ratios["workers_1_to_before"] = _median(before.cpu_seconds / now.cpu_seconds for before, now in pairs)
    return ratios


def critical_path(usage: Usage) -> float:
    """Processor seconds that no further worker would take away: of the launcher, and of the busiest of its workers."""
    launcher, *workers = usage.processes
    return launcher.cpu_seconds + max(worker.cpu_seconds for worker in workers)


def measure_rivals(sample: Path, times: int, python: str) -> dict[str, Any]:
    """Both readers over the same articles, in turn, each in a process of its own."""
    turns = []
    for turn in range(times):
        note(f"turn {turn + 1} of {times}: rivals")
        ours = run_benchmark("speed_rivals", "onrecord", sample)
        turns.append((ours, run_benchmark("speed_rivals", "textacy", sample, python=python)))
    figures: dict[str, Any] = {}
    for name, results in zip(("onrecord", "textacy"), zip(*turns, strict=True), strict=True):
        rate = median(result["words"] / result["cpu_seconds"] for result in results)
        figures[name] = results[-1] | {"words_a_cpu_second": round(rate)}
    figures["onrecord_to_textacy"] = _median(theirs["cpu_seconds"] / ours["cpu_seconds"] for ours, theirs in turns)
    return figures


def find_missed(ratios: Mapping[str, float]) -> list[str]:
    """Which ratios are below their floor or above their ceiling; those that were not measured are not."""
    low = [name for name, floor in FLOORS.items() if name in ratios and ratios[name] < floor]
    return low + [name for name, ceiling in CEILINGS.items() if name in ratios and ratios[name] > ceiling]


def program(path: str) -> str:
    """The absolute path of a program, links kept: an environment's Python is a link. For argparse."""
    if not Path(path).is_file():
        raise argparse.ArgumentTypeError(f"{path}: no such file; give the environment's bin/python")
    return str(Path(path).absolute())


def note(text: str) -> None:
    print(text, file=sys.stderr)


def _median(values: Iterator[float]) -> float:
    return round(median(values), 3)


if __name__ == "__main__":
    sys.exit(main())
