"""Values of an answer as cells of any format, and which columns people are shown."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from onrecord.pipeline.ask.query import Stream


def cell_text(value: Any) -> str:
    """A value as text: nothing for NULL, JSON for lists and structs.

    >>> cell_text(None), cell_text(["a", 1.5]), cell_text(7)
    ('', '["a", 1.5]', '7')
    """
    if value is None:
        return ""
    if isinstance(value, dict | list | tuple):
        return json.dumps(json_value(value), ensure_ascii=False, default=str)
    return str(value)


def json_value(value: Any) -> Any:
    """A value as JSON can hold it: what is no number (NaN, infinity) is null.

    >>> json_value([float("nan"), {"a": float("inf"), "b": 1.5}])
    [None, {'a': None, 'b': 1.5}]
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): json_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(inner) for inner in value]
    return value


def unique_names(names: Sequence[str]) -> list[str]:
    """Column names, each once: a second ``n`` becomes ``n_1``, as in DuckDB's own data frames.

    >>> unique_names(["n", "n", "n_1", "n"])
    ['n', 'n_2', 'n_1', 'n_3']
    """
    taken = set(names)
    unique: list[str] = []
    for name in names:
        number = 0
        while name in unique:
            number += 1
            if (candidate := f"{name}_{number}") not in taken:
                taken.add(candidate)
                name = candidate
        unique.append(name)
    return unique


def hide_offsets(answer: Stream, question: str) -> tuple[Stream, list[str]]:
    """The answer without columns of offsets that the question does not name (``SELECT *``), and what those are.

    An answer of nothing else keeps them.
    """
    hidden = [at for at in sorted(answer.offsets) if not _is_named(answer.columns[at], question)]
    kept = [at for at in range(len(answer.columns)) if at not in hidden]
    if not hidden or not kept:
        return answer, []
    rows = (tuple(row[at] for at in kept) for row in answer.rows)
    shown = Stream(columns=tuple(answer.columns[at] for at in kept), rows=rows, shared=answer.shared)
    return shown, [answer.columns[at] for at in hidden]


def _is_named(column: str, question: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", question, re.IGNORECASE) is not None
