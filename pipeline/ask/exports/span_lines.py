"""Lines of JSON for tools of annotation: the text, spans in it, relations by the spans' ids, meta."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from onrecord.pipeline.ask.exports.markup import CONTENT, Mark, basis, links_of, marks_of
from onrecord.pipeline.ask.exports.selection import Document

#: The link from a later part of a content to its first.
CONTINUES = "continues"
META = ("article_id", "title", "byline", "publisher", "published", "url", "uri", "record")


def span_line(document: Document) -> str:
    """An article on a line."""
    marks = list(marks_of(document))
    value = {
        "id": document.article["article_id"],
        "text": document.article["text"],
        "spans": [span for mark in marks for span in _spans(mark)],
        "relations": _relations(marks),
        "meta": {name: document.article[name] for name in META if document.article[name] is not None},
        "onrecord": basis(document),
    }
    return json.dumps(value, ensure_ascii=False, default=str) + "\n"


def _spans(mark: Mark) -> Iterator[dict[str, Any]]:
    """A span for each piece of a mark; the first of a content has kind and speaker."""
    for name, (start, end) in zip(_names(mark), mark.ranges, strict=True):
        span: dict[str, Any] = {"id": name, "label": mark.label, "start": start, "end": end}
        if mark.quote is not None:
            span["quote_id"] = mark.quote.quote_id
            if mark.label == CONTENT and name == mark.name:
                span |= {"kind": mark.quote.kind, "speaker": mark.quote.speaker}
        yield span


def _relations(marks: Sequence[Mark]) -> list[dict[str, str]]:
    named = {mark.name: mark for mark in marks}
    ends = [(link.start, piece, link.label) for link in links_of(marks) for piece in _names(named[link.end])]
    ends += [(piece, mark.name, CONTINUES) for mark in marks if mark.label == CONTENT for piece in _names(mark)[1:]]
    return [
        {"id": f"r{number}", "from_id": start, "to_id": end, "label": label}
        for number, (start, end, label) in enumerate(ends, 1)
    ]


def _names(mark: Mark) -> list[str]:
    return [mark.name, *(f"{mark.name}.{number}" for number in range(2, len(mark.ranges) + 1))]
