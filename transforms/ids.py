"""Ids of rows, made from what they identify alone, so that a rerun makes the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

#: Hex digits of an id: 64 bits keep two of a million articles apart with odds of one to 37 million.
ID_DIGITS = 16


def article_id(uri: str, record: str = "", key: str | None = None) -> str:
    """The id of an article: of its ``key`` where it has one, else of its place, the record in the input ``uri``.

    >>> article_id("seeds/one.txt"), article_id("seeds/one.txt", key="k") == article_id("moved.txt", key="k")
    ('829107f2abe159ab', True)
    """
    return record_id(uri, record) if key is None else _id("key", key)


def record_id(uri: str, record: str = "") -> str:
    """The id of a place: of the record ``record`` in the input ``uri``, whatever becomes of it."""
    return _id(uri, record)


def quote_id(article: str, raw_spans: Iterable[tuple[int, int]]) -> str:
    """The id of a quotation of the article, from the raw ranges of its content and cue."""
    return _id(article, "quote", *(f"{start}:{end}" for start, end in raw_spans))


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
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:ID_DIGITS]
