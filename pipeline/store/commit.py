"""The data set on disk: parts are made aside, and all of a run's become visible together at its end.

output/articles/part-<id>.parquet      and so for each table
output/_onrecord/ledger.json           how many records went in and what became of them
output/_onrecord/work/                 parts being made
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from onrecord.pipeline.store.parts import Part, sync, work_folder, write_empty
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.tally import Tally


def commit(parts: Iterable[Part], output: str) -> list[Part]:
    """Make the parts the output's tables: move them in, then remove the parts of earlier runs, and nothing else.

    A table without rows gets one empty part, so that a glob or a view over it never fails. Doing it again changes
    nothing.
    """
    made = sorted(set(parts), key=lambda part: (part.table, part.name))
    bare = SCHEMAS.keys() - {part.table for part in made}
    empty = [write_empty(table, output) for table in sorted(bare)]
    for part in chain(made, empty):
        _move_in(part, Path(output))
    _remove_others([*made, *empty], Path(output))
    _write_ledger(made, Path(output))
    shutil.rmtree(work_folder(output), ignore_errors=True)
    return [*made, *empty]


def ledger(parts: Iterable[Part]) -> dict[str, int | str]:
    """What the sources counted and what became of it. ``ids`` is the sum of the ids of all records, in hex."""
    parts = list(parts)
    shards = {part.name: part for part in parts}.values()
    rows = {table: sum(part.rows for part in parts if part.table == table) for table in ("articles", "rejects")}
    tally = sum((shard.tally for shard in shards), Tally())
    return {"records": tally.records, **rows, "ids": f"{tally.ids:016x}"}


def _write_ledger(parts: Iterable[Part], output: Path) -> None:
    counts = ledger(parts)
    if counts["records"] != int(counts["articles"]) + int(counts["rejects"]):
        raise RuntimeError(f"records were lost on the way: {counts}")
    unfinished = work_folder(output) / "ledger.json"
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(output / "_onrecord" / "ledger.json")


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
