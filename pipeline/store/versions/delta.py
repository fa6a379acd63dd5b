"""The Delta log of a table: which parts it holds, version by version, for Delta readers and for ours.

Our writer makes the parts; the log only names them (``deltalake``, delta-rs).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.pipeline.ask.snapshot import open_log
from onrecord.pipeline.places import delta_options, is_remote
from onrecord.pipeline.store.schema import SCHEMAS

if TYPE_CHECKING:
    from onrecord.pipeline.store.versions.commits import TableChange

#: Who opens a log reads its last checkpoint and what came after it: half a millisecond a version.
CHECKPOINT_VERSIONS = 16
#: How often a transaction is tried that another process's one came before.
MAX_TRIES = 20


def apply(folder: Path, changes: Mapping[str, TableChange], number: int, is_done: Callable[[], bool]) -> dict[str, int]:
    """Have the tables' logs hold what commit ``number`` adds and not what it removes: the version of each then.

    Doing it again does nothing: what a log lists is looked at, not whether somebody says to have done it. Empty when
    the commit is done meanwhile: then the logs may hold later ones already.
    """
    from deltalake.exceptions import CommitFailedError, DeltaError

    for left in reversed(range(MAX_TRIES)):
        try:
            logs = {table: _open(folder / table, table) for table in changes}
            if is_done():  # asked when the logs are read: what a later commit has changed since refuses a transaction
                return {}
            for table, log in logs.items():
                _write(log, folder / table, table, changes[table], number)
            return {table: int(log.version()) for table, log in logs.items()}
        except (CommitFailedError, DeltaError):  # others finish the same commit
            if not left or not is_remote(folder):
                raise
    raise AssertionError("the last try returns or raises")


def _write(log: Any, folder: Path, table: str, change: TableChange, number: int) -> None:
    """One transaction of what the log lacks, if it lacks anything."""
    from deltalake.transaction import AddAction, CommitProperties, RemoveAction

    listed = {uri.rpartition("/")[2] for uri in log.file_uris()}
    missing = {name: rows for name, rows in change.add.items() if name not in listed}
    leaving = [name for name in change.remove if name in listed]
    if not missing and not leaving:
        return
    now = int(time.time() * 1000)
    actions: list[Any] = [
        AddAction(name, (folder / name).stat().st_size, {}, now, True, json.dumps({"numRecords": rows}))
        for name, rows in missing.items()
    ]
    actions += [RemoveAction(name, True, now) for name in leaving]
    log.create_write_transaction(
        actions,
        mode="append",
        schema=_schema(table),
        partition_by=[],
        commit_properties=CommitProperties(custom_metadata={"onrecord_commit": number}, max_commit_retries=0),
    )
    log.update_incremental()
    if log.version() % CHECKPOINT_VERSIONS == 0:
        log.create_checkpoint()


def _open(folder: Path, table: str) -> Any:
    """The log of a table, made when there is none, with the columns of this version."""
    from deltalake.exceptions import TableNotFoundError

    try:
        log = open_log(folder)
    except TableNotFoundError:
        _create(folder, table)
        log = open_log(folder)
    known = {field.name for field in log.schema().fields}
    if new := [field for field in _schema(table).fields if field.name not in known]:
        log.alter.add_columns(new)
    return log


def _create(folder: Path, table: str) -> None:
    from deltalake.transaction import create_table_with_add_actions

    folder.mkdir(parents=True, exist_ok=True)
    create_table_with_add_actions(
        table_uri=str(folder),
        schema=_schema(table),
        add_actions=[],
        mode="ignore",
        partition_by=[],
        name=table,
        storage_options=delta_options(folder),
    )


@cache
def _schema(table: str) -> Any:
    from deltalake import Schema

    return Schema.from_arrow(SCHEMAS[table])
