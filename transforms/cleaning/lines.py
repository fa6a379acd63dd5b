"""Characters and lines: line ends, blanks, lines torn apart, parentheses whose link text was cut out.

Every function is a step: ``AlignedText -> AlignedText``. Each leaves alone what it is not sure about.
"""

from __future__ import annotations

import re
from itertools import pairwise

from transforms.alignment import AlignedText

#: What ends a sentence, with the marks and brackets that may close behind it.
FINAL = re.compile(r"[.!?…:;][\"'”’»)\]]*$|[”\"]$")
LINE_END = re.compile("\r\n|[\r\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\N{ZERO WIDTH NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{SOFT HYPHEN}]"
)
#: Blanks that are not as they should be: at an end of a line, more than one, or not the plain kind.
BLANKS = re.compile(r"(?m)(?P<outer>^[^\S\n]++|[^\S\n]++$)|[^\S\n]{2,}+|[^\S\n ]")
LINE = re.compile(r"[^\n]+")
NEWLINE = re.compile("\n")
WRAPPED = re.compile(r"(?m)^[^\n]++(?:\n[^\n]++){2,}")
BREAK = re.compile(r"\s*\n\s*")

#: The first letter of a story in a larger type, left behind at the end of a line: "… in the state. T", "his means".
DROPPED_CAPITAL = re.compile(r"(?:^|[.!?…][\"”]?\s)[B-HJ-NP-Z]$")

FREE_COMMA = re.compile(r"(?<=\w)[^\S\n]+,(?=[\s\"”’])")

#: A parenthesis whose last words were a link that got lost: a dash is left, and the closing bracket stands elsewhere.
TORN_PARENTHESIS = re.compile(
    r"""
    \( (?P<inner>[^()\n]{1,160}?)
    (?:
        (?: \.? [^\S\n]+ [-–—] )? [^\S\n]* \n\s*   # "(US state -", "(about 170 billion rubles. -"; the bracket below
      | (?<!\d) \.? [^\S\n]+ [-–—] [^\S\n]*        # the same in one line; but "(2010 - )" is a span of years
    ) \)
    """,
    re.VERBOSE,
)
#: The same, with the closing bracket lost as well: the line ends in the dash and the sentence goes on below.
OPEN_PARENTHESIS = re.compile(
    r"""
    \( (?P<inner>[^()\n]{1,160}?)
    (?P<lost> \.? [^\S\n]+ [-–—] [^\S\n]* \n\s* )
    (?= [a-z][^()\n]*(?:\n|$|\() )  # no bracket closes later in that line
    """,
    re.VERBOSE,
)


def normalise_line_ends(text: AlignedText) -> AlignedText:
    r"""Every kind of line end becomes ``\n``.

    >>> normalise_line_ends(AlignedText.of("a\r\nb\rc")).text
    'a\nb\nc'
    """
    return text.sub(LINE_END, "\n")


def drop_invisible(text: AlignedText) -> AlignedText:
    """Byte-order marks, zero-width blanks, soft hyphens and control characters go; joiners of emoji stay."""
    return text.sub(INVISIBLE, "")


def squeeze_blanks(text: AlignedText) -> AlignedText:
    r"""A run of blanks becomes one; none is left at the ends of a line.

    >>> squeeze_blanks(AlignedText.of("  a \N{NO-BREAK SPACE}b\t\nc ")).text
    'a b\nc'
    """
    return text.sub(BLANKS, lambda run: "" if run["outer"] is not None else " ")


def tie_commas(text: AlignedText) -> AlignedText:
    """A comma that stands free between two blanks goes to the word before it.

    >>> tie_commas(AlignedText.of("in certain cases , he said")).text
    'in certain cases, he said'
    """
    return text.sub(FREE_COMMA, ",")


def unwrap_lines(text: AlignedText) -> AlignedText:
    r"""A block of hard-wrapped lines becomes one line: three or more, all but the last about equally long.

    >>> wrapped = "one line that is wrapped at forty\nsigns, in the manner of a file of\nlong ago."
    >>> unwrap_lines(AlignedText.of(wrapped)).text
    'one line that is wrapped at forty signs, in the manner of a file of long ago.'
    """
    breaks: list[tuple[int, int, str]] = []
    for block in WRAPPED.finditer(text.text):
        if _is_wrapped(block.group().split("\n")):
            breaks += ((m.start(), m.end(), " ") for m in NEWLINE.finditer(text.text, *block.span()))
    return text.edit(breaks)


def _is_wrapped(lines: list[str]) -> bool:
    """All but the last end where the next word would not have fitted, and many of them in mid-sentence."""
    width = max(map(len, lines))
    full = all(len(line) + 1 + len(after.split(" ", 1)[0]) >= width - 3 for line, after in pairwise(lines))
    torn = sum(not FINAL.search(line) and after[0].islower() for line, after in pairwise(lines))
    return 30 <= width <= 120 and full and torn * 3 >= len(lines) - 1


def rejoin_lines(text: AlignedText) -> AlignedText:
    r"""A sentence torn in two lines becomes one: no final mark above, and below a small letter or a stray mark.

    >>> rejoin_lines(AlignedText.of("The money for all of the region was allocated\n\nto help it.")).text
    'The money for all of the region was allocated to help it.'
    >>> rejoin_lines(AlignedText.of("apples\npears")).text
    'apples\npears'
    """
    lines = list(LINE.finditer(text.text))
    joins: list[tuple[int, int, str]] = []
    for above, below in pairwise(lines):
        if _is_torn(above.group(), below.group(), after_join=bool(joins) and joins[-1][1] == above.start()):
            glue = "" if below.group()[0] in ",;.)" or DROPPED_CAPITAL.search(above.group()) else " "
            joins.append((above.end(), below.start(), glue))
    return text.edit(joins)


def _is_torn(above: str, below: str, *, after_join: bool) -> bool:
    """Do two lines make one sentence? Short ones are lists, unless the one above was itself the rest of a sentence."""
    if FINAL.search(above) or LIST_ITEM.match(above) or LIST_ITEM.match(below):
        return False
    if re.match(r"[,;)](?!\w)", below):
        return True
    if not re.match(r"[a-z]+(?:['’][a-z]+)?(?=[\s,;:.]|$)", below):
        return False
    is_open = above[-1] in ",-–—" or above.count("(") > above.count(")")
    return after_join or is_open or len(above) >= 40


LIST_ITEM = re.compile(r"[•·▪‣*\-–—]\s|\(?\d{1,2}[.)]\s|\(?[a-z][.)]\s|https?://")


def mend_parentheses(text: AlignedText) -> AlignedText:
    r"""A parenthesis that lost a link in it is closed behind the words that are left.

    >>> mend_parentheses(AlignedText.of("the Guard (US state -\n\n\n), he said")).text
    'the Guard (US state), he said'
    >>> mend_parentheses(AlignedText.of("$ 145 million (10.3 billion rubles. -\n\nwas allocated")).text
    '$ 145 million (10.3 billion rubles) was allocated'
    """
    closed = text.edit((m.end("inner"), m.end() - 1, "") for m in TORN_PARENTHESIS.finditer(text.text))
    return closed.edit((m.start("lost"), m.end("lost"), ") ") for m in OPEN_PARENTHESIS.finditer(closed.text))


def part_paragraphs(text: AlignedText) -> AlignedText:
    """Each line is a paragraph, with one empty line before the next, and nothing outside them."""
    whole = text.text
    inside = (len(whole) - len(whole.lstrip()), len(whole.rstrip()))
    if inside[0] >= inside[1]:
        return text.drop(0, len(whole))
    breaks = [(m.start(), m.end(), "\n\n") for m in BREAK.finditer(whole, *inside)]
    return text.edit([(0, inside[0], ""), *breaks, (inside[1], len(whole), "")])
