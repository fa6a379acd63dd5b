"""Where a record has what: fields by the names that exporters give them, in the record or in an object inside of it.

{"id": 1, "webUrl": "https://…", "fields": {"headline": "Rain", "body": "<p>It rained.</p>"}}
 └── layer 2: the address ──────┘            └── layer 1, which holds the text ─────────┘
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from onrecord.pipeline.sources.records.blocks import Block, find_blocks
from onrecord.pipeline.sources.records.values import normal_name

#: Of the names of a text the one under which there is never more than its head.
LEAD = "leadparagraph"
#: Field names by what they hold, the surest first, in small letters without punctuation. Source: output of newspaper4k,
#: news-please (maintext, date_publish), fundus (plaintext, publishing_date), trafilatura (hostname, source), of
#: extracts of Common Crawl (cc_news, RealNews), schema.org (articleBody, headline), JSON Feed, WordPress, Arc (ANS,
#: TREC), of the APIs of the Guardian (webTitle), the New York Times, NewsAPI, Event Registry, Webz, and plain words.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        *("maintext", "plaintext", "text", "articletext", "fulltext", "articlebody", "body", "bodytext", "bodyhtml"),
        *("article", "articlecontent", "fullcontent", "content", "contentencoded", "contenthtml", "contenttext"),
        *("textcontent", "extract", "storytext", "story", "document", "rawtext", "paragraphs", "contents"),
        *("contentelements", "sections", "blocks", "pages", LEAD),
    ),
    "title": (
        *("title", "headline", "headlines", "articletitle", "webtitle", "newstitle", "titlepage", "titlerss"),
        *("heading",),
    ),
    "byline": (
        *("byline", "authors", "author", "creator", "writer", "articleauthor", "authorname", "authorsbyline"),
        *("embedded.author", "primaryauthor", "credits.by", "yoastheadjson.author", "reporter", "contributors"),
    ),
    "publisher": (
        *("publisher", "sitename", "metasitename", "publication", "publicationname", "outlet", "newspaper"),
        *("sourcename", "sourcetitle", "medianame", "sourcedomain", "domain", "hostname", "sourcehostname", "site"),
        *("source", "provider", "yoastheadjson.ogsitename"),
    ),
    "published": (
        *("published", "datepublish", "publishdate", "publishingdate", "datepublished", "publishedat", "publisheddate"),
        *("publicationdate", "webpublicationdate", "firstpublicationdate", "publicationdatetime", "datetimepub"),
        *("dategmt", "pubdate", "publishedtime", "publishtime", "publishedon", "firstpublished", "dateposted"),
        *("displaydate", "date", "timestamp", "datetime", "seendate", "issued"),
    ),
    "modified": (
        *("modifiedgmt", "modified", "datemodified", "datemodify", "lastmodified", "modifieddate", "modifiedat"),
        *("updatedat", "dateupdated", "lastupdated", "lastupdateddate", "updated", "modificationdate"),
        *("lastmodifieddate", "datelastmodified", "updateddate", "dateupdate", "lastupdate", "editdate"),
        *("editedat", "lastedited"),
    ),
    "url": (
        *("url", "link", "articleurl", "weburl", "permalink", "canonicalurl", "pageurl", "storyurl", "newsurl"),
        *("sourceurl", "canonicallink", "uri", "mainentityofpage", "links", "source", "guid", "@id", "id"),
    ),
}
PAGE_FIELDS = ("html", "rawhtml", "pagehtml")
#: Of these only objects are paragraphs; plain words in them are names of sections, numbers of pages.
OUTLINES = frozenset({"sections", "blocks", "pages", "contents"})
#: Objects that hold the article, and those that only say more of it.
ARTICLE_NAMES = frozenset(
    "fields source article post item story doc document node entry data attributes content payload result news record"
    " response object mainentity".split()
)
ABOUT_NAMES = ("metadata", "meta", "fields", "attributes", "properties", "thread")
GRAPH = "@graph"
MAX_LEVELS = 5
MAX_OBJECTS = 200


@dataclass(frozen=True, slots=True)
class Text:
    """A value that can be the text, the name under which it stands, and its blocks."""

    name: str
    value: Any
    blocks: list[Block]


class NamedFields(dict[str, Any]):
    """A record with look-up by names without case and punctuation: ``Date-Published`` is ``datepublished``."""

    @cached_property
    def by_normal_name(self) -> Mapping[str, Any]:
        return {normal_name(key): value for key, value in reversed(list(self.items()))}

    def by_name(self, name: str) -> Any:
        """The value under a normal name, or under several joined by dots."""
        first, _, rest = name.partition(".")
        value = self.by_normal_name.get(first)
        return _at_path(value, rest, exact=False) if rest else value

    def at_path(self, path: str) -> Any:
        """The value under a name, or under names joined by dots, through lists; as spelled, else in any case.

        >>> record = NamedFields({"content": {"paragraphs": [{"text": "One."}, {"text": "Two."}]}})
        >>> record.at_path("content.paragraphs.text"), record.at_path("content.paragraphs.1.text")
        (['One.', 'Two.'], 'Two.')
        """
        value = self[path] if path in self else _at_path(self, path, exact=True)
        return _at_path(self, path, exact=False) if value is None else value

    def has_path(self, path: str) -> bool:
        """Is there a field of that name, or one that a path begins with, whatever it holds?"""
        return path in self or normal_name(path.partition(".")[0]) in self.by_normal_name

    def texts(self) -> Iterator[Text]:
        """The values that can be the text, the surest first."""
        for name in FIELD_NAMES["text"]:
            value = self.by_name(name)
            if _can_be_text(name, value) and (blocks := find_blocks(value)):
                yield Text(name, value, blocks)

    def page(self) -> str | None:
        values = map(self.by_name, PAGE_FIELDS)
        return next((value for value in values if isinstance(value, str) and value.strip()), None)

    def has_text(self) -> bool:
        return self.page() is not None or next(self.texts(), None) is not None

    def has_title(self) -> bool:
        return any(self.by_name(name) for name in FIELD_NAMES["title"])

    def inner_objects(self) -> Iterator[NamedFields]:
        """The objects in this one that may be the article: by their name, or because they have a title as well."""
        for name, value in self.items():
            if isinstance(value, Mapping):
                inner = NamedFields(value)
                if normal_name(name) in ARTICLE_NAMES or inner.has_title():
                    yield inner
            elif name == GRAPH and isinstance(value, list):
                yield from _graph_nodes(value)


@dataclass(frozen=True, slots=True)
class RecordFields:
    """A record as layers: the object that holds the text, those around it, and those that say more of it."""

    record: NamedFields
    layers: tuple[NamedFields, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> RecordFields:
        root = NamedFields(record)
        path = _find_article(root) or (root,)
        about = (layer.by_name(name) for layer in path for name in ABOUT_NAMES)
        return cls(root, (*path, *(NamedFields(each) for each in about if isinstance(each, Mapping))))

    def values(self, kind: str, path: str = "") -> Iterator[tuple[str, Any]]:
        """The names and values of the fields that may hold it, the surest first."""
        if path:
            yield path, self.at_path(path)
        else:
            yield from ((name, layer.by_name(name)) for layer in self.layers for name in FIELD_NAMES[kind])

    def at_path(self, path: str) -> Any:
        """The value at a path from the record, else from one of its layers."""
        values = (layer.at_path(path) for layer in (self.record, *self.layers))
        return next((value for value in values if value is not None), None)

    def has_path(self, path: str) -> bool:
        """Has the record, or one of its layers, such a field?"""
        return any(layer.has_path(path) for layer in (self.record, *self.layers))


def _find_article(root: NamedFields) -> tuple[NamedFields, ...] | None:
    """The objects from the nearest one that holds a text out to the record; None where none does."""
    level: list[tuple[NamedFields, ...]] = [(root,)]
    for _ in range(MAX_LEVELS):
        found = next((path for path in level if path[0].has_text()), None)
        if found:
            return found
        level = list(islice(((inner, *path) for path in level for inner in path[0].inner_objects()), MAX_OBJECTS))
    return None


def _can_be_text(name: str, value: Any) -> bool:
    if isinstance(value, list) and name in OUTLINES:
        return any(isinstance(item, Mapping) for item in value)
    if isinstance(value, Mapping):  # an article of its own, which has more than its text
        return not (name in ARTICLE_NAMES and NamedFields(value).has_title())
    return isinstance(value, str | bytes | list | tuple)


def _graph_nodes(graph: list[Any]) -> Iterator[NamedFields]:
    """The nodes of JSON-LD, with what they only refer to put in its place."""
    nodes = [node for node in graph[:MAX_OBJECTS] if isinstance(node, Mapping)]
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}

    def resolve(value: Any) -> Any:
        if isinstance(value, list):
            return [resolve(item) for item in value]
        is_reference = isinstance(value, Mapping) and value.keys() == {"@id"} and isinstance(value["@id"], str)
        return by_id.get(value["@id"], value) if is_reference else value

    for node in nodes:
        yield NamedFields({name: resolve(value) for name, value in node.items()})


def _at_path(value: Any, path: str, *, exact: bool) -> Any:
    """What lies at a dotted path: in a list that of the item with the number, else those of all items."""
    step, _, rest = path.partition(".")
    if not step:
        return value
    if isinstance(value, list | tuple):
        if step.isdecimal():
            return _at_path(value[int(step)], rest, exact=exact) if int(step) < len(value) else None
        values = [each for item in value if (each := _at_path(item, path, exact=exact)) is not None]
        return values or None
    if not isinstance(value, Mapping):
        return None
    inner = value.get(step) if exact else NamedFields(value).by_normal_name.get(normal_name(step))
    return _at_path(inner, rest, exact=exact)
