"""What texts are compared by: their runs of three words, and a signature that tells how many of them two share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Shingles: TypeAlias = "NDArray[np.uint64]"
Signature: TypeAlias = "NDArray[np.uint32]"

WORD = re.compile(r"\w+")
#: Words in a run: unrelated stories share hardly any run of three, and a sentence that is kept keeps its runs.
RUN = 3
#: Numbers in a signature: the similarity that it tells is off by 0.09 at most, in 95 of 100 pairs.
SIZE = 128
SEED = 20


def shingles(texts: Iterable[str]) -> list[Shingles]:
    """For each text, the hashes of its runs of three words, sorted, each once; letter case and marks aside.

    >>> one, other = shingles(["It rained all day.", "“It rained — all night!”"])
    >>> len(one), jaccard(one, other)
    (2, 0.3333333333333333)
    """
    from rensa import RMinHash

    hashed = RMinHash.hash_token_sets([_runs(text) for text in texts])
    return [np.unique(np.array(hashes, dtype=np.uint64)) for hashes in hashed]


def signatures(found: Sequence[Shingles]) -> Signature:
    """A row of ``SIZE`` numbers for each text: two rows agree in about as many places as the texts share runs.

    MinHash (Broder 1997), as rensa computes it.
    """
    from rensa import RMinHash

    matrix = RMinHash.digest_matrix_from_token_hash_sets([hashes.tolist() for hashes in found], SIZE, SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32).reshape(len(found), SIZE)


def jaccard(one: Shingles, other: Shingles) -> float:
    """The share of runs that two texts have in common, of all that they have; 0 to 1, exact."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / (one.size + other.size - both) if both else 0.0


def _runs(text: str) -> list[str]:
    words = WORD.findall(text.casefold())
    return [" ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))] if words else []
