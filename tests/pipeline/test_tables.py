"""The published schemas: described in full, without null types, as written on disk, and as the page about them says."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from run_helpers import ARTICLES, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.views import ARTICLE_COLUMNS
from onrecord.pipeline.store.schema import EDITS, SCHEMAS, SPAN, SPANS
from onrecord.pipeline.store.schema_page import description, page

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_column_is_described_and_typed(table: str) -> None:
    for field in SCHEMAS[table]:
        assert description(field)
        assert not pa.types.is_null(field.type)
        if field.type in (SPAN, SPANS, EDITS):
            assert field.metadata[b"offset_unit"] == b"codepoint"


@pytest.mark.parametrize("table", SCHEMAS)
def test_files_carry_the_schema(table: str, tables_of_articles: Path) -> None:
    for part in (tables_of_articles / table).glob("*.parquet"):
        schema = pq.read_schema(part)
        assert schema.equals(SCHEMAS[table])
        assert [field.metadata for field in schema] == [field.metadata for field in SCHEMAS[table]]
        assert schema.metadata == SCHEMAS[table].metadata
        metadata = pq.read_metadata(part)
        if metadata.num_rows:
            column = metadata.row_group(0).column(0)
            assert (column.compression, column.is_stats_set) == ("ZSTD", True)


def test_the_page_is_that_of_the_schemas() -> None:
    """If not: python -m onrecord.pipeline.store.schema_page > docs/tables.md"""
    assert (DOCS / "tables.md").read_text(encoding="utf-8") == page()


def test_the_view_articles_has_the_columns_on_the_page(tables_of_articles: Path) -> None:
    """Those of the table, then those that tell of its story."""
    answer = ask("FROM articles LIMIT 1", tables_of_articles)
    assert answer.columns == (*SCHEMAS["articles"].names, *ARTICLE_COLUMNS)


def test_spans_give_the_text_of_their_row(tables_of_articles: Path) -> None:
    """The formula of docs/tables.md, on every mention."""
    question = """
        SELECT m.text, a.text[m.span.start + 1 : m.span."end"] FROM mentions m JOIN articles a USING (article_id)
    """
    rows = ask(question, tables_of_articles).rows
    assert rows
    assert all(text == cut for text, cut in rows)


def test_counts_and_ids_agree(tables_of_articles: Path) -> None:
    """Articles count their rows, and no id comes twice."""
    wrong = """
        SELECT article_id FROM articles a
        WHERE n_quotes != (SELECT count(*) FROM quotes q WHERE q.article_id = a.article_id)
           OR n_mentions != (SELECT count(*) FROM mentions m WHERE m.article_id = a.article_id)
    """
    assert ask(wrong, tables_of_articles).rows == []
    for table, key in (("articles", "article_id"), ("quotes", "quote_id"), ("mentions", "mention_id")):
        assert ask(f"SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1", tables_of_articles).rows == []


def test_scores_have_four_decimals(tables_of_articles: Path) -> None:
    for table, column in (("quotes", "confidence"), ("mentions", "score")):
        for (score,) in ask(f"SELECT {column} FROM {table}", tables_of_articles).rows:
            assert score == round(score, 4)
            assert 0 <= score <= 1


def test_edits_replayed_on_the_raw_text_give_the_text(articles: Path, tmp_path: Path) -> None:
    run_tables(tmp_path / "out", articles)
    for uri, text, edits in ask("SELECT uri, text, edits FROM articles", tmp_path / "out").rows:
        raw = ARTICLES[Path(uri).name]
        for edit in reversed(edits):
            raw = raw[: edit["raw_start"]] + edit["text"] + raw[edit["raw_end"] :]
        assert raw == text
