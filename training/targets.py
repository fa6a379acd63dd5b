"""Documents -> training windows: piece ids, features and the target of each head for each piece."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from tokenizers import Tokenizer

from corpora.documents import Document
from onrecord.transforms.reader.labels import ENTITIES, ROLES
from onrecord.transforms.reader.pieces import CLS, SEP, Pieces, cut_into_pieces, pieces_of

IGNORE = -100
SINGLE_MARKS = str.maketrans('“”"', "‘’'")


@dataclass(slots=True)
class Example:
    """A document in pieces. ``roles``/``entities``/``sentences``: a tag index for each piece, or IGNORE.

    ``arrows[pointer]``: piece -> pieces that it should point to; an empty tuple means none of them (position 0).
    """

    pieces: Pieces
    roles: np.ndarray
    entities: np.ndarray
    sentences: np.ndarray
    arrows: tuple[dict[int, tuple[int, ...]], ...] = field(default_factory=lambda: ({}, {}, {}))


def make_example(document: Document, tokenizer: Tokenizer) -> Example:
    pieces = cut_into_pieces(document.text, tokenizer)
    n = len(pieces)
    example = Example(pieces, *(np.full(n, IGNORE, dtype=np.int64) for _ in range(3)))
    if document.relations is not None:
        example.roles[:] = 0
        for relation in document.relations:
            cue = [p for r in relation.cue for p in pieces_of(pieces, r)]
            source = [p for r in relation.source for p in pieces_of(pieces, r)]
            for index, role in enumerate(ROLES):
                for span in getattr(relation, role):
                    mark(example.roles, pieces_of(pieces, span), index)
            for span in relation.content:
                example.arrows[0].update((p, tuple(cue)) for p in pieces_of(pieces, span))
            example.arrows[1].update((p, tuple(source)) for p in cue)
    if document.entities is not None:
        example.entities[:] = 0
        for start, end, label in document.entities:
            mark(example.entities, pieces_of(pieces, (start, end)), ENTITIES.index(label))
    if document.sentences is not None:
        example.sentences[:] = 0
        for start in document.sentences:
            example.sentences[pieces_of(pieces, (start, start + 1))] = 1
    for chain in document.chains or ():
        earlier: tuple[int, ...] = ()
        for mention in chain:
            own = pieces_of(pieces, mention)
            example.arrows[2].update((p, earlier) for p in own if p not in earlier)
            earlier += tuple(own)
    return example


def mark(tags: np.ndarray, indices: range, label: int) -> None:
    if len(indices):
        tags[indices] = 2 + 2 * label
        tags[indices[0]] = 1 + 2 * label


def draw_windows(example: Example, rng: random.Random, *, shortest: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cut a document anew each epoch: windows of random length, each from a paragraph's opening where one is near."""
    n, start = len(example.pieces), 0
    openings = example.pieces.paragraphs
    while start < n:
        end = min(n, start + rng.randint(shortest, longest))
        if end < n:
            i = bisect_right(openings, end) - 1
            if openings[i] > start + shortest // 2:
                end = openings[i]
        yield start, end
        start = end


def window(example: Example, start: int, end: int) -> dict[str, np.ndarray | list]:
    """The arrays of one window, special pieces added; arrows that leave the window are dropped, not bent."""
    pad = np.array([IGNORE])
    cut = lambda tags: np.concatenate([pad, tags[start:end], pad])  # noqa: E731 - used three times, only here
    arrows = []
    for which in example.arrows:
        rows = []
        for p in range(start, end):
            if p in which:
                inside = [t - start + 1 for t in which[p] if start <= t < end]
                if inside or not which[p]:
                    rows.append((p - start + 1, inside or [0]))
        arrows.append(rows)
    return {
        "ids": np.array([CLS, *example.pieces.ids[start:end], SEP]),
        "features": np.array([0, *example.pieces.features[start:end], 0]),
        "roles": cut(example.roles),
        "entities": cut(example.entities),
        "sentences": cut(example.sentences),
        "arrows": arrows,
    }
