"""A line of JSON as a tool for annotation leaves it: the quotes that its spans and relations make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onrecord.pipeline.ask.exports.markup import CONTENT, CUE, CUED_BY, SAID_BY, SOURCE, QuoteMarkup, Ranges
from onrecord.pipeline.ask.exports.span_lines import CONTINUES

LINKS = {"source": (SOURCE, SAID_BY), "cue": (CUE, CUED_BY)}
Span = Mapping[str, Any]
Relation = Mapping[str, Any]


def read_line(line: Mapping[str, Any]) -> tuple[QuoteMarkup, ...]:
    """The quotes of a line. Where it has no relations any more, spans of one ``quote_id`` belong together.

    Raises ValueError for spans that are none.

    >>> spans = [{"id": n, "label": n, "start": at, "end": at + 3} for n, at in (("Content", 0), ("Source", 9))]
    >>> said_by = {"from_id": "Content", "to_id": "Source", "label": "said_by"}
    >>> read_line({"spans": spans, "relations": [said_by]})[0].source
    ((9, 12),)
    """
    spans = [_span(span, number) for number, span in enumerate(line["spans"])]
    relations = line.get("relations")
    if relations is None:
        return tuple(_by_quote_id(spans))
    return tuple(_by_relations(spans, relations))


def _by_relations(spans: Sequence[Span], relations: Sequence[Relation]) -> Iterator[QuoteMarkup]:
    named = {span["id"]: span for span in spans}
    links = [(str(each["label"]), each["from_id"], each["to_id"]) for each in relations]
    for _, *ends in links:
        if missing := [end for end in ends if end not in named]:
            raise ValueError(f"a relation leads to {missing[0]!r:.40}, which is no span")
    earlier = {start: end for label, start, end in links if label == CONTINUES}
    targets: dict[tuple[str, Any], list[Span]] = {}
    for label, start, end in links:
        targets.setdefault((label, start), []).append(named[end])
    quotes: dict[Any, list[Span]] = {}
    for span in (span for span in spans if span["label"] == CONTENT):
        quotes.setdefault(_first_part(span["id"], earlier), []).append(span)
    for first, parts in quotes.items():
        parts.sort(key=lambda part: part["id"] != first)
        roles = {
            role: [span for part in parts for span in targets.get((link, part["id"]), ())]
            for role, (_, link) in LINKS.items()
        }
        yield _quote(parts, roles)


def _first_part(name: Any, earlier: dict[Any, Any]) -> Any:
    """The part that a part of a content goes back to; the way there is made short. Raises ValueError for a circle."""
    way: dict[Any, None] = {}
    while name in earlier:
        if name in way:
            raise ValueError(f"{name!r:.40} continues itself")
        way[name] = None
        name = earlier[name]
    earlier.update(dict.fromkeys(way, name))
    return name


def _by_quote_id(spans: Sequence[Span]) -> Iterator[QuoteMarkup]:
    groups: dict[str, list[Span]] = {}
    for span in spans:
        groups.setdefault(str(span.get("quote_id") or span["id"]), []).append(span)
    for group in groups.values():
        if parts := [span for span in group if span["label"] == CONTENT]:
            yield _quote(parts, {role: [s for s in group if s["label"] == label] for role, (label, _) in LINKS.items()})


def _quote(parts: Sequence[Span], roles: Mapping[str, Sequence[Span]]) -> QuoteMarkup:
    def first(name: str) -> str:
        return next((str(part[name]) for part in parts if part.get(name)), "")

    return QuoteMarkup(
        quote_id=first("quote_id"), content=_ranges(parts), cue=_ranges(roles["cue"]), source=_ranges(roles["source"]),
        kind=first("kind") or "direct", speaker=first("speaker"),
    )  # fmt: skip


def _ranges(spans: Sequence[Span]) -> Ranges:
    return tuple(sorted((span["start"], span["end"]) for span in spans))


def _span(span: Any, number: int) -> Span:
    """A span with an id, whatever tool has made it. Raises ValueError for what is none."""
    try:
        places = {name: span[name] for name in ("start", "end")}
        if not all(type(place) is int for place in places.values()):
            raise ValueError(f"span {number + 1} has no start and end")
        return {**span, "label": str(span["label"]), "id": span.get("id", f"#{number}"), **places}
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError(f"span {number + 1} is none: {span!r:.80}") from error
