"""A data set is kept small without a change to its rows, and its older versions can be asked while they are there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from run_helpers import ARTICLES, Run, digests, run_tables, totals

import onrecord as api
from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current, newest
from onrecord.pipeline.errors import NoDataset
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.options import Options
from onrecord.pipeline.store.target import Target, run_alive
from onrecord.pipeline.store.upkeep import compact as compaction
from onrecord.pipeline.store.upkeep.compact import compact
from onrecord.pipeline.store.upkeep.history import history

TABLES = ("articles", "segments", "quotes", "mentions", "clusters", "rejects", "fingerprints", "records")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set that grew by an article a day, beside its articles; two of them tell the same, one is refused."""
    folder = tmp_path_factory.mktemp("grown")
    (folder / "articles").mkdir()
    texts: Mapping[str, str] = {**ARTICLES, "frost-again.txt": ARTICLES["frost.txt"], "empty.txt": ""}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
        patched.setattr("onrecord.pipeline.store.versions.commits.GRACE", 0.0)
        for name, text in texts.items():
            (folder / "articles" / name).write_bytes(text.encode())
            run_tables(folder / "out", folder / "articles", keep_history=True)
    return folder


@pytest.fixture
def data(grown: Path, tmp_path: Path) -> Path:
    """A copy of it; the articles stay where they are."""
    return Path(shutil.copytree(grown / "out", tmp_path / "out"))


def compact_at(output: Path, **options: int) -> int:
    target = Target.of(Options(output=str(output)))
    with run_alive(target):
        return compact(target, **options).number


def test_compaction_changes_no_row_and_has_nothing_read_anew(
    onrecord_here: Run, grown: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rows, version = current(data), rows_of(data), newest(data)
    assert before is not None
    assert len(before.parts["records"]) == len(ARTICLES) + 2
    result = onrecord_here("compact", "-d", data)
    assert (result.returncode, result.stderr) == (0, "")
    assert f"in version {version + 1}" in result.stdout
    after = current(data)
    assert after is not None
    assert (rows_of(data), after.totals, after.inputs) == (rows, before.totals, before.inputs)
    assert [len(names) for names in after.parts.values()] == [1] * len(TABLES)
    names = {names for table, names in after.parts.items() if table not in ("clusters", "rejects")}
    assert names == {after.parts["records"]}  # the rows of a record lie in parts of one name
    assert onrecord_here("audit", "-d", data).returncode == 0

    def fail(*_: object) -> None:
        raise AssertionError("read or compared anew")

    monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", fail)
    monkeypatch.setattr("onrecord.pipeline.store.clusters.cluster", fail)
    assert onrecord_here("run", grown / "articles", "-o", data).returncode == 0
    result = onrecord_here("compact", "-d", data)
    assert (result.returncode, result.stdout) == (0, "nothing to put together\n")
    assert newest(data) == version + 1


def rows_of(output: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the newest version, whatever else lies on the disk."""
    return {table: sorted(ask(f"FROM {table}", output).rows, key=repr) for table in TABLES}


def test_the_same_small_parts_become_the_same_bytes(data: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(data, tmp_path / "other"))
    assert compact_at(data) == compact_at(other) > 0
    assert digests(data) == digests(other)


def test_large_parts_are_not_touched(data: Path) -> None:
    """What has half of the size that is aimed at stays as it is, however small that is."""
    version = newest(data)
    assert compact_at(data, max_bytes=2) == 0
    assert newest(data) == version


def test_what_a_run_replaced_meanwhile_stays_as_it_is(
    grown: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run commits while parts are merged, one of which it writes anew: that merger is dropped, and no row is lost."""
    articles = Path(shutil.copytree(grown / "articles", tmp_path / "articles"))
    run_tables(data, articles)  # the same texts at another place: with small parts of their own
    merge = compaction.merge

    def merge_late(groups: object, target: Target) -> object:
        merged = merge(groups, target)  # type: ignore[arg-type]
        monkeypatch.setattr(compaction, "merge", merge)
        (articles / "strike.txt").write_text("“It rains,” said Ada Brook.")
        run_tables(data, articles)
        return merged

    monkeypatch.setattr(compaction, "merge", merge_late)
    assert compact_at(data) == 0
    assert ask("SELECT count(*) FROM articles WHERE contains(text, 'Ada Brook')", data).rows == [(1,)]
    assert compact_at(data) == newest(data)
    assert ask("SELECT count(*) FROM articles", data).rows == [(2 * len(ARTICLES) + 2,)]


def test_older_versions_are_asked_while_their_parts_are_there(onrecord_here: Run, data: Path) -> None:
    count = "SELECT count(*) AS n FROM articles"
    result = onrecord_here("query", count, "-d", data, "--as-of", 2, "--format", "csv")
    assert (result.returncode, result.stdout) == (0, "n\n2\n")
    with api.open(data, as_of=1) as old, api.open(data) as new:
        assert (old.sql(count).fetchall(), new.sql(count).fetchall()) == ([(1,)], [(len(ARTICLES) + 1,)])
        compact_at(data)  # keeps none of the small parts
        assert old.articles.count("*").fetchall() == [(1,)]
        assert new.sql(count).fetchall() == [(len(ARTICLES) + 1,)]
    assert onrecord_here("compact", "-d", data).returncode == 0
    for version, line in ((1, "cannot be opened any more"), (99, "has no version 99: its versions are 1 to")):
        result = onrecord_here("query", count, "-d", data, "--as-of", version)
        assert (result.returncode, result.stderr.count("\n"), line in result.stderr) == (4, 1, True)
        with pytest.raises(NoDataset, match=line):
            api.open(data, as_of=version)


def test_the_history_tells_what_came_and_went(onrecord_here: Run, grown: Path, data: Path) -> None:
    assert onrecord_here("compact", "-d", data, "--keep-history").returncode == 0
    told = json.loads(onrecord_here("history", "-d", data, "--json").stdout)
    assert [row["version"] for row in told] == list(range(1, newest(data) + 1))
    assert {row["as_of"] for row in told} == {"yes"}
    assert [row["by"] for row in told] == ["run"] * 5 + ["cluster", "run", "compact"]
    assert [row["articles"] for row in told] == [1, 2, 3, 4, 5, 5, 5, 5]
    assert (told[-2]["rejects"], told[-1]["came"], told[-1]["went"]) == (1, 5, 5)
    assert ask("SELECT count(*) FROM articles", data, version=3).rows == [(3,)]


def test_a_vacuum_removes_what_no_version_needs(onrecord_here: Run, grown: Path, data: Path, tmp_path: Path) -> None:
    own, rows = data / "_onrecord", rows_of(data)
    compact_at(data)  # the small parts are not deleted yet, as after a kill
    waste = [
        data / "quotes" / "part-0000000000000000.parquet",
        own / "work" / "dead" / "articles" / "unfinished.1",
        own / "work" / "dead" / "lock",
        own / "inputs" / "stale.parquet",
        own / "commits" / f".9.json.{'a' * 32}",
    ]
    for path in waste:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"12345")
        os.utime(path, (1, 1))
    (data / "quotes" / "notes.txt").write_text("mine")
    result = onrecord_here("vacuum", "-d", data, "--dry-run")
    assert (result.returncode, all(path.exists() for path in waste)) == (0, True)
    assert "part-0000000000000000.parquet" in result.stdout
    assert onrecord_here("vacuum", "-d", data, "--older-than", 10**6).returncode == 0
    assert [path.exists() for path in waste] == [False, True, True, False, False]  # the folder is younger
    assert onrecord_here("vacuum", "-d", data).returncode == 0
    assert not any(path.exists() for path in waste)
    assert (data / "quotes" / "notes.txt").exists()
    assert rows_of(data) == rows
    result = onrecord_here("vacuum", "-d", data)
    assert result.stdout.split() == ["0", "bytes", "are", "removed"]
    assert totals(data)["articles"] == len(ARTICLES) + 1


def test_a_vacuum_keeps_the_history_that_it_is_to_keep(onrecord_here: Run, data: Path) -> None:
    """First all that can be opened, then from a version on, then none; a version that lost a part is none."""
    run = onrecord_here("vacuum", "-d", data)
    assert run.returncode == 0
    assert [version.can_be_opened for version in history(data)] == [True] * 7
    assert onrecord_here("compact", "-d", data, "--keep-history").returncode == 0
    assert onrecord_here("vacuum", "-d", data, "--history-before", 99).returncode == 2
    assert onrecord_here("vacuum", "-d", data, "--history-before", 8).returncode == 0
    assert [version.can_be_opened for version in history(data)] == [False] * 7 + [True]
    assert {path.name for path in (data / "records").glob("*.parquet")} == set(current(data).parts["records"])  # type: ignore[union-attr]
