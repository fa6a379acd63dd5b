"""Near-duplicates: articles with the same text, or with texts that share most of their shingles (runs of words).

    part of articles ─fingerprint─► signatures ─gather─► bands ─► candidates ─► exact similarity ─► clusters

Texts that share shingles but few of their names and numbers are different stories in one frame: they are not linked.
Signatures are held, 512 bytes an article; what else is compared is read again from the parts that hold the candidates.
Nothing is dropped and no part is written anew: an article with a near-duplicate has a row in ``clusters``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from onrecord.transforms.fingerprints import SIGNATURE_SIZE, Details, Shingles, jaccard, shared_details

#: Texts that share so many of their shingles are near-duplicates: a copy with a third of its sentences changed
#: shares half of them, unrelated stories share hardly any.
MIN_SIMILARITY = 0.4
#: The similarity that signatures estimate may be so much lower: their error.
SIGNATURE_ERROR = 0.12
#: A band of this many numbers is the same in both signatures for at least one of the bands, when texts are alike: for
#: half of the runs shared with a probability of 0.996.
BAND = 3
BANDS = SIGNATURE_SIZE // BAND
#: Texts of fewer runs are alike by chance ("No games today."); they are duplicates only when they are the same.
MIN_SHINGLES = 10
#: Rows of signatures compared at a time.
CHUNK_ROWS = 65536

#: Texts that share fewer of their names and numbers are different stories.
MIN_SHARED_DETAILS = 0.55
#: The same of the heads of two clusters that such texts would join: there may lie several edits between them.
MIN_SHARED_BY_HEADS = 0.3
#: Texts with fewer names and numbers tell too little by them.
MIN_DETAILS = 2

Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHashes:
    """What two texts are compared by in the end; ``details`` is None where they are not known."""

    shingles: Shingles
    details: Details | None = None


#: Gives the hashes of the articles that it is asked for, by their ids; asked once.
LoadHashes = Callable[[Sequence[str]], Mapping[str, TextHashes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """What is known about some articles when they are compared; a row of ``signatures`` for each."""

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


def cluster(prints: Iterable[Fingerprints], load_hashes: LoadHashes) -> list[Membership]:
    """The articles that have a near-duplicate, in the order of their ids.

    ``load_hashes`` is asked once, for all candidates.

    What comes out does not depend on the order of the fingerprints. The head of a cluster is the article that was
    published first (of those that tell when), else the longest, else the one with the smallest id.
    """
    articles = _joined(prints)
    order = _by_precedence(articles)
    firsts, copies = _same_texts(articles, order)
    pairs = candidates(articles.signatures[firsts], np.array(articles.runs, dtype=np.int64)[firsts])
    ids = [articles.article_ids[row] for row in firsts]
    groups = _Groups(len(firsts))
    hashes = load_hashes([ids[row] for row in np.unique(pairs).tolist()])

    def tell_same(left: int, right: int, min_shared: float) -> bool:
        return may_be_one_story(hashes[ids[left]], hashes[ids[right]], min_shared)

    for a, b in pairs.tolist():
        if groups.together(a, b) or jaccard(hashes[ids[a]].shingles, hashes[ids[b]].shingles) < MIN_SIMILARITY:
            continue
        heads = groups.root(a), groups.root(b)  # lest a chain of texts lead from one story to another
        if tell_same(a, b, MIN_SHARED_DETAILS) and tell_same(*heads, MIN_SHARED_BY_HEADS):
            groups.join(a, b)
    clusters = [group for group in groups.members() if len(group) > 1 or ids[group[0]] in copies]
    similarity_of = {
        ids[n]: jaccard(hashes[ids[group[0]]].shingles, hashes[ids[n]].shingles)
        for group in clusters
        for n in group[1:]
    }
    rows = [row for group in clusters for row in _rows([ids[n] for n in group], copies, similarity_of)]
    return sorted(rows, key=lambda row: row.article_id)


def may_be_one_story(left: TextHashes, right: TextHashes, min_shared: float) -> bool:
    """Whether two texts share that much of their names and numbers, or have too few of them to say."""
    if left.details is None or right.details is None or min(left.details.size, right.details.size) < MIN_DETAILS:
        return True
    return shared_details(left.details, right.details) >= min_shared


def candidates(signatures: NDArray[np.uint32], runs: NDArray[np.int64]) -> Pairs:
    """Pairs of rows that are worth a closer look, smaller number first, in order, each once.

    In each bucket of a band a row is paired with the row before it and with the first, so that their number grows as
    the rows do, however many of them are alike.
    """
    n = len(signatures)
    long_enough = np.flatnonzero(runs >= MIN_SHINGLES)
    codes = [np.empty((0,), dtype=np.int64)]  # a pair of rows as one number
    for band in range(BANDS):
        for a, b in _buckets(signatures[long_enough, band * BAND : (band + 1) * BAND]):
            a, b = long_enough[a], long_enough[b]
            is_near = _agreement(signatures, a, b) >= MIN_SIMILARITY - SIGNATURE_ERROR
            codes.append(np.unique(np.minimum(a, b)[is_near] * n + np.maximum(a, b)[is_near]))
    pairs = np.unique(np.concatenate(codes))
    return np.stack([pairs // max(n, 1), pairs % max(n, 1)], axis=1)


def _agreement(signatures: NDArray[np.uint32], a: Pairs, b: Pairs) -> NDArray[np.float64]:
    """The share of numbers in which the signatures of rows ``a[k]`` and ``b[k]`` agree, ``[len(a)]``."""
    chunks = (slice(at, at + CHUNK_ROWS) for at in range(0, len(a), CHUNK_ROWS))
    shares = [(signatures[a[chunk]] == signatures[b[chunk]]).mean(axis=1) for chunk in chunks]
    return np.concatenate(shares) if shares else np.empty(0)


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
    ids = list(chain.from_iterable(part.article_ids for part in prints))
    hashes = list(chain.from_iterable(part.text_hashes for part in prints))
    published = list(chain.from_iterable(part.published for part in prints))
    runs = list(chain.from_iterable(part.runs for part in prints))
    signatures = np.concatenate([np.empty((0, SIGNATURE_SIZE), dtype=np.uint32), *(part.signatures for part in prints)])
    order = sorted(range(len(ids)), key=ids.__getitem__)
    return Fingerprints(
        article_ids=tuple(ids[n] for n in order),
        text_hashes=tuple(hashes[n] for n in order),
        published=tuple(published[n] for n in order),
        runs=tuple(runs[n] for n in order),
        signatures=signatures[order],
    )


def _by_precedence(articles: Fingerprints) -> list[int]:
    """The articles, those first that may be the head of a cluster: the earliest, the longest, the smallest id."""

    def precedence(n: int) -> tuple[bool, float, int, str]:
        time = articles.published[n]
        return time is None, time.timestamp() if time else 0.0, -articles.runs[n], articles.article_ids[n]

    return sorted(range(len(articles.article_ids)), key=precedence)


def _same_texts(articles: Fingerprints, order: list[int]) -> tuple[list[int], dict[str, list[str]]]:
    """The first article of each text, in order of precedence; by its id, the ids of those with the same text."""
    first: dict[str, str] = {}
    firsts: list[int] = []
    copies: dict[str, list[str]] = {}
    for n in order:
        article_id, text = articles.article_ids[n], articles.text_hashes[n]
        if text in first:
            copies.setdefault(first[text], []).append(article_id)
        else:
            first[text] = article_id
            firsts.append(n)
    return firsts, copies


def _rows(
    group: list[str], copies: Mapping[str, list[str]], similarity_of: Mapping[str, float]
) -> Iterator[Membership]:
    """The rows of one group of texts and of the articles with the same texts. The first of the group is its head."""
    members: list[tuple[str, str | None]] = [(article_id, None) for article_id in group]
    members += [(copy, original) for original in group for copy in copies.get(original, [])]
    cluster_id = min(article_id for article_id, _ in members)
    for article_id, original in members:
        yield Membership(
            article_id=article_id,
            cluster_id=cluster_id,
            is_cluster_head=article_id == group[0],
            similarity=round(similarity_of.get(original or article_id, 1.0), 4),
            duplicate_of=original,
        )


class _Groups:
    """Union-find; the root of a group is its smallest number."""

    def __init__(self, size: int) -> None:
        self.parents = list(range(size))

    def root(self, member: int) -> int:
        while self.parents[member] != member:
            self.parents[member] = self.parents[self.parents[member]]
            member = self.parents[member]
        return member

    def together(self, a: int, b: int) -> bool:
        return self.root(a) == self.root(b)

    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.root(a), self.root(b)))
        self.parents[high] = low

    def members(self) -> Iterator[list[int]]:
        groups: dict[int, list[int]] = {}
        for member in range(len(self.parents)):
            groups.setdefault(self.root(member), []).append(member)
        yield from groups.values()
