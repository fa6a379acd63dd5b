"""Web pages: an HTML file is one article; the same reading serves pages inside web archives and records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import text_of
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.text import one
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.subprocess_call import SubprocessCall

#: Where a page names its charset. Source: the HTML standard, "Determining the character encoding".
CHARSET = re.compile(rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]+?encoding\s*=\s*["']([\w:.-]+)""")
#: Bytes at the head of a page in which the charset has to stand; some pages are late.
HEAD = 8192
#: Parsers of pages are large, written in C, and meet what nobody has seen before.
READ_HTML = SubprocessCall("onrecord.pipeline.sources.web.html:read_html")


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """The one entry of the stream."""
    yield one(stream, options.limits.record, partial(extract, seconds=options.limits.seconds))


def extract(data: bytes, *, seconds: float, declared: str | None = None, url: str | None = None) -> ExtractedText:
    """What a page tells, with the charset that its server declared or that it declares itself."""
    decoded = text_of(data, declared or charset(data))
    return extract_page(decoded.text, url, seconds=seconds, flags=decoded.flags)


def extract_page(markup: str, url: str | None, *, seconds: float, flags: tuple[str, ...] = ()) -> ExtractedText:
    """What a page tells that is decoded already. A page on which the parser hangs or dies is refused."""
    found = READ_HTML(markup, url, seconds=seconds)
    if not found.body.text.strip():
        raise Refused("no_body", "no text of an article on the page")
    return ExtractedText(
        text=markup,
        edits=found.body.edits,
        removed_spans=found.removed_spans,
        title=found.title,
        byline=found.byline,
        publisher=found.publisher,
        published=found.published,
        url=found.url or url,
        flags=(*flags, *found.flags),
    )


def charset(data: bytes) -> str | None:
    """The charset that a page declares.

    >>> charset(b'<html><meta charset="windows-1251">'), charset(b"<p>Rain fell.")
    ('windows-1251', None)
    """
    found = CHARSET.search(data, 0, HEAD) or XML_CHARSET.match(data)
    return found[1].decode("ascii") if found else None
