"""Where a run writes: a data set's folder, and in it a work folder of the run's own that no glob over tables matches.

output/_onrecord/work/<run>/<table>/part-<id>.parquet      parts being made
output/_onrecord/work/<run>/lock                           held while the run is alive; on a store: written every minute

The folder may lie on an object store. There is no lock then: whoever is first to put a commit has it, and the others
begin theirs anew.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.connect import open_connection, sql_text
from onrecord.pipeline.ask.snapshot import OWN, pending_work
from onrecord.pipeline.options import Options
from onrecord.pipeline.places import fetch_folder, is_remote, place, remove_folder, sync
from onrecord.pipeline.provenance import made_by

#: A work folder without a lock is that of a run that begins, but not for so long.
MAX_START_SECONDS = 3600.0
#: On a store a run is alive whose lock was written so lately; it writes it so often. Clocks differ by less: a store
#: refuses who is a quarter of an hour off.
MAX_SILENCE, HEARTBEAT = 1800.0, 60.0
#: How often a lock is looked for that is not there, and the seconds between.
LOOKS, LOOK_SECONDS = 3, 0.3
#: A millisecond a file is what opening them takes, each time.
MAX_FILES = 64
#: How a run's folder on a machine begins when the data set lies on a store.
SCRATCH = "onrecord-"
MAX_DUCKDB_MEMORY = "256MB"
#: Notes of a shard to the commit: which of its records are kept as they are, which have moved, the addresses of inputs
#: that could not be read, and of records that are forgotten, and so are not taken in.
NOTES = ("kept", "moved", "unread", "withheld")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The folder of a data set, and the name of a run that writes to it. Small: it goes to every worker.

    ``folder`` is absolute, or an address on a store.
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
            folder=str(place(options.output)),
            run=uuid4().hex,
            made_by=made_by(options),
            id_rule=tuple(options.id_rule.items()),
            fresh=options.fresh,
            rebuild=options.rebuild,
            keep_history=options.keep_history,
        )

    @property
    def work(self) -> Path:
        return place(self.folder) / self.work_name

    @property
    def work_name(self) -> str:
        """The work folder's path in the data set."""
        return f"{OWN}/work/{self.run}"

    @property
    def scratch(self) -> Path:
        """A folder of this machine for what the run alone needs."""
        if not is_remote(self.work):
            return self.work
        return Path(tempfile.gettempdir()) / f"{SCRATCH}{self.run}"

    def planned(self, name: str) -> Path:
        """Where a file of the run's plan lies on this machine, to which it is fetched when another one made it."""
        return self._plan / f"{name}.parquet"

    @property
    def planned_version(self) -> Path:
        """Where it stands on which version of the data set the run was planned."""
        return self._plan / "version"

    @property
    def _plan(self) -> Path:
        folder = self.scratch / "plan"
        if is_remote(self.work) and not folder.exists():
            fetch_folder(self.work / "plan", folder)
        return folder

    def part(self, table: str, name: str) -> Path:
        """Where a part stands when it is committed."""
        return place(self.folder) / table / name

    def unfinished(self, table: str, name: str) -> Path:
        """Where it stands until then."""
        return self.work / table / name

    def find(self, table: str, name: str) -> Path:
        """Where a part is now: still in work, or in place already."""
        unfinished = self.unfinished(table, name)
        return unfinished if unfinished.exists() else self.part(table, name)


@contextmanager
def new_plan(target: Target) -> Iterator[None]:
    """Make the run's plan, on this machine; then it is where all that work on it find it."""
    folder = target.scratch / "plan"
    folder.mkdir(parents=True, exist_ok=True)
    yield
    if is_remote(target.work):
        for path in folder.iterdir():
            (target.work / "plan" / path.name).write_bytes(path.read_bytes())


def bounded_connection(target: Target) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection in bounded memory: what is more goes to the run's scratch folder."""
    connection = open_connection(target.work)
    connection.execute(f"SET threads = 1; SET memory_limit = '{MAX_DUCKDB_MEMORY}'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = {sql_text(target.scratch / 'spill')}")
    return connection


def create_view(connection: duckdb.DuckDBPyConnection, name: str, sql: str, target: Target, *, files: int = 0) -> None:
    """Name what will be asked for more than once. What lies on a store, or in so many ``files`` that opening them takes
    the time, is fetched once, to the scratch folder."""
    if is_remote(target.work) or files > MAX_FILES:
        path = sql_text(target.scratch / f"{uuid4().hex}.parquet")
        connection.execute(f"COPY ({sql}) TO {path} (FORMAT parquet)")
        sql = f"FROM read_parquet({path})"
    connection.execute(f"CREATE VIEW {name} AS {sql}")


def write_note(target: Target, kind: str, shard: str, ids: Sequence[str]) -> None:
    """Tell the run's commit about a shard: one of the ``NOTES``."""
    if ids:
        path = target.work / kind / f"{shard}.parquet"
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            pq.write_table(pa.table({"id": pa.array(ids, type=pa.string())}), file)
        sync(path)


@contextmanager
def run_alive(target: Target) -> Iterator[None]:
    """Hold the run's work folder, and remove it at the end: unless a commit still needs it, which the next finishes."""
    target.work.mkdir(parents=True, exist_ok=is_remote(target.work))
    target.scratch.mkdir(exist_ok=True)
    try:
        with _beating(target.work / "lock") if is_remote(target.work) else _locked(target.work / "lock"):
            yield
    finally:
        if target.scratch != target.work:
            remove_folder(target.scratch)
        if not is_needed(target.work, target.folder):
            remove_folder(target.work)


def keep_alive(target: Target) -> None:
    """Have the work of a run stand that no process holds, for an hour from now; half of it on a store."""
    if is_remote(target.work):
        (target.work / "lock").write_bytes(b"")
    else:
        target.work.mkdir(parents=True, exist_ok=True)
        os.utime(target.work)
    target.scratch.mkdir(exist_ok=True)


def clear_scratch() -> None:
    """Remove what runs that nobody holds have left on this machine."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        with suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime >= MAX_START_SECONDS:
                remove_folder(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _beating(path: Path) -> Iterator[None]:
    """Write a file on a store again and again, by which others see that this run is alive."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT):
            with suppress(OSError):  # the next one may succeed
                path.write_bytes(b"")

    path.write_bytes(b"")
    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def clear_work(folder: str | Path) -> None:
    """Remove the work of runs that did not come to their end. The caller holds the lock for commits."""
    for work in dead_runs(folder):
        if not is_needed(work, folder):
            remove_folder(work)


def is_needed(work: Path, folder: str | Path) -> bool:
    """Whether a commit that is decided has parts in a work folder that did not get their places yet."""
    return f"{OWN}/work/{work.name}" in pending_work(folder)


def dead_runs(folder: str | Path) -> Iterator[Path]:
    """The work folders of runs that are no longer alive: nobody holds their lock, or has written it for long."""
    works = (place(folder) / OWN / "work").glob("*")
    return filter(_is_silent if is_remote(place(folder)) else _is_dead, works)


def _is_dead(work: Path) -> bool:
    try:
        with (work / "lock").open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:  # it is just beginning, or was killed when it did
        with suppress(FileNotFoundError):
            return time.time() - work.stat().st_mtime >= MAX_START_SECONDS
        return False
    except OSError:  # it is held
        return False
    return True


def _is_silent(work: Path) -> bool:
    """On a store the lock is the first that a run writes and the last that is removed with it.

    There are stores on which a file that is written anew is away for a moment.
    """
    for left in reversed(range(LOOKS)):
        try:
            return time.time() - (work / "lock").stat().st_mtime > MAX_SILENCE
        except FileNotFoundError:
            time.sleep(LOOK_SECONDS if left else 0.0)
    return True


@contextmanager
def commit_lock(folder: str | Path) -> Iterator[None]:
    """One writer at a time on a disk: whoever comes meanwhile waits. On a store the put of the commit decides."""
    own = place(folder) / OWN
    if is_remote(own):
        yield
        return
    own.mkdir(parents=True, exist_ok=True)
    with _locked(own / "commit.lock"):
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
