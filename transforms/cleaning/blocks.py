"""What is no part of the story's body, found line by line: captions, credits, headings, bylines, notices of the page.

Each finder takes the text as it stands and gives the pieces to cut. Each is shy: a line that may be body stays body.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from onrecord.transforms.lexicon.boilerplate import AGENCIES, CAPTION_OPENERS, NOTICES, PICTURE_HOUSES, POINTERS
from onrecord.transforms.lexicon.characters import CLOSING, CLOSING_SINGLE, DOUBLE, NEUTRAL, OPENING, OPENING_SINGLE
from onrecord.transforms.quotation import find_quotations
from onrecord.transforms.records import SegmentKind

LINE = re.compile(r"[^\n]*\S[^\n]*")
#: The line is a sentence, a quotation or the lead to a list.
FINAL = re.compile(r"[.!?…:;,][\"'”’»)\]]*$|[-–—]$")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
BULLET = re.compile(r"[•·▪‣]\s*")
HOUSE = rf"(?:{AGENCIES}|{PICTURE_HOUSES})".replace(" ", r"[ ]")
#: "(Haweya Fadal/CBC)", "(CBC)", "( AP Photo / Jo Doe )" at the end of a line.
CLOSING_CREDIT = re.compile(
    rf"""
    \(\s* (?: (?:[^()/|]{{2,60}}[/|,]\s*)? {HOUSE} (?:\s*(?:[/|]|via)\s*[^()]{{2,40}})?
          | (?i:photo|file\ photo|courtesy)\b[^()]{{0,80}} )
    \s*\)$
    """,
    re.VERBOSE,
)
#: "Getty/Instagram.", "REUTERS/Jim Young", "Jim Young/Reuters": nothing else in the line.
BARE_CREDIT = re.compile(rf"(?:{HOUSE}\s*[/|]\s*[^\s/|][^/|.!?\n]{{1,40}}|[A-Z][^/|.!?\n]{{1,40}}\s*[/|]\s*{HOUSE})\.?")
CAPTION_OPENER = re.compile("|".join(CAPTION_OPENERS), re.IGNORECASE)
NOTICE = re.compile("|".join(NOTICES), re.IGNORECASE)
POINTER = re.compile(rf"(?:{POINTERS}|(?i:read more|read also|also read|watch|related))\s*[:|»–—]\s*\S.*")
NAME = r"[A-Z][\w.’'-]+(?: (?:[a-z]{2,3} )?[A-Z][\w.’'-]*){1,4}"
BYLINE = re.compile(
    rf"(?:(?:By|BY|(?:Written|Posted|Reported|Words|Story|Report|Text) by) {NAME}(?:(?: and |, ){NAME}){{0,3}}"
    rf"|{NAME}, (?:{AGENCIES}))(?:\s*[|/]\s*.{{1,40}})?"
)
#: "Phones used to help, the maker says": a heading that tells at its end who says so is left to the reader.
SAYS = re.compile(r",[^,]*\b(?:says?|said|according to|warns?|claims?|finds?)\b[^,]*$", re.IGNORECASE)
#: Somebody is quoted: no notice.
SAID = re.compile(r"\b(?:said|says|told|wrote)\b")
LIST_ITEM = re.compile(r"\(?\d{1,3}[.)]|[-–—*+>•]|[a-z][.)]\s")
QUOTED = re.compile(
    rf"[{OPENING}{NEUTRAL}{OPENING_SINGLE}'](?P<inner>.+)[{CLOSING}{NEUTRAL}{OPENING}{CLOSING_SINGLE}']"
)


#: A title, a line under it, and one over it.
MOST_HEADS = 3


@dataclass(frozen=True, slots=True)
class Cut:
    """``text[start:end]`` is no body text but of this kind."""

    kind: SegmentKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One line that is not empty, and where it stands."""

    start: int
    end: int
    text: str


def find_blocks(text: str) -> list[Block]:
    return [Block(m.start(), m.end(), m.group()) for m in LINE.finditer(text)]


def find_page_address(text: str) -> Iterator[Cut]:
    """First lines that are only the address of the page."""
    for block in takewhile(lambda b: ADDRESS.fullmatch(b.text.strip()), find_blocks(text)):
        yield Cut("boilerplate", block.start, block.end)


def find_title(text: str, title: str | None) -> Iterator[Cut]:
    """A first line that repeats the title that came with the record."""
    wanted = _bare(title or "")
    for block in find_blocks(text)[:1]:
        if wanted and _bare(block.text) == wanted:
            yield Cut("title", block.start, block.end)


def find_headline(text: str) -> Iterator[Cut]:
    """A title over the story, and what stands under it: lines of five words and more that end in no mark.

    A shorter line may be a place, a name or the story's first words: nobody can tell, so it stays (and is flagged).
    """
    blocks = find_blocks(text)
    head = list(takewhile(lambda block: _is_title(block.text.strip()), blocks[:MOST_HEADS]))
    behind = blocks[len(head) : len(head) + 2]
    if head and len(behind) == 2 and _is_paragraph(behind[0].text.strip()) and FINAL.search(behind[0].text.strip()):
        torn = [border for q in find_quotations(text) if q.torn for border in (q.start, q.end)]
        if bisect_left(torn, behind[0].start) % 2 == 0:
            for number, block in enumerate(head):
                yield Cut("heading" if number else "title", block.start, block.end)


def _is_title(line: str) -> bool:
    """Is a line over a story its title, and not its first sentence?"""
    words = line.count(" ") + 1
    if not 5 <= words <= 15 or len(line) > 120 or FINAL.search(line) or SAYS.search(line):
        return False
    if LIST_ITEM.match(line) or re.search(r"[@#|\\{]|https?:|©", line) or BYLINE.fullmatch(line):
        return False
    return line[0].isupper() or line[0] in OPENING + OPENING_SINGLE + NEUTRAL or line[0].isdigit()


def _bare(line: str) -> str:
    return " ".join(re.findall(r"\w+", line)).casefold()


def find_notices(text: str) -> Iterator[Cut]:
    """Lines by which the page speaks for itself: advertisements, pointers to other stories, who lent a hand."""
    for number, block in enumerate(find_blocks(text)):
        line = block.text.strip()
        if any(mark in line for mark in DOUBLE) and SAID.search(line):
            continue
        if NOTICE.fullmatch(line) or (number and len(line) <= 200 and POINTER.fullmatch(line)):  # no title
            yield Cut("boilerplate", block.start, block.end)


def find_captions(text: str) -> Iterator[Cut]:
    """Captions and credits of pictures. One in which somebody is quoted stays, credit and all."""
    blocks = find_blocks(text)
    quoted = [q.start for q in find_quotations(text)]
    runs = (list(run) for bulleted, run in groupby(blocks, lambda b: bool(BULLET.match(b.text.lstrip()))) if bulleted)
    in_credited_run = {b for run in runs if len(run) <= 4 and any(_is_credit(b.text) for b in run) for b in run}
    twice = {
        b
        for one, other in pairwise(blocks)
        if one.text == other.text and not FINAL.search(one.text)
        for b in (one, other)
    }
    for number, block in enumerate(blocks):
        if block in in_credited_run or block in twice:
            yield Cut("caption", block.start, block.end)
            continue
        is_quoted = bisect_left(quoted, block.start) < bisect_left(quoted, block.end)
        if not is_quoted and _is_caption(block.text.strip(), last=number == len(blocks) - 1):
            yield Cut("caption", block.start, block.end)


def _is_credit(line: str) -> bool:
    words = BULLET.sub("", line.strip(), count=1)
    return bool(
        CAPTION_OPENER.match(words)
        or re.fullmatch(HOUSE, words)
        or BARE_CREDIT.fullmatch(words)
        or CLOSING_CREDIT.search(words)
    )


def _is_caption(line: str, *, last: bool) -> bool:
    words = line.count(" ") + 1
    if BARE_CREDIT.fullmatch(line):
        return words <= 10
    if words <= 60 and CAPTION_OPENER.match(line):
        return True
    credit = CLOSING_CREDIT.search(line)
    if credit is None or words > 70:
        return False
    # the agency's own name in brackets also signs a story at its end
    return not last and bool(re.search(r"\w", line[: credit.start()]))


def find_byline(text: str) -> Iterator[Cut]:
    """Who wrote it, on a line of its own among the first three."""
    for block in find_blocks(text)[:3]:
        if BYLINE.fullmatch(block.text.strip()) and len(block.text) <= 90:
            yield Cut("byline", block.start, block.end)
            return


def find_headings(text: str) -> Iterator[Cut]:
    """Short lines without a final mark between two paragraphs that are whole."""
    blocks = find_blocks(text)
    torn = [border for q in find_quotations(text) if q.torn for border in (q.start, q.end)]
    for before, block, after in zip(blocks, blocks[1:], blocks[2:], strict=False):
        if (
            _is_heading(block.text.strip())
            and _ends_sentence(before.text.strip())
            and _is_paragraph(after.text.strip())
            and bisect_left(torn, block.start) % 2 == 0  # not inside one
        ):
            yield Cut("heading", block.start, block.end)


def _is_heading(line: str) -> bool:
    """Could the line be a heading? One in quotation marks as a whole is one without its marks."""
    quoted = QUOTED.fullmatch(line)
    words = (quoted["inner"] if quoted else line).strip()
    if not words or FINAL.search(words) or FINAL.search(line) or len(line) > 80 or line.count(" ") > 10:
        return False
    if LIST_ITEM.match(words) or re.search(r"[@#|]|https?:|\d:\d\d|©", words) or SAYS.search(words):
        return False
    first = next((char for char in words if char.isalnum()), "")
    return (first.isupper() or first.isdigit()) and bool(re.search(r"[^\W\d_]{2}", words))


def _ends_sentence(line: str) -> bool:
    return bool(re.search(r"[.!?…][\"'”’»)\]]*$|[\"”]$", line))


def _is_paragraph(line: str) -> bool:
    """A line that can follow a heading: long or with a final mark, and not opening in mid-sentence."""
    first = next((char for char in line if char.isalnum()), "")
    return (
        not first.islower()
        and not LIST_ITEM.match(line)
        and len(line) >= 40
        and (len(line) >= 80 or _ends_sentence(line))
    )
