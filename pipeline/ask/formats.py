"""Answers as people and programs want them: a table on the terminal, CSV, JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from onrecord.pipeline.ask.query import Answer
from onrecord.pipeline.console import print_line, stdout, visible


def print_answer(answer: Answer, form: str) -> None:
    """Print rows as a table for people, or as csv or json for programs."""
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([_cell(value) for value in row] for row in answer.rows)
    elif form == "json":
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
    elif answer.columns == ("explain_key", "explain_value"):
        print("\n".join(str(row[1]) for row in answer.rows))
    else:
        print_table(answer)


def print_table(answer: Answer, *, counted: bool = True) -> None:
    """Print rows as a table for people, and how many they are."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(answer.columns):
        table.add_column(Text(name), justify="right" if _numeric(answer.rows, at) else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(visible(_cell(value))) for value in row))
    stdout().print(table)
    if counted:
        print_line(f"{len(answer.rows):,} row{'' if len(answer.rows) == 1 else 's'}")


def _numeric(rows: Sequence[tuple[Any, ...]], at: int) -> bool:
    return bool(rows) and all(isinstance(row[at], int | float) for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
