"""A commit is whole or not at all, whenever it is killed, and the next run finishes what it began."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from run_helpers import Run, digests, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.versions import delta

HERE = Path(__file__).parent


def test_a_commit_killed_at_any_step_is_whole_or_nothing(tmp_path: Path) -> None:
    """Readers see the tables before or those after it, so does a plain glob once the next run has begun.

    A record comes, and another leaves a part that is written anew for that. Every third step is tried here.
    """
    command = [sys.executable, str(HERE / "crash_commits.py"), str(tmp_path), "3"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["problems"] == []
    assert found["tries"] > 15
    assert {"one one", "one two", "two two"} == set(found["outcomes"])


def test_delta_readers_see_what_we_see(tables_of_articles: Path) -> None:
    """deltalake, Polars and a plain glob read the same rows of each table."""
    snapshot = current(tables_of_articles)
    assert snapshot is not None
    for table, schema in SCHEMAS.items():
        folder = tables_of_articles / table
        n = ask(f"SELECT count(*) FROM {table}", tables_of_articles).rows[0][0]
        assert DeltaTable(folder).to_pyarrow_table().num_rows == n
        assert polars.read_delta(str(folder)).height == n
        parts = sorted(folder.glob("part-*.parquet"))
        assert tuple(path.name for path in parts) == snapshot.parts[table]
        assert sum(pq.read_metadata(path).num_rows for path in parts) == n
        assert [field.name for field in DeltaTable(folder).schema().fields] == schema.names


def test_a_run_that_changes_nothing_makes_no_commit(articles: Path, tmp_path: Path) -> None:
    run_tables(tmp_path / "out", articles)
    before = current(tmp_path / "out")
    run_tables(tmp_path / "out", articles)
    assert current(tmp_path / "out") == before
    (articles / "frost.txt").unlink()
    run_tables(tmp_path / "out", articles, mirror=True, sure=True)
    after = current(tmp_path / "out")
    assert before is not None
    assert after is not None
    assert after.number > before.number


def test_a_data_set_of_version_1_is_asked_and_not_added_to(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    """As it was left before there was a ledger: nothing but parts. A run names the way on."""
    old = Path(shutil.copytree(HERE / "frozen" / "v1", tmp_path / "old"))
    assert ask("SELECT count(*), sum(n_quotes) FROM articles", old).rows == [(4, 8)]
    assert ask("SELECT name FROM speakers ORDER BY name", old).rows == [
        ("Dana Whitlock",),
        ("Ines Okafor",),
        ("Pavel Lind",),
    ]
    for command, code in ((["run", articles, "-o", old], 2), (["cluster", "-d", old], 4), (["audit", "-d", old], 4)):
        result = onrecord(*command)
        assert (result.returncode, result.stderr.count("\n"), "--rebuild" in result.stderr) == (code, 1, True)
    assert ask("SELECT count(*) FROM articles", old).rows == [(4,)]
    run_tables(old, articles / "frost.txt", rebuild=True)
    assert ask("SELECT count(*) FROM articles", old).rows == [(1,)]
    assert len(digests(old)) == len(SCHEMAS)


def test_a_data_set_of_version_2_is_asked_and_grows(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    """As it was left when this version began; whatever comes after it has to open it, and to add to it."""
    old = Path(shutil.copytree(HERE / "frozen" / "v2", tmp_path / "old"))
    assert ask("SELECT count(*), sum(n_quotes) FROM articles", old).rows == [(4, 8)]
    assert ask("SELECT uri, reason FROM rejects", old).rows == [("empty.txt", "empty")]
    assert onrecord("audit", "-d", old).returncode == 0
    (articles / "new.txt").write_text("“It rains,” said Ada Brook.")
    run_tables(old, articles, base=str(articles))
    assert ask("SELECT count(*) FROM articles", old).rows == [(5,)]
    assert ask("SELECT content FROM quotes JOIN articles USING (article_id) WHERE uri = 'new.txt'", old).rows == [
        ("“It rains,”",)
    ]
    assert onrecord("audit", "-d", old).returncode == 0


def test_columns_that_come_later_are_null_before(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data set of an older version is added to: its log learns the column, and its rows have nothing in it."""
    monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
    later = SCHEMAS["rejects"]
    earlier = later.remove(later.get_field_index("n_bytes"))
    (articles / "empty.txt").touch()
    with monkeypatch.context() as patched:
        patched.setitem(SCHEMAS, "rejects", earlier)  # type: ignore[misc]
        patched.setattr("onrecord.pipeline.store.rows.REJECTS", earlier)
        patched.setattr("onrecord.pipeline.store.versions.commit.TABLES_VERSION", "1")
        delta._schema.cache_clear()
        run_tables(tmp_path / "out", articles)
    delta._schema.cache_clear()
    (articles / "blank.txt").write_text("  ")
    run_tables(tmp_path / "out", articles)
    rows = ask("SELECT split_part(uri, '/', -1), n_bytes FROM rejects ORDER BY 1", tmp_path / "out").rows
    assert rows == [("blank.txt", 2), ("empty.txt", None)]
    assert [f.name for f in DeltaTable(tmp_path / "out" / "rejects").schema().fields] == later.names
    assert polars.read_delta(str(tmp_path / "out" / "rejects")).height == 2
    (articles / "empty.txt").write_text("“It rains,” said Ada Brook.")  # its old row leaves a part of the old form
    run_tables(tmp_path / "out", articles)
    assert ask("SELECT count(*) FROM rejects", tmp_path / "out").rows == [(1,)]


def test_runs_at_once_leave_the_union(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    """One of the articles is read by two of the runs, and stands there once."""
    command = [sys.executable, "-P", "-m", "onrecord", "run", "-o", str(tmp_path / "out")]
    inputs = [["frost.txt", "crlf.txt"], ["harbour.txt", "crlf.txt"], ["strike.txt"]]
    runs = [
        subprocess.Popen([*command, *(str(articles / name) for name in each)], stdout=subprocess.PIPE, text=True)
        for each in inputs
    ]
    assert [run.wait(timeout=120) for run in runs] == [0, 0, 0]
    for run in runs:
        run.communicate()
    ((uris,),) = ask("SELECT list(uri ORDER BY uri) FROM articles", tmp_path / "out").rows
    assert uris == sorted(map(str, articles.iterdir()))
    assert onrecord("audit", "-d", tmp_path / "out").returncode == 0
