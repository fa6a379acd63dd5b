"""Whatever is done twice, at once, in another order or elsewhere: the rows are the same, and each stands there once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from run_helpers import ARTICLES, all_rows, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.graph.planning import plan, read_deal
from onrecord.pipeline.graph.shards import cut_shards, split_deal
from onrecord.pipeline.graph.steps import Annotate, Commit, CutShards, Split
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import find
from onrecord.pipeline.store.parts import ShardParts
from onrecord.pipeline.store.target import Target, run_alive
from onrecord.pipeline.store.versions.commit import commit


@pytest.fixture
def many(articles: Path) -> Path:
    """Enough articles for several shards."""
    for n in range(70):
        (articles / f"more-{n:02}.txt").write_text(f"Case {n}. “It is {n},” said Ada Brook.")
    return articles


def options_and_target(output: Path) -> tuple[Options, Target]:
    options = Options(output=str(output), clusters=False)
    return options, Target.of(options)


def test_results_that_come_twice_are_one(many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an engine may redeliver them: every shard's result twice, in different bundles."""
    monkeypatch.setattr("onrecord.pipeline.graph.steps.annotate_apart", annotate_shard)
    options, target = options_and_target(tmp_path / "out")
    with run_alive(target):
        keys = plan(find([str(many)]), [str(many)], options, target).keys
        assert keys > 1
        with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as pipeline:
            (
                pipeline
                | beam.Create([read_deal(key, keys, target) for key in range(keys)])
                | Split()
                | CutShards()
                | "Once" >> Annotate(options, target)
                | "Twice" >> beam.FlatMap(lambda parts: [parts, parts])
                | "Elsewhere" >> beam.Reshuffle()
                | Commit(target)
            )
    run_tables(tmp_path / "plain", many, clusters=False)
    assert all_rows(tmp_path / "out") == all_rows(tmp_path / "plain")


def test_two_commits_of_one_result_at_once(articles: Path, tmp_path: Path) -> None:
    options, target = options_and_target(tmp_path / "out")
    errors: list[Exception] = []
    with run_alive(target):
        parts = annotated(articles, options, target)

        def commit_once() -> None:
            try:
                commit(parts, target)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=commit_once) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        commit(parts, target)  # and once more, later
    assert errors == []
    assert ask("SELECT count(*), count(DISTINCT article_id) FROM articles", tmp_path / "out").rows == [
        (len(ARTICLES), len(ARTICLES))
    ]


def annotated(articles: Path, options: Options, target: Target) -> list[ShardParts]:
    keys = plan(find([str(articles)]), [str(articles)], options, target).keys
    references = [each for key in range(keys) for _, each in split_deal(read_deal(key, keys, target))]
    return [annotate_shard(shard, options, target) for shard in cut_shards(references)]


def test_two_runs_change_one_part_at_once(articles: Path, tmp_path: Path) -> None:
    """Each replaces another row of it: both changes are there, and the rows between them stay."""
    output = tmp_path / "out"
    run_tables(output, articles)
    for name in ("frost.txt", "crlf.txt"):
        (articles / name).write_text(f"“It is another {name},” said Ada Brook.")
    command = [sys.executable, "-P", "-m", "onrecord", "run", "-o", str(output)]
    runs = [
        subprocess.Popen([*command, str(articles / name)], stdout=subprocess.DEVNULL)
        for name in ("frost.txt", "crlf.txt")
    ]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    run_tables(tmp_path / "fresh", articles)
    assert all_rows(output) == all_rows(tmp_path / "fresh")


def test_elsewhere_the_rows_are_the_same(articles: Path, tmp_path: Path) -> None:
    """Another hash seed, time zone, locale, umask and working folder."""
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}
    command = [sys.executable, "-P", "-m", "onrecord", "run", str(articles), "-o", str(tmp_path / "there")]
    (tmp_path / "cwd").mkdir()
    done = subprocess.run(
        command, env=os.environ | elsewhere, cwd=tmp_path / "cwd", umask=0o077, stdout=subprocess.DEVNULL
    )
    assert done.returncode == 0
    run_tables(tmp_path / "here", articles)
    assert all_rows(tmp_path / "there") == all_rows(tmp_path / "here")
