"""CSV and TSV: each row is a record, its fields named by the first row. A file is split between workers by its rows."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.jsonlines import extract_record
from onrecord.pipeline.sources.records.names import FIELD_NAMES, PAGE_FIELDS
from onrecord.pipeline.sources.records.values import normal_name
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import ByteRange, RecordBytes, peek, split_lines
from onrecord.pipeline.sources.tables.cells import Dialect, parse, read_cells
from onrecord.pipeline.sources.tables.dialects import Table, find_encoding, find_table
from onrecord.pipeline.sources.tables.rows import Row, cut_rows

#: Bytes by which the encoding of the file is recognized.
SAMPLE_SIZE = 2**20
#: The longest line in which rows are looked for, whatever a record may have: workers with other limits cut alike.
MAX_LINE = 2**24
#: What programs write into a cell that holds nothing. Source: pandas, read_csv, na_values; \N is that of databases.
NOTHING = frozenset(
    r"#N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null (null) \N".split()
)
#: What stands in rows and in no name of a column: a number or date, an address, a sentence.
VALUE = re.compile(r".{100,}|https?://\S+|[\d.,:/T+-]*\d[\d.,:/TZ +-]*|.*\w[.!?]\s.*", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How the rows of a file are read. ``fault`` says why none of them can be."""

    table: Table
    names: tuple[str, ...]
    fault: str = ""


def entries(stream: BinaryIO, options: Options, input_slice: Slice) -> Iterator[Entry]:
    """An entry for each row below the names, named by its number from 1; blank lines are no rows."""
    sample, stream = peek(stream, SAMPLE_SIZE)
    columns = find_columns(find_table(sample), options.fields.text)
    if input_slice.end is not None:
        stream = ByteRange(stream, input_slice.start, input_slice.end)  # type: ignore[assignment]
    limit = options.limits.record
    rows = (row for row in _rows(stream, columns.table, limit) if not row.is_blank)
    n_skipped = 0 if input_slice.start else _n_head_rows(columns)
    for number, row in enumerate(islice(rows, n_skipped, None), input_slice.first):
        if isinstance(row.data, RecordBytes):
            yield row.data.too_large(str(number), limit)
        else:
            yield Entry.of(str(number), row.data, partial(extract, columns=columns, options=options))


def slices(stream: BinaryIO, size: int, slice_size: int) -> Iterator[Slice]:
    r"""Byte ranges of about ``slice_size`` bytes that end between rows, each with the number of its first row.

    >>> import io
    >>> list(slices(io.BytesIO(b'text\n"1\n"\n2\n"3\n4"\n5\n'), 21, 6))
    [Slice(start=0, end=10, first=1), Slice(start=10, end=18, first=2), Slice(start=18, end=21, first=4)]
    """
    sample, stream = peek(stream, SAMPLE_SIZE)
    columns = find_columns(find_table(sample), "")
    start = at = 0
    number = 1 - _n_head_rows(columns)
    first = 1
    for row in _rows(stream, columns.table, limit=3):
        if row.n_bytes > MAX_LINE:
            break  # a worker with a higher limit may find other rows in it
        at, number = at + row.n_bytes, number + (not row.is_blank)
        if row.is_boundary and at - start >= slice_size and number >= 1:
            yield Slice(start, at, first)
            start, first = at, number
    if start < size:
        yield Slice(start, size, first)


def extract(data: bytes, columns: Columns, options: Options) -> ExtractedText:
    """The text and metadata of a row. Raises Refused for one that is broken or does not fit the names."""
    if columns.fault:
        raise Refused("no_text", columns.fault)
    dialect = columns.table.dialect
    cells = read_cells(data, dialect)
    if cells is None:
        raise Refused("syntax", _fault(data, dialect))
    encoding, flags = columns.table.encoding, columns.table.flags
    if encoding == "utf-8" and not _is_decodable(data):
        encoding, flags = find_encoding(data)
    values = (_value(cell.decode(encoding, "surrogateescape")) for cell in cells)
    extracted = extract_record(dict(zip(columns.names, values, strict=False)), options)
    return replace(extracted, flags=(*flags, *extracted.flags))


def find_columns(table: Table, text_field: str) -> Columns:
    """The names of the columns, each of them once; or the fault of a file that has none."""
    names = [name.decode(table.encoding, "surrogateescape").strip() for name in table.names]
    known = {*FIELD_NAMES["text"], *PAGE_FIELDS, normal_name(text_field.partition(".")[0])}
    if known.isdisjoint(map(normal_name, names)) and any(map(VALUE.fullmatch, names)):
        shown = " | ".join(name[:40] for name in names[:10])
        return Columns(table=table, names=(), fault=f"the first row holds no names of columns, but values: {shown}")
    return Columns(table=table, names=tuple(_unique(names)))


def _n_head_rows(columns: Columns) -> int:
    """The rows above the first record; without names, the first row is one."""
    return columns.table.n_head_rows - bool(columns.fault)


def _rows(stream: BinaryIO, table: Table, limit: int) -> Iterator[Row]:
    if not table.has_line_feeds:
        stream = _LineFeeds(stream)  # type: ignore[assignment]
    return cut_rows(split_lines(stream, max(limit, MAX_LINE)), table.dialect, limit)


def _unique(names: Sequence[str]) -> Iterable[str]:
    """Names for all columns: of two that share one, the second has its number behind it; those without are numbered.

    >>> list(_unique(["text", "", "text"]))
    ['text', 'column 2', 'text (2)']
    """
    seen: Counter[str] = Counter()
    for number, name in enumerate(names, 1):
        seen[name] += 1
        yield f"{name} ({seen[name]})" if name and seen[name] > 1 else name or f"column {number}"


def _value(cell: str) -> str | None:
    """The text of a cell, None for a word that means nothing.

    >>> _value("NaN"), _value("Nan Goldin")
    (None, 'Nan Goldin')
    """
    return None if cell.strip() in NOTHING else cell


def _is_decodable(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fault(data: bytes, dialect: Dialect) -> str:
    parsed = parse(data, dialect)
    if parsed.is_open:
        return "a quotation mark opens a cell and none closes it"
    if parsed.is_flawed:
        return f"a stray quotation mark in or behind cell {len(parsed.cells)}"
    return f"{len(parsed.cells)} fields under {dialect.width} names"


class _LineFeeds(io.RawIOBase):
    """A stream whose lines end with carriage returns alone, as those of old Macs do, with line feeds instead."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        data = self.stream.read(len(target)).replace(b"\r", b"\n")
        target[: len(data)] = data
        return len(data)
