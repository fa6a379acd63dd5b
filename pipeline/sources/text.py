"""Plain text files, folders of them, and globs. Bytes are decoded as UTF-8 and nothing is translated."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG

from pipeline.sources.references import Reference, Shard
from transforms.annotate import Batch
from transforms.records import RawArticle, Rejected

SUFFIX = ".txt"


def find(inputs: Iterable[str]) -> Iterator[Reference]:
    """The files that the inputs name: a file as it is, all ``.txt`` of a folder, what a glob matches.

    An input that names nothing comes out as a reference with a fault, so that it is counted and told.
    """
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            yield from _in_folder(given)
        elif os.path.lexists(path) or not has_magic(given):
            yield Reference(path.as_posix())
        else:
            yield from _matching(given)


def load(shard: Shard) -> Batch[RawArticle]:
    """Read a shard's files. What cannot be read or decoded is refused, with the reason."""
    loaded = [_load(reference) for reference in shard.references]
    return Batch(
        shard=shard.name,
        records=tuple(one for one in loaded if isinstance(one, RawArticle)),
        rejected=tuple(one for one in loaded if isinstance(one, Rejected)),
    )


def _in_folder(folder: str) -> Iterator[Reference]:
    found = sorted(path for path in Path(folder).rglob(f"*{SUFFIX}") if not path.is_dir())
    if not found:
        yield Reference(Path(folder).as_posix(), ("no_articles", f"no {SUFFIX} file in this folder"))
    for path in found:
        yield Reference(path.as_posix())


def _matching(pattern: str) -> Iterator[Reference]:
    found = sorted(glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not found:
        yield Reference(pattern, ("no_articles", "the pattern matches nothing"))
    for name in found:
        if Path(name).is_dir():
            yield from _in_folder(name)
        else:
            yield Reference(Path(name).as_posix())


def _load(reference: Reference) -> RawArticle | Rejected:
    uri = _printable(reference.uri)
    if reference.fault:
        reason, detail = reference.fault
        return Rejected(uri=uri, step="read", reason=reason, detail=detail)
    try:
        data = _bytes(Path(reference.uri))
    except FileNotFoundError:
        return Rejected(uri=uri, step="read", reason="missing", detail="no such file")
    except OSError as error:
        return Rejected(uri=uri, step="read", reason="unreadable", detail=error.strerror or str(error))
    return decode(data, uri)


def decode(data: bytes, uri: str, record: str = "") -> RawArticle | Rejected:
    r"""The record that the bytes spell in UTF-8, every character kept: a byte-order mark, ``\r\n``, all of it.

    >>> decode(b"\xef\xbb\xbfOne.\r\n", "one.txt").text
    '\ufeffOne.\r\n'
    >>> decode(b"caf\xe9", "two.txt").reason
    'encoding'
    """
    digest = sha256(data).hexdigest()

    def refused(reason: str, detail: str) -> Rejected:
        return Rejected(
            uri=uri, record=record, step="read", reason=reason, detail=detail, raw_sha256=digest, n_bytes=len(data)
        )

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return refused("encoding", f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}")
    if not text.strip("\N{ZERO WIDTH NO-BREAK SPACE} \t\r\n\f\v"):
        return refused("empty", "nothing but white space" if data else "no bytes")
    return RawArticle(uri=uri, record=record, text=text, raw_sha256=digest, n_bytes=len(data))


def _bytes(path: Path) -> bytes:
    mode = path.stat().st_mode
    if not S_ISREG(mode):  # a pipe or device may never end
        raise OSError(0, "not a regular file")
    return path.read_bytes()


def _printable(uri: str) -> str:
    """The name with bytes that are not UTF-8 spelled out: tables hold only text."""
    return os.fsencode(uri).decode("utf-8", "backslashreplace")
