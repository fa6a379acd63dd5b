"""The fields of a record that were to be kept (``--keep-fields``), as strings for the column ``extra``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from onrecord.pipeline.sources.decoding import replace_lone_surrogates
from onrecord.pipeline.sources.records.values import is_nothing

ALL = "all"
#: Characters of one value and of all, and values of a record; what is more is cut, and ``extra_cut`` tells it.
MAX_VALUE = 20_000
MAX_TOTAL = 200_000
MAX_FIELDS = 500
CUT = "extra_cut"
Extra = tuple[tuple[str, str], ...]


def keep_fields(
    record: Mapping[str, Any], keep: str, look_up: Callable[[str], Any], text: Any
) -> tuple[Extra, tuple[str, ...]]:
    """The named fields, or ``all`` but the text itself, sorted by name; and the flag for what had to be cut.

    >>> record = {"id": 7, "text": "It rained.", "tags": ["rain", "sea"], "note": None}
    >>> keep_fields(record, "all", record.get, record["text"])
    ((('id', '7'), ('tags', '["rain","sea"]')), ())
    """
    values: dict[str, str] = {}
    room, is_cut = MAX_TOTAL, False
    for name, value in _wanted(record, keep, look_up, text):
        written = _to_string(value)
        if is_nothing(written):
            continue
        if len(values) == MAX_FIELDS or room <= 0:
            is_cut = True
            break
        kept = written[: min(MAX_VALUE, room)]
        is_cut |= len(kept) < len(written)
        values[name], room = kept, room - len(kept)
    return tuple(sorted(values.items())), (CUT,) if is_cut else ()


def _wanted(
    record: Mapping[str, Any], keep: str, look_up: Callable[[str], Any], text: Any
) -> Iterator[tuple[str, Any]]:
    if keep.strip() == ALL:
        yield from ((replace_lone_surrogates(str(name))[0], _without(value, text)) for name, value in record.items())
    else:
        names = filter(None, (name.strip() for name in keep.split(",")))
        yield from ((replace_lone_surrogates(name)[0], look_up(name)) for name in names)


def _without(value: Any, text: Any) -> Any:
    """The value without the text, which has a column of its own; None for the text."""
    if value is text:
        return None
    if isinstance(value, Mapping):
        return {name: _without(inner, text) for name, inner in value.items() if inner is not text}
    return value


def _to_string(value: Any) -> str:
    """A string as it is, any other value as compact JSON."""
    if value is None or value != value:  # NaN is no value, either
        return ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":")).strip('"')
    return replace_lone_surrogates(value)[0]
