"""The tables of two data sets, compared row for row, in whatever parts and order their rows lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

#: A row by the hash of all its values, and how often it stands in its table.
Rows = Mapping[str, Counter[str]]


def read_rows(output: Path) -> Rows:
    """The rows of every table that lies in the folder, as a plain glob over its parts finds them."""
    return {table: _count_rows(output / table) for table in table_names(output)}


def table_names(output: Path) -> list[str]:
    return sorted({path.parent.name for path in part_paths(output)})


def part_paths(output: Path) -> Iterator[Path]:
    yield from output.glob("*/part-*.parquet")


def table_bytes(output: Path) -> int:
    return sum(path.stat().st_size for path in part_paths(output))


def differences(expected: Rows, got: Rows) -> dict[str, dict[str, int]]:
    """Of each table that is not as expected: rows that are lost, doubled, or of no row that is expected.

    >>> differences({"t": Counter("aab")}, {"t": Counter("abbc")})
    {'t': {'lost': 1, 'doubled': 1, 'foreign': 1}}
    >>> differences({"t": Counter("ab")}, {"t": Counter("ba")})
    {}
    """
    return {
        table: difference
        for table in sorted(expected.keys() | got.keys())
        if any((difference := _difference(expected.get(table, Counter()), got.get(table, Counter()))).values())
    }


def _difference(expected: Counter[str], got: Counter[str]) -> dict[str, int]:
    extra = got - expected
    doubled = sum(count for row, count in extra.items() if row in expected)
    return {"lost": (expected - got).total(), "doubled": doubled, "foreign": extra.total() - doubled}


def _count_rows(table: Path) -> Counter[str]:
    question = "SELECT md5(t::VARCHAR), count(*) FROM read_parquet($parts) t GROUP BY 1"
    with duckdb.connect() as connection:
        return Counter(dict(connection.execute(question, {"parts": f"{table}/part-*.parquet"}).fetchall()))
