"""Questions read and nothing else: no way to write a file, reach another one, or open the connection up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from run_helpers import digests, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.connect import TABLES, connect
from onrecord.pipeline.errors import NoDataset, QueryError, QueryRefused
from onrecord.pipeline.store.schema import SCHEMAS


def test_each_table_is_a_view(tables_of_articles: Path) -> None:
    assert set(TABLES) == set(SCHEMAS)
    for table, schema in SCHEMAS.items():
        told = ("cluster_id", "is_cluster_head", "similarity", "duplicate_of") if table == "articles" else ()
        assert ask(f"FROM {table}", tables_of_articles).columns == (*schema.names, *told)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT count(*) FROM articles",
        "DESCRIBE quotes",
        "SUMMARIZE mentions",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT count(*) FROM quotes",
        "VALUES (1)",
        "WITH n AS (SELECT 1) SELECT * FROM n;",
        "PIVOT quotes ON kind IN ('direct', 'mixed') USING count(*)",
        "SELECT 'COPY; DROP' -- a comment",
    ],
)
def test_reading_passes(tables_of_articles: Path, question: str) -> None:
    assert ask(question, tables_of_articles).columns


@pytest.mark.parametrize(
    "question",
    [
        "INSERT INTO quotes VALUES (1)",
        "CREATE TABLE mine AS SELECT 1",
        "COPY articles TO '{data}/mine.parquet'",
        "WITH x AS (COPY articles TO '{data}/mine.parquet') SELECT * FROM x",
        "with x as (copy articles to '{data}/mine.parquet') select 1",
        "EXPLAIN ANALYZE COPY articles TO '{data}/mine.parquet'",
        "EXPLAIN (ANALYZE, FORMAT json) COPY articles TO '{data}/mine.parquet'",
        "/* */ EXPLAIN /* */ ANALYZE COPY articles TO '{data}/mine.parquet'",
        "EXPLAIN ANALYZE WITH x AS (COPY articles TO '{data}/mine.parquet') SELECT * FROM x",
        "SELECT * FROM json_execute_serialized_sql('{copy}')",
        "ATTACH '{data}/mine.db'",
        "EXPORT DATABASE '{data}/mine'",
        "IMPORT DATABASE '{data}'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "PRAGMA enable_profiling",
        "INSTALL httpfs",
        "LOAD httpfs",
        "DROP VIEW articles",
        "CHECKPOINT",
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('{data}/../secret.csv')",
        "SELECT * FROM glob('{data}/../*')",
        "SELECT 1; COPY articles TO '{data}/mine.parquet'",
        "",
        "PIVOT quotes ON kind USING count(*)",
    ],
)
def test_anything_else_is_refused_and_leaves_no_trace(tables_of_articles: Path, question: str) -> None:
    outside = tables_of_articles.parent / "secret.csv"
    outside.write_text("a,b\n1,2\n")
    before = digests(tables_of_articles.parent)
    with pytest.raises(QueryError):
        ask(
            question.format(data=tables_of_articles, outside=outside, copy=_copy_in_json(tables_of_articles)),
            tables_of_articles,
        )
    assert digests(tables_of_articles.parent) == before


def test_what_is_refused_says_so(tables_of_articles: Path) -> None:
    with pytest.raises(QueryRefused, match="INSERT is not allowed: questions only read"):
        ask("INSERT INTO quotes VALUES (1)", tables_of_articles)


def test_the_connection_itself_is_locked(tables_of_articles: Path) -> None:
    """Even without the look at the statement: no setting changes, no file outside is read or written."""
    outside = tables_of_articles.parent / "outside.csv"
    with connect(tables_of_articles) as connection:
        for statement in ("SET enable_external_access = true", f"COPY articles TO '{outside}'"):
            with pytest.raises(Exception, match=r"locked|disabled"):
                connection.execute(statement)
    assert not outside.exists()


def test_odd_folder_names_are_only_names(articles: Path, tmp_path: Path) -> None:
    """Quotes and what means something in a glob."""
    output = tmp_path / "it's [odd] *?"
    run_tables(output, articles)
    assert ask("SELECT count(*) FROM articles", output).rows == [(4,)]


def test_no_tables(tmp_path: Path) -> None:
    with pytest.raises(NoDataset, match="make them with: onrecord run"):
        ask("SELECT 1", tmp_path)


def test_a_slip_is_a_query_error(tables_of_articles: Path) -> None:
    with pytest.raises(QueryError, match="syntax error"):
        ask("SELEC 1", tables_of_articles)


def _copy_in_json(data: Path) -> str:
    """A statement that writes, as DuckDB serialises it."""
    with connect(data) as connection:
        statement = f"WITH x AS (COPY articles TO '{data}/mine.parquet') SELECT * FROM x"
        (text,) = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchall()[0]
    assert not json.loads(text)["error"]
    return str(text).replace("'", "''")
