"""What each input looked like when it was read, size and version by address: what is as it was is not read again.

    output/_onrecord/inputs/<run>.parquet       what one run saw; the newest file that names an address is right

A commit names the files that hold; there are never many, since a run that would make too many makes one of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from onrecord.pipeline.ask.connect import glob_literal, sql_text
from onrecord.pipeline.ask.snapshot import OWN, Snapshot
from onrecord.pipeline.places import local_copies, place, sync
from onrecord.pipeline.store.target import Target, bounded_connection

SCHEMA = pa.schema([("address", pa.string()), ("size", pa.int64()), ("version", pa.string()), ("is_gone", pa.bool_())])
#: So many files are read side by side; then they become one.
MAX_FILES = 16
NONE = "(SELECT '' AS address, 0::BIGINT AS size, '' AS version, false AS is_gone WHERE false)"


def inputs_folder(folder: str | Path) -> Path:
    return place(folder) / OWN / "inputs"


def known_inputs(folder: str | Path, names: Sequence[str]) -> str:
    """SQL: address, size and version of every input as it was last read."""
    return f"(SELECT address, size, version FROM {seen_inputs(folder, names)} WHERE NOT is_gone)"


def seen_inputs(folder: str | Path, names: Sequence[str]) -> str:
    """SQL: address, size, version and is_gone of every input that these files tell of, as the newest of them has it."""
    if not names:
        return NONE
    each = " UNION ALL ".join(
        f"SELECT *, {age} AS age FROM read_parquet({sql_text(glob_literal(path))})"
        for age, path in enumerate(local_copies(inputs_folder(folder), names))
    )
    newest = f"SELECT address, arg_max(struct_pack(size, version, is_gone), age) AS seen FROM ({each}) GROUP BY address"
    # a file that only tells of inputs that are forgotten may have been written with sizes of no type
    return f"(SELECT address, seen.size::BIGINT AS size, seen.version, seen.is_gone FROM ({newest}))"


def changed_inputs(target: Target, before: Snapshot | None, seen: str) -> str:
    """SQL: of what a run saw (SQL: address, size, version, is_gone), what is not known so."""
    names = before.inputs if before and not target.fresh else ()
    return f"""
        SELECT s.* FROM ({seen}) s LEFT JOIN {known_inputs(target.folder, names)} k ON k.address = s.address
        WHERE (s.is_gone AND k.address IS NOT NULL)
            OR (NOT s.is_gone AND (s.size, s.version) IS DISTINCT FROM (k.size, k.version))"""


def keep_inputs(target: Target, before: Snapshot | None, seen: str) -> tuple[str, ...]:
    """Keep what a run saw; the names of the files that hold after it."""
    names = before.inputs if before and not target.fresh else ()
    name = f"{target.run}.parquet"
    path = inputs_folder(target.folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = changed_inputs(target, before, seen)
    if len(names) + 1 > MAX_FILES:
        old = f"SELECT *, false AS is_gone FROM {known_inputs(target.folder, names)}"
        others = f"SELECT * FROM ({old}) WHERE address NOT IN (SELECT address FROM ({seen}))"
        rows = f"SELECT * FROM (SELECT * FROM ({seen}) UNION ALL {others}) WHERE NOT is_gone"
        names = ()
    with bounded_connection(target) as connection:
        connection.execute(f"COPY (SELECT * FROM ({rows}) ORDER BY address) TO {sql_text(path)} (FORMAT parquet)")
    sync(path)
    sync(path.parent)
    return (*names, name)


def clear_inputs(folder: str | Path, before: Iterable[str], names: Iterable[str]) -> None:
    """Remove the files that held before and no longer do; others may be those of a run that is about to commit."""
    for name in set(before) - set(names):
        (inputs_folder(folder) / name).unlink(missing_ok=True)
