"""Is anything lost or doubled when a run is killed? Many runs, each killed at a random moment and then run again.

    python -m benchmarks.crashes ARTICLES [--held 200] [--new 400] [--kills 200] [--seed 1] [--workers 1] [--words 0]

ARTICLES is a folder of text files. A data set holds ``--held`` of them; a tenth of these are edited and ``--new``
others come. Each try starts from a copy of that data set: a run takes in what has changed, and its whole session gets
SIGKILL at a random moment before its expected end. Every fourth kill waits for the run's commit, and falls before it
can be finished: at random that would be rare. With ``--alone`` only the process that was started is killed, and its
workers have to notice. A second run goes to its end. ``--words`` cuts articles to so many words, to afford more kills.

Prints one JSON object. Its ``faults`` have to be 0, each; exits with 1 when one is not:

- ``lost``, ``doubled``, ``foreign``: rows of all tables that stand there less often than after an undisturbed run, more
  often, or that it does not have at all;
- ``audits``: second runs after which ``onrecord audit`` found something; ``failed_runs``: those that failed;
- ``torn_looks``: times when a reader, who asks all the while, saw articles that are those of neither version, or whose
  records, quotes or mentions are not as many as it was told; ``failed_looks``: when it got an error within the second
  for which removed parts stay;
- ``left_processes``: processes of a session two seconds after its kill; ``left_work``: work folders after second runs.

``phases`` have no limit: how many kills fell before the commit, between its decision and its end (``N.json`` and
``N.done``), after it, after that of the clusters, or came too late; when they fell, and how long the second runs took
(median seconds), to be seen beside ``undisturbed_seconds``, of a run before all kills and one after them: what a killed
run had finished is not done again.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import onrecord
from benchmarks.crashes_kill import find_phase, finish_seconds, kill
from benchmarks.crashes_reader import look, reader
from benchmarks.speed import copy_sample, note
from benchmarks.tables import Rows, differences, read_rows

#: Of the held articles so many are edited; one kill in so many waits for the commit.
EDITED_SHARE, AIMED_EVERY = 0.1, 4
FAULTS = (
    *("lost", "doubled", "foreign", "audits", "failed_runs"),
    *("torn_looks", "failed_looks", "left_processes", "left_work"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--held", type=int, default=200)
    parser.add_argument("--new", type=int, default=400)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--words", type=int, default=0, help="of an article at most; 0: all")
    parser.add_argument("--alone", action="store_true", help="kill the process that was started, not its workers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = crash(given, Path(folder).resolve())
    print(json.dumps(figures, indent=1))
    return 1 if any(figures["faults"].values()) else 0


def crash(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    chance, prepared = random.Random(given.seed), folder / "prepared"
    articles = prepare(given, chance, folder, prepared)
    command = onrecord("run", articles, "--output", folder / "try", "--workers", given.workers)
    faults: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
    phases: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with reader() as pipe:
        undisturbed = folder / "undisturbed"
        seconds = run_undisturbed(command, prepared, undisturbed, pipe)
        expected, finishing = read_rows(undisturbed), finish_seconds(undisturbed, prepared)
        counts = frozenset(look(output)[0] for output in (prepared, undisturbed))
        for number in range(given.kills):
            output = Path(shutil.copytree(prepared, folder / "try"))
            pipe.send((output, counts))
            aimed = number % AIMED_EVERY == AIMED_EVERY - 1
            moment = chance.uniform(0, finishing if aimed else seconds)
            killed = kill(command, output, moment, aimed=aimed, alone=given.alone)
            phase = find_phase(output, prepared) if killed.seconds else "too late"
            second, code = run(command)
            pipe.send(None)
            found = {"left_processes": killed.left, "failed_runs": int(code != 0), **pipe.recv()}
            found |= find_faults(output, expected)
            faults.update(found)
            phases[phase].append((killed.seconds, second))
            wrong = {name: count for name, count in found.items() if count and name != "looks"}
            note(f"{number + 1}: {phase}, killed at {killed.seconds:.2f} s, then {second:.1f} s {wrong or ''}")
            shutil.rmtree(output)
        last_seconds = run_undisturbed(command, prepared, folder / "last", pipe)
    return {
        "tries": given.kills,
        "rows": {table: rows.total() for table, rows in expected.items()},
        "looks": faults.pop("looks", 0),
        "undisturbed_seconds": [round(seconds, 2), round(last_seconds, 2)],
        "phases": {name: phase_figures(times) for name, times in sorted(phases.items())},
        "faults": dict(faults),
    }


def run_undisturbed(command: Sequence[str], prepared: Path, output: Path, pipe: Connection) -> float:
    """Seconds of a run that nobody kills, beside the reader as the others; its data set goes to ``output``."""
    place = Path(shutil.copytree(prepared, output.with_name("try")))
    pipe.send((place, frozenset()))
    seconds, _ = run(command, check=True)
    pipe.send(None)
    pipe.recv()
    place.rename(output)
    note(f"undisturbed: {seconds:.1f} s")
    return seconds


def prepare(given: argparse.Namespace, chance: random.Random, folder: Path, prepared: Path) -> Path:
    """Make a data set of the held articles, and then the changes to come; the folder of the articles."""
    articles = folder / "articles"
    texts = read_texts(given.articles, given.held + given.new, given.words, folder / "sample")
    held = write(articles, texts[: given.held])
    run(onrecord("run", articles, "--output", prepared, "--workers", given.workers), check=True)
    prepare_changes(articles, held, texts[given.held :], chance)
    return articles


def prepare_changes(articles: Path, held: Sequence[Path], new: Sequence[str], chance: random.Random) -> None:
    """Edit some of the articles that are there, and have others come."""
    for path in chance.sample(held, round(len(held) * EDITED_SHARE)):
        path.write_text(f"{path.read_text()}\n\n“It was put right,” the editor said.\n")
    write(articles / "new", new)


def phase_figures(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    killed_at, second = (round(median(column), 2) for column in zip(*times, strict=True))
    return {"tries": len(times), "killed_at": killed_at, "second_seconds": second}


def read_texts(articles: Path, count: int, words: int, folder: Path) -> list[str]:
    """So many texts, cut to so many words; SystemExit when there are fewer."""
    paths = sorted(copy_sample(articles, folder, count).iterdir())
    if len(paths) < count:
        raise SystemExit(f"{articles}: {len(paths)} text files there; --held and --new want {count}")
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in paths)
    return [first_words(text, words) if words else text for text in texts]


def first_words(text: str, count: int) -> str:
    r"""The text up to the end of a word.

    >>> first_words("One two.\n\nThree four.", 3)
    'One two.\n\nThree'
    """
    match = re.match(rf"(?:\s*\S+){{1,{count}}}", text)
    return match[0] if match else text


def write(folder: Path, texts: Sequence[str]) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number:05}.txt" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def run(command: Sequence[str], *, check: bool = False) -> tuple[float, int]:
    """Run to the end: the seconds, and the exit code."""
    started = time.monotonic()
    ended = subprocess.run(command, check=check, stdout=subprocess.DEVNULL)
    return time.monotonic() - started, ended.returncode


def find_faults(output: Path, expected: Rows) -> dict[str, int]:
    faults: Counter[str] = Counter()
    for difference in differences(expected, read_rows(output)).values():
        faults.update(difference)
    audit = subprocess.run(onrecord("audit", "--data", output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    work = list((output / "_onrecord" / "work").glob("*"))
    return {**faults, "audits": int(audit.returncode != 0), "left_work": len(work)}


if __name__ == "__main__":
    sys.exit(main())
