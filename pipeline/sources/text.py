"""Plain text: the file, or the member of an archive, is the article."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline.options import Options
from pipeline.sources.decoding import text_of
from pipeline.sources.entries import Entry, Story
from pipeline.sources.references import Slice
from pipeline.sources.streams import whole


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """The one entry of the stream."""
    yield one(stream, options.limits.record, story)


def one(stream: BinaryIO, limit: int, read: Callable[[bytes], Story]) -> Entry:
    """The whole stream as one entry."""
    found = whole(stream, limit)
    return found.too_large("", limit) if found.data is None else Entry.of("", found.data, read)


def story(data: bytes) -> Story:
    r"""The text that the bytes spell, every character kept.

    >>> story(b"\xef\xbb\xbfOne.\r\n").text
    '\ufeffOne.\r\n'
    """
    decoded = text_of(data)
    return Story(text=decoded.text, flags=decoded.flags)
