"""The text and metadata of a record: from the fields that the user names, else as exporters name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from onrecord.pipeline.options import Fields
from onrecord.pipeline.sources.decoding import CHARACTERS_LOST, check_is_text, replace_lone_surrogates
from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.pipeline.sources.records.blocks import Block, find_blocks, join_blocks
from onrecord.pipeline.sources.records.kept import keep_fields
from onrecord.pipeline.sources.records.names import LEAD, RecordFields, Text
from onrecord.pipeline.sources.records.values import to_address, to_line, to_names
from onrecord.pipeline.sources.web.hypertext import is_page, read_field
from onrecord.transforms.dates import read_date
from onrecord.transforms.records import RemovedSpan

ReadPage = Callable[[str, "str | None"], ExtractedText]
#: How services end a text of which they give only the head.
CUT_OFF = re.compile(
    r"(?:…|\.\.\.)?\s*(?P<count>\[\+\d+ (?:more )?char(?:acter)?s\])\s*\Z|(?:\[(?:…|\.{3}|&hellip;)\])\s*\Z"
)
#: Characters at the end of a text in which the mark has to stand.
MAX_MARK = 100
TRUNCATED = "truncated"
UTC_NAME = re.compile(r"gmt|utc", re.IGNORECASE)
ZONELESS_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")


def extract_fields(record: Mapping[str, Any], fields: Fields, read_page: ReadPage) -> ExtractedText:
    """The text and metadata in a record's fields; a record with a page and no text has its page read.

    Raises Refused where no field holds a text.

    >>> record = {"maintext": "Rain fell.", "date_publish": "2017-03-07 10:00:00", "authors": ["Ada Brook", "Li Wu"]}
    >>> extract = extract_fields(record, Fields(), lambda markup, url: None)
    >>> extract.text, extract.byline, extract.published.isoformat()
    ('Rain fell.', 'Ada Brook, Li Wu', '2017-03-07T10:00:00+00:00')
    """
    named = RecordFields.of(record)
    metadata = _metadata(named, fields)
    text = _find_text(named, fields)
    if text is None:
        raise _missing_text(named, fields)
    page = next((block.text for block in text.blocks if len(text.blocks) == 1 and is_page(block.text)), None)
    if page:
        extracted = _override_metadata(read_page(replace_lone_surrogates(page)[0], metadata["url"]), metadata)
    else:
        extracted = ExtractedText(**_read_text(text), **metadata)
    extra, extra_flags = keep_fields(record, fields.keep, named.at_path, text.value) if fields.keep else ((), ())
    flags = (*extracted.flags, *_date_flags(named, fields, metadata), *extra_flags)
    return replace(extracted, extra=extra, flags=tuple(dict.fromkeys(flags)))


def _find_text(named: RecordFields, fields: Fields) -> Text | None:
    """The text, or the page where there is none; of a text that is cut off and the whole one, the whole one."""
    if fields.text:
        value = named.at_path(fields.text)
        blocks = find_blocks(value)
        return Text(fields.text, value, blocks) if blocks else None
    texts = list(named.layers[0].texts())
    page = named.layers[0].page()
    if not texts:
        return Text("html", page, [Block(page)]) if page else None
    whole = (text for text in texts[1:] if _goes_on(texts[0].blocks, text.blocks))
    return max((texts[0], *whole), key=lambda text: sum(len(block.text) for block in text.blocks))


def _goes_on(head: list[Block], whole: list[Block]) -> bool:
    """Does one text begin with all of the other, but for the mark by which that is cut off?"""
    cut = find_cut(head[0].text) if len(head) == 1 else None
    return cut is not None and whole[0].text.startswith(head[0].text[: cut.start()].rstrip(" .…\n")[:200])


def find_cut(text: str) -> re.Match[str] | None:
    """The mark at the end of a text of which there is more; None where there is none."""
    return CUT_OFF.search(text, max(0, len(text) - MAX_MARK))


def _read_text(text: Text) -> dict[str, Any]:
    """The text of the blocks, without its markup and without what is not the article's; as arguments."""
    clean = [replace(block, text=replace_lone_surrogates(block.text)[0]) for block in text.blocks]
    flags = () if clean == text.blocks else (CHARACTERS_LOST,)
    joined, removed_spans = join_blocks(clean)
    check_is_text(joined.text, len(joined.raw))
    cut = find_cut(joined.text)
    if cut and cut["count"]:
        start, end = joined.raw_range(*cut.span("count"))
        removed_spans += (RemovedSpan(kind="boilerplate", raw_start=start, raw_end=end, text=cut["count"]),)
        joined = joined.drop(*cut.span("count"))
    article = read_field(joined)
    spans = sorted((*removed_spans, *article.removed_spans), key=lambda span: span.raw_start)
    return {
        "text": joined.raw,
        "edits": article.body.edits,
        "removed_spans": tuple(spans),
        "flags": (*flags, TRUNCATED) if cut or text.name == LEAD else flags,
    }


def _metadata(named: RecordFields, fields: Fields) -> dict[str, Any]:
    def first(kind: str, path: str, parse: Callable[[Any], Any]) -> Any:
        return next((parsed for _, value in named.values(kind, path) if (parsed := parse(value)) is not None), None)

    published = next(filter(None, map(read_date, _dates(named, "published", fields.published))), None)
    modified = next(filter(None, map(read_date, _dates(named, "modified", ""))), None)
    return {
        "key": _key(named, fields.id),
        "title": first("title", fields.title, to_line),
        "byline": first("byline", fields.byline, to_line if fields.byline else to_names),
        "publisher": first("publisher", fields.publisher, to_line if fields.publisher else to_names),
        "published": published and published.time,
        "published_precision": published and published.precision,
        "modified": modified and modified.time,
        "url": first("url", fields.url, to_line if fields.url else to_address),
    }


def _key(named: RecordFields, path: str) -> str | None:
    """What the record is known by. Raises Refused where the field that was named holds nothing."""
    key = to_line(named.at_path(path)) if path else None
    if path and key is None:
        raise Refused("no_id", f"no value in the field {path}, which --id-field names")
    return key


def _dates(named: RecordFields, kind: str, path: str) -> Iterator[Any]:
    """The dates; one that is in UTC by its field's name says so itself."""
    for name, value in named.values(kind, path):
        in_utc = isinstance(value, str) and UTC_NAME.search(name) and ZONELESS_TIME.fullmatch(value.strip())
        yield f"{value.strip()}Z" if in_utc else value


def _date_flags(named: RecordFields, fields: Fields, metadata: Mapping[str, Any]) -> tuple[str, ...]:
    has_date = any(map(to_line, _dates(named, "published", fields.published)))
    return ("date_unread",) if has_date and metadata["published"] is None else ()


def _override_metadata(extracted: ExtractedText, metadata: Mapping[str, Any]) -> ExtractedText:
    """The extracted page with the record's own metadata, which is surer than the page's."""
    return replace(extracted, **{name: value for name, value in metadata.items() if value is not None})


def _missing_text(named: RecordFields, fields: Fields) -> Refused:
    texts = [named.at_path(fields.text)] if fields.text else [value for _, value in named.values("text")]
    if any(isinstance(text, str) and text for text in texts):
        return Refused("empty", "nothing but white space")
    names = ", ".join(map(str, list(named.record)[:20]))
    wanted = fields.text or "none of the usual names"
    return Refused("no_text", f"{wanted} not among the fields with text: {names or 'there are none'}"[:500])
