"""Which field of a record holds the text, the title, the date …: as named by the user, else as exporters name them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from onrecord.pipeline.options import Fields
from onrecord.pipeline.sources.decoding import check, mended
from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.pipeline.sources.formats.dates import to_utc

#: Names by what they hold, the surest first, in small letters without marks. Source: the output of newspaper4k,
#: news-please (maintext, date_publish), fundus (plaintext, publishing_date), trafilatura (hostname, source), of
#: extracts of Common Crawl (cc_news, RealNews), schema.org (articleBody, headline), NewsAPI, and plain words.
NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        *("maintext", "plaintext", "text", "articletext", "fulltext", "articlebody", "bodytext", "body", "article"),
        *("articlecontent", "content", "extract", "storytext", "document", "rawtext"),
    ),
    "title": ("title", "headline", "articletitle", "titlepage", "titlerss", "heading"),
    "byline": ("byline", "authors", "author", "creator", "writer", "articleauthor"),
    "publisher": (
        *("publisher", "sitename", "metasitename", "publication", "outlet", "newspaper", "sourcename"),
        *("sourcedomain", "domain", "hostname", "sourcehostname", "site", "source"),
    ),
    "published": (
        *("published", "datepublish", "publishdate", "publishingdate", "datepublished", "publishedat", "publisheddate"),
        *("publicationdate", "pubdate", "date", "timestamp", "datetime"),
    ),
    "url": ("url", "link", "articleurl", "sourceurl", "canonicallink", "uri", "source"),
}
PAGE = ("html", "rawhtml", "pagehtml")
#: The keys of fundus' article bodies; their texts follow one another as they are read.
BODY = frozenset({"summary", "sections", "headline", "paragraphs"})
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
Read = Callable[[str, "str | None"], ExtractedText]


def extract_fields(record: Mapping[str, Any], fields: Fields, read_page: Read) -> ExtractedText:
    """The extract that the fields tell; a record with a page and no text has its page read.

    Raises Refused where no field holds a text.

    >>> record = {"maintext": "Rain fell.", "date_publish": "2017-03-07 10:00:00", "authors": ["Ada Brook", "Li Wu"]}
    >>> extract = extract_fields(record, Fields(), lambda markup, url: None)
    >>> extract.text, extract.byline, extract.published.isoformat()
    ('Rain fell.', 'Ada Brook, Li Wu', '2017-03-07T10:00:00+00:00')
    """
    record = _WithNames(record)
    known = _metadata(record, fields)
    text = next(filter(None, map(_text, record.values_for("text", fields.text))), None)
    page = next((value for name in PAGE if isinstance(value := record.named(name), str) and value.strip()), None)
    if text is None and page and not fields.text:
        return _with(read_page(mended(page)[0], known.get("url")), known)
    if text is None:
        raise Refused("no_text", _wanted(record, fields))
    text, flags = mended(text)
    check(text, len(text))
    return ExtractedText(text=text, **known, flags=(*flags, *_unread_date(record, fields, known)))


class _WithNames(dict[str, Any]):
    """A record that is asked by names without case and marks: ``Date-Published`` is ``datepublished``."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self.plain = {
            re.sub(r"[\W_]+", "", str(key)).casefold(): value for key, value in reversed(list(record.items()))
        }

    def named(self, name: str) -> Any:
        return self.plain.get(name)

    def values_for(self, what: str, path: str) -> Iterator[Any]:
        if path:
            yield self.at(path)
        else:
            yield from map(self.named, NAMES[what])

    def at(self, path: str) -> Any:
        """The value under a name, or under names joined by dots."""
        if path in self:
            return self[path]
        value: Any = dict(self)
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value


def _metadata(record: _WithNames, fields: Fields) -> dict[str, Any]:
    def first(what: str, path: str, read: Callable[[Any], Any]) -> Any:
        return next((found for value in record.values_for(what, path) if (found := read(value)) is not None), None)

    return {
        "title": first("title", fields.title, _line),
        "byline": first("byline", fields.byline, _line),
        "publisher": first("publisher", fields.publisher, _line if fields.publisher else _name),
        "published": first("published", fields.published, to_utc),
        "url": first("url", fields.url, _line if fields.url else _address),
    }


def _unread_date(record: _WithNames, fields: Fields, known: Mapping[str, Any]) -> tuple[str, ...]:
    written = any(map(_line, record.values_for("published", fields.published)))
    return ("date_unread",) if written and known["published"] is None else ()


def _with(extracted: ExtractedText, known: Mapping[str, Any]) -> ExtractedText:
    """What a record says of itself is surer than what its page does."""
    said = {name: value for name, value in known.items() if value is not None}
    return ExtractedText(**{name: getattr(extracted, name) for name in ExtractedText.__slots__} | said)


def _text(value: Any) -> str | None:
    """A text as it is; a list of paragraphs with blank lines between them."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        return value or None
    return "\n\n".join(_parts(value)) or None


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts(one)
    elif isinstance(value, Mapping) and value.keys() <= BODY:
        for one in value.values():
            yield from _parts(one)


def _line(value: Any) -> str | None:
    """A value on one line: a list joined by commas, also one that a CSV spells out; a thing by its name."""
    if isinstance(value, str):
        inner = _spelled(value)
        return _line(inner) if inner else " ".join(mended(value)[0].split()) or None
    if isinstance(value, Mapping):
        return _line(value.get("name"))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_line, value))) or None
    return None if value is None or isinstance(value, bytes | bool) else str(value)


def _spelled(value: str) -> list[str] | None:
    """The list in ``"['Ada Brook', 'Li Wu']"``."""
    if not (value.startswith("[") and value.endswith("]")) or len(value) > 1000:
        return None
    try:
        inner = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return inner if isinstance(inner, list) and all(isinstance(one, str) for one in inner) else None


def _name(value: Any) -> str | None:
    line = _line(value)
    return None if line is None or ADDRESS.match(line) else line


def _address(value: Any) -> str | None:
    return mended(value.strip())[0] if isinstance(value, str) and ADDRESS.fullmatch(value.strip()) else None


def _wanted(record: Mapping[str, Any], fields: Fields) -> str:
    names = ", ".join(map(str, list(record)[:20]))
    wanted = fields.text or "none of the usual names"
    return f"{wanted} not among the fields with text: {names or 'there are none'}"[:500]
