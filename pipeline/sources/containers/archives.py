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
from onrecord.pipeline.sources.decoding import guess_encoding
from onrecord.pipeline.sources.entries import InputLimitExceeded, Refused, printable
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import spool_to_disk
from onrecord.pipeline.sources.system_files import is_system_file

#: The end of a zip file: signature, then disks, entries, and the size of the directory. Source: APPNOTE.TXT, 4.3.16.
ZIP_END, ZIP64_END = b"PK\x05\x06", b"PK\x06\x06"
#: The bit by which a member says that its name is UTF-8; without it the name is cp437. Source: APPNOTE.TXT, D.2.
ZIP_UTF8_FLAG = 0x800
#: Bytes of a zip directory for each member, header and name; one that needs more for the allowed members is refused.
MAX_DIRECTORY_ENTRY = 46 + 256
DAMAGE_ERRORS = (zipfile.BadZipFile, tarfile.TarError, zlib.error, OSError, EOFError, ValueError, struct.error)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name there and how it is opened; ``fault`` says why it is not.

    ``record_name`` is the name again, with a number where an earlier member has it.
    """

    name: str
    record_name: str
    open: Callable[[], BinaryIO]
    fault: Refused | None = None


def zip_members(stream: BinaryIO, meter: Meter, input_slice: Slice) -> Iterator[Member]:
    """The files of a zip archive, or a slice of them, in the order of its directory. Raises Refused without one."""
    archive = _open_zip(stream, meter)
    expansion = _ExpansionCheck(meter, sum(info.compress_size for info in archive.infolist()))
    names = _MemberNames()
    files = _file_infos(archive)
    if input_slice.start == 0:  # once for all who share the archive
        for _ in range(sum(not _is_folder(info) for info in archive.infolist()) - len(files)):
            meter.pass_over()
    for number, info in enumerate(files):
        record_name = names.make_unique(_zip_name(info))
        if input_slice.start <= number < (number + 1 if input_slice.end is None else input_slice.end):
            meter.add_member()
            yield Member(
                info.filename, record_name, partial(_open_zip_member, archive, info, expansion), _zip_fault(info)
            )


def zip_slices(stream: BinaryIO, size: int, slice_size: int) -> Iterator[Slice]:
    """Runs of members, of about ``slice_size`` bytes when all members are of one size."""
    n_files = len(_file_infos(_open_zip(stream, Meter(Limits()))))
    members_per_slice = max(n_files * slice_size // size, 1)
    for start in range(0, n_files, members_per_slice):
        yield Slice(start, min(start + members_per_slice, n_files), start + 1)


def tar_members(stream: BinaryIO, meter: Meter, _: Slice) -> Iterator[Member]:
    """The files of a tar archive in order. Raises Refused where it ends too early or a header is broken."""
    names = _MemberNames()
    try:
        archive = tarfile.open(fileobj=stream, mode="r|", tarinfo=_StrictHeader, errorlevel=2, encoding="utf-8")  # noqa: SIM115
        for info in archive:
            archive.members = []  # type: ignore[attr-defined] # it would remember them all
            meter.add_member()
            if info.isdir():
                continue
            if is_system_file(info.name):
                meter.pass_over()
                continue
            record_name = names.make_unique(_tar_name(info))
            yield Member(info.name, record_name, partial(_open_tar_member, archive, info), _tar_fault(info))
    except tarfile.TarError as error:
        raise Refused("damaged", str(error)) from error


class _MemberNames:
    """Unique names for members that share one: ``a.txt``, ``a.txt (2)``."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def make_unique(self, name: str) -> str:
        self.seen[name] += 1
        return printable(name if self.seen[name] == 1 else f"{name} ({self.seen[name]})")


def _open_zip(stream: BinaryIO, meter: Meter) -> zipfile.ZipFile:
    stream = spool_to_disk(stream, meter.limits.unpacked)
    _check_directory(stream, meter)
    try:
        return zipfile.ZipFile(stream)
    except (*DAMAGE_ERRORS, NotImplementedError) as error:
        raise Refused("damaged", str(error) or type(error).__name__) from error


def _file_infos(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [info for info in archive.infolist() if not (_is_folder(info) or is_system_file(info.filename))]


def _is_folder(info: zipfile.ZipInfo) -> bool:
    r"""Also where a program of Windows has written its name: ``news\\``."""
    return (
        info.is_dir() or stat.S_ISDIR(info.external_attr >> 16) or (info.filename.endswith("\\") and not info.file_size)
    )


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Its name; one that does not say it is UTF-8 is that all the same where it can be, as Macs write it."""
    if info.flag_bits & ZIP_UTF8_FLAG:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _is_utf8(name: bytes) -> bool:
    return name.decode("utf-8", "ignore").encode() == name


def _tar_name(info: tarfile.TarInfo) -> str:
    """Its name; bytes that are no UTF-8 as they look."""
    try:
        name = info.name.encode("utf-8", "surrogateescape")
        return info.name if _is_utf8(name) else name.decode(guess_encoding(name))
    except UnicodeError:
        return info.name


class _StrictHeader(tarfile.TarInfo):
    """A header that raises when it is broken; tarfile by itself takes that for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _StrictHeader:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"no header of a member: {error}") from error


#: Bytes that members of one archive may be unpacked to before they are refused.
MAX_WASTED = 2**30


@dataclass(slots=True)
class _ExpansionCheck:
    """Compares all bytes unpacked from a zip archive with its packed size: members that overlap are a bomb too.

    A member that is refused counts no more, so that the others are read; a few of them may be unpacked for nothing.
    """

    meter: Meter
    packed: int
    unpacked: int = 0
    wasted: int = 0

    def add(self, n_bytes: int) -> None:
        self.unpacked += n_bytes
        self.meter.add_unpacked(n_bytes)
        try:
            self.meter.check_ratio(self.packed, self.unpacked)
        except Refused as refused:
            raise InputLimitExceeded(refused.reason, refused.detail) from refused

    def take_back(self, n_bytes: int) -> None:
        """Forget the bytes of a member that is refused."""
        self.unpacked -= n_bytes
        self.wasted += n_bytes
        if self.wasted > MAX_WASTED:
            raise InputLimitExceeded("expansion", f"{self.wasted:,} bytes unpacked from members that are refused")


class _MemberStream:
    """The bytes of a member, its expansion checked as it is read."""

    def __init__(self, member: Any, packed: int = 0, expansion: _ExpansionCheck | None = None) -> None:
        self.member, self.packed, self.expansion, self.unpacked = member, packed, expansion, 0

    def read(self, size: int = -1) -> bytes:
        try:
            data = bytes(self.member.read(size))
        except (*DAMAGE_ERRORS, NotImplementedError) as error:
            raise Refused("damaged", str(error) or type(error).__name__) from error
        if self.expansion:
            self._count(len(data), self.expansion)
        return data

    def _count(self, n_bytes: int, expansion: _ExpansionCheck) -> None:
        try:
            expansion.meter.check_ratio(self.packed, self.unpacked + n_bytes)
        except Refused:
            expansion.take_back(self.unpacked)
            self.unpacked = 0
            raise
        expansion.add(n_bytes)
        self.unpacked += n_bytes

    def seekable(self) -> bool:
        return False


def _open_zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, expansion: _ExpansionCheck) -> BinaryIO:
    try:
        return _MemberStream(archive.open(info), info.compress_size, expansion)  # type: ignore[return-value]
    except (*DAMAGE_ERRORS, NotImplementedError, RuntimeError) as error:
        raise Refused("damaged", str(error) or type(error).__name__) from error


def _open_tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> BinaryIO:
    return _MemberStream(archive.extractfile(info))  # type: ignore[return-value]


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
    """Raise InputLimitExceeded for a directory that would fill the memory, before it is read."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 2**16 - 128))
    tail = stream.read()
    end_at, zip64_at = tail.rfind(ZIP_END), tail.rfind(ZIP64_END)
    if end_at < 0 or len(tail) < end_at + 20:
        return
    count, length = struct.unpack_from("<HI", tail, end_at + 10)
    if zip64_at >= 0 and len(tail) >= zip64_at + 48:
        count, length = struct.unpack_from("<QQ", tail, zip64_at + 32)
    if count > meter.limits.members or length > meter.limits.members * MAX_DIRECTORY_ENTRY:
        raise InputLimitExceeded("members", f"{count:,} members; the limit is {meter.limits.members:,}")
