"""From scores to well-formed attributions, entities and sentence starts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from transforms.reader.pieces import Pieces
from transforms.reader.scores import Scores

CONTENT, SOURCE, CUE = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of word pieces with one role (or one entity label) and its mean probability."""

    label: int
    pieces: range
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An attribution in pieces, before its text is looked at."""

    content: tuple[Part, ...]
    cue: Part | None
    source: Part | None
    tie: float
    source_tie: float


def group_words(pieces: Pieces, text: str) -> list[range]:
    """The pieces of each word together: a tag never changes inside a word.

    Pieces belong to one word when nothing stands between them and both are letters or digits at the seam.
    """
    words, begin = [], 0
    for i in range(1, len(pieces) + 1):
        seam = pieces.starts[i] if i < len(pieces) else None
        if seam is None or seam != pieces.ends[i - 1] or not (text[seam - 1].isalnum() and text[seam].isalnum()):
            words.append(range(begin, i))
            begin = i
    return words if len(pieces) else []


def best_path(scores: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """The likeliest tag sequence (tags O, B-0, I-0, B-1, …) in which each I follows a B or I of its kind.

    ``scores [n, tags]`` are log-probabilities; at ``fresh`` rows (a paragraph opens) nothing goes on.
    """
    n, n_tags = scores.shape
    back = np.zeros((n, n_tags), dtype=np.int16)
    inner = np.arange(2, n_tags, 2)
    total = scores[0].copy() if n else np.zeros(n_tags)
    total[inner] = -1e9
    for i in range(1, n):
        best = int(total.argmax())
        here = np.full(n_tags, total[best])
        back[i] = best
        begun = total[inner - 1] > total[inner]
        back[i, inner] = np.where(begun, inner - 1, inner)
        here[inner] = np.where(begun, total[inner - 1], total[inner])
        if fresh[i]:
            here[inner] = -1e9
        total = here + scores[i]
    path = np.zeros(n, dtype=np.int16)
    if n:
        path[-1] = total.argmax()
        for i in range(n - 1, 0, -1):
            path[i - 1] = back[i, path[i]]
    return path


def find_parts(scores: np.ndarray, words: list[range], fresh: np.ndarray) -> list[Part]:
    """Decode one head: log-probabilities ``[pieces, tags]`` -> parts in text order."""
    if not words:
        return []
    by_word = np.add.reduceat(scores, [w.start for w in words], axis=0) / np.array([[len(w)] for w in words])
    path = best_path(by_word, fresh)
    probability = np.exp(by_word)
    parts, begin = [], None
    for i in range(len(words) + 1):
        tag = int(path[i]) if i < len(words) else 0
        if begin is not None and (tag == 0 or tag % 2 == 1):
            label = (int(path[begin]) - 1) // 2
            sure = probability[begin:i, 1 + 2 * label : 3 + 2 * label].sum(axis=1).mean()
            parts.append(Part(label=label, pieces=range(words[begin].start, words[i - 1].stop), score=float(sure)))
            begin = None
        if tag % 2 == 1:
            begin = i
    return parts


def tie_parts(parts: list[Part], scores: Scores, *, least_tie: float) -> tuple[list[Draft], list[Part]]:
    """Gather contents that point to one cue, and give each cue the source it points to.

    Returns the drafts and the contents that point to no cue. Several cues may share one source.
    """
    cues = [p for p in parts if p.label == CUE]
    sources = [p for p in parts if p.label == SOURCE]
    gathered: dict[int, list[tuple[float, Part]]] = defaultdict(list)
    alone: list[Part] = []
    for content in (p for p in parts if p.label == CONTENT):
        ties = [scores.cue_of.mass(content.pieces, cue.pieces) for cue in cues]
        best = int(np.argmax(ties)) if ties else -1
        if ties and ties[best] >= least_tie:
            gathered[best].append((ties[best], content))
        else:
            alone.append(content)
    drafts = []
    for index, members in sorted(gathered.items()):
        cue = cues[index]
        ties = [scores.source_of.mass(cue.pieces, source.pieces) for source in sources]
        best = int(np.argmax(ties)) if ties else -1
        source = sources[best] if ties and ties[best] > scores.source_of.nowhere(cue.pieces) else None
        drafts.append(
            Draft(
                content=tuple(content for _, content in members),
                cue=cue,
                source=source,
                tie=float(np.mean([tie for tie, _ in members])),
                source_tie=ties[best] if source else scores.source_of.nowhere(cue.pieces),
            )
        )
    return drafts, alone


