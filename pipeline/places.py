"""Where data sets lie: a folder of this machine, or one of an object store (``s3://``, ``gs://``, ``az://``).

A place is a ``Path``; on a store it is a ``UPath``, which has the same methods. What a disk and a store do in different
ways stands here: on a store a put is whole or not at all, nothing has to be synced, and a copy stands for a link.
"""

from __future__ import annotations

import atexit
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, BinaryIO, cast
from uuid import uuid4

from onrecord.pipeline.addresses import REMOTE
from onrecord.pipeline.errors import OnRecordError, UsageError

#: The stores that fsspec and Delta logs both know, with the extra of this package that brings each.
STORES = {"s3": "s3", "gs": "gcs", "az": "azure"}
#: How often a put is tried whose answer was lost or that met another one, and the seconds between.
MAX_TRIES, PAUSE = 5, 0.2
#: Seconds after which a request to S3 is tried again: a request that hangs must not hold a commit for ever.
S3_TIMEOUTS: dict[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": 30,
    "retries": {"max_attempts": 5, "mode": "standard"},
}
#: So many copies of files of a store that are not needed any more are left.
SPARE_COPIES = 64
DELTA_TIMEOUTS = {"connect_timeout": "10s", "timeout": "30s"}


def place(folder: str | Path) -> Path:
    """The folder as a place. Raises UsageError for a store whose package is missing, or that is none of ours."""
    if not isinstance(folder, str) and is_remote(folder):
        return folder
    if REMOTE not in str(folder):
        return Path(folder).absolute()
    folder = str(folder)
    protocol = folder.partition(REMOTE)[0]
    if protocol not in STORES:
        raise UsageError(f"{folder}: data sets lie in folders, or at {', '.join(f'{name}://…' for name in STORES)}")
    from upath import UPath

    options: dict[str, Any] = {"config_kwargs": S3_TIMEOUTS} if protocol == "s3" else {}
    path = cast(Path, UPath(folder.rstrip("/"), use_listings_cache=False, **options))
    try:
        filesystem(path)
    except ImportError as error:
        raise UsageError(f"{protocol}:// needs a package: pip install 'onrecord[{STORES[protocol]}]'") from error
    return path


def is_remote(path: str | Path) -> bool:
    return not isinstance(path, Path) and REMOTE in str(path)


def reach(folder: str) -> None:
    """Look at the place, and make the folder where it is one. Raises OnRecordError when that cannot be done."""
    path = place(folder)
    try:
        if is_remote(path):
            path.exists()
            bucket = path.path.partition("/")[0]  # type: ignore[attr-defined]
            if not path.fs.exists(bucket):  # type: ignore[attr-defined]
                raise FileNotFoundError(None, f"there is no bucket {bucket}")
        else:
            path.mkdir(parents=True, exist_ok=True)
    except Exception as error:  # of as many kinds as there are stores
        reason = (error.strerror if isinstance(error, OSError) else None) or " ".join(str(error).split())
        raise OnRecordError(f"cannot write to {folder}: {reason}") from error


def list_names(folder: Path) -> list[str]:
    """The names of what is in a folder, in any order; none where it is not there."""
    try:
        if is_remote(folder):
            return [name.rpartition("/")[2] for name in filesystem(folder).ls(folder.path, detail=False)]  # type: ignore[attr-defined]
        return os.listdir(folder)  # noqa: PTH208 - names are wanted
    except (FileNotFoundError, NotADirectoryError):
        return []


def readable(path: Path) -> Path | BinaryIO:
    """What pyarrow reads: the path, or an open file of the store."""
    return path.open("rb") if is_remote(path) else path


def spellings_of(path: Path) -> list[str]:
    """The addresses of a place: some stores have several names, and answer by another than they were asked by."""
    if not is_remote(path):
        return [str(path)]
    names = filesystem(path).protocol
    rest = str(path).partition(REMOTE)[2]
    return [f"{name}{REMOTE}{rest}" for name in (names if isinstance(names, tuple) else (names,))]


def filesystem(path: Path) -> Any:
    """The fsspec file system of a place on a store."""
    return path.fs  # type: ignore[attr-defined]


def delta_options(path: Path) -> dict[str, str]:
    """What ``deltalake`` has to be told of a store that it does not find in the environment itself."""
    if not is_remote(path) or not str(path).startswith("s3:"):
        return {}
    plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http:")
    region = {"AWS_REGION": "us-east-1"} if not _has_region() else {}
    return DELTA_TIMEOUTS | region | ({"AWS_ALLOW_HTTP": "true"} if plain else {})


def _has_region() -> bool:
    return bool({"AWS_REGION", "AWS_DEFAULT_REGION"} & os.environ.keys())


def put_if_absent(path: Path, data: bytes) -> bool:
    """Write a file that nobody has written yet, whole or not at all; False when another one is there already."""
    if is_remote(path):
        return _put_on_store(path, data)
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


def _put_on_store(path: Path, data: bytes) -> bool:
    """A put whose answer was lost has happened or not: what is there then says so."""
    for left in reversed(range(MAX_TRIES)):
        try:
            filesystem(path).pipe_file(path.path, data, mode="create")  # type: ignore[attr-defined]
        except FileExistsError:
            return path.read_bytes() == data
        except OSError:
            with suppress(FileNotFoundError):
                return path.read_bytes() == data
            if not left:
                raise
            time.sleep(PAUSE)
        else:
            return True
    raise AssertionError("the last try returns or raises")


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in place of what it was."""
    if is_remote(path):
        path.write_bytes(data)
        return
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def link_if_absent(source: Path, path: Path) -> bool:
    """Give a file a second name that is not taken yet; False when it is taken.

    On a store it is copied, and over what is there, which is the same: so the copy is as young as the commit that
    needs it, and nobody takes it for one that was removed long ago.
    """
    if is_remote(path):
        filesystem(path).cp_file(source.path, path.path)  # type: ignore[attr-defined]
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, path)
    except FileExistsError:
        return False
    sync(path.parent)
    return True


def fetch_folder(folder: Path, local: Path) -> None:
    """Have the files of a folder on a store on this machine, until this process ends; all of them or none."""
    with TemporaryDirectory(dir=make_folder(local.parent)) as waiting:
        for name in list_names(folder):
            Path(waiting, name).write_bytes((folder / name).read_bytes())
        with suppress(OSError):  # another process was quicker
            Path(waiting).rename(local)
            atexit.register(remove_folder, local.parent)
            Path(waiting).mkdir()


def local_copies(folder: Path, names: Sequence[str]) -> list[Path]:
    """Files that never change, by their names in a folder, on this machine: themselves, or copies of those on a store.

    This process keeps the copies until it ends, but for those that were not asked for when there are many more than
    that. Raises FileNotFoundError for one that is not there.
    """
    if not is_remote(folder):
        return [folder / name for name in names]
    copies = _copies() / sha256(str(folder).encode()).hexdigest()[:32]
    copies.mkdir(parents=True, exist_ok=True)
    for name in names:
        if not (copies / name).exists():
            unfinished = copies / f".{uuid4().hex}"
            unfinished.write_bytes((folder / name).read_bytes())
            unfinished.rename(copies / name)
    there = list_names(copies)
    for name in set(there).difference(names) if len(there) > 2 * len(names) + SPARE_COPIES else ():
        (copies / name).unlink(missing_ok=True)
    return [copies / name for name in names]


@cache
def _copies() -> Path:
    folder = Path(mkdtemp(prefix="onrecord_copies-"))
    atexit.register(remove_folder, folder)
    return folder


def make_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def move_in(local: Path, path: Path) -> None:
    """Give a file of this machine its place, in one step."""
    if is_remote(path):
        filesystem(path).put_file(str(local), path.path)  # type: ignore[attr-defined]
        local.unlink()
    else:
        local.rename(path)


def move(source: Path, path: Path) -> None:
    """Take a file over. Raises FileNotFoundError when it is not there."""
    if is_remote(path):
        filesystem(path).cp_file(source.path, path.path)  # type: ignore[attr-defined]
        source.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        source.rename(path)


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it, as far as that can be done."""
    if is_remote(path):
        with suppress(OSError):
            filesystem(path).rm(path.path, recursive=True)  # type: ignore[attr-defined]
    else:
        shutil.rmtree(path, ignore_errors=True)


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk; what a store has answered is there."""
    if is_remote(path):
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def use_endpoint(url: str) -> None:
    """Have S3's clients, of this process and those that it starts, ask another server than Amazon's."""
    os.environ["AWS_ENDPOINT_URL"] = url
