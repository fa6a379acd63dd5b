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
#: A content span of so few pieces must be surer than longer ones (``min_fragment_score``).
MAX_FRAGMENT_PIECES = 6
#: The log-probability of a tag that a rule forbids.
IMPOSSIBLE = -1e9
#: Probability of content from which on the words between two spans of a content belong to it.
MIN_GAP_CONTENT = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How scores become spans and drafts; the values are chosen on PolNeAR dev by ``training.calibrate``.

    ``bias``: added to the log-odds of content, source and cue; ``entity_bias``: to those of each entity label.
    ``min_cue_share``: the least share of a content's pointer that must fall on its cue, multiplied by
    ``sentence_border_factor`` for each sentence border between them; of several cues the one with the largest share is
    taken, multiplied by ``other_cue_factor`` for each other cue on the way. ``min_untagged_cue`` and
    ``min_untagged_source``: the least probability of that role for words that are pointed to without being tagged.
    ``min_fragment_score``: the least score of a content span of at most MAX_FRAGMENT_PIECES beside others.
    """

    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    min_cue_share: float = 0.3
    sentence_border_factor: float = 1.0
    other_cue_factor: float = 1.0
    min_untagged_cue: float = 0.1
    min_untagged_source: float = 0.1
    min_fragment_score: float = 0.6
    entity_bias: tuple[float, ...] = (0.0,) * len(ENTITIES)

    def biased_entities(self, entities: np.ndarray) -> np.ndarray:
        """Log-probabilities again, so that the score of an entity stays one."""
        return log_softmax(entities + np.array([0.0, *(b for b in self.entity_bias for _ in "BI")], dtype=np.float32))

    def biased(self, roles: np.ndarray) -> np.ndarray:
        """The log-probabilities of the roles with ``bias`` added."""
        return roles + np.array([0.0, *(b for b in self.bias for _ in "BI")], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedSpan:
    """A run of word pieces with one role (or one entity label) and its mean probability."""

    label: int
    pieces: range
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAttribution:
    """An attribution in pieces, before its text is looked at.

    ``cue_share``: the share of the contents' pointers on the cue. ``source_share``: that of the cue's pointer on the
    source, or, without a source, on nowhere.
    """

    content: tuple[TaggedSpan, ...]
    cue: TaggedSpan | None
    source: TaggedSpan | None
    cue_share: float
    source_share: float


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


def find_spans(scores: np.ndarray, words: list[range], paragraphs: set[int]) -> list[TaggedSpan]:
    """Decode one head: log-probabilities ``[pieces, tags]`` -> spans in text order, none over a paragraph's end."""
    if not words:
        return []
    opens_paragraph = [word.start in paragraphs for word in words]
    by_word = np.add.reduceat(scores, [w.start for w in words], axis=0) / np.array([[len(w)] for w in words])
    path = best_path(by_word, opens_paragraph)
    probability = np.exp(by_word)
    spans, begin = [], None
    for i in range(len(words) + 1):
        tag = int(path[i]) if i < len(words) else 0
        if begin is not None and (tag == 0 or tag % 2 == 1):
            label = (int(path[begin]) - 1) // 2
            sure = probability[begin:i, 1 + 2 * label : 3 + 2 * label].sum(axis=1).mean()
            spans.append(
                TaggedSpan(label=label, pieces=range(words[begin].start, words[i - 1].stop), score=float(sure))
            )
            begin = None
        if tag % 2 == 1:
            begin = i
    return spans


def draft_attributions(
    spans: list[TaggedSpan], scores: Scores, words: list[range], sentence_starts: list[int], decoding: Decoding
) -> list[DraftAttribution]:
    """Group the contents that point to one cue, and give each cue the source it points to.

    A content that points to no tagged cue may still point at words that were almost tagged as one, and so may a cue at
    its source; else the content stands alone, without cue. Several cues may share one source.
    ``sentence_starts``: the pieces that open a sentence.
    """
    contents, cues, sources = ([span for span in spans if span.label == label] for label in (CONTENT, CUE, SOURCE))
    taken = {piece for span in spans for piece in span.pieces}
    by_cue: dict[TaggedSpan, list[tuple[float, TaggedSpan]]] = defaultdict(list)
    without_cue: list[DraftAttribution] = []
    for content in contents:
        view = scores.cue_of.view(content.pieces)
        share, cue = _find_tagged_cue(content, cues, view, sentence_starts, decoding)
        if share < decoding.min_cue_share and (
            untagged := _find_untagged_span(CUE, view, scores, words, taken, decoding.min_untagged_cue)
        ):
            insort(cues, untagged, key=_start)
            taken.update(untagged.pieces)
            share, cue = view.mass(untagged.pieces), untagged
        if cue and share >= decoding.min_cue_share:
            by_cue[cue].append((share, content))
        else:
            without_cue.append(
                DraftAttribution(content=(content,), cue=None, source=None, cue_share=share, source_share=0.0)
            )
    drafts = [_make_draft(cue, members, sources, scores, words, taken, decoding) for cue, members in by_cue.items()]
    return [
        replace(draft, content=fill_gaps(draft, contents, scores, sentence_starts)) for draft in drafts
    ] + without_cue


def _find_tagged_cue(
    content: TaggedSpan, cues: list[TaggedSpan], view: View, sentence_starts: list[int], decoding: Decoding
) -> tuple[float, TaggedSpan | None]:
    """The tagged cue that a content points to, after the share of the pointer on it; (0.0, None) without any."""
    reachable_cues = reachable_spans(cues, view)
    shares = []
    for cue in reachable_cues:
        n_borders = _n_starts_between(content, cue, sentence_starts)
        shares.append((view.mass(cue.pieces) * decoding.sentence_border_factor**n_borders, cue))
    likely = [pair for pair in shares if pair[0] >= decoding.min_cue_share] or shares
    return max(
        likely,
        key=lambda pair: pair[0] * decoding.other_cue_factor ** _n_cues_between(content, pair[1], reachable_cues),
        default=(0.0, None),
    )


def _start(span: TaggedSpan) -> int:
    return span.pieces.start


def reachable_spans(spans: list[TaggedSpan], view: View) -> list[TaggedSpan]:
    """Those of ``spans`` (in text order) that the view can point to; by bisection, so that long texts stay cheap."""
    first, last = view.reachable.start, view.reachable.stop
    return spans[bisect_left(spans, first, key=_start) : bisect_left(spans, last, key=_start)]


def _n_starts_between(a: TaggedSpan, b: TaggedSpan, sentence_starts: list[int]) -> int:
    """How many sentences open between two spans."""
    near, far = sorted((a.pieces, b.pieces), key=lambda r: r.start)
    return bisect_right(sentence_starts, far.start) - bisect_right(sentence_starts, near.stop - 1)


def _n_cues_between(content: TaggedSpan, cue: TaggedSpan, cues: list[TaggedSpan]) -> int:
    """How many cues stand between a content and a cue, this one aside."""
    near, far = sorted((content.pieces, cue.pieces), key=lambda r: r.start)
    return sum(near.stop <= between.pieces.start < far.start for between in cues)


def _find_untagged_span(
    label: int, view: View, scores: Scores, words: list[range], taken: set[int], min_probability: float
) -> TaggedSpan | None:
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
    return TaggedSpan(label=label, pieces=run, score=float(np.mean([probability(i) for i in range(first, last + 1)])))


def _role_probability(label: int, pieces: range, scores: Scores) -> float:
    """The mean probability of a role over some pieces."""
    return float(np.exp(scores.roles[pieces.start : pieces.stop, 1 + 2 * label : 3 + 2 * label]).sum(axis=1).mean())


def fill_gaps(
    draft: DraftAttribution, contents: list[TaggedSpan], scores: Scores, sentence_starts: list[int]
) -> tuple[TaggedSpan, ...]:
    """The content of a draft, with gaps in a sentence filled, unless the draft's own cue or source stands in them.

    The network marks one layer: in "he said they had met and called it a success" the inner cue would tear the content.
    A gap with a content of another draft in it stays. ``contents``: all of the text's, in order.
    """
    own = [span for span in (draft.cue, draft.source) if span]
    filled: list[TaggedSpan] = []
    for span in sorted(draft.content, key=_start):
        gap = range(filled[-1].pieces.stop, span.pieces.start) if filled else range(0)
        between = _role_probability(CONTENT, gap, scores) if gap else 0.0
        if (
            between < MIN_GAP_CONTENT
            or _n_starts_between(filled[-1], span, sentence_starts)
            or _is_taken(gap, own, contents)
        ):
            filled.append(span)
            continue
        weighted = [(filled[-1].score, filled[-1].pieces), (between, gap), (span.score, span.pieces)]
        whole = range(filled[-1].pieces.start, span.pieces.stop)
        score = sum(score * len(pieces) for score, pieces in weighted) / len(whole)
        filled[-1] = TaggedSpan(label=CONTENT, pieces=whole, score=score)
    return tuple(filled)


def _is_taken(gap: range, own: list[TaggedSpan], contents: list[TaggedSpan]) -> bool:
    """Whether the draft's cue or source, or any content, stands in a gap."""
    first, last = (bisect_left(contents, piece, key=_start) for piece in (gap.start, gap.stop))
    return first < last or any(span.pieces.start < gap.stop and span.pieces.stop > gap.start for span in own)


def _make_draft(
    cue: TaggedSpan,
    members: list[tuple[float, TaggedSpan]],
    sources: list[TaggedSpan],
    scores: Scores,
    words: list[range],
    taken: set[int],
    decoding: Decoding,
) -> DraftAttribution:
    view = scores.source_of.view(cue.pieces)
    candidates = reachable_spans(sources, view)
    if untagged := _find_untagged_span(SOURCE, view, scores, words, taken, decoding.min_untagged_source):
        candidates.append(untagged)
    shares = ((view.mass(span.pieces), span) for span in candidates)
    source_share, source = max(shares, key=itemgetter(0), default=(0.0, None))
    if source_share <= view.nowhere:
        source_share, source = view.nowhere, None
    kept = [
        (cue_share, content)
        for cue_share, content in members
        if len(content.pieces) > MAX_FRAGMENT_PIECES or content.score >= decoding.min_fragment_score
    ] or members
    return DraftAttribution(
        content=tuple(content for _, content in kept),
        cue=cue,
        source=source,
        cue_share=float(np.mean([cue_share for cue_share, _ in kept])),
        source_share=source_share,
    )
