"""Who speaks: the entity clusters of an article, and the one behind each of its sources.

    Reading ──cluster_mentions──► entity clusters ──resolve_speakers──► a speaker, or nobody, for each attribution

The speaker of an attribution is who uttered it, by the fullest name the article gives. It stays empty where the article
names nobody ("experts", "two aides") and where the decision is less sure than ``MIN_SPEAKER_SCORE``; then
``speaker_score`` still says how sure it was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from onrecord.transforms.identities.clusters import MentionCluster, cluster_mentions, keys_of
from onrecord.transforms.identities.speakers import Distribution, SpeakerDecision, resolve_speakers
from onrecord.transforms.identities.speakers.discourse import pronoun_anaphor
from onrecord.transforms.ids import mention_id, quote_id, speaker_id
from onrecord.transforms.lexicon.people import Gender
from onrecord.transforms.lexicon.pronouns import form_of
from onrecord.transforms.options import MIN_SPEAKER_SCORE
from onrecord.transforms.records import (
    Annotation,
    Article,
    Attribution,
    EntityCluster,
    Form,
    Mention,
    Quote,
    Reading,
    Span,
)

Range = tuple[int, int]

#: A pronoun is a mention of a cluster that it means this surely.
MIN_PRONOUN_SCORE = 0.5
#: Ways of finding a speaker in which the source itself holds the name.
BY_NAME = ("named", "voice")
#: Ways in which the source means the speaker.
BY_REFERENCE = ("pronoun", "nominal", "apposition", "named_next", "relative", "first_person")


def resolve(article: Article, reading: Reading, *, min_score: float = MIN_SPEAKER_SCORE) -> Annotation:
    """The article's entity clusters, mentions and quotes, each quote with its speaker where one is named."""
    clusters = cluster_mentions(
        article.text, reading.entities, (part for attribution in reading.attributions for part in attribution.source)
    )
    resolution = resolve_speakers(article.text, reading, clusters)
    entity_clusters = [
        _build_entity_cluster(article, cluster, key, gender)
        for cluster, key, gender in zip(clusters, keys_of(clusters), resolution.genders, strict=True)
    ]
    quotes = tuple(
        _build_quotes(article, zip(reading.attributions, resolution.decisions, strict=True), entity_clusters, min_score)
    )
    mentions = _build_mentions(article, reading, clusters, entity_clusters, quotes, resolution.referents)
    return Annotation(article=article, mentions=mentions, quotes=quotes, entity_clusters=tuple(entity_clusters))


def _build_entity_cluster(article: Article, cluster: MentionCluster, key: str, gender: Gender | None) -> EntityCluster:
    spans = tuple(article.span(start, end) for start, end, _ in cluster.mentions)
    return EntityCluster(
        entity_id=mention_id(article.article_id, [(spans[0].raw_start, spans[0].raw_end)], f"entity {cluster.label}"),
        speaker_id=speaker_id(cluster.label, key) if cluster.speaks else None,
        name=cluster.name,
        label=cluster.label,
        aliases=tuple(alias for alias in cluster.aliases if alias != cluster.name),
        roles=tuple(role.text for role in cluster.roles),
        gender=gender,
        mentions=spans,
    )


def _build_quotes(
    article: Article,
    decided: Iterable[tuple[Attribution, SpeakerDecision]],
    entity_clusters: Sequence[EntityCluster],
    min_score: float,
) -> Iterator[Quote]:
    cuts = _cut_offsets(article)
    for index, (attribution, decision) in enumerate(decided):
        is_by_name = decision.method in BY_NAME
        quote = _build_quote(article, cuts, index, attribution, is_by_name=is_by_name)
        yield _with_speaker(quote, article, decision, entity_clusters, min_score)


def _build_quote(
    article: Article, cuts: Sequence[int], index: int, attribution: Attribution, *, is_by_name: bool
) -> Quote:
    """The quote of an attribution, still without its speaker."""
    content = _spans_of(article, cuts, attribution.content)
    cue = _spans_of(article, cuts, attribution.cue)
    source = _spans_of(article, cuts, attribution.source)
    return Quote(
        # the cue distinguishes two attributions of one content
        quote_id=quote_id(article.article_id, [(span.raw_start, span.raw_end) for span in (*content, *cue)]),
        index=index,
        kind=attribution.kind,
        act=attribution.act,
        content=_join_texts(content),
        content_spans=content,
        cue=_join_texts(cue),
        cue_spans=cue,
        source=_join_texts(source),
        source_spans=source,
        source_form=form_of(_join_texts(source), is_by_name),
        confidence=attribution.confidence,
        flags=attribution.flags,
    )


def _with_speaker(
    quote: Quote,
    article: Article,
    decision: SpeakerDecision,
    entity_clusters: Sequence[EntityCluster],
    min_score: float,
) -> Quote:
    """The quote with its speaker, or only with the score of one that is not sure enough."""
    if decision.cluster_index is None:
        return quote
    quote = replace(quote, speaker_score=round(decision.score, 4))
    if decision.score < min_score:
        return quote
    speaker = entity_clusters[decision.cluster_index]
    return replace(
        quote,
        speaker_id=speaker.speaker_id,
        speaker=speaker.name,
        speaker_label=speaker.label,
        speaker_role=speaker.roles[0] if speaker.roles else None,
        speaker_method=decision.method,
        speaker_evidence=tuple(article.span(*evidence) for evidence in decision.evidence),
    )


Row = tuple[Span, str, Form, float, str | None]  # span, label, form, score, entity_id


def _build_mentions(
    article: Article,
    reading: Reading,
    clusters: Sequence[MentionCluster],
    entity_clusters: Sequence[EntityCluster],
    quotes: Iterable[Quote],
    referents: Mapping[Range, Distribution],
) -> tuple[Mention, ...]:
    """A row for each name, each source that describes or stands for somebody, each pronoun that is resolved."""
    rows: dict[tuple[int, int, str], Row] = {}
    for row in (*_source_rows(quotes, entity_clusters), *_pronoun_rows(article, entity_clusters, referents)):
        rows[row[0].start, row[0].end, "source"] = row
    for row in _name_rows(article, reading, clusters, entity_clusters):
        rows[row[0].start, row[0].end, "name"] = row
    return tuple(
        Mention(
            mention_id=mention_id(article.article_id, [(span.raw_start, span.raw_end)], role),
            index=index,
            span=span,
            label=label,
            form=form,
            entity_id=entity_id,
            score=score,
        )
        for index, ((_, _, role), (span, label, form, score, entity_id)) in enumerate(
            sorted(rows.items(), key=_text_order)
        )
    )


def _text_order(item: tuple[tuple[int, int, str], Row]) -> tuple[int, int, str]:
    return item[0]


def _name_rows(
    article: Article,
    reading: Reading,
    clusters: Sequence[MentionCluster],
    entity_clusters: Sequence[EntityCluster],
) -> Iterator[Row]:
    """The reader's names, and those that the clusters have where it marked less or none."""
    marked = {(entity.start, entity.end): entity for entity in reading.entities}
    bounds = {bound for cluster in clusters for start, end, _ in cluster.mentions for bound in (start, end)}
    for entity in reading.entities:
        if (entity.start in bounds) != (entity.end in bounds):
            continue  # part of a name: "Roe" of "Ann Roe"
        yield article.span(entity.start, entity.end), entity.label, "name", entity.score, None
    for cluster, entity_cluster in zip(clusters, entity_clusters, strict=True):
        for span, (start, end, score) in zip(entity_cluster.mentions, cluster.mentions, strict=True):
            # a place in the reader's eyes may be a person by all other mentions; an organization keeps its label
            by_cluster = cluster.label == "PERSON" or (start, end) not in marked
            label = cluster.label if by_cluster else marked[start, end].label
            yield span, label, "name", score, entity_cluster.entity_id


def _pronoun_rows(
    article: Article, entity_clusters: Sequence[EntityCluster], referents: Mapping[Range, Distribution]
) -> Iterator[Row]:
    """The pronouns that mean a cluster surely enough."""
    for (start, end), distribution in sorted(referents.items()):
        index, share = max(distribution.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
        if share >= MIN_PRONOUN_SCORE and pronoun_anaphor(article.text, start, end):
            cluster = entity_clusters[index]
            yield article.span(start, end), cluster.label, "pronoun", round(share, 4), cluster.entity_id


def _source_rows(quotes: Iterable[Quote], entity_clusters: Sequence[EntityCluster]) -> Iterator[Row]:
    """The sources that describe or stand for somebody, with the speaker where it is whom they mean."""
    by_speaker = {cluster.speaker_id: cluster for cluster in entity_clusters}
    for quote in quotes:
        if quote.source_form not in ("nominal", "pronoun"):
            continue
        # what passes a word on is not a mention of the one that it leads to
        refers = quote.speaker_id is not None and quote.speaker_method in BY_REFERENCE
        cluster = by_speaker[quote.speaker_id] if refers else None
        for span in quote.source_spans:
            label, entity_id = (cluster.label, cluster.entity_id) if cluster else ("", None)
            yield span, label, quote.source_form, quote.confidence, entity_id


def _cut_offsets(article: Article) -> list[int]:
    """The offsets of the body where something was cut out, in order."""
    return sorted({s.span.start for s in article.segments if s.kind != "paragraph" and s.span.start == s.span.end})


def _spans_of(article: Article, cuts: Sequence[int], ranges: Iterable[Range]) -> tuple[Span, ...]:
    """The spans of ranges of the body; a range over a place where something was cut out becomes one for each side."""
    return tuple(
        article.span(*part)
        for start, end in ranges
        for part in _split_range(article.text, start, end, cuts[bisect_right(cuts, start) : bisect_left(cuts, end)])
    )


def _split_range(text: str, start: int, end: int, cuts: Sequence[int]) -> list[Range]:
    """``[start, end)`` split at ``cuts``, each part without outer white space.

    >>> _split_range("One. Two.", 0, 9, [5]), _split_range("One. Two.", 0, 9, [4])
    ([(0, 4), (5, 9)], [(0, 4), (5, 9)])
    """
    bounds = [start, *cuts, end]
    trimmed = []
    for left, right in pairwise(bounds):
        part = text[left:right]
        if part.strip():
            trimmed.append((left + len(part) - len(part.lstrip()), left + len(part.rstrip())))
    return trimmed


def _join_texts(spans: Iterable[Span]) -> str:
    return " ".join(span.text for span in spans)
