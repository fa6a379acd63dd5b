"""Where a run writes: a data set's folder, and in it a work folder of the run's own that no glob over tables matches.

output/_onrecord/work/<run>/<table>/part-<id>.parquet      parts being made
output/_onrecord/work/<run>/lock                           held while the run is alive
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.connect import sql_text
from onrecord.pipeline.ask.snapshot import OWN, pending_work
from onrecord.pipeline.options import Options
from onrecord.pipeline.provenance import made_by

#: A work folder without a lock is that of a run that begins, but not for so long.
MAX_START_SECONDS = 3600.0
MAX_DUCKDB_MEMORY = "256MB"
#: Notes of a shard to the commit: which of its records are kept as they are, which have moved, and the addresses of
#: inputs that could not be read.
NOTES = ("kept", "moved", "unread")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The folder of a data set, absolute, and the name of a run that writes to it. Small: it goes to every worker.

    ``made_by`` is the hash of what decides the run's rows, ``id_rule`` how it makes ids. What stood there before stays
    and grows, or leaves in the moment when the rows of a ``fresh`` run come.
    """

    folder: str
    run: str
    made_by: str
    id_rule: tuple[tuple[str, str], ...]
    fresh: bool = False
    rebuild: bool = False
    keep_history: bool = False

    @classmethod
    def of(cls, options: Options) -> Target:
        """The target of a new run with these options."""
        return cls(
            folder=str(Path(options.output).absolute()),
            run=uuid4().hex,
            made_by=made_by(options),
            id_rule=tuple(options.id_rule.items()),
            fresh=options.fresh,
            rebuild=options.rebuild,
            keep_history=options.keep_history,
        )

    @property
    def work(self) -> Path:
        return Path(self.folder) / OWN / "work" / self.run

    def planned(self, name: str) -> Path:
        """Where a file of the run's plan lies."""
        return self.work / "plan" / f"{name}.parquet"

    @property
    def planned_version(self) -> Path:
        """Where it stands on which version of the data set the run was planned."""
        return self.work / "plan" / "version"

    def part(self, table: str, name: str) -> Path:
        """Where a part stands when it is committed."""
        return Path(self.folder) / table / name

    def unfinished(self, table: str, name: str) -> Path:
        """Where it stands until then."""
        return self.work / table / name

    def find(self, table: str, name: str) -> Path:
        """Where a part is now: still in work, or in place already."""
        unfinished = self.unfinished(table, name)
        return unfinished if unfinished.exists() else self.part(table, name)


def bounded_connection(target: Target) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in bounded memory: what is more goes to the run's work folder."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = 1; SET memory_limit = '{MAX_DUCKDB_MEMORY}'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = {sql_text(target.work / 'spill')}")
    return connection


def write_note(target: Target, kind: str, shard: str, ids: Sequence[str]) -> None:
    """Tell the run's commit about a shard: one of the ``NOTES``."""
    if ids:
        path = target.work / kind / f"{shard}.parquet"
        path.parent.mkdir(exist_ok=True)
        pq.write_table(pa.table({"id": pa.array(ids, type=pa.string())}), path)
        sync(path)


@contextmanager
def run_alive(target: Target) -> Iterator[None]:
    """Hold the run's work folder, and remove it at the end: unless a commit still needs it, which the next finishes."""
    target.work.mkdir(parents=True)
    with (target.work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            if not is_needed(target.work, target.folder):
                shutil.rmtree(target.work, ignore_errors=True)


def clear_work(folder: str | Path) -> None:
    """Remove the work of runs that did not come to their end. The caller holds the lock for commits."""
    for work in dead_runs(folder):
        if not is_needed(work, folder):
            shutil.rmtree(work, ignore_errors=True)


def is_needed(work: Path, folder: str | Path) -> bool:
    """Whether a commit that is decided has parts in a work folder that did not get their places yet."""
    return work.relative_to(folder).as_posix() in pending_work(folder)


def dead_runs(folder: str | Path) -> Iterator[Path]:
    """The work folders of runs that are no longer alive: nobody holds their lock."""
    for work in (Path(folder) / OWN / "work").glob("*"):
        try:
            with (work / "lock").open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:  # it is just beginning, or was killed when it did
            if time.time() - work.stat().st_mtime < MAX_START_SECONDS:
                continue
        except OSError:  # it is held
            continue
        yield work


@contextmanager
def commit_lock(folder: str | Path) -> Iterator[None]:
    """One writer at a time: whoever comes meanwhile waits."""
    own = Path(folder) / OWN
    own.mkdir(parents=True, exist_ok=True)
    with (own / "commit.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def hold_if_free(path: Path) -> Iterator[bool]:
    """Hold a lock as long as this process lives; False where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def put_if_absent(path: Path, data: bytes) -> bool:
    """Write a file that nobody has written yet, whole or not at all; False when it was there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        return link_if_absent(unfinished, path)
    finally:
        unfinished.unlink()


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in place of what it was."""
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def link_if_absent(source: Path, place: Path) -> bool:
    """Give a file a second name that is not taken yet; False when it is taken."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, place)
    except FileExistsError:
        return False
    sync(place.parent)
    return True


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
