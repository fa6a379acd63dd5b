"""How a watcher is: a small file that is written anew at each turn, for people and for what supervises it.

output/_onrecord/watch.json     the status; ``onrecord watch --status`` prints it
output/_onrecord/watch.lock     held as long as the watcher lives
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import OWN
from onrecord.pipeline.errors import NotWatching
from onrecord.pipeline.places import is_remote, place, replace_file
from onrecord.pipeline.store.target import hold_if_free

#: So soon the status is written again when nothing happens, and so late while a chore is done that may take long.
IDLE_SECONDS, LATE_SECONDS = 5.0, 3600.0
#: A status that is older than it should be by this is that of a watcher which hangs.
PATIENCE = 60.0


@dataclass(slots=True, kw_only=True)
class Status:
    """What is told of a watcher. Times are seconds since 1970; bytes of memory are proportional (Pss), where known.

    ``next_update``: when the file will have been written again. ``backlog`` counts files that have settled and wait,
    ``settling`` those that have not; ``files``, ``articles`` and ``rejects`` what came since it started, ``totals`` the
    data set. ``latency``: seconds from a file's last change until its rows could be seen, of those that changed since
    it started. ``error`` is the last one, ``failures`` how many there were in a row (0: it is over). ``mirror`` says
    why nothing is removed, ``moves`` why files that are moved into place have to settle like others.
    """

    pid: int
    started: float
    folders: list[str]
    updated: float = 0.0
    next_update: float = 0.0
    state: str = "starting"
    backlog: dict[str, int] = field(default_factory=lambda: {"files": 0, "bytes": 0, "settling": 0})
    turns: int = 0
    files: int = 0
    articles: int = 0
    rejects: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    commit: dict[str, float] = field(default_factory=dict)
    latency: Mapping[str, float] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)
    failures: int = 0
    mirror: str = ""
    moves: str = ""
    memory: dict[str, int] = field(default_factory=dict)

    def line(self) -> str:
        """The same in one line, for people."""
        parts = [
            f"{self.state}: {self.files:,} files taken, {self.articles:,} articles, {self.rejects:,} rejects",
            f"{self.backlog['files']:,} files wait ({self.backlog['bytes'] / 1e6:,.1f} MB)",
        ]
        if self.backlog["settling"]:
            parts.append(f"{self.backlog['settling']:,} settle")
        if self.latency.get("files"):
            parts.append(f"latency {self.latency['p50']:.1f} s, p99 {self.latency['p99']:.1f} s")
        if self.failures:
            parts.append(f"failed {self.failures} times, last: {self.error['text']}")
        if self.mirror:
            parts.append(self.mirror)
        return ", ".join(parts)


def status_file(folder: str | Path) -> Path:
    return place(folder) / OWN / "watch.json"


def lock_file(folder: str | Path) -> Path:
    """Where one watcher keeps out others; on a store, which has no locks, those of this machine."""
    if is_remote(place(folder)):
        server = os.environ.get("AWS_ENDPOINT_URL", "")
        name = sha256(f"{server} {folder}".encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"onrecord-watch-{name}.lock"
    return Path(folder) / OWN / "watch.lock"


def write_status(status: Status, folder: str | Path, *, may_take: float = IDLE_SECONDS) -> None:
    """Write the status, whole or not at all. The next one comes after ``may_take`` seconds at the latest."""
    status.updated = time.time()
    status.next_update = status.updated + may_take
    status.memory = memory()
    replace_file(status_file(folder), json.dumps(asdict(status), indent=1).encode() + b"\n")


def read_status(folder: str | Path) -> str:
    """The status of the watcher as it was written. Raises NotWatching where there never was one."""
    try:
        return status_file(folder).read_text()
    except FileNotFoundError as error:
        raise NotWatching(f"{folder} was never watched: {error.strerror}") from error


def check_alive(status: str, folder: str | Path) -> None:
    """Raises NotWatching when no watcher is at work, or one that has not said anything for too long."""
    told = json.loads(status)
    with hold_if_free(lock_file(folder)) as is_free:
        if is_free:
            raise NotWatching(
                f"nobody watches for {folder}: the last watcher was {told['state']} at {_at(told['updated'])}"
            )
    if time.time() > told["next_update"] + PATIENCE:
        raise NotWatching(f"the watcher of {folder} (process {told['pid']}) says nothing since {_at(told['updated'])}")


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def memory() -> dict[str, int]:
    """Bytes that this process and its workers take; nothing where the system does not tell."""
    own = _memory_of("self")
    return {"watcher": own, "workers": sum(map(_memory_of, _children()))} if own else {}


def _children() -> Iterator[str]:
    for children in Path("/proc/self/task").glob("*/children"):
        try:
            yield from children.read_text().split()
        except OSError:  # a thread that has ended
            continue


def _memory_of(process: str) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def new_status(folders: list[str]) -> Status:
    return Status(pid=os.getpid(), started=time.time(), folders=folders)
