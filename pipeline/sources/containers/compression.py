"""Compressed streams, unpacked as they are read and metered: gzip, bzip2 and zstd, told by their first bytes.

Unlike the standard library's readers they give all that came out before a damage, and say when an end is missing.
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

#: Bytes taken at a time, and given at most. What zstd unpacks out of one bite it gives at once, so its bites are small.
BITE, CHUNK = 2**16, 2**18
ZSTD_BITE = 2**10
#: How compressed streams begin. Sources: RFC 1952, bzip2's format, RFC 8878 (the second is a frame to be skipped).
MAGIC: Mapping[str, re.Pattern[bytes]] = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", re.DOTALL),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}
#: What codecs raise on broken data.
BROKEN = (zlib.error, zstandard.ZstdError, OSError, EOFError, ValueError)


def compression(head: bytes) -> str | None:
    """Which compression a stream that begins so has.

    >>> compression(b"\\x1f\\x8b\\x08\\x00"), compression(b"Rain fell.")
    ('gzip', None)
    """
    return next((name for name, magic in MAGIC.items() if magic.match(head)), None)


def unpack(stream: BinaryIO, name: str, meter: Meter) -> BinaryIO:
    """What the compressed stream holds, as a stream.

    Reading raises Refused for damage and bombs, InputLimitExceeded beyond limits.
    """
    return Unpacked(stream, CODECS[name], meter)  # type: ignore[return-value]


@dataclass(slots=True)
class Codec:
    """A decompressor for one frame and how to call it so that it gives little at a time."""

    make: Callable[[], Any]
    bite: int
    give: Callable[[Any, bytes], bytes]
    left: Callable[[Any], bytes]


def _gzip() -> Any:
    return zlib.decompressobj(wbits=31)


def _zstd() -> Any:
    return zstandard.ZstdDecompressor().decompressobj()


CODECS: Mapping[str, Codec] = {
    "gzip": Codec(_gzip, BITE, lambda z, data: z.decompress(data, CHUNK), lambda z: z.unconsumed_tail),
    "bzip2": Codec(bz2.BZ2Decompressor, BITE, lambda z, data: z.decompress(data, CHUNK), lambda z: b""),
    "zstd": Codec(_zstd, ZSTD_BITE, lambda z, data: z.decompress(data), lambda z: b""),
}


@dataclass
class Unpacked(io.RawIOBase):
    """Frames one after the other, as one stream. Zeros behind the last one are padding."""

    stream: BinaryIO
    codec: Codec
    meter: Meter
    packed: int = 0
    given: int = 0
    waiting: bytes = b""
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
                self.unread = self._more()
            except InputLimitExceeded:
                raise
            except Refused as fault:
                self.fault = fault
            except BROKEN as error:
                self.fault = Refused("damaged", f"after {self.given:,} unpacked bytes: {error}")
            else:
                if not self.unread:
                    return 0
        piece, self.unread = self.unread[: len(target)], self.unread[len(target) :]
        target[: len(piece)] = piece
        return len(piece)

    def _more(self) -> bytes:
        """The next bytes, none at the end."""
        while True:
            if self.frame is None and not self._next_frame():
                return b""
            if not self.waiting and getattr(self.frame, "needs_input", True):
                self.waiting = self._bite()
            ended = not self.waiting
            data = self.codec.give(self.frame, self.waiting)
            self.waiting = self.codec.left(self.frame)
            if self.frame.eof:
                self.waiting, self.frame = self.frame.unused_data, None
            elif ended and not data:
                raise Refused("damaged", f"it ends in the middle, after {self.given:,} unpacked bytes")
            if data:
                self.given += len(data)
                self.meter.unpack(len(data))
                self.meter.check_ratio(self.packed, self.given)
                return data

    def _next_frame(self) -> bool:
        while True:
            if not self.waiting:
                self.waiting = self._bite()
            if not self.waiting:
                return False
            if self.given and not self.waiting.strip(b"\0"):
                self.waiting = b""
                continue
            self.frame = self.codec.make()
            return True

    def _bite(self) -> bytes:
        data = self.stream.read(self.codec.bite)
        self.packed += len(data)
        return data
