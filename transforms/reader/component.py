"""The reader as a spaCy component: ``nlp.add_pipe("onrecord_reader")``.

It sets ``doc.ents``, sentence starts and a span group: ``doc.spans["attributions"]`` holds the parts of all
attributions (label ``content``, ``cue`` or ``source``; parts with one span id belong to one attribution) and carries,
in its ``attrs``, the reading with offsets in characters. Group and attrs survive ``to_bytes``, ``DocBin`` and
``n_process=2``; ``doc._.attributions`` and ``reading(doc)`` are views of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import spacy
import srsly
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans
from spacy.vocab import Vocab

from onrecord.transforms.reader.model import FILES, Model
from onrecord.transforms.records import Attribution, Entity, Link, Reading

COMPONENT_NAME = "onrecord_reader"
SPAN_GROUP = "attributions"


def load_reader() -> Language:
    """A blank English pipeline with the shipped reader in it."""
    nlp = spacy.blank("en")
    nlp.max_length = 1_000_000_000  # the reader works in windows: length costs time, not memory
    nlp.add_pipe(COMPONENT_NAME)
    return nlp


def reading(doc: Doc) -> Reading:
    """The reading of ``doc``, with offsets in characters; raises KeyError if no reader has seen it."""
    attrs = doc.spans[SPAN_GROUP].attrs
    return Reading(
        sentence_starts=tuple(attrs["sentence_starts"]),
        entities=tuple(Entity(**entity) for entity in attrs["entities"]),
        attributions=tuple(_attribution_from(values) for values in attrs["attributions"]),
        links=tuple(Link(**{**link, "targets": tuple(tuple(t) for t in link["targets"])}) for link in attrs["links"]),
    )


def _attribution_from(values: dict[str, Any]) -> Attribution:
    ranges = {role: tuple((a, b) for a, b in values[role]) for role in ("content", "cue", "source")}
    return Attribution(**{**values, **ranges, "flags": tuple(values["flags"])})


def _get_attributions(doc: Doc) -> tuple[Attribution, ...]:
    return reading(doc).attributions if SPAN_GROUP in doc.spans else ()


@Language.factory(
    COMPONENT_NAME,
    assigns=["doc.ents", "doc.spans", "doc._.attributions", "token.is_sent_start"],
    default_config={"model": None},
)
def make_reader(nlp: Language, name: str, model: str | None) -> ReaderComponent:
    """``model``: a folder with the reader's files; None takes the shipped ones."""
    return ReaderComponent(nlp.vocab, Model.load(Path(model)) if model else Model.load())


class ReaderComponent:
    """Reads one document at a time (see the module), so that ``pipe`` streams and never stacks."""

    def __init__(self, vocab: Vocab, model: Model) -> None:
        self.vocab = vocab
        self.model = model
        if not Doc.has_extension("attributions"):
            Doc.set_extension("attributions", getter=_get_attributions)

    def __call__(self, doc: Doc) -> Doc:
        return annotate_doc(doc, self.model.read(doc.text))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 1) -> Iterator[Doc]:
        for doc in stream:
            yield self(doc)

    def __reduce__(self) -> tuple[type[ReaderComponent], tuple[Vocab, Model]]:
        return ReaderComponent, (self.vocab, self.model)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).write_bytes(self.model.files[name])

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ReaderComponent:
        self.model = Model.load(Path(path))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        return cast(bytes, srsly.msgpack_dumps(self.model.files))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ReaderComponent:
        self.model = Model(srsly.msgpack_loads(data))
        return self


def annotate_doc(doc: Doc, result: Reading) -> Doc:
    """Write a reading into a Doc; spaCy's spans are the tokens that share a character with the reader's."""
    starts = [token.idx for token in doc]
    sentences = {_token_at(starts, at) for at in result.sentence_starts}
    for token in doc:
        token.is_sent_start = token.i in sentences or token.i == 0
    doc.ents = filter_spans([_span(doc, starts, e.start, e.end, e.label) for e in result.entities])
    spans = [
        _span(doc, starts, start, end, role, index)
        for index, attribution in enumerate(result.attributions)
        for role in ("content", "cue", "source")
        for start, end in getattr(attribution, role)
    ]
    values = asdict(result)
    attrs = {key: list(values[key]) for key in ("sentence_starts", "entities", "attributions", "links")}
    doc.spans[SPAN_GROUP] = SpanGroup(doc, name=SPAN_GROUP, attrs=attrs, spans=spans)
    return doc


def _token_at(starts: list[int], offset: int) -> int:
    return max(bisect_right(starts, offset) - 1, 0)


def _span(doc: Doc, starts: list[int], start: int, end: int, label: str, index: int = 0) -> Span:
    return Span(doc, _token_at(starts, start), _token_at(starts, end - 1) + 1, label=label, span_id=str(index))
