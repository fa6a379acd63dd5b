"""Exports of Europresse: a page of many articles, each with its outlet, its day and its notices.

<article> <span class="DocPublicationName">…</span> <span class="DocHeader">…, mardi 5 mars 2024, p. 3</span>
<p class="titreArticleVisu">…</p> <div class="docOcurrContainer"> <p>…</p> </div> <footer>© …</footer> </article>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode_record
from onrecord.pipeline.sources.entries import Entry, ExtractedText
from onrecord.pipeline.sources.formats.markup_files.content import extracted, line_of, markup_view
from onrecord.pipeline.sources.formats.markup_files.days import find_moment
from onrecord.pipeline.sources.formats.markup_files.elements import Element, Record, covers, outermost, parse_record
from onrecord.pipeline.sources.formats.markup_files.splitting import split_records, unread_entry
from onrecord.pipeline.sources.web.fragments import read_fragment
from onrecord.pipeline.sources.web.markup import parse_visible_text
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: Bytes at the head of a page in which its first article has to begin.
MAX_HEAD = 2**20
#: Names that only these exports have, three together: the outlet, the header and the body of an article.
EVIDENCE = (
    re.compile(rb"<article[\s>]", re.IGNORECASE),
    re.compile(rb"class\s*=\s*[\"'][^\"']*\bDocPublicationName\b"),
    re.compile(rb"class\s*=\s*[\"'][^\"']*\bDocHeader\b"),
)
OUTLET, HEADER, BODIES = ("DocPublicationName",), ("DocHeader",), ("DocText", "docOcurrContainer")
TITLES = ("titreArticleVisu", "rdp__articletitle", "titreArticle")
SUBTITLES = ("rdp__subtitle",)
AUTHORS = ("docAuthors", "sm-margin-bottomNews")
#: "Le Quotidien, no. 12034", "Le Quotidien (site web)": what follows the name of the outlet.
ISSUE = re.compile(r",\s*(?:no|n°|nº|num|vol|issue)\b\.?.*|\s*\((?:site web|web ?site|web)[^()]*\).*", re.IGNORECASE)


def is_export(head: bytes) -> bool:
    """Whether a page that begins so is an export."""
    return all(pattern.search(head) for pattern in EVIDENCE)


def entries(stream: BinaryIO, options: Options, charset: str | None) -> Iterator[Entry]:
    """An entry for each article, named by its number from 1."""
    limit, number = options.limits.record, 0
    for piece in split_records(stream, "article", limit, xml=False):
        if piece.kind != "between":
            number += 1
            read = partial(extract, charset=charset)
            yield unread_entry(str(number), piece, limit) or Entry.of(str(number), piece.content.data or b"", read)


def extract(data: bytes, *, charset: str | None) -> ExtractedText:
    """The article of one element ``article``."""
    decoded = decode_record(data, charset)
    article = extract_article(parse_record(decoded.text))
    return replace(article, flags=(*decoded.flags, *article.flags))


def extract_article(record: Record) -> ExtractedText:
    """The article, its title, outlet, authors and day."""
    bodies = outermost(_of_class(record, *BODIES))
    ranges = [(body.inner_start, body.inner_end) for body in bodies]
    title, subtitle, authors = (next(_of_class(record, *names), None) for names in (TITLES, SUBTITLES, AUTHORS))
    header = " ".join(filter(None, (line_of(record, e) for e in _of_class(record, *HEADER))))
    outlet = line_of(record, next(_of_class(record, *OUTLET), None))
    kinds: list[tuple[Element | None, SegmentKind]] = [(subtitle, "heading"), (title, "title"), (authors, "byline")]
    return extracted(
        record,
        read_fragment(markup_view(record, ranges)),
        _cuts(record, ranges, kinds),
        title=line_of(record, title),
        byline=(line_of(record, authors) or "").replace(";", ","),
        publisher=ISSUE.sub("", outlet or "") or None,
        published=find_moment(header),
    )


def _of_class(record: Record, *names: str) -> Iterator[Element]:
    """The elements of these classes, in the order of the classes."""
    for name in names:
        for element in record.elements:
            if name in element.attributes and name in (element.attribute("class") or "").split():
                yield element


def _cuts(
    record: Record, ranges: list[tuple[int, int]], kinds: list[tuple[Element | None, SegmentKind]]
) -> Iterator[RemovedSpan]:
    """All visible lines outside of the body."""
    page = parse_visible_text(record.markup)
    for line in page.lines:
        lead = len(line.text) - len(line.text.lstrip())
        start, end = page.text.raw_range(line.start + lead, line.start + len(line.text.rstrip()))
        if covers(ranges, start):
            continue
        holders = (each for element, each in kinds if element and element.start <= start < element.end)
        kind: SegmentKind = next(holders, "boilerplate")
        yield RemovedSpan(kind=kind, raw_start=start, raw_end=end, text=line.text.strip())
