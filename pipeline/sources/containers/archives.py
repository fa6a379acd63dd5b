"""Zip and tar archives: their members, one after the other. None is ever written to disk under its own name."""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from onrecord.pipeline.options import Limits
from onrecord.pipeline.sources.containers.limits import Meter
from onrecord.pipeline.sources.entries import InputLimitExceeded, Refused, printable
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import spool_to_disk

#: The end of a zip file: signature, then disks, entries, and the size of the directory. Source: APPNOTE.TXT, 4.3.16.
ZIP_END, ZIP64_END = b"PK\x05\x06", b"PK\x06\x06"
#: The directory of an archive whose members have names of this length is as large as one may be.
DIRECTORY_ENTRY = 46 + 256
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, OSError, EOFError, ValueError, struct.error)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there, how it is opened, or why it is not.

    ``record`` is the name again, with a number where another member had it before.
    """

    name: str
    record: str
    open: Callable[[], BinaryIO]
    fault: Refused | None = None


def zip_members(stream: BinaryIO, meter: Meter, part: Slice) -> Iterator[Member]:
    """The files of a zip archive, or a slice of them, in the order of its directory. Raises Refused without one."""
    archive = _zip(stream, meter)
    growth = _Growth(meter, sum(info.compress_size for info in archive.infolist()))
    record = _Records()
    for number, info in enumerate(_files(archive)):
        name = record.of(info.filename)
        if part.start <= number < (number + 1 if part.end is None else part.end):
            meter.member()
            yield Member(info.filename, name, partial(_opened, archive, info, growth), _zip_fault(info))


def zip_slices(stream: BinaryIO, size: int, piece: int) -> Iterator[Slice]:
    """Runs of members, of about ``piece`` bytes when all members are of one size."""
    n = len(_files(_zip(stream, Meter(Limits()))))
    each = max(n * piece // size, 1)
    for start in range(0, n, each):
        yield Slice(start, min(start + each, n), start + 1)


def tar_members(stream: BinaryIO, meter: Meter, _: Slice) -> Iterator[Member]:
    """The files of a tar archive as they come. Raises Refused where it ends too early or is no archive any more."""
    record = _Records()
    try:
        archive = tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header, errorlevel=2)  # noqa: SIM115
        for info in archive:
            archive.members = []  # type: ignore[attr-defined] # it would remember them all
            if info.isdir():
                continue
            meter.member()
            yield Member(info.name, record.of(info.name), partial(_taken, archive, info), _tar_fault(info))
    except tarfile.TarError as error:
        raise Refused("damaged", str(error)) from error


class _Records:
    """Names for members that may share one: ``a.txt``, ``a.txt (2)``."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def of(self, name: str) -> str:
        self.seen[name] += 1
        return printable(name if self.seen[name] == 1 else f"{name} ({self.seen[name]})")


def _zip(stream: BinaryIO, meter: Meter) -> zipfile.ZipFile:
    stream = spool_to_disk(stream, meter.limits.unpacked)
    _check_directory(stream, meter)
    try:
        return zipfile.ZipFile(stream)
    except (*DAMAGED, NotImplementedError) as error:
        raise Refused("damaged", str(error) or type(error).__name__) from error


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if not info.is_dir()]


class _Header(tarfile.TarInfo):
    """A header that says when it is broken; tarfile by itself takes that for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _Header:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"no header of a member: {error}") from error


@dataclass(slots=True)
class _Growth:
    """What came out of a zip archive so far, against all that is in it: members that overlap are a bomb too."""

    meter: Meter
    packed: int
    unpacked: int = 0

    def add(self, n: int) -> None:
        self.unpacked += n
        self.meter.unpack(n)
        try:
            self.meter.check_ratio(self.packed, self.unpacked)
        except Refused as refused:
            raise InputLimitExceeded(refused.reason, refused.detail) from refused


class _Reading:
    """A member as it is read, from its head to its end."""

    def __init__(self, member: Any, packed: int = 0, growth: _Growth | None = None) -> None:
        self.member, self.packed, self.growth, self.unpacked = member, packed, growth, 0

    def read(self, size: int = -1) -> bytes:
        try:
            data = bytes(self.member.read(size))
        except (*DAMAGED, NotImplementedError) as error:
            raise Refused("damaged", str(error) or type(error).__name__) from error
        if self.growth:
            self.unpacked += len(data)
            self.growth.meter.check_ratio(self.packed, self.unpacked)
            self.growth.add(len(data))
        return data

    def seekable(self) -> bool:
        return False


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, growth: _Growth) -> BinaryIO:
    try:
        return _Reading(archive.open(info), info.compress_size, growth)  # type: ignore[return-value]
    except (*DAMAGED, NotImplementedError, RuntimeError) as error:
        raise Refused("damaged", str(error) or type(error).__name__) from error


def _taken(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    return _Reading(archive.extractfile(info))  # type: ignore[return-value]


def _zip_fault(info: zipfile.ZipInfo) -> Refused | None:
    if info.flag_bits & 1:
        return Refused("encrypted", "a member with a password")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return Refused("link", "a symbolic link in the archive")
    return None if kind in (0, stat.S_IFREG) else Refused("special", "no regular file")


def _tar_fault(info: tarfile.TarInfo) -> Refused | None:
    if info.issym() or info.islnk():
        return Refused("link", f"a link in the archive, to {info.linkname}")
    return None if info.isreg() else Refused("special", "no regular file")


def _check_directory(stream: BinaryIO, meter: Meter) -> None:
    """Raise InputLimitExceeded before a directory is read that would fill the memory."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 2**16 - 128))
    tail = stream.read()
    at, wide = tail.rfind(ZIP_END), tail.rfind(ZIP64_END)
    if at < 0 or len(tail) < at + 20:
        return
    count, length = struct.unpack_from("<HI", tail, at + 10)
    if wide >= 0 and len(tail) >= wide + 48:
        count, length = struct.unpack_from("<QQ", tail, wide + 32)
    if count > meter.limits.members or length > meter.limits.members * DIRECTORY_ENTRY:
        raise InputLimitExceeded("members", f"{count:,} members; the limit is {meter.limits.members:,}")
