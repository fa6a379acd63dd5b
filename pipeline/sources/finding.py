"""What the user names becomes references: files, folders, globs and URLs, listed and not opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from glob import glob, has_magic
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import Any

from onrecord.pipeline.addresses import REMOTE, absolute_address, canonical_address, local_path
from onrecord.pipeline.sources.filesystems import SPECIAL, find_filesystem
from onrecord.pipeline.sources.references import Reference
from onrecord.pipeline.sources.system_files import is_system_file

#: A folder that holds this is a data set.
DATASET_MARK = "_onrecord"
NO_FILES = ("no_articles", "no file in this folder")
NO_MATCH = ("no_articles", "the pattern matches nothing")
MISSING = ("missing", "no such file")
#: What stores call that which changes with an object.
VERSION_NAMES = ("ETag", "etag", "md5Hash", "content_md5", "LastModified", "Last-Modified", "mtime", "updated")
LINK = ("link", "a symbolic link in a folder")


def find(inputs: Iterable[str], pass_over: Callable[[], None] = lambda: None) -> Iterator[Reference]:
    """The files that the inputs name: a file as it is, all files of a folder, what a glob matches.

    An input that names nothing gives a reference with a fault, so that it is counted and reported. In folders, system
    files and the tables of a run are skipped, and symbolic links are refused. ``pass_over`` is called for each system
    file or folder.
    """
    for input_name in inputs:
        path = local_path(input_name)
        yield from _find_remote(input_name, pass_over) if path is None else _find_local(path, pass_over)


def exists(reference: Reference) -> bool:
    """Whether the reference names something that exists, whatever is in it."""
    return reference.fault is None and (REMOTE in reference.uri or Path(reference.uri).exists())


def _find_local(path: str, pass_over: Callable[[], None]) -> Iterator[Reference]:
    if os.path.lexists(path) or not has_magic(path):
        yield from _find_file_or_folder(path, pass_over)
        return
    matches = sorted(glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not matches:
        yield Reference(absolute_address(path), NO_MATCH)
    for match in matches:
        yield from _find_file_or_folder(match, pass_over)


def _find_file_or_folder(path: str, pass_over: Callable[[], None]) -> Iterator[Reference]:
    """The file, or those of the folder, opened as they were given, known by their canonical addresses."""
    uri, address = absolute_address(path), canonical_address(path)
    is_folder = Path(address).is_dir()
    references = _find_in_folder(uri, pass_over) if is_folder else iter((_file_reference(Path(uri)),))
    for reference in references:
        below = reference.uri.removeprefix(uri)
        yield replace(reference, address=f"{address}{below}" if address != uri else "")


def _file_reference(path: Path) -> Reference:
    try:
        status = path.stat()
        return Reference(path.as_posix(), size=status.st_size, version=_version(status))
    except OSError:
        return Reference(path.as_posix())  # the error is reported when it is read


def _version(status: os.stat_result) -> str:
    """What changes with a file: when its bytes and its names were last changed, and which file it is."""
    return f"{status.st_mtime_ns}:{status.st_ino}"


def _find_in_folder(folder: str, pass_over: Callable[[], None]) -> Iterator[Reference]:
    files = _walk_folder(folder, pass_over)
    first = next(files, None)
    if first is None:
        yield Reference(Path(folder).as_posix(), NO_FILES)
    else:
        yield first
        yield from files


def _walk_folder(folder: str, pass_over: Callable[[], None]) -> Iterator[Reference]:
    """The files below a folder, by name; symbolic links are not followed, the tables of a run are not read."""
    try:
        children = list(os.scandir(folder))
    except OSError as error:
        yield Reference(Path(folder).as_posix(), ("unreadable", error.strerror or str(error)))
        return
    if any(entry.name == DATASET_MARK for entry in children):
        return
    for entry in sorted(children, key=_path_order):
        if is_system_file(entry.name):
            pass_over()
            continue
        path = Path(entry.path).as_posix()
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # gone meanwhile: that is reported when it is read
            yield Reference(path, named=False)
            continue
        if S_ISLNK(status.st_mode):
            yield Reference(path, LINK, named=False)
        elif S_ISDIR(status.st_mode):
            yield from _walk_folder(entry.path, pass_over)
        elif S_ISREG(status.st_mode):
            yield Reference(path, size=status.st_size, named=False, version=_version(status))
        else:
            yield Reference(path, SPECIAL, named=False)


def _path_order(entry: os.DirEntry[str]) -> str:
    """A folder stands where its files do when all paths are sorted."""
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name


def _find_remote(input_name: str, pass_over: Callable[[], None]) -> Iterator[Reference]:
    system, path = find_filesystem(input_name)
    prefix = input_name.partition(REMOTE)[0] + REMOTE
    try:
        if has_magic(path):
            files = {name: info for name, info in system.glob(path, detail=True).items() if info["type"] == "file"}
        elif system.isdir(path):
            files = system.find(path, detail=True)
        else:
            info = _remote_info(system, path)
            size, fault = int(info.get("size") or 0), None if info else MISSING
            yield Reference(input_name, fault=fault, size=size, version=_remote_version(info))
            return
    except Exception as error:  # every system has errors of its own
        yield Reference(input_name, ("unreadable", f"{type(error).__name__}: {error}"[:300]))
        return
    named = has_magic(path)
    visible = [name for name in sorted(files) if named or not is_system_file(name)]
    for _ in range(len(files) - len(visible)):
        pass_over()
    for name in visible:
        size, version = int(files[name].get("size") or 0), _remote_version(files[name])
        yield Reference(prefix + name.removeprefix(prefix), size=size, named=named, version=version)
    if not visible:
        yield Reference(input_name, NO_MATCH if named else NO_FILES)


def _remote_info(system: Any, path: str) -> dict[str, Any]:
    try:
        return dict(system.info(path))
    except FileNotFoundError:
        return {}


def _remote_version(info: Mapping[str, Any]) -> str:
    """What a store says changes with an object, by whichever name."""
    return str(next((info[name] for name in VERSION_NAMES if info.get(name)), ""))
