"""A reading in a spaCy ``Doc``, and out of it again.

``doc.ents`` and the sentence starts are spaCy's own; ``doc.spans["attributions"]`` holds the spans of all attributions
(label ``content``, ``cue`` or ``source``; spans with one span id belong to one attribution) and carries, in its
``attrs``, the reading with offsets in characters. Group and attrs survive ``to_bytes``, ``DocBin`` and ``n_process=2``;
``doc._.attributions`` and ``reading(doc)`` are views of them.

Extensions: ``doc._.attributions``; ``doc._.quotes``, the ``Quote`` records of an annotation's Doc, with their speakers
(none on other Docs, and lost with ``to_bytes``); ``doc._.extra``, a dict for people's own components.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from spacy.lang.en import English
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans

from onrecord.transforms.records import Attribution, Entity, Link, Quote, Reading

if TYPE_CHECKING:
    from onrecord.transforms.records import Annotation

SPAN_GROUP = "attributions"
ROLES = ("content", "cue", "source")
INSIDE, OUTSIDE, BEGIN = 1, 2, 3  # spaCy's ENT_IOB
#: With so many strings in it, a vocabulary is left to the Docs that it was made for, and a new one begun.
MAX_STRINGS = 500_000
#: The quotes of Docs that are alive. They stand beside the Doc, since user data has to be serialisable.
_QUOTES: WeakKeyDictionary[Doc, tuple[Quote, ...]] = WeakKeyDictionary()


def annotate_doc(doc: Doc, result: Reading) -> Doc:
    """Write a reading into a Doc; spaCy's spans are the tokens that share a character with the reader's.

    Entities are replaced. A Doc that is parsed keeps its sentences: they hang together with the parse.
    """
    starts = doc.to_array(["IDX"]).astype(np.int64).reshape(-1)
    if len(doc):
        entities = _find_entities(doc, starts, result.entities)
        columns = {"ENT_IOB": _entity_positions(doc, entities), "ENT_TYPE": _entity_labels(doc, entities)}
        if not doc.has_annotation("DEP"):
            columns["SENT_START"] = _sentence_marks(starts, result.sentence_starts)
        array: Any = np.stack([column.astype(np.uint64) for column in columns.values()], axis=1)
        doc.from_array([*columns], array)
    attrs = {f.name: [_plain(value) for value in getattr(result, f.name)] for f in fields(result)}
    spans = _attribution_spans(doc, starts, result.attributions) if len(doc) else []
    doc.spans[SPAN_GROUP] = SpanGroup(doc, name=SPAN_GROUP, attrs=attrs, spans=spans)
    return doc


def reading(doc: Doc) -> Reading:
    """The reading of ``doc``, with offsets in characters; raises KeyError if no reader has seen it."""
    attrs = doc.spans[SPAN_GROUP].attrs
    return Reading(
        sentence_starts=tuple(attrs["sentence_starts"]),
        entities=tuple(Entity(**entity) for entity in attrs["entities"]),
        attributions=tuple(_attribution_from(values) for values in attrs["attributions"]),
        links=tuple(Link(**{**link, "targets": tuple(tuple(t) for t in link["targets"])}) for link in attrs["links"]),
    )


def make_doc(annotation: Annotation) -> Doc:
    """A new Doc of an annotation, with its quotes; its vocabulary is shared with other such Docs of this thread."""
    if annotation.doc_bytes is None:
        doc = annotate_doc(blank_doc(annotation.article.text), annotation.reading)
    else:
        doc = Doc(_tokenizer().vocab).from_bytes(annotation.doc_bytes)
    _QUOTES[doc] = annotation.quotes
    return doc


def blank_doc(text: str) -> Doc:
    """The words of a text, as the Docs of annotations have them."""
    return _tokenizer().make_doc(text)


def set_extensions() -> None:
    """What the module says of ``doc._``; an extension of that name that is there already stays."""
    extensions: dict[str, dict[str, Any]] = {
        "attributions": {"getter": _get_attributions},
        "quotes": {"getter": _get_quotes},
        "extra": {"default": {}},
    }
    for name, how in extensions.items():
        if not Doc.has_extension(name):
            Doc.set_extension(name, **how)


def _get_attributions(doc: Doc) -> tuple[Attribution, ...]:
    return reading(doc).attributions if SPAN_GROUP in doc.spans else ()


def _get_quotes(doc: Doc) -> tuple[Quote, ...]:
    return _QUOTES.get(doc, ())


_LOCAL = threading.local()


def _tokenizer() -> English:
    """This thread's tokenizer; it lies outside of any memory zone, so that Docs outlive what is read after them."""
    kept: English | None = getattr(_LOCAL, "nlp", None)
    if kept is None or len(kept.vocab.strings) > MAX_STRINGS:
        set_extensions()
        kept = _LOCAL.nlp = English()
        kept.max_length = 1_000_000_000
    return kept


def _attribution_from(values: dict[str, Any]) -> Attribution:
    ranges = {role: tuple((a, b) for a, b in values[role]) for role in ROLES}
    return Attribution(**{**values, **ranges, "flags": tuple(values["flags"])})


def _plain(value: Any) -> Any:
    """A record of a reading as a dict of its fields, whose values are plain already; a number as it is."""
    return value if isinstance(value, int) else {name: getattr(value, name) for name in value.__slots__}


def _tokens_at(starts: np.ndarray, offsets: Sequence[int]) -> np.ndarray:
    """The tokens that hold the characters at ``offsets``; what stands before the first belongs to it."""
    return np.maximum(np.searchsorted(starts, np.array(offsets, dtype=np.int64), side="right") - 1, 0)


def _sentence_marks(starts: np.ndarray, sentence_starts: Sequence[int]) -> np.ndarray:
    """``[tokens]``: 1 where a sentence starts, else -1."""
    marks = np.full(len(starts), -1, dtype=np.int64)
    marks[_tokens_at(starts, sentence_starts)] = 1
    marks[0] = 1
    return marks


def _find_entities(doc: Doc, starts: np.ndarray, entities: Sequence[Entity]) -> list[Span]:
    """Entities as spans; of two that share a token the longer."""
    firsts = _tokens_at(starts, [entity.start for entity in entities]).tolist()
    lasts = _tokens_at(starts, [entity.end - 1 for entity in entities]).tolist()
    return filter_spans(
        Span(doc, first, last + 1, label=entity.label)
        for first, last, entity in zip(firsts, lasts, entities, strict=True)
    )


def _entity_positions(doc: Doc, entities: Iterable[Span]) -> np.ndarray:
    """``[tokens]``: whether each begins an entity, stands in one, or outside of all."""
    positions = np.full(len(doc), OUTSIDE, dtype=np.int64)
    for entity in entities:
        positions[entity.start : entity.end] = INSIDE
        positions[entity.start] = BEGIN
    return positions


def _entity_labels(doc: Doc, entities: Iterable[Span]) -> np.ndarray:
    """``[tokens]``: the label of the entity that each stands in, as the number of its string; else 0."""
    labels = np.zeros(len(doc), dtype=np.uint64)
    for entity in entities:
        labels[entity.start : entity.end] = entity.label
    return labels


def _attribution_spans(doc: Doc, starts: np.ndarray, attributions: Iterable[Attribution]) -> list[Span]:
    placed = [
        (start, end, role, str(index))
        for index, attribution in enumerate(attributions)
        for role in ROLES
        for start, end in getattr(attribution, role)
    ]
    firsts = _tokens_at(starts, [start for start, *_ in placed]).tolist()
    lasts = _tokens_at(starts, [end - 1 for _, end, *_ in placed]).tolist()
    return [
        Span(doc, first, last + 1, label=role, span_id=index)
        for first, last, (_, _, role, index) in zip(firsts, lasts, placed, strict=True)
    ]
