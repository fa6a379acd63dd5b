"""The end of a run: its parts become the tables, in one commit, in place of those of the run before."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from onrecord.pipeline.ask.connect import glob_literal
from onrecord.pipeline.ask.snapshot import Snapshot, current
from onrecord.pipeline.errors import DuplicateIds
from onrecord.pipeline.store.commits import Commit, change_between, finish, publish
from onrecord.pipeline.store.parts import Part, write_empty
from onrecord.pipeline.store.schema import SCHEMAS, TABLES_VERSION
from onrecord.pipeline.store.tally import Tally
from onrecord.pipeline.store.target import Target, commit_lock

#: Two places of one id; those of the smallest id that has two.
SAME_ID = """
    SELECT article_id, min(trim(uri || ' ' || record)), max(trim(uri || ' ' || record)) FROM read_parquet($1)
    GROUP BY article_id HAVING count(*) > 1 ORDER BY article_id LIMIT 1
"""


def commit(parts: Iterable[Part], target: Target) -> list[Part]:
    """Make the parts the tables of the data set, all at once; those of the run before leave in the same moment.

    A table without rows gets one empty part, so that a glob or a view over it never fails. Doing it again changes
    nothing. Raises DuplicateIds, with nothing changed, when two records have one id.
    """
    made = sorted(set(parts), key=lambda part: (part.table, part.name))
    _check_ids(made, target)
    bare = SCHEMAS.keys() - {part.table for part in made}
    made += [write_empty(table, target) for table in sorted(bare)]
    with commit_lock(target.folder):
        finish(target.folder)  # what another run began and could not end
        before = current(target.folder)
        changes = {
            table: change_between(
                _parts_before(before, target, table), {part.name: part.rows for part in made if part.table == table}
            )
            for table in SCHEMAS
        }
        if before is None or any(change.add or change.remove for change in changes.values()):
            number = before.number + 1 if before else 1
            work = target.work.relative_to(target.folder).as_posix()
            publish(target.folder, Commit(number=number, tables=changes, work=work, totals=totals(made, target)))
    return made


def totals(parts: Iterable[Part], target: Target) -> dict[str, Any]:
    """What the sources counted and what became of it. ``ids`` is the sum of the ids of all records, in hex.

    Raises RuntimeError when a record is neither article nor reject: then nothing is committed.
    """
    parts = list(parts)
    shards = {part.name: part for part in parts}.values()
    rows = {table: sum(part.rows for part in parts if part.table == table) for table in ("articles", "rejects")}
    tally = sum((shard.tally for shard in shards), Tally())
    if tally.records != rows["articles"] + rows["rejects"]:
        raise RuntimeError(f"records were lost on the way: {tally.records} in, {rows}")
    about = {"id_rule": dict(target.id_rule), "made_by": target.made_by, "tables_version": TABLES_VERSION}
    return {"records": tally.records, **rows, "ids": f"{tally.ids:016x}", **about}


def _parts_before(before: Snapshot | None, target: Target, table: str) -> Iterable[str]:
    """The parts that the new ones stand in place of; those of a version without commits are whatever lies there."""
    if before is not None:
        return before.parts.get(table, ())
    return [path.name for path in (Path(target.folder) / table).glob("part-*.parquet")]


def _check_ids(parts: Iterable[Part], target: Target) -> None:
    files = [glob_literal(target.find("articles", part.name)) for part in parts if part.table == "articles"]
    if not files:
        return
    for article_id, *records in duckdb.execute(SAME_ID, [files]).fetchall():
        raise DuplicateIds(f"two records have the id {article_id}: {' and '.join(filter(None, records))}")
