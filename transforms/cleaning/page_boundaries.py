"""What stands around a story on its page: dates over it, signatures under it, lists of other stories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, takewhile

from onrecord.transforms.cleaning.blocks import FINAL, Block, Cut, find_blocks
from onrecord.transforms.cleaning.datelines import MONTH
from onrecord.transforms.lexicon.boilerplate import AGENCIES, COMMENT_OPENERS, LIST_OPENERS, MENU_WORDS

HOUSES = AGENCIES.replace(" ", "[ ]")  # blanks count for nothing in a verbose pattern
#: "… he said. (Yonhap)", "… he said. – AFP": the agency signs at the end.
SIGNATURE = re.compile(
    rf"""
    (?: ^ | (?<=[.!?"”’)]) ) \s*
    (?P<sign>
        [(\[] (?P<bracket>{HOUSES}) (?:/[\w ]{{2,20}})? [)\]] \.?
      | [-–—]{{1,2}} \s? (?P<dash>{HOUSES}) (?:/\w+)?
      | \([A-Z]{{2,3}}\)                                                # the reporter's initials
      | [(\[] (?i:end|ends) [)\]] | \#\#\# | -30-
    ) $
    """,
    re.VERBOSE,
)
#: A last line that is only the agency's name.
SIGNED = re.compile(rf"[-–—/(\[]?\s?(?P<agency>{AGENCIES})\s?[)\]]?\.?")
OF_AGENCY = re.compile(rf"(?:(?i:source)s?\s?:|^(?:By |BY )?[^,]{{3,60}},) (?:the )?(?P<agency>{AGENCIES})\b")
CLOCK = (
    r"\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[AaPp]\.?[Mm]\.?)?(?:\s?(?:GMT|UTC|IST|[A-Z]{2,4}T|ET"
    r"|PT))?(?:\s?\([^()]{2,12}\))?"
)
DAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s)?"
DATE = (
    rf"{DAY}(?:{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s{MONTH},?\s\d{{4}}"
    r"|\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})"
)
DATED = re.compile(
    rf"(?P<label>(?i:(?:first |last |originally )?(?:published|posted|updated|modified|created|date|on)(?: (?:on"
    rf"|at))?\s?:?\s)?)"
    rf"(?:{CLOCK},?\s)?{DATE}(?:(?:,|\sat|\s?[|–-]|\sT)?\s?{CLOCK})?(?:\s?[|/–,-]\s?(?i:updated|last"
    rf" updated)?:?\s?(?:{DATE})?,?\s?(?:{CLOCK})?)?",
)
COMMENTS = re.compile("|".join(COMMENT_OPENERS), re.IGNORECASE)
#: So many paragraphs must stand before comments, and so many words are in a paragraph of prose.
STORY, PROSE = 3, 12
#: A menu has so many lines, and so many of them are words of menus.
MENU, TELLING = 3, 2
OPENER = re.compile("|".join(LIST_OPENERS), re.IGNORECASE)
#: Among the first lines of a story, a date that stands alone is that of the page.
HEAD = 4
#: A list of other stories that is followed by more of this one is no longer than this.
LONGEST_LIST = 5


def find_page_dates(text: str) -> Iterator[Cut]:
    """Lines that say when the page was made: among the first ones, and elsewhere when they say so."""
    for number, block in enumerate(find_blocks(text)):
        m = DATED.fullmatch(block.text.strip(" |•")) if len(block.text) <= 110 else None
        if m and (m["label"] or number < HEAD):
            yield Cut("boilerplate", block.start, block.end)


def find_agency_signature(text: str) -> Iterator[Cut]:
    """The agency's name, the reporter's initials or an end sign behind the last sentence; of several, none is sure."""
    blocks = find_blocks(text)
    if not blocks:
        return
    last, before = blocks[-1], blocks[-2].text.strip() if len(blocks) > 1 else ""
    m = SIGNATURE.search(last.text)
    start = m.start("sign") if m else 0 if SIGNED.fullmatch(last.text.strip()) else None
    if start is None or (start == 0 and (not before or SIGNED.fullmatch(before) or SIGNATURE.search(before))):
        return
    if not SIGNATURE.search(last.text[:start].rstrip()):
        yield Cut("boilerplate", last.start + start, last.end)


def signing_agency(piece: str) -> str | None:
    """The agency that a cut piece names as where the story comes from.

    >>> signing_agency("(Yonhap)"), signing_agency("— SPA"), signing_agency("Jane Doe, Reuters")
    ('Yonhap', 'SPA', 'Reuters')
    >>> signing_agency("With files from Reuters")
    """
    piece = piece.strip()
    m = SIGNATURE.search(piece)
    if m and (m["bracket"] or m["dash"]):
        return m["bracket"] or m["dash"]
    m = SIGNED.fullmatch(piece) or OF_AGENCY.search(piece)
    return m["agency"] if m else None


def find_related_links(text: str) -> Iterator[Cut]:
    """A list of other stories with the line that opens it: titles, up to the end or to the next paragraph."""
    blocks = find_blocks(text)
    for number, block in enumerate(blocks):
        if number and OPENER.fullmatch(block.text.strip()):
            titles = list(takewhile(_is_title, blocks[number + 1 :]))
            at_end = number + 1 + len(titles) == len(blocks)
            if titles and (at_end or len(titles) <= LONGEST_LIST):
                for one in (block, *titles):
                    yield Cut("boilerplate", one.start, one.end)


def find_menus(text: str) -> Iterator[Cut]:
    """Runs of lines of a word or a few that are the page's menu: some of them stand in menus everywhere."""
    for is_short, run in groupby(find_blocks(text), _is_entry):
        lines = list(run)
        telling = sum(line.text.strip().casefold() in MENU_WORDS for line in lines)
        if is_short and len(lines) >= MENU and telling >= TELLING and telling * 4 >= len(lines):
            yield from (Cut("boilerplate", line.start, line.end) for line in lines)


def _is_entry(block: Block) -> bool:
    line = block.text.strip()
    return line.count(" ") <= 2 and len(line) <= 30 and not re.search(r"[!?…:;,\"”»]$|[^.]\b\w{3,}\.$", line)


def find_comments(text: str) -> Iterator[Cut]:
    """What readers have written under the story, to the end of the page; there must be a story above it."""
    blocks = find_blocks(text)
    prose = 0
    for number, block in enumerate(blocks):
        if prose >= STORY and COMMENTS.fullmatch(block.text.strip()):
            yield from (Cut("boilerplate", one.start, one.end) for one in blocks[number:])
            return
        prose += block.text.count(" ") + 1 >= PROSE


def _is_title(block: Block) -> bool:
    line = block.text.strip()
    return len(line) <= 160 and not FINAL.search(line) and not OPENER.fullmatch(line)
