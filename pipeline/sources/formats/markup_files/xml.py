"""XML: which kind of file it is shows at its root element; each kind has its records.

Nothing that a file declares is fetched or expanded; one that declares entities of its own is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO, TypeAlias

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import codec_name, decode, decode_record
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats import pages
from onrecord.pipeline.sources.formats.markup_files import agencies, feeds
from onrecord.pipeline.sources.formats.markup_files.elements import Record, parse_record
from onrecord.pipeline.sources.formats.markup_files.feeds import FeedHead
from onrecord.pipeline.sources.formats.markup_files.splitting import Piece, check_any, split_records, unread_entry
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import peek

Extract: TypeAlias = Callable[[Record, FeedHead], ExtractedText]
#: The root element has to stand in so many bytes.
MAX_PROLOGUE = 2**16
#: What may stand before the root element; a declaration may hold others in brackets.
PROLOGUE = re.compile(
    rb"[\s\xef\xbb\xbf]++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?P<declared>[^\[>]*+(?:\[.*?\]\s*+)?)>",
    re.DOTALL | re.IGNORECASE,
)
ROOT = re.compile(rb"<(?P<prefix>[\w.-]{1,40}:)?(?P<name>[\w.-]{1,60})[\s/>]")
DECLARED_CHARSET = re.compile(rb"""[\s\xef\xbb\xbf]*+<\?xml[^>]+?encoding\s*=\s*["']([\w:.-]+)""")
ENTITY_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)
HINT = "read are RSS, Atom, NewsML-G2 and NITF; make one object with a text a line of JSON of other files"


@dataclass(frozen=True, slots=True)
class Kind:
    """The tag of a record in such a file, and what reads it."""

    record: str
    extract: Extract


def _extract_feed_item(item: Record, head: FeedHead) -> ExtractedText:
    """The article of an item, which may wrap an agency's own."""
    if item.first("nitf", "newsitem"):
        article = agencies.extract_item(item)
        return replace(article, publisher=article.publisher or head.publisher)
    return feeds.extract_item(item, head)


def _extract_news_item(item: Record, _: FeedHead) -> ExtractedText:
    return agencies.extract_item(item)


#: By the name of the root element.
KINDS: Mapping[str, Kind] = {
    "rss": Kind("item", _extract_feed_item),
    "RDF": Kind("item", _extract_feed_item),
    "feed": Kind("entry", _extract_feed_item),
    "entry": Kind("entry", _extract_feed_item),
    "newsMessage": Kind("newsItem", _extract_news_item),
    "newsItem": Kind("newsItem", _extract_news_item),
    "NewsML": Kind("NewsItem", _extract_news_item),
    "newsitem": Kind("newsitem", _extract_news_item),
    "nitf": Kind("nitf", _extract_news_item),
}
#: How files of these kinds begin, whatever their names; and any XML.
SURE_MAGIC = re.compile(
    rb"(?:[\s\xef\xbb\xbf]++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+>)*+"
    rb"<(?:rss|(?:\w+:)?(?:RDF|newsMessage|newsItem)|(?:\w+:)?feed(?=[^>]*[Aa]tom)|NewsML|newsitem|nitf)[\s>]",
    re.DOTALL,
)
MAGIC = re.compile(rb"[\s\xef\xbb\xbf]*+<\?xml\s")


def entries(stream: BinaryIO, options: Options, input_slice: Slice) -> Iterator[Entry]:
    """An entry for each record, named by its number from 1. Raises Refused for XML of another kind."""
    head, stream = peek(stream, MAX_PROLOGUE)
    if not head.strip():
        raise Refused("empty", "nothing but white space" if head else "no bytes")
    prefix, root = find_root(head)
    if root.lower() == "html":
        yield from pages.entries(stream, options, input_slice)
        return
    if root not in KINDS:
        raise Refused("format", f"XML of the kind <{prefix}{root}>: {HINT}")
    kind, limit = KINDS[root], options.limits.record
    prefix = "" if root == "RDF" else prefix
    name, charset, number = prefix + kind.record, _charset(head), 0
    feed_head = FeedHead()
    piece: Piece | None = None
    for piece in split_records(stream, name, limit):
        data = piece.content.data or b""
        if piece.kind != "between":
            number += 1
            read = partial(extract, kind=kind, head=feed_head, charset=charset, prefix=prefix)
            yield unread_entry(str(number), piece, limit) or Entry.of(str(number), data, read)
        elif not number:
            feed_head = feeds.read_head(parse_record(decode(data, charset).text, prefix))
    _check_end(piece, number, name, root)


def _check_end(last: Piece | None, n_records: int, record: str, root: str) -> None:
    """Raise Refused for a file without records, and for one that ends between two of them."""
    check_any(n_records, record)
    is_whole = root in record or (last and (last.kind == "broken" or f"{root}>".encode() in (last.content.data or b"")))
    if not is_whole:
        raise Refused("damaged", f"it ends too early: there is no </{root}>")


def extract(data: bytes, *, kind: Kind, head: FeedHead, charset: str | None, prefix: str) -> ExtractedText:
    """The article of a record."""
    decoded = decode_record(data, charset)
    article = kind.extract(parse_record(decoded.text, prefix), head)
    return replace(article, flags=(*decoded.flags, *article.flags))


def find_root(head: bytes) -> tuple[str, str]:
    """The prefix and the name of the root element. Raises Refused where there is none, and for declared entities.

    >>> find_root(b"<?xml version='1.0'?><!-- by hand --><atom:feed xmlns:atom='a'>")
    ('atom:', 'feed')
    """
    at = 0
    while m := PROLOGUE.match(head, at):
        if ENTITY_DECLARATION.search(m["declared"] or b""):
            raise Refused("expansion", "it declares entities of its own, and none is expanded")
        at = m.end()
    root = ROOT.match(head, at)
    if root is None:
        raise Refused("syntax", "no root element: it is no XML")
    return (root["prefix"] or b"").decode(), root["name"].decode()


def _charset(head: bytes) -> str | None:
    """The charset that the file declares; of two bytes a character it is not: tags have been found in it."""
    m = DECLARED_CHARSET.match(head)
    declared = codec_name(m[1].decode()) if m else None
    return None if declared is None or declared.startswith(("utf-16", "utf-32")) else declared
