"""A document of a training set: a text and whatever is marked in it, as character ranges.

Each set marks something else; what a set does not mark is None, and the heads that would need it do not learn from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One gold attribution: the ranges of its parts."""

    content: tuple[Range, ...]
    cue: tuple[Range, ...]
    source: tuple[Range, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text with its marks. ``chains``: the mentions (their head words) of one entity, in text order."""

    name: str
    text: str
    relations: tuple[Relation, ...] | None = None
    entities: tuple[tuple[int, int, str], ...] | None = None
    sentences: tuple[int, ...] | None = None
    chains: tuple[tuple[Range, ...], ...] | None = None


def clean_text(text: str) -> Article:
    """The text as the product's cleaning leaves it, with its way back."""
    article = clean(RawArticle.of(text))
    assert isinstance(article, Article)
    return article


def clean_document(document: Document) -> Document:
    """A document with attributions as the product would read it: cleaned, its ranges moved along."""
    body = clean_text(document.text).body

    def move(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
        moved = ((body.position(start), body.position(end)) for start, end in ranges)
        return tuple((start, end) for start, end in moved if start < end)

    relations = (
        Relation(content=move(r.content), cue=move(r.cue), source=move(r.source)) for r in document.relations or ()
    )
    return replace(document, text=body.text, relations=tuple(r for r in relations if r.content))
