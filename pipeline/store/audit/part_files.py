"""Are the parts in order? Each is there, can be read to its end, and is as its log says; no other lies beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.overrides import load
from onrecord.pipeline.ask.snapshot import Snapshot, numbers, open_log
from onrecord.pipeline.errors import TablesDamaged
from onrecord.pipeline.places import is_remote, readable
from onrecord.pipeline.store.audit.commit_files import READ_ERRORS, read_commit, read_versions
from onrecord.pipeline.store.audit.findings import Fault
from onrecord.pipeline.store.reuse.inputs import inputs_folder
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.versions.rewriting import CHUNK_ROWS

MISSING = "files: a part is missing"
UNREADABLE = "files: a part cannot be read"
COLUMNS = "files: a part has other columns than its table"
SIZE = "files: a part has not the size that the log says"
ROWS = "files: a part has not the rows that the log says"
STRAY = "files: a part lies in a table's folder that no version names"
LEFT = "files: a part that was removed is still there: the next run deletes it"
NO_INPUTS = "files: what the inputs looked like cannot be read"
NO_OVERRIDES = "files: what people have corrected cannot be read"
CHECKS = (MISSING, UNREADABLE, COLUMNS, SIZE, ROWS, STRAY, LEFT, NO_INPUTS, NO_OVERRIDES)
#: What keeps a part's rows from being looked at.
BROKEN = (MISSING, UNREADABLE, COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part as the log of its table knows it; ``rows`` and ``n_bytes`` are None where the log does not say."""

    table: str
    path: Path
    rows: int | None
    n_bytes: int | None

    @property
    def label(self) -> str:
        return f"{self.table}/{self.path.name}"


def listed_parts(folder: Path, snapshot: Snapshot) -> Iterator[Part]:
    """All parts of a version, by table, in order of their names."""
    for table, version in read_versions(folder, snapshot.number).items():
        actions = open_log(folder / table, version).get_add_actions()
        columns = (actions.column(name).to_pylist() for name in ("path", "num_records", "size_bytes"))
        for name, rows, n_bytes in sorted(zip(*columns, strict=True)):
            yield Part(table=table, path=folder / table / name.rpartition("/")[2], rows=rows, n_bytes=n_bytes)


def part_faults(part: Part) -> Iterator[Fault]:
    """What is wrong with a part. It is read to its end, some rows at a time, each page against its checksum."""
    if not part.path.exists():
        yield MISSING, part.label
        return
    if part.path.stat().st_size != part.n_bytes:
        yield SIZE, part.label
    try:
        with pq.ParquetFile(readable(part.path), page_checksum_verification=True) as file:
            yield from ((COLUMNS, f"{part.label}: {name}") for name in _odd_columns(file.schema_arrow, part.table))
            rows = sum(batch.num_rows for batch in file.iter_batches(batch_size=CHUNK_ROWS))
            if rows != part.rows:
                yield ROWS, part.label
    except (pa.ArrowException, *READ_ERRORS):
        yield UNREADABLE, part.label


def _odd_columns(found: pa.Schema, table: str) -> list[str]:
    """Columns that are no longer or not yet known, that are of another type, or that may not be left out and are."""
    schema = SCHEMAS[table]
    odd = [field.name for field in found if field.name not in schema.names]
    for field in schema:
        place = found.get_field_index(field.name)
        if (place < 0 and not field.nullable) or (place >= 0 and found.field(place).type != field.type):
            odd.append(field.name)
    return odd


def stray_faults(folder: Path, snapshot: Snapshot) -> Iterator[Fault]:
    """Parts that a plain glob over a table would count too, unless they are kept as history, or about to come."""
    for table in SCHEMAS:
        there = {path.name for path in (folder / table).glob("part-*.parquet")} - set(snapshot.parts.get(table, ()))
        fates = _fates(folder, table, there) if there else {}
        for name in sorted(there):
            if (fate := fates.get(name, STRAY)) is not None:
                yield fate, f"{table}/{name}"


def _fates(folder: Path, table: str, names: set[str]) -> Mapping[str, str | None]:
    """What the commits did with parts that are not in the newest version: None where they may be there."""
    fates: dict[str, str | None] = {}
    for number in numbers(folder, "json"):
        try:
            commit = read_commit(folder, number)
        except READ_ERRORS:
            continue  # that it cannot be read is told of the commits
        change = commit.tables.get(table)
        if change is not None:
            fates.update((name, None) for name in names & change.add.keys())
            stays = commit.keep_history or is_remote(folder)  # on a store for a while
            fates.update((name, None if stays else LEFT) for name in names & set(change.remove))
    return fates


def input_file_faults(folder: Path, snapshot: Snapshot) -> Iterator[Fault]:
    """The files beside the tables that tell what the inputs looked like."""
    for name in snapshot.inputs:
        try:
            pq.read_metadata(readable(inputs_folder(folder) / name))
        except (pa.ArrowException, *READ_ERRORS):
            yield NO_INPUTS, name


def override_faults(folder: Path) -> Iterator[Fault]:
    """The file of what people have corrected."""
    try:
        load(folder)
    except TablesDamaged as error:
        yield NO_OVERRIDES, str(error)
