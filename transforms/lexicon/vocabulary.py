"""English words that are frequent enough to be whole pieces of the reader's vocabulary (BERT's, of 30,522 pieces)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

VOCABULARY = Path(__file__).parents[1] / "reader" / "weights" / "tokenizer.json"
#: Short pieces are letters, syllables and abbreviations as often as words.
MIN_WORD_CHARS = 2


@cache
def english_words() -> frozenset[str]:
    """The words of the vocabulary in small letters, loaded when they are first asked for.

    >>> [word in english_words() for word in ("harbour", "bour", "dispute", "pute")]
    [True, False, True, False]
    """
    pieces = json.loads(VOCABULARY.read_bytes())["model"]["vocab"]
    return frozenset(piece for piece in pieces if piece.isalpha() and len(piece) >= MIN_WORD_CHARS)
