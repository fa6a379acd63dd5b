"""Arrow batches of articles in, rows out: the same as those of a run, whoever hands the batches over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import onrecord.arrow
from onrecord.pipeline.commands.run import run_quietly
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Fields, Options
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.transforms.options import AnnotatorOptions

#: What follows from where the records lay: the file and the line in it, and the bytes of that line.
OF_THE_PLACE = frozenset({"uri", "record", "raw_sha256", "n_bytes"})
TABLES = ("articles", "segments", "quotes", "mentions", "rejects")
RECORDS: list[dict[str, Any]] = [
    {
        "id": "harbour",
        "headline": "Harbour to close",
        "text": "The harbour will close in May, Mayor Ines Okafor said on Tuesday.\n\n“We cannot keep dredging for "
        "ships that no longer come,” Okafor told the council.\n",
        "author": ["Ada Brook", "Li Wu"],
        "site_name": "The Quay",
        "url": "https://news.example/harbour",
        "date": "2024-03-04T10:00:00+01:00",
    },
    {"id": "frost", "text": "MOSTAR (Reuters) - “It was one night,” said Pavel Lind, who heads the growers’ union."},
    {"id": "rat", "text": "Der Rat der Stadt kam am Montag zusammen und sprach lange über das Geld für die Schulen."},
    {"id": "blank", "text": " \n"},
    {"id": "no text", "text": None, "headline": "Only a title"},
    {"id": None, "text": "It is late, Tom Roe said."},
]
COLUMNS = ("id", "headline", "text", "author", "site_name", "url", "date")


@pytest.fixture(scope="module")
def articles() -> pa.Table:
    """The records as an engine holds them, with a column that no run would read."""
    rows = [{name: record.get(name) for name in COLUMNS} | {"views": 7} for record in RECORDS]
    return pa.Table.from_pylist(rows)


@pytest.fixture(scope="module")
def nested(articles: pa.Table) -> pa.Table:
    return onrecord.arrow.annotate(articles).read_all()


@pytest.fixture(scope="module")
def tables_of_run(articles: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """What ``onrecord run --id-field id`` makes of the records as JSON lines."""
    folder = tmp_path_factory.mktemp("run")
    lines = (json.dumps(record) + "\n" for record in articles.select(COLUMNS).to_pylist())
    (folder / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
    options = Options(output=str(folder / "tables"), fields=Fields(id="id"), clusters=False)
    run_quietly([str(folder / "articles.jsonl")], options)
    return {name: pq.read_table(folder / "tables" / name, schema=SCHEMAS[name]) for name in TABLES}


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows without what only says where they lay, in an order that is no engine's."""
    own = table.select([name for name in table.column_names if name not in OF_THE_PLACE])
    return sorted(own.to_pylist(), key=repr)


def unnested(nested: pa.Table, name: str) -> pa.Table:
    """The rows of one table out of those of articles."""
    column = nested[name].combine_chunks()
    structs = column.flatten() if pa.types.is_list(column.type) else column.drop_null()
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(each) for each in pa.chunked_array(structs).chunks])


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_those_of_a_run(name: str, nested: pa.Table, tables_of_run: dict[str, pa.Table]) -> None:
    """All columns, ids and ``made_by`` among them, but for those of the place."""
    made = rows(unnested(nested, name))
    assert made
    assert made == rows(tables_of_run[name])


@pytest.mark.parametrize("name", TABLES)
def test_one_table_has_the_published_schema(name: str, articles: pa.Table, nested: pa.Table) -> None:
    reader = onrecord.arrow.annotate(articles, table=name)
    assert reader.schema.equals(SCHEMAS[name], check_metadata=True)
    assert rows(reader.read_all()) == rows(unnested(nested, name))


def test_each_record_is_one_row_in_order(nested: pa.Table) -> None:
    """It is an article or a reject, with its id as it was given."""
    assert nested.schema.equals(onrecord.arrow.schema(), check_metadata=True)
    assert nested["id"].to_pylist() == [record["id"] for record in RECORDS]
    steps = [reject and (reject["step"], reject["reason"]) for reject in nested["rejects"].to_pylist()]
    assert steps[:2] == [None, None]
    assert steps[2:] == [("language", "language"), ("load", "empty"), ("load", "no_text"), ("load", "no_id")]
    assert [article is None for article in nested["articles"].to_pylist()] == [step is not None for step in steps]
    assert [len(quotes) for quotes in nested["quotes"].to_pylist()] == [2, 1, 0, 0, 0, 0]
    assert [place["uri"][:7] for place in nested["rejects"].to_pylist()[2:]] == ["rat", "blank", "no text", "sha256:"]


def test_the_raw_hash_is_that_of_a_parquet_file(articles: pa.Table, nested: pa.Table, tmp_path: Path) -> None:
    from onrecord.pipeline.sources import Reference, find_entries

    path = tmp_path / "articles.parquet"
    pq.write_table(articles.select(COLUMNS), path)
    of_file = [entry.sha256 for entry in find_entries(Reference(str(path)), Options())]
    each = (row["articles"] or row["rejects"] for row in nested.to_pylist())
    assert [row["raw_sha256"] for row in each] == of_file


def test_polars_and_duckdb_hand_over_and_take() -> None:
    """A frame and a relation go in as they are; what comes out is a frame, and a table of a question."""
    frame = pl.DataFrame(RECORDS[:2], schema_overrides={"author": pl.List(pl.String)})
    quotes = pl.from_arrow(onrecord.arrow.annotate(frame, table="quotes"))
    assert isinstance(quotes, pl.DataFrame)
    speakers = ["Ines Okafor", "Ines Okafor", "Pavel Lind"]
    assert quotes["speaker"].to_list() == speakers
    whole = pl.from_arrow(onrecord.arrow.annotate(frame))
    assert isinstance(whole, pl.DataFrame)
    each = whole["quotes"].list.eval(pl.element().struct.field("speaker")).to_list()
    assert each == [speakers[:2], speakers[2:]]

    made = onrecord.arrow.annotate(duckdb.sql("SELECT id, text FROM frame"))  # noqa: F841 - DuckDB finds it by name
    question = "SELECT id, articles.agency, unnest(quotes).speaker AS speaker FROM made ORDER BY speaker, id"
    with duckdb.connect() as connection:
        asked = connection.sql(question).fetchall()
    assert asked == [
        ("harbour", None, "Ines Okafor"),
        ("harbour", None, "Ines Okafor"),
        ("frost", "Reuters", "Pavel Lind"),
    ]


def test_batches_are_taken_when_they_are_asked_for() -> None:
    """Out of endless batches no more is taken than is needed; a large one leaves in small ones."""
    taken = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal taken
        for taken in count(1):
            texts = [f"“It is {number},” said Ada Brook." for number in range(40)]
            yield pa.RecordBatch.from_pydict({"id": range(taken * 40, taken * 40 + 40), "text": texts})

    reader = onrecord.arrow.annotate(batches(), table="articles")
    made = [reader.read_next_batch().num_rows for _ in range(3)]
    assert made[0] < 40
    assert sum(made[:2]) == 40
    assert taken == 2


def test_without_ids_the_text_is_the_id_and_languages_are_asked_for() -> None:
    batch = pa.RecordBatch.from_pydict({"body": [RECORDS[2]["text"]] * 2})
    made = onrecord.arrow.annotate(batch, AnnotatorOptions(), table="articles").read_all()
    assert made["language"].to_pylist() == ["de", "de"]
    assert made["uri"][0].as_py().startswith("sha256:")
    assert len(made["article_id"].unique()) == 1


def test_what_cannot_be_is_one_clear_error() -> None:
    batch = pa.RecordBatch.from_pydict({"id": ["a"], "abstract": ["It rains."]})
    with pytest.raises(UsageError, match="no column 'text' among the columns that there are: id, abstract"):
        onrecord.arrow.annotate(batch)
    with pytest.raises(UsageError, match="no column 'text'"):  # of an iterator, when its first batch is taken
        onrecord.arrow.annotate(iter([batch])).read_all()
    with pytest.raises(UsageError, match="table 'speakers': there are articles, segments"):
        onrecord.arrow.annotate(batch, table="speakers")


def test_no_articles_are_no_rows() -> None:
    empty = pa.schema([("id", pa.string()), ("text", pa.string())]).empty_table()
    assert onrecord.arrow.annotate(empty).read_all().schema == onrecord.arrow.schema()
    assert onrecord.arrow.annotate([], table="quotes").read_all().num_rows == 0
