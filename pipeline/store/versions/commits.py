"""Commits: the moments at which a set of parts becomes the data set, for all tables at once.

    output/_onrecord/commits/7.json     commit 7: which parts come and go. Whoever puts it has committed
    output/<table>/part-<id>.parquet    then its parts get their places,
    output/<table>/_delta_log/          the Delta log of each table names them,
    output/_onrecord/commits/7.done     and readers may see them: the version of each log

A commit whose ``.done`` is missing is finished by whoever comes next, from what it says. Each step may be done again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import commits_folder, current, newest, undone
from onrecord.pipeline.store.target import link_if_absent, put_if_absent, replace_file
from onrecord.pipeline.store.versions import delta

#: Seconds for which parts that were removed are still there, for those who are reading them.
GRACE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """The parts of a table that a commit adds, each with its rows, and the names of those that it removes."""

    add: Mapping[str, int] = field(default_factory=dict)
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What ``N.json`` says. ``work``: where the added parts wait; ``totals`` count the data set as it is after it.

    ``inputs`` names the files that tell what the inputs looked like, the newest last. What it removes stays on the disk
    with ``keep_history``.
    """

    number: int
    tables: Mapping[str, TableChange]
    work: str
    totals: Mapping[str, Any]
    inputs: tuple[str, ...] = ()
    keep_history: bool = False

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


def publish(folder: str | Path, commit: Commit) -> None:
    """Commit, and finish it. The caller holds the lock; raises RuntimeError when the number is taken all the same."""
    if not put_if_absent(commits_folder(folder) / f"{commit.number}.json", commit.to_bytes()):
        raise RuntimeError(f"version {commit.number} was committed by another run, which held no lock")
    finish(folder)


def finish(folder: str | Path) -> None:
    """Do what is not done yet of the commits that are there. The caller holds the lock."""
    for number in undone(folder):
        _finish(Path(folder), _read(folder, number))


def delete_removed(folder: str | Path, *, older_than: float | None = None) -> None:
    """Delete the parts that commits have removed, ``GRACE`` seconds after the last of them: some may still be read.

    The caller holds the lock. Parts that came again stay, and so does what a history is kept of. With ``older_than``
    only what was removed so many seconds ago is deleted, and nothing is waited for.
    """
    marker = commits_folder(folder) / "cleaned"
    cleaned = int(marker.read_text()) if marker.exists() else 0
    waiting = list(range(cleaned + 1, newest(folder) + 1))
    if older_than is not None:
        waiting = [number for number in waiting if _done_at(folder, number) <= time.time() - older_than]
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
                (Path(folder) / table / name).unlink(missing_ok=True)
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
    for table, change in commit.tables.items():
        for name in change.add:
            _place(folder / commit.work / table / name, folder / table / name)
    versions = {
        table: delta.apply(folder / table, table, change.add, change.remove, commit.number)
        for table, change in commit.tables.items()
    }
    done = json.dumps({"versions": versions, "seconds": time.time()}).encode() + b"\n"
    put_if_absent(commits_folder(folder) / f"{commit.number}.done", done)


def _place(made: Path, place: Path) -> None:
    """Give a part its place. One that stands there already is the same: its name says what it was made of."""
    if made.exists():
        link_if_absent(made, place)
    elif not place.exists():
        raise FileNotFoundError(f"{place} was committed, and neither it nor {made} is there")


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
