"""GUM's coreference: texts with the mentions of their entities, above all of people and organizations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpora.conllu import ConlluDocument, EntityMention, Word, read_conllu
from corpora.documents import Range

#: GUM's kinds of entities that the product has speakers of; a mention of any other kind has no label.
LABELS = {"person": "PERSON", "organization": "ORG"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GumMention:
    """``[start, end)`` of the whole noun phrase. ``name``: the range of the proper name in it that heads it, if any."""

    start: int
    end: int
    entity: str
    label: str
    form: str
    name: Range | None = None
    subject: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GumDocument:
    """A text with where its sentences start, and its mentions: by place, of two at one place the longer first."""

    name: str
    text: str
    sentences: tuple[int, ...]
    mentions: tuple[GumMention, ...]


def read_gum(path: Path) -> Iterator[GumDocument]:
    """The documents of a gzipped CoNLL-U file of GUM."""
    return map(_document, read_conllu(path))


def _document(document: ConlluDocument) -> GumDocument:
    mentions = (_mention(document.words, mention) for mention in document.mentions)
    return GumDocument(
        name=document.name,
        text=document.text,
        sentences=document.sentences,
        mentions=tuple(sorted(mentions, key=lambda m: (m.start, -m.end))),
    )


def _mention(words: Sequence[Word], mention: EntityMention) -> GumMention:
    first, last = mention.first, mention.last
    heads = [first + k - 1 for k in mention.minspan if first + k - 1 <= last] or [first]
    head = heads[0]
    for k in heads:  # the syntactic head among the minimal span
        if words[k].head not in heads:
            head = k
    is_pronoun = words[head].tag == "PRON" and first == last
    form = "pronoun" if is_pronoun else "name" if words[head].tag == "PROPN" else "nominal"
    return GumMention(
        start=words[first].start,
        end=words[last].end,
        entity=mention.entity,
        label=LABELS.get(mention.kind, ""),
        form=form,
        name=_name(words, mention, head, heads) if form == "name" else None,
        subject=words[head].relation.startswith("nsubj"),
    )


def _name(words: Sequence[Word], mention: EntityMention, head: int, heads: Sequence[int]) -> Range:
    """The proper nouns around the head."""
    left = right = head
    while left > mention.first and words[left - 1].tag == "PROPN":
        left -= 1
    while right < mention.last and words[right + 1].tag == "PROPN":
        right += 1
    if mention.kind == "organization":  # "University of X", "Department of Justice": the minimal span may be wider
        left, right = min(left, *heads), max(right, *heads)
    return words[left].start, words[right].end
