"""Compaction: many small parts become few large ones, since readers open each part of a table.

    articles/part-a  quotes/part-a  …  ┐
    articles/part-b  quotes/part-b  …  ├──►  articles/part-m  quotes/part-m  …
    articles/part-c                 …  ┘

The parts of one name hold the rows of the same records in all tables. So whole names are put together: the merged parts
of a name hold the rows of the same shards again. Parts of ``clusters`` belong to no shard, and stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.snapshot import Snapshot, current
from onrecord.pipeline.places import readable
from onrecord.pipeline.store.clusters import is_done, note_done
from onrecord.pipeline.store.parts import EMPTY, TableFile
from onrecord.pipeline.store.rows import conform
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target, commit_lock
from onrecord.pipeline.store.versions.commits import TableChange, change, finish, in_turn, next_commit, publish
from onrecord.pipeline.store.versions.rewriting import CHUNK_ROWS, rows_by_part

#: Bytes that the parts of one name are to have, all tables together: no more than those of a large shard, since all of
#: them are written anew when one of their records leaves. What has less than half of it is put together with others.
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGroup:
    """The parts of one name: the tables that have one, and the bytes of all of them."""

    name: str
    tables: tuple[str, ...]
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The parts that some groups became, all of one name: table and rows."""

    groups: tuple[PartGroup, ...]
    name: str
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compaction:
    """What was done: the version that it made (0: there was nothing to do), and parts and bytes before and after."""

    number: int = 0
    parts_before: int = 0
    parts_after: int = 0
    bytes_before: int = 0
    bytes_after: int = 0


def compact(target: Target, max_bytes: int = MAX_BYTES) -> Compaction:
    """Put small parts together, in one commit; none is made where there is nothing to put together.

    They are written before the lock is taken. What a run has replaced meanwhile stays as that run left it.
    """
    with commit_lock(target.folder):
        finish(target.folder)
        before = current(target.folder)
        groups = part_groups(before, target) if before else []
    bins = [each for each in pack(groups, max_bytes) if len(each) > 1]
    merged = [each for some in bins if (each := _merge_if_there(some, target))]
    return in_turn(target.folder, lambda: _commit_whole(merged, target))


def _commit_whole(merged: Sequence[Merged], target: Target) -> Compaction:
    """Commit what is still what the newest version has."""
    now = current(target.folder)
    whole = [each for each in merged if now and _is_whole(each.groups, now)]
    return _commit(whole, now, target) if now and whole else Compaction()


def part_groups(snapshot: Snapshot, target: Target) -> list[PartGroup]:
    """The parts of a version by their names, in order."""
    parts = {table: names for table, names in snapshot.parts.items() if table != "clusters"}
    return [
        PartGroup(name=name, tables=tuple(tables), n_bytes=_size(name, tables, target))
        for name, tables in sorted(rows_by_part(parts).items())
        if name != EMPTY
    ]


def pack(groups: Iterable[PartGroup], max_bytes: int) -> list[tuple[PartGroup, ...]]:
    """The small ones of the groups in bins of no more than ``max_bytes``, in their order: the same for the same groups.

    >>> groups = [PartGroup(name=f"{n}", tables=(), n_bytes=n) for n in (30, 90, 40, 20, 20)]
    >>> [[group.n_bytes for group in each] for each in pack(groups, 100)]
    [[30, 40, 20], [20]]
    """
    bins: list[list[PartGroup]] = []
    n_bytes = max_bytes
    for group in groups:
        if group.n_bytes * 2 >= max_bytes:
            continue
        n_bytes += group.n_bytes
        if n_bytes > max_bytes:
            bins.append([])
            n_bytes = group.n_bytes
        bins[-1].append(group)
    return [tuple(each) for each in bins]


def _merge_if_there(groups: Sequence[PartGroup], target: Target) -> Merged | None:
    try:
        return merge(groups, target)
    except FileNotFoundError:
        now = current(target.folder)
        if now is not None and _is_whole(groups, now):
            raise
        return None  # a run has replaced one of them meanwhile


def merge(groups: Sequence[PartGroup], target: Target) -> Merged:
    """Write the rows of the groups, one group after the other, as parts of one name. Some rows are held at a time.

    Raises RuntimeError when there are other rows than there were.
    """
    name = f"part-{sha256(' '.join(group.name for group in groups).encode()).hexdigest()[:16]}.parquet"
    rows = {}
    for table in sorted({table for group in groups for table in group.tables}, key=list(SCHEMAS).index):
        paths = [target.part(table, group.name) for group in groups if table in group.tables]
        file = TableFile(table, target)
        expected = 0
        for path in paths:
            with pq.ParquetFile(readable(path)) as part:
                expected += part.metadata.num_rows
                for chunk in _chunks(part, table):
                    file.write(chunk)
        rows[table] = file.close(name)
        if rows[table] != expected:
            raise RuntimeError(f"{table}/{name} would hold {rows[table]} rows of {expected}")
    return Merged(groups=tuple(groups), name=name, rows=rows)


def _chunks(part: pq.ParquetFile, table: str) -> Iterator[pa.Table]:
    for batch in part.iter_batches(batch_size=CHUNK_ROWS):
        yield conform(pa.Table.from_batches([batch]), SCHEMAS[table])


def _is_whole(groups: Iterable[PartGroup], now: Snapshot) -> bool:
    """Whether a version still has the parts of the groups."""
    names = {table: set(parts) for table, parts in now.parts.items()}
    return all(group.name in names[table] for group in groups for table in group.tables)


def _commit(merged: Sequence[Merged], now: Snapshot, target: Target) -> Compaction:
    was_clustered = is_done(now, target)
    new = next_commit(now, {table: _change(table, merged, now) for table in SCHEMAS}, target, "compact")
    publish(target.folder, new)
    after = current(target.folder)
    assert after is not None
    if was_clustered:
        note_done(after, target)
    made = [(table, each.name) for each in merged for table in each.rows]
    groups = [group for each in merged for group in each.groups]
    return Compaction(
        number=new.number,
        parts_before=sum(map(len, now.parts.values())),
        parts_after=sum(map(len, after.parts.values())),
        bytes_before=sum(group.n_bytes for group in groups),
        bytes_after=sum(target.part(table, name).stat().st_size for table, name in made),
    )


def _change(table: str, merged: Iterable[Merged], now: Snapshot) -> TableChange:
    add = {each.name: each.rows[table] for each in merged if table in each.rows}
    leaving = [group.name for each in merged for group in each.groups]
    return change(now.parts.get(table, ()), add, leaving if table != "clusters" else ())


def _size(name: str, tables: Iterable[str], target: Target) -> int:
    return sum(target.part(table, name).stat().st_size for table in tables)
