"""Questions in SQL over the tables of a data set, through DuckDB, which is held so that it can only read.

Knows the tables on disk and nothing else of the product.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from onrecord.pipeline.ask.connect import check_parts, connect, one_line
from onrecord.pipeline.ask.snapshot import again_if_replaced
from onrecord.pipeline.errors import QueryError, QueryRefused

#: Statement types that only read; SHOW, DESCRIBE, SUMMARIZE, FROM …, VALUES and PIVOT … IN (…) are SELECT to DuckDB.
READ_ONLY_STATEMENTS = ("SELECT", "EXPLAIN")
EXPLAIN = re.compile(r"\s*explain\b(?:\s*\([^()]*\)|\s+analyze\b)?", re.IGNORECASE)
#: Operators of a query plan that write or that run a text as SQL. A SELECT can hold them: WITH x AS (COPY … TO …) ….
CHANGING = re.compile(r"COPY|INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|EXPORT|ATTACH|EXECUTE", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Column names and rows, in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def ask(question: str, data: str | Path, aliases_file: str | Path | None = None, version: int | None = None) -> Answer:
    """Answer one SQL question over the data set in the folder ``data``, speakers named as ``aliases_file`` says.

    Raises UsageError for a file of aliases that cannot be, NoDataset without tables or such a version,
    TablesDamaged when a part of them cannot be read, QueryRefused for a question that does more than read, QueryError
    when DuckDB cannot answer it.
    """
    (answer,) = ask_all([question], data, aliases_file, version)
    return answer


def ask_all(
    questions: Sequence[str], data: str | Path, aliases_file: str | Path | None = None, version: int | None = None
) -> list[Answer]:
    """Answer several questions over one version of the data set, the newest; raises what ``ask`` raises."""

    def look() -> list[Answer]:
        with connect(data, aliases_file, version) as connection:
            return [_answer(connection, question, data, version) for question in questions]

    return again_if_replaced(data, look)


def _answer(connection: duckdb.DuckDBPyConnection, question: str, data: str | Path, version: int | None) -> Answer:
    try:
        check_question(connection, question)
        cursor = connection.execute(question)
        return Answer(columns=tuple(column[0] for column in cursor.description or ()), rows=cursor.fetchall())
    except duckdb.PermissionException as error:
        raise QueryRefused(one_line(error)) from error
    except duckdb.Error as error:
        check_parts(data, error, version)
        raise QueryError(one_line(error)) from error


def check_question(connection: duckdb.DuckDBPyConnection, question: str, params: Any = None) -> None:
    """Raise QueryRefused unless the question is one statement that only reads."""
    statements = connection.extract_statements(question)
    if len(statements) != 1:
        raise QueryRefused(f"one statement at a time, please; this is {len(statements)}")
    statement = statements[0]
    kind = statement.type.name
    if kind == "MULTI":  # DuckDB makes a type of its own first; with IN it need not
        raise QueryRefused("PIVOT needs its values spelled out here: PIVOT … ON … IN (…)")
    if kind not in READ_ONLY_STATEMENTS:
        raise QueryRefused(f"{kind} is not allowed: questions only read (SELECT, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN)")
    if kind == "EXPLAIN":  # EXPLAIN ANALYZE runs what it explains
        return check_question(connection, EXPLAIN.sub("", statement.query, count=1), params)
    changing = next(filter(CHANGING.search, _operators(_plan(connection, statement.query, params))), None)
    if changing:
        raise QueryRefused(f"{changing} is not allowed inside a question: questions only read")
    return None


def _plan(connection: duckdb.DuckDBPyConnection, query: str, params: Any) -> Any:
    rows = connection.execute(f"EXPLAIN (FORMAT json) {query}", params).fetchall()
    return [json.loads(plan) for _, plan in rows]


def _operators(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        yield from (value for key, value in plan.items() if key == "name")
        yield from _operators(list(plan.values()))
    elif isinstance(plan, list):
        for child in plan:
            yield from _operators(child)
