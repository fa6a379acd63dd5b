"""The trained reader: a folder of files in, ``text -> Reading`` out. Pure but for loading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from transforms.reader.attributions import Calibration, Marks, find_attributions
from transforms.reader.decoding import Part, find_parts, group_words
from transforms.reader.labels import ENTITIES
from transforms.reader.links import find_links, find_pronouns, pieces_of
from transforms.reader.pieces import Pieces, cut_into_pieces, load_tokenizer
from transforms.reader.scores import score
from transforms.reader.session import Network
from transforms.records import Entity, Reading

SHIPPED = Path(__file__).parent / "weights"
FILES = ("reader.onnx", "tokenizer.json", "config.json")
SENTENCE_STARTS_FROM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What was chosen on dev: the window (word pieces), and how drafts are tied, kept and trusted."""

    window: int = 256
    overlap: int = 64
    least_tie: float = 0.3
    calibration: Calibration = field(default_factory=Calibration)

    @classmethod
    def of(cls, data: bytes) -> Config:
        values = json.loads(data)
        calibration = values.pop("calibration", {})
        if "weights" in calibration:
            calibration["weights"] = tuple(calibration["weights"])
        return cls(**values, calibration=Calibration(**calibration))

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode() + b"\n"


class Model:
    """The reader over plain text. Made from its files, so that it pickles and travels through spaCy's serialisation."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.config = Config.of(files["config.json"])
        self.tokenizer = load_tokenizer(files["tokenizer.json"])
        self.network = Network(files["reader.onnx"])

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Model:
        """Raises FileNotFoundError when one of FILES is not in the folder."""
        return cls({name: (folder / name).read_bytes() for name in FILES})

    def __reduce__(self) -> tuple[type[Model], tuple[dict[str, bytes]]]:
        return Model, (self.files,)

    def read(self, text: str) -> Reading:
        """Everything the reader finds in a text; offsets index the text."""
        pieces = cut_into_pieces(text, self.tokenizer)
        if not pieces.ids:
            return Reading()
        pronouns = find_pronouns(text)
        scores = score(
            pieces,
            self.network,
            size=self.config.window,
            overlap=self.config.overlap,
            pronouns=[i for part in pronouns for i in pieces_of(pieces, part)],
        )
        words = group_words(pieces, text)
        openings = set(pieces.paragraphs)
        fresh = np.array([word.start in openings for word in words])
        starts = [w for w in words if w.start in openings or scores.sentences[w.start] > SENTENCE_STARTS_FROM]
        entities = tuple(_entity(part, pieces) for part in find_parts(scores.entities, words, fresh))
        attributions = find_attributions(
            find_parts(scores.roles, words, fresh),
            scores,
            pieces,
            text,
            Marks(text),
            least_tie=self.config.least_tie,
            calibration=self.config.calibration,
        )
        return Reading(
            sentence_starts=tuple(pieces.starts[w.start] for w in starts),
            entities=entities,
            attributions=attributions,
            links=find_links(scores.antecedent_of, pieces, pronouns, entities, attributions),
        )


def _entity(part: Part, pieces: Pieces) -> Entity:
    start, end = pieces.starts[part.pieces.start], pieces.ends[part.pieces.stop - 1]
    return Entity(start=start, end=end, label=ENTITIES[part.label], score=round(part.score, 4))
