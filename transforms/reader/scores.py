"""From pieces to scores: the network's output for a whole text, put together from its windows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from onrecord.transforms.reader.labels import N_TAGS, TAGS
from onrecord.transforms.reader.pieces import Pieces, cut_into_windows

#: A piece that is outside a role with this probability has no pointer row for it.
MAX_OUTSIDE_PROBABILITY = 0.98


class WindowRunner(Protocol):
    def run(self, ids: list[int], features: list[int]) -> tuple[np.ndarray, np.ndarray]: ...


class Pointer:
    """For the pieces that need one, a distribution over the pieces of their window and over "nowhere".

    ``rows[i] = (first, probabilities)``: ``probabilities[0]`` is nowhere, ``probabilities[1 + k]`` is piece
    ``first + k``.
    """

    def __init__(self) -> None:
        self.rows: dict[int, tuple[int, np.ndarray]] = {}

    def view(self, origin: range) -> View:
        """The mean of the rows of the pieces of ``origin``."""
        by_window: dict[int, list[np.ndarray]] = {}
        for first, row in (self.rows[i] for i in origin if i in self.rows):
            by_window.setdefault(first, []).append(row)
        return View(
            {first: np.sum(rows, axis=0) for first, rows in by_window.items()}, sum(map(len, by_window.values()))
        )


class View:
    """The mean of the pointer rows of a group of pieces: the probability with which it points to any other piece."""

    def __init__(self, sums: dict[int, np.ndarray], count: int) -> None:
        self.sums = sums
        self.count = count
        self._totals = [(first, np.concatenate(([0.0], np.cumsum(row[1:])))) for first, row in sums.items()]

    @property
    def reachable(self) -> range:
        """The pieces that can be pointed to at all."""
        if not self.sums:
            return range(0)
        return range(min(self.sums), max(first + len(row) - 1 for first, row in self.sums.items()))

    def mass(self, target: range) -> float:
        """The probability, averaged over the group, of pointing into ``target``; 0 if that is not reachable."""
        total = 0.0
        for first, sums in self._totals:
            a, b = max(target.start - first, 0), min(target.stop - first, len(sums) - 1)
            if b > a:
                total += float(sums[b] - sums[a])
        return total / self.count if self.count else 0.0

    @property
    def nowhere(self) -> float:
        """The probability, averaged over the group, of pointing nowhere."""
        return sum(float(row[0]) for row in self.sums.values()) / self.count if self.count else 1.0

    @property
    def strongest(self) -> int | None:
        """The piece that is pointed to most; None where that is nowhere."""
        best = max(
            ((float(row.max()), first + int(row.argmax()) - 1, int(row.argmax())) for first, row in self.sums.items()),
            default=None,
        )
        return best[1] if best and best[2] else None


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
    """Log-odds to log-probabilities, over the last axis."""
    shifted: np.ndarray = logits - logits.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def core_ranges(windows: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """``(start, end, first, last)``: each window, and the range of pieces that have most context in it.

    >>> list(core_ranges([(0, 10), (6, 16)]))
    [(0, 10, 0, 8), (6, 16, 8, 16)]
    """
    for i, (start, end) in enumerate(windows):
        first = (windows[i - 1][1] + start) // 2 if i else start
        last = (end + windows[i + 1][0]) // 2 if i + 1 < len(windows) else end
        yield start, end, first, last


def score(pieces: Pieces, network: WindowRunner, *, size: int, overlap: int, pronouns: Collection[int] = ()) -> Scores:
    """Read a text in windows of at most ``size`` pieces; each piece is judged where it has most context.

    ``pronouns``: indices of pieces that get an antecedent whatever their role.
    """
    n = len(pieces)
    tags = np.zeros((n, N_TAGS), dtype=np.float32)
    pointers = (Pointer(), Pointer(), Pointer())
    windows = cut_into_windows(pieces, size=size, overlap=overlap) if n else []
    for start, end, first, last in core_ranges(windows):
        logits, pointer_logits = network.run(pieces.ids[start:end], pieces.features[start:end])
        inner = slice(first - start + 1, last - start + 1)
        for columns in TAGS.values():
            tags[first:last, columns] = log_softmax(logits[inner, columns])
        needed = _needs_pointer(tags[first:last, TAGS["roles"]])
        needed[2, [i - first for i in pronouns if first <= i < last]] = True
        for pointer, rows, row_logits in zip(pointers, needed, pointer_logits[:, inner, :-1], strict=True):
            indices = np.flatnonzero(rows)
            probabilities = np.exp(log_softmax(row_logits[indices]))
            pointer.rows.update((first + int(i), (start, row)) for i, row in zip(indices, probabilities, strict=True))
    return Scores(
        roles=tags[:, TAGS["roles"]],
        entities=tags[:, TAGS["entities"]],
        sentences=np.exp(tags[:, TAGS["sentences"]][:, 1]),
        cue_of=pointers[0],
        source_of=pointers[1],
        antecedent_of=pointers[2],
    )


def _needs_pointer(roles: np.ndarray) -> np.ndarray:
    """``[3, n]``: which rows of the three pointers decoding may ask for: of contents, of cues, of sources."""
    probabilities = np.exp(roles)
    content, source, cue = (
        probabilities[:, 1 + 2 * k] + probabilities[:, 2 + 2 * k] > 1.0 - MAX_OUTSIDE_PROBABILITY for k in range(3)
    )
    return np.stack([content, cue, source])
