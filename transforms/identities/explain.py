"""An annotation's entity clusters and speakers in words, for people who ask why."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.transforms.records import Annotation, EntityCluster, Quote

#: How a speaker was found, as a clause that ends with the evidence.
METHOD_MEANINGS = {
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
MAX_MENTIONS_SHOWN = 12


def explain(annotation: Annotation) -> list[str]:
    """Lines that show each person and organization with its mentions, and for each quote why this speaker or none.

    Offsets are those of the article's text. Clusters that do not speak (places, peoples) are left out.
    """
    return ["identities", *_cluster_lines(annotation), "speakers", *_quote_lines(annotation)]


def _cluster_lines(annotation: Annotation) -> Iterator[str]:
    for cluster in annotation.entity_clusters:
        if cluster.speaker_id is None:
            continue
        gender = f", {cluster.gender}" if cluster.gender else ""
        yield f"  {cluster.name} ({cluster.label}{gender}) {cluster.speaker_id}"
        if cluster.aliases:
            yield f"    also      {'; '.join(cluster.aliases)}"
        if cluster.roles:
            yield f"    roles     {'; '.join(cluster.roles)}"
        yield f"    mentions  {_list_mentions(annotation, cluster)}"


def _list_mentions(annotation: Annotation, cluster: EntityCluster) -> str:
    """Names and resolved pronouns and descriptions of a cluster, in text order."""
    mentions = [f"{m.span.text!r} at {m.span.start}" for m in annotation.mentions if m.entity_id == cluster.entity_id]
    n_hidden = len(mentions) - MAX_MENTIONS_SHOWN
    more = f" and {n_hidden} more" if n_hidden > 0 else ""
    return ", ".join(" ".join(mention.split()) for mention in mentions[:MAX_MENTIONS_SHOWN]) + more


def _quote_lines(annotation: Annotation) -> Iterator[str]:
    for quote in annotation.quotes:
        yield f"  [{quote.index}] {quote.source or '(no source)'!r}: {_reason(quote)}"


def _reason(quote: Quote) -> str:
    if quote.speaker is None:
        unsure = "" if quote.speaker_score is None else f", not sure enough ({quote.speaker_score:.2f})"
        return f"nobody named{unsure}"
    evidence = ", ".join(f"{span.text!r} at {span.start}" for span in quote.speaker_evidence)
    reason = METHOD_MEANINGS.get(quote.speaker_method or "", quote.speaker_method)
    return f"{quote.speaker} ({quote.speaker_score:.2f}): {reason}; see {evidence}"
