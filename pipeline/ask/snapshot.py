"""Which files are the data set: its parts as of the last commit that is done, for all tables at once.

output/_onrecord/commits/7.json     commit 7 is decided
output/_onrecord/commits/7.done     its parts have their places: the version of each table's Delta log
output/<table>/_delta_log/          which parts the table has, version by version
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from onrecord.pipeline.errors import OnRecordError

T = TypeVar("T")
OWN = "_onrecord"
NAME = re.compile(r"(\d+)\.(?:json|done)")
#: How far each data set had come when this process last looked.
_NEWEST: dict[Path, int] = {}


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
    return Path(folder) / OWN / "commits"


def numbers(folder: str | Path, kind: str) -> list[int]:
    """The numbers of the files ``N.json`` or ``N.done``, in order."""
    names = (NAME.fullmatch(path.name) for path in commits_folder(folder).glob(f"*.{kind}"))
    return sorted(int(name[1]) for name in names if name)


def newest(folder: str | Path) -> int:
    """The number of the last commit that is done with none missing before it; 0 where there is none.

    Who looks again goes on from where it was: a data set that grows for long has very many.
    """
    key = Path(folder).absolute()
    number = _NEWEST.get(key, 0)
    if not number or not _is_done(folder, number):
        done = numbers(folder, "done")
        number = next((before for before, n in enumerate(done) if n != before + 1), len(done))
    while _is_done(folder, number + 1):
        number += 1
    _NEWEST[key] = number
    return number


def undone(folder: str | Path) -> list[int]:
    """The numbers of the commits that are decided and not done, in order."""
    first = last = newest(folder) + 1
    while (commits_folder(folder) / f"{last}.json").exists():
        last += 1
    return list(range(first, last))


def _is_done(folder: str | Path, number: int) -> bool:
    return (commits_folder(folder) / f"{number}.done").exists()


def current(folder: str | Path) -> Snapshot | None:
    """The data set as of the newest version; None where there is none."""
    number = newest(folder)
    if not number:
        return None
    return _snapshot(Path(folder), number, (commits_folder(folder) / f"{number}.done").read_bytes())


@lru_cache(maxsize=2)
def _snapshot(folder: Path, number: int, done: bytes) -> Snapshot:
    """The data set as of a commit that is done: it never changes. ``done`` names the moment in which that was."""
    versions = json.loads(done)["versions"]
    committed = json.loads((commits_folder(folder) / f"{number}.json").read_bytes())
    parts = {table: parts_at(folder / table, version) for table, version in versions.items()}
    return Snapshot(number=number, totals=committed["totals"], parts=parts, inputs=tuple(committed.get("inputs", ())))


def pending_work(folder: str | Path) -> set[str]:
    """The work folders that commits still need which are decided and not done: their parts are there."""
    waiting = [commits_folder(folder) / f"{number}.json" for number in undone(folder)]
    return {json.loads(path.read_bytes())["work"] for path in waiting}


def parts_at(table: Path, version: int | None = None) -> tuple[str, ...]:
    """The names of the parts that a table's log lists at a version (None: the last), in order."""
    from deltalake import DeltaTable

    return tuple(sorted(uri.rpartition("/")[2] for uri in DeltaTable(table, version=version).file_uris()))


def again_if_replaced(folder: str | Path, look: Callable[[], T]) -> T:
    """What ``look`` finds; it looks again when it failed and a commit meanwhile took away the parts it looked at."""
    while True:
        before = newest(folder)
        try:
            return look()
        except (OnRecordError, duckdb.Error):
            if newest(folder) == before:
                raise
