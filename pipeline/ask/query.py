"""Questions in SQL over the tables of a data set, through DuckDB, which is held so that it can only read.

Knows the tables on disk and nothing else of the product.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from onrecord.pipeline.ask.connect import Data, check_parts, connect, one_line, sql_text
from onrecord.pipeline.ask.snapshot import again_if_replaced, folders_of
from onrecord.pipeline.ask.union import count_shared
from onrecord.pipeline.errors import QueryError, QueryRefused

T = TypeVar("T")

#: Statement types that only read; SHOW, DESCRIBE, SUMMARIZE, FROM …, VALUES and PIVOT … IN (…) are SELECT to DuckDB.
READ_ONLY_STATEMENTS = ("SELECT", "EXPLAIN")
EXPLAIN = re.compile(r"\s*explain\b(?:\s*\([^()]*\)|\s+analyze\b)?", re.IGNORECASE)
#: Operators of a query plan that write or that run a text as SQL. A SELECT can hold them: WITH x AS (COPY … TO …) ….
CHANGING = re.compile(r"COPY|INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|EXPORT|ATTACH|EXECUTE", re.IGNORECASE)
#: So many rows are fetched at a time; while the first of them are, parts that vanish are no harm.
CHUNK_ROWS = 2000
Params = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Column names and rows, in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Column names and rows that come as they are asked for, so that an answer of any length takes little memory.

    ``offsets`` are the columns of character offsets, by their place; ``shared`` counts the articles that several of the
    data sets have.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]
    offsets: frozenset[int] = frozenset()
    shared: int = 0


def ask(question: str, data: Data, aliases_file: str | Path | None = None, version: int | None = None) -> Answer:
    """Answer one SQL question over the data set in the folder ``data``, speakers named as ``aliases_file`` says.

    Raises UsageError for a file of aliases that cannot be, NoDataset without tables or such a version,
    TablesDamaged when a part of them cannot be read, QueryRefused for a question that does more than read, QueryError
    when DuckDB cannot answer it.
    """
    (answer,) = ask_all([question], data, aliases_file, version)
    return answer


def ask_all(
    questions: Sequence[str], data: Data, aliases_file: str | Path | None = None, version: int | None = None
) -> list[Answer]:
    """Answer several questions over one version of the data set, the newest; raises what ``ask`` raises."""

    def look() -> list[Answer]:
        with connect(data, aliases_file, version) as connection:
            streams = (_stream(connection, question, None, data, version) for question in questions)
            return [Answer(columns=stream.columns, rows=list(stream.rows)) for stream in streams]

    return again_if_replaced(folders_of(data), look)


def look_at(
    data: str | Path,
    look: Callable[[duckdb.DuckDBPyConnection], T],
    aliases_file: str | Path | None = None,
    version: int | None = None,
) -> T:
    """What ``look`` makes of a connection to one version; again, where a commit takes parts away. Raises as ``ask``."""

    def attempt() -> T:
        with connect(data, aliases_file, version) as connection:
            try:
                return look(connection)
            except duckdb.Error as error:
                raise _reason(error, data, version) from error

    return again_if_replaced(data, attempt)


def stream(
    question: str,
    data: Data,
    aliases_file: str | Path | None = None,
    version: int | None = None,
    params: Params = None,
    *,
    corrected: bool = True,
) -> Stream:
    """The answer to a question, its rows read as they are asked for; raises what ``ask`` raises, also on the way.

    ``params`` are the values of ``$name`` in the question: they are bound, and never part of the SQL. Quotes are as
    people have ``corrected`` them.
    """
    return again_if_replaced(
        folders_of(data),
        lambda: _stream(connect(data, aliases_file, version, corrected=corrected), question, params, data, version),
    )


def save_parquet(
    question: str,
    data: Data,
    file: Path,
    aliases_file: str | Path | None = None,
    version: int | None = None,
    params: Params = None,
    *,
    corrected: bool = True,
) -> int:
    """Write the answer to a Parquet file; the number of its rows. Raises what ``ask`` raises."""

    def write() -> int:
        with connect(data, aliases_file, version, output=file, corrected=corrected) as connection:
            check_question(connection, question, params)
            copy = f"COPY ({without_semicolon(question)}\n) TO {sql_text(file)} (FORMAT parquet, COMPRESSION zstd)"
            return int(connection.execute(copy, params).fetchall()[0][0])

    try:
        return again_if_replaced(folders_of(data), write)
    except duckdb.Error as error:
        raise _reason(error, data, version) from error


def _stream(
    connection: duckdb.DuckDBPyConnection, question: str, params: Params, data: Data, version: int | None
) -> Stream:
    try:
        shared = count_shared(connection) if len(folders_of(data)) > 1 else 0
        check_question(connection, question, params)
        cursor = connection.execute(question, params)
        description = cursor.description or ()
        first = cursor.fetchmany(CHUNK_ROWS)
    except duckdb.Error as error:
        raise _reason(error, data, version) from error
    return Stream(
        columns=tuple(column[0] for column in description),
        rows=_rows(cursor, first, data, version),
        offsets=offset_columns(description),
        shared=shared,
    )


def offset_columns(description: Sequence[Any]) -> frozenset[int]:
    """The columns of character offsets among those of an answer."""
    return frozenset(at for at, column in enumerate(description) if "raw_start INTEGER" in str(column[1]))


def _rows(
    cursor: duckdb.DuckDBPyConnection, first: list[tuple[Any, ...]], data: Data, version: int | None
) -> Iterator[tuple[Any, ...]]:
    rows = first
    while rows:
        yield from rows
        try:
            rows = cursor.fetchmany(CHUNK_ROWS)
        except duckdb.Error as error:
            raise _reason(error, data, version) from error


def _reason(error: duckdb.Error, data: Data, version: int | None) -> QueryError:
    """The error for the user. Raises TablesDamaged when a part is the reason."""
    if isinstance(error, duckdb.PermissionException):
        return QueryRefused(one_line(error))
    check_parts(data, error, version)
    return QueryError(one_line(error))


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


def without_semicolon(question: str) -> str:
    """One statement as it can stand inside another one.

    >>> without_semicolon("SELECT ';' ; -- end")
    "SELECT ';'   -- end"
    """
    text = bytearray(question.encode())  # DuckDB counts bytes
    for at, _ in duckdb.tokenize(question):
        if text[at : at + 1] == b";":
            text[at : at + 1] = b" "
    return text.decode()


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
