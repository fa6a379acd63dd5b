"""Shingles (runs of three words) and MinHash signatures, by which texts are compared for near-duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from onrecord.transforms.lexicon.patterns import WORD

Shingles: TypeAlias = "NDArray[np.uint64] | NDArray[np.int32]"
Signature: TypeAlias = "NDArray[np.uint32]"

#: Words in a run: unrelated articles share hardly any run of three, and a sentence that is kept keeps its runs.
RUN_WORDS = 3
#: Numbers in a signature: the similarity that it estimates is off by 0.09 at most, in 95 of 100 pairs.
SIGNATURE_SIZE = 128
SEED = 20


def shingles(texts: Iterable[str]) -> list[Shingles]:
    """For each text, the hashes of its runs of three words, sorted and unique; letter case and marks are ignored.

    >>> left, right = shingles(["It rained all day.", "“It rained — all night!”"])
    >>> len(left), jaccard(left, right)
    (2, 0.3333333333333333)
    """
    from rensa import RMinHash

    hashed = RMinHash.hash_token_sets([_runs(text) for text in texts])
    return [np.unique(np.array(hashes, dtype=np.uint64)) for hashes in hashed]


def signatures(hash_sets: Sequence[Shingles]) -> Signature:
    """For each text, a row of ``SIGNATURE_SIZE`` numbers; the share in which two rows agree estimates ``jaccard``.

    MinHash (Broder 1997), as rensa computes it.
    """
    from rensa import RMinHash

    matrix = RMinHash.digest_matrix_from_token_hash_sets(
        [hashes.tolist() for hashes in hash_sets], SIGNATURE_SIZE, SEED
    )
    return np.array(matrix.to_rows(), dtype=np.uint32).reshape(len(hash_sets), SIGNATURE_SIZE)


def jaccard(left: Shingles, right: Shingles) -> float:
    """The share of runs that two texts have in common, of all that they have; 0 to 1, exact."""
    both = np.intersect1d(left, right, assume_unique=True).size
    return both / (left.size + right.size - both) if both else 0.0


def _runs(text: str) -> list[str]:
    words = WORD.findall(text.casefold())
    return [" ".join(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1))] if words else []
