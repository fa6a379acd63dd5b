"""Compressed streams, unpacked as they are read and metered: gzip, bzip2 and zstd, recognized by their first bytes.

Unlike the standard library's readers they return everything before the damage, and report a missing end.
"""

from __future__ import annotations

import bz2
import io
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import zstandard

from onrecord.pipeline.sources.containers.limits import Meter
from onrecord.pipeline.sources.entries import InputLimitExceeded, Refused

#: Bytes read at a time, and returned at most. zstd returns all that one input unpacks to, so its inputs are small.
INPUT_SIZE, MAX_OUTPUT_SIZE = 2**16, 2**18
ZSTD_INPUT_SIZE = 2**10
#: How compressed streams begin. Sources: RFC 1952, bzip2's format, RFC 8878 (the second is a frame to be skipped).
MAGIC: Mapping[str, re.Pattern[bytes]] = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}
#: What codecs raise on broken data.
CODEC_ERRORS = (zlib.error, zstandard.ZstdError, OSError, EOFError, ValueError)


def find_compression(head: bytes) -> str | None:
    """The compression of a stream that begins with ``head``, None if it has none.

    >>> find_compression(b"\\x1f\\x8b\\x08\\x00"), find_compression(b"Rain fell.")
    ('gzip', None)
    """
    return next((name for name, magic in MAGIC.items() if magic.match(head)), None)


def unpack(stream: BinaryIO, name: str, meter: Meter) -> BinaryIO:
    """The stream with its compression undone as it is read.

    Reading raises Refused for damage and bombs, InputLimitExceeded beyond limits.
    """
    return UnpackedStream(stream, CODECS[name], meter)  # type: ignore[return-value]


@dataclass(slots=True)
class Codec:
    """A decompressor for one frame, and how to call it so that it returns little at a time."""

    make: Callable[[], Any]
    input_size: int
    decompress: Callable[[Any, bytes], bytes]
    unconsumed: Callable[[Any], bytes]


def _gzip_decompressor() -> Any:
    return zlib.decompressobj(wbits=31)


def _zstd_decompressor() -> Any:
    return zstandard.ZstdDecompressor().decompressobj()


CODECS: Mapping[str, Codec] = {
    "gzip": Codec(
        _gzip_decompressor, INPUT_SIZE, lambda z, data: z.decompress(data, MAX_OUTPUT_SIZE), lambda z: z.unconsumed_tail
    ),
    "bzip2": Codec(bz2.BZ2Decompressor, INPUT_SIZE, lambda z, data: z.decompress(data, MAX_OUTPUT_SIZE), lambda z: b""),
    "zstd": Codec(_zstd_decompressor, ZSTD_INPUT_SIZE, lambda z, data: z.decompress(data), lambda z: b""),
}


@dataclass
class UnpackedStream(io.RawIOBase):
    """The unpacked content of all frames in turn. Zeros after the last one are padding."""

    stream: BinaryIO
    codec: Codec
    meter: Meter
    packed: int = 0
    unpacked: int = 0
    pending: bytes = b""
    frame: Any = None
    unread: bytes = b""
    fault: Refused | None = field(default=None)

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self.unread:
            if self.fault:
                raise self.fault
            try:
                self.unread = self._next_chunk()
            except InputLimitExceeded:
                raise
            except Refused as fault:
                self.fault = fault
            except CODEC_ERRORS as error:
                self.fault = Refused("damaged", f"after {self.unpacked:,} unpacked bytes: {error}")
            else:
                if not self.unread:
                    return 0
        data, self.unread = self.unread[: len(target)], self.unread[len(target) :]
        target[: len(data)] = data
        return len(data)

    def _next_chunk(self) -> bytes:
        """The next unpacked bytes, none at the end."""
        while True:
            if self.frame is None and not self._next_frame():
                return b""
            if not self.pending and getattr(self.frame, "needs_input", True):
                self.pending = self._read_input()
            at_end = not self.pending
            data = self.codec.decompress(self.frame, self.pending)
            self.pending = self.codec.unconsumed(self.frame)
            if self.frame.eof:
                self.pending, self.frame = self.frame.unused_data, None
            elif at_end and not data:
                raise Refused("damaged", f"it ends in the middle, after {self.unpacked:,} unpacked bytes")
            if data:
                self.unpacked += len(data)
                self.meter.add_unpacked(len(data))
                self.meter.check_ratio(self.packed, self.unpacked)
                return data

    def _next_frame(self) -> bool:
        while True:
            if not self.pending:
                self.pending = self._read_input()
            if not self.pending:
                return False
            if self.unpacked and not self.pending.strip(b"\0"):
                self.pending = b""
                continue
            self.frame = self.codec.make()
            return True

    def _read_input(self) -> bytes:
        data = self.stream.read(self.codec.input_size)
        self.packed += len(data)
        return data
