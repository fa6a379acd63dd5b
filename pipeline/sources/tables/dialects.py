"""The dialect of a table, by its first rows: what explains most of them is how it is written."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from onrecord.pipeline.sources.decoding import GUESSED, decode
from onrecord.pipeline.sources.tables.cells import QUOTE, Dialect, is_literal, parse, read_cells
from onrecord.pipeline.sources.tables.rows import cut_rows

#: What separates fields, the likelier first.
DELIMITERS = (b",", b";", b"\t", b"|")
#: Bytes and rows by which the dialect is recognized.
SAMPLE_SIZE, SAMPLE_ROWS = 2**18, 100
BOM = b"\xef\xbb\xbf"
#: A first line by which spreadsheets tell the delimiter.
SEPARATOR_LINE = re.compile(rb'(?:\xef\xbb\xbf)?"?sep=([^"\r\n])"?[;,\t]*\r*\n', re.IGNORECASE)
#: Encodings in which the bytes of line feeds, marks and delimiters stand for nothing else.
LINE_SAFE_ENCODINGS = frozenset(
    """utf-8 cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac-roman iso8859-2 iso8859-15 koi8-r
    shift_jis cp932 big5 gb18030 euc_jp euc_kr cp949""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How a table is written: its dialect, its names as bytes, its encoding, the rows that come before its first."""

    dialect: Dialect
    names: tuple[bytes, ...]
    encoding: str
    flags: tuple[str, ...] = ()
    has_line_feeds: bool = True
    n_head_rows: int = 1


def find_table(sample: bytes) -> Table:
    r"""What the head of a file tells of its table.

    >>> table = find_table(b"sep=;\ntitle;text\nOne;Rain, and more.\n")
    >>> table.names, table.dialect.delimiter, table.n_head_rows
    ((b'title', b'text'), b';', 2)
    """
    has_line_feeds = b"\n" in sample or b"\r" not in sample
    sample = sample if has_line_feeds else sample.replace(b"\r", b"\n")
    encoding, flags = find_encoding(sample[: sample.rfind(b"\n") + 1] or sample)
    told = SEPARATOR_LINE.match(sample)
    body = (sample[told.end() :] if told else sample)[:SAMPLE_SIZE].removeprefix(BOM)
    lines = _Lines(body, is_cut=len(body) == SAMPLE_SIZE)
    dialect = _find_quoting(lines, _find_delimiter(lines, [told[1]] if told else DELIMITERS))
    return Table(
        dialect=dialect,
        names=tuple(lines.names(dialect)),
        encoding=encoding,
        flags=flags,
        has_line_feeds=has_line_feeds,
        n_head_rows=2 if told else 1,
    )


def find_encoding(data: bytes) -> tuple[str, tuple[str, ...]]:
    """One encoding for all rows, in which they can be cut by bytes, and the flag of a guess."""
    decoded = decode(data)
    if decoded.encoding not in LINE_SAFE_ENCODINGS:
        return "utf-8", ()
    return decoded.encoding, tuple(flag for flag in decoded.flags if flag == GUESSED)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The sample, to be read by one dialect after another."""

    data: bytes
    is_cut: bool

    def rows(self, dialect: Dialect) -> list[bytes]:
        """Its first rows but for blank ones, and the last one where the sample is cut."""
        rows = list(islice(self._cut(dialect), SAMPLE_ROWS + 1))
        return rows[:-1] if self.is_cut and 1 < len(rows) <= SAMPLE_ROWS else rows

    def _cut(self, dialect: Dialect) -> Iterator[bytes]:
        lines = io.BytesIO(self.data)
        rows = cut_rows(lines, dialect, len(self.data))
        return (row.data for row in rows if isinstance(row.data, bytes) and not row.is_blank)

    def names(self, dialect: Dialect) -> Sequence[bytes]:
        """The names that the first row gives, without white space around them."""
        first = next(self._cut(dialect), b"")
        return [name.strip() for name in parse(first, dialect).cells] if first else []

    def with_width(self, dialect: Dialect) -> Dialect:
        names = self.names(dialect)
        n_named = max((number for number, name in enumerate(names, 1) if name), default=0)
        return replace(dialect, width=len(names), n_named=n_named)

    def n_faults(self, dialect: Dialect) -> int:
        return sum(not _is_right(row, dialect) for row in self.rows(dialect))


def _find_delimiter(lines: _Lines, delimiters: Sequence[bytes]) -> Dialect:
    """The delimiter by which most of the rows have as many cells as the first, and more than one."""
    dialects = [lines.with_width(Dialect(delimiter=delimiter)) for delimiter in delimiters]
    tables = [dialect for dialect in dialects if dialect.width > 1 or len(dialects) == 1]
    if not tables:
        return lines.with_width(Dialect(delimiter=b""))

    def likelihood(dialect: Dialect) -> tuple[float, int]:
        rows = lines.rows(dialect)[1:]
        return sum(read_cells(row, dialect) is not None for row in rows) / max(len(rows), 1), dialect.width

    return max(tables, key=likelihood)


def _find_quoting(lines: _Lines, dialect: Dialect) -> Dialect:
    r"""Whether marks are syntax, and ``\"`` is a mark: the rule of RFC 4180, but where another leaves fewer faults."""
    if QUOTE not in lines.data:
        return dialect
    rules = [dialect, replace(dialect, escapes=True)] if b'\\"' in lines.data else [dialect]
    rules.append(replace(dialect, quotes=False))
    return min(map(lines.with_width, rules), key=lines.n_faults)


def _is_right(row: bytes, dialect: Dialect) -> bool:
    """Whether a row is as its dialect has it: where marks are text, no cell looks as if they were not."""
    parsed = parse(row, dialect)
    if not parsed.is_whole or not dialect.fits(parsed.cells):
        return False
    return dialect.quotes or not any(map(_looks_quoted, parsed.cells))


def _looks_quoted(cell: bytes) -> bool:
    """Whether its marks look like syntax: one at each end and all others doubled, or one that lacks its pair."""
    is_wrapped = len(cell) > 1 and cell.startswith(QUOTE) and cell.endswith(QUOTE)
    return (is_wrapped and QUOTE not in cell[1:-1].replace(QUOTE * 2, b"")) or not is_literal(cell)
