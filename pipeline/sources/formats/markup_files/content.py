"""What stands in an element: a value in one line, the text of an article, what is cut; all with the record's offsets.

record  <item><title>Rain</title><body><![CDATA[<p>It rains.</p>]]></body></item>
view                                           <p>It rains.</p>                      of its body, read as a fragment
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape, unescape
from itertools import takewhile
from typing import TypeAlias

from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.pipeline.sources.formats.markup_files.elements import OPAQUE, TAG, Element, Record
from onrecord.pipeline.sources.web.fragments import Fragment, read_fragment
from onrecord.pipeline.sources.web.markup import ENTITY, parse_visible_text
from onrecord.pipeline.sources.web.page_words import BLOCKS, VOID
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.dates import Moment, read_date
from onrecord.transforms.edits import Edit
from onrecord.transforms.records import RemovedSpan, SegmentKind

Range: TypeAlias = tuple[int, int]
CDATA, CDATA_END = "<![CDATA[", "]]>"
#: Characters that mean something in markup and nothing in a CDATA section.
MARKUP_CHARACTER = re.compile("[&<]")
BY = re.compile(r"(?i:by)\b:?\s+(?=\S)")


def line_of(record: Record, element: Element | None, *, html: bool = False) -> str | None:
    """What an element says, in one line; with ``html`` its text is itself markup. None where it says nothing.

    >>> from onrecord.pipeline.sources.formats.markup_files.elements import parse_record
    >>> record = parse_record("<title><![CDATA[Rain &#8217;n]]> &amp;amp; <b>hail</b></title>")
    >>> line_of(record, record.elements[0]), line_of(record, record.elements[0], html=True)
    ('Rain &#8217;n &amp; hail', 'Rain ’n & hail')
    """
    if element is None:
        return None
    text = text_view(record, element).text
    return " ".join((parse_visible_text(text).text.text if html else text).split()) or None


def byline_of(line: str | None) -> str | None:
    """The byline without the word that opens it.

    >>> byline_of("By Ada Brook,"), byline_of("Byron Lee"), byline_of("by")
    ('Ada Brook', 'Byron Lee', None)
    """
    names = BY.sub("", f"{line or ''} ", count=1).strip(" ,;|") if line else ""
    return None if names.lower() == "by" else names or None


def date_of(record: Record, elements: Iterable[Element]) -> Moment | None:
    """The moment that the first of the elements that can be read names."""
    return next(filter(None, (read_date(line) for e in elements if (line := line_of(record, e)))), None)


def cut_span(record: Record, element: Element, kind: SegmentKind, *, html: bool = False) -> Iterator[RemovedSpan]:
    """The element as a removed span, unless it is empty."""
    view = text_view(record, element)
    text = view.text.strip()
    if text and (line := line_of(record, element, html=html)):
        begin = view.text.index(text)
        start, end = view.raw_range(begin, begin + len(text))
        yield RemovedSpan(kind=kind, raw_start=start, raw_end=end, text=line)


def text_view(record: Record, element: Element) -> AlignedText:
    """The record with nothing but the text of the element left: without tags and CDATA marks, entities decoded."""
    return _view(record.markup, [(element.inner_start, element.inner_end)], escaped=True, tags=False)


def ranges_without(element: Element, others: Sequence[Element]) -> list[Range]:
    """The content of an element without the other elements in it, which stand in order."""
    ranges, at = [], element.inner_start
    first = bisect_left(others, at, key=lambda other: other.start)
    for other in takewhile(lambda other: other.start < element.inner_end, others[first:]):
        if at <= other.start:
            ranges.append((at, other.start))
            at = other.end
    return [*ranges, (at, element.inner_end)]


def markup_view(record: Record, ranges: Sequence[Range], *, escaped: bool = False) -> AlignedText:
    """The record with nothing but the markup in the ranges left; ``escaped``: what their text says, once decoded."""
    return _view(record.markup, ranges, escaped=escaped, tags=True)


def as_html(view: AlignedText, names: Mapping[str, str]) -> AlignedText:
    """XML as HTML: tags without prefixes and under their HTML ``names``, empty elements left out, breaks kept.

    >>> as_html(AlignedText.of("<x:p>It<a/> <hl2>rains</hl2>.<br/></x:p>"), {"hl2": "h2"}).text
    '<p>It <h2>rains</h2>.<br></p>'
    """

    def rewrite(tag: re.Match[str]) -> str:
        name = tag["name"].rpartition(":")[2].lower()
        name = names.get(name, name)
        if tag["attributes"].endswith("/") and name not in VOID:
            return "<br>" if name in BLOCKS else ""
        return f"<{tag['closing']}{name}{tag['attributes'].removesuffix('/')}>"

    return view.sub(TAG, rewrite)


def read_markup(record: Record, ranges: Sequence[Range], names: Mapping[str, str] | None = None) -> Fragment:
    """The article in the markup of these ranges."""
    return read_fragment(as_html(markup_view(record, ranges), names or {}))


def extracted(
    record: Record,
    fragment: Fragment,
    cuts: Iterable[RemovedSpan] = (),
    *,
    title: str | None = None,
    byline: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    published: Moment | None = None,
    modified: Moment | None = None,
    flags: Iterable[str] = (),
) -> ExtractedText:
    """The record's text and what it says about it. Raises Refused where no text is in it."""
    if not fragment.body.text.strip():
        raise Refused("no_text", "no text in the record")
    spans = sorted((*cuts, *fragment.removed_spans), key=lambda span: (span.raw_start, span.raw_end))
    return ExtractedText(
        text=record.markup,
        edits=fragment.body.edits,
        removed_spans=tuple(spans),
        title=title,
        byline=byline_of(byline),
        publisher=publisher,
        url=url,
        published=published.time if published else None,
        published_precision=published.precision if published else None,
        modified=modified.time if modified else None,
        flags=(*flags, *(published.flags if published else ())),
    )


def _view(markup: str, ranges: Sequence[Range], *, escaped: bool, tags: bool) -> AlignedText:
    edits: list[Edit] = []
    at = 0
    for start, end in ranges:
        edits.append(Edit(at, start, "<br>" if at and tags else ""))
        edits += _decoding_edits(markup, start, end, escaped=escaped, tags=tags)
        at = end
    edits.append(Edit(at, len(markup), ""))
    return AlignedText(markup, tuple(edit for edit in edits if edit.start < edit.end or edit.replacement))


def _decoding_edits(markup: str, start: int, end: int, *, escaped: bool, tags: bool) -> Iterator[Edit]:
    """CDATA marks dropped, their content made markup again unless ``escaped``; then entities decoded outside them."""
    at = start
    for m in OPAQUE.finditer(markup, start, end):
        yield from _text_edits(markup, at, m.start(), escaped=escaped, tags=tags)
        at = m.end()
        if not m.group().startswith(CDATA):
            yield Edit(*m.span(), "")
            continue
        inner = (m.start() + len(CDATA), m.end() - len(CDATA_END) * m.group().endswith(CDATA_END))
        yield Edit(m.start(), inner[0], "")
        if not escaped:
            yield from (Edit(*c.span(), escape(c.group())) for c in MARKUP_CHARACTER.finditer(markup, *inner))
        yield Edit(inner[1], m.end(), "")
    yield from _text_edits(markup, at, end, escaped=escaped, tags=tags)


def _text_edits(markup: str, start: int, end: int, *, escaped: bool, tags: bool) -> Iterator[Edit]:
    if not escaped:
        return
    for tag in () if tags else TAG.finditer(markup, start, end):
        yield from _entity_edits(markup, start, tag.start())
        yield Edit(*tag.span(), " " if tag["name"].lower() in BLOCKS else "")
        start = tag.end()
    yield from _entity_edits(markup, start, end)


def _entity_edits(markup: str, start: int, end: int) -> Iterator[Edit]:
    return (Edit(*m.span(), unescape(m.group())) for m in ENTITY.finditer(markup, start, end))
