"""Quotations in a text: pairs of double (or outer single) quotation marks, distinguished from apostrophes.

Used by cleaning (to fix marks), by the reader (is a word piece inside marks?) and to judge whether an attribution
is direct, mixed or indirect, so that all three see the same quotations.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from onrecord.transforms.lexicon.characters import (
    CLOSING,
    CLOSING_SINGLE,
    LOW_OPENING,
    NEUTRAL,
    OPENING,
    OPENING_SINGLE,
)

PARAGRAPH_BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*+\n\s*+")
LINE_ENDS = re.compile(r"\n\s*")
MARK = re.compile(f"[{OPENING}{CLOSING}{NEUTRAL}]")
# A single mark opens at the start of a word and closes after a word or its punctuation, never inside a word.
SINGLE = re.compile(
    rf"[{OPENING_SINGLE}'](?<![\w{CLOSING_SINGLE}'].)(?=\w)"  # ‘We
    rf"(?P<inner>\w[^\n{OPENING}{CLOSING}{NEUTRAL}{OPENING_SINGLE}]{{0,600}}?)"
    rf"(?:(?<=[.,!?…])[{CLOSING_SINGLE}']|(?<=[\w)%])[{CLOSING_SINGLE}'](?![\w]))"  # …it,’ or …it’
)
#: In a quotation torn over more paragraphs than this, the closing mark is taken for lost.
MAX_TORN_PARAGRAPHS = 6


class Quotation(NamedTuple):  # a text may have hundreds of thousands
    """``[start, end)`` from the opening mark to just after the closing one.

    ``closed``: both marks are there. ``continued``: unclosed because the next paragraph opens again (the custom for a
    quotation of several paragraphs). ``torn``: the closing mark stands in a later paragraph that does not open.
    """

    start: int
    end: int
    closed: bool = True
    continued: bool = False
    torn: bool = False


@lru_cache(maxsize=16)
def find_quotations(text: str) -> tuple[Quotation, ...]:
    """All outer quotations of a text, in order; they do not overlap.

    >>> [(q.start, q.end) for q in find_quotations('He said “no”. "Never," he said.')]
    [(8, 12), (14, 22)]
    >>> [(q.end, q.continued) for q in find_quotations('“One.\\n\\n“Two.”')]
    [(5, True), (13, False)]
    """
    quotations: list[Quotation] = []
    if not MARK.search(text):
        return tuple(_with_singles(text, quotations))
    start = 0
    bounds = [*_paragraph_breaks(text), (len(text), len(text))]
    number = 0
    while number < len(bounds):
        end, following = bounds[number]
        pairs, open_at = _pair_marks(text, start, end)
        quotations += pairs
        if open_at is not None:
            closing = _find_closing_mark(text, bounds, number)
            if closing is not None:
                close, number = closing
                quotations.append(Quotation(start=open_at, end=close + 1, torn=True))
                start = close + 1  # the rest of that paragraph is read as usual
                continue
            continued = _starts_with_mark(text, following)
            quotations.append(Quotation(start=open_at, end=end, closed=False, continued=continued))
        start = following
        number += 1
    return tuple(_with_singles(text, quotations))


def _paragraph_breaks(text: str) -> Iterator[tuple[int, int]]:
    """Where ``PARAGRAPH_BREAK`` matches, found by the line ends, of which there are few."""
    for m in LINE_ENDS.finditer(text):
        start, end = m.span()
        while start and text[start - 1].isspace() and text[start - 1] != "\n":
            start -= 1
        yield start, end


def _pair_marks(text: str, start: int, end: int) -> tuple[list[Quotation], int | None]:
    """Pair the double marks of one paragraph; also the place of a mark left open, or None."""
    pairs: list[Quotation] = []
    open_at: int | None = None
    depth = 0
    marks = [(m.start(), m.group()) for m in MARK.finditer(text, start, end)]
    if not marks:
        return pairs, None
    chars = "".join(char for _, char in marks)
    openers, closers = sum(map(chars.count, OPENING)), sum(map(chars.count, CLOSING))
    last = marks[-1][0]
    for at, char in marks:
        if char in OPENING:
            openers -= 1  # those that follow
        elif char in CLOSING:
            closers -= 1
        if open_at is None:
            if _may_open(text, at, char, end, has_partner=at < last):
                open_at, depth = at, 0
        elif char in OPENING and _reopens(text, open_at, openers, closers):
            depth += 1
        elif depth:
            depth -= 1
        else:
            pairs.append(Quotation(open_at, at + 1))
            open_at = None
    return pairs, open_at


def _may_open(text: str, at: int, char: str, end: int, *, has_partner: bool) -> bool:
    """Outside a quotation: does this mark open one? A mark glued to the word before it and free after it does not."""
    glued_before = at > 0 and not text[at - 1].isspace() and text[at - 1] not in "([{-–—/"
    free_after = at + 1 >= end or text[at + 1].isspace()
    if char in OPENING:
        return not (free_after and glued_before)
    if glued_before:
        return False
    # a closing or straight mark at the start of a word; one that stands free on both sides needs a partner
    return not free_after or has_partner


def _reopens(text: str, open_at: int, openers: int, closers: int) -> bool:
    """Does an opening mark inside a quotation open one within it? Only when enough marks follow to close both."""
    if text[open_at] in LOW_OPENING:
        return False
    if text[open_at] in NEUTRAL:  # "…he asked: “Why?” and left": a curly opening mark never closes a straight one
        return closers > 0
    return closers >= openers + 2


def _starts_with_mark(text: str, at: int) -> bool:
    return at < len(text) and text[at] in OPENING + NEUTRAL + OPENING_SINGLE


def _find_closing_mark(text: str, bounds: list[tuple[int, int]], number: int) -> tuple[int, int] | None:
    """The (place, paragraph number) of the mark that closes a quotation left open in paragraph ``number``, if torn."""
    for n in range(number + 1, min(number + 1 + MAX_TORN_PARAGRAPHS, len(bounds))):
        start, end = bounds[n - 1][1], bounds[n][0]
        if _starts_with_mark(text, start):
            return None
        marks = list(MARK.finditer(text, start, end))
        if not marks:
            continue
        first = marks[0]
        if first.group() in CLOSING or (first.group() in NEUTRAL and len(marks) % 2 == 1):
            return first.start(), n
        return None
    return None


def _with_singles(text: str, quotations: list[Quotation]) -> list[Quotation]:
    """Add quotations in single marks that stand outside all double ones."""
    starts = [q.start for q in quotations]
    singles = []
    for m in SINGLE.finditer(text):
        i = bisect_right(starts, m.start()) - 1
        inside = i >= 0 and m.start() < quotations[i].end
        before_next = i + 1 >= len(quotations) or m.end() <= quotations[i + 1].start
        if not inside and before_next:
            singles.append(Quotation(start=m.start(), end=m.end()))
    return sorted(quotations + singles, key=lambda q: q.start) if singles else quotations
