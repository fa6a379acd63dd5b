"""ProQuest: documents between lines of underscores, their fields under labels in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.formats.exports.documents import (
    DATE_PART,
    Document,
    Line,
    Piece,
    piece_of,
    read_moment,
    split_lines,
    split_paragraphs,
)
from onrecord.pipeline.sources.formats.exports.splitting import Marks
from onrecord.transforms.records import SegmentKind

#: Labels as ProQuest writes them, its own words for what is told about a document.
LABELS = (
    *("Title", "Alternate title", "Author", "Correspondence author", "Publication title", "Publication info"),
    *("Publication date", "Publication year", "Publication subject", "Publisher", "Place of publication"),
    *("Country of publication", "Full text", "Abstract", "Links", "Document URL", "Subject", "Location", "People"),
    *("Company / organization", "Company", "Classification", "Identifier / keyword", "Volume", "Issue", "Pages"),
    *("First page", "Number of pages", "Section", "Column", "Edition", "Dateline", "ISSN", "e-ISSN", "Source type"),
    *("Language of publication", "Language", "Document type", "Document feature", "ProQuest document ID"),
    *("Document ID", "Accession number", "Copyright", "Last updated", "Database", "Online publication date", "DOI"),
    *("Credit", "Publication history", "Milestone dates", "Notes", "Word count", "Supplement", "Source attribution"),
)
LABEL = re.compile(rf"({'|'.join(map(re.escape, sorted(LABELS, key=len, reverse=True)))})\s?:\s*", re.IGNORECASE)
SEPARATOR = re.compile(r"_{20,}")
COUNT = re.compile(r"Document \d{1,6} of \d{1,6}", re.IGNORECASE)
#: Labels that nothing but ProQuest has; one of them has to stand in an export of it.
OWN = frozenset(("proquest document id", "document url", "publication info", "publication title", "full text"))
NO_TEXT = re.compile(r"(?:Full text )?(?:not available|unavailable|none)\b.{0,60}", re.IGNORECASE)
URL = re.compile(r"https?://\S+")
MIN_LABELS = 4
#: Below the text another label stands so many lines under the first one; no two in a text do.
MAX_LINES_TO_NEXT = 4
#: Lines behind the last document: "Database copyright …", "Contact ProQuest".
MAX_CLOSING_LINES = 8
#: What ends the outlet's name: its place, the day, the page.
OUTLET_END = re.compile(r"\s*[;\[:]|,? \d|\.\s")
KINDS: dict[str, SegmentKind] = {"title": "title", "author": "byline", "dateline": "dateline"}

MARKS = Marks(
    begins=re.compile(COUNT.pattern.encode(), re.IGNORECASE),
    ends=re.compile(SEPARATOR.pattern.encode()),
    belongs=re.compile(rb"(?:Full text|Publication (?:title|info|date)|ProQuest document ID) ?:", re.IGNORECASE),
)

#: The number of a line and the label in it; None at the end of the lines.
Label: TypeAlias = tuple[int, "re.Match[str] | None"]


def find_marks(head: str) -> Marks | None:
    """How documents of ProQuest follow one another; None where the head of a file is not that of such an export."""
    lines = split_lines(head)
    labels = {m[1].lower() for line in lines if (m := LABEL.match(line.text))}
    has_frame = any(SEPARATOR.fullmatch(line.text) or COUNT.fullmatch(line.text) for line in lines)
    is_export = len(labels) >= MIN_LABELS and len(labels & OWN) >= (2 if has_frame else 3)
    return MARKS if is_export else None


def read(text: str) -> Document:
    """The pieces and metadata of one document. Raises Refused where it has no full text."""
    lines = split_lines(text)
    fields = _fields(lines[: _closing_start(lines)])
    full_text = fields.get("full text")
    if full_text is None or not full_text.value or NO_TEXT.fullmatch(full_text.value):
        raise Refused("no_body", "a document of a news database without its full text")
    pieces = [piece for label, kind in KINDS.items() if label in fields for piece in fields[label].pieces(kind)]
    if "title" not in fields:
        pieces += piece_of("title", _bare_title(lines))
    values = {label: field.value for label, field in fields.items()}
    info = values.get("publication info", "")
    date = m.group() if (m := DATE_PART.search(info)) else ""
    return Document(
        pieces=pieces,
        publisher=OUTLET_END.split(values.get("publication title") or info, maxsplit=1)[0].strip() or None,
        published=read_moment(values.get("publication date", "")) or read_moment(date),
        url=m.group() if (m := URL.match(values.get("document url", ""))) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A label's lines, with the label itself, which has ``skip`` characters."""

    lines: Sequence[Line]
    skip: int

    @property
    def value(self) -> str:
        return " ".join(" ".join(line.text for line in self.lines)[self.skip :].split())

    def pieces(self, kind: SegmentKind) -> list[Piece]:
        return piece_of(kind, self.lines, skip=self.skip)


def _fields(lines: Sequence[Line]) -> dict[str, Field]:
    """The fields by their labels in small letters; of two of one name the first."""
    labels: list[Label] = [(number, m) for number, line in enumerate(lines) if (m := LABEL.match(line.text))]
    labels = _without_labels_in_text(labels, len(lines))
    fields: dict[str, Field] = {}
    for (number, m), (end, _) in pairwise([*labels, (len(lines), None)]):
        if m:
            fields.setdefault(m[1].lower(), Field(lines=lines[number:end], skip=m.end()))
    return fields


def _without_labels_in_text(labels: list[Label], n_lines: int) -> list[Label]:
    """The labels without those among the lines of the full text: no other stands close below them there."""
    full = next((n for n, (_, m) in enumerate(labels) if m and m[1].lower() == "full text"), len(labels))
    numbers = [*(number for number, _ in labels), n_lines]
    below = next(
        (n for n in range(full + 1, len(labels)) if numbers[n + 1] - numbers[n] <= MAX_LINES_TO_NEXT), len(labels)
    )
    return [*labels[: full + 1], *labels[below:]]


def _closing_start(lines: Sequence[Line]) -> int:
    """Where the line stands that parts a document from the next one, or from the closing words of the file."""
    last = range(max(1, len(lines) - MAX_CLOSING_LINES), len(lines))
    return next((number for number in last if SEPARATOR.fullmatch(lines[number].text)), len(lines))


def _bare_title(lines: Sequence[Line]) -> Sequence[Line]:
    """What stands right over the first label, where no label names the title."""
    first = next((number for number, line in enumerate(lines) if LABEL.match(line.text)), 0)
    over = [line for line in lines[:first] if not (SEPARATOR.fullmatch(line.text) or COUNT.fullmatch(line.text))]
    return split_paragraphs(over)[-1] if over else ()
