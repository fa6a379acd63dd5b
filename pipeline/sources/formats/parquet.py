"""Parquet: each row is a record, its columns named as they are. A file is split between workers by row groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.jsonlines import extract_record
from onrecord.pipeline.sources.references import Slice

#: Rows read at a time: a Parquet page of articles is some hundred kB.
BATCH_ROWS = 32
BUFFER_SIZE = 2**20


def entries(stream: BinaryIO, options: Options, input_slice: Slice) -> Iterator[Entry]:
    """An entry for each row, named by its number from 1; of a slice, for the rows in its row groups."""
    file = _open_file(stream)
    last = file.num_row_groups if input_slice.end is None else input_slice.end
    number = input_slice.first - 1
    for group in range(input_slice.start, last):
        for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group], use_threads=False):
            for row in _in_microseconds(batch).to_pylist():
                number += 1
                yield row_entry(str(number), row, options)


def slices(stream: BinaryIO, _: int, slice_size: int) -> Iterator[Slice]:
    """Runs of row groups of about ``slice_size`` bytes, each with the number of its first row."""
    metadata = _open_file(stream).metadata
    start, size, first, rows = 0, 0, 1, 0
    for group in range(metadata.num_row_groups):
        group_metadata = metadata.row_group(group)
        size, rows = size + group_metadata.total_byte_size, rows + group_metadata.num_rows
        if size >= slice_size or group == metadata.num_row_groups - 1:
            yield Slice(start, group + 1, first)
            start, size, first, rows = group + 1, 0, first + rows, 0


def row_entry(record_name: str, row: dict[str, Any], options: Options) -> Entry:
    """The entry of a row, wherever it comes from."""
    return Entry.of(record_name, _row_bytes(row), partial(extract, row=row, options=options))


def extract(data: bytes, row: dict[str, Any], options: Options) -> ExtractedText:
    """The text and metadata of a row."""
    if len(data) > options.limits.record:
        raise Refused("too_large", f"{len(data):,} bytes; the limit is {options.limits.record:,}")
    return extract_record(row, options)


def _in_microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with timestamps that Python can hold, the same whether pandas is there or not."""
    arrays = [
        column.cast(pa.timestamp("us", column.type.tz), safe=False)
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns"
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _open_file(stream: BinaryIO) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(stream, buffer_size=BUFFER_SIZE, pre_buffer=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Refused("damaged", str(error).partition("\n")[0][:300]) from error


def _row_bytes(row: dict[str, Any]) -> bytes:
    """The values of a row in JSON, in order: they stand for the bytes that a row does not have."""
    return json.dumps(row, ensure_ascii=True, default=str, separators=(",", ":")).encode()
