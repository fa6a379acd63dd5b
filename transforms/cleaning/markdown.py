"""Markdown in a text: headings, links, emphasis, pictures, quotations, lists become title, paragraphs and words.

A text that merely has asterisks, underscores or number signs is no Markdown: strong signs have to say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning.blocks import Cut, find_blocks

ADDRESS = r"\(\s*<?(?P<address>(?:https?://|mailto:|www\.|/|\#|\.\.?/)[^\s()<>]{0,500}(?:\([^\s()]{0,100}\))?[^\s()<>]{0,100})>?"
LINK_END = ADDRESS + r"(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\s*\)"
#: [the plan](https://fen.example/plan), with a title behind the address or none.
LINK = re.compile(rf"(?<!!)\[(?P<words>[^\[\]\n]{{1,500}})\]{LINK_END}")
#: [the plan][1], where "[1]: https://fen.example/plan" stands elsewhere.
REFERENCE = re.compile(r"(?<!!)\[(?P<words>[^\[\]\n]{1,500})\]\s?\[(?P<name>[^\[\]\n]{0,80})\]")
REFERENCE_TARGET = re.compile(r"\[\^?[^\[\]\n]{1,80}\]:\s*<?(?:https?://|/)\S+.{0,200}")
PICTURE = re.compile(
    r"!\[[^\[\]\n]{0,500}\](?:\(\s*<?[^\s()<>]{1,600}>?(?:\s+[\"'][^\"'\n]{0,200}[\"'])?\s*\)|\[[^\[\]\n]{0,80}\])"
)
LINKED_PICTURE = re.compile(rf"\[\s*{PICTURE.pattern}\s*\]{LINK_END}")
HEADING = re.compile(r"(?P<level>#{1,6}) (?P<words>[^\n]*?[^\s#])(?: *#+)?")
#: A first line that is surely a title, and no "# of mills".
TITLE = re.compile(r"# [^\W\d_a-z][^\n]*[^\s#.!?,:;]")
UNDERLINE = re.compile(r"={3,}|-{3,}")
RULE = re.compile(r"(?:[-*_] ?){3,40}")
BOLD = re.compile(r"(?<![\w*])(?P<open>\*\*\*?)(?=[^\s*])(?P<words>[^*\n]{1,1000})(?<=[^\s*])(?P<close>\*\*\*?)(?!\*)")
EMPHASIS = (
    re.compile(r"(?<![\w_])(?P<open>___?)(?=[^\s_])(?P<words>[^_\n]{1,1000})(?<=[^\s_])(?P<close>___?)(?![\w_])"),
    re.compile(r"(?<![\w*\\])(?P<open>\*)(?=[^\s*])(?P<words>[^*\n]{1,1000})(?<=[^\s*\\])(?P<close>\*)(?![\w*])"),
    re.compile(r"(?<![\w_\\])(?P<open>_)(?=[^\s_])(?P<words>[^_\n]{1,1000})(?<=[^\s_\\])(?P<close>_)(?![\w_])"),
    re.compile(r"(?P<open>~~)(?=[^\s~])(?P<words>[^~\n]{1,1000})(?<=[^\s~])(?P<close>~~)"),
    re.compile(r"(?<!`)(?P<open>`)(?=[^\s`'])(?P<words>[^`'\n]{1,300})(?<=[^\s`])(?P<close>`)(?!`)"),
)
MAX_HEADING_CHARS = 250
LINE_LEAD = re.compile(r"(?m)^(?P<lead>(?: {0,3}>)+ ?| {0,3}[*+-] (?=\S)|#{1,6}(?= |$) ?)")
ESCAPED_SIGN = re.compile(r"\\(?=[*_`#\[\]().!>~+-])")
#: Names of files that say so.
MARKDOWN_NAME = re.compile(r"\.(?:md|markdown|mdown)$", re.IGNORECASE)


def is_markdown(text: str, name: str = "") -> bool:
    """Is a text surely Markdown: a link or picture with its address, or two kinds of signs? Or one in an .md file.

    >>> is_markdown("The [plan](https://fen.example/plan) is dead."), is_markdown("It costs 5 * 3 * 2 _ # signs.")
    (True, False)
    """
    if not any(sign in text for sign in ("](", "][", "#", "**", "__", "===", "*", "> ")):
        return False
    if LINK.search(text) or PICTURE.search(text) or (REFERENCE.search(text) and _has_line(text, REFERENCE_TARGET)):
        return True
    lines = [block.line for block in find_blocks(text)]
    n_headings = sum(bool(HEADING.fullmatch(line)) for line in lines)
    n_bold = sum(1 for _ in BOLD.finditer(text))
    n_quoted = sum(line.startswith("> ") for line in lines)
    if len(lines) > 2 and TITLE.fullmatch(lines[0]) and len(lines[0]) <= MAX_HEADING_CHARS:
        return True
    kinds = (n_headings > 0) + (n_bold > 0) + (n_quoted > 0) + any(_is_underlined(lines))
    return kinds >= 2 or n_headings >= 2 or n_bold >= 3 or (kinds >= 1 and bool(MARKDOWN_NAME.search(name)))


def find_markdown_lines(text: str) -> Iterator[Cut]:
    """Headings without their signs, pictures, targets of links and rules; a heading at the very head is the title."""
    blocks = find_blocks(text)
    underlined = list(_is_underlined([block.line for block in blocks]))
    for number, block in enumerate(blocks):
        line = block.line
        start = block.start + block.text.index(line)
        if len(line) <= MAX_HEADING_CHARS and (heading := HEADING.fullmatch(line)):
            at, end = _without_emphasis(heading["words"])
            start += heading.start("words")
            yield Cut("title" if not number else "heading", start + at, start + end)
        elif underlined[number] or (not number and len(line) <= MAX_HEADING_CHARS and BOLD.fullmatch(line)):
            at, end = _without_emphasis(line)
            yield Cut("title" if not number else "heading", start + at, start + end)
        elif REFERENCE_TARGET.fullmatch(line) or RULE.fullmatch(line) or (number and underlined[number - 1]):
            yield Cut("boilerplate", start, start + len(line))
        else:
            pictures = [*LINKED_PICTURE.finditer(line)] or [*PICTURE.finditer(line)]
            yield from (Cut("caption", start + m.start(), start + m.end()) for m in pictures)


def drop_markdown(text: AlignedText) -> AlignedText:
    """Drop the signs of Markdown and the addresses of links; the words stay.

    >>> drop_markdown(AlignedText.of("> The **[plan](https://fen.example)** is _dead_, said *Ada* at 5 * 3.")).text
    'The plan is dead, said Ada at 5 * 3.'
    """
    for pattern in (LINK, REFERENCE):
        text = text.edit(change for m in pattern.finditer(text.text) for change in _around(m.span(), m.span("words")))
    for pattern in (BOLD, *EMPHASIS):
        text = text.edit(change for m in pattern.finditer(text.text) for change in _around(m.span(), m.span("words")))
    return text.sub(LINE_LEAD, "").sub(ESCAPED_SIGN, "")


def _around(outer: tuple[int, int], inner: tuple[int, int]) -> Iterator[tuple[int, int, str]]:
    yield outer[0], inner[0], ""
    yield inner[1], outer[1], ""


def _without_emphasis(words: str) -> tuple[int, int]:
    inner = words.strip("*_ ")
    at = words.index(inner) if inner else 0
    return at, at + len(inner or words)


def _is_underlined(lines: list[str]) -> Iterator[bool]:
    """For each line, whether it is a heading by the line of signs under it; "---" under a long line is a rule."""
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        is_short = len(line) <= 120 and not re.search(r"[.!?,:;]$", line) and not UNDERLINE.fullmatch(line)
        yield is_short and bool(UNDERLINE.fullmatch(below)) and len(below) >= 3


def _has_line(text: str, pattern: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(block.line) for block in find_blocks(text))
