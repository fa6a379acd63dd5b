"""A field's value as blocks of text: paragraphs in lists, in objects, or levels down in an editor's tree.

    [{"type": "p", "text": "It rained."}, {"type": "image", "caption": "The pier"}]
    [Block("It rained."), Block("The pier", "caption")]

What is a paragraph follows from the structure; the type of a node only says what is none, or where one goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onrecord.pipeline.sources.entries import Refused
from onrecord.pipeline.sources.records.values import is_nothing, normal_name
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.records import RemovedSpan, SegmentKind

#: Where a node has its text, the better first. Source: WordPress, Drupal, Arc (ANS), Draft.js, Contentful, Guardian.
TEXT_NAMES = ("rendered", "processed", "text", "value", "bodyhtml", "html", "content", "body", "paragraph", "p", "raw")
#: Where it has other nodes. Source: fundus, Arc, Draft.js, ProseMirror, Slate, Lexical, Portable Text, Editor.js.
CHILD_NAMES = frozenset(
    """
    summary sections paragraphs blocks content contents contentelements children items nodes body data model root
    document elements rows
    """.split()
)
HEADING_NAMES = frozenset("headline heading subheading header title".split())
TYPE_NAMES = ("style", "subtype", "role", "type", "@type", "nodetype", "blocktype", "kind", "tag", "tagname")
CAPTION_NAMES = ("caption", "fullcaption")
#: What a node is that is no paragraph. Source: Arc and the Washington Post (TREC), Draft.js, Editor.js, schema.org.
KINDS: Mapping[str, SegmentKind] = {
    **dict.fromkeys("title headline".split(), "title"),
    **dict.fromkeys("byline author authors authorinfo".split(), "byline"),
    **dict.fromkeys(
        "heading header headings subhead subheading subheadline subtitle crosshead deck".split(), "heading"
    ),
    **dict.fromkeys([f"h{n}" for n in range(1, 7)] + [f"heading{n}" for n in range(1, 7)], "heading"),
    **dict.fromkeys([f"header{n}" for n in "one two three four five six".split()], "heading"),
    **dict.fromkeys("image images photo picture figure caption gallery slideshow video audio media".split(), "caption"),
    **dict.fromkeys("kicker date time tag tags category ad ads advert advertisement promo".split(), "boilerplate"),
    **dict.fromkeys("related relatedlinks relatedcontent interstitiallink linklist newsletter".split(), "boilerplate"),
    **dict.fromkeys("signup readmore toc divider embed oembed oembedresponse button".split(), "boilerplate"),
}
#: Nodes inside of a line, and those that hold such.
INLINE = frozenset("text span link a em strong b i mention emoji hardbreak linebreak br hyperlink autolink".split())
BREAKS = frozenset("hardbreak linebreak br".split())
LINES = frozenset("paragraph p block heading header listitem li quote blockquote".split()) | KINDS.keys()
MAX_DEPTH = 60
#: More words are a paragraph that has the wrong type.
MAX_WORDS = {"title": 40, "heading": 40, "byline": 40}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or with a kind what else stands between paragraphs."""

    text: str
    kind: SegmentKind | None = None


def find_blocks(value: Any) -> list[Block]:
    """The blocks of a field's value, in order; none where it is no text.

    >>> node = {"type": "paragraph", "content": [{"type": "text", "text": "It "}, {"type": "text", "text": "rained."}]}
    >>> find_blocks({"type": "doc", "content": [node]})
    [Block(text='It rained.', kind=None)]
    >>> find_blocks([{"type": "title", "content": "Rain"}, {"type": "date", "content": 1488880800000}, "It rained."])
    [Block(text='Rain', kind='title'), Block(text='It rained.', kind=None)]
    """
    blocks = [block for block in _walk(value, None, 0) if block.text.strip()]
    return [] if len(blocks) == 1 and is_nothing(blocks[0].text) else blocks


def join_blocks(blocks: Sequence[Block]) -> tuple[AlignedText, tuple[RemovedSpan, ...]]:
    """All blocks as one text, a blank line between two; what is no paragraph is removed from it again.

    >>> text, removed_spans = join_blocks([Block("Rain", "title"), Block("It rained.")])
    >>> text.raw, text.text, removed_spans[0].kind
    ('Rain\\n\\nIt rained.', 'It rained.', 'title')
    """
    raw = AlignedText.of("\n\n".join(block.text for block in blocks))
    removed_spans, gaps, at = [], [], 0
    for block in blocks:
        end = at + len(block.text)
        if block.kind:
            removed_spans.append(RemovedSpan(kind=block.kind, raw_start=at, raw_end=end, text=block.text))
            gaps.append((at, min(end + 2, len(raw)), ""))
        at = end + 2
    return raw.edit(gaps), tuple(removed_spans)


def _walk(value: Any, kind: SegmentKind | None, depth: int) -> Iterator[Block]:
    if depth > MAX_DEPTH:
        raise Refused("nesting", f"a text in values in values, more than {MAX_DEPTH} deep")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        yield Block(value, None if len(value.split()) > MAX_WORDS.get(kind or "", len(value)) else kind)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _walk(item, kind, depth + 1)
    elif isinstance(value, Mapping) and value and all(str(key).isdecimal() for key in value):  # a list, by number
        for key in sorted(value, key=lambda key: int(str(key)[:18])):
            yield from _walk(value[key], kind, depth + 1)
    elif isinstance(value, Mapping):
        yield from _walk_node({normal_name(name): inner for name, inner in value.items()}, kind, depth + 1)


def _walk_node(node: Mapping[str, Any], kind: SegmentKind | None, depth: int) -> Iterator[Block]:
    """The blocks of a node: its heading, then its text; else the line that its children make, else theirs."""
    types = [normal_name(node[name]) for name in TYPE_NAMES if isinstance(node.get(name), str)]
    kind = next((KINDS[name] for name in types if name in KINDS), kind)
    if kind == "caption":
        text = next((node[name] for name in CAPTION_NAMES if isinstance(node.get(name), str)), None)
        if text is not None:
            yield Block(text, kind)
        return
    text = next((node[name] for name in TEXT_NAMES if isinstance(node.get(name), str) and node[name].strip()), None)
    if kind is None:
        yield from (block for name in node if name in HEADING_NAMES for block in _walk(node[name], "heading", depth))
    if text is not None:
        yield from _walk(text, kind, depth)
        return
    children = [
        inner for name, inner in node.items() if name in CHILD_NAMES and isinstance(inner, Mapping | list | tuple)
    ]
    line = next(filter(_are_inline, children), None) if LINES.intersection(types) else None
    for child in children if line is None else ["".join(_inline_text(line, depth))]:
        yield from _walk(child, kind, depth)


def _are_inline(children: Any) -> bool:
    """Are all nodes of a list such as stand within a line?"""
    return isinstance(children, list | tuple) and bool(children) and all(map(_is_inline, children))


def _is_inline(node: Any) -> bool:
    if not isinstance(node, Mapping):
        return False
    types = [normal_name(node[name]) for name in ("type", "_type", "nodeType") if isinstance(node.get(name), str)]
    return bool(INLINE.intersection(types)) or (not types and isinstance(node.get("text"), str))


def _inline_text(nodes: Any, depth: int) -> Iterator[str]:
    """The words of nodes within a line, as they follow each other."""
    if depth > MAX_DEPTH:
        raise Refused("nesting", f"a text in values in values, more than {MAX_DEPTH} deep")
    for node in nodes if isinstance(nodes, list | tuple) else ():
        if not isinstance(node, Mapping):
            continue
        if normal_name(node.get("type", "")) in BREAKS:
            yield "\n"
        own = next((node[name] for name in ("text", "value") if isinstance(node.get(name), str)), None)
        yield own if own is not None else "".join(_inline_text(node.get("children", node.get("content")), depth + 1))
