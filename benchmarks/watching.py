"""Does a watcher take every file once, in its last version, whatever happens to it, and how soon are its rows there?

    python -m benchmarks.watching ARTICLES [--files 2000] [--single 20] [--words N] [--workers 1] [--seed 1]

ARTICLES is a folder of text files, of which ``--words`` keeps only the beginning. Prints one JSON object and exits with
1 when a figure ``missed`` its limit.

First ``--single`` files are moved into the watched folder, each when the rows of the one before can be seen. Then
``--files`` come in bursts, above the machine's speed: some are written slowly in place, rewritten, renamed, removed. On
the way the watcher is stopped by SIGTERM and killed by SIGKILL, and begun again. Beside it the data set is asked all
the time, and at last there are a second run over the folder and ``compact`` (where there is such a command).

- ``differences`` (none): rows, ids and all, that are not those of one fresh run over what is in the folder at the end;
- ``single`` (p99 at most 2 seconds): from the move of a file until its rows could be seen; ``bursts`` (no limit): the
  same for the bursts, as each watcher told it, and so with the time for which a file had to wait for others;
- ``questions_failed`` (none), of all ``questions``;
- ``memory_growth`` (at most 0.05): of the last watcher and its workers, median of the last half of its time to that of
  the first, the first minute left out; ``megabytes`` (no limit): those medians; None for less than four minutes.

It needs a machine with nothing else to do: the seconds are wall time.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.command import onrecord, run_onrecord
from benchmarks.speed import note
from benchmarks.tables import differences, read_rows
from benchmarks.watching_feed import Feed

CEILINGS = {"single_p99": 2.0, "memory_growth": 0.05, "questions_failed": 0}
#: Seconds between two looks, and how long the last file may take.
POLL_SECONDS, PATIENCE = 0.2, 3600.0
#: Memory of a watcher is looked at when it has taken files for so long, and compared when it lived so long.
WARM_SECONDS, LONG_SECONDS = 60.0, 240.0
QUESTION = "SELECT count(*), count(DISTINCT article_id) FROM articles"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--single", type=int, default=20, help="files that come one by one before")
    parser.add_argument("--words", type=int, help="of each article that are kept; all by default")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    texts = [cut(path.read_text(), given.words) for path in sorted(given.articles.rglob("*.txt"))]
    if not texts:
        raise SystemExit(f"{given.articles}: no text files (*.txt) there")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure_watcher(texts, Path(folder).resolve(), given)
    figures["missed"] = find_missed(figures)
    print(json.dumps(figures, indent=1))
    return 1 if figures["missed"] else 0


def cut(text: str, words: int | None) -> str:
    """The beginning of a text.

    >>> cut("It rains in May.", 2), cut("It rains in May.", None)
    ('It rains', 'It rains in May.')
    """
    return text if words is None else " ".join(text.split()[:words])


def find_missed(figures: Mapping[str, Any]) -> list[str]:
    """Figures above their limit.

    >>> find_missed({"differences": {}, "single_p99": 2.1, "memory_growth": None, "questions_failed": 0})
    ['single_p99']
    """
    missed = ["differences"] if figures["differences"] else []
    return missed + [name for name, most in CEILINGS.items() if (figures[name] or 0) > most]


def measure_watcher(texts: Sequence[str], folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    news, output = folder / "news", folder / "output"
    feed = Feed(texts=texts, news=news, chance=Random(given.seed))
    command = onrecord("watch", news, "--output", output, "--mirror", "--yes", "--workers", given.workers)
    watcher = Watcher(command, output)
    single = move_in_one_by_one(feed, watcher, given.single)
    note(f"one by one: {single}")
    with asking(output) as answers:
        told = live(feed, watcher, command, output, given.files)
        feed.close()
        watcher = told.pop()
        watcher.wait_until_idle()
    watcher.end(signal.SIGTERM, 0)
    note(f"bursts: {watcher.last['latency']}")
    run_onrecord("cluster", "--data", output)
    run_onrecord("run", news, "--output", folder / "fresh", "--fresh")
    expected = read_rows(folder / "fresh")
    halves = watcher.megabytes()
    return {
        "feed": dict(feed.counts),
        "rows": {table: rows.total() for table, rows in expected.items()},
        "differences": differences(expected, read_rows(output)),
        "single": single,
        "single_p99": single["p99"],
        "bursts": [each.last["latency"] for each in (*told, watcher)],
        "turns": [each.last["turns"] for each in (*told, watcher)],
        "failures": [each.last["error"] for each in (*told, watcher) if each.last["error"]],
        "questions": len(answers),
        "questions_failed": sum(not is_right for is_right in answers),
        "megabytes": halves,
        "memory_growth": round(halves[1] / halves[0] - 1, 4) if halves else None,
    }


def move_in_one_by_one(feed: Feed, watcher: Watcher, files: int) -> Mapping[str, float]:
    for number in range(files):
        feed.move_in()
        watcher.wait_until(lambda status, number=number: status["files"] > number and status["state"] == "idle")
    latency: Mapping[str, float] = watcher.last["latency"]
    return latency


def live(feed: Feed, watcher: Watcher, command: Sequence[str], output: Path, files: int) -> list[Watcher]:
    """Feed the watcher, end it twice on the way and begin it again; all watchers, the last one alive."""
    watchers, others = [watcher], list[subprocess.Popen[bytes]]()
    ends = {1 / 4: (signal.SIGTERM, 0), 1 / 2: (signal.SIGKILL, -signal.SIGKILL)}
    for came in feed.bursts(files):
        for share in [share for share in ends if came >= share * files]:
            watchers[-1].wait_until(lambda status: status["turns"] > 0)  # and then there are others still
            watchers[-1].end(*ends.pop(share))
            watchers.append(Watcher(command, output))
        if not others and came >= files * 3 / 5:
            others = [subprocess.Popen(each, stdout=sys.stderr) for each in commands_beside(feed.news, output)]
    for other in others:
        if other.wait():
            raise subprocess.CalledProcessError(other.returncode, other.args)
    return watchers


def commands_beside(news: Path, output: Path) -> list[list[str]]:
    commands = [onrecord("run", news, "--output", output)]
    compact = onrecord("compact", "--data", output)
    has_compact = subprocess.run([*compact, "--help"], capture_output=True).returncode == 0
    return [*commands, compact] if has_compact else commands


@contextmanager
def asking(output: Path) -> Iterator[list[bool]]:
    """Ask the data set in another thread, again and again: of each question, whether no article stood there twice."""
    from onrecord.pipeline.ask import ask

    answers: list[bool] = []
    done = threading.Event()

    def work() -> None:
        while not done.wait(POLL_SECONDS * 5):
            try:
                ((articles, ids),) = ask(QUESTION, output).rows
                answers.append(articles == ids)
            except Exception as error:
                note(f"question: {error!r}")
                answers.append(False)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield answers
    finally:
        done.set()
        thread.join()


class Watcher:
    """A process that watches; what it tells is read again and again, and its memory kept."""

    def __init__(self, command: Sequence[str], output: Path) -> None:
        self._path = output / "_onrecord" / "watch.json"
        self._memory: list[tuple[float, int]] = []
        self.last: dict[str, Any] = {}
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_until(lambda status: status["state"] != "starting")

    def end(self, number: int, code: int) -> None:
        """Send it a signal; raises RuntimeError when it ends with another code than that."""
        self._process.send_signal(number)
        if self._process.wait() != code:
            raise RuntimeError(f"signal {number}: the watcher ended with {self._process.returncode} and not {code}")
        self._reader.join()

    def wait_until_idle(self) -> None:
        """Wait until two looks of it, one after the other, found nothing to do."""
        looks = 0
        while looks < 3:
            self.wait_until(lambda status, before=self.last["updated"]: status["updated"] != before)
            looks = looks + 1 if self._is_idle() else 0

    def wait_until(self, is_so: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (self.last and is_so(self.last)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the watcher has ended, or has not come so far: {self.last}")
            time.sleep(POLL_SECONDS / 4)

    def megabytes(self) -> tuple[float, float] | None:
        """The median memory of the first half of its life and of the second."""
        start, end = self.last["started"] + WARM_SECONDS, self.last["updated"]
        if end - start < LONG_SECONDS - WARM_SECONDS:
            return None
        halves = [
            [n_bytes for at, n_bytes in self._memory if first <= at < last]
            for first, last in ((start, (start + end) / 2), ((start + end) / 2, end))
        ]
        first, second = (round(median(half) / 1e6, 1) for half in halves)
        return first, second

    def _is_idle(self) -> bool:
        backlog = self.last["backlog"]
        return self.last["state"] == "idle" and not (backlog["files"] or backlog["settling"])

    def _read(self) -> None:
        while self._process.poll() is None:
            self._look()
            time.sleep(POLL_SECONDS)
        self._look()

    def _look(self) -> None:
        try:
            status = json.loads(self._path.read_text())
        except FileNotFoundError:
            return
        if status["pid"] == self._process.pid:
            self.last = status
            self._memory.append((status["updated"], sum(status["memory"].values())))


if __name__ == "__main__":
    sys.exit(main())
