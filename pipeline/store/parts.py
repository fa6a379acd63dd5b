"""Parts: the Parquet files of a shard, one a table, written batch by batch as the shard is read.

    output/_onrecord/work/<run>/<table>/part-<id>.parquet      no glob over the tables matches it

A part's id is the hash of what it was made of and by, so the same work gives the same name and the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.places import is_remote, move_in, sync
from onrecord.pipeline.store.reuse.carry import Carried, as_tables
from onrecord.pipeline.store.rows import all_tables
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.tally import NOTHING, Tally
from onrecord.pipeline.store.target import Target
from onrecord.transforms.ids import record_id
from onrecord.transforms.records import Annotation, RawArticle, Rejected

#: Rows that DuckDB hands to one thread at a time, and bytes that a worker holds before it writes a row group.
ROW_GROUP, ROW_GROUP_BYTES = 122_880, 16 * 2**20
#: The part of a table that has no rows.
EMPTY = "part-empty.parquet"
#: Columns in which values return; in the others a dictionary costs and gives nothing.
REPEATED = frozenset(
    """article_id kind act source source_form speaker_id speaker speaker_label speaker_role speaker_method label form
    entity_id cue language publisher agency dateline_place step reason published""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardParts:
    """The parts that a shard became, all of one ``name``, by table with their rows: what is sent around of them.

    ``tally`` is what the source counted in the shard; so many system files in archives were ``passed_over``.
    """

    name: str
    rows: tuple[tuple[str, int], ...]
    tally: Tally = NOTHING
    passed_over: int = 0


def parts_from(values: Mapping[str, Any]) -> ShardParts:
    """The parts that were written down, as ``dataclasses.asdict`` and JSON have them."""
    rows = tuple((table, n) for table, n in values["rows"])
    tally, passed_over = Tally(**values["tally"]), values["passed_over"]
    return ShardParts(name=values["name"], rows=rows, tally=tally, passed_over=passed_over)


class ShardWriter:
    """Writes the parts of one shard. Memory stays bounded, whatever the shard holds.

    Raises RuntimeError when a record that the source counted is neither an article nor a reject.
    """

    def __init__(self, shard: str, target: Target) -> None:
        self.shard, self.target = shard, target
        self._made_of = sha256(target.made_by.encode()), sha256()
        self._files: dict[str, TableFile] = {}
        self._tally = Tally()
        self.passed_over = 0

    def write(self, results: Sequence[Annotation | Rejected], counted: Tally, *, done: Sequence[str] = ()) -> None:
        """Add results of the shard, which became of so many ``counted`` records less those ``done`` already."""
        if (out := Tally.of(map(record_key, results)) + Tally.of(done)) != counted:
            raise RuntimeError(f"shard {self.shard}: {counted.records} records went in, {out.records} came out")
        self._tally += counted
        articles, rejects = self._made_of
        for result in results:
            if isinstance(result, Rejected):
                place = (result.uri, result.record, record_key(result), result.raw_sha256, result.reason)
                rejects.update(f"\0\0{place!r}".encode("utf-8", "backslashreplace"))
            else:
                raw = result.article.raw
                place = (raw.uri, raw.record, record_key(raw), result.article.article_id, raw.read_sha256)
                articles.update(f"\0\0{place!r}".encode("utf-8", "backslashreplace"))
        self._write_tables(all_tables(results, self.target.made_by))

    def write_carried(self, carried: Sequence[Carried]) -> list[str]:
        """Add rows that are carried over from other parts; the ids of their records."""
        articles, _ = self._made_of
        for each in carried:
            (row,) = each.rows["records"]
            place = tuple(row[name] for name in ("uri", "record", "record_id", "article_id", "read_sha256"))
            articles.update(f"\0\0{place!r}".encode("utf-8", "backslashreplace"))
        self._write_tables(as_tables(carried))
        return [record["record_id"] for each in carried for record in each.rows["records"]]

    def _write_tables(self, tables: Mapping[str, pa.Table]) -> None:
        for table, rows in tables.items():
            if rows.num_rows:
                if table not in self._files:
                    self._files[table] = TableFile(table, self.target)
                self._files[table].write(rows)

    def close(self) -> ShardParts:
        """The parts, each whole on disk under their name, one for each table that has rows."""
        articles, rejects = self._made_of
        name = f"part-{sha256(articles.digest() + rejects.digest()).hexdigest()[:16]}.parquet"
        rows = tuple((table, file.close(name)) for table, file in self._files.items())
        return ShardParts(name=name, rows=rows, tally=self._tally, passed_over=self.passed_over)


def record_key(result: Annotation | RawArticle | Rejected) -> str:
    """The id of the record that something was made of: the same in every run."""
    place = result.article.raw if isinstance(result, Annotation) else result
    return record_id(place.address or place.uri, place.record)


def write_rows(table: str, rows: pa.Table, target: Target) -> tuple[str, int]:
    """A part that belongs to no shard, named by the rows that it holds: its name and its rows."""
    name = f"part-{sha256(repr(rows.to_pylist()).encode()).hexdigest()[:16]}.parquet"
    file = TableFile(table, target)
    file.write(rows)
    return name, file.close(name)


def write_empty(table: str, target: Target) -> str:
    """A part without rows, so that a glob or a view over the table never fails: its name."""
    file = TableFile(table, target)
    file.close(EMPTY)
    return EMPTY


class TableFile:
    """A file in work that gets its final name in one rename, so that a file of that name is always whole."""

    def __init__(self, table: str, target: Target) -> None:
        self.folder = target.work / table
        self.folder.mkdir(parents=True, exist_ok=True)
        local = target.scratch if is_remote(self.folder) else self.folder
        local.mkdir(exist_ok=True)  # of a store: a worker's machine may be another than the run's
        self.unfinished = local / f"unfinished.{uuid4().hex}"
        schema = SCHEMAS[table]
        repeated = [column for column in schema.names if column in REPEATED]
        options = {"compression": "zstd", "use_dictionary": repeated, "write_page_index": True}
        options["write_page_checksum"] = True  # so that an audit finds a byte that has changed
        self.writer = pq.ParquetWriter(self.unfinished, schema, **options)
        self.schema, self.rows = schema, 0
        self.waiting: list[pa.Table] = []

    def write(self, rows: pa.Table) -> None:
        self.rows += rows.num_rows
        self.waiting.append(rows)
        held = sum(some.nbytes for some in self.waiting)
        if held >= ROW_GROUP_BYTES or sum(some.num_rows for some in self.waiting) >= ROW_GROUP:
            self._flush()

    def close(self, name: str) -> int:
        """Give the file its name; the number of its rows."""
        self._flush()
        self.writer.close()
        sync(self.unfinished)
        if pq.read_metadata(self.unfinished).num_rows != self.rows:
            raise OSError(f"{self.unfinished} does not hold the rows that were written")
        move_in(self.unfinished, self.folder / name)
        return self.rows

    def _flush(self) -> None:
        if self.waiting or not self.rows:
            rows = pa.concat_tables(self.waiting or [self.schema.empty_table()])
            self.writer.write_table(rows, row_group_size=ROW_GROUP)
            self.waiting = []
