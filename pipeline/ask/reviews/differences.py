"""What a review has changed: the quotes of an article as they were exported, against what came back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from onrecord.pipeline.ask.exports.markup import QuoteMarkup, Ranges, join_at_breaks
from onrecord.pipeline.ask.overrides.records import ROLES, Anchors, Override, Place, anchor, override_of

#: The speaker_id and label of a name in an article.
Identify = Callable[[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An article with its quotes as they were exported and as they came back; ``where`` is the file or line.

    ``left_aside`` counts what came back otherwise and is no quote: marks of mentions.
    """

    where: str
    article_id: str
    text_sha256: str
    text: str
    exported: tuple[QuoteMarkup, ...]
    quotes: tuple[QuoteMarkup, ...]


def overrides_of(review: Review, identify: Identify) -> Iterator[Override]:
    """An override for each quote that is gone, otherwise or new. Raises ValueError for one that comes back twice."""
    back = {quote.quote_id: quote for quote in review.quotes if quote.quote_id}
    known = {quote.quote_id: quote for quote in review.exported}
    if len(back) < sum(bool(quote.quote_id) for quote in review.quotes):
        raise ValueError("a quote_id stands there twice")
    if unknown := sorted(back.keys() - known.keys()):
        raise ValueError(f"no quote of the export has the quote_id {unknown[0]!r:.40}")
    for quote in review.exported:
        after = back.get(quote.quote_id)
        changes = {} if after is None else _changes(review, quote, after, identify)
        if after is None or changes:
            action = "delete" if after is None else "change"
            yield _override(review, action, before=_place(review.text, quote), **changes)
    for quote in review.quotes:
        if not quote.quote_id:
            yield _override(
                review, "add", kind=quote.kind, **_roles(review.text, quote), **_named(review, quote, identify)
            )


def _changes(review: Review, before: QuoteMarkup, after: QuoteMarkup, identify: Identify) -> dict[str, Any]:
    """What is otherwise in a quote. That a tool has parted a passage at the end of a line is no change."""
    roles = {
        role: _anchors(review.text, join_at_breaks(review.text, getattr(after, role)))
        for role in ROLES
        if join_at_breaks(review.text, getattr(after, role)) != join_at_breaks(review.text, getattr(before, role))
    }
    kind = {"kind": after.kind} if after.kind != before.kind else {}
    return roles | kind | (_named(review, after, identify) if after.speaker != before.speaker else {})


def _named(review: Review, quote: QuoteMarkup, identify: Identify) -> dict[str, str]:
    if not quote.speaker:
        return {"speaker": ""}
    speaker_id, label = identify(quote.speaker, review.article_id)
    return {"speaker": quote.speaker, "speaker_id": speaker_id, "speaker_label": label}


def _roles(text: str, quote: QuoteMarkup) -> dict[str, Anchors]:
    return {role: _anchors(text, join_at_breaks(text, getattr(quote, role))) for role in ROLES}


def _place(text: str, quote: QuoteMarkup) -> Place:
    return Place(**{role: _anchors(text, getattr(quote, role)) for role in ROLES})


def _anchors(text: str, ranges: Ranges) -> Anchors:
    return tuple(anchor(text, start, end) for start, end in ranges)


def _override(review: Review, action: str, **values: Any) -> Override:
    return override_of(action=action, article_id=review.article_id, text_sha256=review.text_sha256, **values)
