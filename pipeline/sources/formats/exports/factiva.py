"""Factiva: documents whose fields have codes of two or three letters, in their own lines or in a column, or have none.

codes     HD │ title │ BY │ byline │ PD │ day │ SN │ outlet │ LP │ its lead │ TD │ the rest │ IN … │ AN │ Document …
display   title │ byline │ 84 words │ day │ time │ outlet │ CODE │ page │ English │ (c) … │ body │ Document …
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.formats.exports.documents import (
    BY,
    DATE_LINE,
    RIGHTS,
    TIME_LINE,
    Document,
    Field,
    Line,
    piece_of,
    read_moment,
    split_lines,
    split_paragraphs,
)
from onrecord.pipeline.sources.formats.exports.splitting import Marks
from onrecord.transforms.records import SegmentKind

#: Codes above the text, those of the text, and those below it. Source: Factiva's own list of its field codes.
ABOVE = frozenset("CLM SE HD BY CR WC PD ET SN SC ED PG VOL LA CY CX DLN".split())
TEXT = ("LP", "TD")
BELOW = frozenset("ART CT RF CO IN NS RE IPC IPD PUB AN".split())
#: Fields of these hold ``code : name``, which no words of a text do.
TOPICS = frozenset(("CO", "IN", "NS", "RE"))
CODES = "|".join(sorted({*ABOVE, *TEXT, *BELOW}, key=len, reverse=True))
CODE_ALONE = re.compile(rf"({CODES})")
CODE_IN_COLUMN = re.compile(rf"({CODES})(?:\t+ *| +)(?=\S)")
TOPIC = re.compile(r"[\w.&-]{1,20} ?: ?\S")
KINDS: dict[str, SegmentKind] = {
    "HD": "title",
    "BY": "byline",
    "ART": "caption",
    "LP": "paragraph",
    "TD": "paragraph",
}
WORDS = re.compile(r"[\d,.]{1,9} words?")
#: The number by which Factiva knows a document has its day in it.
DOCUMENT = re.compile(r"(?:AN\s+)?Document (?=[A-Za-z]*\d{8})[A-Za-z0-9]{8,40}")
SOURCE_CODE = re.compile(r"[A-Z0-9]{2,8}")
LANGUAGE = re.compile(r"[A-Z][a-z]+(?: \([A-Za-z ]+\))?")
#: Lines of the service, between documents and around them.
SERVICE = re.compile(r"(?:Page \d+ of \d+\b.*)|(?:(?:©|\(c\)|Copyright).*\bFactiva\b.*)|Factiva", re.IGNORECASE)
NAME = r"[A-Z][\w.’'-]+(?: (?:[a-z]{2,3} )?[A-Z][\w.’'-]*){1,4}"
NAMES = re.compile(rf"{NAME}(?:(?:, | and | & ){NAME}){{0,3}}")
#: Lines between the number of words and the notice of rights.
MAX_FIELDS = 14
MAX_NAMES_CHARS = 120
MAX_SECTION_WORDS = 3

MARKS = Marks(
    ends=re.compile(DOCUMENT.pattern.encode()),
    belongs=re.compile(rb"(?:HD|LP|TD)(?:$|\s)|[\d,.]{1,9} words?$|" + DOCUMENT.pattern.encode() + rb"$"),
)


def find_marks(lines: Sequence[Line]) -> Marks | None:
    """How documents of Factiva follow one another; None where the head of a file is not that of such an export."""
    if not _has_codes(lines) and _display_start(lines) is None:
        return None
    return MARKS


def read(text: str) -> Document:
    """The pieces and metadata of one document. Raises Refused where it has no fields."""
    lines = split_lines(text)
    return _read_codes(lines) if _has_codes(lines) else _read_display(lines)


# ---- with codes -----------------------------------------------------------------------------------------------------


def _has_codes(lines: Sequence[Line]) -> bool:
    """A title, a text and two more fields under their codes, before anything else but a few lines of a cover."""
    fields = {field.label for field in _fields(lines)}
    return "HD" in fields and not fields.isdisjoint(TEXT) and len(fields) >= 5


def _fields(lines: Sequence[Line]) -> Iterator[Field]:
    """The fields of the first document among the lines. Each code is taken once, in the text only those below it.

    So words of the text that look like a code are no field.
    """
    has_column = all(line.text != "HD" for line in lines)
    field, seen = None, set[str]()
    for number, line in enumerate(lines):
        m = CODE_ALONE.fullmatch(line.text) or (CODE_IN_COLUMN.match(line.text) if has_column else None)
        is_alone = bool(m and m.end() == len(line.text))
        value = (
            "".join(below.text for below in lines[number + 1 : number + 2])
            if is_alone or not m
            else line.text[m.end() :]
        )
        if m and m[1] not in seen and _may_follow(m[1], value, seen):
            if field:
                yield field
            field = Field(label=m[1], lines=[] if is_alone else [line], skip=0 if is_alone else m.end())
            seen.add(m[1])
        elif field:
            field.lines.append(line)
        if field and field.label == "AN" and field.lines:
            break
    if field:
        yield field


def _may_follow(code: str, value: str, seen: set[str]) -> bool:
    """Can a code with this value stand after those that were seen?"""
    if code in TOPICS:
        return bool(TOPIC.match(value))
    if not seen.isdisjoint(TEXT):
        return code in BELOW or code == "TD"
    return code not in BELOW or "HD" in seen


def _read_codes(lines: Sequence[Line]) -> Document:
    fields = {field.label: field for field in _fields(lines)}
    values = {code: field.value for code, field in fields.items()}
    return Document(
        pieces=[piece for code, kind in KINDS.items() if code in fields for piece in fields[code].pieces(kind)],
        publisher=values.get("SN"),
        published=read_moment(values.get("PD", ""), values.get("ET", "")),
    )


# ---- without codes --------------------------------------------------------------------------------------------------


def _display_start(lines: Sequence[Line]) -> int | None:
    """The number of the line that tells the number of words: a title over it, and below it what Factiva lists.

    That is the day, a code in capitals, and a language or a notice of rights.
    """
    for number, line in enumerate(lines):
        if WORDS.fullmatch(line.text) and number:
            below = [each.text for each in lines[number + 1 : number + 1 + MAX_FIELDS]]
            has_date = any(DATE_LINE.fullmatch(text) for text in below[:2])
            has_rights = any(map(RIGHTS.match, below)) or any(map(DOCUMENT.fullmatch, below))
            if has_date and has_rights and any(map(SOURCE_CODE.fullmatch, below[1:])):
                return number
    return None


def _read_display(lines: Sequence[Line]) -> Document:
    at = _display_start(lines)
    if at is None:
        raise Refused("no_body", "a document of a news database without the fields that stand over its body")
    dated = at + 1 if DATE_LINE.fullmatch(lines[at + 1].text) else at + 2
    has_time = bool(TIME_LINE.fullmatch(lines[dated + 1].text)) if dated + 1 < len(lines) else False
    outlet = dated + 1 + has_time
    start = _display_body(lines, outlet)
    end = next((n for n in range(start, len(lines)) if DOCUMENT.fullmatch(lines[n].text)), len(lines))
    title, byline = _title_and_byline([line for line in lines[:at] if not SERVICE.fullmatch(line.text)])
    return Document(
        pieces=[*piece_of("title", title), *piece_of("byline", byline), *piece_of("paragraph", lines[start:end])],
        publisher=lines[outlet].text if outlet < start else None,
        published=read_moment(lines[dated].text, lines[outlet - 1].text if has_time else ""),
    )


def _display_body(lines: Sequence[Line], outlet: int) -> int:
    """The number of the body's first line: after the notice of rights, or the language where there is none."""
    fields = range(outlet, min(len(lines), outlet + MAX_FIELDS))
    rights = next((number for number in fields if RIGHTS.match(lines[number].text)), None)
    if rights is None:
        code = next((number for number in fields if SOURCE_CODE.fullmatch(lines[number].text)), outlet)
        return next((n + 1 for n in fields if n > code and LANGUAGE.fullmatch(lines[n].text)), code + 1)
    after = rights + 1
    while after < len(lines) and not lines[after].after_blank and not lines[after - 1].text.endswith("."):
        after += 1
    return after


def _is_names(line: str) -> bool:
    return len(line) <= MAX_NAMES_CHARS and bool(NAMES.fullmatch(line))


def _title_and_byline(over: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """The lines of the title, and the one of its authors, above the number of words; a cover may stand over them."""
    byline = next((n for n in (len(over) - 1, len(over) - 2) if n > 0 and _is_byline(over, n)), len(over))
    paragraphs = split_paragraphs(over[:byline])
    title = paragraphs[-1] if paragraphs else []
    n_words = [len(line.text.split()) for line in title[:2]]
    has_section = len(title) > 1 and (n_words[0] == 1 or n_words[0] <= MAX_SECTION_WORDS < n_words[1])
    return title[1:] if has_section else title, over[byline : byline + 1]


def _is_byline(over: Sequence[Line], number: int) -> bool:
    """Names under a title. Without "By", what stands over them has to be longer than a section's name."""
    return bool(BY.match(over[number].text)) or (
        _is_names(over[number].text) and len(over[number - 1].text.split()) > MAX_SECTION_WORDS
    )
