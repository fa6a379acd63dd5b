"""Find what stands around an article on its page: dates over it, signatures under it, lists of other articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, takewhile

from onrecord.transforms.cleaning.blocks import Block, Cut, find_blocks
from onrecord.transforms.cleaning.datelines import AGENCIES_VERBOSE
from onrecord.transforms.cleaning.stamps import YEAR, read_stamp_line
from onrecord.transforms.lexicon.boilerplate import AGENCIES, COMMENT_OPENERS, LIST_OPENERS, MENU_WORDS
from onrecord.transforms.lexicon.patterns import PUNCTUATED_END

#: "… he said. (Yonhap)", "… he said. – AFP": the agency signs at the end.
AGENCY_SIGNATURE = re.compile(
    rf"""
    (?: ^ | (?<=[.!?"”’)]) ) \s*
    (?P<signature>
        [(\[] (?P<bracket>{AGENCIES_VERBOSE}) (?:/[\w ]{{2,20}})? [)\]] \.?
      | [-–—]{{1,2}} \s? (?P<dash>{AGENCIES_VERBOSE}) (?:/\w+)?
      | \([A-Z]{{2,3}}\)                                                # the reporter's initials
      | [(\[] (?i:end|ends) [)\]] | \#\#\# | -30-
    ) $
    """,
    re.VERBOSE,
)
#: A last line that is only the agency's name.
SIGNATURE_LINE = re.compile(rf"[-–—/(\[]?\s?(?P<agency>{AGENCIES})\s?[)\]]?\.?")
CREDITED_AGENCY = re.compile(rf"(?:(?i:source)s?\s?:|^(?:By |BY )?[^,]{{3,60}},) (?:the )?(?P<agency>{AGENCIES})\b")
#: "Page 3 of 7", "- 3 -", "Continued on Page 7", "See PIER, Page A4", "(continued on next page)".
PAGE_SIGN = re.compile(
    r"[-–—(\[ ]*(?:page|pg\.?) ?[A-Z]?-?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?[-–—)\]. ]*|[-–—]+ ?\d{1,3} ?[-–—]+"
    r"|[(\[]?(?:please )?(?:see|turn to|continued?|cont[.’']?d?)\b[^.!?\n]{0,40}?"
    r"\b(?:page|pg\.?|p\.) ?[A-Z]?-?\d{1,4}[)\]. ]*"
    r"|[(\[]?continued? (?:on|from) (?:the )?(?:next|previous|last|back|front) page[)\]. ]*",
    re.IGNORECASE,
)
#: No page is told without one of them.
DIGIT_OR_PAGE = re.compile(r"\d|page", re.IGNORECASE)
PAGE_NUMBER = re.compile(r"(\d{1,4})")
BARE_NUMBER = re.compile(r"\d{1,3}")
#: "The Echo 3", "4 The Echo | Monday": three letters at least, no sentence.
RUNNING_HEAD = re.compile(
    r"(?P<words>[^\W\d_][^\d\n.!?:;,]{2,60}?)[ |·•–—-]{1,5}(?:page )?(?P<number>\d{1,3})"
    r"|(?P<first>\d{1,3})[ |·•–—-]{1,5}(?P<name>[^\W\d_][^\d\n.!?:;,]{2,60})",
    re.IGNORECASE,
)
MAX_PAGE_MARK = 90
COMMENTS_OPENER = re.compile("|".join(COMMENT_OPENERS), re.IGNORECASE)
#: Paragraphs of prose that must stand above comments, and words in a line that counts as one.
MIN_PARAGRAPHS_ABOVE, MIN_PROSE_WORDS = 3, 12
#: Lines of a menu, and how many of them must be known words of menus.
MIN_MENU_LINES, MIN_MENU_WORDS = 3, 2
MAX_MENU_WORD = max(map(len, MENU_WORDS))
END_OF_PROSE = re.compile(r"[!?…:;,\"”»]$|[^.]\b\w{3,}\.$")
LIST_OPENER = re.compile("|".join(LIST_OPENERS), re.IGNORECASE)
#: Among so many first lines, a date that stands alone is that of the page.
MAX_HEAD_LINES = 4
#: Titles in a list of other articles that is followed by more of this one.
MAX_INNER_LIST = 5


def find_page_dates(text: str) -> Iterator[Cut]:
    """Lines with the date of the page: among the first ones, and elsewhere when they are labelled as such."""
    for number, block in enumerate(find_blocks(text)):
        if len(block.text) > 110 or not YEAR.search(block.line):
            continue
        stamps = read_stamp_line(block.line)
        if stamps and (stamps[0].kind != "bare" or number < MAX_HEAD_LINES):
            yield Cut("boilerplate", block.start, block.end)


def find_agency_signature(text: str) -> Iterator[Cut]:
    """The agency's name, the reporter's initials or an end sign after the last sentence, where it is the only one."""
    blocks = find_blocks(text)
    if not blocks:
        return
    last, before = blocks[-1], blocks[-2].line if len(blocks) > 1 else ""
    m = AGENCY_SIGNATURE.search(last.text)
    start = m.start("signature") if m else 0 if SIGNATURE_LINE.fullmatch(last.line) else None
    if start is None or (
        start == 0 and (not before or SIGNATURE_LINE.fullmatch(before) or AGENCY_SIGNATURE.search(before))
    ):
        return
    if not AGENCY_SIGNATURE.search(last.text[:start].rstrip()):
        yield Cut("boilerplate", last.start + start, last.end)


def signing_agency(signature: str) -> str | None:
    """The agency that a cut line names as the source of the article.

    >>> signing_agency("(Yonhap)"), signing_agency("— SPA"), signing_agency("Jane Doe, Reuters")
    ('Yonhap', 'SPA', 'Reuters')
    >>> signing_agency("With files from Reuters")
    """
    signature = signature.strip()
    m = AGENCY_SIGNATURE.search(signature)
    if m and (m["bracket"] or m["dash"]):
        return m["bracket"] or m["dash"]
    m = SIGNATURE_LINE.fullmatch(signature) or CREDITED_AGENCY.search(signature)
    return m["agency"] if m else None


def find_page_marks(text: str) -> Iterator[Cut]:
    """Where printed pages end: their numbers, pointers to others, and the lines that stand over or under each.

    A number alone is that of a page beside other signs of pages only.
    """
    blocks = find_blocks(text)
    likely = [block for block in blocks if len(block.text) <= MAX_PAGE_MARK and DIGIT_OR_PAGE.search(block.line)]
    signs = {block.start for block in likely if PAGE_SIGN.fullmatch(block.line)}
    numbers = {int(m[1]) for block in likely if block.start in signs and (m := PAGE_NUMBER.search(block.text))}
    heads = [(block, _running_head(block.line)) for block in likely]
    repeated = Counter(head[0] for _, head in heads if head)
    for block, head in heads:
        is_head = head and (repeated[head[0]] > 1 or (block is blocks[0] and head[1] in numbers))
        if block.start in signs or is_head or (signs and BARE_NUMBER.fullmatch(block.line)):
            yield Cut("boilerplate", block.start, block.end)


def _running_head(line: str) -> tuple[str, int] | None:
    """The words and the number of a line that is nothing but a name and the number of a page, in either order."""
    m = RUNNING_HEAD.fullmatch(line) if line[0].isdigit() or line[-1].isdigit() else None
    return ((m["words"] or m["name"]).casefold(), int(m["number"] or m["first"])) if m else None


def find_related_links(text: str) -> Iterator[Cut]:
    """Lists of other articles with the line that opens each: titles, up to the end or to the next paragraph."""
    blocks = find_blocks(text)
    for number, block in enumerate(blocks):
        if number and LIST_OPENER.fullmatch(block.line):
            titles = list(takewhile(_is_linked_title, blocks[number + 1 :]))
            at_end = number + 1 + len(titles) == len(blocks)
            if titles and (at_end or len(titles) <= MAX_INNER_LIST):
                yield from (Cut("boilerplate", line.start, line.end) for line in (block, *titles))


def find_menus(text: str) -> Iterator[Cut]:
    """Menus of the page: runs of lines of a few words, some of which are known words of menus."""
    blocks = find_blocks(text)
    menu_words = {block.start for block in blocks if len(block.line) <= MAX_MENU_WORD and _is_menu_word(block.line)}
    if len(menu_words) < MIN_MENU_WORDS:
        return
    for is_short, run in groupby(blocks, _is_menu_entry):
        lines = list(run)
        n_menu_words = sum(line.start in menu_words for line in lines)
        if (
            is_short
            and len(lines) >= MIN_MENU_LINES
            and n_menu_words >= MIN_MENU_WORDS
            and n_menu_words * 4 >= len(lines)
        ):
            yield from (Cut("boilerplate", line.start, line.end) for line in lines)


def _is_menu_word(line: str) -> bool:
    return line.casefold() in MENU_WORDS


def _is_menu_entry(block: Block) -> bool:
    line = block.line
    return len(line) <= 30 and line.count(" ") <= 2 and not END_OF_PROSE.search(line)


def find_comments(text: str) -> Iterator[Cut]:
    """The comments of readers under the article, to the end of the page; there must be an article above them."""
    blocks = find_blocks(text)
    paragraphs = 0
    for number, block in enumerate(blocks):
        if paragraphs >= MIN_PARAGRAPHS_ABOVE and COMMENTS_OPENER.fullmatch(block.line):
            yield from (Cut("boilerplate", line.start, line.end) for line in blocks[number:])
            return
        if paragraphs < MIN_PARAGRAPHS_ABOVE:
            paragraphs += block.text.count(" ") + 1 >= MIN_PROSE_WORDS


def _is_linked_title(block: Block) -> bool:
    """Could the line be the title of another article?"""
    line = block.line
    return len(line) <= 160 and not PUNCTUATED_END.search(line) and not LIST_OPENER.fullmatch(line)
