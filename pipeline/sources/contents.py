"""From a stream to its entries: nested containers are opened, formats recognized and read.

a.tar.gz ──compression──► a.tar ──archive──► b.jsonl ──format──► Entry, Entry, …
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.containers.archives import DAMAGE_ERRORS, Member
from onrecord.pipeline.sources.containers.compression import find_compression, unpack
from onrecord.pipeline.sources.containers.limits import Meter
from onrecord.pipeline.sources.containers.registry import COMPRESSED, Archive, find_archive, inner_name
from onrecord.pipeline.sources.entries import Entry, InputLimitExceeded, Refused
from onrecord.pipeline.sources.formats import foreign
from onrecord.pipeline.sources.formats.registry import FORMATS, Format, find_format
from onrecord.pipeline.sources.references import WHOLE, Slice
from onrecord.pipeline.sources.streams import Utf8Stream, peek, spool_to_disk

#: Encodings with more than one byte a character, by their byte-order marks.
WIDE_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_entries(
    stream: BinaryIO,
    name: str,
    options: Options,
    *,
    named: bool,
    input_slice: Slice = WHOLE,
    pass_over: Callable[[], None] = lambda: None,
) -> Iterator[Entry]:
    """All entries of an input, however nested; what cannot be read is one refused entry.

    ``pass_over`` is called for each system file in an archive, which is none.
    """
    meter = Meter(options.limits, pass_over=pass_over)
    entries = _open_stream(stream, name, options, meter, input_slice, named=named, depth=0)
    yield from _catch_errors(entries, "", start=f"from {input_slice.first}" if input_slice.first > 1 else "")


def find_slicer(head: bytes, name: str) -> Callable[[BinaryIO, int, int], Iterator[Slice]] | None:
    """The function that splits such a file between workers; None when it has to be read from its start."""
    if find_compression(head) or any(map(head.startswith, WIDE_BYTE_ORDER_MARKS)):
        return None
    file_type = _find_archive(head, name) or _find_unpacked_format(head, name)
    return file_type.slices if file_type else None


def _open_stream(
    stream: BinaryIO, name: str, options: Options, meter: Meter, input_slice: Slice, *, named: bool, depth: int
) -> Iterator[Entry]:
    head, stream = peek(stream)
    compression, archive = find_compression(head), _find_archive(head, name)
    if (compression or archive) and depth >= options.limits.nesting:
        raise Refused("nesting", f"{depth + 1} containers in one another; the limit is {options.limits.nesting}")
    if compression:
        inner = unpack(stream, compression, meter)
        yield from _open_stream(inner, inner_name(name), options, meter, WHOLE, named=named, depth=depth + 1)
    elif archive:
        yield from _open_members(archive.members(stream, meter, input_slice), options, meter, depth)
    else:
        yield from _read_file(head, stream, name, options, input_slice, named=named)


def _open_members(members: Iterator[Member], options: Options, meter: Meter, depth: int) -> Iterator[Entry]:
    """The entries of all members, prefixed with the members' names; a damaged member affects no other."""
    for member in members:
        yield from _catch_errors(_open_member(member, options, meter, depth), member.record_name)


def _open_member(member: Member, options: Options, meter: Meter, depth: int) -> Iterator[Entry]:
    if member.fault:
        raise member.fault
    yield from _open_stream(member.open(), member.name, options, meter, WHOLE, named=False, depth=depth + 1)


def _read_file(
    head: bytes, stream: BinaryIO, name: str, options: Options, input_slice: Slice, *, named: bool
) -> Iterator[Entry]:
    """The entries of a file that is not a container."""
    file_format = _find_unpacked_format(head, name) or (FORMATS["text"] if named or not head else None)
    if file_format is None:
        raise Refused("format", f"no format is known by {PurePosixPath(name).suffix or 'such a name'}")
    if head and PurePosixPath(name).suffix in COMPRESSED:
        raise Refused("damaged", f"not packed as its name says: {PurePosixPath(name).suffix}")
    if file_format.needs_seek:
        stream = spool_to_disk(stream, options.limits.unpacked)
    elif file_format.in_lines and (
        encoding := next((WIDE_BYTE_ORDER_MARKS[bom] for bom in WIDE_BYTE_ORDER_MARKS if head.startswith(bom)), None)
    ):
        stream = Utf8Stream(stream, encoding)  # type: ignore[assignment]
    yield from file_format.entries(stream, options, input_slice)


def _catch_errors(entries: Iterator[Entry], prefix: str, *, start: str | None = None) -> Iterator[Entry]:
    """The entries, their names after a prefix; an error becomes one refused entry that stands for the rest.

    ``start`` names the refused entry when nothing of the input could be read; a member (None) goes by its own name.
    """
    last = None
    try:
        for entry in entries:
            last = entry.record_name
            yield replace(entry, record_name=_join_names(prefix, last))
    except Exception as error:
        if isinstance(error, InputLimitExceeded) and start is None:
            raise  # the whole input ends here, not the member alone
        yield _refused_entry(_join_names(prefix, name_of_rest(last, start or "")), error)


def name_of_rest(last: str | None, start: str) -> str:
    """The name of the record that stands for the rest of an input, after ``last``; ``start`` when nothing was read.

    >>> name_of_rest("17", ""), name_of_rest("", ""), name_of_rest(None, "from 40")
    ('after 17', 'rest', 'from 40')
    """
    if last is None:
        return start
    return f"after {last}" if last else "rest"


def _refused_entry(record_name: str, error: Exception) -> Entry:
    if isinstance(error, Refused):
        return Entry.refused(record_name, error.reason, error.detail)
    reason = "damaged" if isinstance(error, DAMAGE_ERRORS) else "error"
    return Entry.refused(record_name, reason, f"{type(error).__name__}: {error}"[:500])


def _join_names(prefix: str, record_name: str) -> str:
    """The name of a record in a member: ``2020/a.jsonl:17``.

    >>> _join_names("a.txt", ""), _join_names("", "17"), _join_names("a.jsonl", "17")
    ('a.txt', '17', 'a.jsonl:17')
    """
    return f"{prefix}:{record_name}" if prefix and record_name else prefix or record_name


def _find_archive(head: bytes, name: str) -> Archive | None:
    """The archive that a file is; a zipped document of another program is none, unless it is named as an archive."""
    is_document = foreign.MAGIC.match(head) and PurePosixPath(name).suffix.lower() != ".zip"
    return None if is_document else find_archive(head, name)


def _find_unpacked_format(head: bytes, name: str) -> Format | None:
    """The format of a file, by its name without endings of compression or by its first bytes."""
    while PurePosixPath(name).suffix.lower() in COMPRESSED:
        name = inner_name(name)
    return find_format(head, name)
