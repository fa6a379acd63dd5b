"""An article gives the same rows alone, among others and in another order: nothing leaks from text to text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from running import ARTICLES
from spacy.language import Language

from pipeline.sources import Reference, Shard, load
from pipeline.tables import Row, tables
from transforms.annotate import Batch, annotate_batch
from transforms.reader import load_reader
from transforms.records import RawArticle

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_reader()


@pytest.fixture(scope="module")
def raws(tmp_path_factory: pytest.TempPathFactory) -> list[RawArticle]:
    folder = tmp_path_factory.mktemp("raws")
    for name, text in ARTICLES.items():
        (folder / name).write_bytes(text.encode())
    files = [*sorted(folder.iterdir()), *SEEDS]
    return [
        raw
        for batch in load(Shard(name="", references=tuple(map(Reference, map(str, files)))))
        for raw in batch.records
    ]


def rows_of(raws: list[RawArticle], nlp: Language) -> dict[str, dict[str, list[Row]]]:
    """Every article's rows in every table."""
    made = tables(annotate_batch(Batch(shard="", records=tuple(raws)), nlp))
    places = {row["article_id"]: row["uri"] for row in made["articles"].to_pylist()}
    rows: dict[str, dict[str, list[Row]]] = {uri: {} for uri in places.values()}
    for table in ("articles", "segments", "quotes", "mentions"):
        for row in made[table].to_pylist():
            rows[places[row["article_id"]]].setdefault(table, []).append(row)
    return rows


def test_company_and_order_change_no_row(raws: list[RawArticle], nlp: Language) -> None:
    together = rows_of(raws, nlp)
    assert len(together) == len(raws)
    for raw in raws:
        assert rows_of([raw], nlp)[raw.uri] == together[raw.uri]
    for seed in range(3):
        assert rows_of(random.Random(seed).sample(raws, len(raws)), nlp) == together
