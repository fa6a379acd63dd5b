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
#: Probability above which a piece opens a sentence.
MIN_SENTENCE_START = 0.5
#: Pieces in a part of a content that must be surer than others (``least_scrap``).
MAX_SCRAP_PIECES = 6
#: The log-probability of a tag that a rule forbids.
IMPOSSIBLE = -1e9
#: Probability of content from which on the words between two parts of a content belong to it.
MIN_GAP_CONTENT = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How scores become parts and drafts; the values are chosen on PolNeAR dev by ``training.calibrate``.

    ``bias``: added to the log-odds of content, source and cue; ``entity_bias``: to those of each entity label.
    ``least_tie``: the least share of a content's pointer that must fall on its cue, each sentence border between them
    counting ``over_border``; of several cues the one with the largest share, each other cue on the way counting
    ``over_cue``. ``least_cue`` and ``least_source``: the least probability of that role for words that are
    pointed to without being tagged. ``least_scrap``: the least score of a content part of at most
    MAX_SCRAP_PIECES beside others.
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
        """The log-probabilities of the roles with ``bias`` added."""
        return roles + np.array([0.0, *(b for b in self.bias for _ in "BI")], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of word pieces with one role (or one entity label) and its mean probability."""

    label: int
    pieces: range
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAttribution:
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


def best_path(scores: np.ndarray, opens_paragraph: Sequence[bool]) -> np.ndarray:
    """The likeliest tag sequence (tags O, B-0, I-0, B-1, …) in which each I follows a B or I of its kind.

    ``scores [n, tags]`` are log-probabilities; where ``opens_paragraph`` nothing goes on. So paragraphs do not depend
    on each other, and where the likeliest tag of each word breaks no rule in a paragraph, these are the answer.
    Viterbi's algorithm decides on the others, and on those in which two tags are equally likely.
    """
    path: np.ndarray = scores.argmax(axis=1).astype(np.int16)
    opens = np.array(opens_paragraph, dtype=bool)
    opens[:1] = True
    starts = np.flatnonzero(opens)
    if len(starts):
        doubtful = _breaks_rule(path, opens) | _has_tie(scores)
        ends = [*starts[1:].tolist(), len(path)]
        for k in np.flatnonzero(np.logical_or.reduceat(doubtful, starts)).tolist():
            paragraph = slice(int(starts[k]), ends[k])
            path[paragraph] = _viterbi(scores[paragraph].tolist())
    return path


def _breaks_rule(path: np.ndarray, opens: np.ndarray) -> np.ndarray:
    """``[n]``: where an I opens a paragraph or follows neither B nor I of its kind."""
    before = np.concatenate(([0], path[:-1]))
    goes_on = ~opens & ((before == path) | (before == path - 1))
    breaks: np.ndarray = (path > 0) & (path % 2 == 0) & ~goes_on
    return breaks


def _has_tie(scores: np.ndarray) -> np.ndarray:
    """``[n]``: where two tags are equally likely, and none more so."""
    ties: np.ndarray = np.count_nonzero(scores == scores.max(axis=1, keepdims=True), axis=1) > 1
    return ties


def _viterbi(scores: list[list[float]]) -> list[int]:
    """The best path through one paragraph (Viterbi 1967), of at least one word.

    In plain Python: with so few tags an array costs more than the numbers in it.
    """
    n_tags = len(scores[0])
    inner = range(2, n_tags, 2)
    best = [IMPOSSIBLE if tag in inner else score for tag, score in enumerate(scores[0])]
    backpointers = []
    for row in scores[1:]:
        top = max(best)
        pointers = [best.index(top)] * n_tags
        current = [top + score for score in row]
        for tag in inner:
            pointers[tag] = tag - 1 if best[tag - 1] > best[tag] else tag
            current[tag] = best[pointers[tag]] + row[tag]
        backpointers.append(pointers)
        best = current
    path = [best.index(max(best))]
    for pointers in reversed(backpointers):
        path.append(pointers[path[-1]])
    return path[::-1]


def find_sentence_starts(scores: Scores, pieces: Pieces, words: list[range]) -> list[int]:
    """The pieces that open a sentence; a paragraph always opens one, a word is never cut."""
    paragraphs = set(pieces.paragraphs)
    return [w.start for w in words if w.start in paragraphs or scores.sentences[w.start] > MIN_SENTENCE_START]


def find_parts(scores: np.ndarray, words: list[range], paragraphs: set[int]) -> list[Part]:
    """Decode one head: log-probabilities ``[pieces, tags]`` -> parts in text order, none over a paragraph's end."""
    if not words:
        return []
    opens_paragraph = [word.start in paragraphs for word in words]
    by_word = np.add.reduceat(scores, [w.start for w in words], axis=0) / np.array([[len(w)] for w in words])
    path = best_path(by_word, opens_paragraph)
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


def tie_parts(
    parts: list[Part], scores: Scores, words: list[range], sentence_starts: list[int], decoding: Decoding
) -> list[DraftAttribution]:
    """Group the contents that point to one cue, and give each cue the source it points to.

    A content that points to no tagged cue may still point at words that were almost tagged as one, and so may a cue at
    its source; else the content stands alone, without cue. Several cues may share one source.
    ``sentence_starts``: the pieces that open a sentence.
    """
    contents, cues, sources = ([p for p in parts if p.label == label] for label in (CONTENT, CUE, SOURCE))
    taken = {i for p in parts for i in p.pieces}
    by_cue: dict[Part, list[tuple[float, Part]]] = defaultdict(list)
    without_cue: list[DraftAttribution] = []
    for content in contents:
        view = scores.cue_of.view(content.pieces)
        reachable_cues = reachable_parts(cues, view)
        ties = [
            (view.mass(cue.pieces) * decoding.over_border ** _n_starts_between(content, cue, sentence_starts), cue)
            for cue in reachable_cues
        ]
        likely = [pair for pair in ties if pair[0] >= decoding.least_tie] or ties
        tie, cue = max(
            likely,
            key=lambda pair: pair[0] * decoding.over_cue ** _n_cues_between(content, pair[1], reachable_cues),
            default=(0.0, None),
        )
        if tie < decoding.least_tie and (
            untagged := _find_untagged_part(CUE, view, scores, words, taken, decoding.least_cue)
        ):
            insort(cues, untagged, key=_start)
            taken.update(untagged.pieces)
            tie, cue = view.mass(untagged.pieces), untagged
        if cue and tie >= decoding.least_tie:
            by_cue[cue].append((tie, content))
        else:
            without_cue.append(DraftAttribution(content=(content,), cue=None, source=None, tie=tie, source_tie=0.0))
    drafts = [_make_draft(cue, members, sources, scores, words, taken, decoding) for cue, members in by_cue.items()]
    return [
        replace(draft, content=fill_gaps(draft, contents, scores, sentence_starts)) for draft in drafts
    ] + without_cue


def _start(part: Part) -> int:
    return part.pieces.start


def reachable_parts(parts: list[Part], view: View) -> list[Part]:
    """Those of ``parts`` (in text order) that the view can point to; by bisection, so that long texts stay cheap."""
    first, last = view.reachable.start, view.reachable.stop
    return parts[bisect_left(parts, first, key=_start) : bisect_left(parts, last, key=_start)]


def _n_starts_between(a: Part, b: Part, sentence_starts: list[int]) -> int:
    """How many sentences open between two parts."""
    near, far = sorted((a.pieces, b.pieces), key=lambda r: r.start)
    return bisect_right(sentence_starts, far.start) - bisect_right(sentence_starts, near.stop - 1)


def _n_cues_between(content: Part, cue: Part, cues: list[Part]) -> int:
    """How many cues stand between a content and a cue, this one aside."""
    near, far = sorted((content.pieces, cue.pieces), key=lambda r: r.start)
    return sum(near.stop <= between.pieces.start < far.start for between in cues)


def _find_untagged_part(
    label: int, view: View, scores: Scores, words: list[range], taken: set[int], min_probability: float
) -> Part | None:
    """The run of words that is pointed to, if each has the role ``label`` with that probability, and no role yet."""
    target = view.strongest
    if target is None or target in taken:
        return None
    at = bisect_right(words, target, key=lambda w: w.start) - 1

    def probability(index: int) -> float:
        return _role_probability(label, words[index], scores)

    def may_join(index: int) -> bool:
        return 0 <= index < len(words) and words[index].start not in taken and probability(index) >= min_probability

    if not may_join(at):
        return None
    first = last = at
    while may_join(first - 1):
        first -= 1
    while may_join(last + 1):
        last += 1
    run = range(words[first].start, words[last].stop)
    return Part(label=label, pieces=run, score=float(np.mean([probability(i) for i in range(first, last + 1)])))


def _role_probability(label: int, pieces: range, scores: Scores) -> float:
    """The mean probability of a role over some pieces."""
    return float(np.exp(scores.roles[pieces.start : pieces.stop, 1 + 2 * label : 3 + 2 * label]).sum(axis=1).mean())


def fill_gaps(
    draft: DraftAttribution, contents: list[Part], scores: Scores, sentence_starts: list[int]
) -> tuple[Part, ...]:
    """The content of a draft, with gaps in a sentence filled, unless the draft's own cue or source stands in them.

    The network marks one layer: in "he said they had met and called it a success" the inner cue would tear the content.
    A gap with a content of another draft in it stays. ``contents``: all of the text's, in order.
    """
    own = [part for part in (draft.cue, draft.source) if part]
    filled: list[Part] = []
    for part in sorted(draft.content, key=_start):
        gap = range(filled[-1].pieces.stop, part.pieces.start) if filled else range(0)
        between = _role_probability(CONTENT, gap, scores) if gap else 0.0
        if (
            between < MIN_GAP_CONTENT
            or _n_starts_between(filled[-1], part, sentence_starts)
            or _is_taken(gap, own, contents)
        ):
            filled.append(part)
            continue
        weighted = [(filled[-1].score, filled[-1].pieces), (between, gap), (part.score, part.pieces)]
        whole = range(filled[-1].pieces.start, part.pieces.stop)
        score = sum(score * len(pieces) for score, pieces in weighted) / len(whole)
        filled[-1] = Part(label=CONTENT, pieces=whole, score=score)
    return tuple(filled)


def _is_taken(gap: range, own: list[Part], contents: list[Part]) -> bool:
    """Whether the draft's cue or source, or any content, stands in a gap."""
    first, last = (bisect_left(contents, piece, key=_start) for piece in (gap.start, gap.stop))
    return first < last or any(part.pieces.start < gap.stop and part.pieces.stop > gap.start for part in own)


def _make_draft(
    cue: Part,
    members: list[tuple[float, Part]],
    sources: list[Part],
    scores: Scores,
    words: list[range],
    taken: set[int],
    decoding: Decoding,
) -> DraftAttribution:
    view = scores.source_of.view(cue.pieces)
    candidates = reachable_parts(sources, view)
    if untagged := _find_untagged_part(SOURCE, view, scores, words, taken, decoding.least_source):
        candidates.append(untagged)
    tie, source = max(((view.mass(part.pieces), part) for part in candidates), key=itemgetter(0), default=(0.0, None))
    if tie <= view.nowhere:
        tie, source = view.nowhere, None
    kept = [
        (tie_to_cue, content)
        for tie_to_cue, content in members
        if len(content.pieces) > MAX_SCRAP_PIECES or content.score >= decoding.least_scrap
    ] or members
    return DraftAttribution(
        content=tuple(content for _, content in kept),
        cue=cue,
        source=source,
        tie=float(np.mean([tie for tie, _ in kept])),
        source_tie=tie,
    )
