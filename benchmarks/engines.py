"""The graph on real engines, large: what they cost, how soon rows are there, whether anything is lost when parts die.

    python -m benchmarks.engines cost ARTICLES [--files 200]
    python -m benchmarks.engines stream ARTICLES [--files 300] [--seconds 240] [--stored] [--seed 1]
    python -m benchmarks.engines crashes ARTICLES [--schedules 30] [--files 40] [--first 1]
    python -m benchmarks.engines soak ARTICLES [--seconds 1800] [--files 60]

``make engines`` comes before, and ``ONRECORD_ENGINES=$PWD/.engines``. ARTICLES is a folder of text files, of which
``--words`` keeps the beginning. Each prints one JSON object and exits with 1 when a figure is past its limit.

``cost``: processor seconds of a run on Prism and on two Dask workers, by those of a run here with two workers (limit
1.15), and the share of each Dask worker (at least 0.35). ``stream``: files come over so many seconds, some are
rewritten, removed, written slowly; rows that are not those of one fresh run (none), and seconds from a file's last
change until its rows can be seen. ``crashes``: in each schedule two of engine, launcher, pool and store die at random
moments and are begun again, or a Dask worker or the scheduler in a run; rows that differ (none). ``soak``: idle polling
and a trickle; memory, open files and files of the data set in the last third against the first (5 %).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.command import CHECKOUT, cpu_seconds, measure, megabytes, with_children
from benchmarks.speed import note
from benchmarks.watching import cut

sys.path.insert(0, str(CHECKOUT / "tests" / "engines"))  # the tests' own processes, feed and comparison
from engine_processes import Process, dask, onrecord, prism, python_of, running, wait_for
from streaming import Feed, Job, watching
from tables_made import Tables, tables_of

MAX_COST, MIN_SHARE, MAX_GROWTH = 1.15, 0.35, 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("piece", choices=PIECES)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--files", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--schedules", type=int, default=30)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stored", action="store_true")
    parser.add_argument("--words", type=int)
    given = parser.parse_args()
    if "ONRECORD_ENGINES" not in os.environ:
        raise SystemExit("make engines, and ONRECORD_ENGINES=$PWD/.engines")
    with tempfile.TemporaryDirectory() as folder:
        figures = PIECES[given.piece](given, Path(folder).resolve())
    print(json.dumps(figures, indent=1))
    return 1 if figures["missed"] else 0


def texts_of(given: argparse.Namespace, count: int) -> dict[str, str]:
    """So many texts by their names; where there are fewer, again and again with another last line."""
    paths = sorted(given.articles.rglob("*.txt"))
    if not paths:
        raise SystemExit(f"{given.articles}: no text files (*.txt) there")
    texts = [cut(path.read_text(errors="replace"), given.words) for path in paths[:count]]
    return {f"{n:05}.txt": f"{texts[n % len(texts)]}\n\nThis was number {n}.\n" for n in range(count)}


# What engines cost -------------------------------------------------------------------------------------------------


def find_cost(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    articles = folder / "articles"
    articles.mkdir()
    for name, text in texts_of(given, given.files or 200).items():
        (articles / name).write_text(text)
    here = measure(onrecord("run", articles, "-o", folder / "here", "-w", 2)).cpu_seconds
    note(f"here: {here:.1f} s")
    with prism(folder) as (engine, flags):
        client = measure(onrecord("run", articles, "-o", folder / "prism", *flags)).cpu_seconds
        on_prism = client + _tree_seconds(engine)
    note(f"Prism: {on_prism:.1f} s")
    with dask(folder) as (scheduler, workers, flags):
        before = [_tree_seconds(each) for each in (scheduler, *workers)]  # when they have nothing to do yet
        client = measure(
            onrecord("run", articles, "-o", folder / "dask", *flags, python=python_of("cluster"))
        ).cpu_seconds
        after = [_tree_seconds(each) for each in (scheduler, *workers)]
        own = [_readers_seconds(each) for each in workers]
        on_dask = client + sum(after) - sum(before)
    note(f"Dask: {on_dask:.1f} s")
    differ = [name for name in ("prism", "dask") if tables_of(folder / name) != tables_of(folder / "here")]
    figures = {
        "files": given.files or 200,
        "cpu_seconds": {"here": round(here, 1), "prism": round(on_prism, 1), "dask": round(on_dask, 1)},
        "prism_by_here": round(on_prism / here, 3),
        "dask_by_here": round(on_dask / here, 3),
        "shares_of_dask_workers": [round(each / sum(own), 3) for each in own],
        "differ": differ,
    }
    missed = [name for name in ("prism_by_here", "dask_by_here") if figures[name] > MAX_COST]
    missed += ["shares_of_dask_workers"] if min(figures["shares_of_dask_workers"]) < MIN_SHARE else []
    return {**figures, "missed": missed + differ}


def _tree_seconds(process: Process) -> float:
    return sum(map(cpu_seconds, with_children(process.popen.pid)))


def _readers_seconds(process: Process) -> float:
    """Processor seconds of the processes that annotate for a worker of Dask's."""
    return sum(map(cpu_seconds, with_children(process.popen.pid)[1:]))


# A stream, and what dies in it --------------------------------------------------------------------------------------


def run_stream(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    files = given.files or 300
    feed = _feed(given, folder, files, given.seconds or 240.0, given.seed)
    with watching(folder, pooled=given.stored, stored=given.stored) as job:
        feed.run()
        job.wait_until_quiet(files - feed.removed, seconds=1200.0)
        status = job.status()
        differ = _differences(job, folder)
    figures = {
        "files": files,
        "rewritten": feed.rewritten,
        "removed": feed.removed,
        "written_slowly": feed.slow,
        "windows": status["turns"],
        "latency": status["latency"],
        "differences": differ,
    }
    return {**figures, "missed": differ}


def _feed(given: argparse.Namespace, folder: Path, files: int, seconds: float, seed: int) -> Feed:
    return Feed(
        news=folder / "news",
        texts=texts_of(given, files),
        seconds=seconds,
        rewritten=max(1, files // 20),
        removed=max(1, files // 60),
        slow=max(1, files // 30),
        chance=Random(seed),
    )


def _differences(job: Job, folder: Path) -> list[str]:
    """What is wrong when the job has ended: the audit, or tables that are not those of a fresh run."""
    wrong = job.faults()
    subprocess.run(onrecord("run", folder / "news", "-o", folder / "fresh"), check=True, stdout=sys.stderr)
    return wrong + _tables_that_differ(tables_of(job.tables), tables_of(folder / "fresh"))


def _tables_that_differ(made: Tables, expected: Tables) -> list[str]:
    return [table for table in expected.rows if made.rows[table] != expected.rows[table]]


def run_schedules(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    died: dict[str, int] = {}
    for seed in range(given.first, given.first + given.schedules):
        place = folder / f"{seed}"
        place.mkdir()
        run = _crash_in_dask if seed % 5 == 0 else _crash_in_stream
        victims, wrong = run(given, place, Random(seed))
        for name in victims:
            died[name] = died.get(name, 0) + 1
        found |= {f"{seed}": wrong} if wrong else {}
        note(f"schedule {seed}: {', '.join(victims)} {wrong or ''}")
    return {"schedules": given.schedules, "died": died, "differences": found, "missed": sorted(found)}


def _crash_in_stream(given: argparse.Namespace, folder: Path, chance: Random) -> tuple[list[str], list[str]]:
    files = given.files or 40
    feed = _feed(given, folder, files, 40.0, chance.randrange(10**6))
    with watching(folder, pooled=True, stored=True) as job:
        assert job.pool
        assert job.store
        names = {"engine": job.engine, "launcher": job.launcher, "pool": job.pool, "store": job.store}
        chosen = chance.sample(list(names), 2)
        moments = dict(zip(chance.sample(range(5, files), 2), chosen, strict=True))

        def kill(n: int) -> None:
            if n in moments:
                victim = names[moments[n]]
                victim.kill()
                time.sleep(20.0 if victim is job.store else chance.uniform(0.0, 8.0))
                job.restart(victim)

        feed.run(kill)
        job.wait_until_quiet(files - feed.removed, seconds=600.0)
        return chosen, _differences(job, folder)


def _crash_in_dask(given: argparse.Namespace, folder: Path, chance: Random) -> tuple[list[str], list[str]]:
    """A worker dies in a run, which goes on without it; or the scheduler, and the run is begun again."""
    articles = folder / "articles"
    articles.mkdir()
    for name, text in texts_of(given, 4 * (given.files or 40)).items():
        (articles / name).write_text(text)
    chosen = chance.choice(["Dask worker", "Dask scheduler"])
    command = onrecord("run", articles, "-o", folder / "out", python=python_of("cluster"))
    with dask(folder) as (scheduler, workers, flags), running([*command, *flags], folder / "run.log") as run:
        wait_for(lambda: any((folder / "out").glob("_onrecord/work/*/articles")), run)
        time.sleep(chance.uniform(0.0, 5.0))
        (workers[0] if chosen == "Dask worker" else scheduler).kill()
        try:
            code = run.popen.wait(timeout=120)
        except subprocess.TimeoutExpired:
            code = -1
            run.kill()
    wrong = []
    if code:
        with dask(folder) as (_, _, flags), running([*command, *flags], folder / "run.log") as run:
            wrong += [run.said()[-300:]] if run.popen.wait() else []
    subprocess.run(onrecord("run", articles, "-o", folder / "fresh", "-w", 2), check=True, stdout=sys.stderr)
    return [chosen], wrong + _tables_that_differ(tables_of(folder / "out"), tables_of(folder / "fresh"))


# Half an hour of little ---------------------------------------------------------------------------------------------


def soak(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Figures of the thirds: of a job that has been at work for some windows already."""
    files, seconds = given.files or 60, given.seconds or 1800.0
    looks: list[Mapping[str, float]] = []
    with watching(folder, pooled=False, stored=False) as job:
        _feed(given, folder, 20, 20.0, given.seed).run()  # models and libraries are loaded
        job.wait_until_quiet(20 - 1, seconds=600.0)
        started = time.monotonic()
        trickle = list(texts_of(given, files + 20).items())[20:]
        while (passed := time.monotonic() - started) < seconds:
            while trickle and passed >= seconds * (files - len(trickle)) / files:
                name, text = trickle.pop(0)
                (folder / "news" / name).write_text(text)
            looks.append(_look(job))
            time.sleep(2.0)
    third = len(looks) // 3
    figures: dict[str, Any] = {"seconds": seconds, "files": files, "looks": len(looks)}
    for name in looks[0]:
        first, last = (median(look[name] for look in part) for part in (looks[:third], looks[-third:]))
        figures[name] = {"first": round(first, 1), "last": round(last, 1), "growth": round(last / first - 1, 4)}
    return {**figures, "missed": [name for name in looks[0] if figures[name]["growth"] > MAX_GROWTH]}


def _look(job: Job) -> dict[str, float]:
    """Megabytes (Pss) and open files of the launcher with its workers, and of Prism; seconds that a listing takes."""
    told: dict[str, float] = {}
    for name, process in (("launcher", job.launcher), ("prism", job.engine)):
        pids = with_children(process.popen.pid)
        told[f"{name}_megabytes"] = sum(map(megabytes, pids))
        told[f"{name}_open_files"] = sum(len(list(Path(f"/proc/{pid}/fd").glob("*"))) for pid in pids)
    return told


PIECES: Mapping[str, Callable[[argparse.Namespace, Path], dict[str, Any]]] = {
    "cost": find_cost,
    "stream": run_stream,
    "crashes": run_schedules,
    "soak": soak,
}


if __name__ == "__main__":
    sys.exit(main())
