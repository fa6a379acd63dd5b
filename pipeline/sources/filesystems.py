"""Where inputs lie and how they are opened: local files, or whatever fsspec opens (``s3://``, ``gs://``, …)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO

from onrecord.pipeline.addresses import REMOTE
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.sources.entries import Refused

#: Bytes fetched at a time from a remote file system.
BLOCK_SIZE = 2**22
SPECIAL = ("special", "not a regular file")


def open_input(uri: str) -> BinaryIO:
    """The input as a stream. Raises Refused for what is no regular file, OSError for what cannot be opened."""
    if REMOTE in uri:
        system, path = find_filesystem(uri)
        return system.open(path, "rb", block_size=BLOCK_SIZE)  # type: ignore[no-any-return]
    if not S_ISREG(Path(uri).stat().st_mode):  # a pipe or device may never end; opening it may wait without end
        raise Refused(*SPECIAL)
    return Path(uri).open("rb")


def find_filesystem(uri: str) -> tuple[Any, str]:
    """The file system behind an address, and the path in it."""
    protocol = uri.partition(REMOTE)[0]
    system = _filesystem(protocol)
    return system, system._strip_protocol(uri)


@cache
def _filesystem(protocol: str) -> Any:
    import fsspec

    try:
        return fsspec.filesystem(protocol, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{protocol}:// needs a package: {error}") from error
