"""What the markup of a page says beside its text: linked data, meta elements, elements with a moment as attribute."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Any

from onrecord.pipeline.sources.web.markup import MAX_TAG_LENGTH, TAG_END

#: What is skipped by a reader of tags: comments, and elements whose content is no markup of the page.
SKIPPED = re.compile(r"<!--|<(script|style|template|noscript|textarea|svg)\b", re.IGNORECASE)
LINKED_DATA = re.compile(r"application/ld\+json", re.IGNORECASE)
TAG = re.compile(r"<(meta|time|abbr|span|p|div)(?=[\s/])", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"']++)""")
ATTRIBUTES_WITH_DATES = re.compile(r"datetime|itemprop|title\s*=|pubdate", re.IGNORECASE)
#: Bytes of one script that are read as linked data, objects in it, and elements of a page.
MAX_LINKED_DATA, MAX_OBJECTS, MAX_ELEMENTS = 1_000_000, 500, 5000
#: Tags of a region that may be longer than any real one, or never end.
MAX_BROKEN_TAGS = 50
#: What leads from one object to those that describe the page itself, not others that it links to.
INNER_KEYS = ("@graph", "mainEntity", "mainEntityOfPage")
#: Source: schema.org, types below Article, and pages.
ARTICLE_TYPE = re.compile(r"Article$|BlogPosting$|^Report$|Review$|^SocialMediaPosting$")
BROKEN_ARTICLE = re.compile(r'"@type"\s*+:\s*+"(?:\w{0,40}Article|BlogPosting)"')
BROKEN_DATE = re.compile(r'"(datePublished|dateModified)"\s*+:\s*+"([^"]{4,60})"')
ADDRESS = re.compile(r"https?://[^\s<>]{1,2000}")
SAVED_FROM = re.compile(rf"<!--\s*saved from url=\(\d+\)({ADDRESS.pattern})")
PAGE_TYPE = re.compile(r"WebPage$|ItemPage$")


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the page: its name, its attributes, and where in the markup it begins and its content does."""

    tag: str
    attributes: Mapping[str, str]
    start: int
    end: int

    def get(self, *names: str) -> str:
        """The first of the attributes that is there and not empty."""
        return next(filter(None, (self.attributes.get(name, "").strip() for name in names)), "")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The objects of linked data about the page, articles first, and the elements that may name a moment."""

    objects: tuple[Mapping[str, Any], ...]
    elements: tuple[Element, ...]


def read_metadata(markup: str) -> PageMetadata:
    """The metadata of a page. One pass, whatever the markup.

    >>> read_metadata('<meta name="date" content="2024-03-04"><!-- <meta name="no"> -->').elements[0].get("content")
    '2024-03-04'
    """
    pieces, scripts = [], []
    for kind, start, end in _regions(markup):
        if kind == "markup":
            pieces.append((start, end))
        elif kind == "linked data":
            scripts.append(markup[start:end])
    elements = (element for start, end in pieces for element in _elements(markup, start, end))
    objects = [each for script in scripts for each in _objects(script)]
    return PageMetadata(
        objects=tuple(sorted(objects, key=lambda each: not _has_type(each, ARTICLE_TYPE))),
        elements=tuple(islice(elements, MAX_ELEMENTS)),
    )


def page_address(markup: str, metadata: PageMetadata) -> str | None:
    """Where a page says that it stands: as a browser noted when it was saved, or in its linked data about the article.

    >>> markup = "<!-- saved from url=(0025)https://echo.example/pier --><p>The pier is shut."
    >>> page_address(markup, read_metadata(markup))
    'https://echo.example/pier'
    """
    if saved := SAVED_FROM.search(markup, 0, MAX_TAG_LENGTH):
        return saved[1]
    articles = filter(is_article, metadata.objects)
    given = (item.get(name) for item in articles for name in ("mainEntityOfPage", "url", "@id"))
    addresses = (value.get("@id") or value.get("url") if isinstance(value, Mapping) else value for value in given)
    return next((each for each in addresses if isinstance(each, str) and ADDRESS.fullmatch(each)), None)


def is_article(item: Mapping[str, Any]) -> bool:
    return _has_type(item, ARTICLE_TYPE) or ("@type" not in item and "headline" in item)


def is_page(item: Mapping[str, Any]) -> bool:
    return _has_type(item, PAGE_TYPE)


def _regions(markup: str) -> Iterator[tuple[str, int, int]]:
    """The parts of the markup in order: "markup", "linked data" or "skipped"."""
    at = 0
    while m := SKIPPED.search(markup, at):
        yield "markup", at, m.start()
        if m[1] is None:
            end = markup.find("-->", m.end())
            at = end + 3 if end >= 0 else len(markup)
            continue
        tag_end = TAG_END.match(markup, m.end())
        start = tag_end.end() if tag_end else len(markup)
        closing = re.compile(rf"</{m[1]}", re.IGNORECASE).search(markup, start)
        at = closing.start() if closing else len(markup)
        is_data = LINKED_DATA.search(markup, m.start(), min(start, m.start() + MAX_TAG_LENGTH))
        yield ("linked data" if is_data else "skipped"), start, at
    yield "markup", at, len(markup)


def _elements(markup: str, start: int, end: int) -> Iterator[Element]:
    broken = 0
    for m in TAG.finditer(markup, start, end):
        tag_end = TAG_END.match(markup, m.end(), min(end, m.end() + MAX_TAG_LENGTH))
        broken += tag_end is None
        if broken > MAX_BROKEN_TAGS:
            return
        if tag_end and (m[1].lower() in ("meta", "time") or ATTRIBUTES_WITH_DATES.search(tag_end[0])):
            found = reversed(list(ATTRIBUTE.finditer(tag_end[0])))  # of two with one name the first counts
            attributes = {attribute[1].lower(): unescape(attribute[2].strip("\"'")) for attribute in found}
            yield Element(m[1].lower(), attributes, m.start(), tag_end.end())


def _objects(script: str) -> Iterator[Mapping[str, Any]]:
    """The objects that describe the page, outer ones first; none of a script that is no JSON."""
    waiting = deque([_parse(script)])
    for _ in range(MAX_OBJECTS):
        if not waiting:
            return
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extend(item[:MAX_OBJECTS])
        elif isinstance(item, dict):
            yield item
            waiting.extend(item[key] for key in INNER_KEYS if isinstance(item.get(key), dict | list))


def _parse(script: str) -> Any:
    text = script[: MAX_LINKED_DATA + 1].strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
    for spelling in (text, unescape(text) if "&quot;" in text else ""):
        try:
            return json.loads(spelling, strict=False) if len(text) <= MAX_LINKED_DATA else None
        except (ValueError, RecursionError):
            continue
    return _salvage(text) if len(text) <= MAX_LINKED_DATA else None


def _salvage(script: str) -> Mapping[str, str] | None:
    """The dates of an article whose linked data is no JSON (a comma too many), where it has one of each kind."""
    if not BROKEN_ARTICLE.search(script):
        return None
    found: dict[str, set[str]] = {}
    for m in BROKEN_DATE.finditer(script):
        found.setdefault(m[1], set()).add(m[2])
    return {"@type": "Article", **{name: values.pop() for name, values in found.items() if len(values) == 1}}


def _has_type(item: Mapping[str, Any], pattern: re.Pattern[str]) -> bool:
    kinds = item.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and pattern.search(name) for name in names)
