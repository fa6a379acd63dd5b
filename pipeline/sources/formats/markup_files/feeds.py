"""Feeds: an item of RSS or an entry of Atom is an article where it holds more than a teaser.

Sources: the specifications of RSS 2.0, RSS 1.0 and its modules dc and content, and RFC 4287 (Atom).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.pipeline.sources.formats.markup_files.content import (
    cut_span,
    date_of,
    extracted,
    line_of,
    markup_view,
    read_markup,
    text_view,
)
from onrecord.pipeline.sources.formats.markup_files.elements import Element, Record
from onrecord.pipeline.sources.web.fragments import Fragment, read_fragment
from onrecord.transforms.records import RemovedSpan

#: Where items have their text, the surer first; the names of Atom's are also those of feeds without any rule.
CONTENT = ("content:encoded", "content", "xhtml:body", "body", "yandex:full-text", "fulltext")
TEASER = ("description", "summary")
PUBLISHED = ("pubdate", "published", "dc:date", "dcterms:issued", "dcterms:created", "issued", "created")
MODIFIED = ("updated", "atom:updated", "dcterms:modified", "modified")
AUTHOR = ("dc:creator", "author", "atom:author")
MAX_AUTHORS = 100
#: A teaser is read as the article when it has so many words; one that breaks off has to have more.
MIN_WORDS, MIN_WORDS_CUT_OFF = 25, 100
CUT_OFF = re.compile(
    r"""(?: … | \.\.\. | \[&hellip;\]
      | (?:read|continue\ reading|see)\ (?:more|on|the\ full\ (?:story|article))\b.{0,60}
    ) \s*+ [\])»→>]*+ \s*+$""",
    re.IGNORECASE | re.VERBOSE,
)
#: Flag of an article whose feed gives no content for it: its description was read.
SUMMARY_ONLY = "summary_only"
HTML_TAG = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|span|ul|li|h[1-6]|img|blockquote)\b[^<>]*>", re.IGNORECASE)
XML_TYPE = re.compile(r"xhtml|.*[+/]xml", re.IGNORECASE)
#: RSS writes authors as "ada@news.example (Ada Brook)".
MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)|(?P<name_first>[^<>()@]+?)\s*[<(]\S+@\S+[>)]|\S+@\S+")
URL = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """What a feed says before its first item."""

    publisher: str | None = None
    author: str | None = None


def read_head(head: Record) -> FeedHead:
    """The feed's publisher, which is its title where it names no other, and the author of all that name none."""
    titles = sorted(head.find("title"), key=lambda element: element.depth)  # that of its logo stands deeper
    publisher = line_of(head, head.first("dc:publisher")) or line_of(head, next(iter(titles), None), html=True)
    author = next(_author_names(head, head.find("author")), None)
    return FeedHead(publisher=publisher, author=author if author != publisher else None)


def extract_item(item: Record, head: FeedHead) -> ExtractedText:
    """The article of an item. Raises Refused for one that holds only a teaser."""
    title, authors = item.first("title", depth=1), list(islice(item.find(*AUTHOR, depth=1), MAX_AUTHORS))
    names = list(dict.fromkeys(_author_names(item, authors)))
    teasers = list(item.find(*TEASER, depth=1))
    content = _content(item)
    return extracted(
        item,
        content or _teaser(item, teasers),
        _cuts(item, title, authors, teasers if content else []),
        title=line_of(item, title, html=title is not None and title.attribute("type") != "text"),
        byline=", ".join(names) or head.author,
        publisher=_publisher(item) or head.publisher,
        url=_url(item),
        published=date_of(item, item.find(*PUBLISHED, depth=1)),
        modified=date_of(item, item.find(*MODIFIED, depth=1)),
        flags=() if content else (SUMMARY_ONLY,),
    )


def _content(item: Record) -> Fragment | None:
    """The first content in which there is a text."""
    for element in item.find(*CONTENT, depth=1):
        fragment = _read(item, element)
        if fragment.body.text.strip():
            return fragment
    return None


def _teaser(item: Record, teasers: list[Element]) -> Fragment:
    """The longest teaser, read as the article. Raises Refused for one that is too short, or breaks off."""
    fragments = [_read(item, element) for element in teasers]
    fragment = max(fragments, key=lambda f: len(f.body.text), default=None)
    text = fragment.body.text if fragment else ""
    n_words = len(text.split())
    if fragment is None or n_words < (MIN_WORDS_CUT_OFF if CUT_OFF.search(text[-200:]) else MIN_WORDS):
        raise Refused("no_text", f"no content, only a teaser of {n_words} words" if n_words else "no content")
    return fragment


def _read(item: Record, element: Element) -> Fragment:
    """The text of an element: markup in it, or HTML written as text, or plain text."""
    inner = (element.inner_start, element.inner_end)
    if item.has_tags(element) or XML_TYPE.fullmatch(element.attribute("type") or ""):
        return read_markup(item, [inner])
    html = markup_view(item, [inner], escaped=True)
    if element.attribute("type") in ("text", "text/plain") and not HTML_TAG.search(html.text):
        return Fragment(body=text_view(item, element))
    return read_fragment(html)


def _cuts(item: Record, title: Element | None, authors: list[Element], teasers: list[Element]) -> Iterator[RemovedSpan]:
    if title:
        yield from cut_span(item, title, "title", html=True)
    for element in authors:
        is_named = any(_author_names(item, [element]))
        yield from cut_span(item, _name(item, element), "byline" if is_named else "boilerplate")
    for element in teasers:
        yield from cut_span(item, element, "boilerplate", html=True)


def _author_names(record: Record, authors: Iterable[Element]) -> Iterator[str]:
    """The names of authors, without their mail addresses.

    >>> from onrecord.pipeline.sources.formats.markup_files.elements import parse_record
    >>> record = parse_record("<e><author>a@n.example (Ada Brook)</author><author><name>Li Wu</name></author></e>")
    >>> list(_author_names(record, record.find("author")))
    ['Ada Brook', 'Li Wu']
    """
    for author in authors:
        line = line_of(record, _name(record, author), html=True) or ""
        mail = MAIL_AND_NAME.fullmatch(line)
        name = (mail["name"] or mail["name_first"] or "") if mail else line
        if name.strip():
            yield name.strip()


def _name(record: Record, author: Element) -> Element:
    return record.first("name", "atom:name", within=author) or author


def _publisher(item: Record) -> str | None:
    """The outlet that an item of a collection names as its own."""
    source = item.first("source", depth=1)
    name = source and (item.first("title", within=source) or source)
    return line_of(item, item.first("dc:publisher", depth=1)) or line_of(item, name, html=True)


def _url(item: Record) -> str | None:
    """The address of the article: of its links the one to itself."""
    links = [e for e in item.find("link", depth=1) if e.attribute("rel") in (None, "alternate")]
    candidates = [
        *(line_of(item, e) for e in item.find("feedburner:origlink", depth=1)),
        *(e.attribute("href") or line_of(item, e) for e in links),
        *(line_of(item, e) for e in item.find("guid", depth=1) if e.attribute("ispermalink") != "false"),
        *(e.attribute("rdf:about") for e in item.elements[:1]),
        *(line_of(item, e) for e in item.find("id", depth=1)),
    ]
    return next((line for line in candidates if line and URL.fullmatch(line)), None)
