"""News agencies' XML: NewsML-G2, NITF alone or inside of it, and the older NewsML 1 and Reuters' corpus form.

Sources: IPTC's specifications of NewsML-G2, NITF 3.6 and NewsML 1.2; the New York Times corpus is NITF, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.pipeline.sources.formats.markup_files.content import (
    byline_of,
    cut_span,
    date_of,
    extracted,
    line_of,
    markup_view,
    ranges_without,
    read_markup,
    text_view,
)
from onrecord.pipeline.sources.formats.markup_files.elements import Element, Record, covers
from onrecord.pipeline.sources.web.fragments import Fragment, read_fragment
from onrecord.transforms.dates import Moment, read_date
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: NITF's elements in the words of HTML.
NITF_AS_HTML = {
    "hl1": "h1",
    "hl2": "h2",
    "bq": "blockquote",
    "block": "div",
    "media": "figure",
    "media-caption": "figcaption",
    "media-producer": "figcaption",
    "media-reference": "template",
    "media-metadata": "template",
    "fn": "aside",
    "tagline": "footer",
    "copyrite": "footer",
    "note": "aside",
    "credit": "cite",
}
#: Where the body stands, the surer first.
BODIES = ("body.content", "body", "inlinexml", "datacontent", "text")
HEADLINES = ("headline", "hl1", "title")
#: What stands in the body and is no part of it.
INSIDE: dict[SegmentKind, tuple[str, ...]] = {
    "caption": ("media-caption", "media-producer"),
    "boilerplate": ("tagline", "copyrite", "fn", "note"),
}
#: What stands around the body, by its kind.
AROUND: dict[SegmentKind, tuple[str, ...]] = {
    "byline": ("by", "byline"),
    "dateline": ("dateline",),
    "heading": ("hl2", "abstract"),
}
#: NewsML-G2's times in the order of what they tell of the publication; the last one is that of this version.
PUBLISHED = ("firstpublished", "firstcreated", "contentcreated", "versioncreated", "dateandtime", "thisrevisioncreated")
#: NITF's and others', in attributes: (element, attribute).
PUBLISHED_ATTRIBUTES = (
    *(("date.issue", "norm"), ("date.release", "norm"), ("pubdata", "date.publication"), ("story.date", "norm")),
    *(("newsitem", "date"),),
)
MAX_NAMES = 100
PROVIDERS = ("provider", "infosource", "newsservice", "copyrightholder")
#: What an item is when it is no text, by the end of its class or content type.
NO_TEXT = re.compile(r"(?:picture|graphic|video|audio|animation)$", re.IGNORECASE)
#: A day written as its first moment, in no zone.
MIDNIGHT = re.compile(r"(\d{4})(\d\d)(\d\d)T?000000")


def extract_item(item: Record) -> ExtractedText:
    """The article of a news item. Raises Refused for a picture, a video and the like."""
    fragment = _body(item)
    if fragment is None:
        item_class = next(filter(None, (e.attribute("qcode") for e in item.find("itemclass"))), "")
        raise Refused(*(("media_type", item_class) if NO_TEXT.search(item_class) else ("no_text", "no text inside")))
    meta = item.first("contentmeta", "newslines")
    title = item.first("headline", within=meta) if meta else None
    title = title or item.first(*HEADLINES)
    published = _published(item)
    return extracted(
        item,
        fragment,
        _cuts(item, title),
        title=line_of(item, title),
        byline=_byline(item),
        publisher=_publisher(item),
        url=next((e.attribute("ex-ref") for e in item.find("pubdata")), None),
        published=published,
        modified=_modified(item, published),
    )


def _body(item: Record) -> Fragment | None:
    """The first body in which there is a text."""
    names = [name for names in INSIDE.values() for name in names]
    asides = sorted(item.find(*names), key=lambda element: element.start)
    for element in item.find(*BODIES):
        fragment = read_markup(item, ranges_without(_whole_text(item, element), asides), NITF_AS_HTML)
        if fragment.body.text.strip():
            return fragment
    for element in item.find("inlinedata"):
        if "html" not in (element.attribute("contenttype") or "") and not item.has_tags(element):
            fragment = Fragment(body=text_view(item, element))
        else:
            fragment = read_fragment(markup_view(item, [(element.inner_start, element.inner_end)], escaped=True))
        if fragment.body.text.strip():
            return fragment
    return None


def _whole_text(item: Record, element: Element) -> Element:
    """The content of a body; of one that has its first paragraph twice, the block with the full text."""
    blocks = item.find("block", within=element)
    return next((block for block in blocks if block.attribute("class") == "full_text"), element)


def _byline(item: Record) -> str | None:
    """Who wrote it, without their job."""
    for element in islice(item.find("by", "byline"), MAX_NAMES):
        persons = [name for person in item.find("person", within=element) if (name := line_of(item, person))]
        job = line_of(item, item.first("byttl", within=element)) or ""
        line = ", ".join(persons) or (line_of(item, element) or "").replace(job, "")
        if byline_of(line):
            return line
    creators = (item.first("name", within=creator) for creator in islice(item.find("creator"), MAX_NAMES))
    publisher = _publisher(item)
    names = [name for element in creators if (name := line_of(item, element)) and name != publisher]
    return ", ".join(dict.fromkeys(names)) or None


def _publisher(item: Record) -> str | None:
    """The agency or newspaper, by its name."""
    elements = [(e, item.first("name", within=e)) for e in islice(item.find(*PROVIDERS), MAX_NAMES)]
    candidates = [
        *(line_of(item, name) for _, name in elements),
        *(e.attribute("name") for e in item.find("pubdata")),
        *(e.attribute("holder") for e in item.find("doc.copyright")),
        *(line_of(item, e) for e in item.find("distributor")),
        *(e.attribute("literal") for e, _ in elements),
    ]
    return next(filter(None, candidates), None)


def _published(item: Record) -> Moment | None:
    values = (value for name, key in PUBLISHED_ATTRIBUTES for e in item.find(name) if (value := e.attribute(key)))
    moments = (read_date(MIDNIGHT.sub(r"\1-\2-\3", value)) for value in values)
    return date_of(item, item.find(*PUBLISHED)) or next(filter(None, moments), None)


def _modified(item: Record, published: Moment | None) -> Moment | None:
    """When this version was made, if that was later."""
    version = date_of(item, item.find("versioncreated", "thisrevisioncreated"))
    return version if version and published and version.time > published.time else None


def _cuts(item: Record, title: Element | None) -> Iterator[RemovedSpan]:
    """What a reader sees around the body; what machines read is not among it."""
    bodies = [(body.start, body.end) for body in item.find(*BODIES[:1])]
    if title:
        yield from cut_span(item, title, "title")
    for kind, names in AROUND.items():
        for element in item.find(*names):
            if not covers(bodies, element.start):
                yield from cut_span(item, element, kind)
    for kind, names in INSIDE.items():
        for element in item.find(*names):
            yield from cut_span(item, element, kind)
