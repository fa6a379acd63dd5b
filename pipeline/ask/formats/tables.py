"""Answers for people on a terminal: a table where it fits, else rows one under another; no word is ever split."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any

from rich.cells import cell_len

from onrecord.pipeline.ask.formats.cells import cell_text
from onrecord.pipeline.ask.query import Stream
from onrecord.pipeline.console import visible

#: So many rows are laid out at a time.
BLOCK_ROWS = 1000
#: A cell of more lines is hard to read in a table.
MAX_LINES = 8
GAP = "   "
#: Where a line may be broken.
BLANKS = re.compile(r"[ \n]")
Cells = list[list[str]]


def table(answer: Stream, width: int, *, upright: bool = False) -> Iterator[str]:
    """The lines of a table, or of rows one under another where they do not fit or are to be ``upright``; last a count.

    An answer of many rows is laid out block by block, so that its first lines are there at once.
    """
    names = [_shown(name) for name in answer.columns]
    count = 0
    if not (rows := list(islice(answer.rows, BLOCK_ROWS))):
        yield from (
            _block(names, [], width) if fits(names, [], width) else (f"{line}\n" for line in _header(names, width))
        )
    while rows:
        cells = [[_shown(cell_text(value)) for value in row] for row in rows]
        upright = upright or not fits(names, cells, width)
        numeric = [_is_numeric(rows, at) for at in range(len(names))]
        yield from _upright(names, cells, width, count) if upright else _block(names, cells, width, numeric)
        count += len(rows)
        rows = list(islice(answer.rows, BLOCK_ROWS))
    yield f"{count:,} row{'' if count == 1 else 's'}\n"


def fits(names: Sequence[str], cells: Cells, width: int) -> bool:
    """Whether the rows are a readable table: all words whole, and no cell of very many lines."""
    widths = column_widths(names, cells, width)
    if widths is None:
        return False
    return all(len(_fold(cell, room)) <= MAX_LINES for row in cells for cell, room in zip(row, widths, strict=True))


def column_widths(names: Sequence[str], cells: Cells, width: int) -> list[int] | None:
    """How wide each column is: as its longest cell where there is room, never less than its longest word.

    None where even the words do not fit.

    >>> column_widths(["id", "said"], [["4f", "It rains all day."]], 80)
    [2, 17]
    >>> column_widths(["id", "said"], [["4f", "It rains all day."]], 17)
    [2, 10]
    >>> column_widths(["id", "said"], [["4f", "Antidisestablishment"]], 17)
    """
    columns = [list(column) for column in zip(names, *cells, strict=True)]
    wanted = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in columns]
    least = [max(cell_len(word) for cell in column for word in BLANKS.split(cell)) for column in columns]
    room = limit = width - 2 - len(GAP) * (len(columns) - 1)
    if sum(map(min, wanted, least)) > room:
        return None
    while sum(widths := [min(want, max(limit, need)) for want, need in zip(wanted, least, strict=True)]) > room:
        limit -= 1
    return widths


def _header(names: Sequence[str], width: int) -> list[str]:
    return ["", *_fold(GAP.join(names), width), "─" * width, ""]


def _block(names: Sequence[str], cells: Cells, width: int, numeric: Sequence[bool] | None = None) -> Iterator[str]:
    right = numeric or [False] * len(names)
    widths = column_widths(names, cells, width) or [cell_len(name) for name in names]
    yield "\n"
    yield from _line(names, widths, right)
    yield "─" * (sum(widths) + len(GAP) * (len(widths) - 1) + 2) + "\n"
    for row in cells:
        yield from _line(row, widths, right)
    yield "\n"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    """A row, on as many lines as its cells need."""
    folded = [_fold(cell, room) for cell, room in zip(cells, widths, strict=True)]
    for lines in zip_longest(*folded, fillvalue=""):
        padded = map(_pad, lines, widths, right)
        yield f" {GAP.join(padded)}".rstrip() + "\n"


def _upright(names: Sequence[str], cells: Cells, width: int, before: int) -> Iterator[str]:
    """Rows one under another, a line or more for each column."""
    margin = max(map(cell_len, names)) + 2
    for number, row in enumerate(cells, before + 1):
        yield f"── {number:,} ".ljust(width, "─") + "\n"
        for name, cell in zip(names, row, strict=True):
            first, *rest = _fold(cell, max(width - margin, 20)) or [""]
            yield f"{_pad(name, margin, False)}{first}".rstrip() + "\n"
            yield from (f"{' ' * margin}{line}".rstrip() + "\n" for line in rest)
    yield "\n"


def _fold(cell: str, room: int) -> list[str]:
    """The lines of a cell; what is longer than the room without a blank stays whole.

    >>> _fold("It rains.\\n\\nhttps://news.example/long", 8)
    ['It', 'rains.', '', 'https://news.example/long']
    """
    lines = []
    for line in cell.split("\n"):
        if cell_len(line) <= room:
            lines.append(line)
            continue
        room_here = room if cell_len(line) == len(line) else max(room // 2, 1)  # characters of two cells
        lines += textwrap.wrap(line, room_here, break_long_words=False, break_on_hyphens=False)
    return lines


def _pad(text: str, width: int, right: bool) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def _is_numeric(rows: Sequence[tuple[Any, ...]], at: int) -> bool:
    return all(isinstance(row[at], int | float) or row[at] is None for row in rows)


def _shown(text: str) -> str:
    return visible(text).expandtabs(4)
