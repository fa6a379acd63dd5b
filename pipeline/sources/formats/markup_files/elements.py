"""The elements of one record's markup, with their offsets: XML as it should be, as feeds have it, and SGML.

One pass that never fails: an element that is not closed ends with the one around it, and what is no tag is text. No
entity is expanded, no name is looked up.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from onrecord.pipeline.sources.web.fragments import check_size

#: A tag. A quotation mark that does not close before the next tag is an ordinary character.
TAG = re.compile(
    r"""<(?P<closing>/?)(?P<name>[A-Za-z_][\w.:-]{0,80})(?P<attributes>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+)>"""
)
#: What holds no tags: its end, or that of the markup, is where it ends.
OPAQUE = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element: ``markup[start:end]``, its content ``[inner_start, inner_end)``. The record itself has depth 0."""

    name: str
    attributes: str
    depth: int
    start: int
    inner_start: int
    inner_end: int
    end: int

    def attribute(self, name: str) -> str | None:
        """The value of an attribute, by its name in small letters; None where it has none.

        >>> parse_record('<doc id="A&amp;B" Type=story>').elements[0].attribute("type")
        'story'
        """
        pattern = rf"""(?<![\w:.-]){re.escape(name)}\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++)"""
        m = re.search(pattern, self.attributes, re.IGNORECASE)
        return unescape(m[1].strip("\"'")).strip() or None if m else None


@dataclass(frozen=True, slots=True)
class Record:
    """A record and its elements in the order in which they begin, their names in small letters."""

    markup: str
    elements: tuple[Element, ...]

    def find(self, *names: str, within: Element | None = None, depth: int | None = None) -> Iterator[Element]:
        """The elements of these names, the ones of the first name first."""
        for name in names:
            for element in self.elements:
                if (
                    element.name == name
                    and (within is None or within.inner_start <= element.start < within.inner_end)
                    and depth in (None, element.depth)
                ):
                    yield element

    def first(self, *names: str, within: Element | None = None, depth: int | None = None) -> Element | None:
        """The first that ``find`` yields."""
        return next(self.find(*names, within=within, depth=depth), None)

    def has_tags(self, element: Element) -> bool:
        """Whether other elements stand in it, and no CDATA section, which hides them."""
        inner = (element.inner_start, element.inner_end)
        return self.markup.find("<![CDATA[", *inner) < 0 and any(inner[0] <= e.start < inner[1] for e in self.elements)


def outermost(elements: Iterable[Element]) -> list[Element]:
    """The elements without those that stand in another one, in order."""
    taken: list[Element] = []
    for element in sorted(elements, key=lambda element: element.start):
        if not taken or element.start >= taken[-1].end:
            taken.append(element)
    return taken


def covers(ranges: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether the offset lies in one of the ranges, which stand in order and apart."""
    number = bisect_right(ranges, at, key=lambda each: each[0]) - 1
    return number >= 0 and at < ranges[number][1]


def parse_record(markup: str, prefix: str = "") -> Record:
    """The record with its elements; ``prefix`` of their names ("atom:") is left out. Raises Refused for too many.

    >>> [(e.name, e.depth, e.end) for e in parse_record("<item><a>x<b/></a>y</item>").elements]
    [('item', 0, 26), ('a', 1, 18), ('b', 2, 14)]
    """
    check_size(markup)
    open_elements: list[tuple[int, str, re.Match[str]]] = []
    n_open = Counter[str]()
    elements: dict[int, Element] = {}

    def close(inner_end: int, end: int | None = None) -> None:
        number, name, tag = open_elements.pop()
        n_open[name] -= 1
        elements[number] = _element(name, tag, len(open_elements), inner_end, inner_end if end is None else end)

    n_elements = 0
    for tag in _tags(markup):
        name = tag["name"].lower().removeprefix(prefix)
        if tag["closing"]:
            if n_open[name]:
                while open_elements[-1][1] != name:
                    close(tag.start())
                close(tag.start(), tag.end())
            continue
        open_elements.append((n_elements, name, tag))
        n_open[name] += 1
        n_elements += 1
        if tag["attributes"].endswith("/"):
            close(tag.end())
    while open_elements:
        close(len(markup))
    return Record(markup, tuple(elements[number] for number in range(n_elements)))


def _tags(markup: str) -> Iterator[re.Match[str]]:
    at = 0
    while (at := markup.find("<", at)) >= 0:
        if tag := TAG.match(markup, at):
            yield tag
        skipped = tag or OPAQUE.match(markup, at)
        at = skipped.end() if skipped else at + 1


def _element(name: str, tag: re.Match[str], depth: int, inner_end: int, end: int) -> Element:
    return Element(
        name=name,
        attributes=tag["attributes"],
        depth=depth,
        start=tag.start(),
        inner_start=tag.end(),
        inner_end=inner_end,
        end=end,
    )
