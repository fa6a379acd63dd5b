"""Questions in SQL over the tables of a data set, through DuckDB, which is held so that it can only read.

Knows the tables on disk and nothing else of the product.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipeline import aliases, views
from pipeline.errors import NoDataset, QueryError, QueryRefused

TABLES = ("articles", "segments", "quotes", "mentions", "clusters", "rejects")
#: Statement types that only read; SHOW, DESCRIBE, SUMMARIZE, FROM …, VALUES and PIVOT … IN (…) are SELECT to DuckDB.
READING = ("SELECT", "EXPLAIN")
EXPLAIN = re.compile(r"\s*explain\b(?:\s*\([^()]*\)|\s+analyze\b)?", re.IGNORECASE)
#: Operators of a query plan that write or that run a text as SQL. A SELECT can hold them: WITH x AS (COPY … TO …) ….
CHANGING = re.compile(r"COPY|INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|EXPORT|ATTACH|EXECUTE", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Column names and rows, in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def ask(question: str, data: str | Path, names: str | Path | None = None) -> Answer:
    """Answer one SQL question over the data set in the folder ``data``, speakers named as a file of aliases says.

    Raises UsageError for a file of aliases that cannot be, NoDataset when there are no tables, QueryRefused when the
    question is not one that only reads, QueryError when DuckDB cannot answer it.
    """
    with connect(data, names) as connection:
        try:
            _check(connection, question)
            cursor = connection.execute(question)
            return Answer(columns=tuple(column[0] for column in cursor.description or ()), rows=cursor.fetchall())
        except duckdb.PermissionException as error:
            raise QueryRefused(_first_line(error)) from error
        except duckdb.Error as error:
            raise QueryError(_first_line(error)) from error


def connect(data: str | Path, names: str | Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection with a view for each table, which reaches no file outside ``data`` and cannot be opened up again."""
    folder = Path(data).absolute()
    missing = [table for table in TABLES if not any(folder.glob(f"{table}/part-*.parquet"))]
    if missing:
        raise NoDataset(f"no tables in {data} (looked for {missing[0]}/part-*.parquet); make them with: onrecord run")
    connection = duckdb.connect()
    parts = {table: f"read_parquet({_quoted(f'{_literal(folder)}/{table}/part-*.parquet')})" for table in TABLES}
    connection.execute(views.EMPTY_MERGES)
    connection.execute(views.ALIKE)
    if names is not None:
        aliases.merge(connection, names, parts["quotes"])
    for view, sql, table in _views(aliased=names is not None):
        connection.execute(f"CREATE VIEW {view} AS {sql.format(parts=parts[table])}")
    allowed = ", ".join(_quoted(f"{name}/") for name in {str(folder), _literal(folder)})  # it looks at the pattern too
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _views(*, aliased: bool) -> Iterator[tuple[str, str, str]]:
    """Name, SQL and table of each view, a view after those that it looks at."""
    special = {"articles": views.ARTICLES} | ({"quotes": views.QUOTES} if aliased else {})
    for table in sorted(TABLES, key=special.__contains__):
        yield table, special.get(table, views.PLAIN), table
    yield "speakers", views.SPEAKERS, "quotes"
    yield "doubtful_speakers", views.DOUBTFUL, "quotes"


def _check(connection: duckdb.DuckDBPyConnection, question: str) -> None:
    """Raise QueryRefused unless the question is one statement that only reads."""
    statements = connection.extract_statements(question)
    if len(statements) != 1:
        raise QueryRefused(f"one statement at a time, please; this is {len(statements)}")
    statement = statements[0]
    kind = statement.type.name
    if kind == "MULTI":  # DuckDB makes a type of its own first; with IN it need not
        raise QueryRefused("PIVOT needs its values spelled out here: PIVOT … ON … IN (…)")
    if kind not in READING:
        raise QueryRefused(f"{kind} is not allowed: questions only read (SELECT, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN)")
    if kind == "EXPLAIN":  # EXPLAIN ANALYZE runs what it explains
        return _check(connection, EXPLAIN.sub("", statement.query, count=1))
    changing = next(filter(CHANGING.search, _operators(_plan(connection, statement.query))), None)
    if changing:
        raise QueryRefused(f"{changing} is not allowed inside a question: questions only read")
    return None


def _plan(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    rows = connection.execute(f"EXPLAIN (FORMAT json) {query}").fetchall()
    return [json.loads(plan) for _, plan in rows]


def _operators(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        yield from (value for key, value in plan.items() if key == "name")
        yield from _operators(list(plan.values()))
    elif isinstance(plan, list):
        for child in plan:
            yield from _operators(child)


def _literal(folder: Path) -> str:
    """The folder with the characters that mean something in a glob put in brackets."""
    return re.sub(r"([*?\[])", r"[\1]", str(folder))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().partition("\n")[0]
