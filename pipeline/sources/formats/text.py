"""Plain text: the file, or the member of an archive, is the article, unless it is an export of a news database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode_record
from onrecord.pipeline.sources.entries import Entry, ExtractedText
from onrecord.pipeline.sources.formats import exports
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import peek, read_whole


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """The stream as one entry; the documents of an export, where it is one."""
    head, stream = peek(stream, exports.HEAD_SIZE)
    if export := exports.find_export(head):
        yield from exports.entries(stream, options, export)
    else:
        yield whole_stream_entry(stream, options.limits.record, extract)


def whole_stream_entry(stream: BinaryIO, limit: int, read: Callable[[bytes], ExtractedText]) -> Entry:
    """The whole stream as one entry."""
    whole = read_whole(stream, limit)
    return whole.too_large("", limit) if whole.data is None else Entry.of("", whole.data, read)


def extract(data: bytes) -> ExtractedText:
    r"""The decoded text, every character kept.

    >>> extract(b"\xef\xbb\xbfOne.\r\n").text
    '\ufeffOne.\r\n'
    """
    decoded = decode_record(data)
    return ExtractedText(text=decoded.text, flags=decoded.flags)
