"""A DuckDB connection to a data set: a view for each table, and nothing else to be reached from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from onrecord.pipeline.ask import aliases, views
from onrecord.pipeline.ask.snapshot import Snapshot, again_if_replaced, as_of, current
from onrecord.pipeline.console import command
from onrecord.pipeline.errors import NoDataset, TablesDamaged
from onrecord.pipeline.places import filesystem, is_remote, place, spellings_of

TABLES = ("articles", "segments", "quotes", "mentions", "clusters", "rejects", "fingerprints", "records")
#: Tables that the first version did not have.
LATER_TABLES = frozenset({"fingerprints", "records"})
#: Views that are no tables on disk.
VIEWS = ("speakers", "doubtful_speakers")


def connect(
    data: str | Path, aliases_file: str | Path | None = None, version: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection with a view for each table, which reaches no file outside ``data`` and cannot be opened up again.

    Of the newest ``version`` when none is named. Times are in UTC. Raises NoDataset without tables or such a version,
    TablesDamaged when a part cannot be read."""
    return again_if_replaced(data, lambda: _connect(data, aliases_file, version))


def _connect(data: str | Path, aliases_file: str | Path | None, version: int | None) -> duckdb.DuckDBPyConnection:
    folder = place(data)
    files, uniform = part_files(folder, version), _is_uniform(folder, version)
    missing = [table for table in TABLES if not files[table] and table not in LATER_TABLES]
    if missing:
        looked = f"looked for {missing[0]}/part-*.parquet"
        raise NoDataset(f"no tables in {data} ({looked}); make them with: {command()} run")
    connection = open_connection(folder)
    parts = {table: _read_parquet(files[table], uniform=uniform) for table in TABLES if files[table]}
    connection.execute("SET TimeZone = 'UTC'")  # an answer must not hang on where it is asked
    connection.execute(views.EMPTY_MERGES)
    connection.execute(views.ALIKE)
    try:
        if aliases_file is not None:
            aliases.merge(connection, aliases_file, parts["quotes"])
        for view, sql, table in _views(aliased=aliases_file is not None):
            if table not in parts:
                continue
            connection.execute(f"CREATE VIEW {view} AS {sql.format(parts=parts[table])}")
    except duckdb.Error as error:
        check_parts(data, error, version)
        raise
    spellings = {name for spelt in spellings_of(folder) for name in (spelt, glob_literal(spelt))}  # the pattern, too
    allowed = ", ".join(sql_text(f"{name}/") for name in sorted(spellings))
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def open_connection(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reaches the folder's files, wherever it lies, and prints nothing itself."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")  # where a question takes long it goes to standard output
    if is_remote(folder):
        connection.register_filesystem(filesystem(folder))
    return connection


def part_files(folder: Path, version: int | None = None) -> dict[str, list[Path]]:
    """The parts of each table as of a version; of a data set without commits, whatever lies there."""
    snapshot = _snapshot(folder, version)
    if snapshot is None:
        return {table: sorted(folder.glob(f"{table}/part-*.parquet")) for table in TABLES}
    return {table: [folder / table / name for name in snapshot.parts.get(table, ())] for table in TABLES}


def check_parts(data: str | Path, error: duckdb.Error, version: int | None = None) -> None:
    """Raise TablesDamaged, with the name of the file, when ``error`` comes from a part that cannot be read."""
    for parts in part_files(place(data), version).values():
        for part in parts:
            if str(part) in str(error):
                raise TablesDamaged(f"{part} cannot be read: {one_line(error)}") from error
            try:
                open_connection(part).execute(
                    f"SELECT 1 FROM parquet_metadata({sql_text(glob_literal(part))})"
                ).fetchall()
            except duckdb.Error as fault:
                raise TablesDamaged(f"{part} cannot be read: {one_line(fault)}") from fault


def one_line(error: duckdb.Error) -> str:
    """DuckDB's message with its hints ("Did you mean …"), without the picture of the place in the question.

    >>> one_line(duckdb.Error('Catalog Error: no table vv!\\nDid you mean "v"?\\n\\nLINE 1: FROM vv'))
    'Catalog Error: no table vv! Did you mean "v"?'
    """
    return " ".join(str(error).strip().partition("\n\nLINE ")[0].split())


def _views(*, aliased: bool) -> Iterator[tuple[str, str, str]]:
    """Name, SQL and table of each view, a view after those that it looks at."""
    special = {"articles": views.ARTICLES} | ({"quotes": views.QUOTES} if aliased else {})
    for table in sorted(TABLES, key=special.__contains__):
        yield table, special.get(table, views.PLAIN), table
    yield "speakers", views.SPEAKERS, "quotes"
    yield "doubtful_speakers", views.DOUBTFUL, "quotes"


def _snapshot(folder: Path, version: int | None) -> Snapshot | None:
    return current(folder) if version is None else as_of(folder, version)


def _is_uniform(folder: Path, version: int | None) -> bool:
    """Whether all parts were written by versions with the same columns."""
    snapshot = _snapshot(folder, version)
    return snapshot is None or len(snapshot.totals.get("tables_versions", ())) < 2


def _read_parquet(files: Iterable[Path], *, uniform: bool) -> str:
    by_name = "" if uniform else ", union_by_name = true"
    return f"read_parquet([{', '.join(sql_text(glob_literal(path)) for path in files)}]{by_name})"


def glob_literal(folder: str | Path) -> str:
    """The folder with the characters that mean something in a glob put in brackets."""
    return re.sub(r"([*?\[])", r"[\1]", str(folder))


def sql_text(text: str | Path) -> str:
    """A text as SQL spells it.

    >>> sql_text("O'Hara")
    "'O''Hara'"
    """
    return "'" + str(text).replace("'", "''") + "'"
