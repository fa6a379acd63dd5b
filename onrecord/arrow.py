"""On Record in people's own engines: Arrow record batches of articles in, record batches of rows out.

    frame.mapInArrow(lambda batches: onrecord.arrow.annotate(batches, table="quotes"), …)      Spark
    polars.from_arrow(onrecord.arrow.annotate(frame))                                           Polars

A batch is read as ``onrecord run --id-field id`` reads a file of records with its columns: same ids, same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any, TypeAlias

import pyarrow as pa

from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Fields, Options
from onrecord.pipeline.provenance import made_by
from onrecord.pipeline.sources import read_entry
from onrecord.pipeline.sources.formats.parquet import row_entry
from onrecord.pipeline.sources.records.names import FIELD_NAMES, PAGE_FIELDS
from onrecord.pipeline.sources.records.values import normal_name
from onrecord.pipeline.store import rows
from onrecord.pipeline.store.rows import Row
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.transforms.annotate import thread_annotator
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Annotation, RawArticle, Rejected

__all__ = ["annotate", "schema"]

#: Batches, or whatever hands out a stream of them: a table, a reader, a frame of Polars, a relation of DuckDB.
Batches: TypeAlias = "Iterable[pa.RecordBatch] | Any"
#: What a run decides by when it is told nothing.
RUN_DEFAULT = AnnotatorOptions(languages=("en",))
#: Articles that are rows at the same time, whatever the size of the batches that come in.
CHUNK_ROWS = 32
ID = "id"
#: Columns with the article itself, and all that are taken, in small letters without punctuation.
TEXT_COLUMNS = frozenset((*FIELD_NAMES["text"], *PAGE_FIELDS))
COLUMNS = TEXT_COLUMNS.union(*FIELD_NAMES.values())
#: The tables of which an article, or what is refused, has one row at most; of the others it has any number.
SINGLE, MANY = ("articles", "rejects"), ("segments", "quotes", "mentions")


def annotate(
    batches: Batches, options: AnnotatorOptions | None = None, *, table: str | None = None
) -> pa.RecordBatchReader:
    """The rows that the articles in the batches become, as a reader: an iterator of record batches with a ``schema``.

    With ``table`` the rows of that table of a run, in its published schema; without, a row for each article, which
    holds those of all tables (``schema`` shows it). Without ``options`` it is decided as a run does: what is surely no
    English is refused. Nothing is read before it is asked for, and no more than a few articles at a time.

    Raises UsageError where no column holds a text, at once or, of an iterator, when the first batch is taken.

    >>> batch = pa.RecordBatch.from_pydict({"id": ["a"], "text": ["“It rains,” Ada Brook said."]})
    >>> annotate([batch], table="quotes").read_all()["speaker"].to_pylist()
    ['Ada Brook']
    """
    made = schema(table)
    stream = _to_stream(batches)
    if isinstance(stream, pa.RecordBatchReader):
        _columns(stream.schema)
    return pa.RecordBatchReader.from_batches(made, _annotate(stream, options or RUN_DEFAULT, table, made))


def schema(table: str | None = None) -> pa.Schema:
    """What ``annotate`` gives: the published schema of a table, or without one, that of articles with all their rows.

    ``id`` (as text), a struct ``articles`` (null for what is refused), lists of structs ``segments``, ``quotes`` and
    ``mentions``, and a struct ``rejects`` (null for what is an article).

    >>> schema().names
    ['id', 'articles', 'segments', 'quotes', 'mentions', 'rejects']
    """
    if table is None:
        return NESTED
    if table not in (*SINGLE, *MANY):
        raise UsageError(f"table {table!r}: there are {', '.join(NESTED.names[1:])}, or None for all of them")
    return SCHEMAS[table]


def _nested_schema() -> pa.Schema:
    structs = {name: pa.struct(list(SCHEMAS[name])) for name in (*SINGLE, *MANY)}
    lists = [pa.field(name, pa.list_(pa.field("element", structs[name], False)), nullable=False) for name in MANY]
    articles, rejects = (pa.field(name, structs[name]) for name in SINGLE)
    return pa.schema([pa.field(ID, pa.string()), articles, *lists, rejects])


NESTED = _nested_schema()


def _to_stream(batches: Batches) -> Any:
    """A reader of the batches; an iterator stays as it is: its schema is known when a batch is there."""
    if isinstance(batches, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(batches.schema, [batches])
    return pa.RecordBatchReader.from_stream(batches) if hasattr(batches, "__arrow_c_stream__") else batches


def _annotate(
    batches: Iterable[pa.RecordBatch], options: AnnotatorOptions, table: str | None, made: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        columns = _columns(batch.schema)
        how = _how_to_read(ID in batch.schema.names)
        for start in range(0, batch.num_rows, CHUNK_ROWS):
            records = batch.select(columns).slice(start, CHUNK_ROWS).to_pylist()
            raws = [_to_raw(record, how) for record in records]
            # asked for anew: an engine may take each batch in another thread
            results = thread_annotator(options).annotate_all(raws)
            found = [_rows(result, _maker(how, options)) for result in results]
            if table is None:
                output = list(map(_nest, records, found))
            else:
                output = list(chain.from_iterable(each.get(table, ()) for each in found))
            yield pa.RecordBatch.from_pylist(output, schema=made)


def _columns(given: pa.Schema) -> list[int]:
    """The places of the columns that are taken. Raises UsageError where none of them holds an article."""
    names = list(map(normal_name, given.names))
    if TEXT_COLUMNS.isdisjoint(names):
        raise UsageError(f"no column 'text' among the columns that there are: {', '.join(given.names) or 'none'}")
    return [number for number, name in enumerate(names) if name in COLUMNS or given.names[number] == ID]


def _how_to_read(has_id: bool) -> Options:
    return Options(fields=Fields(id=ID if has_id else ""))


@cache
def _maker(how: Options, options: AnnotatorOptions) -> str:
    return made_by(how, options)


def _to_raw(record: Row, how: Options) -> RawArticle | Rejected:
    """The record as a row of a Parquet file. What the tables show of its input is its id, or a hash where it has none.

    >>> _to_raw({"id": 7, "text": "It rains."}, _how_to_read(True)).uri
    '7'
    """
    entry = row_entry("", record, how)
    return read_entry(_id(record) or f"sha256:{(entry.sha256 or '')[:16]}", entry, how.limits.text)


def _id(record: Row) -> str | None:
    value = record.get(ID)
    return None if value is None else str(value)


def _rows(result: Annotation | Rejected, maker: str) -> dict[str, list[Row]]:
    """The rows of a result, by the tables that have any."""
    if isinstance(result, Rejected):
        return {"rejects": [rows.reject_row(result)]}
    return {
        "articles": [rows.article_row(result) | {"made_by": maker}],
        "segments": list(rows.segment_rows(result)),
        "quotes": list(rows.quote_rows(result)),
        "mentions": list(rows.mention_rows(result)),
    }


def _nest(record: Row, found: dict[str, list[Row]]) -> Row:
    """All rows of an article as one."""
    single = {table: next(iter(found.get(table, ())), None) for table in SINGLE}
    return {ID: _id(record)} | single | {table: found.get(table, []) for table in MANY}
