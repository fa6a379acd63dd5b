"""The reader as a spaCy component: ``nlp.add_pipe("onrecord_reader")``; ``doc.py`` says what it sets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc
from spacy.vocab import Vocab

from onrecord.transforms.reader.doc import annotate_doc, set_extensions
from onrecord.transforms.reader.model import FILES, Model

COMPONENT_NAME = "onrecord_reader"


def add_reader(nlp: Language) -> Language:
    """The pipeline with the shipped reader before its other components, and no limit to the length of texts."""
    nlp.max_length = 1_000_000_000  # the reader works in windows: length costs time, not memory
    nlp.add_pipe(COMPONENT_NAME, first=True)
    return nlp


@Language.factory(
    COMPONENT_NAME,
    assigns=["doc.ents", "doc.spans", "doc._.attributions", "token.is_sent_start"],
    default_config={"model": None},
)
def make_reader(nlp: Language, name: str, model: str | None) -> ReaderComponent:
    """``model``: a folder with the reader's files; None takes the shipped ones."""
    return ReaderComponent(nlp.vocab, Model.load(Path(model)) if model else Model.shipped(), name)


class ReaderComponent(Pipe):
    """Reads one document at a time (see the module), so that ``pipe`` streams and never stacks.

    A document on which ``pipe`` fails goes to spaCy's error handler, which raises unless ``nlp.set_error_handler`` says
    otherwise.
    """

    def __init__(self, vocab: Vocab, model: Model, name: str = COMPONENT_NAME) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        set_extensions()

    def __call__(self, doc: Doc) -> Doc:
        return annotate_doc(doc, self.model.read(doc.text))

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).write_bytes(self.model.file(name))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> ReaderComponent:
        self.model = Model.load(Path(path))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        return cast(bytes, srsly.msgpack_dumps(self.model.files))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> ReaderComponent:
        self.model = Model(srsly.msgpack_loads(data))
        return self
