"""Answers as an Excel workbook in which every text is text: no formula, no link, nothing that runs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.pipeline.ask.formats.cells import cell_text
from onrecord.pipeline.ask.query import Stream
from onrecord.pipeline.console import visible

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

#: What Excel can hold: rows of a sheet, columns, characters of a cell, whole digits of a number, the first year.
MAX_ROWS, MAX_COLUMNS, MAX_CHARS, MAX_INTEGER, FIRST_YEAR = 1_048_576, 16_384, 32_767, 10**15, 1900
CUT = " … [cut]"
PLAIN_TEXT = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
DATE, TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def save_workbook(answer: Stream, file: Path) -> tuple[int, int]:
    """Write the answer to a workbook, on as many sheets as it needs; the rows written, and the cells cut short."""
    return save_sheets([("answer", answer)], file)


def save_sheets(answers: Iterable[tuple[str, Stream]], file: Path) -> tuple[int, int]:
    """Write answers to a workbook, on sheets of their names; the rows written, and the cells cut short.

    Times are in UTC.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(file, PLAIN_TEXT) as book:
        formats = {name: book.add_format({"num_format": name}) for name in (DATE, TIME)}
        each = [_save_answer(book, name, answer, formats) for name, answer in answers]
    return sum(rows for rows, _ in each), sum(cut for _, cut in each)


def _save_answer(book: xlsxwriter.Workbook, name: str, answer: Stream, formats: dict[str, Any]) -> tuple[int, int]:
    rows, cut, sheets = 0, 0, 0
    for sheet_rows in _sheets(answer.rows):
        sheet, sheets = _new_sheet(book, name, answer.columns, sheets), sheets + 1
        for at, row in enumerate(sheet_rows, 1):
            cut += sum(_write(sheet, at, column, value, formats) for column, value in enumerate(row))
            rows += 1
    if not sheets:
        _new_sheet(book, name, answer.columns, 0)
    return rows, cut


def _sheets(rows: Iterator[tuple[Any, ...]]) -> Iterator[Iterator[tuple[Any, ...]]]:
    for first in rows:
        yield chain([first], islice(rows, MAX_ROWS - 2))


def _new_sheet(book: xlsxwriter.Workbook, name: str, columns: Sequence[str], before: int) -> Worksheet:
    sheet = book.add_worksheet(f"{name} {before + 1}" if before else name)
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(columns):
        sheet.write_string(0, at, visible(name)[:MAX_CHARS])
    return sheet


def _write(sheet: Worksheet, row: int, column: int, value: Any, formats: dict[str, Any]) -> bool:
    """Write a cell; whether it had to be cut short."""
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and math.isfinite(value) and abs(value) < MAX_INTEGER:
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        sheet.write_datetime(row, column, moment, formats[TIME if isinstance(value, datetime) else DATE])
    elif text := visible(cell_text(value)):
        sheet.write_string(row, column, short := _shortened(text))
        return short != text
    return False


def _shortened(text: str) -> str:
    """A text that a cell holds, counted as Excel does, in units of UTF-16."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CHARS:
        return text
    return units[: 2 * (MAX_CHARS - len(CUT))].decode("utf-16-le", errors="ignore") + CUT
