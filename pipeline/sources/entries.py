"""The entries of a file, counted before anything is done to them; each becomes a text or is refused.

file ──source──► Entry, Entry, …          counted here
                   └─ read() ──► ExtractedText   or raises Refused
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import NoReturn

from onrecord.transforms.edits import Edit
from onrecord.transforms.records import Precision, RemovedSpan


class Refused(Exception):
    """A record, or the rest of a container, does not become an article: with a reason of ``transforms.reasons``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class InputLimitExceeded(Refused):
    """A limit for the whole input is reached: nothing more of it is read, whatever it is nested in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedText:
    """The text of a record and what the record says about it; the fields are those of ``RawArticle``."""

    text: str
    key: str | None = None
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    modified: datetime | None = None
    url: str | None = None
    extra: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    removed_spans: tuple[RemovedSpan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record as it lies in its file. ``read`` decodes it and raises Refused where it holds no article.

    ``record_name`` is its name in there, the column ``record`` of the tables: "" for the whole file.
    """

    record_name: str
    read: Callable[[], ExtractedText] = field(repr=False)
    sha256: str | None = None
    n_bytes: int | None = None

    @classmethod
    def of(cls, record_name: str, data: bytes, extract: Callable[[bytes], ExtractedText]) -> Entry:
        """The entry that consists of these bytes."""
        return cls(
            record_name=record_name, read=partial(extract, data), sha256=sha256(data).hexdigest(), n_bytes=len(data)
        )

    @classmethod
    def refused(
        cls, record_name: str, reason: str, detail: str, digest: str | None = None, n_bytes: int | None = None
    ) -> Entry:
        """An entry that is known to hold no article before it is read."""
        return cls(record_name=record_name, read=partial(_refuse, reason, detail), sha256=digest, n_bytes=n_bytes)


def printable(name: str) -> str:
    r"""A name that tables can hold: bytes that are not UTF-8, and lone surrogates, are escaped.

    >>> printable("caf\udce9"), printable("caf\ud83d")
    ('caf\\xe9', 'caf\\ud83d')
    """
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _refuse(reason: str, detail: str) -> NoReturn:
    raise Refused(reason, detail)
