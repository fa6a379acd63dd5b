"""A DuckDB connection to a data set: a view for each table, and nothing else to be reached from it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import duckdb

from onrecord.pipeline.ask import aliases, overrides, views
from onrecord.pipeline.ask.snapshot import Snapshot, again_if_replaced, as_of, current, folders_of
from onrecord.pipeline.ask.union import Parts, unite
from onrecord.pipeline.console import command
from onrecord.pipeline.errors import NoDataset, TablesDamaged, UsageError
from onrecord.pipeline.places import filesystem, is_remote, place, spellings_of

TABLES = ("articles", "segments", "quotes", "mentions", "clusters", "rejects", "fingerprints", "records")
#: Tables that the first version did not have.
LATER_TABLES = frozenset({"fingerprints", "records"})
#: Views that are no tables on disk.
VIEWS = ("speakers", "doubtful_speakers", "quotations")
#: The folder of a data set, or those of several.
Data = str | Path | Sequence[str | Path]


def connect(
    data: Data,
    aliases_file: str | Path | None = None,
    version: int | None = None,
    *,
    output: Path | None = None,
    corrected: bool = True,
) -> duckdb.DuckDBPyConnection:
    """A connection with a view for each table, which reaches no file outside ``data`` and cannot be opened up again.

    Of the newest ``version`` when none is named; of several data sets as one when ``data`` are several. ``output`` is
    the one file that it may write. Quotes are as people have ``corrected`` them. Times are in UTC. Raises NoDataset
    without tables or such a version, TablesDamaged when a part or an override cannot be read, UsageError for a version
    of several data sets."""
    if version is not None and len(folders_of(data)) > 1:
        raise UsageError("--as-of is for one data set; versions of several have nothing to do with one another")
    return again_if_replaced(data, lambda: _connect(data, aliases_file, version, output, corrected))


def _connect(
    data: Data, aliases_file: str | Path | None, version: int | None, output: Path | None, corrected: bool
) -> duckdb.DuckDBPyConnection:
    folders = folders_of(data)
    each: list[Parts] = [read_parts(folder, version) for folder in folders]
    connection = open_connection(*map(place, folders))
    try:
        add_schema(connection)
        if corrected:
            each = [
                overrides.lay_over(connection, folder, of, at)
                for at, (folder, of) in enumerate(zip(folders, each, strict=True))
            ]
        several = len(each) > 1
        parts = unite(connection, list(map(str, folders)), each) if several else each[0]
        add_views(connection, parts, aliases_file, several=several)
    except duckdb.Error as error:
        check_parts(data, error, version)
        raise
    _lock(connection, list(map(place, folders)), output)
    return connection


def add_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what the views need beside the tables."""
    connection.execute("SET TimeZone = 'UTC'")  # an answer must not hang on where it is asked
    for statement in (views.EMPTY_MERGES, *views.MACROS):
        connection.execute(statement)


def add_views(
    connection: duckdb.DuckDBPyConnection,
    parts: Parts,
    aliases_file: str | Path | None = None,
    *,
    several: bool = False,
) -> None:
    """Make the views; ``parts`` are the SQL that reads each table, of one data set or of ``several``."""
    if aliases_file is not None:
        aliases.merge(connection, aliases_file, parts["quotes"])
    dataset = "q.dataset, " if several else ""
    for view, sql, table in _views(aliased=aliases_file is not None):
        if table in parts:
            connection.execute(f"CREATE VIEW {view} AS {sql.format(parts=parts[table], dataset=dataset)}")


def _lock(connection: duckdb.DuckDBPyConnection, folders: Sequence[Path], output: Path | None) -> None:
    """Let the connection reach nothing but the folders and what it may write, for good."""
    spellings = {spelt for folder in folders for spelt in spellings_of(folder)}
    allowed = sorted({f"{name}/" for spelt in spellings for name in (spelt, glob_literal(spelt))})  # the pattern, too
    connection.execute(f"SET allowed_directories = [{', '.join(map(sql_text, allowed))}]")
    if output is not None:
        connection.execute(f"SET allowed_paths = [{sql_text(output)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def read_parts(data: str | Path, version: int | None = None, base: Path | None = None) -> dict[str, str]:
    """Of each table that is there the SQL that reads its parts as of a version, named from ``base`` where given.

    Raises NoDataset without tables.
    """
    folder = place(data)
    files, uniform = part_files(folder, version), _is_uniform(folder, version)
    missing = [table for table in TABLES if not files[table] and table not in LATER_TABLES]
    if missing:
        looked = f"looked for {missing[0]}/part-*.parquet"
        raise NoDataset(f"no tables in {data} ({looked}); name others with --data, or make them with: {command()} run")
    names = {table: [os.path.relpath(file, base) if base else file for file in files[table]] for table in TABLES}
    return {table: read_parquet(names[table], uniform=uniform) for table in TABLES if names[table]}


def open_connection(*folders: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reaches the files of the folders, wherever they lie, and prints nothing itself."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")  # where a question takes long it goes to standard output
    stores = [filesystem(folder) for folder in folders if is_remote(folder)]
    for store in {type(store): store for store in stores}.values():
        connection.register_filesystem(store)
    return connection


def part_files(folder: Path, version: int | None = None) -> dict[str, list[Path]]:
    """The parts of each table as of a version; of a data set without commits, whatever lies there."""
    snapshot = _snapshot(folder, version)
    if snapshot is None:
        return {table: sorted(folder.glob(f"{table}/part-*.parquet")) for table in TABLES}
    return {table: [folder / table / name for name in snapshot.parts.get(table, ())] for table in TABLES}


def check_parts(data: Data, error: duckdb.Error, version: int | None = None) -> None:
    """Raise TablesDamaged, with the name of the file, when ``error`` comes from a part that cannot be read."""
    tables = [table for folder in folders_of(data) for table in part_files(place(folder), version).values()]
    for part in chain.from_iterable(tables):
        if str(part) in str(error):
            raise TablesDamaged(f"{part} cannot be read: {one_line(error)}") from error
        try:
            open_connection(part).execute(f"SELECT 1 FROM parquet_metadata({sql_text(glob_literal(part))})").fetchall()
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
    yield "quotations", views.QUOTATIONS, "quotes"
    yield "_onrecord.names", views.NAMES, "quotes"


def _snapshot(folder: Path, version: int | None) -> Snapshot | None:
    return current(folder) if version is None else as_of(folder, version)


def _is_uniform(folder: Path, version: int | None) -> bool:
    """Whether all parts were written by versions with the same columns."""
    snapshot = _snapshot(folder, version)
    return snapshot is None or len(snapshot.totals.get("tables_versions", ())) < 2


def read_parquet(files: Iterable[str | Path], *, uniform: bool) -> str:
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
