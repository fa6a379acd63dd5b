"""Fix characters: text read in the wrong encoding, entities and escapes left over, marks typed as something else.

Every function is a step: ``AlignedText -> AlignedText``. Quotation marks and ligatures stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from html import unescape
from itertools import zip_longest

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import common_prefix_length
from onrecord.transforms.lexicon.patterns import LINE

#: Only the encoding is fixed; all else that ftfy could do is done by steps of its own, or not at all.
ENCODING = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    restore_byte_a0=False,
    replace_lossy_sequences=False,
    fix_line_breaks=False,
    remove_control_chars=False,
    normalization=None,
)
#: What the first byte of a character in UTF-8 looks like in the encodings it is mistaken for: no mojibake without one.
MOJIBAKE_LEAD = re.compile("[À-ÿΓĂ-ű¬√Ѐ-ӿ─-╿]")
#: Marks of Windows that were read as control characters.
CONTROLS_OF_WINDOWS = re.compile("[\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]")
BEYOND_ASCII = re.compile(r"([^\x00-\x7f]+)")
#: What no encoding changes.
ASCII_WORD = re.compile(r"([A-Za-z0-9]+)")
#: difflib takes time by the square of the length, or worse.
MAX_COMPARED = 200
ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z][A-Za-z0-9]{1,9});")
ESCAPED_MARK = re.compile(r"(?<!\\)\\++(?=[\"'“”‘’])(?!'[0-9a-f]{2})")  # but \'92 is rich text
#: A quotation whose marks are typed as two single ones, or as two signs for less and more.
DOUBLED = re.compile(
    r"""
    (?<![\w`'‘’‚,<])
    (?: (?P<angle> << (?=[^\s<]) (?P<angled>[^\n<>]{1,2000}?) >> )              # <<No,>> he said
      | (?P<open> `` | ‘‘ | '' | ,, | ‚‚ ) (?=[^\s`'‘’,])                       # ``No,'' he said
        (?P<inner> [^\n`]{1,2000}? ) (?<!\s) (?P<close> '' | ’’ | ‘‘ | `` )
        (?![\w'’])
    )
    """,
    re.VERBOSE,
)
#: What may close what, of the doubled marks.
CLOSERS = {"``": ("''", "``", "’’"), "‘‘": ("’’", "''"), "''": ("''",), ",,": ("''", "``", "‘‘"), "‚‚": ("‘‘", "’’")}
#: “No,’’ he said, or ``No,” he said: only one end of the quotation is typed as two single marks. The double mark that
#: is next after such an end, or before such a beginning, must be none that would make a pair with the other end.
HALF_DOUBLED = re.compile(
    r"""
      (?<![\w.,!?;]) (?P<opener> [“"] ) (?=[^\s”"])
      (?: (?! '' | ’’ | ‘‘ | `` ) [^\n“”"„«»‘] ){1,2000}?
      (?<![\s\d]) (?P<closing> '' | ’’ ) (?![\w'’]) (?! [^\n“”"]* (?<=\S) [”"] (?!\w) )
    | (?<![\w`'‘’,<]) (?P<opening> `` | ‘‘ | '' ) (?=[^\s`'‘’,])
      (?: (?! '' | ’’ | ‘‘ | `` ) (?: [^\n“”"„«»’] | (?<=\w)’(?=\w) ) ){1,2000}?
      (?<!\s) (?P<closer> [”"] ) (?!\w)
    """,
    re.VERBOSE,
)
DOUBLE_MARK_OR_LINE = re.compile(r"[“”\"\n]")
#: `No,' he said
BACKTICK = re.compile(r"(?<![\w`])`(?=\w)(?P<inner>[^`\n]{1,300}?)(?<=[\w.,!?])'(?![\w'])")
#: Marks of other scripts and printers, in pairs, and those that readers of English know in their place.
RARE_PAIRS = {
    ("‚", "‘"): ("‘", "’"),
    ("›", "‹"): ("‹", "›"),
    ("〝", "〞"): ("“", "”"),
    ("〝", "〟"): ("“", "”"),
    ("「", "」"): ("“", "”"),
    ("『", "』"): ("“", "”"),
    ("＂", "＂"): ('"', '"'),
    ("″", "″"): ('"', '"'),
    ("ʺ", "ʺ"): ('"', '"'),
}
RARE_MARKS = re.compile(
    "|".join(rf"{opens}(?<!\w.)(?=\w)[^\n{opens}{closes}]{{1,1000}}?{closes}(?!\w)" for opens, closes in RARE_PAIRS)
)
#: Words that have lost their beginning: the mark before them is an apostrophe. "rock 'n' roll", "the '90s", "'tis".
CLIPPED = re.compile(
    r"['‘](?:(?<!\w.)(?=(?:tis|twas|twere|twill|em|til|till|cause|bout|neath|\d0s)\b(?!['’]))"
    r"|(?<=\s.)(?=n['’]?\s)|(?<=\s['’]n')(?=\s))",
    re.IGNORECASE,
)
TYPED_APOSTROPHE = re.compile(r"[`´′](?<=[^\W\d_].)(?=[^\W\d_])")
TORN_APOSTROPHE = re.compile(r" (?<=[^\W\d_] )(?=['’](?:s|re|ve|ll)\b(?!['’]))")


def fix_mojibake(text: AlignedText) -> AlignedText:
    """Text that was read in the wrong encoding, read again in the right one (Robyn Speer's ftfy), line by line.

    >>> fix_mojibake(AlignedText.of("â€œItâ€™s a cafÃ©,â€\\N{SINGLE LOW-9 QUOTATION MARK}")).text[:11]
    '“It’s a caf'
    >>> fix_mojibake(AlignedText.of("The café – “ﬁne”, it’s said.")).edits
    ()
    """
    whole = text.text
    if not has_mojibake(whole):
        return text.sub(CONTROLS_OF_WINDOWS, lambda m: m.group().encode("latin-1").decode("cp1252"))
    changes: list[tuple[int, int, str]] = []
    for m in LINE.finditer(whole):
        if is_bad(m.group()) and (fixed := fix_encoding(m.group(), ENCODING)) != m.group() and "\n" not in fixed:
            changes += ((m.start() + start, m.start() + end, new) for start, end, new in _changes(m.group(), fixed))
    return text.edit(changes)


@lru_cache(maxsize=2)  # the flags ask it of the text that the last round met
def has_mojibake(text: str) -> bool:
    """Does a text look as if it had been read in the wrong encoding?"""
    return bool(MOJIBAKE_LEAD.search(text)) and bool(is_bad(text))


def _changes(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """The edits from ``old`` to ``new``: between the ASCII characters if these are the same, else between its words."""
    old_parts, new_parts = BEYOND_ASCII.split(old), BEYOND_ASCII.split(new)
    if old_parts[::2] == new_parts[::2]:
        at = 0
        for old_part, new_part in zip_longest(old_parts, new_parts, fillvalue=""):
            at += len(old_part)
            if old_part != new_part and not (old_part.endswith("Ã") and old[at : at + 1] == " "):  # the rest is lost
                yield at - len(old_part), at, new_part
        return
    old_parts, new_parts = ASCII_WORD.split(old), ASCII_WORD.split(new)
    if old_parts[1::2] != new_parts[1::2]:
        old_parts, new_parts = [old], [new]
    at = 0
    for old_part, new_part in zip(old_parts, new_parts, strict=True):
        yield from ((at + start, at + end, piece) for start, end, piece in _differences(old_part, new_part))
        at += len(old_part)


def _differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """The edits from ``old`` to ``new`` by difflib, between what both ends share; all of it where it is long."""
    head = common_prefix_length(old, new)
    tail = common_prefix_length(old[head:][::-1], new[head:][::-1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if not old and not new:
        return
    if max(len(old), len(new)) > MAX_COMPARED:
        yield head, head + len(old), new
        return
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield head + start, head + end, new[new_start:new_end]


def decode_html_entities(text: AlignedText) -> AlignedText:
    """Replace entities of HTML that were left in a text by their characters.

    >>> decode_html_entities(AlignedText.of("Brook &amp; Sons say &quot;no&quot; to AT&T; R&D stays.")).text
    'Brook & Sons say "no" to AT&T; R&D stays.'
    """
    return text.sub(ENTITY, lambda m: _character(m.group())) if "&" in text.text else text


@lru_cache(maxsize=256)
def _character(entity: str) -> str:
    return unescape(entity)


def drop_backslash_escapes(text: AlignedText) -> AlignedText:
    r"""Drop backslashes before quotation marks, left over from JSON or from a program.

    >>> drop_backslash_escapes(AlignedText.of(r'He said \"no\" and left C:\"one\".')).text
    'He said "no" and left C:"one".'
    """
    return text.sub(ESCAPED_MARK, "") if "\\" in text.text else text


def join_doubled_marks(text: AlignedText) -> AlignedText:
    """Replace two single marks typed for a double one by it, in pairs, and two angles by an angle mark.

    >>> join_doubled_marks(AlignedText.of("``No,'' he said. “Yes,’’ she said. <<Non>>, `so', 5'10''.")).text
    "“No,” he said. “Yes,” she said. «Non», ‘so’, 5'10''."
    """

    def changes() -> Iterator[tuple[int, int, str]]:
        for m in DOUBLED.finditer(text.text):
            if m["angle"]:
                yield m.start("angle"), m.start("angled"), "«"
                yield m.end("angled"), m.end("angle"), "»"
            elif m["close"] in CLOSERS[m["open"]]:
                yield m.start("open"), m.end("open"), "“"
                yield m.start("close"), m.end("close"), "”"

    def half_doubled_changes(joined: str) -> Iterator[tuple[int, int, str]]:
        before = -1  # where the last double mark or line end stands
        following = DOUBLE_MARK_OR_LINE.finditer(joined)
        mark = next(following, None)
        for m in HALF_DOUBLED.finditer(joined):
            while mark and mark.start() < m.start():
                before, mark = mark.start(), next(following, None)
            if m["closing"]:
                yield m.start("closing"), m.end("closing"), "”" if m["opener"] == "“" else '"'
            elif not _is_opening_mark(joined, before):
                yield m.start("opening"), m.end("opening"), "“" if m["closer"] == "”" else '"'

    if any(pair in text.text for pair in ("``", "''", "‘‘", "’’", ",,", "‚‚", "<<")):
        text = text.edit(changes())
        text = text.edit(half_doubled_changes(text.text))
    return text.sub(BACKTICK, lambda m: f"‘{m['inner']}’") if "`" in text.text else text


def _is_opening_mark(text: str, at: int) -> bool:
    """Whether the character at ``at`` is a double mark in the place of an opening one."""
    return at >= 0 and (text[at] == "“" or (text[at] == '"' and (at == 0 or text[at - 1].isspace())))


def normalize_rare_marks(text: AlignedText) -> AlignedText:
    """Replace pairs of marks that English does not have by those that it has.

    >>> normalize_rare_marks(AlignedText.of("‚No,‘ he said. 「Yes,」 she said. ›So,‹ they said. 5″ wide, 6″ high")).text
    '‘No,’ he said. “Yes,” she said. ‹So,› they said. 5″ wide, 6″ high'
    """

    while any(pair[0] in text.text for pair in RARE_PAIRS):
        paired = text.edit(_rare_mark_changes(text.text))
        if paired is text:
            break
        text = paired  # a pair may stand in another one
    return text


def _rare_mark_changes(text: str) -> Iterator[tuple[int, int, str]]:
    for m in RARE_MARKS.finditer(text):
        opens, closes = RARE_PAIRS[m.group()[0], m.group()[-1]]
        yield m.start(), m.start() + 1, opens
        yield m.end() - 1, m.end(), closes


def fix_apostrophes(text: AlignedText) -> AlignedText:
    """An accent or a prime between two letters is an apostrophe; one torn off its word goes back; before a word that
    lost its beginning, it looks like one.

    >>> fix_apostrophes(AlignedText.of("They don`t know Serbia 's plans, it´s said. ‘rock ’n’ roll’")).text
    "They don't know Serbia's plans, it's said. ‘rock ’n’ roll’"
    """
    return text.sub(TYPED_APOSTROPHE, "'").sub(TORN_APOSTROPHE, "").sub(CLIPPED, "’")
