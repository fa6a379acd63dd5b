"""Find what is no part of the article's body, line by line: captions, credits, headings, bylines, notices of the page.

Each finder takes the text as it stands and yields the spans to cut. When in doubt, a line stays in the body.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise, takewhile
from typing import NamedTuple

from onrecord.transforms.cleaning.bylines import MAX_BYLINE_CHARS, is_byline, read_byline
from onrecord.transforms.cleaning.stamps import read_stamp_line
from onrecord.transforms.lexicon.boilerplate import (
    AGENCIES,
    CAPTION_OPENERS,
    NOTICE_ENDINGS,
    NOTICE_OPENERS,
    NOTICES,
    PICTURE_SOURCES,
    POINTERS,
)
from onrecord.transforms.lexicon.characters import CLOSING, CLOSING_SINGLE, DOUBLE, NEUTRAL, OPENING, OPENING_SINGLE
from onrecord.transforms.lexicon.patterns import PUNCTUATED_END, SENTENCE_END, WORD
from onrecord.transforms.quotation import find_quotations
from onrecord.transforms.records import SegmentKind

BULLETS = ("•", "·", "▪", "‣")
BULLET = re.compile(rf"[{''.join(BULLETS)}]\s*")
CREDIT_SOURCE = rf"(?:{AGENCIES}|{PICTURE_SOURCES})".replace(" ", r"[ ]")
#: "(Haweya Fadal/CBC)", "(CBC)", "( AP Photo / Jo Doe )" at the end of a line.
CLOSING_CREDIT = re.compile(
    rf"""
    \(\s* (?: (?:[^()/|]{{2,60}}[/|,]\s*)? {CREDIT_SOURCE} (?:\s*(?:[/|]|via)\s*[^()]{{2,40}})?
          | (?i:photo|file\ photo|courtesy)\b[^()]{{0,80}} )
    \s*\)$
    """,
    re.VERBOSE,
)
#: "Getty/Instagram.", "REUTERS/Jim Young", "Jim Young/Reuters": nothing else in the line.
BARE_CREDIT = re.compile(
    rf"(?:{CREDIT_SOURCE}\s*[/|]\s*[^\s/|][^/|.!?\n]{{1,40}}|[A-Z][^/|.!?\n]{{1,40}}\s*[/|]\s*{CREDIT_SOURCE})\.?"
)
CAPTION_OPENER = re.compile("|".join(CAPTION_OPENERS), re.IGNORECASE)
NOTICE = re.compile("|".join(NOTICES), re.IGNORECASE)
NOTICE_ENDING = re.compile("|".join(NOTICE_ENDINGS.values()), re.IGNORECASE)
#: The first word of a line, behind marks and digits, up to a mark or an accent.
FIRST_LETTERS = re.compile("[A-Za-z]+")
POINTER = re.compile(rf"(?:{POINTERS}|(?i:read more|read also|also read|watch|related))\s*[:|»–—]\s*\S.*")
#: "Phones used to help, the maker says": a heading that ends with who says so is left to the reader model.
ATTRIBUTION_AT_END = re.compile(r",[^,]*\b(?:says?|said|according to|warns?|claims?|finds?)\b[^,]*$", re.IGNORECASE)
#: Somebody is quoted: the line is no notice.
SPEECH_VERB = re.compile(r"\b(?:said|says|told|wrote)\b")
#: How an item of a list begins: no headline, heading or paragraph does.
LIST_ITEM = re.compile(r"\(?\d{1,3}[.)]|[-–—*+>•]|[a-z][.)]\s")
QUOTED_LINE = re.compile(
    rf"[{OPENING}{NEUTRAL}{OPENING_SINGLE}'](?P<inner>.+)[{CLOSING}{NEUTRAL}{OPENING}{CLOSING_SINGLE}']"
)


#: An address, a time, a sign of the page.
NOT_IN_HEADING = re.compile(r"[@#|]|https?:|\d:\d\d|©")
MAX_HEADING_CHARS = 80
#: A title, a line under it, and one over it.
MAX_HEADLINE_LINES = 3
#: The byline is one of so many first lines.
MAX_BYLINE_LINE = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """``text[start:end]`` is no body text but of this kind."""

    kind: SegmentKind
    start: int
    end: int


class Block(NamedTuple):  # a long text has very many, and they are made anew whenever it changes
    """One line that is not empty, and where it stands; ``line`` is its text without white space around it."""

    start: int
    end: int
    text: str
    line: str


@lru_cache(maxsize=2)  # most steps find the text as the step before left it
def find_blocks(text: str) -> tuple[Block, ...]:
    """The lines that are not empty, in order."""
    blocks: list[Block] = []
    at = 0
    for whole in text.split("\n"):
        end = at + len(whole)
        if line := whole.strip():
            blocks.append(Block(at, end, whole, line))
        at = end + 1
    return tuple(blocks)


@lru_cache(maxsize=2)
def find_lines(text: str) -> tuple[str, ...]:
    """The same lines, as they are."""
    return tuple(block.text for block in find_blocks(text))


def find_title(text: str, title: str | None) -> Iterator[Cut]:
    """The first line, where it repeats the title that came with the record."""
    title_words = _folded_words(title or "")
    for block in find_blocks(text)[:1] if title_words else ():
        if _folded_words(block.text) == title_words:
            yield Cut("title", block.start, block.end)


def find_headline(text: str) -> Iterator[Cut]:
    """The title over the article, and what stands under it: lines of five words and more that end in no mark.

    A shorter line may be a place, a name or the article's first words, so it stays (and is flagged).
    """
    blocks = find_blocks(text)
    headline = list(takewhile(lambda block: _is_headline(block.line), blocks[:MAX_HEADLINE_LINES]))
    following = blocks[len(headline) : len(headline) + 2]
    if not headline or len(following) < 2:
        return
    first = following[0].line
    if _is_paragraph(first) and PUNCTUATED_END.search(first):
        torn_borders = [border for q in find_quotations(text) if q.torn for border in (q.start, q.end)]
        if bisect_left(torn_borders, following[0].start) % 2 == 0:  # not inside one
            for number, block in enumerate(headline):
                yield Cut("heading" if number else "title", block.start, block.end)


def _is_headline(line: str) -> bool:
    """Is a line at the head of an article its title, and not its first sentence?"""
    words = line.count(" ") + 1
    if not 5 <= words <= 15 or len(line) > 120 or PUNCTUATED_END.search(line) or ATTRIBUTION_AT_END.search(line):
        return False
    if LIST_ITEM.match(line) or re.search(r"[@#|\\{]|https?:|©", line) or is_byline(line):
        return False
    return line[0].isupper() or line[0] in OPENING + OPENING_SINGLE + NEUTRAL or line[0].isdigit()


def _folded_words(line: str) -> str:
    """The words of a line without marks and letter case."""
    return " ".join(WORD.findall(line)).casefold()


def find_notices(text: str) -> Iterator[Cut]:
    """Notices of the page: advertisements, pointers to other articles, who contributed."""
    folded = text.casefold()
    is_notice = _is_any_notice if any(words in folded for words in NOTICE_ENDINGS) else _is_opened_notice
    for number, block in enumerate(find_blocks(text)):
        line = block.line
        # the first line may be a title that looks like a pointer
        can_be = is_notice(line) or (number and len(line) <= 200 and POINTER.fullmatch(line))
        if can_be and not (SPEECH_VERB.search(line) and any(mark in line for mark in DOUBLE)):
            yield Cut("boilerplate", block.start, block.end)


def _is_opened_notice(line: str) -> bool:
    """Is the line a notice that is known by its first word? Few lines open with one, and to try all takes long."""
    opener = FIRST_LETTERS.search(line)
    has_sign = line.startswith("[") or "|" in line or "©" in line
    can_be = has_sign or opener is None or opener.group().casefold() in NOTICE_OPENERS
    return can_be and bool(NOTICE.fullmatch(line))


def _is_any_notice(line: str) -> bool:
    return _is_opened_notice(line) or bool(NOTICE_ENDING.fullmatch(line))


def find_captions(text: str) -> Iterator[Cut]:
    """Captions and credits of pictures. One in which somebody is quoted stays, credit and all."""
    blocks = find_blocks(text)
    captions = {*_listed_captions(blocks)} if any(bullet in text for bullet in BULLETS) else set()
    captions |= {
        start
        for block, following in pairwise(blocks)
        if block.text == following.text and not PUNCTUATED_END.search(block.text)
        for start in (block.start, following.start)
    }
    likely = [block for block in blocks if _is_caption(block.line, last=block is blocks[-1])]
    quotation_starts = [q.start for q in find_quotations(text)] if likely else []
    captions |= {
        block.start
        for block in likely
        if bisect_left(quotation_starts, block.start) == bisect_left(quotation_starts, block.end)
    }
    if captions:
        yield from (Cut("caption", block.start, block.end) for block in blocks if block.start in captions)


def _listed_captions(blocks: Sequence[Block]) -> Iterator[int]:
    """Where the items of lists stand that have a credit among them; a caption has few items."""
    runs = (list(run) for bulleted, run in groupby(blocks, lambda b: b.line.startswith(BULLETS)) if bulleted)
    return (b.start for run in runs if len(run) <= 4 and any(_is_credit(b.line) for b in run) for b in run)


def _is_credit(line: str) -> bool:
    words = BULLET.sub("", line, count=1)
    return bool(
        CAPTION_OPENER.match(words)
        or re.fullmatch(CREDIT_SOURCE, words)
        or BARE_CREDIT.fullmatch(words)
        or CLOSING_CREDIT.search(words)
    )


def _is_caption(line: str, *, last: bool) -> bool:
    has_bar = "/" in line or "|" in line
    if has_bar and BARE_CREDIT.fullmatch(line):
        return line.count(" ") < 10
    if CAPTION_OPENER.match(line) and line.count(" ") < 60:
        return True
    credit = CLOSING_CREDIT.search(line) if line.endswith(")") else None
    if credit is None or line.count(" ") >= 70:
        return False
    # the agency's own name in brackets also signs an article at its end
    return not last and bool(re.search(r"\w", line[: credit.start()]))


def find_byline(text: str) -> Iterator[Cut]:
    """The byline: who wrote it, on a line of its own among the first, or among the last.

    With it go the jobs under it, and a short title over it, which nothing but a byline shows to be one.
    """
    blocks = find_blocks(text)
    for number, block in enumerate(blocks[:MAX_BYLINE_LINE]):
        if is_byline(block.line) or _is_placed_byline(blocks, number):
            if read_byline(block.line).opened:
                yield from _title_over_byline(blocks[:number])
            more = takewhile(_goes_with_byline, blocks[number + 1 :])
            yield from (Cut("byline", line.start, line.end) for line in (block, *more))
            return
    for block in blocks[max(MAX_BYLINE_LINE, len(blocks) - 2) :]:
        if is_byline(block.line) and read_byline(block.line).opened:
            yield Cut("byline", block.start, block.end)
            return


def _goes_with_byline(block: Block) -> bool:
    line = block.line
    return len(line) <= MAX_BYLINE_CHARS and (is_byline(line) or read_byline(line).is_aside)


def _title_over_byline(above: Sequence[Block]) -> Iterator[Cut]:
    """The lines over a byline as the title, where they are one line, or one that goes on in a second."""
    title = " ".join(block.line for block in above)
    is_one = len(above) == 1 or (len(above) == 2 and above[1].text.lstrip()[:1].islower())
    if is_one and 2 <= title.count(" ") <= 15 and _is_heading_like(title):
        yield Cut("title", above[0].start, above[-1].end)


def _is_heading_like(line: str) -> bool:
    return not (PUNCTUATED_END.search(line) or LIST_ITEM.match(line) or line[0].islower() or re.search(r"[@|]", line))


def _is_placed_byline(blocks: Sequence[Block], number: int) -> bool:
    """Is a line with names alone a byline where it stands: the reporter's place is told, or a day or contact beside it?

    In the first line, a place or a day may be the title's: "Ada Finn in Oslo".
    """
    if len(blocks[number].text) > MAX_BYLINE_CHARS:
        return False
    byline = read_byline(blocks[number].line)
    around = [blocks[at].line for at in (number - 1, number + 1) if 0 <= at < len(blocks)]
    beside = [line for line in around if len(line) <= MAX_BYLINE_CHARS]
    is_dated = byline.is_known_person and any(map(read_stamp_line, beside))
    has_contact = any(aside.is_aside and aside.contact for aside in map(read_byline, beside))
    return byline.kinds == {"person"} and ((number > 0 and (byline.located or is_dated)) or has_contact)


def find_headings(text: str) -> Iterator[Cut]:
    """Short lines without a final mark between two whole paragraphs."""
    blocks = find_blocks(text)
    likely = [
        block
        for before, block, after in zip(blocks, blocks[1:], blocks[2:], strict=False)
        if len(block.line) <= MAX_HEADING_CHARS
        and _is_paragraph(after.line)
        and SENTENCE_END.search(before.line)
        and _is_heading(block.line)
    ]
    torn_borders = [border for q in find_quotations(text) if q.torn for border in (q.start, q.end)] if likely else []
    for block in likely:
        if bisect_left(torn_borders, block.start) % 2 == 0:  # not inside one
            yield Cut("heading", block.start, block.end)


def _is_heading(line: str) -> bool:
    """Could the line be a heading? One that is quoted as a whole is judged without its quotation marks."""
    if PUNCTUATED_END.search(line) or line.count(" ") > 10:
        return False
    quoted = QUOTED_LINE.fullmatch(line)
    words = (quoted["inner"] if quoted else line).strip()
    if not words or PUNCTUATED_END.search(words):
        return False
    if LIST_ITEM.match(words) or NOT_IN_HEADING.search(words) or ATTRIBUTION_AT_END.search(words):
        return False
    first = next((char for char in words if char.isalnum()), "")
    return (first.isupper() or first.isdigit()) and bool(re.search(r"[^\W\d_]{2}", words))


def _is_paragraph(line: str) -> bool:
    """A line that can follow a heading: long or with a final mark, and not opening in mid-sentence."""
    if len(line) < 40 or (len(line) < 80 and not SENTENCE_END.search(line)):
        return False
    first = next((char for char in line if char.isalnum()), "")
    return not first.islower() and not LIST_ITEM.match(line)
