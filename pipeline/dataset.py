"""The data set on disk: parts are made aside, and all of a run's become visible together at its end.

    output/articles/part-<id>.parquet      and so for each table
    output/_onrecord/work/                 parts being made; no glob over the tables matches it

A part's id is the hash of what it was made from, so the same work gives the same name and the same bytes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tables import SCHEMAS, TABLES_VERSION, tables
from transforms.annotate import Batch
from transforms.records import Annotation

#: Rows that DuckDB hands to one thread at a time.
ROW_GROUP = 122_880
#: Columns in which values return; in the others a dictionary costs and gives nothing.
REPEATED = frozenset(
    """article_id kind act source source_form speaker_id speaker speaker_label speaker_role speaker_method label form
    entity_id cue language publisher agency dateline_place step reason published""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One Parquet file of a table: small enough to be sent around in place of its rows."""

    table: str
    name: str
    rows: int


def work_folder(output: str | Path) -> Path:
    return Path(output) / "_onrecord" / "work"


def write_parts(batch: Batch[Annotation], output: str) -> Iterator[Part]:
    """Write the batch's rows into work, a part for each table that has any."""
    name = f"part-{part_id(batch)}.parquet"
    for table, rows in tables(batch).items():
        if rows.num_rows:
            yield _write(rows, table, name, output)


def commit(parts: Iterable[Part], output: str) -> list[Part]:
    """Make the parts the output's tables: move them in, then remove the parts of earlier runs, and nothing else.

    A table without rows gets one empty part, so that a glob or a view over it never fails. Doing it again changes
    nothing.
    """
    made = sorted(set(parts), key=lambda part: (part.table, part.name))
    bare = SCHEMAS.keys() - {part.table for part in made}
    empty = [_write(SCHEMAS[table].empty_table(), table, "part-empty.parquet", output) for table in sorted(bare)]
    for part in chain(made, empty):
        _move_in(part, Path(output))
    _remove_others([*made, *empty], Path(output))
    shutil.rmtree(work_folder(output), ignore_errors=True)
    return [*made, *empty]


def part_id(batch: Batch[Annotation]) -> str:
    """The hash of what the batch was made from: each record's place and bytes, and the versions of code and tables."""
    digest = sha256(f"{TABLES_VERSION}\0{version('onrecord')}".encode())
    for annotation in batch.records:
        raw = annotation.article.raw
        digest.update(f"\0\0{raw.uri}\0{raw.record}\0{raw.raw_sha256}".encode())
    for refused in batch.rejected:
        digest.update(f"\0\0{refused.uri}\0{refused.record}\0{refused.raw_sha256}\0{refused.reason}".encode())
    return digest.hexdigest()[:16]


def _write(rows: pa.Table, table: str, name: str, output: str) -> Part:
    """Write into work under the final name in one rename, so that a file of that name is always whole."""
    folder = work_folder(output) / table
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{name}.{uuid4().hex}"
    pq.write_table(
        rows,
        unfinished,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=[column for column in rows.column_names if column in REPEATED],
        write_page_index=True,
    )
    _sync(unfinished)
    if pq.read_metadata(unfinished).num_rows != rows.num_rows:
        raise OSError(f"{unfinished} does not hold the rows that were written")
    unfinished.rename(folder / name)
    return Part(table=table, name=name, rows=rows.num_rows)


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
        _sync(output / table)


def _sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
