"""A stream of an export to the bytes of its documents, one at a time: nothing is left out between them.

cover │ document │ document │ closing words          what stands before the first and behind the last goes with it
└───── 1 ───────┘└──────── 2 ──────────────┘
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from onrecord.pipeline.sources.streams import BoundedBuffer, RecordBytes, read_lines

#: Longer lines mark nothing.
MAX_MARK_BYTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How documents follow one another: a line that begins one, one that ends one, and lines that only one has.

    All are matched with lines without the white space around them.
    """

    begins: re.Pattern[bytes] | None = None
    ends: re.Pattern[bytes] | None = None
    belongs: re.Pattern[bytes]


def split_documents(stream: BinaryIO, limit: int, marks: Marks) -> Iterator[RecordBytes]:
    r"""The bytes of each document; joined they are the stream. One beyond the limit is only counted and hashed.

    >>> import io
    >>> marks = Marks(ends=re.compile(rb"END"), belongs=re.compile(rb"END"))
    >>> [document.data for document in split_documents(io.BytesIO(b"a\nEND\nb\nEND\nc"), 100, marks)]
    [b'a\nEND\n', b'b\nEND\nc']
    """
    document, has_document = BoundedBuffer(limit), False
    for part, is_document in _split_parts(stream, limit, marks):
        if is_document and has_document:
            yield document.finish()
            document, has_document = BoundedBuffer(limit), False
        _add(document, part)
        has_document = has_document or is_document
    if document.n_bytes_seen:
        yield document.finish()


def _split_parts(stream: BinaryIO, limit: int, marks: Marks) -> Iterator[tuple[RecordBytes, bool]]:
    """What stands between marks, and whether it is a document."""
    part, is_document = BoundedBuffer(limit), False
    for line in read_lines(stream, limit):
        mark = line.data.removeprefix(BOM_UTF8).strip() if line.data and len(line.data) <= MAX_MARK_BYTES else b""
        if mark and marks.begins and marks.begins.fullmatch(mark) and part.n_bytes_seen:
            yield part.finish(), is_document
            part, is_document = BoundedBuffer(limit), False
        _add(part, line)
        is_document = is_document or bool(mark and marks.belongs.match(mark))
        if mark and marks.ends and marks.ends.fullmatch(mark):
            yield part.finish(), is_document
            part, is_document = BoundedBuffer(limit), False
    if part.n_bytes_seen:
        yield part.finish(), is_document


def _add(buffer: BoundedBuffer, record: RecordBytes) -> None:
    if record.data is None:
        buffer.add_oversized(record)
    else:
        buffer.add(record.data)
