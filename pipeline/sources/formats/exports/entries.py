"""Text files that are exports of news databases: recognized at their head, read document by document."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode_record, wide_encoding
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.exports import factiva, lexisnexis, proquest
from onrecord.pipeline.sources.formats.exports.documents import Document, extract_document, split_lines
from onrecord.pipeline.sources.formats.exports.splitting import Marks, split_documents
from onrecord.pipeline.sources.streams import Utf8Stream

#: Bytes in which an export has to show itself: a cover with a list of hundreds of documents may come first.
HEAD_SIZE = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """How the documents of an export follow one another, what reads one, and its encoding, if that is a wide one."""

    marks: Marks
    read: Callable[[str], Document]
    encoding: str | None = None


def find_export(head: bytes) -> Export | None:
    r"""The export that a text file is, by its first bytes; None for any other text.

    >>> find_export(b"1 of 2 documents was lost, the clerk said.\n\nBYLINE: Ada Brook\n") is None
    True
    """
    encoding = wide_encoding(head)
    lines = split_lines(_decode_head(head, encoding or "utf-8"))
    for database in (factiva, proquest, lexisnexis):
        if marks := database.find_marks(lines):
            return Export(marks=marks, read=database.read, encoding=encoding)
    return None


def _decode_head(head: bytes, encoding: str) -> str:
    """The text of a head that may be cut off in a character. Signs of an export are alike in all Western encodings."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def entries(stream: BinaryIO, options: Options, export: Export) -> Iterator[Entry]:
    """An entry for each document, named by its number, from 1. The limit of a record holds for each of them."""
    if export.encoding:
        stream = Utf8Stream(stream, export.encoding)  # type: ignore[assignment]
    limit = options.limits.record
    for number, document in enumerate(split_documents(stream, limit, export.marks), 1):
        if document.data is None:
            yield document.too_large(str(number), limit)
        else:
            extract = partial(_extract, read=export.read, max_characters=options.limits.text)
            yield Entry.of(str(number), document.data, extract)


def _extract(data: bytes, read: Callable[[str], Document], max_characters: int) -> ExtractedText:
    decoded = decode_record(data)
    if len(decoded.text) > max_characters:
        raise Refused("too_large", f"{len(decoded.text):,} characters; the limit is {max_characters:,}")
    return extract_document(decoded.text, read(decoded.text), decoded.flags)
