"""A commit is whole or not at all, whenever it is killed, and the next run finishes what it began."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from run_helpers import ARTICLES, Run, digests, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.store.schema import SCHEMAS

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


def test_tables_without_a_ledger_are_read_and_not_added_to(articles: Path, tmp_path: Path) -> None:
    """As earlier versions left them: nothing but parts. They are asked as ever; a run names the way on."""
    run_tables(tmp_path / "now", articles)
    old = tmp_path / "old"
    for table in SCHEMAS.keys() - {"records", "fingerprints"}:
        (old / table).mkdir(parents=True)
        for part in (tmp_path / "now" / table).glob("part-*.parquet"):
            (old / table / part.name.replace("part-", "part-0")).write_bytes(part.read_bytes())
    assert ask("SELECT count(*) FROM articles", old).rows == [(len(ARTICLES),)]
    with pytest.raises(UsageError, match="--fresh"):
        run_tables(old, articles / "frost.txt")
    run_tables(old, articles / "frost.txt", fresh=True)
    assert ask("SELECT count(*) FROM articles", old).rows == [(1,)]
    assert len(digests(old)) == len(SCHEMAS)


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
