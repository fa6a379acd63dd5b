"""Names for rows, made from what they name alone, so that a rerun makes the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

#: Hex digits of an id: 64 bits keep two of a million articles apart with odds of one to 37 million.
DIGITS = 16


def article_id(uri: str, record: str = "") -> str:
    """The id of the record ``record`` ("" for the whole file) of the input ``uri``.

    >>> article_id("seeds/one.txt")
    '829107f2abe159ab'
    """
    return _id(uri, record)


def quote_id(article: str, raw_spans: Iterable[tuple[int, int]], role: str = "quote") -> str:
    """The id of a quotation of the article, from the raw ranges of its content."""
    return _id(article, role, *(f"{start}:{end}" for start, end in raw_spans))


def mention_id(article: str, raw_spans: Iterable[tuple[int, int]], role: str = "mention") -> str:
    """The id of a mention of the article, from its raw range."""
    return _id(article, role, *(f"{start}:{end}" for start, end in raw_spans))


def speaker_id(label: str, name: str) -> str:
    """The id of a speaker, from the name alone, so that all articles give it alike.

    >>> speaker_id("PERSON", "Jane Doe") == speaker_id("PERSON", "JANE DOE")
    True
    """
    return _id("speaker", label, name.casefold())


def _id(*parts: str) -> str:
    # a length before each part: no two lists of parts run together into one text
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
