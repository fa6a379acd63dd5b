"""One document of an export: its lines, what pieces of it are, and the text and metadata that follow from these.

lines ──read by a database's module──► Document(pieces, publisher, …) ──► ExtractedText(edits, removed spans, title, …)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.dates import Moment, read_date
from onrecord.transforms.lexicon.patterns import CLAUSE_END, SENTENCE_END
from onrecord.transforms.records import RemovedSpan, SegmentKind

TEXT_LINE = re.compile(r"[^\s\ufeff][^\r\n]*")
LINE_END = re.compile(r"\r\n?|\n")
WRAPPED_WIDTHS = range(40, 121)
#: Of the lines that another follows in their paragraph, so many are full where lines are wrapped.
MIN_FULL_SHARE = 0.8

DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
DATE = rf"(?:{MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}} {MONTH},? \d{{4}}|\d{{4}}-\d\d-\d\d)"
TIME = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:[A-Z]{2,5}|[+-]\d\d:?\d\d))?"
WEEKDAY = re.compile(rf"\b{DAY}\b\.?,?\s*", re.IGNORECASE)
DATE_PART = re.compile(DATE, re.IGNORECASE)
#: A line that is a date and nothing else; a day of the week and a time may stand with it.
DATE_LINE = re.compile(rf"(?:{DAY},? )?{DATE}(?:,? {DAY})?(?:,? (?:at )?{TIME})?(?:,? {DAY})?", re.IGNORECASE)
TIME_LINE = re.compile(TIME)
RIGHTS = re.compile(r"(?:Copyright|©|\(c\))\W.*\d{4}|(?:©|\(c\)) |All Rights Reserved", re.IGNORECASE)
BY = re.compile(r"By:?\s+", re.IGNORECASE)
#: What stands around the names: the word before them, a stop behind them that ends no abbreviation.
BYLINE_FRAME = re.compile(r"^By:?\s+|(?<=[a-z]{3})\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without the blanks around it: ``text`` stands at ``[start, end)`` of the document."""

    start: int
    end: int
    text: str
    after_blank: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands at ``[start, end)``; a ``paragraph`` is the body, or a part of it."""

    kind: SegmentKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A label and what it names: lines, the first ``skip`` characters of them aside."""

    label: str
    lines: list[Line]
    skip: int = 0

    @property
    def value(self) -> str:
        return " ".join(" ".join(line.text for line in self.lines)[self.skip :].split())

    def pieces(self, kind: SegmentKind) -> list[Piece]:
        return piece_of(kind, self.lines, skip=self.skip)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a document is made of, in order; all that no piece holds is boilerplate."""

    pieces: Sequence[Piece]
    publisher: str | None = None
    published: Moment | None = None
    url: str | None = None


def split_lines(text: str, offset: int = 0) -> list[Line]:
    r"""The lines that are not blank, of a text that itself stands at ``offset`` of the document.

    >>> [(line.text, line.after_blank) for line in split_lines("  One \r\ntwo\n\n three")]
    [('One', True), ('two', False), ('three', True)]
    """
    lines, end = [], -1
    for m in TEXT_LINE.finditer(text):
        stripped = m.group().rstrip()
        after_blank = end < 0 or sum(1 for _ in LINE_END.finditer(text, end, m.start())) > 1
        end = m.start() + len(stripped)
        lines.append(Line(offset + m.start(), offset + end, stripped, after_blank))
    return lines


def split_paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines that stand together without a blank one between them."""
    paragraphs: list[list[Line]] = []
    for line in lines:
        if line.after_blank or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(line)
    return paragraphs


def piece_of(kind: SegmentKind, lines: Sequence[Line], *, skip: int = 0) -> list[Piece]:
    """The lines as one piece, without ``skip`` characters at its start; none where nothing is left."""
    if not lines or lines[0].start + skip >= lines[-1].end:
        return []
    return [Piece(kind, lines[0].start + skip, lines[-1].end)]


def joined(lines: Sequence[Line]) -> str:
    """The lines as one, runs of blanks as one blank."""
    return " ".join(" ".join(line.text for line in lines).split())


def read_moment(date: str, time: str = "") -> Moment | None:
    """When a document was published, by its line of the date and one of the time; the day alone where that is clear.

    >>> read_moment("March 4, 2019 Monday").time.isoformat(), read_moment("12 March 2019", "15:32").time.isoformat()
    ('2019-03-04T00:00:00+00:00', '2019-03-12T15:32:00+00:00')
    """
    day = DATE_PART.search(date)
    if day is None:
        return None
    exact = " ".join(WEEKDAY.sub(" ", f"{date} {time}").split()).strip(" ,")
    return read_date(exact) or read_date(" ".join(day.group().split()))


def labels_below(
    lines: Sequence[Line], start: int, is_label: Callable[[str], bool], of_paragraphs: re.Pattern[str]
) -> int:
    """Where the labels below a body begin that begins at ``start``: each names one paragraph, some several.

    So a line of the body that looks like a label cuts nothing off: paragraphs stand below it.
    """
    end, has_paragraph = len(lines), False
    for number in range(len(lines) - 1, start - 1, -1):
        line = lines[number]
        if not is_label(line.text):
            has_paragraph |= line.after_blank or bool(SENTENCE_END.search(lines[number - 1].text))
        elif has_paragraph and not of_paragraphs.match(line.text):
            break
        else:
            end, has_paragraph = number, False
    return end


def extract_document(text: str, document: Document, flags: tuple[str, ...] = ()) -> ExtractedText:
    """The text of a document with its body led to by edits. Raises Refused where it has none."""
    pieces = sorted(document.pieces, key=lambda piece: piece.start)
    body = [piece for piece in pieces if piece.kind == "paragraph"]
    if not body:
        raise Refused("no_body", "a document of a news database without a text")
    published = document.published
    return ExtractedText(
        text=text,
        title=_first(text, pieces, "title"),
        byline=BYLINE_FRAME.sub("", _first(text, pieces, "byline") or "") or None,
        publisher=document.publisher or None,
        published=published.time if published else None,
        published_precision=published.precision if published else None,
        url=document.url,
        flags=(*flags, *(published.flags if published else ())),
        edits=_body_text(text, body).edits,
        removed_spans=tuple(_removed_spans(text, pieces)),
    )


def _first(text: str, pieces: Sequence[Piece], kind: SegmentKind) -> str | None:
    return next((" ".join(text[p.start : p.end].split()) for p in pieces if p.kind == kind), None)


def _body_text(text: str, body: Sequence[Piece]) -> AlignedText:
    """The body alone, each of its pieces a paragraph or more, hard-wrapped lines joined."""
    borders = [(before.end, after.start, "\n\n") for before, after in pairwise(body)]
    outside = [(0, body[0].start, ""), *borders, (body[-1].end, len(text), "")]
    return AlignedText.of(text).edit([*outside, *((start, end, " ") for start, end in _wraps(text, body))])


def _wraps(text: str, body: Sequence[Piece]) -> list[tuple[int, int]]:
    """Where lines of the body were broken for their width alone: the next word would not have fitted.

    Databases leave a blank line between paragraphs, so that lines of all of them can be judged together. Where lines
    end with their sentences, each is a paragraph.
    """
    pieces = [split_lines(text[piece.start : piece.end], piece.start) for piece in body]
    width = max((len(line.text) for lines in pieces for line in lines), default=0)
    pairs = [(line, after) for lines in pieces for line, after in pairwise(lines) if not after.after_blank]
    full = [(a, b) for a, b in pairs if len(a.text) + 1 + len(b.text.split(" ", 1)[0]) >= width - 3]
    n_torn = sum(not CLAUSE_END.search(above.text) for above, _ in full)
    if width not in WRAPPED_WIDTHS or len(full) < MIN_FULL_SHARE * len(pairs) or n_torn * 2 < len(pairs):
        return []
    return [(above.end, below.start) for above, below in full]


def _removed_spans(text: str, pieces: Sequence[Piece]) -> Iterator[RemovedSpan]:
    """The pieces that are no body, and what stands between all of them, in order."""
    at = 0
    for piece in (*pieces, Piece("paragraph", len(text), len(text))):
        yield from _span(text, Piece("boilerplate", at, piece.start))
        if piece.kind != "paragraph":
            yield from _span(text, piece)
        at = piece.end


def _span(text: str, piece: Piece) -> Iterator[RemovedSpan]:
    """The piece without white space around it; none where nothing is left."""
    whole = text[piece.start : piece.end]
    if stripped := whole.strip("\ufeff \t\r\n\f\v\xa0"):
        start = piece.start + whole.find(stripped[0])
        yield RemovedSpan(kind=piece.kind, raw_start=start, raw_end=start + len(stripped), text=stripped)
