"""Overrides laid over the parts of a data set: rows that they change are hidden, those they make stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb

from onrecord.pipeline.ask.overrides.correcting import Reviewed, Row, correct
from onrecord.pipeline.ask.overrides.records import Override, load, newest_file
from onrecord.pipeline.ask.rows import named_rows

T = TypeVar("T")
#: Of each table the SQL that reads its parts.
Parts = Mapping[str, str]
#: So many articles are looked at, and so many rows written, at a time.
CHUNK_ARTICLES, CHUNK_ROWS = 500, 100
#: What is asked of articles whose quotes were corrected, and of those quotes.
ARTICLES = """SELECT article_id, text_sha256, text, edits, published FROM {articles}
    WHERE article_id IN (SELECT unnest($ids)) ORDER BY article_id"""
QUOTES = "SELECT * FROM {quotes} WHERE article_id IN (SELECT unnest($ids)) ORDER BY article_id, index"


def stamp(folder: str | Path) -> int:
    """A number that grows with each change of the overrides."""
    return newest_file(folder)[0]


def lay_over(connection: duckdb.DuckDBPyConnection, folder: str | Path, parts: Parts, at: int = 0) -> Parts:
    """The parts as SQL that reads them corrected; ``at`` tells several data sets of one connection apart."""
    overrides = load(folder)
    if not overrides:
        return parts
    rows, hidden, counts = (f"_onrecord.{name}_{at}" for name in ("reviewed", "hidden", "n_quotes"))
    connection.execute(f"CREATE TABLE {rows} AS SELECT * FROM {parts['quotes']} LIMIT 0")
    connection.execute(f"CREATE TABLE {hidden} (quote_id VARCHAR); CREATE TABLE {counts} (article_id VARCHAR, n INT)")
    made, gone, more = _differences(resolve(connection, parts, overrides))
    _insert(connection, rows, made)
    _insert(connection, hidden, [{"quote_id": quote_id} for quote_id in gone])
    _insert(connection, counts, [{"article_id": article_id, "n": n} for article_id, n in more.items()])
    quotes = f"(SELECT * FROM {parts['quotes']} WHERE quote_id NOT IN (FROM {hidden}) UNION ALL BY NAME FROM {rows})"
    articles = f"""(SELECT a.* REPLACE ((a.n_quotes + coalesce(c.n, 0))::INT AS n_quotes)
        FROM {parts["articles"]} a LEFT JOIN {counts} c ON c.article_id = a.article_id)"""
    return {**parts, "quotes": quotes, "articles": articles}


def resolve(
    connection: duckdb.DuckDBPyConnection, parts: Parts, overrides: Sequence[Override]
) -> Iterator[tuple[Row, tuple[Row, ...], Reviewed]]:
    """Each article that overrides are about, with its quotes as the parts have them and after the overrides."""
    about = _by_article(connection, parts, overrides)
    for ids in _chunks(sorted(about), CHUNK_ARTICLES):
        quotes: dict[str, list[Row]] = {}
        for row in _rows(connection, QUOTES.format(**parts), ids):
            quotes.setdefault(row["article_id"], []).append(row)
        for article in _rows(connection, ARTICLES.format(**parts), ids):
            before = tuple(quotes.get(article["article_id"], ()))
            yield article, before, correct(about[article["article_id"]], article, before)


def _by_article(
    connection: duckdb.DuckDBPyConnection, parts: Parts, overrides: Sequence[Override]
) -> dict[str, list[Override]]:
    """The overrides by the article that each is about now: that of its id, else the only one that has just its text."""
    held = connection.execute(
        f"""SELECT article_id, text_sha256 FROM {parts["articles"]}
            WHERE article_id IN (SELECT unnest($ids)) OR text_sha256 IN (SELECT unnest($texts))""",
        {"ids": [each.article_id for each in overrides], "texts": [each.text_sha256 for each in overrides]},
    ).fetchall()
    ids = {article_id for article_id, _ in held}
    by_text: dict[str, list[str]] = {}
    for article_id, text in held:
        by_text.setdefault(text, []).append(article_id)
    found: dict[str, list[Override]] = {}
    for override in overrides:
        moved = by_text.get(override.text_sha256, [])
        if override.article_id in ids:
            found.setdefault(override.article_id, []).append(override)
        elif len(moved) == 1:
            found.setdefault(moved[0], []).append(override)
    return found


def _differences(
    resolved: Iterable[tuple[Row, tuple[Row, ...], Reviewed]],
) -> tuple[list[Row], list[str], dict[str, int]]:
    """The rows that are made, the quote_ids of those that are hidden, and how many quotes each article has more."""
    made, gone, more = [], [], {}
    for article, before, reviewed in resolved:
        there, kept = set(map(id, before)), set(map(id, reviewed.rows))
        made += [row for row in reviewed.rows if id(row) not in there]
        gone += [row["quote_id"] for row in before if id(row) not in kept]
        more[article["article_id"]] = len(reviewed.rows) - len(before)
    return made, gone, more


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    for chunk in _chunks(rows, CHUNK_ROWS):
        names = ", ".join(f'"{name}"' for name in chunk[0])
        values = ", ".join([f"({', '.join('?' * len(chunk[0]))})"] * len(chunk))
        params = [row[name] for row in chunk for name in chunk[0]]
        connection.execute(f"INSERT INTO {table} ({names}) VALUES {values}", params)


def _chunks(values: Sequence[T], size: int) -> Iterator[list[T]]:
    return (list(values[start : start + size]) for start in range(0, len(values), size))


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, ids: Sequence[str]) -> list[Row]:
    return named_rows(connection.execute(sql, {"ids": list(ids)}))
