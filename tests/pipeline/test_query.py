"""Questions read and nothing else: no way to write a file, reach another one, or open the connection up."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pytest
from run_helpers import digests, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.connect import TABLES, connect
from onrecord.pipeline.ask.formats import print_answer
from onrecord.pipeline.errors import NoDataset, QueryError, QueryRefused, TablesDamaged
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
    with pytest.raises(NoDataset, match=r"make them with: .*onrecord run"):
        ask("SELECT 1", tmp_path)
    (tmp_path / "articles.csv").touch()
    with pytest.raises(NoDataset, match=r"articles\.csv"):
        ask("SELECT 1", tmp_path / "articles.csv")


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


def test_answers_are_the_same_in_every_time_zone(tables_of_articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are in UTC, whatever the machine's clock says."""
    moment = "TIMESTAMPTZ '2024-03-04 23:30:00+00'"
    question = f"SELECT {moment}, date_trunc('day', {moment})::VARCHAR"
    answers = set()
    for zone in ("UTC", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        ((instant, day),) = ask(question, tables_of_articles).rows
        answers.add((instant.isoformat(), day))
    monkeypatch.undo()
    time.tzset()
    assert answers == {("2024-03-04T23:30:00+00:00", "2024-03-04 00:00:00+00")}


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("SELECT speker FROM quotes", 'Candidate bindings: "speaker'),
        ("SELECT * FROM quote", 'Did you mean "quotes'),
        ("SELECT cuont(*) FROM quotes", 'Did you mean "count'),
    ],
)
def test_duckdbs_hints_are_passed_on_in_one_line(tables_of_articles: Path, question: str, hint: str) -> None:
    with pytest.raises(QueryError, match=re.escape(hint)) as error:
        ask(question, tables_of_articles)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("damage", ["cut short", "empty", "overwritten"])
@pytest.mark.parametrize("table", ["articles", "mentions"])
def test_a_damaged_part_is_named(tables_of_articles: Path, tmp_path: Path, damage: str, table: str) -> None:
    output = shutil.copytree(tables_of_articles, tmp_path / "out")
    (part,) = (output / table).glob("part-*.parquet")
    data = part.read_bytes()
    middle = data[:20] + bytes(len(data) - 40) + data[-20:]
    part.write_bytes({"cut short": data[: len(data) // 2], "empty": b"", "overwritten": middle}[damage])
    with pytest.raises(TablesDamaged, match=re.escape(str(part))):
        ask(f"SELECT * FROM {table}", output)


def test_json_is_json(capsys: pytest.CaptureFixture[str], tables_of_articles: Path) -> None:
    """No NaN, also not inside of lists; columns of one name are all there."""
    question = "SELECT 1 AS n, 2 AS n, 'nan'::DOUBLE AS x, ['inf'::DOUBLE, 1.5] AS list, NULL AS nothing"
    print_answer(ask(question, tables_of_articles), "json")

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    rows = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert rows == [{"n": 1, "n_1": 2, "x": None, "list": [None, 1.5], "nothing": None}]


def test_csv_tells_nothing_from_the_empty_text(capsys: pytest.CaptureFixture[str], tables_of_articles: Path) -> None:
    """As DuckDB itself reads it back."""
    question = "SELECT NULL AS a, '' AS b, 'x,y' AS c, 'He said \"no\"' AS d, E'two\\nlines' AS e, 7 AS f"
    answer = ask(question, tables_of_articles)
    print_answer(answer, "csv")
    assert capsys.readouterr().out == 'a,b,c,d,e,f\n,"","x,y","He said ""no""","two\nlines",7\n'
