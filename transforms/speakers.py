"""Who speaks: the identities of an article, and the one behind each of its sources.

    Reading ──gather──► identities ──decide──► a speaker, or nobody, for each attribution ──► Annotation

The speaker of an attribution is who uttered it, by the fullest name the article gives. It stays empty where the article
names nobody ("experts", "two aides") and where the decision is less sure than ``LEAST``; then ``speaker_score`` still
tells how sure it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from transforms.identities import Decision, Distribution, Known, decide, gather, keys_of
from transforms.identities.discourse import pronoun_place
from transforms.ids import mention_id, quote_id, speaker_id
from transforms.lexicon.pronouns import form_of
from transforms.records import Annotation, Article, Attribution, Form, Identity, Mention, Quote, Reading, Span

Range = tuple[int, int]

#: A speaker less sure than this stays empty. Chosen by ``training.choose_speaker_threshold``.
LEAST = 0.45
#: Ways of finding a speaker in which the source itself holds the name.
BY_NAME = ("named", "voice")
#: Ways in which the source means the speaker.
MEANT = ("pronoun", "nominal", "apposition", "named_next", "relative", "first_person")


def resolve(article: Article, reading: Reading, *, least: float = LEAST) -> Annotation:
    """The article's identities, mentions and quotes, each quote with its speaker where one is named."""
    known = gather(article.text, reading.entities)
    told = decide(article.text, reading, known)
    identities = [_identity(article, one, key) for one, key in zip(known, keys_of(known), strict=True)]
    quotes = tuple(
        _quote(article, index, attribution, decision, identities, least)
        for index, (attribution, decision) in enumerate(zip(reading.attributions, told.decisions, strict=True))
    )
    mentions = _mentions(article, reading, known, identities, quotes, told.meant)
    return Annotation(article=article, mentions=mentions, quotes=quotes, identities=tuple(identities))


def _identity(article: Article, known: Known, key: str) -> Identity:
    places = tuple(article.span(start, end) for start, end, _ in known.mentions)
    return Identity(
        entity_id=mention_id(article.article_id, [(places[0].raw_start, places[0].raw_end)], "entity"),
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
    index: int,
    attribution: Attribution,
    decision: Decision,
    identities: Sequence[Identity],
    least: float,
) -> Quote:
    content = _spans(article, attribution.content)
    cue = _spans(article, attribution.cue)
    source = _spans(article, attribution.source)
    speaker = identities[decision.known] if decision.known is not None and decision.score >= least else None
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


def _mentions(
    article: Article,
    reading: Reading,
    known: Sequence[Known],
    identities: Sequence[Identity],
    quotes: Iterable[Quote],
    meant: Mapping[Range, Distribution],
) -> tuple[Mention, ...]:
    """A row for each name, each source that describes or stands for somebody, each pronoun that is resolved."""
    found: dict[tuple[int, int, str], tuple[Span, str, Form, float, str | None]] = {}
    for entity in reading.entities:
        span = article.span(entity.start, entity.end)
        found[entity.start, entity.end, "name"] = (span, entity.label, "name", entity.score, None)
    for one, identity in zip(known, identities, strict=True):
        for span, (start, end, score) in zip(identity.mentions, one.mentions, strict=True):
            marked = found.get((start, end, "name"))
            # a place in the reader's eyes may be a person by all other mentions; a body keeps the reader's label
            label = marked[1] if marked and one.label != "PERSON" else one.label
            found[start, end, "name"] = (span, label, "name", score, identity.entity_id)
    for (start, end), who in sorted(meant.items()):
        best = max(who, key=lambda one: (who[one], -one), default=None)
        if best is not None and who[best] >= 0.5 and pronoun_place(article.text, start, end):
            entry = (article.span(start, end), identities[best].label, "pronoun", round(who[best], 4))
            found[start, end, "source"] = (*entry, identities[best].entity_id)  # type: ignore[assignment]
    by_speaker = {identity.speaker_id: identity for identity in identities if identity.speaker_id}
    for quote in quotes:
        if quote.source_form in ("nominal", "pronoun"):
            # what passes a word on is not a mention of the one that it leads to
            speaker = by_speaker.get(quote.speaker_id) if quote.speaker_method in MEANT else None
            for span in quote.source_spans:
                entry = (span, speaker.label if speaker else "", quote.source_form, quote.confidence)
                entity = speaker.entity_id if speaker else None
                found.setdefault((span.start, span.end, "source"), (*entry, entity))  # type: ignore[arg-type]
    ordered = sorted(found.items(), key=lambda item: item[0])
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
        for index, ((_, _, role), (span, label, form, score, entity_id)) in enumerate(ordered)
    )


def _spans(article: Article, ranges: Iterable[Range]) -> tuple[Span, ...]:
    """The spans of ranges of the body; a range over a place where something was cut out becomes one for each side."""
    cuts = sorted({s.span.start for s in article.segments if s.kind != "paragraph" and s.span.start == s.span.end})
    return tuple(
        article.span(*part)
        for start, end in ranges
        for part in _split(article.text, start, end, [at for at in cuts if start < at < end])
    )


def _split(text: str, start: int, end: int, cuts: list[int]) -> list[Range]:
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
