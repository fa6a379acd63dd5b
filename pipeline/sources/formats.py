"""The registry: which format a stream has, by its first bytes or its name, and how its entries are found.

To read another format, write a module with ``entries`` and give it a line here.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from pipeline.options import Options
from pipeline.sources import delimited, jsonlines, jsonvalues, pages, parquet, text, webarchive
from pipeline.sources.archives import DAMAGED, Member, tar_members, zip_members, zip_slices
from pipeline.sources.entries import Entry, Refused, Spent
from pipeline.sources.references import WHOLE, Slice
from pipeline.sources.streams import CHUNK, peek, seekable
from pipeline.sources.unpacking import Meter, compression, unpack


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a kind of file is known and read. ``slices`` parts a plain file of it between workers."""

    suffixes: tuple[str, ...]
    entries: Callable[[BinaryIO, Options, Slice], Iterator[Entry]]
    magic: re.Pattern[bytes] | None = None
    slices: Callable[[BinaryIO, int, int], Iterator[Slice]] | None = None
    seeks: bool = False
    in_lines: bool = False


FORMATS: Mapping[str, Format] = {
    "text": Format(suffixes=(".txt", ".text", ".md"), entries=text.entries),
    "html": Format(
        suffixes=(".html", ".htm", ".xhtml"),
        entries=pages.entries,
        magic=re.compile(rb"[\s\xef\xbb\xbf]*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL),
    ),
    "jsonlines": Format(
        suffixes=(".jsonl", ".ndjson", ".jl"), entries=jsonlines.entries, slices=jsonlines.slices, in_lines=True
    ),
    "json": Format(suffixes=(".json",), entries=jsonvalues.entries, in_lines=True),
    "csv": Format(suffixes=(".csv", ".tsv", ".tab"), entries=delimited.entries, in_lines=True),
    "parquet": Format(
        suffixes=(".parquet", ".pq"),
        entries=parquet.entries,
        magic=re.compile(rb"PAR1"),
        slices=parquet.slices,
        seeks=True,
    ),
    "warc": Format(suffixes=(".warc", ".wet"), entries=webarchive.entries, magic=re.compile(rb"WARC/\d")),
}


@dataclass(frozen=True, slots=True)
class Archive:
    """The same for files of files."""

    magic: re.Pattern[bytes]
    members: Callable[[BinaryIO, Meter, Slice], Iterator[Member]]
    slices: Callable[[BinaryIO, int, int], Iterator[Slice]] | None = None


ARCHIVES: Mapping[str, Archive] = {
    ".zip": Archive(re.compile(rb"PK(?:\x03\x04|\x05\x06)"), zip_members, zip_slices),
    ".tar": Archive(re.compile(rb".{257}ustar", re.DOTALL), tar_members),
}
#: Endings of compressed files, and what is left of the name without them.
PACKED = {".gz": "", ".zst": "", ".zstd": "", ".bz2": "", ".tgz": ".tar", ".tbz2": ".tar", ".tzst": ".tar"}
#: Documents of other programs that happen to be zip archives.
OTHERS = frozenset(".docx .xlsx .pptx .odt .ods .odp .epub .jar .apk .kmz .whl".split())
WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def entries_of(stream: BinaryIO, name: str, options: Options, *, named: bool, part: Slice = WHOLE) -> Iterator[Entry]:
    """All entries of an input, whatever it is packed in; what cannot be read of it is one entry, refused."""
    found = _found(stream, name, options, Meter(options.limits), part, named=named, depth=0)
    yield from _to_the_end(found, "", start=f"from {part.first}" if part.first > 1 else "")


def slicing(head: bytes, name: str) -> Callable[[BinaryIO, int, int], Iterator[Slice]] | None:
    """What parts a file that begins so between workers; None where it has to be read from its head."""
    if compression(head) or any(map(head.startswith, WIDE)):
        return None
    form = _archive(head, name) or _format(head, name)
    return form.slices if form else None


def _found(
    stream: BinaryIO, name: str, options: Options, meter: Meter, part: Slice, *, named: bool, depth: int
) -> Iterator[Entry]:
    head, stream = peek(stream)
    packed, archive = compression(head), _archive(head, name)
    if (packed or archive) and depth >= options.limits.nesting:
        raise Refused("nesting", f"{depth + 1} containers in one another; the limit is {options.limits.nesting}")
    if packed:
        inner = unpack(stream, packed, meter)
        yield from _found(inner, _stem(name), options, meter, WHOLE, named=named, depth=depth + 1)
    elif archive:
        yield from _in_archive(archive.members(stream, meter, part), options, meter, depth)
    else:
        form = _format(head, name) or (FORMATS["text"] if named or not head else None)
        if form is None:
            raise Refused("format", f"no format is known by {PurePosixPath(name).suffix or 'such a name'}")
        if head and PurePosixPath(name).suffix in PACKED:
            raise Refused("damaged", f"not packed as its name says: {PurePosixPath(name).suffix}")
        if form.seeks:
            stream = seekable(stream, options.limits.unpacked)
        elif form.in_lines and (wide := next((WIDE[mark] for mark in WIDE if head.startswith(mark)), None)):
            stream = _Narrowed(stream, wide)  # type: ignore[assignment]
        yield from form.entries(stream, options, part)


def _in_archive(members: Iterator[Member], options: Options, meter: Meter, depth: int) -> Iterator[Entry]:
    """The entries of all members, under the members' names; a damaged member costs itself alone."""
    for member in members:
        yield from _to_the_end(_in_member(member, options, meter, depth), member.record)


def _in_member(member: Member, options: Options, meter: Meter, depth: int) -> Iterator[Entry]:
    if member.fault:
        raise member.fault
    yield from _found(member.open(), member.name, options, meter, WHOLE, named=False, depth=depth + 1)


def _to_the_end(found: Iterator[Entry], prefix: str, *, start: str | None = None) -> Iterator[Entry]:
    """The entries, their names behind a prefix; where they break off, one that is refused stands for the rest.

    ``start`` names the rest of an input of which nothing could be read; a member (None) has its own name for that.
    """
    last = None
    try:
        for entry in found:
            last = entry.record
            yield _renamed(entry, _joined(prefix, last))
    except Exception as error:
        if isinstance(error, Spent) and start is None:
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


def _renamed(entry: Entry, record: str) -> Entry:
    return Entry(record=record, story=entry.story, sha256=entry.sha256, n_bytes=entry.n_bytes)


def _archive(head: bytes, name: str) -> Archive | None:
    suffix = PurePosixPath(name).suffix.lower()
    for ending, archive in ARCHIVES.items():
        if (archive.magic.match(head) and suffix not in OTHERS) or (head and suffix == ending):
            return archive
    return None


def _format(head: bytes, name: str) -> Format | None:
    """By the first bytes where they tell; by the name."""
    by_magic = (form for form in FORMATS.values() if form.magic and form.magic.match(head))
    suffix = PurePosixPath(name).suffix.lower()
    by_name = (form for form in FORMATS.values() if suffix in form.suffixes)
    packed = PACKED.get(suffix)
    if packed is not None:
        return _format(head, _stem(name))
    return next(by_name, None) or next(by_magic, None)


def _stem(name: str) -> str:
    """The name of what a compressed file holds.

    >>> _stem("a.jsonl.gz"), _stem("a.tgz"), _stem("a.txt")
    ('a.jsonl', 'a.tar', 'a.txt')
    """
    suffix = PurePosixPath(name).suffix
    inner = PACKED.get(suffix.lower())
    return name if inner is None else name[: -len(suffix)] + inner


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
