"""ProQuest: documents between lines of underscores, their fields under labels in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.formats.exports.documents import (
    DATE_PART,
    Document,
    Field,
    Line,
    labels_below,
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
#: What may have paragraphs below it.
OF_PARAGRAPHS = re.compile(r"(?:Abstract|Copyright|Notes|Links)\b", re.IGNORECASE)
SEPARATOR = re.compile(r"_{20,}")
COUNT = re.compile(r"Document \d{1,6} of \d{1,6}", re.IGNORECASE)
#: Labels that nothing but ProQuest has; one of them has to stand in an export of it.
OWN = frozenset(("proquest document id", "document url", "publication info", "publication title", "full text"))
NO_TEXT = re.compile(r"(?:Full text )?(?:not available|unavailable|none)\b.{0,60}", re.IGNORECASE)
URL = re.compile(r"https?://\S+")
MIN_LABELS = 4
#: Lines behind the last document: "Database copyright …", "Contact ProQuest".
MAX_CLOSING_LINES = 8
#: What ends the outlet's name: its place, the day, the page.
OUTLET_END = re.compile(r"\s*[;\[:]|,? \d|\.\s")
KINDS: dict[str, SegmentKind] = {"title": "title", "author": "byline", "dateline": "dateline", "full text": "paragraph"}

MARKS = Marks(
    begins=re.compile(COUNT.pattern.encode(), re.IGNORECASE),
    ends=re.compile(SEPARATOR.pattern.encode()),
    belongs=re.compile(rb"(?:Full text|Publication (?:title|info|date)|ProQuest document ID) ?:", re.IGNORECASE),
)


def find_marks(lines: Sequence[Line]) -> Marks | None:
    """How documents of ProQuest follow one another; None where the head of a file is not that of such an export."""
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


def _fields(lines: Sequence[Line]) -> dict[str, Field]:
    """The fields by their labels in small letters; of two of one name the first."""
    labels = {number: m for number, line in enumerate(lines) if (m := LABEL.match(line.text))}
    full_text = next((number for number, m in labels.items() if m[1].lower() == "full text"), len(lines))
    below = labels_below(lines, full_text + 1, _is_label, OF_PARAGRAPHS)
    starts = [number for number in labels if number <= full_text or number >= below]
    fields: dict[str, Field] = {}
    for start, end in pairwise([*starts, len(lines)]):
        label = labels[start][1].lower()
        fields.setdefault(label, Field(label=label, lines=list(lines[start:end]), skip=labels[start].end()))
    return fields


def _is_label(line: str) -> bool:
    return bool(LABEL.match(line))


def _closing_start(lines: Sequence[Line]) -> int:
    """Where the line stands that parts a document from the next one, or from the closing words of the file."""
    last = range(max(1, len(lines) - MAX_CLOSING_LINES), len(lines))
    return next((number for number in last if SEPARATOR.fullmatch(lines[number].text)), len(lines))


def _bare_title(lines: Sequence[Line]) -> Sequence[Line]:
    """What stands right over the first label, where no label names the title."""
    first = next((number for number, line in enumerate(lines) if LABEL.match(line.text)), 0)
    over = [line for line in lines[:first] if not (SEPARATOR.fullmatch(line.text) or COUNT.fullmatch(line.text))]
    return split_paragraphs(over)[-1] if over else ()
