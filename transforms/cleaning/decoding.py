r"""Fix text that was never decoded (``\u201c``, ``\n``, ``b'\xe2\x80\x9c'``), and marks that lost a byte on their way.

Every function is a step: ``AlignedText -> AlignedText``. What may be meant as it stands, is left and flagged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.lexicon.patterns import LINE
from onrecord.transforms.lexicon.word_sets import word_set

Change = tuple[int, int, str]
LOST = "\N{REPLACEMENT CHARACTER}"
#: “ ” ’ – begin with the same two bytes, read wrongly once or twice; the third is lost: U+FFFD, "?", or nothing.
LOST_MARK = re.compile(
    rf"(?P<lead>â€|Ã¢â‚¬|Ã¢â\x82¬|â\x80)(?:{LOST}|ï¿½|\?|(?=[ \n.,;:!?)\]A-Za-z]|\Z))|(?P<unknown>ï¿½|{LOST})"
)
#: Marks that are whole, also when they are read wrongly: what opens, and what closes.
WHOLE_MARK = re.compile("(?P<opens>“|â€œ|Ã¢â‚¬Å“)|(?P<closes>”|â€\x9d)")
CLITIC = re.compile(r"(?:s|t|re|ve|ll|d|m)\b")
LAST_WORD = re.compile(r"[^\W\d_]{1,30}\Z")
WHOLE_WORD = re.compile(rf"\b[^\W\d_]++(?!\w|{LOST}|ï¿½)")
CLITIC_BEARERS = word_set("i you he she it we they that there who what where how here let")

#: What stands for a character in JSON, in the print of a program, in mail.
UNICODE_ESCAPES = re.compile(
    r"(?:\\{1,4}u[0-9a-fA-F]{4})+|<U\+[0-9A-F]{4}>|%u20[0-9a-fA-F]{2}"
    r"|(?<=[\w.,!?])u20(?:19|1d)(?![0-9a-f])|\bu20(?:1c|18)(?=[^\W\d_])"  # itu2019s
)
BYTE_ESCAPES = re.compile(r"(?:\\{1,4}x[89a-fA-F][0-9a-fA-F]){1,4}")
MAIL_BYTES = re.compile(r"(?:=[89A-F][0-9A-F]){2,4}")
MAIL_BREAK = re.compile(r"=(?:\r\n|\n)|=20(?=\s|\Z)|=3D")
#: An escaped line end behind a sentence; a path or a pattern has none there.
ESCAPED_PARAGRAPH = re.compile(
    r"[.!?…:,\"”’'](?:\\{1,4}r)?\\{1,4}n(?:(?P<double>(?:\\{1,4}r)?\\{1,4}n)|(?=[\s\"“‘'(A-Z\\]|\Z))"
)
CONTROL_ESCAPE = re.compile(r"\\{1,4}(?P<control>[nrt\"'/])")
#: C:\new\u2019s, \\server\name, [\u4e00-\u9fff], \d+\n: nothing in these stands for anything else.
WORD_OF_CHARACTERS = re.compile(r"\S+")
NO_TEXT = re.compile(r"(?<![^\s\"'(\[])(?:[A-Za-z]:\\|\\\\\w)|\\u\w{4}-\\u|\\[dwsDWSB][+*?{]")
ANY_ESCAPE = re.compile(r"\\'9[1-7]|\\u[0-9a-fA-F]{4}|\\x[89a-fA-F][0-9a-fA-F]")
WRAPPED = re.compile(r"\s*(?P<open>[bu]?(?P<quote>[\"']))(?=\S)")
#: So many escapes in a text are no accident.
MIN_ESCAPES = 2


def restore_lost_marks(text: AlignedText) -> AlignedText:
    """Give back marks that lost a byte, by their place: before a word, between letters, behind a word.

    >>> restore_lost_marks(AlignedText.of("â€œNo,â€? he said. Itâ€\N{REPLACEMENT CHARACTER}s late â€ too late.")).text
    'â€œNo,” he said. It’s late – too late.'
    """
    whole = text.text
    if "â" not in whole and "ï¿½" not in whole and LOST not in whole:
        return text
    return text.edit(_lost_marks(whole))


def _lost_marks(whole: str) -> Iterator[Change]:
    words = cache(lambda: frozenset(WHOLE_WORD.findall(whole)))
    for line in LINE.finditer(whole):
        marks = [*LOST_MARK.finditer(whole, *line.span()), *WHOLE_MARK.finditer(whole, *line.span())]
        unknown: list[re.Match[str]] = []
        is_open = False
        for m in sorted(marks, key=lambda m: m.start()):
            if m.re is WHOLE_MARK:
                is_open = bool(m["opens"])
            elif m["unknown"]:
                unknown.append(m)
            else:
                mark = _mark_at(whole, m, line.start(), is_open=is_open)
                is_open = mark == "“" or (is_open and mark != "”")
                yield m.start(), m.end(), mark
        yield from _unknown_marks(whole, unknown, words)


def _mark_at(whole: str, m: re.Match[str], line_start: int, *, is_open: bool) -> str:
    """The mark that stands at a place: opening, apostrophe, dash or closing."""
    before = whole[m.start() - 1] if m.start() > line_start else " "
    after = whole[m.end() : m.end() + 1] or " "
    if before in " ([—–-":
        return "–" if after.isspace() else "“"
    is_apostrophe = (before.isalpha() and after.isalpha()) or (before == "s" and not is_open)
    return "’" if is_apostrophe else "”"


def _unknown_marks(whole: str, unknown: list[re.Match[str]], words: Callable[[], frozenset[str]]) -> Iterator[Change]:
    """U+FFFD can be anything: it is an apostrophe in "don't", and a pair of marks around words that end in a stop."""
    opening: re.Match[str] | None = None
    for m in unknown:
        before, after = whole[m.start() - 1 : m.start()], whole[m.end() : m.end() + 1]
        if before.isalpha() and CLITIC.match(whole, m.end()):
            if _bears_clitic(whole, m, words):
                yield m.start(), m.end(), "’"
        elif after.isalnum() and not before.isalnum() and before not in (".", ","):
            opening = m
        elif before in (".", ",", "!", "?", "…") and not after.isalnum() and opening:
            yield opening.start(), opening.end(), "“"
            yield m.start(), m.end(), "”"
            opening = None


def _bears_clitic(whole: str, m: re.Match[str], words: Callable[[], frozenset[str]]) -> bool:
    """Stands before the mark a whole word: "don" before "t", or one that the text has? "caf" of "cafés" is none."""
    word = LAST_WORD.search(whole, max(0, m.start() - 30), m.start())
    if word is None:
        return False
    if whole.startswith("t", m.end()):
        return word.group().endswith("n")
    return word.group().casefold() in CLITIC_BEARERS or word.group() in words()


def decode_escapes(text: AlignedText) -> AlignedText:
    r"""Decode what stands for a character, where so much of it stands that the text was never decoded.

    >>> decode_escapes(AlignedText.of(r"b'It rained.\n\n\xe2\x80\x9cNo,\xe2\x80\x9d he said.'")).text
    'It rained.\n\n“No,” he said.'
    >>> decode_escapes(AlignedText.of(r"It is in C:\new\u2019s, \d+\n finds it. Both \n are line ends.")).edits
    ()
    """
    whole = text.text
    wrapper = WRAPPED.match(whole)
    is_bytes = bool(wrapper and len(wrapper["open"]) == 2 and whole.rstrip().endswith(wrapper["quote"]))
    if not is_bytes and not any(sign in whole for sign in ("\\", "u20", "<U+", "=")):
        return text
    changes = [*_unicode_changes(whole)] if "\\" in whole or "u20" in whole or "<U+" in whole else []
    changes += _byte_changes(whole, BYTE_ESCAPES, r"\\+x") if "\\" in whole else ()
    if len(changes) < MIN_ESCAPES and not is_bytes:
        changes = [change for change in changes if _is_apostrophe(whole, change)]
    n_paragraphs = sum(MIN_ESCAPES if m["double"] else 1 for m in ESCAPED_PARAGRAPH.finditer(whole))
    if is_bytes or n_paragraphs >= MIN_ESCAPES or (n_paragraphs and changes):
        changes += _control_changes(whole)
        changes += _wrapper_changes(whole, wrapper) if wrapper else []
    changes += _mail_changes(whole)
    return text.edit(_outside(changes, _no_text(whole)))


def has_escapes(text: str) -> bool:
    r"""Do escapes stand in a text, of which it is not sure what they mean?

    >>> has_escapes(r"He wrote \u201c once."), has_escapes(r"It is in C:\users\x86.")
    (True, False)
    """
    found = ((m.start(), m.end(), "") for pattern in (ANY_ESCAPE, ESCAPED_PARAGRAPH) for m in pattern.finditer(text))
    return "\\" in text and bool(_outside(list(found), _no_text(text)))


def _no_text(whole: str) -> list[tuple[int, int]]:
    """Where paths and patterns stand."""
    words = WORD_OF_CHARACTERS.finditer(whole) if "\\" in whole else ()
    return [m.span() for m in words if "\\" in m.group() and NO_TEXT.search(m.group())]


def _unicode_changes(whole: str) -> Iterator[Change]:
    for m in UNICODE_ESCAPES.finditer(whole):
        codes = re.findall(r"(?:u|U\+)([0-9a-fA-F]{4})", m.group())
        try:
            chars = b"".join(int(code, 16).to_bytes(2, "big") for code in codes).decode("utf-16-be")
        except UnicodeDecodeError:
            continue
        if all(char.isprintable() or char in "\n\t\N{NO-BREAK SPACE}" for char in chars):
            yield m.start(), m.end(), chars


def _byte_changes(whole: str, pattern: re.Pattern[str], lead: str) -> Iterator[Change]:
    for m in pattern.finditer(whole):
        data = bytes.fromhex(re.sub(lead, "", m.group()))
        try:
            yield m.start(), m.end(), data.decode("utf-8" if len(data) > 1 else "cp1252")
        except UnicodeDecodeError:
            continue


def _is_apostrophe(whole: str, change: Change) -> bool:
    start, end, new = change
    return new in "’'" and whole[start - 1 : start].isalpha() and whole[end : end + 1].isalpha()


def _control_changes(whole: str) -> Iterator[Change]:
    for m in CONTROL_ESCAPE.finditer(whole):
        yield m.start(), m.end(), {"n": "\n", "r": "", "t": " "}.get(m["control"], m["control"])


def _wrapper_changes(whole: str, wrapper: re.Match[str]) -> Iterator[Change]:
    """The marks that a program puts around a text that it prints; a quotation's own are not escaped on both sides."""
    end = len(whole.rstrip())
    if end > wrapper.end() + 1 and whole[end - 1] == wrapper["quote"] and whole[end - 2] != "\\":
        yield wrapper.start("open"), wrapper.end("open"), ""
        yield end - 1, end, ""
    elif len(wrapper["open"]) == 2:
        yield wrapper.start("open"), wrapper.end("open"), ""


def _mail_changes(whole: str) -> list[Change]:
    changes = list(_byte_changes(whole, MAIL_BYTES, "="))
    if len(changes) < MIN_ESCAPES:
        return []
    return changes + [(m.start(), m.end(), "=" if m.group() == "=3D" else "") for m in MAIL_BREAK.finditer(whole)]


def _outside(changes: list[Change], kept: list[tuple[int, int]]) -> list[Change]:
    """The changes that touch none of the spans, both in order of their places."""
    result: list[Change] = []
    spans = iter(kept)
    span = next(spans, None)
    for change in sorted(changes):
        while span and span[1] <= change[0]:
            span = next(spans, None)
        if not (span and span[0] < change[1]) and not (result and result[-1][1] > change[0]):
            result.append(change)
    return result
