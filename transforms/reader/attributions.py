"""Drafts in word pieces -> attributions in characters: marks balanced, kind and act judged, confidence calibrated."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from onrecord.transforms.lexicon.characters import CLOSING_SINGLE, DOUBLE, OPENING_SINGLE
from onrecord.transforms.lexicon.cues import act_of, reports_speech
from onrecord.transforms.quotation import Quotation, find_quotations
from onrecord.transforms.reader.decoding import Decoding, Draft, Part, find_parts, sentence_borders, tie_parts
from onrecord.transforms.reader.layout_attributions import find_layout_attributions, standing_quotations
from onrecord.transforms.reader.pieces import Pieces
from onrecord.transforms.reader.scores import Scores
from onrecord.transforms.records import Attribution, QuoteKind

Range = tuple[int, int]
Candidate = tuple[Attribution, tuple[float, ...]]
WORD = re.compile(r"\w+")
LOOSE = ",;:.-\N{EN DASH}\N{EM DASH}"
#: A colon may be all the cue there is ("Poll: most want to stay"), and belongs to a cue that it stands behind.
LOOSE_BY_A_CUE = LOOSE.replace(":", "")
#: What ends a cue only when it governs the content or the source behind it ("spoke about", "according to").
DANGLING = re.compile(
    r"\s+(?:about|after|against|as|at|before|by|during|for|from|in|into|of|on|over|through|to|under|via|with|a|an|the"
    r"|last)$",
    re.IGNORECASE,
)
#: What may stand between a colon and the first item of the list behind it, and how far back to look for the colon.
BULLETS, SEEN_BEFORE = " \n-–—*•·", 12
#: No gap in a content: blanks, quotation marks, what parts the members of a sentence.
JOINING = DOUBLE + OPENING_SINGLE + CLOSING_SINGLE + " ',;:-\N{EN DASH}\N{EM DASH}"
ABBREVIATION = re.compile(r"(?:\b[^\W\d_]\.){2,}$|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|Bros)\.$")
#: A quotation without source and cue is taken for speech from this length on; below, it is as often a name.
LEAST_FLOATING_WORDS = 4
FEATURES = (
    "content score",
    "cue score",
    "tie of content to cue",
    "tie of cue to source",
    "sureness that there is no source",
    "share in marks",
    "log of words",
    "parts",
    "no cue",
    "cue of speech",
    "that clause",
    "infinitive",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Logistic regression from the features of an attribution to the probability that people would mark it too.

    Fitted on PolNeAR dev by ``training.calibrate``. Left out are indirect statements less sure than ``least``, thoughts
    less sure than ``least_thought``, and what holds quotation marks and is less sure than ``least_quoted``.
    """

    weights: tuple[float, ...] = (0.0,) * len(FEATURES)
    bias: float = 0.0
    least: float = 0.0
    least_thought: float = 0.0
    least_quoted: float = 0.0

    def trusts(self, attribution: Attribution) -> bool:
        if attribution.act == "thought":
            return attribution.confidence >= self.least_thought
        return attribution.confidence >= (self.least if attribution.kind == "indirect" else self.least_quoted)

    def confidence(self, features: Sequence[float]) -> float:
        z = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return round(1.0 / (1.0 + math.exp(-z)), 4)


class Marks:
    """The quotations of a text, asked by place."""

    def __init__(self, text: str) -> None:
        self.quotations = find_quotations(text)
        self._starts = [q.start for q in self.quotations]

    def at(self, place: int) -> Quotation | None:
        """The quotation that holds the character at ``place``, marks included."""
        i = bisect_right(self._starts, place) - 1
        return self.quotations[i] if i >= 0 and place < self.quotations[i].end else None

    def over(self, start: int, end: int) -> tuple[Quotation, ...]:
        """The quotations that share a character with ``[start, end)``."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        return tuple(q for q in self.quotations[first : bisect_left(self._starts, end)] if q.end > start)

    @staticmethod
    def within(quotation: Quotation, ranges: Iterable[Range]) -> list[Range]:
        """What of ``ranges`` lies in a quotation."""
        cut = [(max(start, quotation.start), min(end, quotation.end)) for start, end in ranges]
        return [(start, end) for start, end in cut if start < end]

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


def complete(text: str, parts: list[Range], marks: Marks) -> list[Range]:
    """A quotation of which the parts hold most words belongs to them whole, marks included.

    >>> text = "“We won. It was hard,” he said."
    >>> complete(text, [(1, 7)], Marks(text)), complete(text, [(9, 21)], Marks(text))
    ([(1, 7)], [(0, 22)])
    """
    out = list(parts)
    for quotation in {q for start, end in parts for q in marks.over(start, end)}:
        inside = _count_words(text, marks.within(quotation, parts))
        if 2 * inside > _count_words(text, [(quotation.start, quotation.end)]):
            out.append((quotation.start, quotation.end))
    return _united(out)


def _united(ranges: list[Range]) -> list[Range]:
    """Overlapping ranges made one."""
    out: list[Range] = []
    for start, end in sorted(ranges):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def characters(parts: Iterable[Part], pieces: Pieces) -> tuple[Range, ...]:
    return tuple((pieces.starts[p.pieces.start], pieces.ends[p.pieces.stop - 1]) for p in parts)


def find_attributions(
    scores: Scores, pieces: Pieces, words: list[range], text: str, how: Decoding, calibration: Calibration
) -> tuple[Attribution, ...]:
    """All attributions of a text that the calibration trusts enough, in text order."""
    return select(judge(find_candidates(scores, pieces, words, text, how), calibration), text, calibration)


def judge(candidates: Iterable[Candidate], calibration: Calibration) -> list[Attribution]:
    """The candidates with their confidence."""
    return [replace(found, confidence=calibration.confidence(features)) for found, features in candidates]


def select(judged: list[Attribution], text: str, calibration: Calibration) -> tuple[Attribution, ...]:
    """What is reported: what layout says, what the network says and the calibration trusts, and standing quotations.

    A standing quotation is told as the network has it, with cue and source, even where that is not trusted otherwise.
    """
    quotations = find_quotations(text)
    forms = find_layout_attributions(text, quotations)
    standing = list(standing_quotations(text, quotations))
    places = {place for quotation in standing for place in quotation.content}
    trusted = [a for a in judged if calibration.trusts(a) or not places.isdisjoint(a.content)]
    found = [*forms, *(a for a in trusted if not _inside_any(a, forms))]
    found += _unheld(standing, found)
    return tuple(sorted(found, key=lambda a: a.content))


def _unheld(quotations: Iterable[Attribution], found: list[Attribution]) -> list[Attribution]:
    """Those of ``quotations`` that share nothing with the contents of ``found``."""
    held = _united([part for attribution in found for part in attribution.content])
    starts = [start for start, _ in held]

    def is_held(start: int, end: int) -> bool:
        last = bisect_left(starts, end) - 1
        return last >= 0 and held[last][1] > start

    return [a for a in quotations if not is_held(*a.content[0])]


def _inside_any(attribution: Attribution, forms: list[Attribution]) -> bool:
    """Whether layout has made an attribution of most of this content, other than by reporting it within itself."""
    length = sum(b - a for a, b in attribution.content)
    for form in forms:
        ((start, end),) = form.content
        shared = sum(max(0, min(b, end) - max(a, start)) for a, b in attribution.content)
        reported_within = attribution.cue and start <= attribution.cue[0][0] < end
        if 2 * shared > length and not reported_within:
            return True
    return False


def find_candidates(scores: Scores, pieces: Pieces, words: list[range], text: str, how: Decoding) -> list[Candidate]:
    """Every attribution that decoding makes, still without confidence, and what its confidence is judged from."""
    marks = Marks(text)
    parts = find_parts(how.biased(scores.roles), words, set(pieces.paragraphs))
    borders = sentence_borders(scores, pieces, words)
    drafts = tie_parts(parts, scores, words, borders, how)
    openings = [pieces.starts[border] for border in borders]
    made = [(_attribute(draft, pieces, text, marks, openings), draft) for draft in drafts]
    found = [(a, describe(draft, a, marks.share(text, a.content), text)) for a, draft in made if a]
    return sorted(found, key=lambda pair: pair[0].content)


def _attribute(draft: Draft, pieces: Pieces, text: str, marks: Marks, openings: list[int]) -> Attribution | None:
    """One draft as an attribution of the text; None when nothing of it is left, or when it says nothing of its own.

    Without a cue only a quotation counts, and only one long enough to be more than a name or a borrowed word.
    """
    ranges = [trim(text, balance(text, part, marks)) for part in characters(draft.content, pieces)]
    spoken = characters([draft.cue] if draft.cue else [], pieces)
    ranges = [part for part in ranges if marks.over(*part) or not any(_strays(text, part, c, openings) for c in spoken)]
    content = _merged(text, complete(text, [(a, b) for a, b in ranges if WORD.search(text, a, b)], marks))
    share = marks.share(text, content)
    if not content or (draft.cue is None and (share < 1.0 or _count_words(text, content) < LEAST_FLOATING_WORDS)):
        return None
    source = [trim(text, part) for part in characters([draft.source] if draft.source else [], pieces)]
    cue = [trim(text, part, loose=LOOSE_BY_A_CUE) for part in spoken]
    cue_text = " ".join(text[a:b] for a, b in cue)
    cue = [without_dangling(text, part, [a for a, _ in (*content, *source)]) for part in cue]
    return Attribution(
        content=content,
        cue=tuple((a, b) for a, b in cue if a < b),
        source=tuple((a, b) for a, b in source if a < b),
        kind=judge_kind(share),
        act=act_of(cue_text, share > 0.0),
        confidence=0.0,
        flags=() if all(_closed(marks, a, b) for a, b in content) else ("unbalanced_marks",),
    )


def _strays(text: str, part: Range, cue: Range, openings: list[int]) -> bool:
    """Whether words without quotation marks are too far from their cue to be its content.

    They are in another paragraph, and behind no colon, or in another sentence, and not the whole of one; in PolNeAR's
    training set that is so of 71 parts in 16,492. ``openings``: where sentences start.

    >>> text = "Rain fell. It is late, she says."
    >>> [_strays(text, part, (27, 31), [0, 11]) for part in ((11, 21), (0, 9), (0, 4))]
    [False, False, True]
    """
    between = text[cue[1] : part[0]] if cue[1] <= part[0] else text[part[1] : cue[0]]
    if "\n" in between:
        return not text[max(part[0] - SEEN_BEFORE, 0) : part[0]].rstrip(BULLETS).endswith(":")
    before, behind = bisect_right(openings, part[0]), bisect_left(openings, part[1])
    start = openings[before - 1] if before else 0
    end = openings[behind] if behind < len(openings) else len(text)
    is_whole = not WORD.search(text, start, part[0]) and not WORD.search(text, part[1], end)
    return not is_whole and not start <= cue[0] < end


def describe(draft: Draft, attribution: Attribution, share: float, text: str) -> tuple[float, ...]:
    """What the calibration looks at, one number for each of FEATURES."""
    weight = sum(len(p.pieces) for p in draft.content)
    start = attribution.content[0][0]
    # what an unquoted content behind its cue begins with tells what the cue governs: "that it rains", "to wait"
    governed = share < 1.0 and bool(attribution.cue) and attribution.cue[0][0] < start
    opening = WORD.search(text, start) if governed else None
    return (
        sum(p.score * len(p.pieces) for p in draft.content) / weight,
        draft.cue.score if draft.cue else 0.0,
        draft.tie,
        draft.source_tie if draft.source else 0.0,
        0.0 if draft.source else draft.source_tie,
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


def trim(text: str, part: Range, *, loose: str = LOOSE) -> Range:
    """Without the white space and ``loose`` marks around it; a stop stays where it ends an abbreviation.

    >>> text = "He noted, that it is so in the U.S., he said."
    >>> [text[slice(*trim(text, part))] for part in ((8, 24), (24, 36))]
    ['that it is so', 'in the U.S.']
    """
    start, end = part
    while start < end and (text[start].isspace() or text[start] in loose):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in loose):
        if text[end - 1] == "." and ABBREVIATION.search(text, start, end):
            break
        end -= 1
    return start, end


def without_dangling(text: str, cue: Range, followers: Iterable[int]) -> Range:
    """A cue of speech without a preposition or an article at its end, unless a part is next that it governs.

    ``followers``: where the parts start that it may govern.

    >>> text = "She said in July that she spoke about the plan that few approve of."
    >>> [text[slice(*without_dangling(text, cue, [16, 38]))] for cue in ((4, 11), (26, 37), (56, 66))]
    ['said', 'spoke about', 'approve of']
    """
    start, end = cue
    if any(end <= follower and not WORD.search(text, end, follower) for follower in followers):
        return cue
    while last := DANGLING.search(text, start, end):
        end = last.start()
    return (start, end) if reports_speech(text[start:end]) else cue


def _closed(marks: Marks, start: int, end: int) -> bool:
    return all(q is None or q.closed or q.continued for q in (marks.at(start), marks.at(end - 1)))


def _merged(text: str, ranges: list[Range]) -> tuple[Range, ...]:
    """Join parts that only white space or marks part; a full stop between them stands, the stop of a sentence."""
    out: list[Range] = []
    for start, end in sorted(ranges):
        gap = text[out[-1][1] : start] if out else "x"
        if out and not gap.strip(JOINING):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
