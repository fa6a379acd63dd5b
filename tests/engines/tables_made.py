"""What a data set holds, to be compared: the rows of its tables, and the bytes of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import onrecord
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.store.schema import SCHEMAS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The rows of each table, in order, and the hash of each part by its name."""

    rows: dict[str, list[str]]
    parts: dict[str, str]


def tables_of(output: Path) -> Tables:
    """Those of the newest version."""
    with onrecord.open(str(output)) as data:
        rows = {table: sorted(map(repr, data.sql(f"FROM {table}").fetchall())) for table in SCHEMAS}
    snapshot = current(output)
    assert snapshot is not None
    names = [f"{table}/{name}" for table in sorted(snapshot.parts) for name in snapshot.parts[table]]
    return Tables(rows=rows, parts={name: sha256((output / name).read_bytes()).hexdigest() for name in names})
