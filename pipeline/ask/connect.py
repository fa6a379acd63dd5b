"""A DuckDB connection to a data set: a view for each table, and nothing else to be reached from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from onrecord.pipeline.ask import aliases, views
from onrecord.pipeline.errors import NoDataset

TABLES = ("articles", "segments", "quotes", "mentions", "clusters", "rejects")


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


def _literal(folder: Path) -> str:
    """The folder with the characters that mean something in a glob put in brackets."""
    return re.sub(r"([*?\[])", r"[\1]", str(folder))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
