"""HTML in a field of a record, which may as well be plain text.

A text is HTML by tags where markup has them, never because it speaks of them: "Put <b> before a word".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from onrecord.pipeline.sources.web.fragments import Fragment, cut_fragment
from onrecord.pipeline.sources.web.markup import parse_visible_text
from onrecord.pipeline.sources.web.page_words import BLOCKS, VOID
from onrecord.transforms.alignment import AlignedText

BLOCK = "|".join(sorted(BLOCKS - {"br", "hr"}, key=len, reverse=True))
#: A block opens at the head of a text or line or right after another tag, and closes at the end of one or before one.
BLOCK_TAG = re.compile(rf"<({BLOCK})(?:\s[^<>]*+)?>", re.IGNORECASE)
BEFORE_BLOCK = re.compile(r"(?:\A|[>\n])\s*+\Z")
MAX_INDENT = 80
BLOCK_CLOSES = re.compile(rf"</({BLOCK})\s*+>[^\S\n]*+(?:<|\n|\Z)", re.IGNORECASE)
#: A line break between sentences, or two of them.
BREAKS = re.compile(r"""[.!?…"”’')]\s*+<br\s*+/?>\s*+(?:["“‘'(<A-Z0-9]|\Z)|<br\s*+/?>\s*+<br\s*+/?>""", re.IGNORECASE)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,11})((?:\s[^<>]*+)?)>")
INLINE = frozenset(
    """
    a abbr b bdi bdo big cite code data del dfn em font i img ins kbd mark q s samp small span strike strong sub sup
    time tt u var wbr br
    """.split()
)
ESCAPED_TAG = re.compile(r"&(?:amp;){0,2}lt;/?[a-zA-Z]")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
WHOLE_PAGE = re.compile(r"\s*+(?:<!--.*?-->\s*+|<\?xml[^>]*+>\s*+)?<(?:!doctype\s++html|html|body)\b", re.I | re.S)
#: What stands around an article on its page.
PAGE_PART = re.compile(r"<(?:nav|main|head)(?:\s[^<>]*+)?>", re.IGNORECASE)
CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
LINE_END = re.compile(r"\r\n?|\n")
#: In these elements a blank line is nothing but white space; outside, writers mean a paragraph by it.
PARAGRAPH_OR_BLANK_LINE = re.compile(
    r"<(?P<close>/?)(?P<tag>p|li|td|th|dd|dt|pre|h[1-6]|blockquote|figcaption)\b[^<>]*+>|(?P<blank>\n[^\S\n]*+\n)",
    re.IGNORECASE,
)
MAX_ESCAPES = 3


def is_html(text: str) -> bool:
    """Is a text marked up? Not where tags are only spoken of.

    >>> is_html("<p>It rained.</p>"), is_html("It rained.<br>It poured."), is_html("It <em>rained</em>.")
    (True, True, True)
    >>> is_html("Put <b> before a word."), is_html("From <p> to </p>, she said."), is_html("if a<b and c>d")
    (False, False, False)
    """
    return "<" in text and (_has_blocks(text) or _has_inline_markup(text))


def is_page(text: str) -> bool:
    """Is it a whole page and no fragment?

    >>> [is_page(f"{before}<p>It rained.</p>") for before in ("<!doctype html>", "<nav>Home</nav>", "")]
    [True, True, False]
    """
    return WHOLE_PAGE.match(text) is not None or (PAGE_PART.search(text) is not None and _has_blocks(text))


def to_plain(text: str) -> str:
    """A title or name without tags and entities.

    >>> to_plain("Bread &amp;amp; <i>butter</i>"), to_plain("What <b> does"), to_plain("Q&A")
    ('Bread & butter', 'What <b> does', 'Q&A')
    """
    for _ in range(MAX_ESCAPES):
        plain = parse_visible_text(text).text.text if is_html(text) else ENTITY.sub(lambda m: unescape(m[0]), text)
        if plain == text:
            break
        text = plain
    return text


def read_field(text: AlignedText) -> Fragment:
    """The lines of a text, without those that its markup gives another kind; a text without markup as it is.

    >>> field = read_field(AlignedText.of("&lt;p&gt;It rained.&lt;/p&gt;&lt;p&gt;It poured.&lt;/p&gt;"))
    >>> field.body.text
    'It rained.\\n\\nIt poured.'
    """
    text = _unescape_markup(text)
    return cut_fragment(_with_breaks(text)) if is_html(text.text) else Fragment(body=text)


def _has_blocks(text: str) -> bool:
    opened = [
        m[1].lower()
        for m in BLOCK_TAG.finditer(text)
        if BEFORE_BLOCK.search(text[max(0, m.start() - MAX_INDENT) : m.start()])
    ]
    closed = {m[1].lower() for m in BLOCK_CLOSES.finditer(text)} if opened else set()
    return not closed.isdisjoint(opened) or opened.count("p") > 1 or BREAKS.search(text) is not None


def _has_inline_markup(text: str) -> bool:
    """Are all tags inline ones, in pairs, each with words right behind the one or before the other?"""
    open_tags: list[tuple[str, int]] = []
    n_pairs = 0
    for tag in TAG.finditer(text):
        name = tag[2].lower()
        if name not in INLINE:
            return False
        if name in VOID:
            continue
        if not tag[1]:
            open_tags.append((name, tag.end()))
            continue
        if not open_tags or open_tags[-1][0] != name:
            return False
        _, start = open_tags.pop()
        if start == tag.start() or (text[start].isspace() and text[tag.start() - 1].isspace()):
            continue
        n_pairs += 1
    return n_pairs > 0 and not open_tags


def _unescape_markup(text: AlignedText) -> AlignedText:
    """The text with its entities decoded until its tags are tags, where that makes HTML of it; else as it is."""
    unescaped = text.sub(CDATA, "") if text.text.lstrip().startswith("<![CDATA[") else text
    for _ in range(MAX_ESCAPES):
        if is_html(unescaped.text):
            return unescaped
        if ESCAPED_TAG.search(unescaped.text) is None:
            break
        unescaped = unescaped.sub(ENTITY, lambda m: unescape(m[0]))
    return text


def _with_breaks(text: AlignedText) -> AlignedText:
    """The text with ``<br>`` where a line end means one: at each without blocks, else at blank lines between them."""
    if not _has_blocks(text.text):
        return text.sub(LINE_END, "<br>")
    return text.edit((at, at, "<br>") for at in _meant_blank_lines(text.text))


def _meant_blank_lines(text: str) -> Iterator[int]:
    inside = False
    for m in PARAGRAPH_OR_BLANK_LINE.finditer(text):
        if m["tag"]:
            inside = not m["close"]
        elif not inside:
            yield m.start()
