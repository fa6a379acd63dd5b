"""Who speaks: the entity clusters of an article, and the one behind each of its sources.

    Reading ──cluster_mentions──► entity clusters ──resolve_speakers──► a speaker, or nobody, for each attribution

The speaker of an attribution is who uttered it, by the fullest name the article gives. It stays empty where the article
names nobody ("experts", "two aides") and where the decision is less sure than ``MIN_SPEAKER_SCORE``; then
``speaker_score`` still tells how sure it was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from onrecord.transforms.identities.clusters import EntityClusterBuilder, cluster_mentions, keys_of
from onrecord.transforms.identities.speakers import Distribution, SpeakerDecision, resolve_speakers
from onrecord.transforms.identities.speakers.discourse import pronoun_place
from onrecord.transforms.ids import mention_id, quote_id, speaker_id
from onrecord.transforms.lexicon.pronouns import form_of
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

#: A speaker less sure than this stays empty. Chosen by ``training.choose_speaker_threshold``.
MIN_SPEAKER_SCORE = 0.5
#: A pronoun is a mention of an identity that it means this surely.
MIN_PRONOUN_SCORE = 0.5
#: Ways of finding a speaker in which the source itself holds the name.
BY_NAME = ("named", "voice")
#: Ways in which the source means the speaker.
BY_REFERENCE = ("pronoun", "nominal", "apposition", "named_next", "relative", "first_person")


def resolve(article: Article, reading: Reading, *, min_score: float = MIN_SPEAKER_SCORE) -> Annotation:
    """The article's entity_clusters, mentions and quotes, each quote with its speaker where one is named."""
    known = cluster_mentions(
        article.text, reading.entities, (part for one in reading.attributions for part in one.source)
    )
    told = resolve_speakers(article.text, reading, known)
    entity_clusters = [_identity(article, one, key) for one, key in zip(known, keys_of(known), strict=True)]
    cuts = _cuts(article)
    quotes = tuple(
        _quote(article, cuts, index, attribution, decision, entity_clusters, min_score)
        for index, (attribution, decision) in enumerate(zip(reading.attributions, told.decisions, strict=True))
    )
    mentions = _mentions(article, reading, known, entity_clusters, quotes, told.referents)
    return Annotation(article=article, mentions=mentions, quotes=quotes, entity_clusters=tuple(entity_clusters))


def _identity(article: Article, known: EntityClusterBuilder, key: str) -> EntityCluster:
    places = tuple(article.span(start, end) for start, end, _ in known.mentions)
    return EntityCluster(
        entity_id=mention_id(article.article_id, [(places[0].raw_start, places[0].raw_end)], f"entity {known.label}"),
        speaker_id=speaker_id(known.label, key) if known.speaks else None,
        name=known.name,
        label=known.label,
        aliases=tuple(alias for alias in known.aliases if alias != known.name),
        roles=tuple(role.text for role in known.roles),
        gender=known.gender,
        mentions=places,
    )


def _quote(
    article: Article,
    cuts: Sequence[int],
    index: int,
    attribution: Attribution,
    decision: SpeakerDecision,
    entity_clusters: Sequence[EntityCluster],
    min_score: float,
) -> Quote:
    content = _spans(article, cuts, attribution.content)
    cue = _spans(article, cuts, attribution.cue)
    source = _spans(article, cuts, attribution.source)
    speaker = entity_clusters[decision.known] if decision.known is not None and decision.score >= min_score else None
    return Quote(
        # the cue tells two attributions of one content apart
        quote_id=quote_id(article.article_id, [(span.raw_start, span.raw_end) for span in (*content, *cue)]),
        index=index,
        kind=attribution.kind,
        act=attribution.act,
        content=_joined(content),
        content_spans=content,
        cue=_joined(cue),
        cue_spans=cue,
        source=_joined(source),
        source_spans=source,
        source_form=form_of(_joined(source), decision.method in BY_NAME),
        speaker_id=speaker.speaker_id if speaker else None,
        speaker=speaker.name if speaker else None,
        speaker_label=speaker.label if speaker else None,
        speaker_role=speaker.roles[0] if speaker and speaker.roles else None,
        speaker_method=decision.method if speaker else None,
        speaker_score=round(decision.score, 4) if decision.known is not None else None,
        speaker_evidence=tuple(article.span(*place) for place in decision.evidence) if speaker else (),
        confidence=attribution.confidence,
        flags=attribution.flags,
    )


Row = tuple[Span, str, Form, float, str | None]  # span, label, form, score, entity_id


def _mentions(
    article: Article,
    reading: Reading,
    known: Sequence[EntityClusterBuilder],
    entity_clusters: Sequence[EntityCluster],
    quotes: Iterable[Quote],
    referents: Mapping[Range, Distribution],
) -> tuple[Mention, ...]:
    """A row for each name, each source that describes or stands for somebody, each pronoun that is resolved."""
    found: dict[tuple[int, int, str], Row] = {}
    for row in (*_sources(quotes, entity_clusters), *_pronouns(article, entity_clusters, referents)):
        found[row[0].start, row[0].end, "source"] = row
    for row in _names(article, reading, known, entity_clusters):
        found[row[0].start, row[0].end, "name"] = row
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
        for index, ((_, _, role), (span, label, form, score, entity_id)) in enumerate(sorted(found.items(), key=_place))
    )


def _place(item: tuple[tuple[int, int, str], Row]) -> tuple[int, int, str]:
    return item[0]


def _names(
    article: Article, reading: Reading, known: Sequence[EntityClusterBuilder], entity_clusters: Sequence[EntityCluster]
) -> Iterator[Row]:
    """The reader's names, and those that entity_clusters have where it marked less or none."""
    marked = {(entity.start, entity.end): entity for entity in reading.entities}
    whole = {place for one in known for start, end, _ in one.mentions for place in (start, end)}
    for entity in reading.entities:
        if (entity.start in whole) != (entity.end in whole):
            continue  # part of a name: "Roe" of "Ann Roe"
        yield article.span(entity.start, entity.end), entity.label, "name", entity.score, None
    for one, identity in zip(known, entity_clusters, strict=True):
        for span, (start, end, score) in zip(identity.mentions, one.mentions, strict=True):
            # a place in the reader's eyes may be a person by all other mentions; a body keeps the reader's label
            own = one.label == "PERSON" or (start, end) not in marked
            yield span, one.label if own else marked[start, end].label, "name", score, identity.entity_id


def _pronouns(
    article: Article, entity_clusters: Sequence[EntityCluster], referents: Mapping[Range, Distribution]
) -> Iterator[Row]:
    for (start, end), who in sorted(referents.items()):
        one, share = max(who.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
        if share >= MIN_PRONOUN_SCORE and pronoun_place(article.text, start, end):
            identity = entity_clusters[one]
            yield article.span(start, end), identity.label, "pronoun", round(share, 4), identity.entity_id


def _sources(quotes: Iterable[Quote], entity_clusters: Sequence[EntityCluster]) -> Iterator[Row]:
    by_speaker = {identity.speaker_id: identity for identity in entity_clusters}
    for quote in quotes:
        if quote.source_form not in ("nominal", "pronoun"):
            continue
        # what passes a word on is not a mention of the one that it leads to
        known = quote.speaker_id is not None and quote.speaker_method in BY_REFERENCE
        identity = by_speaker[quote.speaker_id] if known else None
        for span in quote.source_spans:
            label, entity_id = (identity.label, identity.entity_id) if identity else ("", None)
            yield span, label, quote.source_form, quote.confidence, entity_id


def _cuts(article: Article) -> list[int]:
    """The places of the body where something was cut out, in order."""
    return sorted({s.span.start for s in article.segments if s.kind != "paragraph" and s.span.start == s.span.end})


def _spans(article: Article, cuts: Sequence[int], ranges: Iterable[Range]) -> tuple[Span, ...]:
    """The spans of ranges of the body; a range over a place where something was cut out becomes one for each side."""
    return tuple(
        article.span(*part)
        for start, end in ranges
        for part in _split(article.text, start, end, cuts[bisect_right(cuts, start) : bisect_left(cuts, end)])
    )


def _split(text: str, start: int, end: int, cuts: Sequence[int]) -> list[Range]:
    """``[start, end)`` in pieces without outer white space.

    >>> _split("One. Two.", 0, 9, [5]), _split("One. Two.", 0, 9, [4])
    ([(0, 4), (5, 9)], [(0, 4), (5, 9)])
    """
    bounds = [start, *cuts, end]
    trimmed = []
    for left, right in pairwise(bounds):
        piece = text[left:right]
        if piece.strip():
            trimmed.append((left + len(piece) - len(piece.lstrip()), left + len(piece.rstrip())))
    return trimmed


def _joined(spans: Iterable[Span]) -> str:
    return " ".join(span.text for span in spans)
