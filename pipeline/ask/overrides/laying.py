"""Overrides laid over the parts of a data set: rows that they change are hidden, those they make stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from onrecord.pipeline.ask.overrides.correcting import Reviewed, Row, correct
from onrecord.pipeline.ask.overrides.records import Override, load, newest_file

#: Of each table the SQL that reads its parts.
Parts = Mapping[str, str]
#: What is asked of an article whose quotes were corrected.
ARTICLE = "SELECT article_id, text_sha256, text, edits, published FROM {articles} WHERE article_id = $id"


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
    for article, before, reviewed in resolve(connection, parts, overrides):
        _keep(connection, (rows, hidden, counts), article, before, reviewed)
    quotes = f"(SELECT * FROM {parts['quotes']} WHERE quote_id NOT IN (FROM {hidden}) UNION ALL BY NAME FROM {rows})"
    articles = f"""(SELECT a.* REPLACE ((a.n_quotes + coalesce(c.n, 0))::INT AS n_quotes)
        FROM {parts["articles"]} a LEFT JOIN {counts} c ON c.article_id = a.article_id)"""
    return {**parts, "quotes": quotes, "articles": articles}


def resolve(
    connection: duckdb.DuckDBPyConnection, parts: Parts, overrides: Sequence[Override]
) -> Iterator[tuple[Row, tuple[Row, ...], Reviewed]]:
    """Each article that overrides are about, with its quotes as the parts have them and after the overrides."""
    for article_id, its in _by_article(connection, parts, overrides).items():
        (article,) = _rows(connection, ARTICLE.format(**parts), article_id)
        quotes = f"SELECT * FROM {parts['quotes']} WHERE article_id = $id ORDER BY index"
        before = tuple(_rows(connection, quotes, article_id))
        yield article, before, correct(its, article, before)


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


def _keep(
    connection: duckdb.DuckDBPyConnection, tables: tuple[str, ...], article: Row, before: tuple[Row, ...],
    reviewed: Reviewed,
) -> None:  # fmt: skip
    """Fill the tables with what is hidden, what stands there instead, and how many quotes the article has more."""
    rows, hidden, counts = tables
    there = {id(row) for row in before}
    kept = {id(row) for row in reviewed.rows}
    for row in (row for row in before if id(row) not in kept):
        connection.execute(f"INSERT INTO {hidden} VALUES ($id)", {"id": row["quote_id"]})
    for row in (row for row in reviewed.rows if id(row) not in there):
        names, values = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {rows} ({names}) VALUES ({values})", list(row.values()))
    more = len(reviewed.rows) - len(before)
    connection.execute(f"INSERT INTO {counts} VALUES ($id, $n)", {"id": article["article_id"], "n": more})


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, article_id: str) -> Iterator[Row]:
    cursor = connection.execute(sql, {"id": article_id})
    names = [column[0] for column in cursor.description or ()]
    return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
