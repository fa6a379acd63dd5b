"""Tables in order pass; a lost row, an id that comes twice or a span that slipped is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from run_helpers import Run

from onrecord.pipeline.errors import AuditFailed
from onrecord.pipeline.store.audit import check


@pytest.fixture
def copied(tables_of_articles: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tables_of_articles, tmp_path / "out"))


def rewrite(output: Path, table: str, change: Callable[..., object]) -> None:
    (path,) = (output / table).glob("*.parquet")
    pq.write_table(change(pq.read_table(path)), path)


def found(output: Path) -> list[str]:
    return [what for what, n in check(str(output)) if n]


def test_tables_of_a_run_are_in_order(onrecord_here: Run, tables_of_articles: Path) -> None:
    result = onrecord_here("audit", "--data", tables_of_articles)
    assert (result.returncode, result.stderr) == (0, "")
    assert all(line.split()[0] == "0" for line in result.stdout.splitlines())


def test_a_lost_article_is_found(onrecord_here: Run, copied: Path) -> None:
    rewrite(copied, "articles", lambda rows: rows.slice(1))
    assert {"a record is neither article nor reject", "ids differ from those counted"} < {*found(copied)}
    result = onrecord_here("audit", "--data", copied)
    assert (result.returncode, result.stderr.count("\n")) == (AuditFailed.exit_code, 1)


def test_another_article_in_its_place_is_found(copied: Path) -> None:
    commit = max((copied / "_onrecord" / "commits").glob("*.json"))
    values = json.loads(commit.read_text())
    commit.write_text(json.dumps(values | {"totals": values["totals"] | {"ids": "0" * 16}}))
    assert found(copied) == ["ids differ from those counted"]


def test_a_span_that_slipped_is_found(copied: Path) -> None:
    def slip(rows: object) -> object:
        column = rows.schema.get_field_index("text")  # type: ignore[attr-defined]
        changed = pc.utf8_replace_slice(rows["text"], 0, 1, "#")  # type: ignore[index]
        return rows.set_column(column, rows.schema.field(column), changed)  # type: ignore[attr-defined]

    rewrite(copied, "mentions", slip)
    assert found(copied) == ["mentions: a span is not its text"]
