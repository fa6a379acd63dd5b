"""Which files are the data set: its parts as of the last commit that is done, for all tables at once.

output/_onrecord/commits/7.json     commit 7 is decided
output/_onrecord/commits/7.done     its parts have their places: the version of each table's Delta log
output/<table>/_delta_log/          which parts the table has, version by version
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from onrecord.pipeline.errors import NoDataset, OnRecordError
from onrecord.pipeline.places import delta_options, is_remote, list_names, place

if TYPE_CHECKING:
    from deltalake import DeltaTable

T = TypeVar("T")
OWN = "_onrecord"
NAME = re.compile(r"(\d+)\.(json|done)")
#: How far each data set had come when this process last looked.
_NEWEST: dict[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A data set as of a commit: of each table the names of its parts. ``totals`` count its records.

    ``inputs`` names the files that tell, the later the newer, what the inputs looked like when they were read.
    """

    number: int
    totals: Mapping[str, Any]
    parts: Mapping[str, tuple[str, ...]]
    inputs: tuple[str, ...] = ()


def commits_folder(folder: str | Path) -> Path:
    return place(folder) / OWN / "commits"


def numbers(folder: str | Path, kind: str) -> list[int]:
    """The numbers of the files ``N.json`` or ``N.done``, in order."""
    names = map(NAME.fullmatch, list_names(commits_folder(folder)))
    return sorted(int(name[1]) for name in names if name and name[2] == kind)


def newest(folder: str | Path) -> int:
    """The number of the last commit that is done with none missing before it; 0 where there is none.

    Who looks again goes on from where it was: a data set that grows for long has very many. On a store one listing is
    quicker.
    """
    key = str(place(folder))
    number = _NEWEST.get(key, 0)
    if not number or is_remote(commits_folder(folder)) or not _is_done(folder, number):
        done = numbers(folder, "done")
        number = next((before for before, n in enumerate(done) if n != before + 1), len(done))
    while not is_remote(commits_folder(folder)) and _is_done(folder, number + 1):
        number += 1
    _NEWEST[key] = number
    return number


def undone(folder: str | Path) -> list[int]:
    """The numbers of the commits that are decided and not done, in order."""
    first = last = newest(folder) + 1
    if is_remote(commits_folder(folder)):
        return [number for number in numbers(folder, "json") if number >= first]
    while (commits_folder(folder) / f"{last}.json").exists():
        last += 1
    return list(range(first, last))


def _is_done(folder: str | Path, number: int) -> bool:
    return (commits_folder(folder) / f"{number}.done").exists()


def current(folder: str | Path) -> Snapshot | None:
    """The data set as of the newest version; None where there is none."""
    number = newest(folder)
    return _snapshot(str(folder), number, (commits_folder(folder) / f"{number}.done").read_bytes()) if number else None


@lru_cache(maxsize=4)
def _snapshot(folder: str, number: int, done: bytes) -> Snapshot:
    """The data set as of a version that is done, and so never changes: a store is asked once."""
    versions = json.loads(done)["versions"]
    committed = json.loads((commits_folder(folder) / f"{number}.json").read_bytes())
    parts = {table: parts_at(place(folder) / table, version) for table, version in versions.items()}
    return Snapshot(number=number, totals=committed["totals"], parts=parts, inputs=tuple(committed.get("inputs", ())))


def as_of(folder: str | Path, number: int) -> Snapshot:
    """The data set as of an older version, from what the commits say until then.

    Raises NoDataset when there is no such version, or when parts of it were deleted since.
    """
    last = newest(folder)
    if not 1 <= number <= last:
        there = f"its versions are 1 to {last}" if last else "it has no versions"
        raise NoDataset(f"{folder} has no version {number}: {there}")
    commits = [json.loads((commits_folder(folder) / f"{n}.json").read_bytes()) for n in range(1, number + 1)]
    parts = {table: parts_after(commit["tables"].get(table, {}) for commit in commits) for table in _tables(commits)}
    lost = sum(not (place(folder) / table / name).exists() for table, names in parts.items() for name in names)
    if lost:
        raise NoDataset(
            f"version {number} of {folder} cannot be opened any more: {lost:,} of its parts are deleted"
            " (onrecord history shows which can be)"
        )
    return Snapshot(
        number=number, totals=commits[-1]["totals"], parts=parts, inputs=tuple(commits[-1].get("inputs", ()))
    )


def parts_after(changes: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The parts of a table, in order, after what commits did to it one after the other.

    >>> parts_after([{"add": {"a": 1, "b": 2}, "remove": []}, {}, {"add": {"c": 3}, "remove": ["a"]}])
    ('b', 'c')
    """
    names: set[str] = set()
    for change in changes:
        names = (names - set(change.get("remove", ()))) | set(change.get("add", ()))
    return tuple(sorted(names))


def _tables(commits: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({table for commit in commits for table in commit["tables"]})


def pending_work(folder: str | Path) -> set[str]:
    """The work folders that commits still need which are decided and not done: their parts are there."""
    waiting = [commits_folder(folder) / f"{number}.json" for number in undone(folder)]
    return {json.loads(path.read_bytes())["work"] for path in waiting}


def parts_at(table: Path, version: int | None = None) -> tuple[str, ...]:
    """The names of the parts that a table's log lists at a version (None: the last), in order."""
    return tuple(sorted(uri.rpartition("/")[2] for uri in open_log(table, version).file_uris()))


def open_log(table: Path, version: int | None = None) -> DeltaTable:
    """The Delta log of a table at a version (None: the last)."""
    from deltalake import DeltaTable

    return DeltaTable(str(table), version=version, storage_options=delta_options(table))


def again_if_replaced(folders: str | Path | Sequence[str | Path], look: Callable[[], T]) -> T:
    """What ``look`` finds; it looks again when it failed and a commit meanwhile took away the parts it looked at."""
    each = folders_of(folders)
    while True:
        before = [newest(folder) for folder in each]
        try:
            return look()
        except (OnRecordError, duckdb.Error, FileNotFoundError):
            if [newest(folder) for folder in each] == before:
                raise


def folders_of(data: str | Path | Sequence[str | Path]) -> tuple[str | Path, ...]:
    """One data set, or several.

    >>> folders_of("output"), folders_of(["monday", "tuesday"])
    (('output',), ('monday', 'tuesday'))
    """
    return tuple(data) if isinstance(data, Sequence) and not isinstance(data, str) else (data,)
