"""Answers as people and programs want them: a table on the terminal, CSV, JSON."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from onrecord.pipeline.ask.query import Answer
from onrecord.pipeline.console import print_line, stdout, visible

#: What a cell of CSV cannot hold without marks around it.
NEEDS_MARKS = re.compile(r'[",\r\n]|^\s|\s$')


def print_answer(answer: Answer, form: str) -> None:
    """Print rows as a table for people, or as csv or json for programs."""
    if form == "csv":
        sys.stdout.writelines(f"{csv_line(row)}\n" for row in (answer.columns, *answer.rows))
    elif form == "json":
        names = unique_names(answer.columns)
        rows = [dict(zip(names, map(json_value, row), strict=True)) for row in answer.rows]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str, allow_nan=False))
    elif answer.columns == ("explain_key", "explain_value"):
        print("\n".join(str(row[1]) for row in answer.rows))
    else:
        print_table(answer)


def print_json(value: Any) -> None:
    """Print rows, or records that hold rows, as JSON."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    print(json.dumps(json_value(plain), ensure_ascii=False, indent=2, default=str, allow_nan=False))


def csv_line(values: Sequence[Any]) -> str:
    """One line of CSV in which NULL is nothing and the empty text is a pair of marks.

    >>> csv_line([None, "", "a,b", 3])
    ',"","a,b",3'
    """
    return ",".join(map(_csv_cell, values))


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    text = _cell(value)
    return '"' + text.replace('"', '""') + '"' if not text or NEEDS_MARKS.search(text) else text


def unique_names(names: Sequence[str]) -> list[str]:
    """Column names, each once: a second ``n`` becomes ``n_1``, as in DuckDB's own data frames.

    >>> unique_names(["n", "n", "n_1", "n"])
    ['n', 'n_2', 'n_1', 'n_3']
    """
    taken = set(names)
    unique: list[str] = []
    for name in names:
        number = 0
        while name in unique:
            number += 1
            if (candidate := f"{name}_{number}") not in taken:
                taken.add(candidate)
                name = candidate
        unique.append(name)
    return unique


def json_value(value: Any) -> Any:
    """A value as JSON can hold it: what is no number (NaN, infinity) is null.

    >>> json_value([float("nan"), {"a": float("inf"), "b": 1.5}])
    [None, {'a': None, 'b': 1.5}]
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): json_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(inner) for inner in value]
    return value


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
        return json.dumps(json_value(value), ensure_ascii=False, default=str)
    return str(value)
