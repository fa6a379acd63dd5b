"""Which lines of a page or fragment are the article, by what its markup says; the others become removed spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from onrecord.pipeline.sources.web.markup import Line, VisiblePage
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning.bylines import is_byline
from onrecord.transforms.lexicon.patterns import PROSE_END_BUT_COLON
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: A caption or heading of more words is a paragraph with a wrong name.
MAX_CAPTION_WORDS = 80
MAX_HEADING_WORDS = 25
#: An element that holds this share of the article is part of it, whatever it is called.
MIN_ARTICLE_SHARE = 0.3
#: A line is one of links when at least this share of it is linked.
MIN_LINK_SHARE = 0.8


def main_elements(page: VisiblePage, numbers: Iterable[int]) -> set[int]:
    """The elements with a kind that hold so much of these lines that they are the article itself."""
    words = Counter[int]()
    for number in numbers:
        words[page.lines[number].context.element] += len(page.lines[number].text.split())
    return {element for element, n in words.items() if n >= MIN_ARTICLE_SHARE * sum(words.values())}


def is_not_article(line: Line, main: set[int]) -> bool:
    """Whether the page marks the line as something else; ``main`` are its main elements."""
    n_words = len(line.text.split())
    match line.context.kind:
        case None:
            return False
        case "title" | "heading":
            return n_words <= MAX_HEADING_WORDS
        case "caption" | "byline":
            return n_words <= MAX_CAPTION_WORDS and line.context.element not in main
        case _:
            return line.context.element not in main


def without_links(page: VisiblePage, body: list[int]) -> list[int]:
    """The lines without those that are nothing but links or only announce a list of them; unless all are."""

    def is_link(number: int) -> bool:
        return number < len(page.lines) and page.lines[number].linked >= MIN_LINK_SHARE

    def leads_to_links(number: int) -> bool:
        line = page.lines[number]
        return (
            is_link(number + 1) and len(line.text.split()) <= 8 and not PROSE_END_BUT_COLON.search(line.text.rstrip())
        )

    kept = [number for number in body if not is_link(number) and not leads_to_links(number)]
    return kept or body


def cut_lines(page: VisiblePage, body: set[int]) -> tuple[AlignedText, tuple[RemovedSpan, ...]]:
    """The page with the lines of the body kept, and the others as removed spans, in page order."""
    gaps: list[tuple[int, int, str]] = []
    removed_spans: list[RemovedSpan] = []
    end = 0
    first, last = (min(body), max(body)) if body else (0, 0)
    for number, line in enumerate(page.lines):
        if number in body:
            gaps.append((end, line.start, "\n\n" if end else ""))
            end = line.end
        else:
            start, stop = page.text.raw_range(*_stripped_range(line))
            kind = _removed_kind(line, before=number < first, inside=first < number < last)
            removed_spans.append(RemovedSpan(kind=kind, raw_start=start, raw_end=stop, text=line.text.strip()))
    gaps.append((end, len(page.text), ""))
    return page.text.edit(gaps), tuple(removed_spans)


def _stripped_range(line: Line) -> tuple[int, int]:
    text = line.text
    return line.start + len(text) - len(text.lstrip()), line.end - len(text) + len(text.rstrip())


def _removed_kind(line: Line, *, before: bool, inside: bool) -> SegmentKind:
    """The kind of a removed line: headings outside the article are the page's, and a byline stands before it."""
    kind = line.context.kind or "boilerplate"
    if before and kind == "boilerplate" and is_byline(line.text.strip()):
        return "byline"
    return "boilerplate" if kind == "heading" and not inside else kind
