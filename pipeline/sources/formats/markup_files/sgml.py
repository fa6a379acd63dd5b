"""Newswire corpora: one DOC after another, as in Gigaword and the collections of TREC; REUTERS in Reuters-21578.

    <DOC id="ABC_ENG_20040312.0007" type="story"> <HEADLINE>…</HEADLINE> <TEXT> <P>…</P> <P>…</P> </TEXT> </DOC>
    <DOC> <DOCNO> ABC20040312.0007 </DOCNO> <HEAD>…</HEAD> <BYLINE>…</BYLINE> <TEXT>…</TEXT> </DOC>

This is no XML: tags may lack their ends, and entities have names of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import decode_record
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats.markup_files.content import (
    as_html,
    cut_span,
    extracted,
    line_of,
    markup_view,
    ranges_without,
)
from onrecord.pipeline.sources.formats.markup_files.days import find_moment
from onrecord.pipeline.sources.formats.markup_files.elements import Element, Record, covers, outermost, parse_record
from onrecord.pipeline.sources.formats.markup_files.splitting import check_any, split_records, unread_entry
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import peek
from onrecord.pipeline.sources.web.fragments import read_fragment
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.dates import Moment, read_date
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: How such a file begins: a document that says what it is called.
MAGIC = re.compile(
    rb"[\s\xef\xbb\xbf]*+(?:<DOC\s+[^<>]*?id\s*=|<DOC>\s*<(?:DOCNO|DOCID)>|<!DOCTYPE\s+lewis\b|<REUTERS\s)",
    re.IGNORECASE,
)
REUTERS = re.compile(rb"<REUTERS\s", re.IGNORECASE)
#: The elements of the collections, by what they hold; of the first name the first one is taken.
TITLES = ("headline", "head", "hl", "title", "ti")
BYLINES = ("byline", "author", "by")
DATELINES = ("dateline",)
DATES = ("date_time", "date")
PUBLISHERS = ("pub", "publisher")
IDS = ("docno", "docid")
#: Elements in and around the text that are no part of the article.
ASIDE = ("annotation", "graphic", "note", "slug", "trailer")
AS_HTML = {"tablerow": "tr", "tablecell": "td", "rowrule": "hr", "cellrule": "hr", "tablefoot": "p"}
#: "ABC_ENG_20040312.0007", "ABC20040312.0007": the day of the wire.
ID_WITH_DAY = re.compile(r"[A-Z]{2,5}(?:_[A-Z]{3}_)?((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\.\d{3,5}")
#: Entities of wire services that HTML lacks, those not named here only set type; and their dash.
WIRE_CODE = re.compile(r"&(?P<name>MD|HT|TL|UR|LR|QR|QL|QC|PR|blank|hyph);|(?<=\s)_(?=\s)")
WIRE_CHARACTERS = {"MD": "\N{EM DASH}", "HT": " ", "TL": " ", "blank": " ", "hyph": "-"}
#: Where paragraphs have no tags they begin after an empty line, or with blanks where other lines do not.
EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*")
INDENTED_LINE = re.compile(r"\n[ \t]+(?=\S)")
LINE = re.compile(r"\n(?=[^\n]*\S)")
#: How Reuters' wire of the time signed its stories.
SIGNATURE = re.compile(r"\n[ \t]*(Reuter|REUTER)\s*+(?=(?:\x03|&#3;|\s)*+\Z)")


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each document, named by its number from 1. Raises Refused where there is none."""
    head, stream = peek(stream)
    if not head:
        raise Refused("empty", "no bytes")
    name, number, limit = "REUTERS" if REUTERS.search(head) else "DOC", 0, options.limits.record
    for piece in split_records(stream, name, limit, xml=False):
        if piece.kind != "between":
            number += 1
            yield unread_entry(str(number), piece, limit) or Entry.of(str(number), piece.content.data or b"", extract)
    check_any(number, name)


def extract(data: bytes) -> ExtractedText:
    """The article of a document."""
    decoded = decode_record(data)
    article = extract_document(parse_record(decoded.text))
    return replace(article, flags=(*decoded.flags, *article.flags))


def extract_document(doc: Record) -> ExtractedText:
    """The article of a document: its text, its headline and what it says of itself."""
    texts = _texts(doc)
    if not texts:
        raise Refused("no_text", "no TEXT in the document")
    asides = sorted(doc.find(*ASIDE), key=lambda element: element.start)
    view = markup_view(doc, [part for text in texts for part in ranges_without(text, asides)])
    fields = {name: list(_outside(doc, texts, *names)) for name, names in _FIELDS.items()}
    title, byline = (next(iter(fields[kind]), None) for kind in ("title", "byline"))
    return extracted(
        doc,
        read_fragment(as_html(_with_paragraphs(view), AS_HTML)),
        [*_cuts(doc, fields), *(span for aside in asides for span in cut_span(doc, aside, "boilerplate"))],
        title=line_of(doc, title),
        byline=line_of(doc, byline),
        publisher=line_of(doc, doc.first(*PUBLISHERS)),
        published=_published(doc),
    )


_FIELDS: dict[SegmentKind, tuple[str, ...]] = {"title": TITLES, "byline": BYLINES, "dateline": DATELINES}


def _texts(doc: Record) -> list[Element]:
    """The elements with the text: BODY in TEXT or TEXT in BODY, whichever is inside."""
    texts = outermost(doc.find("text"))
    ranges = [(text.start, text.end) for text in texts]
    bodies = [body for body in doc.find("body") if covers(ranges, body.start)]
    return outermost(bodies) or texts or outermost(doc.find("body"))


def _outside(doc: Record, texts: list[Element], *names: str) -> Iterator[Element]:
    ranges = [(text.inner_start, text.inner_end) for text in texts]
    for element in doc.find(*names):
        if not covers(ranges, element.start):
            yield element


def _with_paragraphs(view: AlignedText) -> AlignedText:
    """The text with its wire entities as characters, and a tag where a paragraph begins that has none."""
    view = view.sub(SIGNATURE, r"<footer>\1</footer>")
    view = view.sub(WIRE_CODE, lambda m: WIRE_CHARACTERS.get(m["name"] or "MD", ""))
    if re.search(r"<P[\s>]", view.text, re.IGNORECASE):
        return view
    if len(INDENTED_LINE.findall(view.text)) < len(LINE.findall(view.text)):
        view = view.sub(INDENTED_LINE, "<p>")
    return view.sub(EMPTY_LINE, "<p>")


def _cuts(doc: Record, fields: dict[SegmentKind, list[Element]]) -> Iterator[RemovedSpan]:
    """What stands over the text; of several titles all but the first are headings under it."""
    for kind, elements in fields.items():
        for number, element in enumerate(elements):
            yield from cut_span(doc, element, "heading" if number and kind == "title" else kind)


def _published(doc: Record) -> Moment | None:
    """The moment that the document names, if it is of the day in its id, where that has one; else that day."""
    ids = [doc.elements[0].attribute("id"), *(line_of(doc, element) for element in doc.find(*IDS))]
    days = ("-".join(m.groups()) for line in ids if line and (m := ID_WITH_DAY.fullmatch(line)))
    day = next(filter(None, map(read_date, days)), None)
    lines = [line for element in doc.find(*DATES) if (line := line_of(doc, element))]
    named = next(filter(None, (read_date(line) or find_moment(line) for line in lines)), None)
    if day and named and named.time.date() == day.time.date():
        return named
    return day or named
