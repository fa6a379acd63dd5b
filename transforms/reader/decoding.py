"""From scores to well-formed attributions, entities and sentence starts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import numpy as np

from onrecord.transforms.reader.labels import ENTITIES
from onrecord.transforms.reader.pieces import Pieces
from onrecord.transforms.reader.scores import Scores, View, log_softmax

CONTENT, SOURCE, CUE = range(3)
OPENS_SENTENCE = 0.5
SCRAP = 6
#: The least probability of content in what is taken for a hole in one.
HOLE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How scores become parts and drafts; the values are chosen on PolNeAR dev by ``training.calibrate``.

    ``bias``: added to the log-odds of content, source and cue; ``entity_bias``: to those of each entity label.
    ``least_tie``: the least share of a content's pointer that must fall on its cue, each sentence border between them
    counting ``over_border``; of several cues the one with the largest share, each other cue on the way counting
    ``over_cue``. ``least_cue`` and ``least_source``: the least probability of that role for words that are
    pointed to without being tagged. ``least_scrap``: the least score of a content part of at most SCRAP pieces beside
    others.
    """

    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    least_tie: float = 0.3
    over_border: float = 1.0
    over_cue: float = 1.0
    least_cue: float = 0.1
    least_source: float = 0.1
    least_scrap: float = 0.6
    entity_bias: tuple[float, ...] = (0.0,) * len(ENTITIES)

    def biased_entities(self, entities: np.ndarray) -> np.ndarray:
        """Log-probabilities again, so that the score of an entity stays one."""
        return log_softmax(entities + np.array([0.0, *(b for b in self.entity_bias for _ in "BI")], dtype=np.float32))

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

    Pieces belong to one word when they share a character (one sign can be several pieces), or when nothing stands
    between them and both are letters or digits at the seam.
    """
    words, begin = [], 0
    for i in range(1, len(pieces) + 1):
        if i == len(pieces) or not _in_one_word(text, pieces.ends[i - 1], pieces.starts[i]):
            words.append(range(begin, i))
            begin = i
    return words if len(pieces) else []


def _in_one_word(text: str, end: int, start: int) -> bool:
    return start < end or (start == end and text[start - 1].isalnum() and text[start].isalnum())


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

    A content that points to no cue found may still point at words that were almost one, and so may a cue at its
    source; else the content stands alone, without cue. Several cues may share one source. ``borders``: the pieces that
    open a sentence.
    """
    contents, cues, sources = ([p for p in parts if p.label == label] for label in (CONTENT, CUE, SOURCE))
    taken = {i for p in parts for i in p.pieces}
    gathered: dict[Part, list[tuple[float, Part]]] = defaultdict(list)
    alone: list[Draft] = []
    for content in contents:
        view = scores.cue_of.view(content.pieces)
        seen = in_sight(cues, view)
        ties = [
            (view.mass(cue.pieces) * how.over_border ** _borders_between(content, cue, borders), cue) for cue in seen
        ]
        near_enough = [pair for pair in ties if pair[0] >= how.least_tie] or ties
        tie, cue = max(
            near_enough,
            key=lambda pair: pair[0] * how.over_cue ** _cues_between(content, pair[1], seen),
            default=(0.0, None),
        )
        if tie < how.least_tie and (faint := _faint(CUE, view, scores, words, taken, how.least_cue)):
            insort(cues, faint, key=_start)
            taken.update(faint.pieces)
            tie, cue = view.mass(faint.pieces), faint
        if cue and tie >= how.least_tie:
            gathered[cue].append((tie, content))
        else:
            alone.append(Draft(content=(content,), cue=None, source=None, tie=tie, source_tie=0.0))
    drafts = [_draft(cue, members, sources, scores, words, taken, how) for cue, members in gathered.items()]
    return [replace(draft, content=fill_holes(draft, contents, scores, borders)) for draft in drafts] + alone


def _start(part: Part) -> int:
    return part.pieces.start


def in_sight(parts: list[Part], view: View) -> list[Part]:
    """Those of ``parts``, which are in text order, that the view can see; so that the work grows with the text."""
    return parts[bisect_left(parts, view.sight.start, key=_start) : bisect_left(parts, view.sight.stop, key=_start)]


def _borders_between(one: Part, other: Part, borders: list[int]) -> int:
    """How many sentences open between two parts."""
    near, far = sorted((one.pieces, other.pieces), key=lambda r: r.start)
    return bisect_right(borders, far.start) - bisect_right(borders, near.stop - 1)


def _cues_between(content: Part, cue: Part, cues: list[Part]) -> int:
    """How many other cues stand between a content and a cue."""
    near, far = sorted((content.pieces, cue.pieces), key=lambda r: r.start)
    return sum(near.stop <= other.pieces.start < far.start for other in cues)


def _faint(label: int, view: View, scores: Scores, words: list[range], taken: set[int], least: float) -> Part | None:
    """The run of words that is pointed to, if they might well have the role ``label`` and have none yet."""
    pointed = view.strongest
    if pointed is None or pointed in taken:
        return None
    at = bisect_right(words, pointed, key=lambda w: w.start) - 1

    def chance(index: int) -> float:
        return _chance(label, words[index], scores)

    def may_join(index: int) -> bool:
        return 0 <= index < len(words) and words[index].start not in taken and chance(index) >= least

    if not may_join(at):
        return None
    first = last = at
    while may_join(first - 1):
        first -= 1
    while may_join(last + 1):
        last += 1
    run = range(words[first].start, words[last].stop)
    return Part(label=label, pieces=run, score=float(np.mean([chance(i) for i in range(first, last + 1)])))


def _chance(label: int, pieces: range, scores: Scores) -> float:
    """The mean probability of a role over some pieces."""
    return float(np.exp(scores.roles[pieces.start : pieces.stop, 1 + 2 * label : 3 + 2 * label]).sum(axis=1).mean())


def fill_holes(draft: Draft, contents: list[Part], scores: Scores, borders: list[int]) -> tuple[Part, ...]:
    """The content of a draft, whole where no sentence of it is torn by the draft's own cue or source.

    The network marks one layer: in "he said they had met and called it a success" the inner cue would tear the content.
    A hole with a content of another draft in it stays. ``contents``: all of the text's, in order.
    """
    own = [part for part in (draft.cue, draft.source) if part]
    out: list[Part] = []
    for part in sorted(draft.content, key=_start):
        hole = range(out[-1].pieces.stop, part.pieces.start) if out else range(0)
        between = _chance(CONTENT, hole, scores) if hole else 0.0
        if between < HOLE or _borders_between(out[-1], part, borders) or _is_taken(hole, own, contents):
            out.append(part)
            continue
        weighted = [(out[-1].score, out[-1].pieces), (between, hole), (part.score, part.pieces)]
        whole = range(out[-1].pieces.start, part.pieces.stop)
        score = sum(score * len(pieces) for score, pieces in weighted) / len(whole)
        out[-1] = Part(label=CONTENT, pieces=whole, score=score)
    return tuple(out)


def _is_taken(hole: range, own: list[Part], contents: list[Part]) -> bool:
    """Whether a part of the draft itself, or any content, stands in a hole."""
    first, last = (bisect_left(contents, place, key=_start) for place in (hole.start, hole.stop))
    return first < last or any(part.pieces.start < hole.stop and part.pieces.stop > hole.start for part in own)


def _draft(
    cue: Part,
    members: list[tuple[float, Part]],
    sources: list[Part],
    scores: Scores,
    words: list[range],
    taken: set[int],
    how: Decoding,
) -> Draft:
    view = scores.source_of.view(cue.pieces)
    candidates = in_sight(sources, view)
    if faint := _faint(SOURCE, view, scores, words, taken, how.least_source):
        candidates.append(faint)
    tie, source = max(((view.mass(part.pieces), part) for part in candidates), key=itemgetter(0), default=(0.0, None))
    if tie <= view.nowhere:
        tie, source = view.nowhere, None
    whole = [pair for pair in members if len(pair[1].pieces) > SCRAP or pair[1].score >= how.least_scrap] or members
    return Draft(
        content=tuple(content for _, content in whole),
        cue=cue,
        source=source,
        tie=float(np.mean([tie for tie, _ in whole])),
        source_tie=tie,
    )
