"""From pieces to scores: the network's answers for a whole text, put together from its windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from transforms.reader.labels import ENTITY_TAGS, ROLE_TAGS
from transforms.reader.pieces import Pieces, cut_into_windows

N_ROLES, N_ENTITIES = len(ROLE_TAGS), len(ENTITY_TAGS)
#: A piece this surely outside all roles points to nothing worth keeping.
SURELY_OUTSIDE = 0.98


class RunsWindows(Protocol):
    def run(self, ids: list[int], features: list[int]) -> tuple[np.ndarray, np.ndarray]: ...


class Pointer:
    """For some pieces, a distribution over the pieces of their window and over "nowhere".

    ``rows[i] = (first, probabilities)``: ``probabilities[0]`` is nowhere, ``probabilities[1 + k]`` the piece ``first + k``.
    """

    def __init__(self) -> None:
        self.rows: dict[int, tuple[int, np.ndarray]] = {}

    def mass(self, origin: range, target: range) -> float:
        """Mean over the pieces of ``origin`` of the probability that they point into ``target``; 0 if out of sight."""
        seen = [self.rows[i] for i in origin if i in self.rows]
        if not seen:
            return 0.0
        total = 0.0
        for first, row in seen:
            a, b = max(target.start - first, 0), target.stop - first
            if b > a:
                total += float(row[1 + a : 1 + b].sum())
        return total / len(seen)

    def strongest(self, origin: range) -> int | None:
        """The piece that the pieces of ``origin`` together point to most; None where that is nowhere."""
        total: dict[int, float] = {}
        for first, row in (self.rows[i] for i in origin if i in self.rows):
            best = int(row.argmax())
            target = first + best - 1 if best else -1
            total[target] = total.get(target, 0.0) + float(row[best])
        target = max(total, key=total.__getitem__, default=-1)
        return target if target >= 0 else None

    def nowhere(self, origin: range) -> float:
        seen = [self.rows[i][1][0] for i in origin if i in self.rows]
        return float(np.mean(seen)) if seen else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Log-probabilities ``roles [n, 7]`` and ``entities [n, 19]``, ``sentences [n]`` (probability that one starts)."""

    roles: np.ndarray
    entities: np.ndarray
    sentences: np.ndarray
    cue_of: Pointer
    source_of: Pointer
    antecedent_of: Pointer


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis, in place of the logits."""
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def owned(windows: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """``(start, end, first, last)``: of each window, the pieces that no other window sees with more context.

    >>> list(owned([(0, 10), (6, 16)]))
    [(0, 10, 0, 8), (6, 16, 8, 16)]
    """
    for i, (start, end) in enumerate(windows):
        first = (windows[i - 1][1] + start) // 2 if i else start
        last = (end + windows[i + 1][0]) // 2 if i + 1 < len(windows) else end
        yield start, end, first, last


def score(
    pieces: Pieces, network: RunsWindows, *, size: int, overlap: int, pronouns: Collection[int] = ()
) -> Scores:
    """Read a text in windows of at most ``size`` pieces; each piece is judged where it has most context.

    ``pronouns``: indices of pieces whose antecedents are wanted whatever their role.
    """
    n = len(pieces)
    tags = np.zeros((n, N_ROLES + N_ENTITIES + 2), dtype=np.float32)
    pointers = (Pointer(), Pointer(), Pointer())
    windows = cut_into_windows(pieces, size=size, overlap=overlap) if n else []
    for start, end, first, last in owned(windows):
        logits, arrows = network.run(pieces.ids[start:end], pieces.features[start:end])
        inner = slice(first - start + 1, last - start + 1)
        tags[first:last] = logits[inner]
        wanted = _wanted(tags[first:last])
        wanted[2, [i - first for i in pronouns if first <= i < last]] = True
        for pointer, rows, log_odds in zip(pointers, wanted, arrows[:, inner, :-1], strict=True):
            indices = np.flatnonzero(rows)
            probabilities = np.exp(log_softmax(log_odds[indices]))
            pointer.rows.update((first + int(i), (start, row)) for i, row in zip(indices, probabilities, strict=True))
    entities = tags[:, N_ROLES : N_ROLES + N_ENTITIES]
    return Scores(
        roles=log_softmax(tags[:, :N_ROLES]),
        entities=log_softmax(entities),
        sentences=np.exp(log_softmax(tags[:, N_ROLES + N_ENTITIES :]))[:, 1],
        cue_of=pointers[0],
        source_of=pointers[1],
        antecedent_of=pointers[2],
    )


def _wanted(tags: np.ndarray) -> np.ndarray:
    """``[3, n]``: whose arrows decoding may ask for. Contents point to cues, cues to sources, sources to antecedents."""
    roles = np.exp(log_softmax(tags[:, :N_ROLES]))
    content, source, cue = (roles[:, 1 + 2 * k] + roles[:, 2 + 2 * k] > 1.0 - SURELY_OUTSIDE for k in range(3))
    return np.stack([content, cue, source])
