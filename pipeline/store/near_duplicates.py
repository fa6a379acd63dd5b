"""Which articles are one story told twice: the same text, or texts that share most of their runs of words.

    part of articles ─fingerprint─► signatures ─gather─► bands ─► candidates ─► exact similarity ─► clusters

Only signatures travel, 512 bytes an article; the texts of candidates are read again from the parts that hold them.
Nothing is dropped and no part is written anew: an article that is told twice has a row in ``clusters``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from onrecord.transforms.fingerprints import SIZE, Shingles, jaccard

#: Texts that share so many of their runs of three words tell one story: a copy with a third of its sentences changed
#: shares half of them, unrelated stories share hardly any.
MIN_SIMILARITY = 0.4
#: The signatures of candidates may tell so much less: their error.
SIGNATURE_ERROR = 0.12
#: A band of this many numbers is the same in both signatures for at least one of the bands, when texts are alike: for
#: half of the runs shared with a probability of 0.996.
BAND = 3
BANDS = SIZE // BAND
#: Texts of fewer runs are alike by chance ("No games today."); they are duplicates only when they are the same.
MIN_SHINGLES = 10
#: Pairs compared at a time: the texts of so many are in memory, however many stories are told twice.
CHUNK_PAIRS = 8192

Pairs = NDArray[np.int64]
#: Gives the shingles of the articles that it is asked for, by their ids.
LoadShingles = Callable[[Sequence[str]], Mapping[str, Shingles]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """What is known about some articles of a part when they are compared; a row of ``signatures`` for each."""

    part: str = ""
    article_ids: tuple[str, ...]
    text_hashes: tuple[str, ...]
    published: tuple[datetime | None, ...]
    runs: tuple[int, ...]
    signatures: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A row of ``clusters``."""

    article_id: str
    cluster_id: str
    is_cluster_head: bool
    similarity: float
    duplicate_of: str | None


def cluster(prints: Iterable[Fingerprints], load_shingles: LoadShingles) -> list[Membership]:
    """The articles that are told more than once, in the order of their ids.

    ``load_shingles`` is asked only for candidates.

    What comes out does not depend on the order of the fingerprints. The head of a cluster is the article that was
    published first (of those that tell when), else the longest, else the one with the smallest id.
    """
    every = _joined(prints)
    order = _by_precedence(every)
    firsts, copies = _same_texts(every, order)
    pairs = candidates(every.signatures[firsts], np.array(every.runs, dtype=np.int64)[firsts])
    ids = [every.article_ids[place] for place in firsts]
    groups = _Groups(len(firsts))
    for at in range(0, len(pairs), CHUNK_PAIRS):
        apart = [
            (one, other) for one, other in pairs[at : at + CHUNK_PAIRS].tolist() if not groups.together(one, other)
        ]
        alike = _similarities([(ids[one], ids[other]) for one, other in apart], load_shingles)
        for (one, other), similarity in zip(apart, alike, strict=True):
            if similarity >= MIN_SIMILARITY:
                groups.join(one, other)
    told = [group for group in groups.members() if len(group) > 1 or ids[group[0]] in copies]
    others = [(ids[group[0]], ids[n]) for group in told for n in group[1:]]
    similarity_of = dict(zip((text for _, text in others), _similarities(others, load_shingles), strict=True))
    made = [row for group in told for row in _rows([ids[n] for n in group], copies, similarity_of)]
    return sorted(made, key=lambda row: row.article_id)


def _similarities(pairs: Sequence[tuple[str, str]], load_shingles: LoadShingles) -> Iterator[float]:
    """The exact similarity of each pair of articles; never more than 2 * AT_ONCE texts are held at a time."""
    for at in range(0, len(pairs), CHUNK_PAIRS):
        some = pairs[at : at + CHUNK_PAIRS]
        found = load_shingles(sorted({one for pair in some for one in pair}))
        yield from (jaccard(found[one], found[other]) for one, other in some)


def candidates(signatures: NDArray[np.uint32], runs: NDArray[np.int64]) -> Pairs:
    """Pairs of rows that are worth a closer look, smaller number first, in order, each once.

    In each bucket of a band a row is paired with the row before it and with the first, so that their number grows as
    the rows do, however many of them are alike.
    """
    n = len(signatures)
    long_enough = np.flatnonzero(runs >= MIN_SHINGLES)
    found = [np.empty((0,), dtype=np.int64)]
    for band in range(BANDS):
        buckets = _buckets(signatures[long_enough, band * BAND : (band + 1) * BAND])
        for one, other in buckets:
            one, other = long_enough[one], long_enough[other]
            agree = np.concatenate(
                [
                    (signatures[one[at : at + 65536]] == signatures[other[at : at + 65536]]).mean(axis=1)
                    for at in range(0, len(one), 65536)
                ]
                or [np.empty(0)]
            )
            near = agree >= MIN_SIMILARITY - SIGNATURE_ERROR
            found.append(np.unique(np.minimum(one, other)[near] * n + np.maximum(one, other)[near]))
    codes = np.unique(np.concatenate(found))
    return np.stack([codes // max(n, 1), codes % max(n, 1)], axis=1)


def _buckets(band: NDArray[np.uint32]) -> Iterator[tuple[Pairs, Pairs]]:
    """Of rows with the same numbers: each with the one before it, and each with the first."""
    if not len(band):
        return
    order = np.lexsort(band.T[::-1])
    same = (band[order[1:]] == band[order[:-1]]).all(axis=1)
    yield order[:-1][same], order[1:][same]
    place = np.arange(len(order))
    starts = np.maximum.accumulate(np.where(np.concatenate([[False], same]), 0, place))
    far = place > starts + 1
    yield order[starts[far]], order[far]


def _joined(prints: Iterable[Fingerprints]) -> Fingerprints:
    """All fingerprints as one, in the order of the articles' ids."""
    prints = list(prints)
    ids = [one for some in prints for one in some.article_ids]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    hashes = [one for some in prints for one in some.text_hashes]
    published = [one for some in prints for one in some.published]
    runs = [one for some in prints for one in some.runs]
    signatures = np.concatenate([np.empty((0, SIZE), dtype=np.uint32), *(some.signatures for some in prints)])
    return Fingerprints(
        article_ids=tuple(ids[n] for n in order),
        text_hashes=tuple(hashes[n] for n in order),
        published=tuple(published[n] for n in order),
        runs=tuple(runs[n] for n in order),
        signatures=signatures[order],
    )


def _by_precedence(every: Fingerprints) -> list[int]:
    """The articles, those first that may be the head of a cluster: the earliest, the longest, the smallest id."""

    def precedence(n: int) -> tuple[bool, float, int, str]:
        time = every.published[n]
        return time is None, time.timestamp() if time else 0.0, -every.runs[n], every.article_ids[n]

    return sorted(range(len(every.article_ids)), key=precedence)


def _same_texts(every: Fingerprints, order: list[int]) -> tuple[list[int], dict[str, list[str]]]:
    """The first article of each text, in order of precedence; by its id, the ids of those with the same text."""
    first: dict[str, str] = {}
    firsts: list[int] = []
    copies: dict[str, list[str]] = {}
    for n in order:
        one, text = every.article_ids[n], every.text_hashes[n]
        if text in first:
            copies.setdefault(first[text], []).append(one)
        else:
            first[text] = one
            firsts.append(n)
    return firsts, copies


def _rows(
    group: list[str], copies: Mapping[str, list[str]], similarity_of: Mapping[str, float]
) -> Iterator[Membership]:
    """The rows of one group of texts and of the articles with the same texts. The first of the group is its head."""
    members: list[tuple[str, str | None]] = [(one, None) for one in group]
    members += [(copy, one) for one in group for copy in copies.get(one, [])]
    name = min(one for one, _ in members)
    for one, original in members:
        yield Membership(
            article_id=one,
            cluster_id=name,
            is_cluster_head=one == group[0],
            similarity=round(similarity_of.get(original or one, 1.0), 4),
            duplicate_of=original,
        )


class _Groups:
    """Union-find; the root of a group is its smallest number."""

    def __init__(self, size: int) -> None:
        self.above = list(range(size))

    def root(self, one: int) -> int:
        while self.above[one] != one:
            self.above[one] = self.above[self.above[one]]
            one = self.above[one]
        return one

    def together(self, one: int, other: int) -> bool:
        return self.root(one) == self.root(other)

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self.above[high] = low

    def members(self) -> Iterator[list[int]]:
        groups: dict[int, list[int]] = {}
        for one in range(len(self.above)):
            groups.setdefault(self.root(one), []).append(one)
        yield from groups.values()
