"""What no version of a data set needs goes: parts that none names, what dead runs left, notes that no longer hold."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.pipeline.addresses import REMOTE
from onrecord.pipeline.ask.snapshot import OWN, current, newest
from onrecord.pipeline.places import place, remove_folder
from onrecord.pipeline.store.reuse.inputs import inputs_folder
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import dead_runs, is_needed
from onrecord.pipeline.store.upkeep.history import part_names, parts_in_use
from onrecord.pipeline.store.versions.commits import STORE_GRACE

#: Seconds for which what nobody needs stays: on a disk the lock tells that nobody is at it; elsewhere there is none.
DISK_GRACE = 0.0
#: A file that was to get its name in one step, and seconds in which it certainly has got it.
UNFINISHED, MAX_WRITE_SECONDS = re.compile(r"\..+\.[0-9a-f]{32}"), 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Something that nobody needs: what it is, where it lies, and its bytes."""

    kind: str
    path: Path
    n_bytes: int


def default_grace(folder: str | Path) -> float:
    """How old, in seconds, something has to be before it goes.

    >>> default_grace("/news/output"), default_grace("s3://bucket/output")
    (0.0, 3600.0)
    """
    return STORE_GRACE if REMOTE in str(folder) else DISK_GRACE


def find_waste(folder: str | Path, *, grace: float, oldest: int = 1) -> Iterator[Waste]:
    """What nobody needs and what is older than ``grace`` seconds. The caller holds the lock for commits.

    Versions before ``oldest`` are not kept either; the newest always is, whatever the number.
    """
    now = time.time()
    for kind, path, least in _candidates(place(folder), oldest):
        if (age := _age(path, now)) is not None and age >= max(grace, least):
            yield Waste(kind=kind, path=path, n_bytes=_size(path))


def remove(waste: Waste) -> None:
    """Remove it; what is gone already is fine."""
    if waste.path.is_dir():
        remove_folder(waste.path)
    else:
        waste.path.unlink(missing_ok=True)


def _candidates(folder: Path, oldest: int) -> Iterator[tuple[str, Path, float]]:
    """What nobody needs, and how many seconds old it has to be at least."""
    snapshot = current(folder)
    if snapshot is None:
        return
    unused = part_names(folder) - parts_in_use(folder, min(oldest, newest(folder)))
    for table, name in sorted(unused, key=lambda part: (list(SCHEMAS).index(part[0]), part[1])):
        yield "part", folder / table / name, 0.0
    for work in dead_runs(folder):
        if not is_needed(work, folder):
            yield "work", work, 0.0
    for path in sorted(inputs_folder(folder).glob("*.parquet")):
        if path.name not in snapshot.inputs:
            yield "inputs", path, 0.0
    for path in _unfinished(folder / OWN):
        yield "unfinished", path, MAX_WRITE_SECONDS


def _unfinished(own: Path) -> Iterator[Path]:
    for folder in (own, own / "commits", own / "runs", own / "forgotten", own / "overrides"):
        yield from (path for path in sorted(folder.glob(".*")) if UNFINISHED.fullmatch(path.name))


def _age(path: Path, now: float) -> float | None:
    """Seconds since it was changed; None when it is gone."""
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return None


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file())
