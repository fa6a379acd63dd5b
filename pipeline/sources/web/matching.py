"""Which lines of a page an extracted text is made of, when the text comes without offsets.

A line of three words and more is matched by its runs of three; a shorter one must be a line of the text too. Lines that
stand twice on the page are distinguished by order: the chosen lines follow the text, and use each of its words once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.transforms.lexicon.patterns import WORD

#: Words in a run …
RUN_WORDS = 3
#: … and the share of a line's runs that must be in the text.
MIN_RUN_SHARE = 0.5
#: The runs of a line may lie so many words off their places: words may be missing inside it.
MAX_SLIP = 15
#: Places considered for a run that occurs many times, and for a line.
MAX_PLACES = 8
#: Words by which a line may begin before the previous one ends.
MAX_OVERLAP = RUN_WORDS - 1


@dataclass(frozen=True, slots=True)
class Match:
    """A line that may be the words ``[start, end)`` of the text, and how many of its runs agree."""

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
    return _best_chain(list(_find_matches(lines, text, words)), len(words))


def _find_matches(lines: Sequence[str], text: str, words: list[str]) -> Iterator[Match]:
    runs: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, run in enumerate(_runs(words)):
        if len(runs[run]) < MAX_PLACES:
            runs[run].append(place)
    short_lines: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    at = 0
    for line in text.split("\n"):
        line_words = tuple(WORD.findall(line))
        if 0 < len(line_words) < RUN_WORDS:
            short_lines[line_words].append(at)
        at += len(line_words)
    for number, line in enumerate(lines):
        line_words = tuple(WORD.findall(line))
        if len(line_words) >= RUN_WORDS:
            yield from _match_long_line(number, [runs.get(run, []) for run in _runs(line_words)])
        elif line_words:
            yield from (
                Match(number, place, place + len(line_words), 1)
                for place in short_lines.get(line_words, [])[:MAX_PLACES]
            )


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[shift:] for shift in range(RUN_WORDS)), strict=False))


def _match_long_line(line: int, places: list[list[int]]) -> Iterator[Match]:
    """The matches of a line: ``places[i]`` says where in the text its run number ``i`` occurs."""
    starts = Counter(place - number for number, run_places in enumerate(places) for place in run_places)
    for start, _ in starts.most_common(MAX_PLACES):
        nearest = (
            (min(run_places, key=lambda place: abs(place - number - start)), number)
            for number, run_places in enumerate(places)
            if run_places
        )
        agreeing = [place for place, number in nearest if abs(place - number - start) <= MAX_SLIP]
        if len(agreeing) >= MIN_RUN_SHARE * len(places):
            yield Match(line, min(agreeing), max(agreeing) + RUN_WORDS, len(agreeing))


def _best_chain(matches: list[Match], n_words: int) -> list[int]:
    """The lines of the chain with the most runs that goes forward in both page and text; of equal chains the last."""
    best: list[tuple[int, int]] = []  # for each match: the runs of the best chain up to it, the previous match
    chains = _BestChains(n_words)
    pending: list[int] = []
    for number, match in enumerate(matches):
        if pending and matches[pending[0]].line != match.line:
            for pending_number in pending:
                chains.put(matches[pending_number].end, best[pending_number][0], pending_number)
            pending.clear()
        runs, previous = chains.best(match.start + MAX_OVERLAP)
        best.append((runs + match.runs, previous))
        pending.append(number)
    if not best:
        return []
    at = max(range(len(best)), key=lambda number: (best[number][0], number))
    chain = []
    while at >= 0:
        chain.append(matches[at].line)
        at = best[at][1]
    return chain[::-1]


class _BestChains:
    """The best chain that ends at or before any word: a Fenwick tree of maxima."""

    def __init__(self, n_words: int) -> None:
        self.tree = [(0, -1)] * (n_words + 2)

    def put(self, end: int, runs: int, match: int) -> None:
        at = end + 1
        while at < len(self.tree):
            self.tree[at] = max(self.tree[at], (runs, match))
            at += at & -at

    def best(self, end: int) -> tuple[int, int]:
        best = (0, -1)
        at = min(end + 1, len(self.tree) - 1)
        while at > 0:
            best = max(best, self.tree[at])
            at -= at & -at
        return best
