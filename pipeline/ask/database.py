"""A DuckDB file with the views over the tables of one version, for any tool that opens DuckDB files."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from onrecord.pipeline.ask.connect import (
    TABLES,
    VIEWS,
    add_schema,
    add_views,
    check_parts,
    one_line,
    part_files,
    read_parts,
)
from onrecord.pipeline.ask.overrides import lay_over
from onrecord.pipeline.ask.snapshot import again_if_replaced
from onrecord.pipeline.ask.views import OWN_SCHEMA
from onrecord.pipeline.errors import OnRecordError, UsageError
from onrecord.pipeline.places import is_remote, place


def save_views(data: str | Path, file: Path, version: int | None = None, *, relative: bool = False) -> int:
    """Write a DuckDB file of the views and macros, and no rows; how many views there are.

    The views name the parts of the ``version``, the newest by default, by absolute paths; ``relative`` to the file's
    folder, where a tool then has to be started. They hold as long as these parts are there. Raises UsageError for what
    cannot be, NoDataset and TablesDamaged as questions do.
    """
    folder = place(data)
    if relative and is_remote(folder):
        raise UsageError(f"--relative: {data} lies on a store, which has no relative paths")
    if file.stem.lower() in {OWN_SCHEMA, *TABLES, *VIEWS}:  # DuckDB calls the database by the file's name
        raise UsageError(f"{file.name}: call it otherwise; {file.stem} is the name of something inside of it")
    return again_if_replaced(data, lambda: _save(data, file, version, file.parent if relative else None))


def _save(data: str | Path, file: Path, version: int | None, base: Path | None) -> int:
    parts = read_parts(data, version, base)
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with duckdb.connect(beside) as connection:
            if base is not None:
                connection.execute("SET file_search_path = $1", [str(base)])
            add_schema(connection)
            add_views(connection, lay_over(connection, data, parts))
            ((count,),) = connection.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall()
        beside.replace(file)
    except duckdb.IOException as error:
        if not any(part_files(place(data), version).values()):
            raise
        check_parts(data, error, version)
        raise OnRecordError(f"cannot write {file}: {one_line(error)}") from error
    finally:
        beside.unlink(missing_ok=True)
    return int(count)
