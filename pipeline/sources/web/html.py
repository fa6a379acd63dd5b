"""Web pages: trafilatura tells which text is the story and who published it; our own scan tells where it stands.

The body is made of whole lines of the page, those that trafilatura's text is made of, as edits over the markup: each
span leads back to the characters of the page. All other lines that a reader sees are pieces left out.
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
from onrecord.pipeline.sources.web.matching import WORD, match_lines
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning.blocks import NAME
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: Pages beyond these are not given to trafilatura's parser: the lines that stand in no furniture are taken.
MAX_MARKUP = 8_000_000
MAX_TAGS = 100_000
MAX_DEPTH = 200
#: A caption or a heading is no longer, in words; what is longer is a misnamed paragraph.
LONGEST_CAPTION = 80
LONGEST_HEADING = 25
#: An element that holds so much of the story is part of it, whatever it is called.
BULK = 0.3
#: A line of links, from this share on.
MOSTLY = 0.8
FINAL = re.compile(r"[.!?…,;][\"'”’»)\]]*$|[\"”]$")
SENTENCE = re.compile(r"[.!?…:;,][\"'”’»)\]]*$|[\"”]$")
#: The times that pages tell, most exact first; trafilatura's date has no time.
PUBLISHED = re.compile(
    r"""(?:article:published_time|datePublished|og:published_time|parsely-pub-date|sailthru\.date|dc\.date)
    ["']?\s*[:>]?\s*(?:content\s*=\s*)?["']
    (\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)["']""",
    re.VERBOSE | re.IGNORECASE,
)
#: The writer in JSON that does not say that he is a person, which trafilatura wants to be told.
AUTHOR = re.compile(r'"author"\s*:\s*\[?\s*\{[^{}]{0,200}?"name"\s*:\s*"([^"\\]{2,100})"')
BY_LINE = re.compile(rf"(?:(?i:written|posted|reported|words|story) )?(?:[Bb]y|BY) {NAME}.{{0,60}}")
#: htmldate takes no date after the day on which it runs, and a run must not depend on the day.
DATES = {"original_date": True, "extensive_search": False, "min_date": "1990-01-01", "max_date": "2100-01-01"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlArticle:
    """The story of a page. ``body.raw`` is the markup; ``removed_spans`` is what else is seen, in page order.

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
    """The story of a page, from its markup alone: nothing is fetched, and no markup makes it raise.

    >>> story = "The council met on Monday to talk about the schools. It will meet again in spring, the mayor said."
    >>> article = read_html(f"<nav>Home</nav><h1>New plan</h1><p>{story}</p><footer>Imprint</footer>")
    >>> article.body.text == story, [(piece.kind, piece.text) for piece in article.removed_spans]
    (True, [('boilerplate', 'Home'), ('title', 'New plan'), ('boilerplate', 'Imprint')])
    """
    page = parse_visible_text(markup)
    told = _extract(page, url)
    chosen = match_lines([line.text for line in page.lines], told.text or "") if told else []
    body = _story(page, chosen) if chosen else [n for n, line in enumerate(page.lines) if not line.context.kind]
    body = _without_links(page, _without_title(page, body, told.title if told else None))
    article = _cut_out(page, set(body))
    if not chosen:
        article = replace(article, flags=("html_fallback",))
    return _with_metadata(article, told, url) if told else replace(article, url=url)


def _extract(page: VisiblePage, url: str | None) -> Any:
    """What trafilatura makes of the page; None when it makes nothing or must not try."""
    markup = page.text.raw
    if len(markup) > MAX_MARKUP or page.tags > MAX_TAGS or page.depth > MAX_DEPTH or not page.lines:
        return None
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return bare_extraction(
            markup, url=url, with_metadata=True, include_comments=False, date_extraction_params=DATES
        )
    except Exception:  # lxml and the libraries around it raise what they like; the lines are there all the same
        return None


def _story(page: VisiblePage, chosen: list[int]) -> list[int]:
    """The lines that trafilatura chose, less those that the page says to be something else, and those it missed."""
    words = Counter[int]()
    for number in chosen:
        words[page.lines[number].context.element] += len(page.lines[number].text.split())
    bulk = {element for element, n in words.items() if n >= BULK * sum(words.values())}
    story = [number for number in chosen if not _is_other(page.lines[number], bulk)]
    unnamed = [n for n, line in enumerate(page.lines) if not line.context.kind or line.context.element in bulk]
    return sorted({*story, *_missed(page, story, unnamed)})


def _missed(page: VisiblePage, story: list[int], unnamed: list[int]) -> Iterator[int]:
    """Sentences of the story that were not chosen: between its first and its last line, and right before and behind.

    They are set in a block of the same class as others of it, and ``unnamed``: said to be nothing else.
    """
    if not story:
        return
    blocks = {page.lines[number].context.block for number in story}

    def is_missed(number: int) -> bool:
        return page.lines[number].context.block in blocks and _is_prose(page.lines[number])

    yield from (number for number in unnamed if story[0] < number < story[-1] and is_missed(number))
    yield from takewhile(is_missed, (number for number in reversed(unnamed) if number < story[0]))
    yield from takewhile(is_missed, (number for number in unnamed if number > story[-1]))


def _is_prose(line: Line) -> bool:
    return len(line.text.split()) >= 5 and line.linked < MOSTLY and bool(SENTENCE.search(line.text.rstrip()))


def _without_title(page: VisiblePage, body: list[int], title: str | None) -> list[int]:
    """No line that is the title over the story again, with or without the site's name before or behind it."""
    wanted = _bare(title or "")

    def is_title(line: Line) -> bool:
        words = _bare(line.text)
        is_part = words in (wanted[: len(words)], wanted[-len(words) :])
        return len(words) >= 3 and is_part and len(words) * 2 > len(wanted)

    return [number for number in body if not is_title(page.lines[number])]


def _bare(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _without_links(page: VisiblePage, body: list[int]) -> list[int]:
    """No line that is nothing but links, and none that only leads to a list of them; unless all are."""

    def is_link(number: int) -> bool:
        return number < len(page.lines) and page.lines[number].linked >= MOSTLY

    def leads(number: int) -> bool:
        line = page.lines[number]
        return is_link(number + 1) and len(line.text.split()) <= 8 and not FINAL.search(line.text.rstrip())

    kept = [number for number in body if not is_link(number) and not leads(number)]
    return kept or body


def _is_other(line: Line, bulk: set[int]) -> bool:
    n_words = len(line.text.split())
    match line.context.kind:
        case None:
            return False
        case "title" | "heading":
            return n_words <= LONGEST_HEADING
        case "caption" | "byline":
            return n_words <= LONGEST_CAPTION and line.context.element not in bulk
        case _:
            return line.context.element not in bulk


def _cut_out(page: VisiblePage, body: set[int]) -> HtmlArticle:
    """The page with only the lines of the body left; the others as pieces."""
    gaps: list[tuple[int, int, str]] = []
    pieces: list[RemovedSpan] = []
    end = 0
    first, last = (min(body), max(body)) if body else (0, 0)
    for number, line in enumerate(page.lines):
        if number in body:
            gaps.append((end, line.start, "\n\n" if end else ""))
            end = line.end
        else:
            start, stop = page.text.raw_range(*_inner(line))
            kind = _piece_kind(line, before=number < first, inside=first < number < last)
            pieces.append(RemovedSpan(kind=kind, raw_start=start, raw_end=stop, text=line.text.strip()))
    gaps.append((end, len(page.text), ""))
    return HtmlArticle(body=page.text.edit(gaps), removed_spans=tuple(pieces))


def _inner(line: Line) -> tuple[int, int]:
    text = line.text
    return line.start + len(text) - len(text.lstrip()), line.end - len(text) + len(text.rstrip())


def _piece_kind(line: Line, *, before: bool, inside: bool) -> SegmentKind:
    """Headings outside the story are those of the page; its writer stands over it."""
    kind = line.context.kind or "boilerplate"
    if before and kind == "boilerplate" and BY_LINE.fullmatch(line.text.strip()):
        return "byline"
    return "boilerplate" if kind == "heading" and not inside else kind


def _with_metadata(article: HtmlArticle, told: Any, url: str | None) -> HtmlArticle:
    author = AUTHOR.search(article.body.raw) if not told.author else None
    return replace(
        article,
        title=_plain(told.title),
        byline=_plain(author[1] if author else (told.author or "").replace(";", ",")),
        publisher=_plain(told.sitename or told.hostname),
        published=_published(article.body.raw, told.date),
        url=url or told.url,
    )


def _plain(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def _published(markup: str, date: str | None) -> datetime | None:
    """The time that the page tells, in UTC, when it agrees with the date that trafilatura found; else that date."""
    for m in PUBLISHED.finditer(markup):
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
