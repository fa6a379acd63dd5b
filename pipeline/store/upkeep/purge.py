"""What is forgotten leaves the disk: old parts, what commits, runs and people noted of it, and dead runs' work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from onrecord.pipeline.ask.snapshot import Snapshot, commits_folder, current
from onrecord.pipeline.places import list_names, readable, replace_file
from onrecord.pipeline.store.parts import EMPTY
from onrecord.pipeline.store.reuse.inputs import clear_inputs, inputs_folder
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target, clear_work
from onrecord.pipeline.store.upkeep.forgotten import Forgotten
from onrecord.pipeline.store.upkeep.history import part_names
from onrecord.pipeline.store.upkeep.overrides import forget_overrides
from onrecord.pipeline.store.upkeep.withholding import article_urls, ledger_rows, row_traits

CLUSTER_IDS = ["article_id", "cluster_id", "duplicate_of"]


def purge(forgotten: Forgotten, target: Target) -> None:
    """Delete all that may hold it and that the newest version does not name. The caller holds the lock.

    Versions of which parts are deleted can no longer be opened.
    """
    snapshot = current(target.folder)
    if snapshot is None:
        return
    for path in list(_old_parts_with(forgotten, snapshot, target)):
        path.unlink(missing_ok=True)
    clear_inputs(target.folder, list_names(inputs_folder(target.folder)), snapshot.inputs)
    clear_work(target.folder)
    forget_overrides(forgotten, target.folder)
    _drop_sums_of_ids(target.folder, snapshot.number)


def _old_parts_with(forgotten: Forgotten, snapshot: Snapshot, target: Target) -> Iterator[Path]:
    """The parts of older versions that hold it, or of which it cannot be told; those of ``articles`` first."""
    named = {(table, name) for table, names in snapshot.parts.items() for name in names}
    old = [part for part in part_names(target.folder) - named if part[1] != EMPTY]
    holds: dict[str, bool] = {}
    for table, name in sorted(old, key=lambda part: (list(SCHEMAS).index(part[0]), part[1])):
        if table == "clusters":
            found = _names_any(target.part(table, name), forgotten)
        else:
            found = holds[name] if name in holds else _holds_any(name, forgotten, target)
            holds[name] = found
        if found:
            yield target.part(table, name)


def _holds_any(name: str, forgotten: Forgotten, target: Target) -> bool:
    """Whether one of the records of the parts of a name is forgotten. Parts without a ledger are taken to hold it."""
    path = target.part("records", name)
    if not path.exists():
        return True
    urls = article_urls(target.part("articles", name))
    return any(forgotten.has_any(row_traits(row, urls.get(row["article_id"]))) for row in ledger_rows(path))


def _names_any(path: Path, forgotten: Forgotten) -> bool:
    """Whether a part of ``clusters`` names an article that is forgotten."""
    rows = pq.read_table(readable(path), columns=CLUSTER_IDS).to_pydict()
    ids = {article for column in CLUSTER_IDS for article in rows[column] if article}
    return any(forgotten.has_any([("record", article), ("article", article)]) for article in ids)


def _drop_sums_of_ids(folder: str | Path, newest: int) -> None:
    """What older commits, and runs, say of the sum of all ids: from two of them the id of one record can be told."""
    for kind in ("commits", "runs"):
        for path in sorted((commits_folder(folder).parent / kind).glob("*.json")):
            if int(path.stem) >= newest:
                continue
            values = json.loads(path.read_bytes())
            if (totals := _totals(values)) and totals.get("ids"):
                totals["ids"] = ""
                replace_file(path, json.dumps(values, indent=1).encode() + b"\n")


def _totals(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The totals in what a commit or a run has noted."""
    found: dict[str, Any] | None = values.get("totals") or values.get("outcome", {}).get("totals")
    return found
