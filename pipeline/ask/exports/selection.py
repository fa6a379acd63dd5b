"""Which articles are exported, and they with all that is known of them, some at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from onrecord.pipeline.ask.connect import check_parts, connect, one_line
from onrecord.pipeline.ask.query import check_question
from onrecord.pipeline.ask.rows import named_rows
from onrecord.pipeline.ask.snapshot import again_if_replaced, newest
from onrecord.pipeline.errors import QueryError, QueryRefused, UsageError

T = TypeVar("T")
Row = dict[str, Any]
#: So many articles are held at a time.
CHUNK_ARTICLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of a data set is exported: all articles, those of ``ids``, those that a condition in SQL is true of."""

    data: str
    version: int | None = None
    where: str = ""
    ids: tuple[str, ...] | None = None
    corrected: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as its row, with its quotes and mentions in their order."""

    article: Row
    quotes: tuple[Row, ...]
    mentions: tuple[Row, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A connection to one version, and the ids of the articles that are chosen, in order."""

    connection: duckdb.DuckDBPyConnection
    version: int
    ids: tuple[str, ...]


@contextmanager
def open_selection(selection: Selection, output: Path | None = None) -> Iterator[Selected]:
    """The articles that are meant. ``output`` is the one file that the connection may write.

    Raises UsageError when there are none, or not all that were named; QueryRefused, QueryError for a condition that
    does more than read, or that DuckDB cannot answer; and what ``connect`` raises.
    """
    version = selection.version or newest(selection.data)
    with connect(selection.data, version=selection.version, output=output, corrected=selection.corrected) as connection:
        try:
            ids = _choose(connection, selection)
            connection.execute("CREATE TEMP TABLE chosen AS SELECT unnest($ids) AS article_id", {"ids": list(ids)})
            yield Selected(connection=connection, version=version, ids=ids)
        except duckdb.PermissionException as error:
            raise QueryRefused(one_line(error)) from error
        except duckdb.Error as error:
            check_parts(selection.data, error, selection.version)
            raise QueryError(one_line(error)) from error


def with_documents(selection: Selection, write: Callable[[Iterator[Document]], T]) -> T:
    """What is made of the chosen articles, as ``with_selected`` does."""
    return with_selected(selection, lambda selected: write(documents(selected)))


def with_selected(selection: Selection, write: Callable[[Selected], T], output: Path | None = None) -> T:
    """What is made of the connection; it is made anew when a commit has taken away what was read meanwhile."""

    def attempt() -> T:
        with open_selection(selection, output) as selected:
            return write(selected)

    return again_if_replaced(selection.data, attempt)


def documents(selected: Selected) -> Iterator[Document]:
    """The chosen articles one after the other; a thousand are held at a time."""
    for start in range(0, len(selected.ids), CHUNK_ARTICLES):
        chunk = selected.ids[start : start + CHUNK_ARTICLES]
        articles, quotes, mentions = (
            _by_article(selected.connection, table, order, chunk)
            for table, order in (("articles", "article_id"), ("quotes", "index"), ("mentions", "index"))
        )
        for name in chunk:
            yield Document(
                article=articles[name][0],
                quotes=tuple(quotes.get(name, ())),
                mentions=tuple(mentions.get(name, ())),
                version=selected.version,
            )


def _choose(connection: duckdb.DuckDBPyConnection, selection: Selection) -> tuple[str, ...]:
    condition = f"({selection.where}\n)" if selection.where else "true"
    question = f"SELECT article_id FROM articles WHERE {condition} ORDER BY article_id"
    check_question(connection, question)
    ids = tuple(name for (name,) in connection.execute(question).fetchall())
    if selection.ids is not None:
        named = set(selection.ids)
        if missing := sorted(named.difference(ids)):
            where = " of which the condition is true" if selection.where else ""
            raise UsageError(f"{len(missing):,} ids are of no article{where}, as {missing[0]}")
        ids = tuple(name for name in ids if name in named)
    if not ids:
        raise UsageError("there is no article to export")
    return ids


def _by_article(
    connection: duckdb.DuckDBPyConnection, table: str, order: str, ids: Sequence[str]
) -> dict[str, list[Row]]:
    """The rows of articles, whose ids are in order: parts are, too, so that but a few groups of their rows are read."""
    sql = f"""SELECT * FROM {table} WHERE article_id BETWEEN $first AND $last
        AND article_id IN (SELECT unnest($ids)) ORDER BY article_id, {order}"""
    rows: dict[str, list[Row]] = {}
    for row in named_rows(connection.execute(sql, {"first": ids[0], "last": ids[-1], "ids": list(ids)})):
        rows.setdefault(row["article_id"], []).append(row)
    return rows
