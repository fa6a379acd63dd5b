"""A text as the model sees it: word pieces, a feature id for each, and windows over them.

The encoder is uncased and knows nothing of pages, so three facts about each word piece are added to its embedding:
the letter case of its word, whether it stands in quotation marks, and whether it opens a paragraph.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import IntEnum

from tokenizers import Tokenizer

from onrecord.transforms.lexicon.characters import CLOSING, CLOSING_SINGLE, OPENING, OPENING_SINGLE
from onrecord.transforms.lexicon.patterns import WORD
from onrecord.transforms.quotation import find_quotations

CLS, SEP = 101, 102
# The values of both enums are in the feature ids that the weights were trained on.


class LetterCase(IntEnum):
    """The letter case of a word; NONE outside of words."""

    NONE, LOWER, CAPITAL, UPPER, MIXED, DIGIT = range(6)


class MarkPosition(IntEnum):
    """Where a character stands to quotation marks."""

    OUTSIDE, OPENING, INSIDE, CLOSING = range(4)


N_FEATURES = len(LetterCase) * len(MarkPosition) * 2
#: One character for one, so that offsets stay: the vocabulary has each mark in one shape only.
TO_PLAIN_MARKS = str.maketrans(
    dict.fromkeys(OPENING + CLOSING, '"')
    | dict.fromkeys(OPENING_SINGLE + CLOSING_SINGLE, "'")
    | {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{HORIZONTAL BAR}": "\N{EM DASH}"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The word pieces of a text, without special ones: all lists have one item for each piece.

    ``features`` are below N_FEATURES; ``starts`` and ``ends`` are code-point offsets into the text.
    """

    ids: list[int]
    features: list[int]
    starts: list[int]
    ends: list[int]
    paragraphs: list[int]

    def __len__(self) -> int:
        return len(self.ids)


def load_tokenizer(data: bytes) -> Tokenizer:
    """A word-piece tokenizer from the bytes of its ``tokenizer.json``, cutting and padding nothing."""
    tokenizer = Tokenizer.from_str(data.decode())
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut_into_pieces(text: str, tokenizer: Tokenizer) -> Pieces:
    """Word pieces with their features; ``paragraphs`` lists the indices of pieces that open a paragraph."""
    encoding = tokenizer.encode(text.translate(TO_PLAIN_MARKS), add_special_tokens=False)
    offsets = encoding.offsets
    cases = _letter_cases(text)
    marks = _mark_positions(text)
    features, paragraphs = [], []
    previous_end = 0
    for i, (start, end) in enumerate(offsets):
        opens = i == 0 or "\n" in text[previous_end:start]
        if opens:
            paragraphs.append(i)
        features.append((cases[start] * len(MarkPosition) + marks[start]) * 2 + opens)
        previous_end = end
    return Pieces(
        ids=encoding.ids,
        features=features,
        starts=[s for s, _ in offsets],
        ends=[e for _, e in offsets],
        paragraphs=paragraphs,
    )


def pieces_of(pieces: Pieces, span: tuple[int, int]) -> range:
    """The pieces that share a character with ``[start, end)`` of the text."""
    return range(bisect_right(pieces.ends, span[0]), bisect_left(pieces.starts, span[1]))


def _letter_cases(text: str) -> bytearray:
    """The letter case (a LetterCase) of the word at each character."""
    out = bytearray(len(text) + 1)
    for match in WORD.finditer(text):
        out[match.start() : match.end()] = bytes([_case(match.group())]) * (match.end() - match.start())
    return out


def _case(word: str) -> LetterCase:
    if word.islower():
        return LetterCase.LOWER
    if word.isupper():
        return LetterCase.UPPER if len(word) > 1 else LetterCase.CAPITAL
    if word[0].isupper() and word[1:].islower():
        return LetterCase.CAPITAL
    return LetterCase.DIGIT if word[0].isdigit() else LetterCase.MIXED


def _mark_positions(text: str) -> bytearray:
    """Where each character stands to quotation marks (a MarkPosition)."""
    out = bytearray(len(text) + 1)
    for quotation in find_quotations(text):
        out[quotation.start : quotation.end] = bytes([MarkPosition.INSIDE]) * (quotation.end - quotation.start)
        out[quotation.start] = MarkPosition.OPENING
        if quotation.closed:
            out[quotation.end - 1] = MarkPosition.CLOSING
    return out


def cut_into_windows(pieces: Pieces, *, size: int, overlap: int) -> list[tuple[int, int]]:
    """Windows ``[start, end)`` of at most ``size`` pieces; each but the first opens a paragraph if one is near.

    Neighbours share at least ``overlap`` pieces: what follows the last paragraph opening in the second half of a window
    that leaves so many, else just those. So each piece has context on both sides in one of them.
    """
    windows = []
    start, n = 0, len(pieces)
    while start + size < n:
        end = start + size
        windows.append((start, end))
        last = bisect_right(pieces.paragraphs, end - overlap) - 1
        is_near = last >= 0 and pieces.paragraphs[last] >= end - size // 2
        start = pieces.paragraphs[last] if is_near else end - overlap
    windows.append((start, n))
    return windows
