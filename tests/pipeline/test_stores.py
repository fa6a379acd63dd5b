"""A data set on an object store: what holds on a disk holds there, also when requests fail, hang, or go unanswered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
import s3fs
from run_helpers import Run, run_tables
from store_server import HANGS, LOST, REFUSED, Store, environment, serving

import onrecord as api
from onrecord.pipeline import places
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.sources import filesystems
from onrecord.pipeline.store.schema import SCHEMAS

OUTPUT = "s3://data/tables"


@pytest.fixture(scope="module")
def server() -> Iterator[Store]:
    with serving() as store:
        yield store


@pytest.fixture(autouse=True)
def store(server: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty bucket, under the names by which AWS's own clients find a store; none of them waits for long."""
    for name, value in environment(server.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(places.S3_TIMEOUTS, "read_timeout", 1)
    monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
    s3fs.S3FileSystem.clear_instance_cache()
    filesystems._filesystem.cache_clear()
    system = s3fs.S3FileSystem(use_listings_cache=False)
    if system.exists("data"):
        system.rm("data", recursive=True)
    system.mkdir("data")
    server.requests = 0
    yield server
    server.fate = lambda number, request: None
    s3fs.S3FileSystem.clear_instance_cache()


def rows_at(output: object) -> dict[str, list[str]]:
    """The rows of all tables, asked through the data set's own door."""
    with api.open(str(output)) as data:
        return {table: sorted(map(repr, data.sql(f"FROM {table}").fetchall())) for table in SCHEMAS}


def test_a_data_set_grows_on_a_store_as_on_a_disk(
    store: Store, onrecord_here: Run, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for output in (OUTPUT, tmp_path / "out"):
        assert onrecord_here("run", articles, "--output", output).returncode == 0
    (articles / "frost.txt").rename(articles / "ice.txt")
    (articles / "crlf.txt").write_text("“Nobody asked us,” said Ada Brook.\n")
    (articles / "strike.txt").unlink()
    for output in (OUTPUT, tmp_path / "out"):
        assert onrecord_here("run", articles, "--output", output, "--mirror", "--yes").returncode == 0
    assert rows_at(OUTPUT) == rows_at(tmp_path / "out")
    assert onrecord_here("audit", "--data", OUTPUT).returncode == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    s3fs.S3FileSystem.clear_instance_cache()
    query = ("query", "SELECT count(*) AS n FROM articles", "--data", OUTPUT, "--format", "csv")
    assert onrecord_here(*query, "--s3-endpoint", store.url).stdout == "n\n3\n"
    assert not s3fs.S3FileSystem(use_listings_cache=False).exists("data/tables/_onrecord/work")


def test_what_is_no_store_of_ours_or_is_not_there_is_told(onrecord_here: Run, articles: Path) -> None:
    for output, said in (
        ("ftp://host/x", "s3://"),
        ("s3://nobody-made-this/x", "no bucket"),
        ("s3://data/a*b", "name"),
    ):
        result = onrecord_here("run", articles, "--output", output)
        assert result.returncode in (1, 2)
        assert said in result.stderr
        assert result.stderr.count("\n") == 1


@pytest.mark.long
def test_requests_that_fail_hang_or_lose_their_answer_change_no_row(
    store: Store, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "hang_seconds", 1.5)
    chance = Random(7)
    fates = [REFUSED, LOST, LOST, *[None] * 21]
    store.fate = lambda number, request: HANGS if number in (9, 30) else chance.choice(fates)
    run_tables(OUTPUT, articles)
    (articles / "crlf.txt").write_text("“Nobody asked us,” said Ada Brook.\n")
    run_tables(OUTPUT, articles)
    store.fate = lambda number, request: None
    run_tables(tmp_path / "out", articles)
    assert rows_at(OUTPUT) == rows_at(tmp_path / "out")


@pytest.mark.long
def test_a_run_cut_off_anywhere_loses_nothing(
    store: Store, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From some request on nothing gets through, as when the machine dies; the next run comes to the same rows."""
    monkeypatch.setitem(places.S3_TIMEOUTS, "retries", {"max_attempts": 1})
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    monkeypatch.setattr(places, "PAUSE", 0.0)
    monkeypatch.setitem(places.DELTA_TIMEOUTS, "max_retries", "0")
    run_tables(OUTPUT, articles, clusters=False)
    (articles / "crlf.txt").write_text("“Nobody asked us,” said Ada Brook.\n")
    run_tables(tmp_path / "out", articles, clusters=False)
    expected, before = rows_at(tmp_path / "out"), rows_at(OUTPUT)
    backup = s3fs.S3FileSystem(use_listings_cache=False)
    backup.copy("data/tables/", "data/backup/", recursive=True)
    seen = []
    for last in ("commits/2.json", "/mentions/_delta_log/"):
        store.fate = cut_off_after(last)
        with suppress(Exception):  # of as many kinds as there are clients; the last request of all may be lost silently
            run_tables(OUTPUT, articles, clusters=False)
        store.fate = lambda number, request: None
        seen.append("after" if rows_at(OUTPUT) == expected else "before")
        assert rows_at(OUTPUT) in (before, expected)
        run_tables(OUTPUT, articles, clusters=False)
        assert rows_at(OUTPUT) == expected
        backup.rm("data/tables", recursive=True)
        backup.copy("data/backup/", "data/tables/", recursive=True)
    assert seen == ["before", "before"]


def cut_off_after(last: str) -> Callable[[int, str], str | None]:
    """Nothing gets through any more after the first put of such a path."""
    is_cut = False

    def fate(number: int, request: str) -> str | None:
        nonlocal is_cut
        if is_cut:
            return REFUSED
        is_cut = request.startswith("PUT") and last in request
        return None

    return fate


@pytest.mark.long
def test_writers_at_once_make_the_union(articles: Path, tmp_path: Path) -> None:
    """Nobody has a lock: whoever puts a version first has it, and the others come after it."""
    run_tables(OUTPUT, articles, clusters=False)
    folders = [tmp_path / f"more-{n}" for n in range(3)]
    for n, folder in enumerate(folders):
        folder.mkdir()
        (folder / "a.txt").write_text(f"“It is {n},” said Ada Brook.")
    errors: list[Exception] = []

    def write(folder: Path) -> None:
        try:
            run_tables(OUTPUT, folder, clusters=False)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    run_tables(tmp_path / "out", articles, *folders, clusters=False)
    assert rows_at(OUTPUT) == rows_at(tmp_path / "out")
    assert current(OUTPUT).number == 4  # type: ignore[union-attr]


@pytest.mark.long
def test_corrections_on_a_store(store: Store, onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    """They come, are seen, and go with what is forgotten, as on a disk; one file holds them."""
    run_tables(OUTPUT, articles)  # type: ignore[arg-type]
    file = tmp_path / "review.jsonl"
    assert onrecord_here("export", "--jsonl", file, "-d", OUTPUT).returncode == 0
    file.write_text(file.read_text(encoding="utf-8").replace('"speaker": "Pavel Lind"}', '"speaker": "Rosa Quint"}', 1))
    assert "1 quotes changed" in onrecord_here("review", "--apply", file, "-d", OUTPUT).stdout
    with api.open(OUTPUT) as data:
        ((article,),) = data.sql("SELECT article_id FROM quotes WHERE speaker = 'Rosa Quint'").fetchall()
    assert onrecord_here("forget", article, "-d", OUTPUT).returncode == 0
    system = s3fs.S3FileSystem(use_listings_cache=False)
    assert [system.cat(name) for name in system.ls("data/tables/_onrecord/overrides")] == [b""]
