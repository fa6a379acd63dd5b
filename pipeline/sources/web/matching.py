"""Which lines of a page an extracted text is made of, when the text tells no offsets.

A line of three words and more is known by its runs of three; a shorter one must be a line of the text too. Lines that
stand twice on the page are told apart by order: what is chosen reads in the order of the text, each of its words once.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\w+")
#: As many words make a run …
RUN = 3
#: … and this share of a line's runs must be in the text.
SHARE = 0.5
#: Words may be missing inside a line of the text: by so many the places of its runs may slip.
SLIP = 15
#: Of a run that comes again and again, so many places are looked at; and of a line, so many places where it may be.
PLACES = 8
#: By so many words the next line may begin before the last one ends.
OVERLAP = RUN - 1


@dataclass(frozen=True, slots=True)
class Match:
    """A line may be the words ``[start, end)`` of the text, by so many runs."""

    line: int
    start: int
    end: int
    runs: int


def match_lines(lines: Sequence[str], text: str) -> list[int]:
    r"""The indices of the lines that make up the text, in order.

    >>> page = ["It was late.", "Home", "The council met on Monday.", "It was late.", "Share this"]
    >>> match_lines(page, "The council met on Monday.\nIt was late.")
    [2, 3]
    """
    words = WORD.findall(text)
    return _best_chain(list(_matches(lines, text, words)), len(words))


def _matches(lines: Sequence[str], text: str, words: list[str]) -> Iterator[Match]:
    runs: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, run in enumerate(_runs(words)):
        if len(runs[run]) < PLACES:
            runs[run].append(place)
    short: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    at = 0
    for line in text.split("\n"):
        mine = tuple(WORD.findall(line))
        if 0 < len(mine) < RUN:
            short[mine].append(at)
        at += len(mine)
    for number, line in enumerate(lines):
        mine = tuple(WORD.findall(line))
        if len(mine) >= RUN:
            yield from _long_matches(number, [runs.get(run, []) for run in _runs(mine)])
        elif mine:
            yield from (Match(number, place, place + len(mine), 1) for place in short.get(mine, [])[:PLACES])


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[shift:] for shift in range(RUN)), strict=False))


def _long_matches(line: int, places: list[list[int]]) -> Iterator[Match]:
    """Where the text holds the runs of a line: ``places[i]`` are those of its run number ``i``."""
    starts = Counter(place - number for number, found in enumerate(places) for place in found)
    for start, _ in starts.most_common(PLACES):
        nearest = (
            (min(found, key=lambda place: abs(place - number - start)), number)
            for number, found in enumerate(places)
            if found
        )
        mine = [place for place, number in nearest if abs(place - number - start) <= SLIP]
        if len(mine) >= SHARE * len(places):
            yield Match(line, min(mine), max(mine) + RUN, len(mine))


def _best_chain(matches: list[Match], n_words: int) -> list[int]:
    """The lines of the chain with most runs that goes forward in the page and in the text; of equal ones the last."""
    best: list[tuple[int, int]] = []  # of each match: the runs of the best chain up to it, the match before it
    heads = _Heads(n_words)
    waiting: list[int] = []
    for number, match in enumerate(matches):
        if waiting and matches[waiting[0]].line != match.line:
            for one in waiting:
                heads.put(matches[one].end, best[one][0], one)
            waiting.clear()
        runs, before = heads.best(match.start + OVERLAP)
        best.append((runs + match.runs, before))
        waiting.append(number)
    if not best:
        return []
    at = max(range(len(best)), key=lambda number: (best[number][0], number))
    chain = []
    while at >= 0:
        chain.append(matches[at].line)
        at = best[at][1]
    return chain[::-1]


class _Heads:
    """The best chain that ends at or before a word: a Fenwick tree of maxima."""

    def __init__(self, n_words: int) -> None:
        self.tree = [(0, -1)] * (n_words + 2)

    def put(self, end: int, runs: int, match: int) -> None:
        at = end + 1
        while at < len(self.tree):
            self.tree[at] = max(self.tree[at], (runs, match))
            at += at & -at

    def best(self, end: int) -> tuple[int, int]:
        found = (0, -1)
        at = min(end + 1, len(self.tree) - 1)
        while at > 0:
            found = max(found, self.tree[at])
            at -= at & -at
        return found
