"""Is a text anywhere in a folder? Every file is searched as it lies, Parquet files in what is packed in them, too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.places import place, readable

#: Bytes, and rows of a Parquet file, that are searched at a time.
CHUNK_BYTES, CHUNK_ROWS = 2**24, 4096


class Match(NamedTuple):
    """A text that was found: in which file, and whether in its ``name``, its ``bytes``, or a ``column`` of it."""

    path: Path
    needle: bytes
    where: str


def find_bytes(folder: str | Path, needles: Iterable[bytes]) -> list[Match]:
    """Each of the needles with the files below a folder that hold it."""
    wanted = tuple(dict.fromkeys(needle for needle in needles if needle))
    files = sorted(path for path in place(folder).rglob("*") if path.is_file())
    return sorted({match for path in files for match in _search(path, place(folder), wanted)})


def spellings(text: str) -> list[bytes]:
    r"""A text as files spell it: in UTF-8, and escaped as JSON has it.

    >>> spellings("“no”")
    [b'\xe2\x80\x9cno\xe2\x80\x9d', b'\\u201cno\\u201d']
    """
    return list(dict.fromkeys([text.encode(), json.dumps(text)[1:-1].encode()]))


def _search(path: Path, folder: Path, needles: Sequence[bytes]) -> Iterator[Match]:
    name = os.fsencode(str(path.relative_to(folder)))
    yield from (Match(path, needle, "name") for needle in needles if needle in name)
    for chunk in _chunks(path, max(map(len, needles), default=0)):
        yield from (Match(path, needle, "bytes") for needle in needles if needle in chunk)
    if _is_parquet(path):
        for column, values in _columns(path):
            yield from (Match(path, needle, f"column {column}") for needle in needles if needle in values)


def _chunks(path: Path, overlap: int) -> Iterator[bytes]:
    """The bytes of a file; each chunk begins with the last ``overlap`` bytes of the one before it."""
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield rest + chunk
            rest = chunk[-overlap:] if overlap else b""


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _columns(path: Path) -> Iterator[tuple[str, bytes]]:
    """The values of each column, one after the other, some rows at a time; of a nested one with all that is in it."""
    with pq.ParquetFile(readable(path)) as file:
        for batch in file.iter_batches(batch_size=CHUNK_ROWS):
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
                yield name, b"\0".join(bytes(buffer) for buffer in plain.buffers() if buffer)
