"""Web pages: trafilatura finds the article's text and metadata; our own scan finds where it stands in the markup.

The body is made of whole lines of the page, those that trafilatura's text is made of, as edits over the markup: each
span leads back to the characters of the page. All other visible lines become removed spans.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from onrecord.pipeline.sources.web.article_lines import (
    MIN_LINK_SHARE,
    cut_lines,
    is_not_article,
    main_elements,
    without_links,
)
from onrecord.pipeline.sources.web.markup import Line, VisiblePage, parse_visible_text
from onrecord.pipeline.sources.web.matching import match_lines
from onrecord.pipeline.sources.web.page_dates import PageDates, find_page_dates
from onrecord.pipeline.sources.web.page_metadata import page_address, read_metadata
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.dates import NO_RULES, DateRules
from onrecord.transforms.lexicon.patterns import PROSE_END, WORD
from onrecord.transforms.records import Precision, RemovedSpan

#: Larger pages are not given to trafilatura's parser: all lines without a kind of their own are taken.
MAX_MARKUP = 8_000_000
MAX_TAGS = 100_000
MAX_DEPTH = 200
#: The author in JSON-LD without a type; trafilatura reads only authors that are marked as persons.
JSON_AUTHOR = re.compile(r'"author"\s*:\s*\[?\s*\{[^{}]{0,200}?"name"\s*:\s*"([^"\\]{2,100})"')
#: The date that trafilatura finds is not taken: it may be that of a change, a comment or a copyright.
DATE_OPTIONS = {"extensive_search": False}


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
    published_precision: Precision | None = None
    modified: datetime | None = None
    publisher: str | None = None
    url: str | None = None
    flags: tuple[str, ...] = ()


def read_html(markup: str, url: str | None = None, dates: DateRules = NO_RULES) -> HtmlArticle:
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
    body = without_links(page, _without_title(page, body, extracted.title if extracted else None))
    text, removed_spans = cut_lines(page, set(body))
    article = HtmlArticle(body=text, removed_spans=removed_spans)
    if not chosen:
        article = replace(article, flags=("html_fallback",))
    article = _with_metadata(article, extracted, url) if extracted else replace(article, url=url)
    metadata = read_metadata(page.text.raw)
    article = article if article.url else replace(article, url=page_address(page.text.raw, metadata))
    return _with_dates(article, find_page_dates(page, metadata, body, article.title, article.url, dates))


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
    main = main_elements(page, chosen)
    article_lines = [number for number in chosen if not is_not_article(page.lines[number], main)]
    unnamed = [n for n, line in enumerate(page.lines) if not line.context.kind or line.context.element in main]
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


def _with_metadata(article: HtmlArticle, extracted: Any, url: str | None) -> HtmlArticle:
    author = JSON_AUTHOR.search(article.body.raw) if not extracted.author else None
    return replace(
        article,
        title=_one_line(extracted.title),
        byline=_one_line(author[1] if author else (extracted.author or "").replace(";", ",")),
        publisher=_one_line(extracted.sitename or extracted.hostname),
        url=url or extracted.url,
    )


def _with_dates(article: HtmlArticle, dates: PageDates) -> HtmlArticle:
    published, modified = dates.published, dates.modified
    return replace(
        article,
        published=published.time if published else None,
        published_precision=published.precision if published else None,
        modified=modified.time if modified else None,
        flags=(*article.flags, *dates.flags),
    )


def _one_line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None
