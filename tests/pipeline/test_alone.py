"""An article gives the same rows alone, among others and in another order: nothing leaks from text to text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from run_helpers import ARTICLES

from onrecord.pipeline.graph.annotating import load
from onrecord.pipeline.graph.shards import Shard
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.store.rows import Row, tables
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import RawArticle

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator()


@pytest.fixture(scope="module")
def raws(tmp_path_factory: pytest.TempPathFactory) -> list[RawArticle]:
    folder = tmp_path_factory.mktemp("raws")
    for name, text in ARTICLES.items():
        (folder / name).write_bytes(text.encode())
    files = [*sorted(folder.iterdir()), *SEEDS]
    return [
        raw
        for batch in load(Shard(name="", references=tuple(map(Reference, map(str, files)))))
        for raw in batch.results
        if isinstance(raw, RawArticle)
    ]


def rows_of(raws: list[RawArticle], annotator: Annotator) -> dict[str, dict[str, list[Row]]]:
    """Every article's rows in every table."""
    made = tables(annotator.annotate_all(raws))
    places = {row["article_id"]: row["uri"] for row in made["articles"].to_pylist()}
    rows: dict[str, dict[str, list[Row]]] = {uri: {} for uri in places.values()}
    for table in ("articles", "segments", "quotes", "mentions"):
        for row in made[table].to_pylist():
            rows[places[row["article_id"]]].setdefault(table, []).append(row)
    return rows


def test_company_and_order_change_no_row(raws: list[RawArticle], annotator: Annotator) -> None:
    together = rows_of(raws, annotator)
    assert len(together) == len(raws)
    for raw in raws:
        assert rows_of([raw], annotator)[raw.uri] == together[raw.uri]
    for seed in range(3):
        assert rows_of(random.Random(seed).sample(raws, len(raws)), annotator) == together
