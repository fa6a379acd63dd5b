"""What overrides make of the quotes of one article: rows in, rows out.

A quote is found by its words: of the rows that share at least half of their content with the passage that is meant,
the one that shares most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from onrecord.pipeline.ask.overrides.records import ROLES, Anchor, Anchors, Override, Place

Row = dict[str, Any]
Ranges = tuple[tuple[int, int], ...]
REVIEWED = "reviewed"
#: A shorter passage is found only between just the words that were around it.
MIN_LONE_CHARS = 16
#: Fewer characters around a passage say nothing, unless the text begins or ends there.
MIN_SIDE_CHARS = 8
#: What stands there oftener is looked at no closer.
MAX_OCCURRENCES = 1000
#: Of two contents what they share, twice, of all that both have.
MIN_SHARED = 0.5
#: What a row is in which nobody has said more.
ADDED: Mapping[str, Any] = {
    "kind": "direct", "act": "statement", "act_detail": None, "parent_id": None, "layer": None, "content": "",
    "content_spans": [], "cue": "", "cue_spans": [], "source": "", "source_spans": [], "source_form": "none",
    "speaker_id": None, "speaker": None, "speaker_label": None, "speaker_role": None, "speaker_organization": None,
    "speaker_gender": None, "speaker_gender_evidence": None, "via": None, "speaker_method": None,
    "speaker_score": None, "speaker_evidence": [], "confidence": 1.0, "flags": [],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The quotes of an article after some overrides, and which of these were applied."""

    rows: tuple[Row, ...]
    applied: frozenset[str]


def correct(overrides: Sequence[Override], article: Row, rows: Sequence[Row]) -> Reviewed:
    """The rows of an article after the overrides, one after the other, so that each sees what those before it made."""
    quotes, applied = list(rows), []
    for override in overrides:
        if (after := _apply(override, article, quotes)) is not None:
            quotes = after
            applied.append(override.id)
    return Reviewed(rows=tuple(quotes), applied=frozenset(applied))


def locate(anchor: Anchor, text: str, *, is_same: bool) -> tuple[int, int] | None:
    """Where a passage stands; None when that is not sure. ``is_same``: the text is the one that was reviewed.

    >>> answer = Anchor(exact="no", prefix="He said ", suffix=", then he left.", start=8)
    >>> locate(answer, "She said no. He said no, then he left.", is_same=False)
    (21, 23)
    >>> locate(answer, "She said no, then he left.", is_same=False)
    """
    end = anchor.start + len(anchor.exact)
    if not anchor.exact or (is_same and anchor.start >= 0 and text[anchor.start : end] == anchor.exact):
        return (anchor.start, end) if anchor.exact else None
    starts = list(islice(_occurrences(anchor.exact, text), MAX_OCCURRENCES + 1))
    if len(starts) > MAX_OCCURRENCES:
        return None
    for sides in (2, 1, 0) if len(anchor.exact) >= MIN_LONE_CHARS else (2,):
        if sure := [at for at in starts if _sides(anchor, text, at) >= sides]:
            return (sure[0], sure[0] + len(anchor.exact)) if len(sure) == 1 else None
    return None


def raw_places(edits: Sequence[Mapping[str, Any]], ranges: Ranges) -> Iterator[Row]:
    """Spans of ranges of the clean text, with where their characters stood in the raw record.

    >>> edits = [{"raw_start": 0, "raw_end": 4, "text": ""}, {"raw_start": 6, "raw_end": 7, "text": "--"}]
    >>> [span["raw_start"] for span in raw_places(edits, ((0, 2), (4, 5)))]
    [4, 7]
    """
    for start, end in ranges:
        raw_start, raw_end = _raw(edits, start)[0], _raw(edits, end - 1)[1]
        yield {"start": start, "end": end, "raw_start": raw_start, "raw_end": raw_end}


def _apply(override: Override, article: Row, quotes: list[Row]) -> list[Row] | None:
    """The quotes after an override; None when it has lost its place."""
    is_same = article["text_sha256"] == override.text_sha256
    new: dict[str, Ranges] = {}
    for role in ROLES:
        if (anchors := getattr(override, role)) is not None:
            if (ranges := _locate_all(anchors, article["text"], is_same)) is None:
                return None
            new[role] = ranges
    if override.before is None:
        old = _same_place(new, quotes)
    elif (old := _find(override.before, article["text"], is_same, quotes)) is None:
        return None
    rest = [row for row in quotes if row is not old]
    if override.action == "delete":
        return rest
    made = _corrected(override, article, old or _added(override, article, quotes), new)
    at = quotes.index(old) if old else len(rest)
    return [*rest[:at], made, *rest[at:]]


def _corrected(override: Override, article: Row, row: Row, new: Mapping[str, Ranges]) -> Row:
    values = dict(row)
    for role, ranges in new.items():
        values[role] = " ".join(article["text"][start:end] for start, end in ranges)
        values[f"{role}_spans"] = list(raw_places(article["edits"] or (), ranges))
    if "source" in new:
        values["source_form"] = "name" if new["source"] else "none"
    if override.kind is not None:
        values["kind"] = override.kind
    if override.speaker is not None:
        named = bool(override.speaker)
        values |= dict.fromkeys(name for name in ADDED if name.startswith("speaker_")) | {
            "speaker": override.speaker or None, "speaker_id": override.speaker_id or None,
            "speaker_label": override.speaker_label or None, "speaker_method": REVIEWED if named else None,
            "speaker_score": 1.0 if named else None, "speaker_evidence": [],
        }  # fmt: skip
    return values | {"flags": sorted({*row["flags"], REVIEWED}), "confidence": 1.0}


def _added(override: Override, article: Row, quotes: Sequence[Row]) -> Row:
    index = max((row["index"] for row in quotes), default=-1) + 1
    names = {"quote_id": override.id, "article_id": article["article_id"], "index": index}
    return {**names, **ADDED, "published": article["published"]}


def _same_place(new: Mapping[str, Ranges], quotes: Sequence[Row]) -> Row | None:
    """The quote of just this content and cue, which the reader has found by now itself."""
    same = (row for row in quotes if all(_ranges(row, role) == new.get(role, ()) for role in ("content", "cue")))
    return next(same, None)


def _find(place: Place, text: str, is_same: bool, quotes: Sequence[Row]) -> Row | None:
    meant = {role: _locate_all(getattr(place, role), text, is_same) or () for role in ROLES}
    shared = [(tuple(_shared(meant[role], _ranges(row, role)) for role in ROLES), row) for row in quotes]
    best = max(shared, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0][0] >= MIN_SHARED else None


def _locate_all(anchors: Anchors, text: str, is_same: bool) -> Ranges | None:
    found = [locate(anchor, text, is_same=is_same) for anchor in anchors]
    return None if None in found else tuple(sorted(filter(None, found)))


def _shared(some: Ranges, others: Ranges) -> float:
    """What two lists of ranges have in common, 0 to 1; two that are empty are alike."""
    total = sum(end - start for start, end in (*some, *others))
    common = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in some for b in others)
    return 2 * common / total if total else 1.0


def _ranges(row: Row, role: str) -> Ranges:
    return tuple((span["start"], span["end"]) for span in row[f"{role}_spans"])


def _occurrences(exact: str, text: str) -> Iterator[int]:
    at = text.find(exact)
    while at >= 0:
        yield at
        at = text.find(exact, at + 1)


def _sides(anchor: Anchor, text: str, at: int) -> int:
    """How many of the two sides are as they were. A few words are a side only where the text still ends there."""
    end = at + len(anchor.exact)
    first, last = max(at - len(anchor.prefix), 0), end + len(anchor.suffix)
    before = text[first:at] == anchor.prefix and (first == 0 or len(anchor.prefix) >= MIN_SIDE_CHARS)
    after = text[end:last] == anchor.suffix and (last == len(text) or len(anchor.suffix) >= MIN_SIDE_CHARS)
    return before + after


def _raw(edits: Iterable[Mapping[str, Any]], at: int) -> tuple[int, int]:
    """The raw range of a character of the clean text: the whole of what an edit has replaced."""
    shift = 0  # of raw places against those of the clean text
    for edit in edits:
        start = edit["raw_start"] - shift
        if at < start:
            break
        if at < start + len(edit["text"]):
            return edit["raw_start"], edit["raw_end"]
        shift = edit["raw_end"] - start - len(edit["text"])
    return at + shift, at + shift + 1
