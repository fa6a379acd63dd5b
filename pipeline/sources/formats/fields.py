"""Which field of a record holds the text, the title, the date …: as named by the user, else as exporters name them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from onrecord.pipeline.options import Fields
from onrecord.pipeline.sources.decoding import check_is_text, replace_lone_surrogates
from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.transforms.dates import DATE_FLAGS, NO_RULES, UNREAD, DateRules, Moment, read_date

#: Field names by what they hold, the surest first, in small letters without punctuation. Source: output of newspaper4k,
#: news-please (maintext, date_publish), fundus (plaintext, publishing_date), trafilatura (hostname, source), of
#: extracts of Common Crawl (cc_news, RealNews), schema.org (articleBody, headline), NewsAPI, and plain words.
FIELD_NAMES: Mapping[str, tuple[str, ...]] = {
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
        *("publicationdate", "pubdate", "dategmt", "date", "timestamp", "datetime"),
    ),
    "modified": (
        *("modifiedgmt", "modified", "datemodified", "datemodify", "modifieddate", "modifiedat", "modificationdate"),
        *("lastmodified", "lastmodifieddate", "datelastmodified", "updated", "updatedat", "dateupdated", "updateddate"),
        *("dateupdate", "lastupdated", "lastupdate", "editdate", "editedat", "lastedited"),
    ),
    "url": ("url", "link", "articleurl", "sourceurl", "canonicallink", "uri", "source"),
}
#: Digits that a date has at least: 4/3/24 has four, a number of days or of a state fewer.
MIN_DATE_DIGITS = 3
PAGE_FIELDS = ("html", "rawhtml", "pagehtml")
#: The keys of fundus' article bodies; their texts are joined in the order of the record.
FUNDUS_BODY_KEYS = frozenset({"summary", "sections", "headline", "paragraphs"})
URL = re.compile(r"https?://\S+", re.IGNORECASE)
ReadPage = Callable[[str, "str | None"], ExtractedText]


def extract_fields(
    record: Mapping[str, Any], fields: Fields, read_page: ReadPage, dates: DateRules = NO_RULES
) -> ExtractedText:
    """The text and metadata in a record's fields; a record with a page and no text has its page read.

    Raises Refused where no field holds a text.

    >>> record = {"maintext": "Rain fell.", "date_publish": "2017-03-07 10:00:00", "authors": ["Ada Brook", "Li Wu"]}
    >>> extract = extract_fields(record, Fields(), lambda markup, url: None)
    >>> extract.text, extract.byline, extract.published.isoformat()
    ('Rain fell.', 'Ada Brook, Li Wu', '2017-03-07T10:00:00+00:00')
    """
    record = _NamedFields(record)
    metadata = _metadata(record, fields, dates)
    date_flags = metadata.pop("flags")
    texts = list(filter(None, map(_to_text, record.values_for("text", fields.text))))
    text = next(filter(str.strip, texts), None)  # a blank field hides no full one
    page = next(
        (value for name in PAGE_FIELDS if isinstance(value := record.by_name(name), str) and value.strip()), None
    )
    if text is None and page and not fields.text:
        return _override_metadata(
            read_page(replace_lone_surrogates(page)[0], metadata.get("url")), metadata, date_flags
        )
    if text is None and texts:
        raise Refused("empty", "nothing but white space")
    if text is None:
        raise Refused("no_text", _missing_text_detail(record, fields))
    text, flags = replace_lone_surrogates(text)
    check_is_text(text, len(text))
    return ExtractedText(text=text, **metadata, flags=(*flags, *date_flags))


class _NamedFields(dict[str, Any]):
    """A record with look-up by names without case and punctuation: ``Date-Published`` is ``datepublished``."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        super().__init__(record)
        self.by_normal_name = {normal_name(key): value for key, value in reversed(list(record.items()))}

    def by_name(self, name: str) -> Any:
        return self.by_normal_name.get(name)

    def values_for(self, kind: str, path: str) -> Iterator[Any]:
        if path:
            yield self.at_path(path)
        else:
            yield from map(self.by_name, FIELD_NAMES[kind])

    def at_path(self, path: str) -> Any:
        """The value under a name, or under names joined by dots."""
        if path in self:
            return self[path]
        value: Any = dict(self)
        for step in path.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return value


def normal_name(name: object) -> str:
    """A field's name as it is looked up."""
    return re.sub(r"[\W_]+", "", str(name)).casefold()


def _metadata(record: _NamedFields, fields: Fields, rules: DateRules) -> dict[str, Any]:
    def first(kind: str, path: str, parse: Callable[[Any], Any]) -> Any:
        return next((parsed for value in record.values_for(kind, path) if (parsed := parse(value)) is not None), None)

    published, published_flags = _read_date(record, "published", fields.published, rules)
    modified, _ = _read_date(record, "modified", "", rules)
    return {
        "key": _key(record, fields.id),
        "title": first("title", fields.title, _to_line),
        "byline": first("byline", fields.byline, _to_line),
        "publisher": first("publisher", fields.publisher, _to_line if fields.publisher else _publisher_name),
        "published": published and published.time,
        "published_precision": published and published.precision,
        "modified": modified and modified.time,
        "flags": tuple(sorted({*published_flags, *(modified.flags if modified else ())})),
        "url": first("url", fields.url, _to_line if fields.url else _url),
    }


def _key(record: _NamedFields, path: str) -> str | None:
    """What the record is known by. Raises Refused where the field that was named holds nothing."""
    key = _to_line(record.at_path(path)) if path else None
    if path and key is None:
        raise Refused("no_id", f"no value in the field {path}, which --id-field names")
    return key


def _read_date(record: _NamedFields, kind: str, path: str, rules: DateRules) -> tuple[Moment | None, tuple[str, ...]]:
    """The date of that kind, and its flags. The surest field with a date decides, also where it cannot be read."""
    values = list(_date_values(record, kind, path, rules))
    dated = next((dated for dated in values if _looks_like_date(dated[0])), None)
    moment = read_date(*dated) if dated else None
    if moment:
        return moment, moment.flags
    return None, (UNREAD,) if any(_to_line(value) or isinstance(value, Mapping) for value, _ in values) else ()


def _date_values(record: _NamedFields, kind: str, path: str, rules: DateRules) -> Iterator[tuple[Any, DateRules]]:
    """The values of the fields that may hold a date, with the rules for each: some say in their name that it is UTC."""
    if path:
        yield record.at_path(path), rules
        return
    for name in FIELD_NAMES[kind]:
        yield record.by_name(name), replace(rules, time_zone="UTC") if name.endswith(("gmt", "utc")) else rules


def _looks_like_date(value: Any) -> bool:
    return sum(map(str.isdigit, str(value)[:1000])) >= MIN_DATE_DIGITS


def _override_metadata(
    extracted: ExtractedText, metadata: Mapping[str, Any], date_flags: tuple[str, ...]
) -> ExtractedText:
    """The extracted page with the record's own metadata, which is surer than the page's."""
    own = {name: value for name, value in metadata.items() if value is not None}
    kept = [flag for flag in extracted.flags if flag not in DATE_FLAGS or "published" not in own]
    flags = [flag for flag in (*kept, *date_flags) if flag != UNREAD or not extracted.published or "published" in own]
    return replace(extracted, **own, flags=tuple(dict.fromkeys(flags)))


def _to_text(value: Any) -> str | None:
    """A string as it is; a list of paragraphs joined by blank lines."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        return value or None
    return "\n\n".join(_paragraphs(value)) or None


def _paragraphs(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _paragraphs(item)
    elif isinstance(value, Mapping) and value.keys() <= FUNDUS_BODY_KEYS:
        for item in value.values():
            yield from _paragraphs(item)


def _to_line(value: Any) -> str | None:
    """A value on one line: a list joined by commas, also one written out in a CSV; an object by its name."""
    if isinstance(value, str):
        items = _parse_list(value)
        return _to_line(items) if items else " ".join(replace_lone_surrogates(value)[0].split()) or None
    if isinstance(value, Mapping):
        return _to_line(value.get("name"))
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_to_line, value))) or None
    return None if value is None or isinstance(value, bytes | bool) else str(value)


def _parse_list(value: str) -> list[str] | None:
    """The list of strings that ``"['Ada Brook', 'Li Wu']"`` writes out, None for any other string."""
    if not (value.startswith("[") and value.endswith("]")) or len(value) > 1000:
        return None
    try:
        items = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return items if isinstance(items, list) and all(isinstance(item, str) for item in items) else None


def _publisher_name(value: Any) -> str | None:
    line = _to_line(value)
    return None if line is None or URL.match(line) else line


def _url(value: Any) -> str | None:
    return (
        replace_lone_surrogates(value.strip())[0] if isinstance(value, str) and URL.fullmatch(value.strip()) else None
    )


def _missing_text_detail(record: Mapping[str, Any], fields: Fields) -> str:
    names = ", ".join(map(str, list(record)[:20]))
    wanted = fields.text or "none of the usual names"
    return f"{wanted} not among the fields with text: {names or 'there are none'}"[:500]
