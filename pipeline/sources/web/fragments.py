"""Fragments of pages, as feeds and fields of records hold them: nothing around the article, so no search for it.

markup  <p>It <b>rains</b>.</p><figure><figcaption>Rain</figcaption></figure>
body    It rains.              removed: caption Rain
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.web.article_lines import cut_lines, is_not_article, main_elements, without_links
from onrecord.pipeline.sources.web.markup import parse_visible_text
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.records import RemovedSpan

#: Tags and entities together. An article has some thousands; each costs memory while it is read.
MAX_MARKS = 100_000
#: Where markup breaks its lines itself, those of its source mean nothing.
BREAKING_TAG = re.compile(r"<(?:p|br|div|li|td|h[1-6])(?=[\s/>])", re.IGNORECASE)
BLANK_LINE = re.compile(r"(?:\r?\n|\r)[^\S\r\n]*(?:\r?\n|\r)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """What of a fragment is the article. ``body.raw`` is the record; ``removed_spans`` are its other visible lines."""

    body: AlignedText
    removed_spans: tuple[RemovedSpan, ...] = ()


def read_fragment(markup: AlignedText) -> Fragment:
    r"""The article in a fragment of a page, which may itself be a part of a record: all offsets are the record's.

    Raises Refused for a fragment with more tags and entities than any article has.

    >>> fragment = read_fragment(AlignedText.of("<h3>Weather</h3><p>It <b>rains</b> &amp; pours.</p>"))
    >>> fragment.body.text, fragment.removed_spans[0].text
    ('It rains & pours.', 'Weather')
    >>> read_fragment(AlignedText.of("It <i>rains</i>.\n\nIt\npours.")).body.text
    'It rains.\n\nIt pours.'
    """
    check_size(markup.text)
    return cut_fragment(markup if BREAKING_TAG.search(markup.text) else markup.sub(BLANK_LINE, "<br>"))


def cut_fragment(markup: AlignedText) -> Fragment:
    """The lines of a fragment, without those to which its markup gives another kind; all, where none would be left."""
    page = parse_visible_text(markup.text)
    numbers = range(len(page.lines))
    main = main_elements(page, numbers)
    captions = {line.context.element for line in page.lines if line.context.kind == "caption"}  # even a long one
    body = [number for number in numbers if not is_not_article(page.lines[number], main - captions)]
    text, removed_spans = cut_lines(page, set(without_links(page, body) or numbers))
    return Fragment(
        body=markup.edit((edit.start, edit.end, edit.replacement) for edit in text.edits),
        removed_spans=tuple(_span_of(markup, span) for span in removed_spans),
    )


def check_size(markup: str) -> None:
    """Raise Refused for markup that would cost more memory than an article is worth."""
    if (n_marks := markup.count("<") + markup.count("&")) > MAX_MARKS:
        raise Refused("too_large", f"{n_marks:,} tags and entities; the limit is {MAX_MARKS:,}")


def _span_of(markup: AlignedText, span: RemovedSpan) -> RemovedSpan:
    start, end = markup.raw_range(span.raw_start, span.raw_end)
    return RemovedSpan(kind=span.kind, raw_start=start, raw_end=end, text=span.text)
