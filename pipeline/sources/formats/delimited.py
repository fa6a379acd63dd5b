"""CSV and TSV: each row is a record, its fields named by the first row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode, known
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.jsonlines import extract_record
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import BoundedBuffer, Bytes, lines, peek

#: What parts fields, the likelier first.
DELIMITERS = ",;\t|"
#: Bytes by which the encoding of the file is told.
SAMPLE = 2**20
ENCODINGS_OF_LINES = ("utf-8", "cp1252", "cp1250", "cp1251", "cp1254", "mac-roman", "iso8859-2", "iso8859-15", "koi8-r")


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each row below the first, named by its number from 1; blank lines are no rows."""
    sample, stream = peek(stream, SAMPLE)
    source = _Lines(stream, _encoding(sample), options.limits.record)
    csv.field_size_limit(options.limits.record)
    delimiter = _delimiter(sample.partition(b"\n")[0])
    header: list[str] | None = None
    number = 0
    for row, data, fault in source.rows(csv.reader(source, delimiter=delimiter, strict=True)):
        if header is None and fault is None:
            header = [name.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").strip() for name in row]
            continue
        number += 1
        if data.data is None:
            yield data.too_large(str(number), options.limits.record)
        else:
            told = partial(extract, row=row, header=header or [], fault=fault, options=options)
            yield Entry.of(str(number), data.data, told)


def extract(_: bytes, row: list[str], header: list[str], fault: Refused | None, options: Options) -> ExtractedText:
    """What a row tells. Raises Refused for one that is broken or does not fit the first row."""
    if fault:
        raise fault
    if len(row) != len(header):
        raise Refused("syntax", f"{len(row)} fields under {len(header)} names")
    return extract_record(dict(zip(header, row, strict=True)), options)


class _Lines:
    """Lines as text for the csv module; the bytes of those that went into a row are kept until it is known."""

    def __init__(self, stream: BinaryIO, encoding: str, limit: int) -> None:
        self.found, self.encoding, self.limit = lines(stream, limit), encoding, limit
        self.taken, self.quotes = BoundedBuffer(limit), 0
        self.long: Bytes | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        data = self._take()
        if self.taken.n_bytes > self.limit:
            raise csv.Error("more bytes than the limit")
        return data.decode(self.encoding, "surrogateescape")

    def rows(self, reader: Any) -> Iterator[tuple[list[str], Bytes, Refused | None]]:
        """Each row with its bytes, or with what is wrong with it."""
        while True:
            row: list[str] = []
            fault = None
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = Refused("syntax", f"no row: {error}")
                self._to_its_end()
            found = self.long if self.long and self.long.n_bytes == self.taken.n_bytes else self.taken.done()
            self.taken, self.long, self.quotes = BoundedBuffer(self.limit), None, 0
            if row or fault:
                yield row, found, fault

    def _take(self) -> bytes:
        line = next(self.found)
        if line.data is None and not self.taken.n_bytes:
            self.long = line
        self.quotes += (line.data or b"").count(b'"')
        self.taken.add(line.data or b"", line)
        return line.data or b""

    def _to_its_end(self) -> None:
        """Of a row that is too large, take what is still in its quotes: the lines in there are no rows."""
        while self.taken.n_bytes > self.limit and self.quotes % 2:
            try:
                self._take()
            except StopIteration:
                return


def _encoding(sample: bytes) -> str:
    """One for all rows, in which line feeds are line feeds."""
    encoding = decode(sample[: sample.rfind(b"\n") + 1] or sample).encoding
    return encoding if encoding in ENCODINGS_OF_LINES else known("utf-8") or "utf-8"


def _delimiter(first: bytes) -> str:
    r"""The character that parts most names of the first row.

    >>> _delimiter(b"title;text"), _delimiter(b'"a,b,c"\ttext'), _delimiter(b"text")
    (';', '\t', ',')
    """
    outside = b"".join(first.split(b'"')[::2]).decode("latin-1")
    counts = Counter(outside)
    return max(DELIMITERS, key=lambda mark: counts[mark])
