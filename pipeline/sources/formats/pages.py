"""Web pages: an HTML file is one article; pages inside web archives and records are read in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode_record
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.markup_files import europresse
from onrecord.pipeline.sources.formats.text import whole_stream_entry
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import peek
from onrecord.pipeline.sources.subprocess_call import SubprocessCall
from onrecord.transforms.dates import NO_RULES, DateRules

#: Where a page names its charset. Source: the HTML standard, "Determining the character encoding".
CHARSET = re.compile(rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE)
XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]+?encoding\s*=\s*["']([\w:.-]+)""")
#: Bytes at the head of a page in which the charset has to stand; some pages are late.
HEAD_SIZE = 8192
#: HTML parsers are large, written in C, and meet markup that nobody has tested: they run in another process.
READ_HTML = SubprocessCall("onrecord.pipeline.sources.web.html:read_html")


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """The stream as one entry; an export of many articles in one page as an entry for each."""
    head, stream = peek(stream, europresse.MAX_HEAD)
    if europresse.is_export(head):
        yield from europresse.entries(stream, options, declared_charset(head))
        return
    read = partial(extract, seconds=options.limits.seconds, dates=options.dates)
    yield whole_stream_entry(stream, options.limits.record, read)


def extract(
    data: bytes,
    *,
    seconds: float,
    declared: str | None = None,
    url: str | None = None,
    dates: DateRules = NO_RULES,
) -> ExtractedText:
    """The article of a page, decoded by the charset that its server declared or that it declares itself."""
    decoded = decode_record(data, declared or declared_charset(data))
    return extract_page(decoded.text, url, seconds=seconds, flags=decoded.flags, dates=dates)


def extract_page(
    markup: str,
    url: str | None,
    *,
    seconds: float,
    flags: tuple[str, ...] = (),
    dates: DateRules = NO_RULES,
) -> ExtractedText:
    """The article of a decoded page. A page on which the parser hangs or dies is refused."""
    article = READ_HTML(markup, url, dates, seconds=seconds)
    if not article.body.text.strip():
        raise Refused("no_body", "no text of an article on the page")
    return ExtractedText(
        text=markup,
        edits=article.body.edits,
        removed_spans=article.removed_spans,
        title=article.title,
        byline=article.byline,
        publisher=article.publisher,
        published=article.published,
        published_precision=article.published_precision,
        modified=article.modified,
        url=article.url or url,
        flags=(*flags, *article.flags),
    )


def declared_charset(data: bytes) -> str | None:
    """The charset that a page declares, None if it declares none.

    >>> declared_charset(b'<html><meta charset="windows-1251">'), declared_charset(b"<p>Rain fell.")
    ('windows-1251', None)
    """
    match = CHARSET.search(data, 0, HEAD_SIZE) or XML_CHARSET.match(data)
    return match[1].decode("ascii") if match else None
