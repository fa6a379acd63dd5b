"""Streams over streams: peeking at the head, byte ranges, lines up to a limit, whole records, spooling to disk."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from onrecord.pipeline.sources.entries import Entry, Refused

CHUNK_SIZE = 2**18
#: Bytes at the head of a stream by which its format is recognized.
HEAD_SIZE = 1024


class PrefixedStream(io.RawIOBase):
    """The bytes ``prefix``, which were read from ``rest`` already; then the rest, or the ``fault`` met there."""

    def __init__(self, prefix: bytes, rest: BinaryIO, fault: Exception | None = None) -> None:
        self.prefix, self.rest, self.fault = prefix, rest, fault

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        if not self.prefix and self.fault:
            raise self.fault
        data = self.prefix[: len(target)] or self.rest.read(len(target))
        self.prefix = self.prefix[len(data) :]
        target[: len(data)] = data
        return len(data)


class ByteRange(io.RawIOBase):
    """The bytes ``[start, end)`` of a seekable file."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        stream.seek(start)
        self.stream, self.remaining = stream, end - start

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        data = self.stream.read(min(len(target), self.remaining))
        self.remaining -= len(data)
        target[: len(data)] = data
        return len(data)


class Utf8Stream(io.RawIOBase):
    """A stream of UTF-16 or UTF-32 as UTF-8, so that lines can be split by bytes."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.stream, self.encoded = stream, b""
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self.encoded and not self.ended:
            data = self.stream.read(CHUNK_SIZE)
            self.ended = not data
            self.encoded = self.decoder.decode(data, final=self.ended).encode("utf-8", "replace")
        chunk, self.encoded = self.encoded[: len(target)], self.encoded[len(target) :]
        target[: len(chunk)] = chunk
        return len(chunk)


def peek(stream: BinaryIO, size: int = HEAD_SIZE) -> tuple[bytes, BinaryIO]:
    """The first bytes of a stream, and the stream as if nothing had been read: an error is raised where it occurred."""
    head, fault = b"", None
    try:
        while len(head) < size and (chunk := stream.read(size - len(head))):
            head += chunk
    except Exception as error:
        if not head:
            raise
        fault = error
    if stream.seekable():
        stream.seek(0)
        return head, stream
    return head, PrefixedStream(head, stream, fault)  # type: ignore[return-value]


class Lookahead:
    """A stream of which one can look at what comes, and give back what was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.ahead = stream, b""
        self.fault: Exception | None = None

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay unread; fewer where the stream ends or breaks: an error is raised by ``read``."""
        try:
            while len(self.ahead) < size and not self.fault and (chunk := self.stream.read(size - len(self.ahead))):
                self.ahead += chunk
        except Exception as error:
            self.fault = error
        return self.ahead

    def read(self, size: int) -> bytes:
        if not self.ahead and self.fault:
            raise self.fault
        data = self.ahead[:size] or self.stream.read(size)
        self.ahead = self.ahead[size:]
        return data

    def unread(self, data: bytes) -> None:
        self.ahead = data + self.ahead


def spool_to_disk(stream: BinaryIO, limit: int) -> BinaryIO:
    """The stream itself if it is seekable, else its bytes in an unnamed file. Raises Refused beyond a limit."""
    if stream.seekable():
        return stream
    spooled, n_bytes = TemporaryFile(), 0  # noqa: SIM115 - whoever reads it closes it
    while chunk := stream.read(CHUNK_SIZE):
        n_bytes += len(chunk)
        if n_bytes > limit:
            raise Refused("too_large", f"more than {limit:,} bytes of an archive in an archive")
        spooled.write(chunk)
    spooled.seek(0)
    return spooled


@dataclass(frozen=True, slots=True)
class RecordBytes:
    """One record's bytes; beyond the limit ``data`` is None, and only their number and hash are kept."""

    data: bytes | None
    n_bytes: int
    sha256: str

    def too_large(self, record_name: str, limit: int) -> Entry:
        return Entry.refused(
            record_name, "too_large", f"{self.n_bytes:,} bytes; the limit is {limit:,}", self.sha256, self.n_bytes
        )


class BoundedBuffer:
    """Bytes collected up to a limit; beyond it they are only counted and hashed.

    ``n_bytes_seen`` counts all that were added, kept or not.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self.n_bytes_seen = limit, 0
        self.chunks: list[bytes] = []
        self.hash = sha256()

    def add(self, chunk: bytes) -> None:
        self.n_bytes_seen += len(chunk)
        self.hash.update(chunk)
        if self.n_bytes_seen <= self.limit:
            self.chunks.append(chunk)
        else:
            self.chunks.clear()

    def add_oversized(self, line: RecordBytes) -> None:
        """Add a line that was itself beyond the limit: its size and its hash stand for its bytes."""
        self.n_bytes_seen += line.n_bytes
        self.hash.update(line.sha256.encode())
        self.chunks.clear()

    def finish(self) -> RecordBytes:
        data = b"".join(self.chunks) if self.n_bytes_seen <= self.limit else None
        return RecordBytes(data, self.n_bytes_seen, self.hash.hexdigest())


def read_whole(stream: BinaryIO, limit: int) -> RecordBytes:
    """All of a stream as one record."""
    buffer = BoundedBuffer(limit)
    while chunk := stream.read(CHUNK_SIZE):
        buffer.add(chunk)
    return buffer.finish()


def read_lines(stream: BinaryIO, limit: int) -> Iterator[RecordBytes]:
    r"""The lines of a stream, each with its ``\n``; a line of any length costs no more memory than the limit.

    >>> [line.data for line in read_lines(io.BytesIO(b"one\ntwelve\n\nlast"), limit=5)]
    [b'one\n', None, b'\n', b'last']
    """
    buffer = BoundedBuffer(limit)
    while chunk := stream.read(CHUNK_SIZE):
        start = 0
        while end := chunk.find(b"\n", start) + 1:
            buffer.add(chunk[start:end])
            yield buffer.finish()
            buffer, start = BoundedBuffer(limit), end
        if start < len(chunk):
            buffer.add(chunk[start:])
    if buffer.n_bytes_seen:
        yield buffer.finish()


def split_lines(stream: BinaryIO, limit: int) -> Iterator[bytes | RecordBytes]:
    r"""The lines of a stream as plain bytes, fast; of one beyond the limit its size and hash alone.

    >>> [getattr(line, "n_bytes", line) for line in split_lines(io.BytesIO(b"one\ntwelve\n\nlast"), limit=5)]
    [b'one\n', 7, b'\n', b'last']
    """
    reader = io.BufferedReader(PrefixedStream(b"", stream), CHUNK_SIZE)
    while line := reader.readline(limit + 1):
        yield line if len(line) <= limit else _oversized_line(reader, line)


def _oversized_line(reader: Any, head: bytes) -> RecordBytes:
    buffer = BoundedBuffer(len(head) - 1)
    buffer.add(head)
    while not head.endswith(b"\n") and (head := reader.readline(CHUNK_SIZE)):
        buffer.add(head)
    return buffer.finish()
