"""From a stream to its entries: containers are opened, whatever they are nested in, formats are told and read.

a.tar.gz ──compression──► a.tar ──archive──► b.jsonl ──format──► Entry, Entry, …
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.containers.archives import DAMAGED, Member
from onrecord.pipeline.sources.containers.compression import compression, unpack
from onrecord.pipeline.sources.containers.limits import Meter
from onrecord.pipeline.sources.containers.registry import COMPRESSED, find_archive, inner_name
from onrecord.pipeline.sources.entries import Entry, InputLimitExceeded, Refused
from onrecord.pipeline.sources.formats.registry import FORMATS, Format, find_format
from onrecord.pipeline.sources.references import WHOLE, Slice
from onrecord.pipeline.sources.streams import CHUNK, peek, spool_to_disk

WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_entries(stream: BinaryIO, name: str, options: Options, *, named: bool, part: Slice = WHOLE) -> Iterator[Entry]:
    """All entries of an input, whatever it is packed in; what cannot be read of it is one entry, refused."""
    entries = _open(stream, name, options, Meter(options.limits), part, named=named, depth=0)
    yield from _to_the_end(entries, "", start=f"from {part.first}" if part.first > 1 else "")


def find_slicer(head: bytes, name: str) -> Callable[[BinaryIO, int, int], Iterator[Slice]] | None:
    """What parts a file that begins so between workers; None where it has to be read from its head."""
    if compression(head) or any(map(head.startswith, WIDE)):
        return None
    kind = find_archive(head, name) or _find_format(head, name)
    return kind.slices if kind else None


def _open(
    stream: BinaryIO, name: str, options: Options, meter: Meter, part: Slice, *, named: bool, depth: int
) -> Iterator[Entry]:
    head, stream = peek(stream)
    packing, archive = compression(head), find_archive(head, name)
    if (packing or archive) and depth >= options.limits.nesting:
        raise Refused("nesting", f"{depth + 1} containers in one another; the limit is {options.limits.nesting}")
    if packing:
        inner = unpack(stream, packing, meter)
        yield from _open(inner, inner_name(name), options, meter, WHOLE, named=named, depth=depth + 1)
    elif archive:
        yield from _open_members(archive.members(stream, meter, part), options, meter, depth)
    else:
        yield from _read(head, stream, name, options, part, named=named)


def _open_members(members: Iterator[Member], options: Options, meter: Meter, depth: int) -> Iterator[Entry]:
    """The entries of all members, under the members' names; a damaged member costs itself alone."""
    for member in members:
        yield from _to_the_end(_open_member(member, options, meter, depth), member.record)


def _open_member(member: Member, options: Options, meter: Meter, depth: int) -> Iterator[Entry]:
    if member.fault:
        raise member.fault
    yield from _open(member.open(), member.name, options, meter, WHOLE, named=False, depth=depth + 1)


def _read(head: bytes, stream: BinaryIO, name: str, options: Options, part: Slice, *, named: bool) -> Iterator[Entry]:
    """The entries of a file that is no container."""
    form = _find_format(head, name) or (FORMATS["text"] if named or not head else None)
    if form is None:
        raise Refused("format", f"no format is known by {PurePosixPath(name).suffix or 'such a name'}")
    if head and PurePosixPath(name).suffix in COMPRESSED:
        raise Refused("damaged", f"not packed as its name says: {PurePosixPath(name).suffix}")
    if form.seeks:
        stream = spool_to_disk(stream, options.limits.unpacked)
    elif form.in_lines and (wide := next((WIDE[mark] for mark in WIDE if head.startswith(mark)), None)):
        stream = _Narrowed(stream, wide)  # type: ignore[assignment]
    yield from form.entries(stream, options, part)


def _to_the_end(entries: Iterator[Entry], prefix: str, *, start: str | None = None) -> Iterator[Entry]:
    """The entries, their names behind a prefix; where they break off, one that is refused stands for the rest.

    ``start`` names the rest of an input of which nothing could be read; a member (None) has its own name for that.
    """
    last = None
    try:
        for entry in entries:
            last = entry.record
            yield replace(entry, record=_joined(prefix, last))
    except Exception as error:
        if isinstance(error, InputLimitExceeded) and start is None:
            raise  # the whole input ends here, not the member alone
        rest = (start or "") if last is None else f"after {last}" if last else "rest"
        yield _refused(_joined(prefix, rest), error)


def _refused(record: str, error: Exception) -> Entry:
    if isinstance(error, Refused):
        return Entry.refused(record, error.reason, error.detail)
    reason = "damaged" if isinstance(error, DAMAGED) else "error"
    return Entry.refused(record, reason, f"{type(error).__name__}: {error}"[:500])


def _joined(prefix: str, record: str) -> str:
    """The name of a record in a member: ``2020/a.jsonl:17``.

    >>> _joined("a.txt", ""), _joined("", "17"), _joined("a.jsonl", "17")
    ('a.txt', '17', 'a.jsonl:17')
    """
    return f"{prefix}:{record}" if prefix and record else prefix or record


def _find_format(head: bytes, name: str) -> Format | None:
    """A file named as a compressed one has the format of what its name says that it holds."""
    while PurePosixPath(name).suffix.lower() in COMPRESSED:
        name = inner_name(name)
    return find_format(head, name)


class _Narrowed(io.RawIOBase):
    """A stream of UTF-16 or UTF-32 as UTF-8, in which lines end as in any other."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.stream, self.ready = stream, b""
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self.ready and not self.ended:
            data = self.stream.read(CHUNK)
            self.ended = not data
            self.ready = self.decoder.decode(data, final=self.ended).encode("utf-8", "replace")
        piece, self.ready = self.ready[: len(target)], self.ready[len(target) :]
        target[: len(piece)] = piece
        return len(piece)
