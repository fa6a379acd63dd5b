"""CSV and TSV: each row is a record, its fields named by the first row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.jsonlines import extract_record
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import BoundedBuffer, RecordBytes, peek, read_lines

#: What separates fields, the likelier first.
DELIMITERS = ",;\t|"
#: Bytes by which the encoding of the file is recognized.
SAMPLE_SIZE = 2**20
#: Encodings in which every byte 0x0A is a line feed.
LINE_SAFE_ENCODINGS = (
    "utf-8",
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1254",
    "mac-roman",
    "iso8859-2",
    "iso8859-15",
    "koi8-r",
)


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each row below the first, named by its number from 1; blank lines are no rows."""
    sample, stream = peek(stream, SAMPLE_SIZE)
    lines = _LineReader(stream, _find_encoding(sample), options.limits.record)
    csv.field_size_limit(options.limits.record)
    delimiter = _find_delimiter(sample.partition(b"\n")[0])
    header: list[str] | None = None
    number = 0
    for row, row_bytes, fault in lines.rows(csv.reader(lines, delimiter=delimiter, strict=True)):
        if header is None and fault is None:
            header = [name.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").strip() for name in row]
            continue
        number += 1
        if row_bytes.data is None:
            yield row_bytes.too_large(str(number), options.limits.record)
        else:
            extract_row = partial(extract, row=row, header=header or [], fault=fault, options=options)
            yield Entry.of(str(number), row_bytes.data, extract_row)


def extract(_: bytes, row: list[str], header: list[str], fault: Refused | None, options: Options) -> ExtractedText:
    """The text and metadata of a row. Raises Refused for one that is broken or does not fit the first row."""
    if fault:
        raise fault
    if len(row) != len(header):
        raise Refused("syntax", f"{len(row)} fields under {len(header)} names")
    return extract_record(dict(zip(header, row, strict=True)), options)


class _LineReader:
    """Decoded lines for the csv module; the bytes of the lines that it takes for a row are kept for that row."""

    def __init__(self, stream: BinaryIO, encoding: str, limit: int) -> None:
        self.lines, self.encoding, self.limit = read_lines(stream, limit), encoding, limit
        self.row_bytes, self.n_quotes = BoundedBuffer(limit), 0
        self.oversized_line: RecordBytes | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        data = self._next_line()
        if self.row_bytes.n_bytes_seen > self.limit:
            raise csv.Error("more bytes than the limit")
        return data.decode(self.encoding, "surrogateescape")

    def rows(self, reader: Any) -> Iterator[tuple[list[str], RecordBytes, Refused | None]]:
        """Each row with its bytes and, where it is broken, its fault."""
        while True:
            row: list[str] = []
            fault = None
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = Refused("syntax", f"no row: {error}")
                self._skip_oversized_row()
            row_bytes = (
                self.oversized_line
                if self.oversized_line and self.oversized_line.n_bytes == self.row_bytes.n_bytes_seen
                else self.row_bytes.finish()
            )
            self.row_bytes, self.oversized_line, self.n_quotes = BoundedBuffer(self.limit), None, 0
            if row or fault:
                yield row, row_bytes, fault

    def _next_line(self) -> bytes:
        line = next(self.lines)
        if line.data is None:
            if not self.row_bytes.n_bytes_seen:
                self.oversized_line = line
            self.row_bytes.add_oversized(line)
            return b""
        self.n_quotes += line.data.count(b'"')
        self.row_bytes.add(line.data)
        return line.data

    def _skip_oversized_row(self) -> None:
        """Take the lines of an oversized row up to its closing quote: they are no rows of their own."""
        while self.row_bytes.n_bytes_seen > self.limit and self.n_quotes % 2:
            try:
                self._next_line()
            except StopIteration:
                return


def _find_encoding(sample: bytes) -> str:
    """One encoding for all rows, in which lines can be split by bytes."""
    encoding = decode(sample[: sample.rfind(b"\n") + 1] or sample).encoding
    return encoding if encoding in LINE_SAFE_ENCODINGS else "utf-8"


def _find_delimiter(header_line: bytes) -> str:
    r"""The delimiter that occurs most often in the first row.

    >>> _find_delimiter(b"title;text"), _find_delimiter(b'"a,b,c"\ttext'), _find_delimiter(b"text")
    (';', '\t', ',')
    """
    outside = b"".join(header_line.split(b'"')[::2]).decode("latin-1")
    counts = Counter(outside)
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])
