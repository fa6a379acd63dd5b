"""What waits to be read: the folders are listed, and what is new or changed and has settled is kept by name.

The backlog is the listing itself: memory holds the names of the files that come next, and of the rest their number.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from pathlib import Path
from stat import S_ISREG

from onrecord.pipeline.addresses import absolute_address, canonical_address, local_path
from onrecord.pipeline.errors import InputMissing
from onrecord.pipeline.sources import Reference, find
from onrecord.pipeline.sources.finding import DATASET_MARK, NO_FILES
from onrecord.pipeline.sources.system_files import is_system_file
from onrecord.pipeline.watch.known import Known
from onrecord.pipeline.watch.settling import Settling, is_temporary, written_at

#: Names that are held: of those that wait, the files that were written first.
WINDOW = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What waits: the ``next`` files, and the number and bytes of all; how many are still ``settling``."""

    next: tuple[Reference, ...] = ()
    files: int = 0
    n_bytes: int = 0
    settling: int = 0
    seconds: float = 0.0


def list_waiting(folders: Sequence[str], known: Known, settling: Settling) -> Listing:
    """Look through the folders. Raises InputMissing when one of them is not there."""
    started, files, n_bytes = time.monotonic(), 0, 0
    unsettled: list[str] = []

    def waiting() -> Iterator[Reference]:
        nonlocal files, n_bytes
        for reference in known.sift(list_files(folders)):
            if settling.has_settled(reference):
                files, n_bytes = files + 1, n_bytes + reference.size
                yield reference
            else:
                unsettled.append(reference.identity)

    oldest = tuple(nsmallest(WINDOW, waiting(), key=written_at))
    settling.keep_only(unsettled)
    return Listing(
        next=oldest,
        files=files,
        n_bytes=n_bytes,
        settling=len(unsettled),
        seconds=time.monotonic() - started,
    )


def list_files(folders: Sequence[str]) -> Iterator[Reference]:
    """The files below the folders as ``find`` has them, but for temporary names. Raises InputMissing."""
    for folder in folders:
        path = local_path(folder)
        if path is not None and not Path(path).is_dir():
            raise InputMissing(f"{folder}: no such folder")
    for reference in find(folders):
        is_gone = reference.fault is None and not reference.version
        if not (is_gone or reference.fault == NO_FILES or is_temporary(reference.uri)):
            yield reference


def find_moved(names: Iterable[str], folders: Sequence[str]) -> Iterator[Reference]:
    """Those of the files that were moved into place that a listing of the folders would have."""
    roots = [Path(absolute_address(folder)) for folder in folders]
    for name in names:
        path = Path(name)
        root = next((root for root in roots if root in path.parents), None)
        if root and _is_listed(path, root):
            (reference,) = find([name])
            address = Path(canonical_address(str(root))) / path.relative_to(root)
            if reference.version and reference.identity == address.as_posix():
                yield replace(reference, named=False)


def _is_listed(path: Path, root: Path) -> bool:
    below = path.relative_to(root)
    if is_temporary(path.name) or any(map(is_system_file, below.parts)):
        return False
    try:
        is_file = S_ISREG(path.lstat().st_mode)
    except OSError:  # gone again
        return False
    folders = [root, *(root / each for each in below.parents)]
    return is_file and not any((folder / DATASET_MARK).exists() for folder in folders)
