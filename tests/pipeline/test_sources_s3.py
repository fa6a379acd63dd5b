"""Articles in an object store, read from a real server that speaks S3 on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures_formats import COMPRESSORS, FORMATS, as_jsonl, as_page, as_parquet, load_inputs
from run_helpers import ARTICLES, Run, digests
from store_server import Store, environment, serving

from onrecord.pipeline.graph.shards import split_file
from onrecord.pipeline.sources import filesystems, find

TEXTS = list(ARTICLES.values())
BUCKET = "s3://news"


@pytest.fixture(scope="module")
def server() -> Iterator[Store]:
    with serving() as store:
        yield store


@pytest.fixture(autouse=True)
def _store(server: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server under the names by which AWS's own clients find one, with articles in every format."""
    import s3fs

    for name, value in environment(server.url).items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    filesystems._filesystem.cache_clear()
    store = s3fs.S3FileSystem(use_listings_cache=False)
    if not store.exists("news"):
        store.mkdir("news")
    for ending, make in FORMATS.items():
        store.pipe(f"news/formats/all{ending}", make(TEXTS))
    store.pipe("news/packed/all.jsonl.gz", COMPRESSORS[".gz"](as_jsonl(TEXTS)))
    store.pipe("news/page/one.html", as_page(TEXTS[0]))
    store.pipe("news/page/.hidden.html", b"")
    store.pipe("news/odd/picture.png", b"\x89PNG")
    yield
    s3fs.S3FileSystem.clear_instance_cache()
    filesystems._filesystem.cache_clear()


def test_a_folder_and_a_glob_and_a_file() -> None:
    """Each file under its whole address, whatever is asked for."""
    addresses = sorted(f"{BUCKET}/formats/all{ending}" for ending in FORMATS)
    for folder_or_glob in (f"{BUCKET}/formats", f"{BUCKET}/formats/", f"{BUCKET}/formats/all.*"):
        assert sorted(reference.uri for reference in find([folder_or_glob])) == addresses
    assert [reference.uri for reference in find([f"{BUCKET}/page"])] == [f"{BUCKET}/page/one.html"]
    (reference,) = find([f"{BUCKET}/packed/all.jsonl.gz"])
    assert reference.size > 0


def test_every_format_is_read() -> None:
    result = load_inputs(f"{BUCKET}/formats", f"{BUCKET}/packed/*.gz")
    assert sorted(result.texts) == sorted(TEXTS * (len(FORMATS) + 1))
    assert result.is_conserved()


@pytest.mark.parametrize(("ending", "make"), [(".jsonl", as_jsonl), (".parquet", as_parquet)])
def test_large_files_are_split(ending: str, make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    texts = [f"Case {n}: “It is {n},” said Ada Brook." for n in range(300)]
    s3fs.S3FileSystem(use_listings_cache=False).pipe(f"news/large/all{ending}", make(texts))  # type: ignore[operator]
    monkeypatch.setattr("onrecord.pipeline.graph.shards.MIN_BYTES", 2000)
    monkeypatch.setattr("onrecord.pipeline.graph.shards.SHARDS", 5)
    (reference,) = find([f"{BUCKET}/large/all{ending}"])
    assert len(split_file(reference)) > 2
    assert load_inputs(reference.uri).texts == texts


def test_what_is_missing_is_rejected() -> None:
    """A missing file, an empty folder, a pattern without matches, a bucket that nobody made, a picture."""
    inputs = [f"{BUCKET}/none.txt", f"{BUCKET}/none/*.txt", "s3://nobody/a.txt", f"{BUCKET}/odd"]
    result = load_inputs(*inputs)
    assert result.is_conserved()
    assert {(reject.uri.rpartition("/")[2], reject.reason) for reject in result.rejected} == {
        *[("a.txt", "missing"), ("none.txt", "missing"), ("*.txt", "no_articles"), ("picture.png", "format")],
    }


def test_the_command_reads_from_the_store(onrecord: Run, tmp_path: Path) -> None:
    """In worker processes too, and twice to the same bytes."""
    for name, workers in (("one", 1), ("two", 2)):
        result = onrecord("run", f"{BUCKET}/formats/all.jsonl", "--output", tmp_path / name, "--workers", workers)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith(f"articles  {len(TEXTS)}\n")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
