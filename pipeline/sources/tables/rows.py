r"""The bytes of each row of a table: lines, joined while a cell between marks is open.

A mark that is missing, or one too many, must cost its own row and not the row after. So the lines behind it are looked
through, up to one with marks that tells which it was:

    B,"Two.          opens a cell …             B,"Two.
    C,Three.         … or does it?              More of Two, and more.
    D,"Four"         a row: it did not          the end of "Two".",2024      no row by itself: it did

What is cut depends on the bytes alone, never on the limits of a run: workers that share a file agree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from onrecord.pipeline.sources.streams import BoundedBuffer, RecordBytes
from onrecord.pipeline.sources.tables.cells import QUOTE, Dialect, Parsed, parse, read_cells

#: Bytes behind a broken row that are looked through for the next one that is whole.
WINDOW = 2**20
Line = bytes | RecordBytes


class Row(NamedTuple):
    """The bytes of a row, or its size and hash alone; ``is_boundary`` where nothing behind it had to be looked at."""

    data: Line
    is_boundary: bool

    @property
    def n_bytes(self) -> int:
        return _size(self.data)

    @property
    def is_blank(self) -> bool:
        return isinstance(self.data, bytes) and len(self.data) < 4 and not self.data.strip(b"\r\n")


def cut_rows(lines: Iterator[Line], dialect: Dialect, limit: int) -> Iterator[Row]:
    r"""The rows that the lines are, blank lines among them; of one beyond the limit there are no bytes.

    >>> lines = [b'A,"1\n', b'2"\n', b'B,"3\n', b"C,4\n", b'D,"5"\n']
    >>> [row.data for row in cut_rows(iter(lines), Dialect(width=2, n_named=2), 99)]
    [b'A,"1\n2"\n', b'B,"3\n', b'C,4\n', b'D,"5"\n']
    """
    return _Cutter(lines, dialect, limit).rows()


class _Cutter:
    """``ahead`` are lines that were looked at and not yet taken, ``resume`` the lines (by number) where rows resume."""

    def __init__(self, lines: Iterator[Line], dialect: Dialect, limit: int) -> None:
        self.lines, self.dialect, self.limit = lines, dialect, limit
        self.ahead: deque[Line] = deque()
        self.resume: deque[int] = deque()
        self.n_taken = self.n_bytes_ahead = 0

    def rows(self) -> Iterator[Row]:
        while self._look_at(0) is not None:
            data = self._next_row()
            yield Row(data, not self.ahead)

    def _next_row(self) -> Line:
        line = _content(self.ahead[0])
        if QUOTE not in line or not self.dialect.quotes:
            return self._take(1)
        parsed = parse(line, self.dialect)
        if parsed.is_whole or (parsed.is_flawed and _is_complete(line, self.dialect)):
            return self._take(1)
        return self._take(self._open_extent(parsed)) or self._take_to_mark()

    def _open_extent(self, parsed: Parsed) -> int:
        """How many lines make a row whose first line leaves a cell open, or may do so; 0 where too many may."""
        n_lines = 1
        while self.n_bytes_ahead <= WINDOW:
            if parsed.is_flawed and (n_known := self._known_extent()):
                return n_known  # looked through before, for another row: a second time would cost its square
            line = self._look_at(n_lines)
            if line is None:
                return self._extent_by_evidence(n_lines) or n_lines
            n_lines, data = n_lines + 1, _content(line)
            if QUOTE not in data:
                continue
            if not parsed.is_flawed:
                parsed = parse(data, self.dialect, in_cell=True)
                if parsed.is_whole:
                    return n_lines
            if parsed.is_flawed and not self._known_extent():
                if _begins_row(data, self.dialect):
                    return self._extent_by_evidence(n_lines) or n_lines - 1
                if _ends_cell(data, self.dialect):
                    return n_lines
        return self._extent_by_evidence(len(self.ahead)) or (len(self.ahead) if parsed.is_flawed else 0)

    def _take_to_mark(self) -> Line:
        """A row of more bytes than are looked through: up to where its cell is closed, or cannot be open."""
        row = BoundedBuffer(self.limit)
        while self.ahead:
            _add(row, self._pop())
        while (line := self._look_at(0)) is not None:
            data = _content(line)
            parsed = parse(data, self.dialect, in_cell=True) if QUOTE in data else Parsed([], is_open=True)
            if parsed.is_flawed:
                break
            _add(row, self._pop())
            if parsed.is_whole:
                break
        record = row.finish()
        return record if record.data is None else record.data

    def _known_extent(self) -> int:
        """How many lines there are up to the next at which rows are known to resume, 0 if none is."""
        while self.resume and self.resume[0] <= self.n_taken:
            self.resume.popleft()
        return self.resume[0] - self.n_taken if self.resume else 0

    def _extent_by_evidence(self, n_lines: int) -> int:
        """The lines before rows resume: where most lines from there on are rows, without a blank line among them.

        0 where that is nowhere.
        """
        balance, resume, lines = 0, deque[int](), list(self.ahead)
        for at in range(n_lines - 1, 0, -1):
            if resume and not _content(lines[at]).strip():
                break  # paragraphs have such lines between them, rows have none
            is_row = _begins_row(_content(lines[at]), self.dialect)
            balance += 1 if is_row else -1
            if is_row and balance > 0:
                resume.appendleft(self.n_taken + at)
        self.resume = resume
        return self._known_extent()

    def _look_at(self, number: int) -> Line | None:
        if number == len(self.ahead):
            line = next(self.lines, None)
            if line is None:
                return None
            self.ahead.append(line)
            self.n_bytes_ahead += _size(line)
        return self.ahead[number]  # its first or its last, but for a few behind a broken row

    def _take(self, n_lines: int) -> Line:
        """So many lines as one row, none of which is b""."""
        lines = [self._pop() for _ in range(n_lines)]
        if len(lines) == 1 and isinstance(lines[0], RecordBytes):
            return lines[0]
        if sum(map(_size, lines)) <= self.limit:
            return b"".join(map(_content, lines))
        row = BoundedBuffer(self.limit)
        for line in lines:
            _add(row, line)
        return row.finish()

    def _pop(self) -> Line:
        line = self.ahead.popleft()
        self.n_taken, self.n_bytes_ahead = self.n_taken + 1, self.n_bytes_ahead - _size(line)
        return line


def _content(line: Line) -> bytes:
    """The bytes of a line; none of one beyond the limit."""
    return line if isinstance(line, bytes) else b""


def _size(line: Line) -> int:
    return len(line) if isinstance(line, bytes) else line.n_bytes


def _add(row: BoundedBuffer, line: Line) -> None:
    if isinstance(line, bytes):
        row.add(line)
    else:
        row.add_oversized(line)


def _is_complete(line: bytes, dialect: Dialect) -> bool:
    """Whether a line that breaks the grammar leaves no cell open: its marks come in pairs, or are text."""
    return line.count(QUOTE) % 2 == 0 or read_cells(line, dialect) is not None


def _begins_row(line: bytes, dialect: Dialect) -> bool:
    """Whether a line is a row by itself beyond doubt, or opens a cell of one behind other cells."""
    parsed = parse(line, dialect)
    if parsed.is_open:
        return len(parsed.cells) > 0 or dialect.width == 1
    return parsed.is_whole and dialect.fits(parsed.cells) and (dialect.width > 1 or QUOTE in line)


def _ends_cell(line: bytes, dialect: Dialect) -> bool:
    """Whether a line closes a cell that it did not open: its marks are odd in number, the last one before an end."""
    if line.count(QUOTE) % 2 == 0:
        return False
    behind = line[line.rindex(QUOTE) + 1 :].lstrip(b" ")
    return not behind.strip(b"\r\n") or bool(dialect.delimiter and behind.startswith(dialect.delimiter))
