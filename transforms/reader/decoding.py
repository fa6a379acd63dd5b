"""From scores to well-formed attributions, entities and sentence starts."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.reader.pieces import Pieces
from transforms.reader.scores import Scores

CONTENT, SOURCE, CUE = range(3)
OPENS_SENTENCE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How scores become parts and drafts; the values are chosen on PolNeAR dev by ``training.calibrate``.

    ``bias``: added to the log-odds of content, source and cue. ``least_tie``: the least share of a content's pointer
    that must fall on its cue, each sentence border between them counting ``over_border``. ``least_cue``: the least cue
    probability of words that a content points to without their being tagged.
    """

    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    least_tie: float = 0.3
    over_border: float = 1.0
    least_cue: float = 0.1

    def biased(self, roles: np.ndarray) -> np.ndarray:
        return roles + np.array([0.0, *(b for b in self.bias for _ in "BI")], dtype=np.float32)


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


def best_path(scores: np.ndarray, fresh: Sequence[bool]) -> np.ndarray:
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


def sentence_borders(scores: Scores, pieces: Pieces, words: list[range]) -> list[int]:
    """The pieces that open a sentence; a paragraph always opens one, a word is never cut."""
    paragraphs = set(pieces.paragraphs)
    return [w.start for w in words if w.start in paragraphs or scores.sentences[w.start] > OPENS_SENTENCE]


def find_parts(scores: np.ndarray, words: list[range], paragraphs: set[int]) -> list[Part]:
    """Decode one head: log-probabilities ``[pieces, tags]`` -> parts in text order, none over a paragraph's end."""
    if not words:
        return []
    fresh = [word.start in paragraphs for word in words]
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


def tie_parts(parts: list[Part], scores: Scores, words: list[range], borders: list[int], how: Decoding) -> list[Draft]:
    """Gather contents that point to one cue, and give each cue the source it points to.

    A content that points to no cue found may still point at words that were almost one; else it stands alone, without
    cue. Several cues may share one source. ``borders``: pieces that open a sentence.
    """
    cues = [p for p in parts if p.label == CUE]
    contents = [p for p in parts if p.label == CONTENT]
    sources = [p for p in parts if p.label == SOURCE]
    taken = {i for p in parts for i in p.pieces}
    gathered: dict[Part, list[tuple[float, Part]]] = defaultdict(list)
    alone: list[Draft] = []
    for content in contents:
        tie, cue = max(((_tie(content, cue, scores, borders, how), cue) for cue in cues), key=_first, default=(0.0, None))
        if tie < how.least_tie and (faint := _faint_cue(content, scores, words, taken, how)):
            cues.append(faint)
            taken.update(faint.pieces)
            tie, cue = scores.cue_of.mass(content.pieces, faint.pieces), faint
        if cue and tie >= how.least_tie:
            gathered[cue].append((tie, content))
        else:
            alone.append(Draft(content=(content,), cue=None, source=None, tie=tie, source_tie=0.0))
    return [_draft(cue, members, sources, scores) for cue, members in gathered.items()] + alone


def _first(pair: tuple[float, object]) -> float:
    return pair[0]


def _tie(content: Part, cue: Part, scores: Scores, borders: list[int], how: Decoding) -> float:
    """How surely ``content`` points to ``cue``, less for each sentence border between them."""
    near, far = sorted((content.pieces, cue.pieces), key=lambda r: r.start)
    between = bisect_right(borders, far.start) - bisect_right(borders, near.stop - 1)
    return scores.cue_of.mass(content.pieces, cue.pieces) * how.over_border**between


def _faint_cue(content: Part, scores: Scores, words: list[range], taken: set[int], how: Decoding) -> Part | None:
    """The run of words that ``content`` points to, if they might be a cue and have no role yet."""
    pointed = scores.cue_of.strongest(content.pieces)
    if pointed is None or pointed in taken:
        return None
    at = bisect_right(words, pointed, key=lambda w: w.start) - 1

    def cue_chance(index: int) -> float:
        word = words[index]
        return float(np.exp(scores.roles[word.start : word.stop, 5:7]).sum(axis=1).mean())

    def may_join(index: int) -> bool:
        return 0 <= index < len(words) and words[index].start not in taken and cue_chance(index) >= how.least_cue

    if not may_join(at):
        return None
    first = last = at
    while may_join(first - 1):
        first -= 1
    while may_join(last + 1):
        last += 1
    run = range(words[first].start, words[last].stop)
    return Part(label=CUE, pieces=run, score=float(np.mean([cue_chance(i) for i in range(first, last + 1)])))


def _draft(cue: Part, members: list[tuple[float, Part]], sources: list[Part], scores: Scores) -> Draft:
    nowhere = scores.source_of.nowhere(cue.pieces)
    ties = [scores.source_of.mass(cue.pieces, source.pieces) for source in sources]
    best = int(np.argmax(ties)) if ties else -1
    source = sources[best] if ties and ties[best] > nowhere else None
    return Draft(
        content=tuple(content for _, content in members),
        cue=cue,
        source=source,
        tie=float(np.mean([tie for tie, _ in members])),
        source_tie=ties[best] if source else nowhere,
    )
