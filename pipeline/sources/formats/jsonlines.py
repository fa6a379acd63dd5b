"""JSON lines: each line is a record, blank lines aside. A file is split between workers by byte ranges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.fields import extract_fields
from onrecord.pipeline.sources.formats.pages import extract_page
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import ByteRange, read_lines


def entries(stream: BinaryIO, options: Options, input_slice: Slice) -> Iterator[Entry]:
    """An entry for each line, named by its number, from 1; of a slice, for the lines in it."""
    if input_slice.end is not None:
        stream = ByteRange(stream, input_slice.start, input_slice.end)  # type: ignore[assignment]
    limit = options.limits.record
    for number, line in enumerate(read_lines(stream, limit), input_slice.first):
        if line.data is None:
            yield line.too_large(str(number), limit)
        elif not _is_blank(line.data):
            yield Entry.of(str(number), line.data, partial(extract, options=options))


def slices(stream: BinaryIO, size: int, slice_size: int) -> Iterator[Slice]:
    """Byte ranges of about ``slice_size`` bytes that end between lines, each with the number of its first line.

    >>> import io
    >>> list(slices(io.BytesIO(b"one\\ntwo\\nthree\\nfour\\n"), 19, 7))
    [Slice(start=0, end=8, first=1), Slice(start=8, end=19, first=3)]
    """
    start = at = 0
    first = number = 1
    for line_end in _line_ends(stream):
        at, number = line_end, number + 1
        if at - start >= slice_size:
            yield Slice(start, at, first)
            start, first = at, number
    if start < size:
        yield Slice(start, size, first)


def extract(data: bytes, options: Options) -> ExtractedText:
    """The text and metadata of a line. Raises Refused for one that is no JSON object or holds no text."""
    decoded = decode(data)
    record = parse(decoded.text)
    extracted = extract_record(record, options)
    return replace(extracted, flags=(*decoded.flags, *extracted.flags))


def extract_record(record: Any, options: Options) -> ExtractedText:
    """The text and metadata of a parsed record."""
    if not isinstance(record, dict):
        raise Refused("syntax", f"a record has to be an object; this is {type(record).__name__}")
    read_page = partial(extract_page, seconds=options.limits.seconds, dates=options.dates)
    return extract_fields(record, options.fields, read_page, options.dates)


def parse(text: str) -> Any:
    """The value of a JSON text. Raises Refused."""
    try:
        return json.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    except RecursionError:
        raise Refused("nesting", "values in values, too deep") from None
    except ValueError as error:
        raise Refused("syntax", f"no JSON: {error}"[:300]) from None


def _is_blank(line: bytes) -> bool:
    return not line.strip() or line.strip() == b"\xef\xbb\xbf"


def _line_ends(stream: BinaryIO) -> Iterator[int]:
    """The offsets after the line feeds."""
    offset = 0
    while chunk := stream.read(2**20):
        at = chunk.find(b"\n")
        while at >= 0:
            yield offset + at + 1
            at = chunk.find(b"\n", at + 1)
        offset += len(chunk)
