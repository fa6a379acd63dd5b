"""brat's standoff format: of each article a .txt with its text and an .ann with marks, links and notes.

    T1      Content 35 60;62 80     “We cannot keep dredging … come,”     ranges in code points, none over a line's end
    R1      said_by Arg1:T1 Arg2:T2
    A1      Kind T1 direct
    #1      QuoteId T1      4c1f…                                         which row of quotes it is
    #2      AnnotatorNotes T1       Ines Okafor                           who says it

(https://brat.nlplab.org/standoff.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count

from onrecord.pipeline.ask.exports.markup import (
    CONTENT,
    CUE,
    CUED_BY,
    KINDS,
    SAID_BY,
    SOURCE,
    Link,
    Mark,
    QuoteMarkup,
    Ranges,
    split_at_breaks,
)

QUOTE_ID, SPEAKER, KIND = "QuoteId", "AnnotatorNotes", "Kind"
COLORS = {CONTENT: "#fff3b0", CUE: "#d0d0d0", SOURCE: "#b0d8ff"}
#: What the name of a type cannot hold.
ODD = re.compile(r"[^\w-]", re.ASCII)


def ann_lines(text: str, marks: Iterable[Mark], links: Iterable[Link]) -> Iterator[str]:
    """The lines of an .ann file. A mark on nothing but ends of lines has none."""
    ids: dict[str, str] = {}
    attributes, notes = count(1), count(1)
    for mark in marks:
        if not (ranges := split_at_breaks(text, mark.ranges)):
            continue
        ids[mark.name] = name = f"T{len(ids) + 1}"
        yield _text_bound(name, type_name(mark.label), ranges, text)
        if mark.label == CONTENT and mark.quote is not None:
            yield f"A{next(attributes)}\t{KIND} {name} {mark.quote.kind}\n"
            yield from (f"#{next(notes)}\t{kind} {name}\t{note}\n" for kind, note in _notes(mark.quote))
    together = (link for link in links if link.start in ids and link.end in ids)
    for number, link in enumerate(together, 1):
        yield f"R{number}\t{link.label} Arg1:{ids[link.start]} Arg2:{ids[link.end]}\n"


def annotation_conf(labels: Iterable[str]) -> str:
    """What brat has to know of the types, those of mentions being ``labels``."""
    types = "\n".join([CONTENT, CUE, SOURCE, *sorted(set(map(type_name, labels)) - {CONTENT, CUE, SOURCE})])
    return (
        f"[entities]\n{types}\n\n[relations]\n{SAID_BY}\tArg1:{CONTENT}, Arg2:{SOURCE}\n"
        f"{CUED_BY}\tArg1:{CONTENT}, Arg2:{CUE}\n"
        "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>\n\n"
        f"[events]\n\n[attributes]\n{KIND}\tArg:{CONTENT}, Value:{'|'.join(KINDS)}\n"
    )


def visual_conf() -> str:
    """How brat draws them."""
    colors = "\n".join(f"{label}\tbgColor:{color}" for label, color in COLORS.items())
    return (
        f"[labels]\n{SAID_BY} | said by | by\n{CUED_BY} | cued by | cue\n\n[drawing]\nSPAN_DEFAULT\tfgColor:black, "
        f"bgColor:#d8f0d8, borderColor:darken\nARC_DEFAULT\tcolor:black, arrowHead:triangle-5\n{colors}\n"
        f"{KIND}\tposition:left, glyph:D|M|I\n"
    )


def type_name(label: str) -> str:
    """A label as brat takes it.

    >>> type_name("WORK OF ART")
    'WORK_OF_ART'
    """
    return ODD.sub("_", label)


def _text_bound(name: str, label: str, ranges: Ranges, text: str) -> str:
    places = ";".join(f"{start} {end}" for start, end in ranges)
    return f"{name}\t{label} {places}\t{' '.join(text[start:end] for start, end in ranges)}\n"


def _notes(quote: QuoteMarkup) -> Iterator[tuple[str, str]]:
    yield QUOTE_ID, quote.quote_id
    if quote.speaker:
        yield SPEAKER, quote.speaker
