"""Answers as JSON: a list of objects, or an object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from typing import Any

from onrecord.pipeline.ask.formats.cells import json_value, unique_names
from onrecord.pipeline.ask.query import Stream


def json_list(answer: Stream) -> Iterator[str]:
    """One list of objects, written as the rows come."""
    before = "[\n"
    for row in _objects(answer):
        yield before + "  " + _dump(row, spaces=2).replace("\n", "\n  ")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def json_lines(answer: Stream) -> Iterator[str]:
    yield from (f"{_dump(row)}\n" for row in _objects(answer))


def _objects(answer: Stream) -> Iterator[dict[str, Any]]:
    names = unique_names(answer.columns)
    return (dict(zip(names, map(json_value, row), strict=True)) for row in answer.rows)


def _dump(row: dict[str, Any], spaces: int | None = None) -> str:
    return json.dumps(row, ensure_ascii=False, indent=spaces, default=str, allow_nan=False)


def document(value: Any) -> Iterator[str]:
    """Rows, or a record that holds rows, as one document."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    yield f"{json.dumps(json_value(plain), ensure_ascii=False, indent=2, default=str, allow_nan=False)}\n"
