"""The data set on disk: parts are made aside, and all of a run's become visible together at its end.

output/articles/part-<id>.parquet      and so for each table
output/_onrecord/ledger.json           how many records went in and what became of them
output/_onrecord/work/                 parts being made
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

import duckdb

from onrecord.pipeline.ask.connect import glob_literal
from onrecord.pipeline.errors import DuplicateIds
from onrecord.pipeline.store.parts import Part, sync, work_folder, write_empty
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.tally import Tally

#: Two places of one id; those of the smallest id that has two.
SAME_ID = """
    SELECT article_id, min(trim(uri || ' ' || record)), max(trim(uri || ' ' || record)) FROM read_parquet($1)
    GROUP BY article_id HAVING count(*) > 1 ORDER BY article_id LIMIT 1
"""


def commit(parts: Iterable[Part], output: str, id_rule: Mapping[str, str]) -> list[Part]:
    """Make the parts the output's tables: move them in, then remove the parts of earlier runs, and nothing else.

    A table without rows gets one empty part, so that a glob or a view over it never fails. Doing it again changes
    nothing. ``id_rule`` says how ids were made. Raises DuplicateIds, with nothing changed, when two records have one.
    """
    made = sorted(set(parts), key=lambda part: (part.table, part.name))
    _check_ids(made, Path(output))
    bare = SCHEMAS.keys() - {part.table for part in made}
    empty = [write_empty(table, output) for table in sorted(bare)]
    for part in chain(made, empty):
        _move_in(part, Path(output))
    _remove_others([*made, *empty], Path(output))
    _write_ledger(made, Path(output), id_rule)
    shutil.rmtree(work_folder(output), ignore_errors=True)
    return [*made, *empty]


def ledger(parts: Iterable[Part]) -> dict[str, int | str]:
    """What the sources counted and what became of it. ``ids`` is the sum of the ids of all records, in hex."""
    parts = list(parts)
    shards = {part.name: part for part in parts}.values()
    rows = {table: sum(part.rows for part in parts if part.table == table) for table in ("articles", "rejects")}
    tally = sum((shard.tally for shard in shards), Tally())
    return {"records": tally.records, **rows, "ids": f"{tally.ids:016x}"}


def _write_ledger(parts: Iterable[Part], output: Path, id_rule: Mapping[str, str]) -> None:
    counts = ledger(parts)
    if counts["records"] != int(counts["articles"]) + int(counts["rejects"]):
        raise RuntimeError(f"records were lost on the way: {counts}")
    unfinished = work_folder(output) / "ledger.json"
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_text(json.dumps(counts | {"id_rule": dict(id_rule)}, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(output / "_onrecord" / "ledger.json")


def _check_ids(parts: Iterable[Part], output: Path) -> None:
    names = [part.name for part in parts if part.table == "articles"]
    folders = (work_folder(output) / "articles", output / "articles")
    files = [glob_literal(next(filter(Path.exists, (folder / name for folder in folders)))) for name in names]
    if not files:
        return
    for article_id, *places in duckdb.execute(SAME_ID, [files]).fetchall():
        raise DuplicateIds(f"two records have the id {article_id}: {' and '.join(filter(None, places))}")


def _move_in(part: Part, output: Path) -> None:
    made, place = work_folder(output) / part.table / part.name, output / part.table / part.name
    place.parent.mkdir(parents=True, exist_ok=True)
    if made.exists():
        made.replace(place)
    elif not place.exists():
        raise FileNotFoundError(f"{part.name} of {part.table} was made but is not there")


def _remove_others(parts: Iterable[Part], output: Path) -> None:
    keep = {(part.table, part.name) for part in parts}
    for table in SCHEMAS:
        for path in (output / table).glob("part-*.parquet"):
            if (table, path.name) not in keep:
                path.unlink()
        sync(output / table)
