"""The trained reader: loaded from a folder of files, it maps a text to its Reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from onrecord.transforms.reader.attributions import Calibration, find_attributions
from onrecord.transforms.reader.decoding import (
    Decoding,
    TaggedSpan,
    find_sentence_starts,
    find_spans,
    group_words,
)
from onrecord.transforms.reader.labels import ENTITIES
from onrecord.transforms.reader.links import find_links, find_pronouns
from onrecord.transforms.reader.pieces import Pieces, cut_into_pieces, load_tokenizer, pieces_of
from onrecord.transforms.reader.scores import score
from onrecord.transforms.reader.session import Network
from onrecord.transforms.records import Entity, Reading

SHIPPED = Path(__file__).parent / "weights"
FILES = ("reader.onnx", "tokenizer.json", "config.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings chosen on dev: the window (in word pieces), decoding and calibration."""

    window: int = 256
    overlap: int = 64
    decoding: Decoding = field(default_factory=Decoding)
    calibration: Calibration = field(default_factory=Calibration)

    @classmethod
    def of(cls, data: bytes) -> Config:
        values = json.loads(data)
        return cls(
            window=values["window"],
            overlap=values["overlap"],
            decoding=Decoding(**_with_tuples(values["decoding"])),
            calibration=Calibration(**_with_tuples(values["calibration"])),
        )

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode() + b"\n"


class Model:
    """The reader over plain text. It pickles, and travels through spaCy's serialisation.

    Made from a folder, it stays a view of that folder: the network is opened by its path, and what is pickled is the
    path. Made from the contents of FILES, it keeps those.
    """

    def __init__(self, source: Path | Mapping[str, bytes]) -> None:
        self.source = source if isinstance(source, Path) else dict(source)
        self.config = Config.of(self.file("config.json"))
        self.tokenizer = load_tokenizer(self.file("tokenizer.json"))
        self.network = Network(source / "reader.onnx" if isinstance(source, Path) else source["reader.onnx"])

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Model:
        """Raises FileNotFoundError when one of FILES is not in the folder."""
        for name in FILES:
            (folder / name).stat()
        return cls(folder)

    @classmethod
    def shipped(cls) -> Model:
        """A model of the shipped files: the one that ``preload`` has begun to load, or a new one."""
        try:
            return _PRELOADED.pop().result()
        except IndexError:
            return cls.load()

    def file(self, name: str) -> bytes:
        """The contents of one of FILES; of a folder they are read now."""
        return (self.source / name).read_bytes() if isinstance(self.source, Path) else self.source[name]

    @property
    def files(self) -> dict[str, bytes]:
        """The contents of all FILES."""
        return {name: self.file(name) for name in FILES}

    def __reduce__(self) -> tuple[Any, ...]:
        # the shipped files lie elsewhere on another machine, so they have no path here
        return (Model.load, ()) if self.source == SHIPPED else (Model, (self.source,))

    def read(self, text: str) -> Reading:
        """The reading of a text; offsets index the text."""
        pieces = cut_into_pieces(text, self.tokenizer)
        if not pieces.ids:
            return Reading()
        pronouns = find_pronouns(text)
        scores = score(
            pieces,
            self.network,
            size=self.config.window,
            overlap=self.config.overlap,
            pronouns=[i for span in pronouns for i in pieces_of(pieces, span)],
        )
        words = group_words(pieces, text)
        paragraphs = set(pieces.paragraphs)
        entity_spans = find_spans(self.config.decoding.biased_entities(scores.entities), words, paragraphs)
        entities = tuple(_entity(span, pieces) for span in entity_spans)
        attributions = find_attributions(scores, pieces, words, text, self.config.decoding, self.config.calibration)
        return Reading(
            sentence_starts=tuple(pieces.starts[i] for i in find_sentence_starts(scores, pieces, words)),
            entities=entities,
            attributions=attributions,
            links=find_links(scores.antecedent_of, pieces, pronouns, entities, attributions),
        )


#: Models that are being loaded in the background, and that nobody has taken yet.
_PRELOADED: list[Future[Model]] = []


def preload() -> None:
    """Begin to load a model in a thread; the next ``Model.shipped()`` takes it."""
    if not _PRELOADED:
        with_one_thread = ThreadPoolExecutor(1)
        _PRELOADED.append(with_one_thread.submit(Model.load))
        with_one_thread.shutdown(wait=False)


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples that frozen settings hold."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _entity(span: TaggedSpan, pieces: Pieces) -> Entity:
    start, end = pieces.starts[span.pieces.start], pieces.ends[span.pieces.stop - 1]
    return Entity(start=start, end=end, label=ENTITIES[span.label], score=round(span.score, 4))
