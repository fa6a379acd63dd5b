"""Spark: two executors annotate with ``onrecord.arrow``, and their rows are those of a run."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_processes import python_of
from given_texts import texts

from onrecord.pipeline.commands.run import run_quietly
from onrecord.pipeline.options import Fields, Options

PYTHON = python_of("cluster")
JOB = Path(__file__).with_name("spark_job.py")

#: Of our own texts Spark reads a few: each is read three times.
MAX_ARTICLES = 200 if "ONRECORD_ARTICLES" in os.environ else 24
REFUSED = {
    "blank": " \n",
    "german": "Der Rat der Stadt kam am Montag zusammen und sprach lange über das Geld für die Schulen.",
}
TABLES = ("articles", "segments", "quotes", "mentions", "rejects")
#: Where a record lay and what its bytes were is no more known in Spark; the code there may be another build of this.
NOT_COMPARED = frozenset({"uri", "record", "raw_sha256", "n_bytes", "made_by"})


def records() -> list[dict[str, Any]]:
    return [
        {"id": name, "text": text, "title": None, "published": f"2024-03-{number % 28 + 1:02d}T10:00:00+01:00"}
        for number, (name, text) in enumerate((texts(MAX_ARTICLES) | REFUSED).items())
    ]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``nested`` and ``quotes`` as Spark writes them, and the ``tables`` of a run over the same records."""
    folder = tmp_path_factory.mktemp("spark")
    made = records()
    pq.write_table(pa.Table.from_pylist(made), folder / "articles.parquet")
    (folder / "articles.jsonl").write_text("".join(json.dumps(record) + "\n" for record in made), encoding="utf-8")
    command = [str(PYTHON), str(JOB), str(folder / "articles.parquet"), str(folder)]
    job = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=1200)
    assert job.returncode == 0, job.stderr[-3000:]
    assert job.stdout.split()[-2:] == ["executors", "2"]
    options = Options(output=str(folder / "tables"), fields=Fields(id="id"), clusters=False)
    run_quietly([str(folder / "articles.jsonl")], options)
    return folder


def rows(values: list[dict[str, Any]]) -> list[str]:
    return sorted(repr({name: row[name] for name in sorted(row.keys() - NOT_COMPARED)}) for row in values)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_those_of_a_run(table: str, output: Path) -> None:
    made = pq.read_table(output / "nested", columns=[table])[table].drop_null().to_pylist()
    in_spark = [row for each in made for row in each] if isinstance(made[0], list) else made
    of_run = rows(pq.read_table(output / "tables" / table).to_pylist())
    assert of_run
    assert rows(in_spark) == of_run


def test_one_table_alone_has_the_same_rows(output: Path) -> None:
    assert rows(pq.read_table(output / "quotes").to_pylist()) == rows(
        pq.read_table(output / "tables/quotes").to_pylist()
    )
