"""Drafts in word pieces -> attributions in characters: marks balanced, kind and act judged, confidence calibrated."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.lexicon.characters import CLOSING_SINGLE, DOUBLE, OPENING_SINGLE
from transforms.lexicon.cues import act_of
from transforms.quotation import Quotation, find_quotations
from transforms.reader.decoding import Draft, Part, tie_parts
from transforms.reader.pieces import Pieces
from transforms.reader.scores import Scores
from transforms.records import Attribution, QuoteKind

Range = tuple[int, int]
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic regression from the features of an attribution to the probability that people would mark it too.

    Fitted on PolNeAR dev by ``training.calibrate``. ``least``: attributions less sure than this are left out.
    """

    weights: tuple[float, ...] = (0.0,) * 6
    bias: float = 0.0
    least: float = 0.0

    def confidence(self, features: Sequence[float]) -> float:
        z = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1.0 / (1.0 + math.exp(-z))


class Marks:
    """The quotations of a text, asked by place."""

    def __init__(self, text: str) -> None:
        self.quotations = find_quotations(text)
        self._starts = [q.start for q in self.quotations]

    def at(self, place: int) -> Quotation | None:
        """The quotation that holds the character at ``place``, marks included."""
        i = bisect_right(self._starts, place) - 1
        return self.quotations[i] if i >= 0 and place < self.quotations[i].end else None

    def share(self, text: str, ranges: Iterable[Range]) -> float:
        """The share of the words of ``ranges`` that stand inside marks, 0 to 1."""
        inside = total = 0
        for start, end in ranges:
            for word in WORD.finditer(text, start, end):
                total += 1
                inside += self.at(word.start()) is not None
        return inside / total if total else 0.0


def judge_kind(share: float) -> QuoteKind:
    return "direct" if share == 1.0 else "mixed" if share > 0.0 else "indirect"


def balance(text: str, part: Range, marks: Marks) -> Range:
    """Let a part end with the marks of the quotation it begins or ends in, when only marks are missing.

    >>> balance('He said, “We won,” twice.', (10, 16), Marks('He said, “We won,” twice.'))
    (9, 18)
    """
    start, end = part
    while start < end and text[start].isspace():
        start += 1
    first, last = marks.at(start), marks.at(end - 1)
    if first and start > first.start and not WORD.search(text, first.start, start):
        start = first.start
    if last and last.closed and end < last.end and not WORD.search(text, end, last.end):
        end = last.end
    following = marks.at(end)
    if following and following.end == end + 1 and following.closed and following.start < end:
        end = following.end
    return start, end


def characters(parts: Iterable[Part], pieces: Pieces) -> tuple[Range, ...]:
    return tuple((pieces.starts[p.pieces.start], pieces.ends[p.pieces.stop - 1]) for p in parts)


def find_attributions(
    parts: list[Part],
    scores: Scores,
    pieces: Pieces,
    text: str,
    marks: Marks,
    *,
    least_tie: float,
    calibration: Calibration,
) -> tuple[Attribution, ...]:
    """All attributions of a text that the calibration trusts enough, in text order."""
    drafts, _ = tie_parts(parts, scores, least_tie=least_tie)
    found = (attribute(draft, pieces, text, marks, calibration) for draft in drafts)
    return tuple(sorted((a for a in found if a.confidence >= calibration.least), key=lambda a: a.content))


def attribute(draft: Draft, pieces: Pieces, text: str, marks: Marks, calibration: Calibration) -> Attribution:
    """One draft as an attribution of the text."""
    content = _merged(text, [balance(text, part, marks) for part in characters(draft.content, pieces)])
    cue = characters([draft.cue] if draft.cue else [], pieces)
    source = characters([draft.source] if draft.source else [], pieces)
    share = marks.share(text, content)
    words = sum(len(WORD.findall(text[a:b])) for a, b in content)
    features = (
        sum(p.score * len(p.pieces) for p in draft.content) / sum(len(p.pieces) for p in draft.content),
        draft.cue.score if draft.cue else 0.0,
        draft.tie,
        draft.source_tie * (1.0 if draft.source else -1.0),
        share,
        math.log1p(words),
    )
    flags = [] if all(_closed(marks, a, b) for a, b in content) else ["unbalanced_marks"]
    return Attribution(
        content=content,
        cue=cue,
        source=source,
        kind=judge_kind(share),
        act=act_of(" ".join(text[a:b] for a, b in cue), share > 0.0),
        confidence=round(calibration.confidence(features), 4),
        flags=tuple(flags),
    )


def _closed(marks: Marks, start: int, end: int) -> bool:
    return all(q is None or q.closed or q.continued for q in (marks.at(start), marks.at(end - 1)))


def _merged(text: str, ranges: list[Range]) -> tuple[Range, ...]:
    """Join parts that only white space or marks part."""
    out: list[Range] = []
    for start, end in sorted(ranges):
        gap = text[out[-1][1] : start] if out else "x"
        if out and not gap.strip(DOUBLE + OPENING_SINGLE + CLOSING_SINGLE + " '"):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


