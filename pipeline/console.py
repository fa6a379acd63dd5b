"""What people see: the summary of a run and the answers to questions, as neat tables or as plain formats."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.query import Answer, ask

#: Columns of a table on something that is no terminal (a file, a pipe, a page of documentation).
PLAIN_WIDTH = 120
#: Control characters as their pictures: text from a file must not steer the terminal.
PICTURES = {n: 0x2400 + n for n in range(0x20) if chr(n) not in "\n\t"} | dict.fromkeys(range(0x7F, 0xA0), 0x2421)
COUNTS = """
    SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM mentions), (SELECT count(*) FROM rejects),
           (SELECT count(*) FROM articles WHERE fault IS NOT NULL)
"""
KINDS = "SELECT kind, count(*) FROM quotes GROUP BY kind ORDER BY kind"
REASONS = """
    SELECT count(*) AS rejects, step, reason, min(concat_ws(' ', uri, nullif(record, ''), '-', detail)) AS "for example"
    FROM rejects GROUP BY step, reason ORDER BY rejects DESC, step, reason
"""
TRY = "SELECT speaker, count(*) AS n FROM quotes WHERE speaker IS NOT NULL GROUP BY speaker ORDER BY n DESC, speaker"


def stdout() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def visible(text: str) -> str:
    r"""Text as it may be shown on a terminal.

    >>> visible("\x1b[31mred")
    '␛[31mred'
    """
    return text.translate(PICTURES)


def print_summary(output: str, seconds: float) -> None:
    """What the tables in ``output`` hold, how fast it was made, a question to try, and why records were refused."""
    ((articles, mentions, rejects, faults),) = ask(COUNTS, output).rows
    kinds = dict(ask(KINDS, output).rows)
    by_kind = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    lines = [
        ("articles", f"{articles:,}" + (f"   ({faults:,} with a fault, see articles.fault)" if faults else "")),
        ("quotes", f"{sum(kinds.values()):,}" + (f"   ({by_kind})" if by_kind else "")),
        ("mentions", f"{mentions:,}"),
        ("rejects", f"{rejects:,}"),
        ("time", f"{seconds:.1f} s, {articles / seconds:.1f} articles a second"),
        ("tables", output),
    ]
    data = "" if output == "output" else f" --data {shlex.quote(output)}"
    console = stdout()
    for name, value in lines:
        console.print(Text(f"{name:<10}{value}"), soft_wrap=True)
    console.print(Text(f'try       onrecord query "{TRY}"{data}'), soft_wrap=True)
    if rejects:
        _print_table(ask(REASONS, output), counted=False)


def print_findings(findings: Sequence[tuple[str, int]]) -> None:
    """What was looked for, and how often it was found."""
    for what, n in findings:
        stdout().print(Text(f"{n:>8,}  {what}"), soft_wrap=True)


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
        _print_table(answer)


def _print_table(answer: Answer, *, counted: bool = True) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(answer.columns):
        table.add_column(Text(name), justify="right" if _numeric(answer.rows, at) else "left", overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(visible(_cell(value))) for value in row))
    console = stdout()
    console.print(table)
    if counted:
        console.print(Text(f"{len(answer.rows):,} row{'' if len(answer.rows) == 1 else 's'}"))


def _numeric(rows: Sequence[tuple[Any, ...]], at: int) -> bool:
    return bool(rows) and all(isinstance(row[at], int | float) for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
