"""An annotation for people and for other programs: a page fragment with its quotations marked, and plain values.

<mark class="content">“It rains,”</mark> <mark class="source">Ada Brook</mark> <mark class="cue">said</mark>.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit

if TYPE_CHECKING:
    from onrecord.transforms.records import Annotation, Quote

#: Legible on a light and on a dark page, and without colour: content has a ground, cue a line under it, source weight.
STYLE = """
.onrecord { font-family: Georgia, serif; line-height: 1.6; max-width: 46em; }
.onrecord mark { background: none; color: inherit; }
.onrecord .content { background: rgba(255, 196, 0, .28); border-radius: 2px; }
.onrecord .cue { text-decoration: underline dotted; text-underline-offset: 3px; }
.onrecord .source { font-weight: bold; color: #c8412f; }
.onrecord table { border-collapse: collapse; font-size: 90%; font-family: sans-serif; }
.onrecord td, .onrecord th { text-align: left; padding: 2px 10px 2px 0; vertical-align: top; }
.onrecord small { opacity: .7; }
"""
ROLES = ("content", "cue", "source")
Mark = tuple[int, int, str, str]  # start, end, role, what is said when the pointer rests on it


def to_html(annotation: Annotation) -> str:
    """The article with content, cue and source of each quotation marked, and who said what as a table.

    All text is escaped: markup in an article is text here.
    """
    article = annotation.article
    title = f"<h4>{escape(article.title)}</h4>" if article.title else ""
    paragraphs = "".join(f"<p>{line}</p>" for line in _marked(article.text, _marks(annotation.quotes)).split("\n\n"))
    return f'<div class="onrecord"><style>{STYLE}</style>{title}{paragraphs}{_table(annotation.quotes)}</div>'


def to_dict(annotation: Annotation) -> dict[str, Any]:
    """The annotation as plain values (dicts, lists, texts, numbers): what ``json.dumps`` takes.

    The article's clean text is ``article.text``; all ``start`` and ``end`` index it, ``raw_start`` and ``raw_end`` the
    text before cleaning, which is ``article.raw.text``.
    """
    article = annotation.article
    plain = {name: _plain(getattr(annotation, name)) for name in ("quotes", "mentions", "entity_clusters")}
    about = {f.name: _plain(getattr(article, f.name)) for f in fields(article) if f.name not in ("body", "segments")}
    return {"article": about | {"text": article.text}, "segments": _plain(article.segments), **plain}


def _marks(quotes: Sequence[Quote]) -> Iterator[Mark]:
    for quote in quotes:
        speaker = quote.speaker or "nobody named"
        label = f"{quote.kind} {quote.act}; {speaker}; confidence {quote.confidence:.2f}"
        for role in ROLES:
            yield from ((span.start, span.end, role, label) for span in getattr(quote, f"{role}_spans"))


def _marked(text: str, marks: Iterator[Mark]) -> str:
    """The text, escaped, with marks around its spans; where spans overlap, each stretch has the marks of all of them.

    >>> print(_marked("a <b", iter([(0, 3, "content", "x"), (2, 4, "cue", "y")])).replace("><", ">\\n<"))
    <mark class="content" title="x">a </mark>
    <mark class="content cue" title="x | y">&lt;</mark>
    <mark class="cue" title="y">b</mark>
    """
    spans = sorted(marks)
    paragraph_ends = [at for at, char in enumerate(text) if char == "\n"]
    borders = sorted({0, len(text), *paragraph_ends, *(at + 1 for at in paragraph_ends), *_ends(spans)})
    pieces = []
    active: list[Mark] = []
    following = 0
    for start, end in pairwise(borders):
        active = [mark for mark in active if mark[1] > start]
        while following < len(spans) and spans[following][0] <= start:
            active += [spans[following]] if spans[following][1] > start else []
            following += 1
        pieces.append(_stretch(text[start:end], active))
    return "".join(pieces)


def _ends(spans: Sequence[Mark]) -> Iterator[int]:
    for start, end, _, _ in spans:
        yield from (start, end)


def _stretch(text: str, active: Sequence[Mark]) -> str:
    if not active or text == "\n":
        return escape(text)
    roles = " ".join(role for role in ROLES if any(mark[2] == role for mark in active))
    title = " | ".join(dict.fromkeys(mark[3] for mark in active))
    return f'<mark class="{roles}" title="{escape(title)}">{escape(text)}</mark>'


def _table(quotes: Sequence[Quote]) -> str:
    if not quotes:
        return "<small>no quotations</small>"
    rows = "".join(
        f"<tr><td>{escape(quote.speaker or '')}</td><td>{escape(quote.source)}</td><td>{escape(quote.cue)}</td>"
        f"<td>{escape(quote.content)}</td><td>{quote.kind}</td></tr>"
        for quote in quotes
    )
    head = "<tr><th>speaker</th><th>source</th><th>cue</th><th>content</th><th>kind</th></tr>"
    return f"<table>{head}{rows}</table>"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, AlignedText):
        return value.text
    if isinstance(value, Edit):
        return value._asdict()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
