"""Web pages: trafilatura finds the article's text and metadata; our own scan finds where it stands in the markup.

The body is made of whole lines of the page, those that trafilatura's text is made of, as edits over the markup: each
span leads back to the characters of the page. All other visible lines become removed spans.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from onrecord.pipeline.sources.web.markup import Line, VisiblePage, parse_visible_text
from onrecord.pipeline.sources.web.matching import match_lines
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning.bylines import is_byline
from onrecord.transforms.lexicon.patterns import PROSE_END, PROSE_END_BUT_COLON, WORD
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: Larger pages are not given to trafilatura's parser: all lines without a kind of their own are taken.
MAX_MARKUP = 8_000_000
MAX_TAGS = 100_000
MAX_DEPTH = 200
#: A caption or heading of more words is a paragraph with a wrong name.
MAX_CAPTION_WORDS = 80
MAX_HEADING_WORDS = 25
#: An element that holds this share of the article is part of it, whatever it is called.
MIN_ARTICLE_SHARE = 0.3
#: A line is one of links when at least this share of it is linked.
MIN_LINK_SHARE = 0.8
#: The times of publication in pages' metadata; trafilatura's date has no time.
PUBLISHED_TIME = re.compile(
    r"""(?:article:published_time|datePublished|og:published_time|parsely-pub-date|sailthru\.date|dc\.date)
    ["']?\s*[:>]?\s*(?:content\s*=\s*)?["']
    (\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)["']""",
    re.VERBOSE | re.IGNORECASE,
)
#: The author in JSON-LD without a type; trafilatura reads only authors that are marked as persons.
JSON_AUTHOR = re.compile(r'"author"\s*:\s*\[?\s*\{[^{}]{0,200}?"name"\s*:\s*"([^"\\]{2,100})"')
#: htmldate takes no date after the day on which it runs, and a run must not depend on the day.
DATE_OPTIONS = {"original_date": True, "extensive_search": False, "min_date": "1990-01-01", "max_date": "2100-01-01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlArticle:
    """The article of a page. ``body.raw`` is the markup; ``removed_spans`` are the other visible lines, in page order.

    ``flags``: ``html_fallback`` when trafilatura could not read the page.
    """

    body: AlignedText
    removed_spans: tuple[RemovedSpan, ...] = ()
    title: str | None = None
    byline: str | None = None
    published: datetime | None = None
    publisher: str | None = None
    url: str | None = None
    flags: tuple[str, ...] = ()


def read_html(markup: str, url: str | None = None) -> HtmlArticle:
    """The article of a page, from its markup alone: nothing is fetched, and no markup makes it raise.

    >>> text = "The council met on Monday to talk about the schools. It will meet again in spring, the mayor said."
    >>> article = read_html(f"<nav>Home</nav><h1>New plan</h1><p>{text}</p><footer>Imprint</footer>")
    >>> article.body.text == text, [(span.kind, span.text) for span in article.removed_spans]
    (True, [('boilerplate', 'Home'), ('title', 'New plan'), ('boilerplate', 'Imprint')])
    """
    page = parse_visible_text(markup)
    extracted = _run_trafilatura(page, url)
    chosen = match_lines([line.text for line in page.lines], extracted.text or "") if extracted else []
    body = _article_lines(page, chosen) if chosen else [n for n, line in enumerate(page.lines) if not line.context.kind]
    body = _without_links(page, _without_title(page, body, extracted.title if extracted else None))
    article = _make_article(page, set(body))
    if not chosen:
        article = replace(article, flags=("html_fallback",))
    return _with_metadata(article, extracted, url) if extracted else replace(article, url=url)


def _run_trafilatura(page: VisiblePage, url: str | None) -> Any:
    """The page as trafilatura reads it; None when it fails, or the page is too large for it."""
    markup = page.text.raw
    if len(markup) > MAX_MARKUP or page.tags > MAX_TAGS or page.depth > MAX_DEPTH or not page.lines:
        return None
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return bare_extraction(
            markup, url=url, with_metadata=True, include_comments=False, date_extraction_params=DATE_OPTIONS
        )
    except Exception:  # lxml and the libraries around it raise what they like; the lines are there all the same
        return None


def _article_lines(page: VisiblePage, chosen: list[int]) -> list[int]:
    """The lines that trafilatura chose, without those the page marks as something else, and those that it missed."""
    words = Counter[int]()
    for number in chosen:
        words[page.lines[number].context.element] += len(page.lines[number].text.split())
    main_elements = {element for element, n in words.items() if n >= MIN_ARTICLE_SHARE * sum(words.values())}
    article_lines = [number for number in chosen if not _is_not_article(page.lines[number], main_elements)]
    unnamed = [n for n, line in enumerate(page.lines) if not line.context.kind or line.context.element in main_elements]
    return sorted({*article_lines, *_missed_lines(page, article_lines, unnamed)})


def _missed_lines(page: VisiblePage, article_lines: list[int], unnamed: list[int]) -> Iterator[int]:
    """Sentences of the article that were not chosen: between its first and last line, and right before and after them.

    They are in a block of the same class as others of it, and ``unnamed``: the page marks them as nothing else.
    """
    if not article_lines:
        return
    blocks = {page.lines[number].context.block for number in article_lines}

    def is_missed(number: int) -> bool:
        return page.lines[number].context.block in blocks and _is_prose(page.lines[number])

    yield from (number for number in unnamed if article_lines[0] < number < article_lines[-1] and is_missed(number))
    yield from takewhile(is_missed, (number for number in reversed(unnamed) if number < article_lines[0]))
    yield from takewhile(is_missed, (number for number in unnamed if number > article_lines[-1]))


def _is_prose(line: Line) -> bool:
    return len(line.text.split()) >= 5 and line.linked < MIN_LINK_SHARE and bool(PROSE_END.search(line.text.rstrip()))


def _without_title(page: VisiblePage, body: list[int], title: str | None) -> list[int]:
    """The lines without those that repeat the title, with or without the site's name before or after it."""
    title_words = _folded_words(title or "")

    def is_title(line: Line) -> bool:
        words = _folded_words(line.text)
        is_part = words in (title_words[: len(words)], title_words[-len(words) :])
        return len(words) >= 3 and is_part and len(words) * 2 > len(title_words)

    return [number for number in body if not is_title(page.lines[number])]


def _folded_words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _without_links(page: VisiblePage, body: list[int]) -> list[int]:
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


def _is_not_article(line: Line, main_elements: set[int]) -> bool:
    n_words = len(line.text.split())
    match line.context.kind:
        case None:
            return False
        case "title" | "heading":
            return n_words <= MAX_HEADING_WORDS
        case "caption" | "byline":
            return n_words <= MAX_CAPTION_WORDS and line.context.element not in main_elements
        case _:
            return line.context.element not in main_elements


def _make_article(page: VisiblePage, body: set[int]) -> HtmlArticle:
    """The page with the lines of the body kept, and the others as removed spans."""
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
    return HtmlArticle(body=page.text.edit(gaps), removed_spans=tuple(removed_spans))


def _stripped_range(line: Line) -> tuple[int, int]:
    text = line.text
    return line.start + len(text) - len(text.lstrip()), line.end - len(text) + len(text.rstrip())


def _removed_kind(line: Line, *, before: bool, inside: bool) -> SegmentKind:
    """The kind of a removed line: headings outside the article are the page's, and a byline stands before it."""
    kind = line.context.kind or "boilerplate"
    if before and kind == "boilerplate" and is_byline(line.text.strip()):
        return "byline"
    return "boilerplate" if kind == "heading" and not inside else kind


def _with_metadata(article: HtmlArticle, extracted: Any, url: str | None) -> HtmlArticle:
    author = JSON_AUTHOR.search(article.body.raw) if not extracted.author else None
    return replace(
        article,
        title=_one_line(extracted.title),
        byline=_one_line(author[1] if author else (extracted.author or "").replace(";", ",")),
        publisher=_one_line(extracted.sitename or extracted.hostname),
        published=_publication_time(article.body.raw, extracted.date),
        url=url or extracted.url,
    )


def _one_line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _publication_time(markup: str, date: str | None) -> datetime | None:
    """The time in the page's metadata, in UTC, when it agrees with the date that trafilatura found; else that date."""
    for m in PUBLISHED_TIME.finditer(markup):
        try:
            time = datetime.fromisoformat(m[1])
        except ValueError:
            continue
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        if date is None or abs((time.replace(tzinfo=None) - datetime.fromisoformat(date)).days) <= 1:
            return time
    try:
        return datetime.fromisoformat(date).replace(tzinfo=UTC) if date else None
    except ValueError:
        return None
