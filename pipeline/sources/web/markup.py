"""The visible text of a page in lines, each with its kind where the markup is clear, mapped to the markup.

    markup  <h1>New plan</h1><p>It <b>rains</b> &amp; pours.</p><nav>Home</nav>
    lines   New plan     title
            It rains & pours.
            Home         boilerplate

One pass from left to right that never fails: what no browser could parse is text, or left out. (The tree of a parser
does not say where its characters stand in the markup.)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape

from onrecord.pipeline.sources.web.page_words import (
    BLOCKS,
    BOILERPLATE,
    BOILERPLATE_NAME,
    BYLINE_NAME,
    CAPTION_NAME,
    HEADINGS,
    HIDDEN,
    INVISIBLE,
    RAW_TEXT,
    VOID,
    WHOLE_PAGE,
)
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit
from onrecord.transforms.records import SegmentKind

#: From a tag's name to its end; ``>`` inside a quoted value does not end it.
TAG_END = re.compile(r"""[^"'>]*+(?:(?:(?<==)|(?<==\s))(?:"[^"]*+"|'[^']*+')[^"'>]*+|["'][^"'>]*+)*+>""")
TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
ATTRIBUTE = re.compile(
    r"""(?<=[\s"'])(class|id|rel|itemprop|style|hidden)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"']++)|(?=[\s/>]))""",
    re.IGNORECASE,
)
#: Characters of a tag that are searched for attributes.
MAX_TAG_LENGTH = 4000
ENTITY = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
LINE_END = re.compile(r"[\r\n\t\f]++")
BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*+\n\s*+")  # never from within a run of blanks: that takes quadratic time
LINE = re.compile(r"(?m:^)[^\S\n]*+\S[^\n]*+")
#: A closing tag may close so many of the innermost open elements, and none further out.
MAX_CLOSE_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Context:
    """What the innermost element with a kind says of its text; ``element`` numbers it, 0 is the page.

    ``block`` is the innermost block with its class, as it stands in the markup: what a page sets alike has it alike.
    """

    kind: SegmentKind | None = None
    element: int = 0
    seen: bool = True
    block: str = ""
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page that is not empty: ``page.text.text[start:end]``. ``linked`` is the share of it in links."""

    start: int
    end: int
    text: str
    context: Context
    linked: float


@dataclass(frozen=True, slots=True)
class VisiblePage:
    """The visible text of the markup; ``depth`` and ``tags`` are its nesting and size, for parsers with limits."""

    text: AlignedText
    lines: tuple[Line, ...]
    depth: int
    tags: int


def parse_visible_text(markup: str) -> VisiblePage:
    """The visible text of a page, in lines.

    >>> page = parse_visible_text("<h1>New plan</h1><p>It <b>rains</b> &amp; pours.</p><nav>Home</nav>")
    >>> [(line.text, line.context.kind) for line in page.lines]
    [('New plan', 'title'), ('It rains & pours.', None), ('Home', 'boilerplate')]
    >>> page.text.raw_range(10, 20)
    (20, 37)
    """
    scan = _MarkupScan(markup)
    scan.read()
    text = AlignedText(markup, tuple(scan.edits)).sub(BREAK, "\n")
    return VisiblePage(text=text, lines=tuple(_lines(text, scan)), depth=scan.depth, tags=scan.tags)


def _lines(text: AlignedText, scan: _MarkupScan) -> Iterator[Line]:
    for m in LINE.finditer(text.text):
        text_start = m.start() + len(m.group()) - len(m.group().lstrip())
        start, end = text.raw_range(text_start, m.start() + len(m.group().rstrip()))
        first_run = max(bisect_right(scan.starts, start) - 1, 0)
        runs = range(first_run, max(bisect_right(scan.starts, end - 1), first_run + 1))
        lengths = [(scan.ends[n] - scan.starts[n]) * scan.contexts[n].seen for n in runs]
        linked = sum(length for n, length in zip(runs, lengths, strict=True) if scan.contexts[n].linked)
        yield Line(m.start(), m.end(), m.group(), scan.contexts[first_run], linked / max(1, sum(lengths)))


@dataclass(slots=True)
class _MarkupScan:
    """The one pass. Runs of text lie in the markup from ``starts`` to ``ends``; ``contexts`` say what each is."""

    markup: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    open_elements: list[tuple[str, Context]] = field(default_factory=lambda: [("", Context())])
    depth: int = 0
    tags: int = 0
    quotes_closed: bool = True  # until a tag is found whose quotation marks do not close

    def read(self) -> None:
        at = 0
        while (start := self.markup.find("<", at)) >= 0:
            self._take_text(at, start)
            at = self._take_markup(start)
        self._take_text(at, len(self.markup))

    def _take_text(self, start: int, end: int) -> None:
        """Take text: entities are decoded, and line ends become spaces except in preformatted text."""
        if start >= end:
            return
        context = self.open_elements[-1][1]
        self.starts.append(start)
        self.ends.append(end)
        self.contexts.append(context)
        if not context.seen:
            self.edits.append(Edit(start, end, ""))
            return
        edits = [Edit(m.start(), m.end(), unescape(m.group())) for m in ENTITY.finditer(self.markup, start, end)]
        if self.open_elements[-1][0] != "pre":
            edits += [Edit(m.start(), m.end(), " ") for m in LINE_END.finditer(self.markup, start, end)]
        self.edits += sorted(edit for edit in edits if self.markup[edit.start : edit.end] != edit.replacement)

    def _take_markup(self, start: int) -> int:
        """Take what begins with the ``<`` at ``start`` and return the offset after it."""
        if self.markup.startswith("<!--", start):
            return self._drop(start, self._end_of("-->", start + 4))
        if self.markup.startswith(("<!", "<?"), start):
            return self._drop(start, self._end_of(">", start))
        name = TAG_NAME.match(self.markup, start)
        if name is None:
            self._take_text(start, start + 1)
            return start + 1
        tag, end = name[1].lower(), self._tag_end(name.end())
        self.tags += 1
        if self.markup[start + 1] == "/":
            self._close(tag)
        elif tag in RAW_TEXT:
            end = self._end_of_raw_text(tag, end)
        elif tag not in VOID:
            self._open(tag, self.markup[name.end() : min(end, start + MAX_TAG_LENGTH)])
        return self._drop(start, end, "\n" if tag in BLOCKS and self.open_elements[-1][1].seen else "")

    def _drop(self, start: int, end: int, replacement: str = "") -> int:
        self.edits.append(Edit(start, end, replacement))
        return end

    def _end_of(self, mark: str, at: int) -> int:
        mark_at = self.markup.find(mark, at)
        return mark_at + len(mark) if mark_at >= 0 else len(self.markup)

    def _end_of_raw_text(self, tag: str, at: int) -> int:
        closing = re.compile(rf"</{tag}[^>]*+(?:>|$)", re.IGNORECASE).search(self.markup, at)
        return closing.end() if closing else len(self.markup)

    def _tag_end(self, at: int) -> int:
        if self.quotes_closed:
            if match := TAG_END.match(self.markup, at):
                return match.end()
            self.quotes_closed = False
        return self._end_of(">", at)

    def _open(self, tag: str, attribute_text: str) -> None:
        if tag in BLOCKS and self.open_elements[-1][0] == "p":
            self.open_elements.pop()  # a new block closes a paragraph
        self.open_elements.append((tag, self._context(tag, attribute_text)))
        self.depth = max(self.depth, len(self.open_elements))

    def _close(self, tag: str) -> None:
        for back in range(1, min(MAX_CLOSE_DEPTH, len(self.open_elements) - 1) + 1):
            if self.open_elements[-back][0] == tag:
                del self.open_elements[-back:]
                return

    def _context(self, tag: str, attribute_text: str) -> Context:
        outer = self.open_elements[-1][1]
        attributes = (
            {m[1].lower(): (m[2] or "").strip("\"'") for m in ATTRIBUTE.finditer(attribute_text)}
            if attribute_text
            else {}
        )
        kind = _kind(tag, attributes)
        if tag in INVISIBLE:
            return Context(seen=False)
        if tag == "a":
            outer = replace(outer, linked=True)
        elif tag in BLOCKS:
            outer = replace(outer, block=f"{tag} {attributes.get('class', '')}")
        if kind is None or not outer.seen:
            return outer
        return replace(outer, kind=kind, element=self.tags)


def _kind(tag: str, attributes: Mapping[str, str]) -> SegmentKind | None:
    """What an element is, by its name and its attributes; None where they do not say."""
    if tag == "h1":
        return "title"
    if tag in HEADINGS:
        return "heading"
    if tag == "figcaption":
        return "caption"
    if tag in BOILERPLATE:
        return "boilerplate"
    if tag in WHOLE_PAGE or not attributes:
        return None
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    if "hidden" in attributes or HIDDEN.search(attributes.get("style", "")):
        return "boilerplate"
    if CAPTION_NAME.search(names):
        return "caption"
    if "author" in (attributes.get("rel"), attributes.get("itemprop")) or BYLINE_NAME.search(names):
        return "byline"
    return "boilerplate" if BOILERPLATE_NAME.search(names) else None
