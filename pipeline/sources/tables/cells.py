r"""The cells of a row, by the grammar of RFC 4180 and, where a row does not keep to it, as a person would read it.

One,"He said ""no"", twice"     strict: marks in a cell in marks are doubled
One,"He said \"no\", twice"     escaped
One,"He said "no" twice"        the marks inside open behind a blank: the outer ones are syntax
One,"No" and "yes" were heard   the first mark inside closes: all of them are text
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

QUOTE = b'"'
ESCAPE = re.compile(rb'\\(["\\])')


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a table writes its rows: what stands between cells (b"": it has one column), whether marks are syntax.

    ``width`` is the number of columns, ``n_named`` that of columns up to the last that has a name.
    """

    delimiter: bytes = b","
    quotes: bool = True
    escapes: bool = False
    width: int = 0
    n_named: int = 0

    def fits(self, cells: Sequence[bytes]) -> bool:
        """Whether a row of the table may have these cells: empty ones more, or unnamed ones less, are no fault."""
        return len(cells) >= self.n_named and not any(cells[self.width :])


class Parsed(NamedTuple):
    """The cells up to where the grammar is broken (``is_flawed``) or the bytes end inside of one (``is_open``)."""

    cells: list[bytes]
    is_open: bool = False
    is_flawed: bool = False

    @property
    def is_whole(self) -> bool:
        return not (self.is_open or self.is_flawed)


def parse(data: bytes, dialect: Dialect, *, in_cell: bool = False) -> Parsed:
    r"""The cells of a row, or of lines in it that begin inside a cell, by the strict grammar.

    >>> parse(b'One,"Rain, ""they"" say"\r\n', Dialect())
    Parsed(cells=[b'One', b'Rain, "they" say'], is_open=False, is_flawed=False)
    >>> parse(b'One,"Rain\n', Dialect()).is_open, parse(b'One,6" nails\n', Dialect()).is_flawed
    (True, True)
    """
    if not dialect.quotes:
        return Parsed(_split(_without_line_end(data), dialect.delimiter))
    grammar, at = _grammar(dialect.delimiter, dialect.escapes), 0
    cells: list[bytes] = []
    while True:
        if in_cell or data[at : at + 1] == QUOTE:
            start = at if in_cell else at + 1
            at, in_cell = _end_of(grammar.quoted, data, start), False
            if at == len(data):
                return Parsed(cells, is_open=True)
            cells.append(_unquoted(data[start:at], dialect.escapes))
            at += 1
        else:
            start, at = at, _end_of(grammar.plain, data, at)
            cells.append(data[start:at])
        end = grammar.end.match(data, at)
        if end is None:
            return Parsed(cells, is_flawed=True)
        if end[1] is None:
            cells[-1] = cells[-1].rstrip(b"\r") if data[at - 1 : at] == b"\r" else cells[-1]
            return Parsed(cells)
        at = end.end()


def read_cells(data: bytes, dialect: Dialect) -> list[bytes] | None:
    r"""The cells of a row, as many as there are columns; None for a row that cannot be right.

    >>> pair = Dialect(width=2, n_named=2)
    >>> read_cells(b'One,"No" and "yes" were heard', pair), read_cells(b'One,"He said "no" twice"', pair)
    ([b'One', b'"No" and "yes" were heard'], [b'One', b'He said "no" twice'])
    >>> read_cells(b'One,"Two', pair), read_cells(b"One,Two,Three", pair)
    (None, None)
    """
    strict = parse(data, dialect)
    if strict.is_whole:
        return strict.cells if dialect.fits(strict.cells) else None
    escaped = parse(data, replace(dialect, escapes=True)) if b'\\"' in data else strict
    if escaped.is_whole and dialect.fits(escaped.cells):
        return escaped.cells
    tolerant = _tolerant_cells(_without_line_end(data), dialect)
    return tolerant if tolerant is not None and dialect.fits(tolerant) else None


class _Grammar(NamedTuple):
    quoted: re.Pattern[bytes]
    plain: re.Pattern[bytes]
    end: re.Pattern[bytes]
    opening: re.Pattern[bytes]
    closing: re.Pattern[bytes]


@cache
def _grammar(delimiter: bytes, escapes: bool) -> _Grammar:
    between = re.escape(delimiter)
    stop = rb"%s|\Z" % between if delimiter else rb"\Z"
    quoted = rb'[^"\\]*+(?:(?:""|\\.?)[^"\\]*+)*+' if escapes else rb'[^"]*+(?:""[^"]*+)*+'
    return _Grammar(
        quoted=re.compile(quoted, re.DOTALL),
        plain=re.compile(rb'[^"\n%s]*+' % between),
        end=re.compile(rb"(%s)|\r*\n?\Z" % (between or b"(?!)")),
        opening=re.compile(rb'[ ]*+"'),
        closing=re.compile(rb'"(?=[ ]*+(?:%s))' % stop),
    )


def _end_of(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    match = pattern.match(data, at)
    return match.end() if match else at


def _tolerant_cells(row: bytes, dialect: Dialect) -> list[bytes] | None:
    """The cells as a person would read them, None where one cannot be right."""
    grammar, cells, at = _grammar(dialect.delimiter, escapes=False), [], -1
    last = max((mark.start() for mark in grammar.closing.finditer(row)), default=-1)
    while at < len(row):
        at += 1  # behind the delimiter
        opening = grammar.opening.match(row, at)
        close = _find_closing_mark(row, opening.end(), grammar) if opening and opening.end() <= last else -1
        if opening and close >= 0:
            cells.append(row[opening.end() : close].replace(b'""', QUOTE))
            at = close + 1
            while row[at : at + 1] == b" ":
                at += 1
        else:
            end = row.find(dialect.delimiter, at) if dialect.delimiter else -1
            start, at = at, end if end >= 0 else len(row)
            cells.append(row[start:at])
            if b"\n" in cells[-1] or not is_literal(cells[-1].strip()):
                return None
    return cells


def _find_closing_mark(row: bytes, start: int, grammar: _Grammar) -> int:
    """Where the cell that begins at ``start``, behind a mark, is closed.

    -1 where it is not, or where the first mark in it closes something: then the one before it is text, too.
    """
    first = _end_of(grammar.quoted, row, start)
    closing = grammar.closing.match(row, first)
    if closing is None and start < first < len(row) and row[first - 1 : first] in (b" ", b"\t", b"\n", b"("):
        closing = grammar.closing.search(row, first)  # there is one: up to the last, that costs the length of the cell
    return closing.start() if closing else -1


def is_literal(cell: bytes) -> bool:
    """Whether the marks in a cell without syntax may be text: they come in pairs, or stand inside (6" nails)."""
    return cell.count(QUOTE) % 2 == 0 or not (cell.startswith(QUOTE) or cell.endswith(QUOTE))


def _unquoted(content: bytes, escapes: bool) -> bytes:
    return ESCAPE.sub(rb"\1", content.replace(b'""', QUOTE)) if escapes else content.replace(b'""', QUOTE)


def _split(line: bytes, delimiter: bytes) -> list[bytes]:
    return line.split(delimiter) if delimiter else [line]


def _without_line_end(data: bytes) -> bytes:
    return data.removesuffix(b"\n").rstrip(b"\r")
