"""Plain text: the file, or the member of an archive, is the article."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import text_of
from onrecord.pipeline.sources.entries import Entry, ExtractedText
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import whole


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """The one entry of the stream."""
    yield one(stream, options.limits.record, extract)


def one(stream: BinaryIO, limit: int, read: Callable[[bytes], ExtractedText]) -> Entry:
    """The whole stream as one entry."""
    found = whole(stream, limit)
    return found.too_large("", limit) if found.data is None else Entry.of("", found.data, read)


def extract(data: bytes) -> ExtractedText:
    r"""The text that the bytes spell, every character kept.

    >>> extract(b"\xef\xbb\xbfOne.\r\n").text
    '\ufeffOne.\r\n'
    """
    decoded = text_of(data)
    return ExtractedText(text=decoded.text, flags=decoded.flags)
