"""Shingles (runs of three words), MinHash signatures, names and numbers: by these, texts are compared.

Texts that share most of their shingles tell one story twice, or two stories in one frame: results of two companies,
tomorrow's weather and yesterday's. Then they share few names and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from onrecord.transforms.lexicon.characters import DOUBLE
from onrecord.transforms.lexicon.patterns import WORD

Shingles: TypeAlias = "NDArray[np.uint64] | NDArray[np.int32]"
Signature: TypeAlias = "NDArray[np.uint32]"
Details: TypeAlias = "NDArray[np.int32]"

#: Words in a run: unrelated articles share hardly any run of three, and a sentence that is kept keeps its runs.
RUN_WORDS = 3
#: Numbers in a signature: the similarity that it estimates is off by 0.09 at most, in 95 of 100 pairs.
SIGNATURE_SIZE = 128
SEED = 20
#: "0.30", "1,200" and "3rd" are a word.
WORD_OR_NUMBER = re.compile(r"\w+(?:[.,:]\d+)*")
#: Behind these, and before the first word, a capital tells nothing.
OPENS_SENTENCE = re.compile(rf"[.!?:…\n{DOUBLE}]")
DAYS_AND_MONTHS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december""".split()
)


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


def details(text: str) -> Details:
    """The hashes of a text's names and numbers, sorted and unique; of the numbers alone where no case tells names.

    >>> [details(text).size for text in ("The profit of Orlo was 0.30 a share on Monday.", "It rained.")]
    [3, 0]
    >>> shared_details(details("THE PROFIT OF ORLO WAS 0.30"), details("The profit of Orlo was 0.30 a share."))
    1.0
    """
    words = WORD.findall(text)
    has_case = sum(map(str.islower, words)) * 2 >= len(words)
    hashes = {crc32(word.encode("utf-8", "replace")) for word in _details(text, names=has_case)}
    return np.array(sorted(hashes), dtype=np.uint32).view(np.int32)


def shared_details(left: Details, right: Details) -> float:
    """The share of the names and numbers of the text with fewer of them that the other has, too; 0 to 1."""
    fewer = min(left.size, right.size)
    return np.intersect1d(left, right, assume_unique=True).size / fewer if fewer else 1.0


def _details(text: str, *, names: bool) -> Iterator[str]:
    """Words with a digit, days and months; names are words of two letters and more with a capital inside a sentence."""
    before = 0
    for m in WORD_OR_NUMBER.finditer(text):
        word, between = m.group(), text[before : m.start()]
        folded = word.casefold()
        is_name = names and len(word) > 1 and word[0].isupper() and before and not OPENS_SENTENCE.search(between)
        if is_name or folded in DAYS_AND_MONTHS or any(map(str.isdigit, word)):
            yield folded
        before = m.end()


def _runs(text: str) -> list[str]:
    words = WORD.findall(text.casefold())
    return [" ".join(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1))] if words else []
