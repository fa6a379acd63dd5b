"""The lines over a story that tell of it: its address, outlet, title, reporters and days; also as front matter.

Source: https://echo.example/2024/03/04/pier        URL    ──►  url; publisher, where no line names the outlet
The Tolen Echo                                      outlet ──►  publisher
Published: 4 March 2024 18:05 GMT                   day    ──►  published; "Updated …" is modified, never published
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from typing import Literal

from onrecord.transforms.cleaning.addresses import day_in_url, day_of_dateline, host_of, names_host
from onrecord.transforms.cleaning.blocks import Block, Cut, find_blocks
from onrecord.transforms.cleaning.bylines import CREDIT, clean_byline, read_byline
from onrecord.transforms.cleaning.stamps import Stamp, StampKind, find_stamps, read_stamp_line
from onrecord.transforms.dates import Moment
from onrecord.transforms.lexicon.patterns import SENTENCE_END
from onrecord.transforms.records import RemovedSpan, SegmentKind

LineKind = Literal["url", "publisher", "title", "byline", "date", "modified", "other"]
#: What a label at the head of a text, or a key of front matter, says that its value is.
LABELS: dict[str, LineKind] = {
    **dict.fromkeys(("url", "link", "web", "permalink", "canonical", "original", "source url", "article url"), "url"),
    **dict.fromkeys(("source", "retrieved from", "available at", "originally published at", "read more at"), "url"),
    **dict.fromkeys(("publisher", "publication", "newspaper", "outlet", "site", "website", "sitename"), "publisher"),
    **dict.fromkeys(("title", "headline"), "title"),
    **dict.fromkeys(("author", "authors", "by", "byline", "writer", "reporter"), "byline"),
    **dict.fromkeys(("date", "published", "publication date", "pub date", "pubdate", "posted", "time"), "date"),
    **dict.fromkeys(("date published", "publish date", "published on", "published at"), "date"),
    **dict.fromkeys(("updated", "modified", "last updated", "last modified", "date modified", "lastmod"), "modified"),
    **dict.fromkeys(("section", "category", "categories", "tags", "keywords", "topics", "language", "lang"), "other"),
    **dict.fromkeys(("layout", "draft", "slug", "description", "summary", "image", "copyright", "words"), "other"),
}
ADDRESS = re.compile(r"<?(?P<url>(?:https?://|www\.)[^\s<>]+)>?", re.IGNORECASE)
LABELLED = re.compile(r"[*_]{0,3}(?P<key>[A-Za-z][A-Za-z _-]{0,20}?)[*_]{0,3}\s?[:=][*_]{0,3}\s?(?P<value>\S.*)?")
FENCE = re.compile(r"(?:-{3,}|\+{3,})")
#: The lines over the story are looked for among so many; front matter may have more.
MAX_HEAD_LINES, MAX_FRONT_MATTER = 12, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadFacts:
    """What the lines around a story tell of it. ``flags`` are those of the day, ``date_unread`` where none was read."""

    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    flags: tuple[str, ...] = ()


def find_addresses(text: str) -> Iterator[Cut]:
    """The lines over the story that hold its address alone, or behind a label."""
    for block, kind, _ in _head_lines(text):
        if kind == "url":
            yield Cut("boilerplate", block.start, block.end)


def find_labelled_lines(text: str) -> Iterator[Cut]:
    """The lines over the story that hold its outlet or a value behind a label, two at least; front matter, too.

    A single one is none: "Source: The river" may open a story, and the day and the byline have steps of their own.
    """
    front_matter = _front_matter(find_blocks(text)[:MAX_FRONT_MATTER])
    if front_matter:
        yield from front_matter
        return
    head = _head_lines(text)
    urls = [value for _, kind, value in head if kind == "url"]
    is_block = sum(kind is not None for _, kind, _ in head) >= 2
    for block, kind, value in head:
        if kind and kind != "url" and is_block:
            yield from _cut_line(block, kind, value)
        elif kind is None and any(names_host(block.line, url) for url in urls):
            yield Cut("boilerplate", block.start, block.end)


def _head_lines(text: str) -> list[tuple[Block, LineKind | None, str]]:
    """The lines before the first sentence of the story, each with what it tells."""
    lines = takewhile(lambda block: not _is_prose(block.line), find_blocks(text)[:MAX_HEAD_LINES])
    return [(block, *_read_line(block.line)) for block in lines]


def _is_prose(line: str) -> bool:
    """Is a line of the story itself, no line about it?"""
    kind, _ = _read_line(line)
    return kind is None and line.count(" ") >= 5 and (len(line) > 120 or bool(SENTENCE_END.search(line)))


def _read_line(line: str) -> tuple[LineKind | None, str]:
    """What a line of the head tells, and its value: an address, or what stands behind a known label."""
    if address := ADDRESS.fullmatch(line):
        return "url", address["url"]
    m = LABELLED.fullmatch(line)
    kind = LABELS.get(" ".join(m["key"].casefold().replace("_", " ").replace("-", " ").split())) if m else None
    if m is None or kind is None or not m["value"]:
        return None, ""
    value = m["value"].strip(" \"'“”")
    if not value:
        return None, ""
    if address := ADDRESS.fullmatch(value):
        return "url", address["url"]
    if kind == "url":  # "Source: The Tolen Echo"
        kind = "publisher"
    if kind in ("date", "modified") and not read_stamp_line(value):
        return None, ""
    is_name = len(value) <= 60 and not SENTENCE_END.search(value) and (value[0].isupper() or "." in value)
    return (None, "") if kind == "publisher" and not is_name else (kind, value)


def _cut_line(block: Block, kind: LineKind, value: str) -> Iterator[Cut]:
    """The line; of one with a title, the label and the title, which is kept without it."""
    at = block.text.find(value)
    if kind == "title" and at > 0:
        start = block.start + at
        yield Cut("boilerplate", block.start, block.start + len(block.text[:at].rstrip()))
        yield Cut("title", start, start + len(value))
        if tail := block.text[at + len(value) :].strip():
            yield Cut("boilerplate", block.end - len(tail), block.end)
    else:
        yield Cut("byline" if kind == "byline" else "boilerplate", block.start, block.end)


def _front_matter(blocks: Sequence[Block]) -> list[Cut]:
    """The lines between two fences at the very head: keys with values, and lists under them."""
    if not blocks or not FENCE.fullmatch(blocks[0].line):
        return []
    inside = list(takewhile(lambda block: not FENCE.fullmatch(block.line), blocks[1:]))
    closed = len(inside) + 1 < len(blocks)
    if not closed or not inside or not all(LABELLED.fullmatch(b.line) or b.text.lstrip()[0] in "-#" for b in inside):
        return []
    fences = (blocks[0], blocks[len(inside) + 1])
    cuts = [Cut("boilerplate", fence.start, fence.end) for fence in fences]
    under: LineKind | None = None
    for block in inside:
        kind, value = _read_line(block.line)
        if LABELLED.fullmatch(block.line):
            key = block.line.split(":")[0].casefold()
            under = LABELS.get(key)
        elif under == "byline":
            kind, value = "byline", block.text
        cuts += _cut_line(block, kind or "other", value)
    return sorted(cuts, key=lambda cut: cut.start)


def read_head(cuts: Iterable[RemovedSpan]) -> HeadFacts:
    """What the cut lines over a story tell of it, the first of each kind.

    The day is that of a line that says so, else of a line with a day alone, unless the address has another one, else of
    the address, else of the dateline.
    """
    lines = [(cut.kind, " ".join(cut.text.split())) for cut in cuts]
    read = [(kind, line, *_read_line(line)) for kind, line in lines]
    url = next((value for *_, told, value in read if told == "url"), None)
    named = (value or line for _, line, told, value in read if told == "publisher" or (url and names_host(line, url)))
    bylines = [line for kind, line in lines if kind == "byline" or CREDIT.match(line)]
    stamps = [stamp for kind, line, told, value in read for stamp in _stamps(kind, line, told, value)]
    published = _published(stamps, url, next((line for kind, line in lines if kind == "dateline"), ""))
    has_day = any(stamp.kind in ("published", "bare") for stamp in stamps)
    return HeadFacts(
        url=url if url is None or "://" in url else f"https://{url}",
        publisher=next(named, None) or (host_of(url) if url else None),
        byline=next(filter(None, map(clean_byline, bylines)), None),
        published=published,
        modified=next(filter(None, (stamp.read() for stamp in stamps if stamp.kind == "modified")), None),
        flags=published.flags if published else ("date_unread",) if has_day else (),
    )


def _stamps(kind: SegmentKind, line: str, told: LineKind | None, value: str) -> Iterable[Stamp]:
    match kind, told:
        case ("byline", _):
            return read_byline(line).stamps
        case (_, "date" | "modified"):
            label: StampKind = "modified" if told == "modified" else "published"
            return [
                replace(stamp, kind=label if stamp.kind == "bare" else stamp.kind) for stamp in read_stamp_line(value)
            ]
        case ("boilerplate", _):
            return read_stamp_line(line)
    return ()


def _published(stamps: list[Stamp], url: str | None, dateline: str) -> Moment | None:
    labelled, bare = (
        next(filter(None, (stamp.read() for stamp in stamps if stamp.kind == kind)), None)
        for kind in ("published", "bare")
    )
    in_url = day_in_url(url) if url else None
    if bare and in_url and abs(bare.time - in_url.time) > timedelta(days=2):
        bare = None  # the day on which the page was looked at
    of_dateline = next((stamp.read() for stamp in find_stamps(dateline)), None) or day_of_dateline(dateline, url)
    return labelled or bare or in_url or of_dateline
