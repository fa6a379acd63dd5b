"""Quotation marks: put back where they slipped, paired in one style, and quotations torn over paragraphs made whole.

Every function is a step: ``AlignedText -> AlignedText``. A paragraph in which a mark is left without a partner is not
touched: which mark is wrong there, nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from transforms.alignment import AlignedText
from transforms.lexicon.characters import CLOSING, NEUTRAL, OPENING
from transforms.quotation import MARK, PARAGRAPH_BREAK, Quotation, find_quotations

#: What a mark of the key is closed with, when a straight one stands in for it, or it for a straight one.
CLOSES = {
    "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    NEUTRAL: NEUTRAL,
}
TEXT_BEFORE = re.compile(r"[\w.,!?…)\]%-]")
STOP_BEFORE = re.compile(r"[.,!?…)]")


def mend_slipped_marks(text: AlignedText) -> AlignedText:
    """A closing mark that slipped behind the blank, or an opening one before it, goes back to its words.

    >>> mend_slipped_marks(AlignedText.of("“We welcome it in certain cases, ”the diplomat said.")).text
    '“We welcome it in certain cases,” the diplomat said.'
    >>> mend_slipped_marks(AlignedText.of('They met in the "Old Mill" and "New Mill" inns.')).text
    'They met in the "Old Mill" and "New Mill" inns.'
    """
    return _in_sound_paragraphs(text, _slips)


def _slips(text: str, q: Quotation) -> Iterator[tuple[int, int, str]]:
    first, last = q.start, q.end - 1
    if re.match(r"[^\S\n]\w", text[first + 1 : first + 3]):
        yield first + 1, first + 2, ""  # “ We
    before = text[last - 2 : last]
    if last - 2 > first and re.fullmatch(r"\S[^\S\n]", before):
        must = STOP_BEFORE if text[last] in NEUTRAL else TEXT_BEFORE
        if must.match(before):
            yield last - 1, last, ""
            if re.match(r"\w", text[q.end : q.end + 1]):
                yield q.end, q.end, " "  # cases, ”the
            return
    if re.match(r"[-–—]\s", text[q.end : q.end + 2]):
        yield q.end, q.end, " "  # ,"- summed up
    elif text[last - 1] in ",.!?" and re.match(r"[^\W\d_]{2}", text[q.end : q.end + 2]):
        yield q.end, q.end, " "  # go,”he said


def pair_marks(text: AlignedText) -> AlignedText:
    """A quotation closes in the style in which it opens.

    >>> pair_marks(AlignedText.of('“No," he said. "Yes,” she said. „Nein“ and «non».')).text
    '“No,” he said. "Yes," she said. „Nein“ and «non».'
    """

    def other_style(whole: str, q: Quotation) -> Iterator[tuple[int, int, str]]:
        opens, closes = whole[q.start], whole[q.end - 1]
        wanted = CLOSES.get(opens, closes)
        if closes != wanted and closes in NEUTRAL + CLOSING + OPENING:
            yield q.end - 1, q.end, wanted

    return _in_sound_paragraphs(text, other_style)


def join_torn_quotations(text: AlignedText) -> AlignedText:
    r"""The paragraphs of one quotation that does not open again in each of them become one paragraph.

    >>> join_torn_quotations(AlignedText.of("“We have little.\n\nIt is not enough,” he said.\n\nHe left.")).text
    '“We have little. It is not enough,” he said.\n\nHe left.'
    >>> join_torn_quotations(AlignedText.of("“One.\n\n“Two,” he said.")).text
    '“One.\n\n“Two,” he said.'
    """
    torn = [q for q in find_quotations(text.text) if q.torn]
    breaks = [m for q in torn for m in PARAGRAPH_BREAK.finditer(text.text, q.start, q.end)]
    return text.edit((m.start(), m.end(), " ") for m in breaks)


def _in_sound_paragraphs(
    text: AlignedText, changes: Callable[[str, Quotation], Iterator[tuple[int, int, str]]]
) -> AlignedText:
    """Apply ``changes`` to the closed double quotations of paragraphs in which every mark has its partner."""
    whole = text.text
    quotations = find_quotations(whole)
    inside = [(q.start, q.end) for q in quotations if q.closed]
    unsound = {paragraph for at, paragraph in _marks_by_paragraph(whole) if not _covered(at, inside)}
    paragraph_of = dict(_marks_by_paragraph(whole))
    sound = [
        q
        for q in quotations
        if q.closed
        and q.end - q.start > 2
        and q.start in paragraph_of
        and not unsound.intersection(range(paragraph_of[q.start], paragraph_of.get(q.end - 1, paragraph_of[q.start]) + 1))
    ]
    return text.edit(change for q in sound for change in changes(whole, q))


def _marks_by_paragraph(text: str) -> list[tuple[int, int]]:
    """Each double mark with the number of its paragraph."""
    found, paragraph = [], 0
    for m in re.finditer(rf"{MARK.pattern}|\n\s*", text):
        if m.group()[0] == "\n":
            paragraph += 1
        else:
            found.append((m.start(), paragraph))
    return found


def _covered(at: int, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in ranges)
