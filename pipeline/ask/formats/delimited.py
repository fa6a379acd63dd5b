"""Answers as CSV, TSV and Markdown, line by line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from onrecord.pipeline.ask.formats.cells import cell_text
from onrecord.pipeline.ask.query import Stream
from onrecord.pipeline.console import visible

#: What a cell of CSV cannot hold without marks around it.
NEEDS_MARKS = re.compile(r'[",\r\n]|^\s|\s$')
#: What a line of TSV cannot hold, and how it is spelled, as PostgreSQL and ClickHouse read it.
TSV_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
#: First characters of a cell that a spreadsheet takes for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: What means something in Markdown or in the HTML inside of it.
MARKDOWN = re.compile(r"([\\`*_\[\]|~#!:])")
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def csv(answer: Stream, *, defused: bool = False) -> Iterator[str]:
    """Lines in which NULL is nothing and the empty text is a pair of marks; ``defused`` for spreadsheets."""
    yield from _lines(answer, csv_line, defused)


def tsv(answer: Stream, *, defused: bool = False) -> Iterator[str]:
    r"""Lines in which NULL is ``\N``; tabs and line ends inside of a value are spelled ``\t`` and ``\n``."""
    yield from _lines(answer, tsv_line, defused)


def markdown(answer: Stream) -> Iterator[str]:
    """A table of Markdown in which no value is more than text."""
    names = [f" {markdown_cell(name)} " for name in answer.columns]
    yield f"|{'|'.join(names)}|\n"
    yield f"|{'---|' * len(names)}\n"
    for row in answer.rows:
        yield f"|{'|'.join(f' {markdown_cell(cell_text(value))} ' for value in row)}|\n"


def csv_line(values: Sequence[Any]) -> str:
    """One line of CSV in which NULL is nothing and the empty text is a pair of marks.

    >>> csv_line([None, "", "a,b", 3])
    ',"","a,b",3'
    """
    return ",".join(map(_csv_cell, values))


def tsv_line(values: Sequence[Any]) -> str:
    r"""One line of TSV.

    >>> tsv_line([None, "", "two\nlines", 3])
    '\\N\t\ttwo\\nlines\t3'
    """
    return "\t".join(r"\N" if value is None else cell_text(value).translate(TSV_ESCAPES) for value in values)


def markdown_cell(text: str) -> str:
    r"""A cell in which nothing is a link, an image, HTML or the end of the cell.

    >>> markdown_cell("![x](https://a.example) | <b>\n*so*")
    '\\!\\[x\\](https\\://a.example) \\| &lt;b&gt;<br>\\*so\\*'
    """
    return MARKDOWN.sub(r"\\\1", visible(text).translate(ENTITIES)).replace("\n", "<br>")


def defuse(value: Any) -> Any:
    """A value that no spreadsheet runs: a text that begins like a formula gets an apostrophe before it.

    >>> defuse("=1+1"), defuse(-1), defuse("- no")
    ("'=1+1", -1, "'- no")
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _lines(answer: Stream, line: Callable[[Sequence[Any]], str], defused: bool) -> Iterator[str]:
    yield line([defuse(name) for name in answer.columns] if defused else answer.columns) + "\n"
    for row in answer.rows:
        yield line([defuse(value) for value in row] if defused else row) + "\n"


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    text = cell_text(value)
    return '"' + text.replace('"', '""') + '"' if not text or NEEDS_MARKS.search(text) else text
