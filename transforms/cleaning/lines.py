"""Fix lines: line ends, blanks, lines torn apart, parentheses whose link text was cut out.

Every function is a step: ``AlignedText -> AlignedText``. Each leaves alone what it is not sure about.
"""

from __future__ import annotations

import re
from itertools import pairwise

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.lexicon.patterns import CLAUSE_END, LINE
from onrecord.transforms.lexicon.vocabulary import english_words

LINE_END = re.compile("\r\n|[\r\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\N{ZERO WIDTH NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{SOFT HYPHEN}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{OBJECT REPLACEMENT CHARACTER}"
    "\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}"
    # joiners between Latin letters; those of emoji and of other scripts mean something
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}]"
    "(?:(?<![\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}])|(?<=[\x20-\u024f].)(?=[\x20-\u024f]))"
)
SOFT_BREAK = re.compile(r"\N{SOFT HYPHEN}[^\S\n]*\n[^\S\n]*(?=[^\W\d_])")
#: "govern-\nment", also over a page; "govern- ment" where the lines were joined, but not "pre- and post-war".
HYPHEN_BREAK = re.compile(
    r"(?<![^\W\d_])(?P<head>[^\W\d_]+)(?P<break>[-‐](?:[^\S\n]?\n\n?| (?!(?:and|or|to|nor|but|und|through)\b)))"
    r"(?P<rest>[a-zà-ÿ]+)(?![\w-])"
)
#: Ends of English words that are no words: before one, a hyphen at the end of a line was put there by the typesetter.
ENDINGS = re.compile(
    r"(?:[a-z]?(?:tion|sion|cian)(?:s|al|ally|ed|ing)?|ment(?:s|al)?|ness(?:es)?|ance|ence|ity|ities|ical|ically"
    r"|ing(?:s|ly)?"
    r"|ed(?:ly)?|er(?:s|ed|ing)?|ers|est|ly|ous(?:ly)?|ive(?:s|ly)?|ist(?:s|ic)?|ism|ize[ds]?|ise[ds]?|s|al|ic|cy|ry|ty|gy|ny|es|en|th|[dklmnprt]s)"
)
#: What is joined to the next word by a hyphen that stays.
PREFIXES = frozenset(
    "all anti co cross ex half high long low mid multi non part post pre pro re self semi short so well".split()
)
#: Blanks that are not as they should be: at an end of a line, more than one, or not the plain kind.
STRAY_SPACE = re.compile(r"(?m)[^\S\n](?:(?P<outer>(?<=^.)[^\S\n]*+|[^\S\n]*+$)|[^\S\n]++|(?<! ))")
NEWLINE = re.compile("\n")
#: How a line begins that is never joined to its neighbours.
LIST_ITEM_OR_LINK = re.compile(r"[•·▪‣*\-–—]\s|\(?\d{1,2}[.)]\s|\(?[a-z][.)]\s|https?://")
#: The line goes on in the same word, perhaps: that is found out by itself.
HYPHEN_END = re.compile(r"[^\W\d_][-‐]\Z")
WRAPPED_BLOCK = re.compile(r"(?m)^[^\n]++(?:\n[^\n]++){2,}")
#: How a line begins that goes on with the one above.
STRAY_MARK_OR_SMALL_WORD = re.compile(r"[,;)](?!\w)|[a-z]+(?:['’][a-z]+)?(?=[\s,;:.]|$)")
LINE_BREAK = re.compile(r"\s*\n\s*")

#: The first letter of an article in a larger type, left behind at the end of a line: "… in the state. T", "his means".
DROPPED_CAPITAL = re.compile(r"(?:^|[.!?…][\"”]?\s)[B-HJ-NP-Z]$")

# These match first and look behind afterwards, which is many times faster than the other way round.
SPACED_PUNCTUATION = re.compile(r" (?:(?<=[\w)] )(?P<stop>,)(?=[\s\"”’])|(?<=[^\W\d_] )(?P<end>[.!?;])(?=\s|$))")
SPACE_SLIPPED_BEFORE_COMMA = re.compile(r" (?<=[^\W\d_] ),(?=[^\W\d_])")
MISSING_SPACE = re.compile(
    r"[.?](?<=[a-z]{3}.)(?=[A-Z][a-z]+[\s,’'])(?!(?:Com|Org|Net|Info|Co)\b)|,(?<=[a-z]{3},)(?=[A-Za-z][a-z]+[\s,.’'])"
)
#: What stands before it must be words: in an address or a name of the net nothing is missing.
WORDS_BEFORE = re.compile(r"(?:^|[\s(“\"‘'])(?:[A-Za-z’'-]+[,?])*[A-Za-z’'-]+$")
MAX_WORD_CHARS = 60

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


def normalize_line_ends(text: AlignedText) -> AlignedText:
    r"""Replace every kind of line end by ``\n``.

    >>> normalize_line_ends(AlignedText.of("a\r\nb\rc")).text
    'a\nb\nc'
    """
    return text.sub(LINE_END, "\n")


def drop_invisible_characters(text: AlignedText) -> AlignedText:
    """Drop byte-order marks, zero-width blanks, soft hyphens and control characters; joiners of emoji stay."""
    return text.sub(INVISIBLE, "")


def collapse_spaces(text: AlignedText) -> AlignedText:
    r"""Replace a run of blanks by one; none is left at the ends of a line.

    >>> collapse_spaces(AlignedText.of("  a \N{NO-BREAK SPACE}b\t\nc ")).text
    'a b\nc'
    """
    return text.sub(STRAY_SPACE, lambda run: "" if run["outer"] is not None else " ")


def join_soft_hyphens(text: AlignedText) -> AlignedText:
    r"""Join words that are broken at a soft hyphen.

    >>> join_soft_hyphens(AlignedText.of("the govern\N{SOFT HYPHEN}\nment")).text
    'the government'
    """
    return text.sub(SOFT_BREAK, "")


def fix_space_before_punctuation(text: AlignedText) -> AlignedText:
    """Move a comma or a stop that stands after a blank to the word before it.

    >>> text = AlignedText.of("in certain cases , he said . A plan ,which failed, costs $ 5 .50")
    >>> fix_space_before_punctuation(text).text
    'in certain cases, he said. A plan, which failed, costs $ 5 .50'
    """
    return text.sub(SPACE_SLIPPED_BEFORE_COMMA, ", ").sub(SPACED_PUNCTUATION, lambda m: m["stop"] or m["end"])


def restore_missing_space(text: AlignedText) -> AlignedText:
    """Put back the blank that was lost after a stop or a comma.

    >>> text = AlignedText.of("They were tired,he said.She left for Booking.Com and node.js, e.g.Rome.")
    >>> restore_missing_space(text).text
    'They were tired, he said. She left for Booking.Com and node.js, e.g.Rome.'
    """
    whole = text.text
    return text.edit(
        (m.end(), m.end(), " ")
        for m in MISSING_SPACE.finditer(whole)
        if WORDS_BEFORE.search(whole[max(0, m.start() - MAX_WORD_CHARS) : m.start()])
    )


def join_hyphenated_words(text: AlignedText) -> AlignedText:
    r"""Join a word broken at the end of a line where the text or the word itself shows how; else it stays.

    >>> join_hyphenated_words(AlignedText.of("The govern-\nment has a well-\nknown plan. A can-\ndo man?")).text
    'The government has a well-known plan. A can-\ndo man?'
    >>> join_hyphenated_words(AlignedText.of("One more har- bour in a far-\noff land, far-off, said Ot-\ntilie.")).text
    'One more harbour in a far-off land, far-off, said Ottilie.'
    """
    if "- " not in text.text and "-\n" not in text.text and "‐" not in text.text:
        return text
    breaks = list(HYPHEN_BREAK.finditer(text.text))
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.text.casefold())) if breaks else set()
    joints = ((m.span("break"), _joint(m, words)) for m in breaks)
    return text.edit((*span, joint) for span, joint in joints if joint is not None)


def _joint(m: re.Match[str], words: set[str]) -> str | None:
    """What belongs between the parts of a broken word: nothing, or the hyphen; None where it is not sure."""
    head, rest, at_line_end = m["head"].casefold(), m["rest"], "\n" in m["break"]
    if head + rest in words:
        return ""
    if f"{head}-{rest}" in words or (at_line_end and head in PREFIXES):
        return "-"
    if head in PREFIXES:
        return None
    if head + rest in english_words() or (ENDINGS.fullmatch(rest) and len(head) > 2):
        return ""
    known = (head in english_words()) + (rest in english_words())
    is_fragment = known == 0 or (at_line_end and rest not in english_words() and len(rest) > 2)
    return "" if is_fragment or (at_line_end and known == 1 and head not in english_words()) else None


def unwrap_lines(text: AlignedText) -> AlignedText:
    r"""Join a block of hard-wrapped lines into one line: three or more, all but the last about equally long.

    >>> wrapped = "one line that is wrapped at forty\nsigns, in the manner of a file of\nlong ago."
    >>> unwrap_lines(AlignedText.of(wrapped)).text
    'one line that is wrapped at forty signs, in the manner of a file of long ago.'
    """
    breaks: list[tuple[int, int, str]] = []
    for block in WRAPPED_BLOCK.finditer(text.text):
        if _is_wrapped(block.group().split("\n")):
            ends = NEWLINE.finditer(text.text, *block.span())
            breaks += (
                (m.start(), m.end(), " ") for m in ends if not HYPHEN_END.match(text.text, m.start() - 2, m.start())
            )
    return text.edit(breaks)


def _is_wrapped(lines: list[str]) -> bool:
    """All but the last end where the next word would not have fitted, and many of them in mid-sentence."""
    width = max(map(len, lines))
    if not 30 <= width <= 120:
        return False
    if any(len(line) + 1 + len(after.split(" ", 1)[0]) < width - 3 for line, after in pairwise(lines)):
        return False
    torn = sum(after[0].islower() and not CLAUSE_END.search(line) for line, after in pairwise(lines))
    return torn * 3 >= len(lines) - 1


def join_torn_lines(text: AlignedText) -> AlignedText:
    r"""Join a sentence torn in two lines: no final mark above, and below a small letter or a stray mark.

    >>> join_torn_lines(AlignedText.of("The money for all of the region was allocated\n\nto help it.")).text
    'The money for all of the region was allocated to help it.'
    >>> join_torn_lines(AlignedText.of("apples\npears")).text
    'apples\npears'
    """
    lines = [(*m.span(), m.group()) for m in LINE.finditer(text.text)]
    joins: list[tuple[int, int, str]] = []
    joined = -1  # where the line begins that was joined to the one above it
    for (at, end, above), (start, _, below) in pairwise(lines):
        if _is_torn(above, below, after_join=joined == at):
            glue = "" if below[0] in ",;.)" or DROPPED_CAPITAL.search(above) else " "
            joins.append((end, start, glue))
            joined = start
    return text.edit(joins)


def _is_torn(above: str, below: str, *, after_join: bool) -> bool:
    """Do two lines make one sentence? Short ones are lists, unless the one above was itself the rest of one."""
    if not STRAY_MARK_OR_SMALL_WORD.match(below):
        return False
    if below[0].islower() and not (after_join or len(above) >= 40):
        is_open = above[-1] in ",-–—" or above.count("(") > above.count(")")
        if not is_open:
            return False
    return not (CLAUSE_END.search(above) or LIST_ITEM_OR_LINK.match(above) or LIST_ITEM_OR_LINK.match(below))


def fix_parentheses(text: AlignedText) -> AlignedText:
    r"""Close a parenthesis that lost a link in it after the words that are left.

    >>> fix_parentheses(AlignedText.of("the Guard (US state -\n\n\n), he said")).text
    'the Guard (US state), he said'
    >>> fix_parentheses(AlignedText.of("$ 145 million (10.3 billion rubles. -\n\nwas allocated")).text
    '$ 145 million (10.3 billion rubles) was allocated'
    """
    closed = text.edit((m.end("inner"), m.end() - 1, "") for m in TORN_PARENTHESIS.finditer(text.text))
    return closed.edit((m.start("lost"), m.end("lost"), ") ") for m in OPEN_PARENTHESIS.finditer(closed.text))


def separate_paragraphs(text: AlignedText) -> AlignedText:
    """Make each line a paragraph, with one empty line before the next, and nothing outside them."""
    whole = text.text
    inside = (len(whole) - len(whole.lstrip()), len(whole.rstrip()))
    if inside[0] >= inside[1]:
        return text.drop(0, len(whole))
    breaks = (m.span() for m in LINE_BREAK.finditer(whole, *inside))
    # most are one line end, or two already
    changes = (
        (end, end, "\n") if end - start == 1 else (start, end, "\n\n")
        for start, end in breaks
        if not (end - start == 2 and whole.startswith("\n\n", start))
    )
    return text.edit([(0, inside[0], ""), *changes, (inside[1], len(whole), "")])
