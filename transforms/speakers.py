"""Who speaks: what the reader found in an article, tied to the names that the article gives.

This first version knows a speaker only where the source itself is a person's or body's name, alone or with a title
or a description beside it. Pronouns and descriptions keep an empty speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from transforms.ids import mention_id, quote_id, speaker_id
from transforms.lexicon.pronouns import form_of
from transforms.records import Annotation, Article, Attribution, Entity, Form, Mention, Quote, Reading, Span

Range = tuple[int, int]

SPEAKING = ("PERSON", "ORG")
POSSESSIVE = re.compile(r"['’]s?$")
ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
WORD = re.compile(r"\w+")
#: Behind a name that heads its phrase: the end, a mark, or a clause about it ("Doe, who …"); not "Doe supporters".
HEADS = re.compile(r"\s*(?:$|[,;:(–—-]|who\b|himself\b|herself\b)")
#: Before a name that does not head its phrase: "an aide to Doe", "the office of the attorney general, Doe".
GOVERNED = re.compile(
    r"\b(?:to|of|for|from|at|in|with|by|on|under|near|against)\s+(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A name that heads a source, its longest form in the article, and where that form stands first."""

    entity: Entity
    longest: str
    first: Entity


def resolve(article: Article, reading: Reading) -> Annotation:
    """The article's mentions and quotes, each quote with its speaker where its source is a name."""
    heads = [_named_head(article.text, attribution, reading.entities) for attribution in reading.attributions]
    quotes = tuple(
        _quote(article, index, attribution, head)
        for index, (attribution, head) in enumerate(zip(reading.attributions, heads, strict=True))
    )
    return Annotation(article=article, mentions=_mentions(article, reading, quotes), quotes=quotes)


def _quote(article: Article, index: int, attribution: Attribution, head: _Name | None) -> Quote:
    content = _spans(article, attribution.content)
    cue = _spans(article, attribution.cue)
    source = _spans(article, attribution.source)
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
        source_form=form_of(_joined(source), head is not None),
        speaker_id=speaker_id(head.entity.label, head.longest) if head else None,
        speaker=head.longest if head else None,
        speaker_label=head.entity.label if head else None,
        speaker_method="named" if head else None,
        speaker_score=head.entity.score if head else None,
        speaker_evidence=(article.span(head.first.start, head.first.end),) if head else (),
        confidence=attribution.confidence,
        flags=attribution.flags,
    )


def _mentions(article: Article, reading: Reading, quotes: Iterable[Quote]) -> tuple[Mention, ...]:
    """A row for each named span, and for each source that describes or stands for somebody, in text order."""
    found: dict[tuple[int, int, str], tuple[Span, str, Form, float]] = {}
    for entity in reading.entities:
        span = article.span(entity.start, entity.end)
        found[span.start, span.end, "name"] = (span, entity.label, "name", entity.score)
    for quote in quotes:
        if quote.source_form in ("nominal", "pronoun"):
            for span in quote.source_spans:
                found.setdefault((span.start, span.end, "source"), (span, "", quote.source_form, quote.confidence))
    return tuple(
        Mention(
            mention_id=mention_id(article.article_id, [(span.raw_start, span.raw_end)], role),
            index=index,
            span=span,
            label=label,
            form=form,
            score=score,
        )
        for index, ((_, _, role), (span, label, form, score)) in enumerate(sorted(found.items(), key=lambda kv: kv[0]))
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


def _named_head(text: str, attribution: Attribution, entities: Iterable[Entity]) -> _Name | None:
    """The person or body whose name heads the source; None for "an aide to Doe", "Doe supporters", "officials"."""
    names = [entity for entity in entities if entity.label in SPEAKING]
    for label in SPEAKING:  # in "Acme spokeswoman Jane Doe" the person speaks
        for start, end in attribution.source:
            for entity in names:
                if (
                    entity.label == label
                    and start <= entity.start
                    and entity.end <= end
                    and _heads(text, entity, start, end)
                ):
                    first = _longest(text, entity, names)
                    return _Name(entity=entity, longest=_bare(text[first.start : first.end]), first=first)
    return None


def _heads(text: str, entity: Entity, start: int, end: int) -> bool:
    before, behind = text[start : entity.start], text[entity.end : end]
    if GOVERNED.search(before) or not HEADS.match(behind):
        return False
    # a body's name behind a description is part of it: "a spokesman, Acme"; a person's is who it describes
    return entity.label == "PERSON" or not ARTICLE.sub("", before).strip()


def _longest(text: str, entity: Entity, names: Iterable[Entity]) -> Entity:
    """The first of the longest forms of a name; the name itself when two people share it.

    A person's form holds all words of the name and the same last one ("Doe" in "Jane Doe"); a body's is its own.
    """
    words = _words(text, entity)
    forms: dict[tuple[str, ...], Entity] = {}
    for other in names:
        theirs = _words(text, other)
        if other.label == entity.label and _extends(theirs, words, entity.label):
            forms.setdefault(theirs, other)
    maximal = [
        form for form in forms if not any(form != other and _extends(other, form, entity.label) for other in forms)
    ]
    return forms[maximal[0]] if len(maximal) == 1 else forms.get(words, entity)


def _extends(longer: tuple[str, ...], shorter: tuple[str, ...], label: str) -> bool:
    if label != "PERSON" or not shorter:
        return longer == shorter
    return longer == shorter or (
        len(longer) > len(shorter) and longer[-1] == shorter[-1] and set(shorter) <= set(longer)
    )


def _words(text: str, entity: Entity) -> tuple[str, ...]:
    return tuple(word.casefold() for word in WORD.findall(_bare(text[entity.start : entity.end])))


def _bare(name: str) -> str:
    """A name without article and possessive, on one line.

    >>> _bare("the Acme\\nGroup’s")
    'Acme Group'
    """
    return POSSESSIVE.sub("", ARTICLE.sub("", " ".join(name.split())))
