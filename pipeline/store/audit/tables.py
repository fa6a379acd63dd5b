"""The tables as the audit asks them: in bounded memory, some parts at a time.

What is made of an article lies in parts of one name, a part a table. So what has to hold between tables is asked of a
group of such parts; only the ids of all rows, and the clusters, are looked at as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from onrecord.pipeline.ask.connect import glob_literal, open_connection, sql_text
from onrecord.pipeline.store.audit.findings import Finding
from onrecord.pipeline.store.schema import SCHEMAS

#: Of all the parts of a group.
GROUP_BYTES = 2**25
MAX_MEMORY = "512MB"
#: The table whose parts hold articles of many names.
ACROSS = "clusters"


@contextmanager
def bounded_tables(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that knows the columns of all tables; what does not fit into its memory goes to temporary files."""
    with TemporaryDirectory(prefix="onrecord-audit-") as spill, open_connection(folder) as connection:
        connection.execute(f"SET threads = 1; SET memory_limit = '{MAX_MEMORY}'; SET TimeZone = 'UTC'")
        connection.execute(f"SET preserve_insertion_order = false; SET temp_directory = {sql_text(spill)}")
        for table, schema in SCHEMAS.items():
            connection.register("columns", schema.empty_table())
            connection.execute(f"CREATE TABLE no_{table} AS SELECT *, '' AS part FROM columns")
        yield connection


def look_at(connection: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Path]]) -> None:
    """Have the views of the connection show the rows of these parts, each with the name of its part."""
    for table in SCHEMAS:
        connection.execute(f"CREATE OR REPLACE VIEW {table} AS {_rows(table, parts.get(table, ()))}")


def _rows(table: str, parts: Sequence[Path]) -> str:
    """SQL: the rows of parts; columns that an older part does not have yet are null."""
    if not parts:
        return f"FROM no_{table}"
    files = ", ".join(sql_text(glob_literal(path)) for path in parts)
    rows = f"read_parquet([{files}], union_by_name = true, filename = true)"
    named = f"SELECT * EXCLUDE (filename), parse_filename(filename) AS part FROM {rows}"
    return f"FROM no_{table} UNION ALL BY NAME {named}"


def groups(parts: Mapping[str, Sequence[Path]]) -> Iterator[dict[str, list[Path]]]:
    """The parts of all tables in groups, those of one name in one group; at least one group, so that all is asked."""
    placed = sorted((path.name, table, path) for table in parts if table != ACROSS for path in parts[table])
    group: dict[str, list[Path]] = {}
    n_bytes = 0
    for _, same in groupby(placed, key=lambda each: each[0]):
        if n_bytes > GROUP_BYTES:
            yield group
            group, n_bytes = {}, 0
        for _, table, path in same:
            group.setdefault(table, []).append(path)
            n_bytes += path.stat().st_size
    yield group


def ask_each(connection: duckdb.DuckDBPyConnection, questions: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each question, which gives a row for each fault: its first column says where."""
    for what, sql in questions.items():
        ((count, first),) = connection.execute(f"SELECT count(*), min(place) FROM ({sql}) AS faults(place)").fetchall()
        yield Finding(what=what, count=count, first=first or "")
