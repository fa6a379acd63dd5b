"""Where an input lies, said in one way: its canonical address, however it was typed and from whichever folder.

a.txt  ./a.txt  ../here/a.txt  file:///here/a.txt    ──►  /here/a.txt
s3://bucket/a.txt                                    ──►  s3://bucket/a.txt
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from onrecord.pipeline.errors import UsageError

#: What stands in every address that is no path.
REMOTE = "://"


def local_path(name: str) -> str | None:
    """The path that a name means: a path as it is, ``file:`` taken off; None for an address elsewhere.

    >>> local_path("a.txt"), local_path("file:///tmp/a%20b.txt"), local_path("s3://bucket/a.txt")
    ('a.txt', '/tmp/a b.txt', None)
    """
    if name.startswith("file:"):
        parts = urlsplit(name)
        if parts.netloc not in ("", "localhost"):
            raise UsageError(f"{name}: a file of another machine ({parts.netloc}); file:///path is one of this machine")
        return unquote(parts.path)
    return None if REMOTE in name else name


def canonical_address(name: str) -> str:
    """The address that names the same input however it is given: an absolute path, links resolved, or the URL.

    Articles are known by it.
    """
    path = local_path(name)
    if path is None:
        return name
    resolved = Path(os.path.realpath(path))
    # the target of a pipe or a broken link is no place; then the name itself is
    return (resolved if resolved.exists() else Path(os.path.abspath(path))).as_posix()  # noqa: PTH100 - no links


def absolute_address(name: str) -> str:
    """The address as it was given, if that was absolute; else the absolute path it means. What the tables show."""
    path = local_path(name)
    if path is None:
        return name
    return Path(path if os.path.isabs(path) else os.path.abspath(path)).as_posix()  # noqa: PTH100, PTH117 - no links


def relative_address(address: str, base: str) -> str:
    """The address below a base; without a base, the address. Raises UsageError for one that lies elsewhere.

    >>> relative_address("/news/2020/a.txt", "/news"), relative_address("/news/a.txt", ""), relative_address("/n", "/n")
    ('2020/a.txt', '/news/a.txt', '')
    """
    if not base:
        return address
    if address.rstrip("/") == base.rstrip("/"):
        return ""
    prefix = base.rstrip("/") + "/"
    if not address.startswith(prefix):
        raise UsageError(f"--base {base}: the input {address} does not lie below it")
    return address.removeprefix(prefix)


def data_folder(name: str) -> str:
    """The folder of a data set that is meant: a path, with ``file:`` taken off, or an address on a store.

    >>> data_folder("file:///tmp/tables"), data_folder("s3://bucket/tables/")
    ('/tmp/tables', 's3://bucket/tables')
    """
    path = local_path(name)
    return name.rstrip("/") if path is None else path
