"""LexisNexis: "1 of 200 DOCUMENTS" of the classic service, Nexis Uni's documents, and one article under such headers.

classic    1 of 2 DOCUMENTS │ outlet │ date, edition │ title │ BYLINE: … LENGTH: … │ body │ LOAD-DATE: … │ Copyright
Nexis Uni  title │ outlet │ date │ Copyright │ Section: … Length: … │ Body │ body │ Classification │ End of Document
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.formats.exports.documents import (
    DATE_LINE,
    RIGHTS,
    Document,
    Field,
    Line,
    Piece,
    joined,
    labels_below,
    piece_of,
    read_moment,
    split_lines,
    split_paragraphs,
)
from onrecord.pipeline.sources.formats.exports.splitting import Marks
from onrecord.transforms.lexicon.patterns import SENTENCE_END
from onrecord.transforms.records import SegmentKind

COUNT = r"(?:\d{1,6} of \d{1,6} DOCUMENTS?|DOCUMENT \d{1,6} of \d{1,6})"
COUNT_LINE = re.compile(COUNT, re.IGNORECASE)
#: What stands above the body, in capitals or not; TITLE and DATE only where a database is told to name them.
ABOVE = re.compile(
    r"(BYLINE|SECTION|LENGTH|DATELINE|HIGHLIGHT|HEADLINE|SERIES|EDITION|PUBLICATION|PUBLICATION-DATE|DATE|SUBHEAD)"
    r"\s?:\s*",
    re.IGNORECASE,
)
LENGTH = re.compile(r"LENGTH\s?:\s*[\d,.]{1,9} words?", re.IGNORECASE)
BODY = re.compile(r"BODY\s?:?|FULL TEXT\s?:", re.IGNORECASE)
#: A list of walks has a length and a date, and is none.
OF_ARTICLES = frozenset(("BYLINE", "HEADLINE", "DATELINE"))
BODY_LABEL = re.compile(r"(BODY)\s?:", re.IGNORECASE)
#: What stands below it. In small letters only what no sentence begins with, or what stands in its line alone.
BELOW = re.compile(
    r"(?P<label>GRAPHIC|LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|DOCUMENT-TYPE|PUB-TYPE|DOC-TYPE|JOURNAL-CODE|SUBJECT|PERSON"
    r"|COMPANY|ORGANIZATION|INDUSTRY|GEOGRAPHIC|COUNTRY|STATE|CITY|TICKER|NOTES?|CORRECTION(?:-DATE)?|URL|ACC-NO"
    r"|COPYRIGHT|(?i:Load-Date|Publication-Type|Journal-Code|Document-Type|Correction-Date|Acc-No))\s?:\s*"
    r"|(?i:Correction Appended)(?:\s?:.*)?$|(?:Classification|CLASSIFICATION|Graphic|End of Document|Notes)$"
)
#: What may have paragraphs below it.
OF_PARAGRAPHS = re.compile(r"(?:GRAPHIC|NOTES|CORRECTION)\b", re.IGNORECASE)
ANY_LABEL = re.compile(r"[A-Z][\w -]{1,30}:")
DOCUMENT_END = "End of Document"
#: Lines behind the notice of rights that closes a document.
MAX_CLOSING_LINES = 6
EDITION = re.compile(r"\b(?:Edition|Final|Section)\b", re.IGNORECASE)
CORRECTION = re.compile(r"Correction Appended.*", re.IGNORECASE)
LOADED = re.compile(r"LOAD-DATE\s?:\s*\S", re.IGNORECASE)
URL = re.compile(r"https?://\S+")
KINDS: dict[str, SegmentKind] = {
    "byline": "byline",
    "dateline": "dateline",
    "highlight": "heading",
    "subhead": "heading",
    "headline": "title",
    "graphic": "caption",
}

CLASSIC = Marks(begins=re.compile(COUNT.encode(), re.IGNORECASE), belongs=re.compile(COUNT.encode(), re.IGNORECASE))
UNI = Marks(
    ends=re.compile(rb"End of Document"),
    belongs=re.compile(rb"(?i:LENGTH):? ?[\d,.]{1,9} words?$|Body$|(?i:LOAD-DATE):|End of Document$"),
)
#: The whole file is the document.
SINGLE = Marks(belongs=re.compile(rb"(?!)"))


def find_marks(lines: Sequence[Line]) -> Marks | None:
    """How the documents of a LexisNexis file follow one another; None where its head is not that of one.

    A line with the number of documents, or the words that end one, are no more than one sign of it: labels have to
    stand below, or around a body.
    """
    first = next((number for number, line in enumerate(lines) if COUNT_LINE.fullmatch(line.text)), None)
    if first is not None:
        following = lines[first + 1 : first + 60]
        return CLASSIC if len(_labels(following)) >= 2 and _has_length_or_load_date(following) else None
    if any(line.text == DOCUMENT_END for line in lines) and _is_uni(lines):
        return UNI
    return SINGLE if _is_single(lines) else None


def _labels(lines: Sequence[Line]) -> set[str]:
    matches = (ABOVE.match(line.text) or BELOW.match(line.text) or BODY_LABEL.match(line.text) for line in lines)
    return {m[1].upper() for m in matches if m and m[1]}


def _has_length_or_load_date(lines: Sequence[Line]) -> bool:
    return any(LENGTH.fullmatch(line.text) or LOADED.match(line.text) for line in lines)


def _is_uni(lines: Sequence[Line]) -> bool:
    has_body = any(line.text == "Body" for line in lines)
    return _has_length_or_load_date(lines) and (has_body or len(_labels(lines)) >= 3)


def _is_single(lines: Sequence[Line]) -> bool:
    """One article: a few lines, then labels, its length or its loading among them, or else many; and a date."""
    first = next((number for number, line in enumerate(lines) if ABOVE.match(line.text)), len(lines))
    lengths = [line for line in lines if LENGTH.fullmatch(line.text)]
    above = lines[: first + 12]
    labels = _labels(above)
    if first > 12 or len(lengths) > 1:
        return False
    has_date = any(DATE_LINE.fullmatch(line.text) for line in above)
    if _has_length_or_load_date(lines):
        return len(_labels(lines)) >= 3 and (has_date or len(labels) >= 3)
    return len(labels) >= 4 and not labels.isdisjoint(OF_ARTICLES)


def read(text: str) -> Document:
    """The pieces and metadata of one document. Raises Refused where no label tells where its body begins."""
    lines = split_lines(text)
    count = next((number for number, line in enumerate(lines) if COUNT_LINE.fullmatch(line.text)), -1)
    lines = lines[count + 1 :]
    labels = next((n for n, line in enumerate(lines) if ABOVE.match(line.text) or BODY.fullmatch(line.text)), None)
    if labels is None:
        raise Refused("no_body", "a document of a news database without the labels that stand over its body")
    start, skip = _body_start(lines, labels, is_classic=count >= 0)
    end = _body_end(lines, start)
    head = _read_head(lines[:labels], is_classic=count >= 0)
    above, below = list(_fields(lines[labels:start])), list(_fields(lines[end:]))
    named = {field.label: field for field in reversed([*above, *below])}
    pieces = [piece for field in (*above, *below) for piece in _pieces(field)]
    if not any(piece.kind == "title" for piece in pieces):
        pieces += piece_of("title", head.title)
    elif head.title and not head.publisher:
        head = Head(publisher=head.title, date=head.date)
    return Document(
        pieces=[*pieces, *piece_of("paragraph", lines[start:end], skip=skip)],
        publisher=joined(head.publisher) or _value(named, "publication"),
        published=read_moment(head.date or _value(named, "date") or _value(named, "publication-date") or ""),
        url=m.group() if (m := URL.match(_value(named, "url") or "")) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above the labels."""

    title: Sequence[Line] = ()
    publisher: Sequence[Line] = ()
    date: str = ""


def _pieces(field: Field) -> list[Piece]:
    return field.pieces(KINDS[field.label]) if field.label in KINDS else []


def _body_end(lines: Sequence[Line], start: int) -> int:
    """Where what stands below the body begins; behind the last notice of rights, nothing is looked at."""
    last = range(max(start, len(lines) - MAX_CLOSING_LINES), len(lines))
    stops = [
        *(n for n in range(start, len(lines)) if lines[n].text == DOCUMENT_END),
        *(n for n in reversed(last) if RIGHTS.match(lines[n].text)),
    ]
    classes = (
        n
        for n in range(start, len(lines) - 1)
        if lines[n].text == "Classification" and ANY_LABEL.match(lines[n + 1].text)
    )
    stop = next(classes, stops[0] + 1 if stops else len(lines))
    return labels_below(lines[:stop], start, _is_below, OF_PARAGRAPHS)


def _is_below(line: str) -> bool:
    return bool(BELOW.match(line) or RIGHTS.match(line))


def _value(fields: dict[str, Field], label: str) -> str | None:
    return fields[label].value if label in fields else None


def _read_head(lines: Sequence[Line], *, is_classic: bool) -> Head:
    """Title, outlet and date: the outlet stands over the date, the title under it or, in Nexis Uni, over both."""
    dated = next((number for number, line in enumerate(lines) if DATE_LINE.fullmatch(line.text)), None)
    plain = [line for line in lines if not RIGHTS.match(line.text) and not CORRECTION.fullmatch(line.text)]
    if dated is None:
        return Head(title=split_paragraphs(plain)[-1] if plain else ())
    date = lines[dated].text
    over = split_paragraphs([line for line in plain if line.start < lines[dated].start])
    under = [line for line in plain if line.start > lines[dated].start]
    paragraphs = _new_paragraphs(under)
    has_rights_under = any(RIGHTS.match(line.text) for line in lines[dated:])
    is_title_first = not is_classic and (has_rights_under or len(over) > 1)
    if sum(map(len, over)) > 1 and (is_title_first or not paragraphs):
        title, outlet = _over_outlet(over)
        return Head(title=title, publisher=outlet, date=date)
    title = paragraphs[-1] if paragraphs else [line for line in under[-1:] if not EDITION.search(line.text)]
    if not title and over and not is_classic:
        return Head(title=over[-1], date=date)
    return Head(title=title, publisher=over[-1] if over else (), date=date)


def _new_paragraphs(under: Sequence[Line]) -> list[list[Line]]:
    """The paragraphs below the date, without the lines right under it: those tell the edition."""
    paragraphs = split_paragraphs(under)
    return paragraphs if not paragraphs or paragraphs[0][0].after_blank else paragraphs[1:]


def _over_outlet(over: Sequence[Sequence[Line]]) -> tuple[Sequence[Line], Sequence[Line]]:
    """Title and outlet above a date: the last line, and what stands right above it; a cover may stand over both."""
    *others, last = over
    if len(last) > 1:
        return last[:-1], last[-1:]
    return others[-1], last


def _body_start(lines: Sequence[Line], labels: int, *, is_classic: bool) -> tuple[int, int]:
    """The number of the body's first line, and the characters of a label in it."""
    is_uni = any(line.text == DOCUMENT_END for line in lines)
    for number in range(labels, len(lines)):
        text = lines[number].text
        m = BODY.match(text)
        if m and m.group().endswith(":"):
            return (number + 1, 0) if m.end() == len(text) else (number, m.end())
        if m and m.end() == len(text) and not is_classic:
            return number + 1, 0
        if not is_uni and not ABOVE.match(text) and lines[number].after_blank and SENTENCE_END.search(text):
            break
    in_label = False
    for number in range(labels, len(lines)):
        line = lines[number]
        is_label = bool(ABOVE.match(line.text))
        if not is_label and (line.after_blank or not in_label):
            return number, 0
        in_label = not LENGTH.fullmatch(line.text)
    return len(lines), 0


def _fields(lines: Sequence[Line]) -> Iterator[Field]:
    """The labels among the lines, each with what stands behind it and right below it."""
    label, skip, held = "", 0, list[Line]()
    for line in lines:
        m = ABOVE.match(line.text) or BELOW.match(line.text) or BODY_LABEL.match(line.text)
        alone = bool(m and not m[1])
        if m or (line.after_blank and not _goes_on(label, skip)):
            if label and held:
                yield Field(label=label, lines=held, skip=skip)
            label, skip, held = (
                (m.group() if alone else m[1]).lower() if m else "",
                0 if alone or not m else m.end(),
                [],
            )
        if not alone:
            held.append(line)
    if label and held:
        yield Field(label=label, lines=held, skip=skip)


def _goes_on(label: str, skip: int) -> bool:
    """A heading of Nexis Uni that stands in its line alone holds for the paragraphs below it."""
    return bool(label) and not skip
