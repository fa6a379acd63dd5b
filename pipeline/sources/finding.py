"""What the user names becomes references: files, folders, globs and addresses, looked at and not opened."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import Any

from onrecord.pipeline.sources.filesystems import REMOTE, SPECIAL, find_filesystem
from onrecord.pipeline.sources.references import Reference

#: What a folder of tables has in it.
DATASET_MARK = "_onrecord"
NO_FILES = ("no_articles", "no file in this folder")
NO_MATCH = ("no_articles", "the pattern matches nothing")
LINK = ("link", "a symbolic link in a folder")


def find(inputs: Iterable[str]) -> Iterator[Reference]:
    """The files that the inputs name: a file as it is, all files of a folder, what a glob matches.

    An input that names nothing comes out as a reference with a fault, so that it is counted and told. In folders, what
    begins with a dot and the tables of a run are left alone, and symbolic links are refused.
    """
    for given in inputs:
        yield from _elsewhere(given) if REMOTE in given else _here(given)


def exists(reference: Reference) -> bool:
    """Does the reference lead to something, whatever is in it?"""
    return reference.fault is None and (REMOTE in reference.uri or Path(reference.uri).exists())


def _here(given: str) -> Iterator[Reference]:
    path = Path(given)
    if path.is_dir():
        yield from _in_folder(given)
    elif os.path.lexists(path) or not has_magic(given):
        yield _file(path)
    else:
        found = sorted(glob(given, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not found:
            yield Reference(given, NO_MATCH)
        for name in found:
            yield from _in_folder(name) if Path(name).is_dir() else (_file(Path(name)),)


def _file(path: Path, *, named: bool = True) -> Reference:
    try:
        return Reference(path.as_posix(), size=path.stat().st_size, named=named)
    except OSError:
        return Reference(path.as_posix(), named=named)  # it is told when it is read


def _in_folder(folder: str) -> Iterator[Reference]:
    found = sorted(_walk(folder), key=lambda reference: reference.uri)
    yield from found or [Reference(Path(folder).as_posix(), NO_FILES)]


def _walk(folder: str) -> Iterator[Reference]:
    """Depth first, without following a link out of the folder or around in it, or reading the tables of a run."""
    try:
        inside = list(os.scandir(folder))
    except OSError as error:
        yield Reference(Path(folder).as_posix(), ("unreadable", error.strerror or str(error)))
        return
    if any(entry.name == DATASET_MARK for entry in inside):
        return
    for entry in inside:
        if entry.name.startswith("."):
            continue
        mode = entry.stat(follow_symlinks=False).st_mode
        path = Path(entry.path)
        if S_ISLNK(mode):
            yield Reference(path.as_posix(), LINK, named=False)
        elif S_ISDIR(mode):
            yield from _walk(entry.path)
        else:
            yield _file(path, named=False) if S_ISREG(mode) else Reference(path.as_posix(), SPECIAL, named=False)


def _elsewhere(given: str) -> Iterator[Reference]:
    system, path = find_filesystem(given)
    prefix = given.partition(REMOTE)[0] + REMOTE
    try:
        if has_magic(path):
            found = {name: about for name, about in system.glob(path, detail=True).items() if about["type"] == "file"}
        elif system.isdir(path):
            found = system.find(path, detail=True)
        else:
            yield Reference(given, size=_size(system, path))
            return
    except Exception as error:  # every system has errors of its own
        yield Reference(given, ("unreadable", f"{type(error).__name__}: {error}"[:300]))
        return
    named = has_magic(path)
    seen = [name for name in sorted(found) if named or not any(part.startswith(".") for part in name.split("/"))]
    for name in seen:
        yield Reference(prefix + name.removeprefix(prefix), size=int(found[name].get("size") or 0), named=named)
    if not seen:
        yield Reference(given, NO_MATCH if named else NO_FILES)


def _size(system: Any, path: str) -> int:
    try:
        return int(system.size(path) or 0)
    except FileNotFoundError:
        return 0  # it is told when it is read
