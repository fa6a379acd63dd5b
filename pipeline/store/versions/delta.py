"""The Delta log of a table: which parts it holds, version by version, for Delta readers and for ours.

Our writer makes the parts; the log only names them (``deltalake``, delta-rs).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from onrecord.pipeline.store.schema import SCHEMAS

#: Who opens a log reads its last checkpoint and what came after it: half a millisecond a version.
CHECKPOINT_VERSIONS = 16


def apply(folder: Path, table: str, add: Mapping[str, int], remove: Sequence[str], number: int) -> int:
    """Have the log hold what commit ``number`` adds and not what it removes; the version at which it does.

    Doing it again does nothing: what the log lists is looked at, not whether somebody says to have done it.
    """
    log = _open(folder, table)
    listed = {uri.rpartition("/")[2] for uri in log.file_uris()}
    missing = {name: rows for name, rows in add.items() if name not in listed}
    leaving = [name for name in remove if name in listed]
    if not missing and not leaving:
        return int(log.version())
    from deltalake.transaction import AddAction, CommitProperties, RemoveAction

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
    return int(log.version())


def _open(folder: Path, table: str) -> Any:
    """The log of a table, made when there is none, with the columns of this version."""
    from deltalake import DeltaTable
    from deltalake.transaction import create_table_with_add_actions

    if not DeltaTable.is_deltatable(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        create_table_with_add_actions(
            table_uri=str(folder), schema=_schema(table), add_actions=[], mode="ignore", partition_by=[], name=table
        )
    log = DeltaTable(folder)
    known = {field.name for field in log.schema().fields}
    if new := [field for field in _schema(table).fields if field.name not in known]:
        log.alter.add_columns(new)
    return log


@cache
def _schema(table: str) -> Any:
    from deltalake import Schema

    return Schema.from_arrow(SCHEMAS[table])
