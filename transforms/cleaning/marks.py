"""Fix quotation marks: put back where they slipped, paired in one style, quotations torn over paragraphs joined.

Every function is a step: ``AlignedText -> AlignedText``. But for ``restore_opening_marks``, which looks for one kind of
them, a paragraph in which a mark is left without a partner is not touched: which mark is wrong there is not sure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import lru_cache

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.lexicon.characters import CLOSING, DOUBLE, NEUTRAL, OPENING
from onrecord.transforms.lexicon.cues import reports_speech
from onrecord.transforms.lexicon.people import TITLES
from onrecord.transforms.quotation import MARK, PARAGRAPH_BREAK, Quotation, find_quotations

#: What a mark of the key is closed with, when a straight one stands in for it, or it for a straight one.
CLOSING_MARK_OF = {
    "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    NEUTRAL: NEUTRAL,
}
Changes = Callable[[str, Quotation], Iterator[tuple[int, int, str]]]
TEXT_BEFORE = re.compile(r"[\w.,!?…)\]%-]")
SPACE_AND_WORD = re.compile(r"[^\S\n]\w")
SPACE_AT_END = re.compile(r"\S[^\S\n]")
DASH_AND_SPACE = re.compile(r"[-–—]\s")
TWO_LETTERS = re.compile(r"[^\W\d_]{2}")
STOP_BEFORE = re.compile(r"[.,!?…)]")
#: A quotation, a sentence's end that says who speaks, and a last mark that nothing opens.
UNOPENED = re.compile(
    rf"""
    ^ (?: [^\n]* [^\S\n] )?
    (?P<quoted> [{OPENING}{NEUTRAL}] [^\n{DOUBLE}]+ [,?!] [{CLOSING}{NEUTRAL}] )
    (?P<tag> [^\S\n] [^\n.{DOUBLE}]{{3,80}} ) [.] [^\S\n]
    (?P<goes_on> (?=[A-Z]) [^\n{DOUBLE}]+ [.?!…] ) [{CLOSING}{NEUTRAL}] $
    """,
    re.MULTILINE | re.VERBOSE,
)
#: Only the speaker says "I" in what goes on, and it does not begin with "He", "She" or "They".
FIRST_PERSON = re.compile(r"(?!(?:He|She|They)\b).*\b(?:I|[Ww]e|[Mm]y|[Oo]ur|me|us)\b", re.DOTALL)


def fix_slipped_marks(text: AlignedText) -> AlignedText:
    """Move a closing mark that slipped after the blank, or an opening one before it, back to its words.

    >>> fix_slipped_marks(AlignedText.of("“We welcome it in certain cases, ”the diplomat said.")).text
    '“We welcome it in certain cases,” the diplomat said.'
    >>> fix_slipped_marks(AlignedText.of('They met in the "Old Mill" and "New Mill" inns.')).text
    'They met in the "Old Mill" and "New Mill" inns.'
    """
    return _edit_in_sound_paragraphs(text, _slipped_mark_changes)


def _slipped_mark_changes(text: str, q: Quotation) -> Iterator[tuple[int, int, str]]:
    first, last = q.start, q.end - 1
    if text[last] in OPENING and _looks_opening(text, last):
        return
    if SPACE_AND_WORD.match(text, first + 1):
        yield first + 1, first + 2, ""  # “ We
    before = text[last - 2 : last]
    if last - 2 > first and SPACE_AT_END.match(before):
        required = STOP_BEFORE if text[last] in NEUTRAL else TEXT_BEFORE
        if required.match(before):
            yield last - 1, last, ""
            if re.match(r"\w", text[q.end : q.end + 1]):
                yield q.end, q.end, " "  # cases, ”the
            return
    if DASH_AND_SPACE.match(text, q.end):
        yield q.end, q.end, " "  # ,"- summed up
    elif text[last - 1] in ",.!?" and TWO_LETTERS.match(text, q.end):
        yield q.end, q.end, " "  # go,”he said


def restore_opening_marks(text: AlignedText) -> AlignedText:
    """Put in the opening mark of a quotation that goes on, after who says it, to the end of its paragraph.

    >>> restore_opening_marks(AlignedText.of('"We tried," Ana Ruiz said. It was late. We went home."')).text
    '"We tried," Ana Ruiz said. "It was late. We went home."'
    """
    whole = text.text
    quotations = {(q.start, q.end) for q in find_quotations(whole)}
    if not quotations:
        return text
    ends = {end for _, end in quotations}
    return text.edit(
        (m.start("goes_on"), m.start("goes_on"), m["quoted"][0])
        for m in UNOPENED.finditer(whole)
        if m.span("quoted") in quotations
        and m.end() not in ends
        and _names_speaker(m["tag"])
        and FIRST_PERSON.match(m["goes_on"])
    )


def _names_speaker(tag: str) -> bool:
    """Whether words say that somebody speaks, and end with no title or initial, whose stop would end no sentence."""
    last = tag.split()[-1].lower()
    return reports_speech(tag) and len(last) > 1 and last not in TITLES


def match_closing_marks(text: AlignedText) -> AlignedText:
    """Close a quotation in the style in which it opens.

    >>> match_closing_marks(AlignedText.of('“No," he said. "Yes,” she said. „Nein“ and «non».')).text
    '“No,” he said. "Yes," she said. „Nein“ and «non».'
    """

    def closing_mark_changes(whole: str, q: Quotation) -> Iterator[tuple[int, int, str]]:
        opens, closes = whole[q.start], whole[q.end - 1]
        wanted = CLOSING_MARK_OF.get(opens, closes)
        if closes != wanted and not _looks_opening(whole, q.end - 1):
            yield q.end - 1, q.end, wanted

    return _edit_in_sound_paragraphs(text, closing_mark_changes)


def join_torn_quotations(text: AlignedText) -> AlignedText:
    r"""Join the paragraphs of one quotation that does not open again in each of them.

    >>> join_torn_quotations(AlignedText.of("“We have little.\n\nIt is not enough,” he said.\n\nHe left.")).text
    '“We have little. It is not enough,” he said.\n\nHe left.'
    >>> join_torn_quotations(AlignedText.of("“One.\n\n“Two,” he said.")).text
    '“One.\n\n“Two,” he said.'
    """
    torn = [q for q in find_quotations(text.text) if q.torn and not _looks_opening(text.text, q.end - 1)]
    breaks = [m for q in torn for m in PARAGRAPH_BREAK.finditer(text.text, q.start, q.end)]
    return text.edit((m.start(), m.end(), " ") for m in breaks)


def _looks_opening(text: str, at: int) -> bool:
    """Does the mark stand before a word and after a blank? As a closing mark it is not to be trusted then."""
    return text[at - 1 : at].isspace() and text[at + 1 : at + 2].isalnum()


def _edit_in_sound_paragraphs(text: AlignedText, changes: Changes) -> AlignedText:
    """Apply ``changes`` to the closed double quotations that lie in paragraphs where every mark has its partner."""
    whole = text.text
    return text.edit(change for q in _sound_quotations(whole) for change in changes(whole, q))


@lru_cache(maxsize=2)
def _sound_quotations(text: str) -> tuple[Quotation, ...]:
    closed = [q for q in find_quotations(text) if q.closed]
    likely = [q for q in closed if q.end - q.start > 2 and text[q.start] in DOUBLE]
    if not likely:
        return ()
    breaks = [m.start() for m in re.finditer("\n+", text)]
    borders = [border for q in closed for border in (q.start, q.end)]  # a mark behind an odd number of them is inside
    marks = [m.start() for m in MARK.finditer(text)]
    unsound = {bisect_right(breaks, mark) for mark in marks if bisect_right(borders, mark) % 2 == 0}
    if not unsound:
        return tuple(likely)
    return tuple(
        q
        for q in likely
        if unsound.isdisjoint(range(bisect_right(breaks, q.start), bisect_right(breaks, q.end - 1) + 1))
    )
