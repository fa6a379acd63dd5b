"""Drafts in word pieces -> attributions in characters: quotes balanced, kind and act judged, confidence calibrated."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from onrecord.transforms.lexicon.characters import CLOSING_SINGLE, DOUBLE, OPENING_SINGLE
from onrecord.transforms.lexicon.cues import act_of, reports_speech
from onrecord.transforms.lexicon.patterns import WORD
from onrecord.transforms.quotation import Quotation, find_quotations
from onrecord.transforms.reader.decoding import (
    Decoding,
    DraftAttribution,
    TaggedSpan,
    draft_attributions,
    find_sentence_starts,
    find_spans,
)
from onrecord.transforms.reader.layout_attributions import find_layout_attributions, standalone_quotations
from onrecord.transforms.reader.pieces import Pieces
from onrecord.transforms.reader.scores import Scores
from onrecord.transforms.records import Attribution, QuoteKind

Range = tuple[int, int]
Candidate = tuple[Attribution, tuple[float, ...]]
#: What is cut off at the ends of a span.
TRIM_CHARS = ",;:.-\N{EN DASH}\N{EM DASH}"
#: Without the colon: it may be the whole cue ("Poll: most want to stay"), and belongs to the cue before it.
CUE_TRIM_CHARS = TRIM_CHARS.replace(":", "")
#: What ends a cue only when it governs the content or the source after it ("spoke about", "according to").
DANGLING_WORDS = re.compile(
    r"\s+(?:about|after|against|as|at|before|by|during|for|from|in|into|of|on|over|through|to|under|via|with|a|an|the"
    r"|last)$",
    re.IGNORECASE,
)
#: What may stand between a colon and the first item of its list, and how many characters back to look for the colon.
LIST_MARKS, MAX_COLON_DISTANCE = " \n-–—*•·", 12
#: Parts with only these between them are one content: blanks, quotation marks, commas, dashes.
GAP_CHARS = DOUBLE + OPENING_SINGLE + CLOSING_SINGLE + " ',;:-\N{EN DASH}\N{EM DASH}"
ABBREVIATION = re.compile(r"(?:\b[^\W\d_]\.){2,}$|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|Bros)\.$")
#: A quotation without source and cue is taken for speech from this length on; below, it is as often a name.
MIN_FLOATING_WORDS = 4
FEATURES = (
    "content score",
    "cue score",
    "share of the content's pointer on the cue",
    "share of the cue's pointer on the source",
    "sureness that there is no source",
    "share in marks",
    "log of words",
    "spans",
    "no cue",
    "cue of speech",
    "that clause",
    "infinitive",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic regression from the features of an attribution to the probability that people would mark it too.

    Fitted on PolNeAR dev by ``training.calibrate``. Left out are thoughts below ``min_thought_confidence``, indirect
    statements below ``min_indirect_confidence``, and what holds quotation marks below ``min_quoted_confidence``.
    """

    weights: tuple[float, ...] = (0.0,) * len(FEATURES)
    bias: float = 0.0
    min_indirect_confidence: float = 0.0
    min_thought_confidence: float = 0.0
    min_quoted_confidence: float = 0.0

    def trusts(self, attribution: Attribution) -> bool:
        if attribution.act == "thought":
            return attribution.confidence >= self.min_thought_confidence
        if attribution.kind == "indirect":
            return attribution.confidence >= self.min_indirect_confidence
        return attribution.confidence >= self.min_quoted_confidence

    def confidence(self, features: Sequence[float]) -> float:
        z = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return round(1.0 / (1.0 + math.exp(-z)), 4)


class QuotationIndex:
    """The quotations of a text, looked up by position."""

    def __init__(self, text: str) -> None:
        self.quotations = find_quotations(text)
        self._starts = [q.start for q in self.quotations]

    def at(self, position: int) -> Quotation | None:
        """The quotation that holds the character at ``position``, marks included."""
        i = bisect_right(self._starts, position) - 1
        return self.quotations[i] if i >= 0 and position < self.quotations[i].end else None

    def overlapping(self, start: int, end: int) -> tuple[Quotation, ...]:
        """The quotations that share a character with ``[start, end)``."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        return tuple(q for q in self.quotations[first : bisect_left(self._starts, end)] if q.end > start)

    @staticmethod
    def within(quotation: Quotation, ranges: Iterable[Range]) -> list[Range]:
        """What of ``ranges`` lies in a quotation."""
        clipped = [(max(start, quotation.start), min(end, quotation.end)) for start, end in ranges]
        return [(start, end) for start, end in clipped if start < end]

    def quoted_share(self, text: str, ranges: Iterable[Range]) -> float:
        """The share of the words of ``ranges`` that stand inside quotation marks, 0 to 1."""
        inside = total = 0
        for start, end in ranges:
            for word in WORD.finditer(text, start, end):
                total += 1
                inside += self.at(word.start()) is not None
        return inside / total if total else 0.0


def judge_kind(share: float) -> QuoteKind:
    return "direct" if share == 1.0 else "mixed" if share > 0.0 else "indirect"


def balance_marks(text: str, span: Range, quotations: QuotationIndex) -> Range:
    """Extend a span to the marks of the quotation it begins or ends in, when only marks are missing.

    >>> balance_marks('He said, “We won,” twice.', (10, 16), QuotationIndex('He said, “We won,” twice.'))
    (9, 18)
    """
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    first, last = quotations.at(start), quotations.at(end - 1)
    if first and start > first.start and not WORD.search(text, first.start, start):
        start = first.start
    if last and last.closed and end < last.end and not WORD.search(text, end, last.end):
        end = last.end
    following = quotations.at(end)
    if following and following.end == end + 1 and following.closed and following.start < end:
        end = following.end
    return start, end


def complete_quotations(text: str, spans: list[Range], quotations: QuotationIndex) -> list[Range]:
    """Add to the spans each quotation of which they hold most words, whole and with its marks.

    >>> text = "“We won. It was hard,” he said."
    >>> [complete_quotations(text, [span], QuotationIndex(text)) for span in ((1, 7), (9, 21))]
    [[(1, 7)], [(0, 22)]]
    """
    ranges = list(spans)
    for quotation in {q for start, end in spans for q in quotations.overlapping(start, end)}:
        inside = _count_words(text, quotations.within(quotation, spans))
        if 2 * inside > _count_words(text, [(quotation.start, quotation.end)]):
            ranges.append((quotation.start, quotation.end))
    return _merge_overlapping(ranges)


def _merge_overlapping(ranges: list[Range]) -> list[Range]:
    """The ranges with overlapping ones merged, in order."""
    out: list[Range] = []
    for start, end in sorted(ranges):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def character_ranges(spans: Iterable[TaggedSpan], pieces: Pieces) -> tuple[Range, ...]:
    """Where the spans stand in the text."""
    return tuple((pieces.starts[p.pieces.start], pieces.ends[p.pieces.stop - 1]) for p in spans)


def find_attributions(
    scores: Scores, pieces: Pieces, words: list[range], text: str, decoding: Decoding, calibration: Calibration
) -> tuple[Attribution, ...]:
    """All attributions of a text that the calibration trusts enough, in text order."""
    return select(judge(find_candidates(scores, pieces, words, text, decoding), calibration), text, calibration)


def judge(candidates: Iterable[Candidate], calibration: Calibration) -> list[Attribution]:
    """The candidates with their confidence."""
    return [replace(a, confidence=calibration.confidence(features)) for a, features in candidates]


def select(judged: list[Attribution], text: str, calibration: Calibration) -> tuple[Attribution, ...]:
    """What is reported: attributions by layout, those of the network that are trusted, and standalone quotations.

    A standalone quotation is given as the network has it, with cue and source, even where that is not trusted.
    """
    quotations = find_quotations(text)
    by_layout = find_layout_attributions(text, quotations)
    standalone = list(standalone_quotations(text, quotations))
    standalone_ranges = {span for a in standalone for span in a.content}
    trusted = [a for a in judged if calibration.trusts(a) or not standalone_ranges.isdisjoint(a.content)]
    layout = LayoutIndex(by_layout)
    selected = [*by_layout, *(a for a in trusted if not layout.covers(a))]
    selected += _not_covered(standalone, selected)
    return tuple(sorted(selected, key=lambda a: a.content))


def _not_covered(standalone: Iterable[Attribution], selected: list[Attribution]) -> list[Attribution]:
    """Those of ``standalone`` that share nothing with the contents of ``selected``."""
    covered = _merge_overlapping([span for attribution in selected for span in attribution.content])
    starts = [start for start, _ in covered]

    def is_covered(start: int, end: int) -> bool:
        last = bisect_left(starts, end) - 1
        return last >= 0 and covered[last][1] > start

    return [a for a in standalone if not is_covered(*a.content[0])]


class LayoutIndex:
    """The attributions by layout, in text order, looked up by position: a transcript may have thousands of turns."""

    def __init__(self, by_layout: Sequence[Attribution]) -> None:
        self._by_layout = by_layout
        self._starts = [a.content[0][0] for a in by_layout]
        self._ends = list(accumulate((a.content[-1][1] for a in by_layout), max))

    def covers(self, attribution: Attribution) -> bool:
        """Whether one of them holds most of this content, and does not hold its cue as well."""
        length = sum(b - a for a, b in attribution.content)
        first = bisect_right(self._ends, attribution.content[0][0])
        for other in self._by_layout[first : bisect_left(self._starts, attribution.content[-1][1])]:
            ((start, end),) = other.content
            shared = sum(max(0, min(b, end) - max(a, start)) for a, b in attribution.content)
            holds_cue = attribution.cue and start <= attribution.cue[0][0] < end
            if 2 * shared > length and not holds_cue:
                return True
        return False


def find_candidates(
    scores: Scores, pieces: Pieces, words: list[range], text: str, decoding: Decoding
) -> list[Candidate]:
    """Every attribution that decoding makes, still without confidence, with the features for its confidence."""
    quotations = QuotationIndex(text)
    spans = find_spans(decoding.biased(scores.roles), words, set(pieces.paragraphs))
    opening_pieces = find_sentence_starts(scores, pieces, words)
    drafts = draft_attributions(spans, scores, words, opening_pieces, decoding)
    sentence_starts = [pieces.starts[i] for i in opening_pieces]
    attributed = [(_to_attribution(draft, pieces, text, quotations, sentence_starts), draft) for draft in drafts]
    candidates = [
        (a, confidence_features(draft, a, quotations.quoted_share(text, a.content), text))
        for a, draft in attributed
        if a
    ]
    return sorted(candidates, key=lambda candidate: candidate[0].content)


def _to_attribution(
    draft: DraftAttribution, pieces: Pieces, text: str, quotations: QuotationIndex, sentence_starts: list[int]
) -> Attribution | None:
    """One draft as an attribution of the text; None when nothing of it is left, or when it is a mere name or word.

    Without a cue only a quotation counts, and only one of at least MIN_FLOATING_WORDS.
    """
    ranges = [trim(text, balance_marks(text, span, quotations)) for span in character_ranges(draft.content, pieces)]
    cue_ranges = character_ranges([draft.cue] if draft.cue else [], pieces)
    ranges = [
        span
        for span in ranges
        if quotations.overlapping(*span) or not any(_is_stray(text, span, c, sentence_starts) for c in cue_ranges)
    ]
    with_words = [(a, b) for a, b in ranges if WORD.search(text, a, b)]
    content = _join_adjacent(text, complete_quotations(text, with_words, quotations))
    share = quotations.quoted_share(text, content)
    if not content or (draft.cue is None and (share < 1.0 or _count_words(text, content) < MIN_FLOATING_WORDS)):
        return None
    source = [trim(text, span) for span in character_ranges([draft.source] if draft.source else [], pieces)]
    cue = [trim(text, span, chars=CUE_TRIM_CHARS) for span in cue_ranges]
    cue_text = " ".join(text[a:b] for a, b in cue)
    cue = [without_dangling(text, span, [a for a, _ in (*content, *source)]) for span in cue]
    return Attribution(
        content=content,
        cue=tuple((a, b) for a, b in cue if a < b),
        source=tuple((a, b) for a, b in source if a < b),
        kind=judge_kind(share),
        act=act_of(cue_text, share > 0.0),
        confidence=0.0,
        flags=() if all(_has_closed_marks(quotations, a, b) for a, b in content) else ("unbalanced_marks",),
    )


def _is_stray(text: str, span: Range, cue: Range, sentence_starts: list[int]) -> bool:
    """Whether words without quotation marks are too far from their cue to be its content.

    They are in another paragraph, and after no colon, or in another sentence, and not the whole of one; in PolNeAR's
    training set that is so of 71 spans in 16,492. ``sentence_starts``: where sentences start.

    >>> text = "Rain fell. It is late, she says."
    >>> [_is_stray(text, span, (27, 31), [0, 11]) for span in ((11, 21), (0, 9), (0, 4))]
    [False, False, True]
    """
    between = text[cue[1] : span[0]] if cue[1] <= span[0] else text[span[1] : cue[0]]
    if "\n" in between:
        return not text[max(span[0] - MAX_COLON_DISTANCE, 0) : span[0]].rstrip(LIST_MARKS).endswith(":")
    before, behind = bisect_right(sentence_starts, span[0]), bisect_left(sentence_starts, span[1])
    start = sentence_starts[before - 1] if before else 0
    end = sentence_starts[behind] if behind < len(sentence_starts) else len(text)
    is_whole = not WORD.search(text, start, span[0]) and not WORD.search(text, span[1], end)
    return not is_whole and not start <= cue[0] < end


def confidence_features(
    draft: DraftAttribution, attribution: Attribution, share: float, text: str
) -> tuple[float, ...]:
    """The features of an attribution for the calibration, one number for each of FEATURES."""
    weight = sum(len(p.pieces) for p in draft.content)
    start = attribution.content[0][0]
    # the first word of an unquoted content after its cue says what the cue governs: "that it rains", "to wait"
    governed = share < 1.0 and bool(attribution.cue) and attribution.cue[0][0] < start
    opening = WORD.search(text, start) if governed else None
    return (
        sum(p.score * len(p.pieces) for p in draft.content) / weight,
        draft.cue.score if draft.cue else 0.0,
        draft.cue_share,
        draft.source_share if draft.source else 0.0,
        0.0 if draft.source else draft.source_share,
        share,
        math.log1p(_count_words(text, attribution.content)),
        float(len(attribution.content)),
        float(draft.cue is None),
        float(reports_speech(" ".join(text[a:b] for a, b in attribution.cue))),
        float(opening is not None and opening[0] == "that"),
        float(opening is not None and opening[0] == "to"),
    )


def _count_words(text: str, ranges: Iterable[Range]) -> int:
    return sum(len(WORD.findall(text[a:b])) for a, b in ranges)


def trim(text: str, span: Range, *, chars: str = TRIM_CHARS) -> Range:
    """The span without white space and ``chars`` around it; a stop stays where it ends an abbreviation.

    >>> text = "He noted, that it is so in the U.S., he said."
    >>> [text[slice(*trim(text, span))] for span in ((8, 24), (24, 36))]
    ['that it is so', 'in the U.S.']
    """
    start, end = span
    while start < end and (text[start].isspace() or text[start] in chars):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in chars):
        if text[end - 1] == "." and ABBREVIATION.search(text, start, end):
            break
        end -= 1
    return start, end


def without_dangling(text: str, cue: Range, followers: Iterable[int]) -> Range:
    """A cue of speech without a preposition or an article at its end, unless it governs the span that is next.

    ``followers``: where the spans start that it may govern.

    >>> text = "She said in July that she spoke about the plan that few approve of."
    >>> [text[slice(*without_dangling(text, cue, [16, 38]))] for cue in ((4, 11), (26, 37), (56, 66))]
    ['said', 'spoke about', 'approve of']
    """
    start, end = cue
    if any(end <= follower and not WORD.search(text, end, follower) for follower in followers):
        return cue
    while last := DANGLING_WORDS.search(text, start, end):
        end = last.start()
    return (start, end) if reports_speech(text[start:end]) else cue


def _has_closed_marks(quotations: QuotationIndex, start: int, end: int) -> bool:
    return all(q is None or q.closed or q.continued for q in (quotations.at(start), quotations.at(end - 1)))


def _join_adjacent(text: str, ranges: list[Range]) -> tuple[Range, ...]:
    """Join spans that only white space or marks separate; spans with a full stop between them stay apart."""
    out: list[Range] = []
    for start, end in sorted(ranges):
        gap = text[out[-1][1] : start] if out else "x"
        if out and not gap.strip(GAP_CHARS):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
