"""What of a page's markup is seen: its text in lines, each with what it surely is, mapped to the markup.

    markup  <h1>New plan</h1><p>It <b>rains</b> &amp; pours.</p><nav>Home</nav>
    lines   New plan     title
            It rains & pours.
            Home         boilerplate

One pass from left to right that never fails: what no browser could parse is text, or left away. (The tree of a parser
cannot tell where its characters stand in the markup.)
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape

from onrecord.pipeline.sources.web.page_words import (
    BLOCKS,
    BYLINE_NAME,
    CAPTION_NAME,
    FURNITURE,
    FURNITURE_NAME,
    HEADINGS,
    HIDDEN,
    RAW,
    UNSEEN,
    VOID,
    WHOLE,
)
from onrecord.transforms.alignment import AlignedText, Edit
from onrecord.transforms.records import SegmentKind

#: From behind its name to a tag's end; ``>`` inside a quoted value is none.
TAG_END = re.compile(r"""[^"'>]*+(?:(?:(?<==)|(?<==\s))(?:"[^"]*+"|'[^']*+')[^"'>]*+|["'][^"'>]*+)*+>""")
TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]{0,40})")
ATTRIBUTE = re.compile(
    r"""(?<=[\s"'])(class|id|rel|itemprop|style|hidden)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>"']++)|(?=[\s/>]))""",
    re.IGNORECASE,
)
#: Of a tag, this much is searched for attributes.
LONGEST_TAG = 4000
ENTITY = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
LINE_END = re.compile(r"[\r\n\t\f]++")
BREAK = re.compile(r"[^\S\n]*+\n\s*+")
LINE = re.compile(r"[^\n]*\S[^\n]*")
#: A closing tag closes no element that is open further outside than this.
REACH = 64


@dataclass(frozen=True, slots=True)
class Context:
    """What the innermost telling element says of its text; ``element`` numbers it, 0 is the page.

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
    """What is seen of the markup; ``depth`` and ``tags`` tell how much a parser would have to bear."""

    text: AlignedText
    lines: tuple[Line, ...]
    depth: int
    tags: int


def parse_visible_text(markup: str) -> VisiblePage:
    """What is seen of a page.

    >>> page = parse_visible_text("<h1>New plan</h1><p>It <b>rains</b> &amp; pours.</p><nav>Home</nav>")
    >>> [(line.text, line.context.kind) for line in page.lines]
    [('New plan', 'title'), ('It rains & pours.', None), ('Home', 'boilerplate')]
    >>> page.text.raw_range(10, 20)
    (20, 37)
    """
    scan = _Scan(markup)
    scan.run()
    text = AlignedText(markup, tuple(scan.changes)).sub(BREAK, "\n")
    return VisiblePage(text=text, lines=tuple(_lines(text, scan)), depth=scan.depth, tags=scan.tags)


def _lines(text: AlignedText, scan: _Scan) -> Iterator[Line]:
    for m in LINE.finditer(text.text):
        first = m.start() + len(m.group()) - len(m.group().lstrip())
        start, end = text.raw_range(first, m.start() + len(m.group().rstrip()))
        run = max(bisect_right(scan.runs, start) - 1, 0)
        runs = range(run, max(bisect_right(scan.runs, end - 1), run + 1))
        lengths = [(scan.ends[n] - scan.runs[n]) * scan.contexts[n].seen for n in runs]
        linked = sum(length for n, length in zip(runs, lengths, strict=True) if scan.contexts[n].linked)
        yield Line(m.start(), m.end(), m.group(), scan.contexts[run], linked / max(1, sum(lengths)))


@dataclass(slots=True)
class _Scan:
    """The one pass. Text stands in the markup from ``runs`` to ``ends``; ``contexts`` say what it is there."""

    markup: str
    runs: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    changes: list[Edit] = field(default_factory=list)
    open: list[tuple[str, Context]] = field(default_factory=lambda: [("", Context())])
    depth: int = 0
    tags: int = 0
    sound: bool = True  # until a tag is found whose quotation marks do not close

    def run(self) -> None:
        at = 0
        while (start := self.markup.find("<", at)) >= 0:
            self._text(at, start)
            at = self._markup(start)
        self._text(at, len(self.markup))

    def _text(self, start: int, end: int) -> None:
        """Take text: entities are read, and line ends in it are blanks, but not in preformatted text."""
        if start >= end:
            return
        context = self.open[-1][1]
        self.runs.append(start)
        self.ends.append(end)
        self.contexts.append(context)
        if not context.seen:
            self.changes.append(Edit(start, end, ""))
            return
        found = [Edit(m.start(), m.end(), unescape(m.group())) for m in ENTITY.finditer(self.markup, start, end)]
        if self.open[-1][0] != "pre":
            found += [Edit(m.start(), m.end(), " ") for m in LINE_END.finditer(self.markup, start, end)]
        self.changes += sorted(edit for edit in found if self.markup[edit.start : edit.end] != edit.replacement)

    def _markup(self, start: int) -> int:
        """Take what begins with the ``<`` at ``start``; gives the place behind it."""
        if self.markup.startswith("<!--", start):
            return self._drop(start, self._behind("-->", start + 4))
        if self.markup.startswith(("<!", "<?"), start):
            return self._drop(start, self._behind(">", start))
        name = TAG_NAME.match(self.markup, start)
        if name is None:
            self._text(start, start + 1)
            return start + 1
        tag, end = name[1].lower(), self._tag_end(name.end())
        self.tags += 1
        if self.markup[start + 1] == "/":
            self._close(tag)
        elif tag in RAW:
            end = self._behind_raw(tag, end)
        elif tag not in VOID:
            self._open(tag, self.markup[name.end() : min(end, start + LONGEST_TAG)])
        return self._drop(start, end, "\n" if tag in BLOCKS and self.open[-1][1].seen else "")

    def _drop(self, start: int, end: int, replacement: str = "") -> int:
        self.changes.append(Edit(start, end, replacement))
        return end

    def _behind(self, mark: str, at: int) -> int:
        found = self.markup.find(mark, at)
        return found + len(mark) if found >= 0 else len(self.markup)

    def _behind_raw(self, tag: str, at: int) -> int:
        closing = re.compile(rf"</{tag}[^>]*+(?:>|$)", re.IGNORECASE).search(self.markup, at)
        return closing.end() if closing else len(self.markup)

    def _tag_end(self, at: int) -> int:
        if self.sound:
            if whole := TAG_END.match(self.markup, at):
                return whole.end()
            self.sound = False
        return self._behind(">", at)

    def _open(self, tag: str, attributes: str) -> None:
        if tag in BLOCKS and self.open[-1][0] == "p":
            self.open.pop()  # nobody needs to close a paragraph
        self.open.append((tag, self._context(tag, attributes)))
        self.depth = max(self.depth, len(self.open))

    def _close(self, tag: str) -> None:
        for back in range(1, min(REACH, len(self.open) - 1) + 1):
            if self.open[-back][0] == tag:
                del self.open[-back:]
                return

    def _context(self, tag: str, attributes: str) -> Context:
        outer = self.open[-1][1]
        told = {m[1].lower(): (m[2] or "").strip("\"'") for m in ATTRIBUTE.finditer(attributes)} if attributes else {}
        kind = _kind(tag, told)
        if tag in UNSEEN:
            return Context(seen=False)
        if tag == "a":
            outer = replace(outer, linked=True)
        elif tag in BLOCKS:
            outer = replace(outer, block=f"{tag} {told.get('class', '')}")
        if kind is None or not outer.seen:
            return outer
        return replace(outer, kind=kind, element=self.tags)


def _kind(tag: str, told: Mapping[str, str]) -> SegmentKind | None:
    """What an element says of its text, by its name and its attributes."""
    if tag == "h1":
        return "title"
    if tag in HEADINGS:
        return "heading"
    if tag == "figcaption":
        return "caption"
    if tag in FURNITURE:
        return "boilerplate"
    if tag in WHOLE or not told:
        return None
    names = f"{told.get('class', '')} {told.get('id', '')}"
    if "hidden" in told or HIDDEN.search(told.get("style", "")):
        return "boilerplate"
    if CAPTION_NAME.search(names):
        return "caption"
    if "author" in (told.get("rel"), told.get("itemprop")) or BYLINE_NAME.search(names):
        return "byline"
    return "boilerplate" if FURNITURE_NAME.search(names) else None
