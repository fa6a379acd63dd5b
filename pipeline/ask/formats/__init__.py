"""Answers as people and programs want them: tables on the terminal, text for programs, files of Parquet and Excel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.formats import delimited, json_rows, tables
from onrecord.pipeline.ask.formats.cells import hide_offsets
from onrecord.pipeline.ask.query import Answer, Stream
from onrecord.pipeline.console import stdout, visible
from onrecord.pipeline.errors import UsageError

#: The endings of files by which a format is known.
ENDINGS = {
    ".txt": "table", ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl",
    ".md": "markdown", ".parquet": "parquet", ".xlsx": "xlsx",
}  # fmt: skip
FORMATS = ("table", "vertical", "csv", "tsv", "json", "jsonl", "markdown", "parquet", "xlsx")
#: Formats that are no text, and need a file.
BINARY = frozenset({"parquet", "xlsx"})
#: Formats that people read: SELECT * shows them no offsets.
FOR_PEOPLE = frozenset({"table", "vertical", "markdown", "xlsx"})


def format_of(file: Path) -> str:
    """The format that a file's ending means.

    >>> format_of(Path("quotes.XLSX"))
    'xlsx'
    """
    if form := ENDINGS.get(file.suffix.lower()):
        return form
    raise UsageError(f"{file}: its ending tells no format; --format takes one of {', '.join(FORMATS)}")


def lines(answer: Stream, form: str, *, defused: bool = False) -> Iterator[str]:
    """The answer as text, a piece after the other; ``defused`` for spreadsheets."""
    if answer.columns == ("explain_key", "explain_value") and form in ("table", "vertical"):
        return (f"{row[1]}\n" for row in answer.rows)
    if form == "csv":
        return delimited.csv(answer, defused=defused)
    if form == "tsv":
        return delimited.tsv(answer, defused=defused)
    if form == "markdown":
        return delimited.markdown(answer)
    if form in ("json", "jsonl"):
        return json_rows.json_list(answer) if form == "json" else json_rows.json_lines(answer)
    return tables.table(answer, stdout().width, upright=form == "vertical")


def print_lines(pieces: Iterator[str]) -> None:
    """Print text; on a terminal nothing of it steers it."""
    if sys.stdout.isatty():
        pieces = map(visible, pieces)
    sys.stdout.writelines(pieces)


def print_answer(answer: Answer, form: str) -> None:
    """Print rows as a table for people, or as csv or json for programs."""
    print_lines(lines(_streamed(answer), form))


def print_table(answer: Answer, *, counted: bool = True) -> None:
    """Print rows as a table for people, and how many they are."""
    pieces = list(tables.table(_streamed(answer), stdout().width))
    print_lines(iter(pieces if counted else pieces[:-1]))


def print_document(value: Any) -> None:
    """Print rows, or a record that holds rows, as JSON."""
    print_lines(json_rows.document(value))


def _streamed(answer: Answer) -> Stream:
    return Stream(columns=answer.columns, rows=iter(answer.rows))


__all__ = [
    "BINARY", "FORMATS", "FOR_PEOPLE", "format_of", "hide_offsets", "lines", "print_answer", "print_document",
    "print_lines", "print_table",
]  # fmt: skip
