"""A watched folder to which files come, a job that takes them, and what goes wrong with either."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from engine_processes import HERE, Process, onrecord, prism, store, wait_for, worker_pool

SLOW_PIECES = 4
#: Of what an engine does little happens in less time.
WINDOW, POLL, SETTLE = 5, 1, 2.0
OUTPUT = "s3://data/out"


@dataclass(slots=True, kw_only=True)
class Feed:
    """Files that come to a folder one by one: moved in, or written slowly in their place; some change, some go.

    ``texts`` by their names are handed over once each, over so many ``seconds``.
    """

    news: Path
    texts: Mapping[str, str]
    seconds: float
    rewritten: int
    removed: int
    slow: int
    chance: Random
    _there: list[Path] = field(default_factory=list)
    _writers: list[threading.Thread] = field(default_factory=list)

    def run(self, each: Callable[[int], None] = lambda n: None) -> None:
        """Hand over all, in their time; ``each`` is called after each file with its number."""
        names, started = list(self.texts), time.monotonic()
        slow = set(self.chance.sample(range(len(names)), self.slow))
        later = range(len(names) // 2, len(names))  # there are files then
        rewrite, remove = (sorted(self.chance.choices(later, k=k)) for k in (self.rewritten, self.removed))
        for n, name in enumerate(names):
            time.sleep(max(0.0, started + n * self.seconds / len(names) - time.monotonic()))
            self._hand_over(name, is_slow=n in slow)
            for _ in range(rewrite.count(n)):
                self._rewrite()
            for _ in range(remove.count(n)):
                self._there.pop(self.chance.randrange(len(self._there))).unlink()
            each(n)
        for writer in self._writers:
            writer.join()

    def _hand_over(self, name: str, *, is_slow: bool) -> None:
        path = self.news / name
        if is_slow:
            writer = threading.Thread(target=_write_slowly, args=(path, self.texts[name]))
            writer.start()
            self._writers.append(writer)
            return
        waiting = self.news.parent / f"waiting-{name}"
        waiting.write_text(self.texts[name])
        waiting.rename(path)
        self._there.append(path)

    def _rewrite(self) -> None:
        path = self.chance.choice(self._there)
        path.write_text(f"{path.read_text()}\n“It was put right,” the editor said.\n")


def _write_slowly(path: Path, text: str) -> None:
    size = -(-len(text) // SLOW_PIECES)
    with path.open("w") as file:
        for first in range(0, len(text), size):
            file.write(text[first : first + size])
            file.flush()
            time.sleep(SETTLE / 2)


@dataclass(slots=True, kw_only=True)
class Job:
    """A job that watches, with its engine, its pool and its store, each of which can be killed and begun again.

    ``address`` is where the data set lies for the job, ``tables`` the same as a folder of this machine.
    """

    engine: Process
    launcher: Process
    pool: Process | None
    store: Process | None
    address: str
    tables: Path

    def status(self) -> Mapping[str, Any]:
        try:
            told: Mapping[str, Any] = json.loads((self.tables / "_onrecord" / "watch.json").read_bytes())
        except (FileNotFoundError, json.JSONDecodeError):  # a store may be in the middle of writing it
            return {}
        return told if told.get("pid") == self.launcher.popen.pid else {}

    def wait_until_running(self) -> None:
        wait_for(lambda: self.status().get("state") == "running", self.launcher)

    def wait_until_quiet(self, articles: int, seconds: float = 300.0) -> None:
        """Until the data set has so many articles and no rejects, and nothing has been committed for some windows."""
        totals = {"articles": articles, "rejects": 0}
        wait_for(lambda: self.status().get("totals") == totals and self._is_quiet(), self.launcher, seconds=seconds)

    def _is_quiet(self) -> bool:
        commits = (self.tables / "_onrecord" / "commits").glob("*.done")
        return time.time() - max((path.stat().st_mtime for path in commits), default=0.0) > 3 * WINDOW

    def restart(self, *processes: Process) -> None:
        """What the documentation says: begin again what has died, and the launcher with it."""
        self.launcher.kill()
        for process in processes:
            process.restart()
        time.sleep(1.0)
        self.launcher.restart()
        self.wait_until_running()

    def faults(self) -> list[str]:
        """Let it end, audit what it made, and bring the clusters up to it; what went wrong."""
        self.stop()
        faults = []
        for word in ("audit", "cluster"):
            command = onrecord(word, "--data", self.address)
            done = subprocess.run(command, capture_output=True, text=True, env=os.environ | self.launcher.environment)
            faults += [f"{word}: {done.stderr[-400:]}"] if done.returncode else []
        return faults

    def stop(self) -> None:
        """Let it end by itself."""
        self.launcher.tell(signal.SIGTERM)
        wait_for(lambda: not self.launcher.is_alive())
        assert self.launcher.popen.returncode == 0, self.launcher.said()[-4000:]


@contextmanager
def watching(folder: Path, *, pooled: bool, stored: bool, extra: Sequence[object] = ()) -> Iterator[Job]:
    """A job on Prism over ``folder/news``, with workers of a pool or in its launcher, to a store or to a disk."""
    (folder / "news").mkdir(exist_ok=True)
    with ExitStack() as stack:
        server, environment = stack.enter_context(store(folder)) if stored else (None, {})
        engine, flags = stack.enter_context(prism(folder))
        pool, more = stack.enter_context(worker_pool(folder, environment)) if pooled else (None, [])
        command = onrecord("watch", folder / "news", "-o", OUTPUT if stored else folder / "out", python=HERE)
        command += ["--mirror", "--yes", "--window", str(WINDOW), "--poll", str(POLL), "--settle", str(SETTLE)]
        launcher = Process([*command, *extra, *flags, *more], folder / "launcher.log", environment)
        stack.callback(lambda: launcher.kill())
        tables = folder / "buckets" / "data" / "out" if stored else folder / "out"
        address = OUTPUT if stored else str(tables)
        job = Job(engine=engine, launcher=launcher, pool=pool, store=server, address=address, tables=tables)
        job.wait_until_running()
        yield job
