"""The text and metadata of a record: from the fields that the user names, else as exporters name them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
from onrecord.transforms.dates import DATE_FLAGS, NO_RULES, UNREAD, DateRules, Moment, read_date
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
#: The flag of an article of a record without a field that an option names.
FIELD_MISSING = "field_missing"
#: Digits that a date has at least: 4/3/24 has four, a number of days or of a state fewer.
MIN_DATE_DIGITS = 3


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
    named = RecordFields.of(record)
    metadata, date_flags = _metadata(named, fields, dates)
    text = _find_text(named, fields)
    if text is None:
        raise _missing_text(named, fields)
    page = next((block.text for block in text.blocks if len(text.blocks) == 1 and is_page(block.text)), None)
    if page:
        extracted = read_page(replace_lone_surrogates(page)[0], metadata["url"])
        extracted = _override_metadata(extracted, metadata, date_flags)
    else:
        extracted = ExtractedText(**_read_text(text), **metadata)
        extracted = replace(extracted, flags=(*extracted.flags, *date_flags))
    extra, extra_flags = keep_fields(record, fields.keep, named.at_path, text.value) if fields.keep else ((), ())
    return replace(extracted, extra=extra, flags=tuple(dict.fromkeys((*extracted.flags, *extra_flags))))


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


def _metadata(named: RecordFields, fields: Fields, rules: DateRules) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the record says beside its text, and the flags of its dates."""

    def first(kind: str, path: str, parse: Callable[[Any], Any]) -> Any:
        return next((parsed for _, value in named.values(kind, path) if (parsed := parse(value)) is not None), None)

    published, published_flags = _read_date(named, "published", fields.published, rules)
    modified, _ = _read_date(named, "modified", "", rules)
    flags = tuple(sorted({*published_flags, *(modified.flags if modified else ())})) + _missing_fields(named, fields)
    metadata = {
        "key": _key(named, fields.id),
        "title": first("title", fields.title, to_line),
        "byline": first("byline", fields.byline, to_line if fields.byline else to_names),
        "publisher": first("publisher", fields.publisher, to_line if fields.publisher else to_names),
        "published": published and published.time,
        "published_precision": published and published.precision,
        "modified": modified and modified.time,
        "url": first("url", fields.url, to_line if fields.url else to_address),
    }
    return metadata, flags


def _missing_fields(named: RecordFields, fields: Fields) -> tuple[str, ...]:
    """A flag where the record has no field of a name that was given: a name may be mistyped."""
    given = (fields.title, fields.byline, fields.publisher, fields.published, fields.url)
    return () if all(named.has_path(path) for path in given if path) else (FIELD_MISSING,)


def _key(named: RecordFields, path: str) -> str | None:
    """What the record is known by. Raises Refused where the field that was named holds nothing."""
    key = to_line(named.at_path(path)) if path else None
    if path and key is None:
        detail = f"no value in the field {path}, which --id-field names, among {_names(named)}"
        raise Refused("no_id", detail[:500])
    return key


def _read_date(named: RecordFields, kind: str, path: str, rules: DateRules) -> tuple[Moment | None, tuple[str, ...]]:
    """The date of that kind, and its flags. The surest field with a date decides, also where it cannot be read."""
    values = list(named.values(kind, path))
    dated = next(((name, value) for name, value in values if _looks_like_date(value)), None)
    moment = read_date(dated[1], _rules_of(dated[0], rules)) if dated else None
    if moment:
        return moment, moment.flags
    return None, (UNREAD,) if any(to_line(value) or isinstance(value, Mapping) for _, value in values) else ()


def _rules_of(name: str, rules: DateRules) -> DateRules:
    """The rules for a field: some say in their name that it is UTC."""
    return replace(rules, time_zone="UTC") if UTC_NAME.search(name) else rules


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


def _missing_text(named: RecordFields, fields: Fields) -> Refused:
    texts = [named.at_path(fields.text)] if fields.text else [value for _, value in named.values("text")]
    if any(isinstance(text, str) and text for text in texts):
        return Refused("empty", "nothing but white space")
    wanted = f"no text in the field {fields.text}" if fields.text else "no field is named as a text is"
    return Refused("no_text", f"{wanted}; --text-field names one of {_names(named)}"[:500])


def _names(named: RecordFields) -> str:
    return ", ".join(map(str, list(named.record)[:20])) or "none"
