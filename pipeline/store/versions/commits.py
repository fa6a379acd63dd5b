"""Commits: the moments at which a set of parts becomes the data set, for all tables at once.

    output/_onrecord/commits/7.json     commit 7: which parts come and go. Whoever puts it has committed
    output/<table>/part-<id>.parquet    then its parts get their places,
    output/<table>/_delta_log/          the Delta log of each table names them,
    output/_onrecord/commits/7.done     and readers may see them: the version of each log

A commit whose ``.done`` is missing is finished by whoever comes next, from what it says. Each step may be done again.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from onrecord.pipeline.ask.snapshot import Snapshot, commits_folder, current, newest, undone
from onrecord.pipeline.errors import OnRecordError
from onrecord.pipeline.places import is_remote, link_if_absent, place, put_if_absent, replace_file
from onrecord.pipeline.store.target import Target, commit_lock
from onrecord.pipeline.store.versions import delta

T = TypeVar("T")
#: Seconds for which parts that were removed are still there, for those who are reading them.
GRACE = 1.0
#: The same on a store, where whoever commits a part that was removed before may meet whoever deletes it.
STORE_GRACE = 3600.0
#: How often a commit is begun anew on a store, because others are quicker, and seconds of the longest pause between.
MAX_TURNS, MAX_PAUSE = 20, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """The parts of a table that a commit adds, each with its rows, and the names of those that it removes."""

    add: Mapping[str, int] = field(default_factory=dict)
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What ``N.json`` says. ``work``: where the added parts wait; ``totals`` count the data set as it is after it.

    ``inputs`` names the files that tell what the inputs looked like, the newest last. What it removes stays on the disk
    with ``keep_history``. ``command`` is what made it: run, cluster, compact or forget; older versions did not say.
    """

    number: int
    tables: Mapping[str, TableChange]
    work: str
    totals: Mapping[str, Any]
    inputs: tuple[str, ...] = ()
    keep_history: bool = False
    command: str = ""

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode() + b"\n"

    @classmethod
    def read(cls, path: Path) -> Commit:
        values = json.loads(path.read_bytes())
        tables = {
            name: TableChange(add=change["add"], remove=tuple(change["remove"]))
            for name, change in values["tables"].items()
        }
        return cls(**{**values, "tables": tables, "inputs": tuple(values.get("inputs", ()))})


class VersionTaken(Exception):
    """Another run was first to commit a version of this number."""


def in_turn(folder: str | Path, attempt: Callable[[], T]) -> T:
    """What ``attempt`` does on top of the newest version: with the lock, and with all done that others have begun.

    On a store, where there is no lock, it is begun anew when another run commits meanwhile. Raises OnRecordError when
    that happens again and again.
    """
    for _ in range(MAX_TURNS):
        with commit_lock(folder):
            finish(folder)
            try:
                return attempt()
            except VersionTaken:
                time.sleep(random.uniform(0, MAX_PAUSE))
    raise OnRecordError(f"{folder}: other runs have committed all the time; try again when fewer are at work")


def publish(folder: str | Path, commit: Commit) -> None:
    """Commit, and finish it. The caller holds the lock; raises VersionTaken when the number is taken all the same."""
    if not put_if_absent(commits_folder(folder) / f"{commit.number}.json", commit.to_bytes()):
        raise VersionTaken(str(commit.number))
    finish(folder)


def finish(folder: str | Path) -> None:
    """Do what is not done yet of the commits that are there. The caller holds the lock."""
    for number in undone(folder):
        _finish(place(folder), _read(folder, number))


def delete_removed(folder: str | Path, *, older_than: float | None = None) -> None:
    """Delete the parts that commits have removed, ``GRACE`` seconds after the last of them: some may still be read.

    The caller holds the lock. Parts that came again stay, and so does what a history is kept of. With ``older_than``
    only what was removed so many seconds ago is deleted, and nothing is waited for.
    """
    marker = commits_folder(folder) / "cleaned"
    cleaned = int(marker.read_text()) if marker.exists() else 0
    if is_remote(marker):
        older_than = STORE_GRACE if older_than is None else older_than
    waiting = list(range(cleaned + 1, newest(folder) + 1))
    if older_than is not None:
        last = time.time() - older_than
        waiting = list(takewhile(lambda number: _done_at(folder, number) <= last, waiting))
    if not waiting:
        return
    changes = [(table, change) for n in waiting for table, change in _removals(folder, n)]
    if changes:
        if older_than is None:
            time.sleep(max(0.0, min(GRACE, _done_at(folder, waiting[-1]) + GRACE - time.time())))
        snapshot = current(folder)
        assert snapshot is not None
        for table, change in changes:
            for name in set(change.remove) - set(snapshot.parts[table]):
                (place(folder) / table / name).unlink(missing_ok=True)
    replace_file(marker, f"{waiting[-1]}\n".encode())


def _done_at(folder: str | Path, number: int) -> float:
    seconds: float = json.loads((commits_folder(folder) / f"{number}.done").read_bytes())["seconds"]
    return seconds


def _removals(folder: str | Path, number: int) -> list[tuple[str, TableChange]]:
    commit = _read(folder, number)
    return [] if commit.keep_history else [each for each in commit.tables.items() if each[1].remove]


def _read(folder: str | Path, number: int) -> Commit:
    return Commit.read(commits_folder(folder) / f"{number}.json")


def _finish(folder: Path, commit: Commit) -> None:
    path = commits_folder(folder) / f"{commit.number}.done"
    for table, change in commit.tables.items():
        for name in change.add:
            _place(folder / commit.work / table / name, folder / table / name)
    if versions := delta.apply(folder, commit.tables, commit.number, path.exists):
        put_if_absent(path, json.dumps({"versions": versions, "seconds": time.time()}).encode() + b"\n")


def _place(made: Path, path: Path) -> None:
    """Give a part its place. One that stands there already is the same: its name says what it was made of."""
    try:
        link_if_absent(made, path)
    except FileNotFoundError:
        if not path.exists():
            raise FileNotFoundError(f"{path} was committed, and neither it nor {made} is there") from None


def next_commit(before: Snapshot, tables: Mapping[str, TableChange], target: Target, command: str) -> Commit:
    """The next version after ``before``, of the same records and inputs in other parts."""
    return Commit(
        number=before.number + 1,
        tables=tables,
        work=target.work_name,
        totals=before.totals,
        inputs=before.inputs,
        keep_history=target.keep_history,
        command=command,
    )


def change(before: Iterable[str], add: Mapping[str, int], remove: Iterable[str]) -> TableChange:
    """What there is to do so that the parts of a table are those ``before`` without some and with others.

    >>> change(["a", "b"], {"b": 3, "c": 5}, ["a", "z"])
    TableChange(add={'c': 5}, remove=('a',))
    """
    old = set(before)
    return TableChange(
        add={name: rows for name, rows in sorted(add.items()) if name not in old},
        remove=tuple(sorted(old & set(remove) - add.keys())),
    )
