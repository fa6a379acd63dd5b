"""An annotation's identities and speakers told in words, for people who ask why."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.transforms.records import Annotation, EntityCluster, Quote

#: How a speaker was found, as a clause that ends with the evidence.
REASONS = {
    "named": "the source is the name",
    "apposition": "the name stands beside the source",
    "voice": "the source speaks for it",
    "relay": "uttered by this one, passed on by the source",
    "pronoun": "the pronoun means this one",
    "nominal": "the description means this one",
    "relative": "the name stands right before it",
    "named_next": "named in the next sentences",
    "continuation": "no source: the quotation goes on or stands beside its speaker",
    "first_person": "the first person of a quotation is who speaks it",
    "interview": "who answers is whom the text before the questions tells of",
}
MOST = 12


def explain(annotation: Annotation) -> list[str]:
    """Lines that show each person and body with its mentions, and for each quote why this speaker or none.

    Places are in the article's text. Identities that do not speak (places, peoples) are left out.
    """
    return ["identities", *_identities(annotation), "speakers", *_speakers(annotation)]


def _identities(annotation: Annotation) -> Iterator[str]:
    for one in annotation.entity_clusters:
        if one.speaker_id is None:
            continue
        gender = f", {one.gender}" if one.gender else ""
        yield f"  {one.name} ({one.label}{gender}) {one.speaker_id}"
        if one.aliases:
            yield f"    also      {'; '.join(one.aliases)}"
        if one.roles:
            yield f"    roles     {'; '.join(one.roles)}"
        yield f"    mentions  {_mentions(annotation, one)}"


def _mentions(annotation: Annotation, one: EntityCluster) -> str:
    """Names and resolved pronouns and descriptions of one identity, in text order."""
    told = [f"{m.span.text!r} at {m.span.start}" for m in annotation.mentions if m.entity_id == one.entity_id]
    more = f" and {len(told) - MOST} more" if len(told) > MOST else ""
    return ", ".join(" ".join(t.split()) for t in told[:MOST]) + more


def _speakers(annotation: Annotation) -> Iterator[str]:
    for quote in annotation.quotes:
        yield f"  [{quote.index}] {quote.source or '(no source)'!r}: {_why(quote)}"


def _why(quote: Quote) -> str:
    if quote.speaker is None:
        sure = "" if quote.speaker_score is None else f", not sure enough ({quote.speaker_score:.2f})"
        return f"nobody named{sure}"
    places = ", ".join(f"{span.text!r} at {span.start}" for span in quote.speaker_evidence)
    reason = REASONS.get(quote.speaker_method or "", quote.speaker_method)
    return f"{quote.speaker} ({quote.speaker_score:.2f}): {reason}; see {places}"
