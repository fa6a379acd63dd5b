"""Gold articles: their strings placed in their text.

A string that occurs once says by itself where it stands. Where one occurs more often ("she", "said"), the reading is
taken in which source, cue and content stand closest together; if two readings are equally close, or a string is not
found, loading fails and names it. ``{"text": "said", "nth": 2}`` settles a case by hand.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")
KINDS = ("direct", "mixed", "indirect")
ACTS = ("statement", "thought")
LABELS = ("PERSON", "ORG", "LOC", "NORP", "FAC", "PRODUCT", "DATE", "MONEY", "MISC")

Range = tuple[int, int]
Ranges = tuple[Range, ...]


class GoldError(ValueError):
    """An annotation that does not fit its article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAttribution:
    """Ranges are in the raw text. ``speakers`` are the names that count as right; empty when the text names nobody."""

    source: Ranges
    cue: Ranges
    content: Ranges
    kind: str
    act: str
    speakers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldArticle:
    """``entities`` is None where the article carries none; ``not_quotes`` look like quotations and are not."""

    id: str
    style: str
    text: str
    attributions: tuple[GoldAttribution, ...]
    entities: tuple[tuple[int, int, str], ...] | None
    not_quotes: tuple[Range, ...]


def load(folder: Path = DATA) -> tuple[GoldArticle, ...]:
    """All gold articles, by file name."""
    return tuple(parse(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json")))


def digest(folder: Path = DATA) -> str:
    """A hash of every gold file's name and bytes: what the floors were measured on."""
    total = hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def parse(row: dict[str, Any]) -> GoldArticle:
    """One file's content as a gold article; raises GoldError when it contradicts itself."""
    text = "\n".join(row["text"])
    try:
        return GoldArticle(
            id=row["id"],
            style=row["style"],
            text=text,
            attributions=tuple(_attribution(text, item) for item in row["attributions"]),
            entities=tuple(_entities(text, row["entities"])) if "entities" in row else None,
            not_quotes=tuple(_only_occurrence(text, item) for item in row.get("not_quotes", ())),
        )
    except GoldError as error:
        raise GoldError(f"{row['id']}: {error}") from None


def _attribution(text: str, item: dict[str, Any]) -> GoldAttribution:
    if item["kind"] not in KINDS or item["act"] not in ACTS:
        raise GoldError(f"unknown kind or act in {item}")
    source, cue, content = (_as_list(item[role]) for role in ("source", "cue", "content"))
    if not content:
        raise GoldError(f"no content in {item}")
    places = _place(text, [*source, *cue, *content], len(source), len(source) + len(cue))
    speaker = item["speaker"]
    return GoldAttribution(
        source=tuple(sorted(places[: len(source)])),
        cue=tuple(sorted(places[len(source) : len(source) + len(cue)])),
        content=tuple(places[len(source) + len(cue) :]),
        kind=item["kind"],
        act=item["act"],
        speakers=() if speaker is None else (speaker,) if isinstance(speaker, str) else tuple(speaker),
    )


def _place(text: str, items: Sequence[Any], cue_at: int, content_at: int) -> tuple[Range, ...]:
    """The tightest placing of all strings: contents in order, nothing on top of anything else."""
    best: list[tuple[int, tuple[Range, ...]]] = []
    for places in product(*(list(_occurrences(text, item)) for item in items)):
        content = places[content_at:]
        ordered = sorted(places)
        are_apart = all(left[1] <= right[0] for left, right in pairwise(ordered))
        if are_apart and list(content) == sorted(content):
            best.append((ordered[-1][1] - ordered[0][0], places))
    best.sort()
    if not best:
        raise GoldError(f"no placing without overlap for {items}")
    if len(best) > 1 and best[0][0] == best[1][0]:
        raise GoldError(f"two equally close placings for {items}; say which with nth")
    return best[0][1]


def _occurrences(text: str, item: Any) -> Iterator[Range]:
    string, nth = (item["text"], item["nth"]) if isinstance(item, dict) else (item, None)
    before = r"(?<!\w)" if string[:1].isalnum() else ""
    after = r"(?!\w)" if string[-1:].isalnum() else ""
    places = [(m.start(), m.end()) for m in re.finditer(before + re.escape(string) + after, text)] if string else []
    if not places or (nth is not None and not 1 <= nth <= len(places)):
        raise GoldError(f"not found: {item!r}")
    yield from places if nth is None else [places[nth - 1]]


def _only_occurrence(text: str, item: Any) -> Range:
    places = list(_occurrences(text, item))
    if len(places) != 1:
        raise GoldError(f"occurs {len(places)} times, say which with nth: {item!r}")
    return places[0]


def _entities(text: str, items: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """Entities in text order: each is the next occurrence behind the one before."""
    at = 0
    for name, label in items:
        if label not in LABELS:
            raise GoldError(f"unknown label {label}")
        behind = [place for place in _occurrences(text, name) if place[0] >= at]
        if not behind:
            raise GoldError(f"entity out of order: {name!r}")
        start, at = behind[0]
        yield start, at, label


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]
