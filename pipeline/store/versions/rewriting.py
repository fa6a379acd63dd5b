"""Copy-on-write: a part is written anew without the rows of records that leave, so that a plain glob is right."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.places import readable
from onrecord.pipeline.store.parts import TableFile
from onrecord.pipeline.store.rows import conform
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target

#: Rows that are held at a time, with their texts.
CHUNK_ROWS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Records of one part that leave: their ids, those of their articles, and the places of their rejects."""

    records: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    rejects: frozenset[tuple[str, str]] = frozenset()


def rewrite(name: str, tables: Collection[str], leaving: Leaving, target: Target) -> dict[str, tuple[str, int]]:
    """Write the parts ``name`` anew without what leaves: the new name and the rows, for each table that keeps some."""
    new = f"part-{sha256(f'{name}{sorted(leaving.records)}'.encode()).hexdigest()[:16]}.parquet"
    rows = {table: _rewrite_table(table, name, new, leaving, target) for table in tables}
    _check_gone(name, tables, leaving, rows, target)
    return {table: (new, n) for table, n in rows.items() if n}


def _check_gone(name: str, tables: Collection[str], leaving: Leaving, rows: Mapping[str, int], target: Target) -> None:
    """Raises RuntimeError when other rows are gone than were to leave."""
    expected = {"records": leaving.records, "articles": leaving.articles, "rejects": leaving.rejects}
    for table in expected.keys() & set(tables):
        before = pq.read_metadata(readable(target.find(table, name))).num_rows
        if before - rows[table] != len(expected[table]):
            raise RuntimeError(f"{table}/{name}: {before - rows[table]} rows leave, {len(expected[table])} have to")


def _rewrite_table(table: str, name: str, new: str, leaving: Leaving, target: Target) -> int:
    file: TableFile | None = None
    for rows in _kept(target.find(table, name), table, leaving):
        file = file or TableFile(table, target)
        file.write(rows)
    return file.close(new) if file else 0


def _kept(path: Path, table: str, leaving: Leaving) -> Iterator[pa.Table]:
    with pq.ParquetFile(readable(path)) as file:
        for batch in file.iter_batches(batch_size=CHUNK_ROWS):
            rows = conform(pa.Table.from_batches([batch]), SCHEMAS[table])
            rows = rows.filter(_stay(rows, table, leaving))
            if rows.num_rows:
                yield rows


def _stay(rows: pa.Table, table: str, leaving: Leaving) -> pa.Array:
    """Of each row, whether it stays."""
    if table == "rejects":
        places = zip(rows["uri"].to_pylist(), rows["record"].to_pylist(), strict=True)
        return pa.array([place not in leaving.rejects for place in places], type=pa.bool_())
    column, ids = ("record_id", leaving.records) if table == "records" else ("article_id", leaving.articles)
    return pa.array([each not in ids for each in rows[column].to_pylist()], type=pa.bool_())


def holds_any(path: Path, ids: Collection[str]) -> bool:
    """Whether a part has a row of one of the articles."""
    return not set(ids).isdisjoint(pq.read_table(readable(path), columns=["article_id"])["article_id"].to_pylist())


def rows_by_part(parts: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """The tables that have a part of each name."""
    tables: dict[str, list[str]] = {}
    for table, names in parts.items():
        for name in names:
            tables.setdefault(name, []).append(table)
    return tables
