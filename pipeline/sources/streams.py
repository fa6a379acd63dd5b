"""Streams over streams: a look at the head, a part of a file, lines with a limit, one record whole, a place to seek."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from onrecord.pipeline.sources.entries import Entry, Refused

CHUNK = 2**18
#: As much of a stream is looked at to tell what it is.
HEAD = 1024


class Headed(io.RawIOBase):
    """A stream that begins with ``head``, which was read from ``rest`` already, up to a ``fault``."""

    def __init__(self, head: bytes, rest: BinaryIO, fault: Exception | None = None) -> None:
        self.head, self.rest, self.fault = head, rest, fault

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        if not self.head and self.fault:
            raise self.fault
        piece = self.head[: len(target)] or self.rest.read(len(target))
        self.head = self.head[len(piece) :]
        target[: len(piece)] = piece
        return len(piece)


class Within(io.RawIOBase):
    """The bytes ``[start, end)`` of a file that can be sought."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        stream.seek(start)
        self.stream, self.left = stream, end - start

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        piece = self.stream.read(min(len(target), self.left))
        self.left -= len(piece)
        target[: len(piece)] = piece
        return len(piece)


def peek(stream: BinaryIO, size: int = HEAD) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and the stream as if nothing had been read: its faults stand where they stood."""
    head, fault = b"", None
    try:
        while len(head) < size and (more := stream.read(size - len(head))):
            head += more
    except Exception as error:
        if not head:
            raise
        fault = error
    if stream.seekable():
        stream.seek(0)
        return head, stream
    return head, Headed(head, stream, fault)  # type: ignore[return-value]


def spool_to_disk(stream: BinaryIO, limit: int) -> BinaryIO:
    """The stream itself if it can be sought, else its bytes in a file without a name. Raises Refused beyond a limit."""
    if stream.seekable():
        return stream
    copy, n = TemporaryFile(), 0  # noqa: SIM115 - whoever reads it closes it
    while chunk := stream.read(CHUNK):
        n += len(chunk)
        if n > limit:
            raise Refused("too_large", f"more than {limit:,} bytes of an archive in an archive")
        copy.write(chunk)
    copy.seek(0)
    return copy


@dataclass(frozen=True, slots=True)
class Bytes:
    """One record's bytes; of one beyond the limit, only how many there are and their hash (``data`` is None)."""

    data: bytes | None
    n_bytes: int
    sha256: str

    def too_large(self, record: str, limit: int) -> Entry:
        return Entry.refused(
            record, "too_large", f"{self.n_bytes:,} bytes; the limit is {limit:,}", self.sha256, self.n_bytes
        )


class BoundedBuffer:
    """Bytes put together up to a limit, counted and hashed beyond it."""

    def __init__(self, limit: int) -> None:
        self.limit, self.n_bytes = limit, 0
        self.pieces: list[bytes] = []
        self.hash = sha256()

    def add(self, piece: bytes, found: Bytes | None = None) -> None:
        """Add bytes; of what was ``found`` to be too large already, its size and its hash."""
        self.n_bytes += found.n_bytes if found else len(piece)
        self.hash.update(piece if found is None or found.data is not None else found.sha256.encode())
        if self.n_bytes <= self.limit:
            self.pieces.append(piece)
        else:
            self.pieces.clear()

    def done(self) -> Bytes:
        data = b"".join(self.pieces) if self.n_bytes <= self.limit else None
        return Bytes(data, self.n_bytes, self.hash.hexdigest())


def whole(stream: BinaryIO, limit: int) -> Bytes:
    """All of a stream as one record."""
    gathering = BoundedBuffer(limit)
    while chunk := stream.read(CHUNK):
        gathering.add(chunk)
    return gathering.done()


def lines(stream: BinaryIO, limit: int) -> Iterator[Bytes]:
    r"""The lines of a stream, each with its ``\n``; a line of any length costs no more memory than the limit.

    >>> [line.data for line in lines(io.BytesIO(b"one\ntwelve\n\nlast"), limit=5)]
    [b'one\n', None, b'\n', b'last']
    """
    gathering = BoundedBuffer(limit)
    while chunk := stream.read(CHUNK):
        start = 0
        while end := chunk.find(b"\n", start) + 1:
            gathering.add(chunk[start:end])
            yield gathering.done()
            gathering, start = BoundedBuffer(limit), end
        if start < len(chunk):
            gathering.add(chunk[start:])
    if gathering.n_bytes:
        yield gathering.done()
