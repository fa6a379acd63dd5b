"""An article as marks on its text and links between them: what tools for annotation show, and what comes back.

Content ──said_by──► Source        a mark of each quote, and of each mention by its label;
   └─────cued_by──► Cue            kind, speaker and quote_id belong to the content
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onrecord.pipeline.ask.exports.selection import Document, Row

Range = tuple[int, int]
Ranges = tuple[Range, ...]
CONTENT, CUE, SOURCE, MENTION = "Content", "Cue", "Source", "Mention"
SAID_BY, CUED_BY = "said_by", "cued_by"
#: Of each role of a quote the mark, and the link that leads to it from the content.
ROLES: Mapping[str, tuple[str, str]] = {"cue": (CUE, CUED_BY), "source": (SOURCE, SAID_BY)}
KINDS = ("direct", "mixed", "indirect")
#: What ends a line or a field in some tool's files.
BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteMarkup:
    """What can be reviewed of a quote: where it stands, in ranges of the clean text, its kind and its speaker.

    ``quote_id`` is empty when somebody has added it, ``speaker`` when the text names nobody.
    """

    quote_id: str
    content: Ranges
    cue: Ranges = ()
    source: Ranges = ()
    kind: str = "direct"
    speaker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark with the pieces of text that it is on; ``quote`` is the one to which it belongs."""

    name: str
    label: str
    ranges: Ranges
    quote: QuoteMarkup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    start: str
    end: str
    label: str


def quote_markup(row: Row) -> QuoteMarkup:
    """What can be reviewed of a row of quotes."""
    spans: dict[str, Any] = {role: _ranges(row[f"{role}_spans"]) for role in ("content", "cue", "source")}
    return QuoteMarkup(quote_id=row["quote_id"], kind=row["kind"], speaker=plain_name(row["speaker"]), **spans)


def basis(document: Document) -> dict[str, Any]:
    """What an export notes of an article, so that a review of it can be compared with what was exported."""
    return {
        "article_id": document.article["article_id"],
        "text_sha256": document.article["text_sha256"],
        "version": document.version,
        "quotes": [to_json(quote_markup(row)) for row in document.quotes],
    }


def marks_of(document: Document) -> Iterator[Mark]:
    """The marks of the quotes, then those of the mentions, by names that no two have in common."""
    for number, quote in enumerate(map(quote_markup, document.quotes), 1):
        yield Mark(name=f"q{number}", label=CONTENT, ranges=quote.content, quote=quote)
        for role, (label, _) in ROLES.items():
            if ranges := getattr(quote, role):
                yield Mark(name=f"q{number}.{role}", label=label, ranges=ranges, quote=quote)
    for number, row in enumerate(document.mentions, 1):
        yield Mark(name=f"m{number}", label=row["label"] or MENTION, ranges=_ranges([row["span"]]))


def links_of(marks: Iterable[Mark]) -> Iterator[Link]:
    """From each content to its cue and its source."""
    labels = dict(ROLES.values())
    for mark in marks:
        if mark.label in labels and mark.quote is not None:
            yield Link(start=mark.name.partition(".")[0], end=mark.name, label=labels[mark.label])


def split_at_breaks(text: str, ranges: Ranges) -> Ranges:
    r"""The ranges in pieces that hold no end of a line.

    >>> split_at_breaks("He said\n\nno.", ((0, 12),))
    ((0, 7), (9, 12))
    """
    return tuple(piece for start, end in ranges for piece in _pieces(text, start, end))


def join_at_breaks(text: str, ranges: Iterable[Range]) -> Ranges:
    r"""The ranges in order, those as one between which there are but blanks with an end of a line.

    >>> join_at_breaks("He said\n\nno. Yes.", ((9, 12), (0, 7), (13, 17)))
    ((0, 12), (13, 17))
    """
    joined: list[Range] = []
    for start, end in sorted(ranges):
        gap = text[joined[-1][1] : start] if joined else ""
        if joined and (start <= joined[-1][1] or (not gap.strip() and BREAKS.search(gap))):
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def plain_name(name: str | None) -> str:
    r"""A name on one line.

    >>> plain_name("Ada\n Brook"), plain_name(None)
    ('Ada Brook', '')
    """
    return " ".join((name or "").split())


def to_json(quote: QuoteMarkup) -> dict[str, Any]:
    return {
        "quote_id": quote.quote_id, "content": quote.content, "cue": quote.cue, "source": quote.source,
        "kind": quote.kind, "speaker": quote.speaker,
    }  # fmt: skip


def from_json(value: Any, length: int) -> QuoteMarkup:
    """A quote as an export has noted it, of a text of this length. Raises ValueError for what is none."""
    try:
        spans: dict[str, Any] = {
            role: tuple((int(a), int(b)) for a, b in value[role]) for role in ("content", "cue", "source")
        }
        names: dict[str, Any] = {name: value[name] for name in ("quote_id", "kind", "speaker")}
    except (LookupError, TypeError) as error:
        raise ValueError(f"this is no quote: {value!r:.80}") from error
    if not all(isinstance(name, str) for name in names.values()):
        raise ValueError(f"this is no quote: {value!r:.80}")
    return check_quote(QuoteMarkup(**spans, **names), length)


def check_quote(quote: QuoteMarkup, length: int) -> QuoteMarkup:
    """The quote, its speaker on one line. Raises ValueError when a range is outside of the text, or its kind is none.

    >>> check_quote(QuoteMarkup(quote_id="", content=((3, 9),)), 5)
    Traceback (most recent call last):
    ...
    ValueError: 3 to 9 is no place in a text of 5 characters
    """
    for start, end in (*quote.content, *quote.cue, *quote.source):
        if not 0 <= start < end <= length:
            raise ValueError(f"{start} to {end} is no place in a text of {length} characters")
    if not quote.content:
        raise ValueError("a quote has no content")
    if quote.kind not in KINDS:
        raise ValueError(f"a kind is {', '.join(KINDS)}, not {quote.kind!r:.40}")
    return replace(quote, speaker=plain_name(quote.speaker))


def _pieces(text: str, start: int, end: int) -> Iterator[Range]:
    at = start
    for found in BREAKS.finditer(text, start, end):
        if found.start() > at:
            yield at, found.start()
        at = found.end()
    if end > at:
        yield at, end


def _ranges(spans: Sequence[Mapping[str, int]]) -> Ranges:
    return tuple((span["start"], span["end"]) for span in spans)
