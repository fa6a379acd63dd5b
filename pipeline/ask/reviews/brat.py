"""An .ann file as brat leaves it: the quotes that its marks, links and notes make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from onrecord.pipeline.ask.exports.brat import KIND, QUOTE_ID, SPEAKER
from onrecord.pipeline.ask.exports.markup import CONTENT, CUED_BY, SAID_BY, QuoteMarkup, Range, Ranges, join_at_breaks

LINKS = {SAID_BY: "source", CUED_BY: "cue"}


@dataclass(slots=True)
class _Ann:
    """What the lines say: marks by id, links, kinds and notes by the id of their mark."""

    labels: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, Ranges] = field(default_factory=dict)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)


def read_ann(ann: str, text: str) -> tuple[QuoteMarkup, ...]:
    r"""The quotes of an .ann file over its text. Raises ValueError for a line that is none of brat's.

    >>> read_ann("T1\tContent 0 3\tYes\nT2\tSource 9 12\tAda\nR1\tsaid_by Arg1:T1 Arg2:T2\n", "Yes said Ada")[0].source
    ((9, 12),)
    """
    found = _Ann()
    for number, line in enumerate(ann.split("\n"), 1):
        try:
            _read_line(line.removesuffix("\r"), found)
        except ValueError as error:
            raise ValueError(f"line {number}: this is none of brat's: {line!r:.80}") from error
    return tuple(_quotes(found, text))


def _read_line(line: str, found: _Ann) -> None:
    if not line.strip():
        return
    name, what, *rest = line.split("\t", 2)
    kind, _, target = what.partition(" ")
    if name[0] == "T":
        found.labels[name], found.ranges[name] = kind, _ranges(target)
    elif name[0] == "R":
        first, second = (each.partition(":")[2] for each in target.split()[:2])
        found.links.append((kind, first, second))
    elif name[0] in "AM":
        mark, _, value = target.partition(" ")
        found.notes[kind, mark] = value
    elif name[0] == "#":
        found.notes[kind, target.strip()] = rest[0] if rest else ""
    elif name[0] not in "EN*":
        raise ValueError(name)


def _ranges(places: str) -> Ranges:
    pairs = [tuple(map(int, place.split())) for place in places.split(";")]
    return tuple((start, end) for start, end in pairs)


def _quotes(found: _Ann, text: str) -> Iterator[QuoteMarkup]:
    targets: dict[tuple[str, str], list[Range]] = {}
    for kind, start, end in (link for link in found.links if link[0] in LINKS):
        if not {start, end} <= found.ranges.keys():
            raise ValueError(f"{kind} leads from {start} to {end}, which is no mark")
        targets.setdefault((start, LINKS[kind]), []).extend(found.ranges[end])
    for name in (name for name, label in found.labels.items() if label == CONTENT):
        yield QuoteMarkup(
            quote_id=found.notes.get((QUOTE_ID, name), "").strip(),
            content=join_at_breaks(text, found.ranges[name]),
            cue=tuple(sorted(targets.get((name, "cue"), ()))),
            source=tuple(sorted(targets.get((name, "source"), ()))),
            kind=found.notes.get((KIND, name), "direct").strip(),
            speaker=found.notes.get((SPEAKER, name), ""),
        )
