"""The rows of an answer by the names of their columns."""

from __future__ import annotations

from typing import Any

import duckdb


def named_rows(answer: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What a connection has just been asked, a dict a row.

    >>> named_rows(duckdb.connect().execute("SELECT 1 AS n, 'a' AS name"))
    [{'n': 1, 'name': 'a'}]
    """
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
