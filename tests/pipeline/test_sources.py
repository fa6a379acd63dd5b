"""The same articles out of every format, plain or packed: the same texts, rows that say where they come from."""

from __future__ import annotations

import gzip
import io
import json
import re
import tracemalloc
import warnings
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from fixtures_formats import (
    COMPRESSORS,
    FORMATS,
    as_csv,
    as_json,
    as_jsonl,
    as_page,
    as_parquet,
    as_warc,
    as_zip,
    http,
    load_inputs,
    tarred,
    warc_record,
    write,
    zipped,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from run_helpers import ARTICLES, digests, run_tables, totals

from onrecord.pipeline.ask import ask
from onrecord.pipeline.graph.annotating import annotate_shard, load
from onrecord.pipeline.graph.shards import Deal, Shard, deal_count, split_deal, split_file
from onrecord.pipeline.options import Fields, Options
from onrecord.pipeline.sources import Reference, find
from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article

TEXTS = list(ARTICLES.values())


@pytest.mark.parametrize("compression", COMPRESSORS)
@pytest.mark.parametrize("ending", FORMATS)
def test_each_format_gives_the_texts(tmp_path: Path, ending: str, compression: str) -> None:
    """Character by character, a byte-order mark and line ends among them."""
    path = write(tmp_path / f"news{ending}{compression}", COMPRESSORS[compression](FORMATS[ending](TEXTS)))
    result = load_inputs(path)
    assert result.texts == TEXTS
    assert result.is_conserved()
    assert len({raw.record for raw in result.records}) == len(TEXTS)


@pytest.mark.parametrize("compression", COMPRESSORS)
def test_a_compressed_text_is_one_article(tmp_path: Path, compression: str) -> None:
    path = write(tmp_path / f"a.txt{compression}", COMPRESSORS[compression](TEXTS[0].encode()))
    (raw,) = load_inputs(path).records
    assert (raw.text, raw.record) == (TEXTS[0], "")


@pytest.mark.parametrize("compression", COMPRESSORS)
def test_a_web_archive_gives_the_words_of_its_pages(tmp_path: Path, compression: str) -> None:
    """And what the crawl noted about itself is no record."""
    path = write(tmp_path / f"crawl.warc{compression}", COMPRESSORS[compression](as_warc(TEXTS)))
    result = load_inputs(path)
    assert result.tally.records == len(TEXTS)
    assert words_of(result.records) == [re.findall(r"\w+", text) for text in TEXTS]
    assert [raw.url for raw in result.records] == [f"https://news.example/{n}" for n in range(len(TEXTS))]


def test_a_page_gives_its_words(tmp_path: Path) -> None:
    result = load_inputs(write(tmp_path / "a.html", as_page(TEXTS[0])))
    assert words_of(result.records) == [re.findall(r"\w+", TEXTS[0])]


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("news.jsonl", "2"),
        ("news.csv", "2"),
        ("news.parquet", "2"),
        ("news.zip", "articles/0001.txt"),
    ],
)
def test_records_are_named_by_their_place(tmp_path: Path, name: str, record: str) -> None:
    path = write(tmp_path / name, FORMATS[path_ending(name)](TEXTS))
    assert load_inputs(path).records[1].record == record


def test_members_are_read_by_their_own_formats(tmp_path: Path) -> None:
    """Also packed ones, and archives in archives; members of one name stay two."""
    inner = zipped({"a.txt": b"One.", "b.jsonl.gz": COMPRESSORS[".gz"](as_jsonl(["Two.", "Three."]))})
    path = write(tmp_path / "all.tar.gz", COMPRESSORS[".gz"](tarred({"inner.zip": inner, "c.csv": as_csv(["Four."])})))
    result = load_inputs(path)
    names = ["inner.zip:a.txt", "inner.zip:b.jsonl.gz:1", "inner.zip:b.jsonl.gz:2", "c.csv:1"]
    assert [(raw.record, raw.text) for raw in result.records] == list(
        zip(names, ["One.", "Two.", "Three.", "Four."], strict=True)
    )
    assert result.is_conserved()


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": "One."}',
        b'[{"text": "One."}]',
        b'\xef\xbb\xbf[{"text": "One."}]',
        b' {"status": "ok", "n": 1, "articles": [ {"text": "One."} ], "next": {"page": 2}}',
        b'{"text": "One."}\n',
        '[{"text": "One."}]'.encode("utf-16"),
        b'{"body": {"summary": [], "sections": [{"headline": [], "paragraphs": ["One."]}]}}',
    ],
)
def test_shapes_of_json(tmp_path: Path, data: bytes) -> None:
    assert load_inputs(write(tmp_path / "a.json", data)).texts == ["One."]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_json_is_cut_alike_whatever_comes_at_a_time(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Escapes, brackets in strings and line ends on any border."""
    texts = ['He said: "no\\" [{', "}],", "\\", "{\n}", "é“”"]
    monkeypatch.setattr("onrecord.pipeline.sources.formats.jsonvalues.CHUNK_SIZE", chunk)
    assert load_inputs(write(tmp_path / "a.json", as_json(texts))).texts == texts
    lines = b"\n\n".join(json.dumps({"text": text}).encode() for text in texts)
    assert load_inputs(write(tmp_path / "b.json", lines)).texts == texts


DAY = datetime(2017, 3, 7, 10, tzinfo=UTC)
EXPORTS: dict[str, dict[str, Any]] = {
    "newspaper4k": {
        "url": "https://n.example/1",
        "title": "Rain",
        "authors": ["Ada Brook", "Li Wu"],
        "publish_date": "2017-03-07T10:00:00",
        "meta_site_name": "The News",
        "text": "It rains.",
        "summary": "",
        "html": "<p>no</p>",
    },
    "news-please": {
        "url": "https://n.example/1",
        "title": "Rain",
        "authors": ["Ada Brook", "Li Wu"],
        "date_publish": "2017-03-07 10:00:00",
        "date_download": "2020-01-01 00:00:00",
        "source_domain": "The News",
        "maintext": "It rains.",
        "text": None,
        "description": "no",
    },
    "fundus": {
        "title": "Rain",
        "authors": ["Ada Brook", "Li Wu"],
        "publishing_date": "2017-03-07 10:00:00+00:00",
        "plaintext": "It rains.",
        "publisher": "The News",
        "url": "https://n.example/1",
        "topics": [],
    },
    "trafilatura": {
        "title": "Rain",
        "author": "Ada Brook, Li Wu",
        "hostname": "The News",
        "date": "2017-03-07T10:00:00Z",
        "raw_text": "no",
        "text": "It rains.",
        "source": "https://n.example/1",
    },
    "schema.org": {
        "headline": "Rain",
        "author": [{"@type": "Person", "name": "Ada Brook"}, {"name": "Li Wu"}],
        "publisher": {"name": "The News"},
        "datePublished": "Tue, 07 Mar 2017 10:00:00 GMT",
        "articleBody": "It rains.",
        "url": "https://n.example/1",
    },
    "cc_news": {
        "title": "Rain",
        "text": "It rains.",
        "domain": "The News",
        "date": "2017-03-07 10:00:00",
        "url": "https://n.example/1",
        "authors": "['Ada Brook', 'Li Wu']",
    },
}


@pytest.mark.parametrize("exporter", EXPORTS)
def test_the_fields_of_exporters(tmp_path: Path, exporter: str) -> None:
    (raw,) = load_inputs(write(tmp_path / "a.jsonl", json.dumps(EXPORTS[exporter]))).records
    assert (raw.text, raw.title, raw.byline, raw.publisher, raw.published, raw.url) == (
        *("It rains.", "Rain", "Ada Brook, Li Wu", "The News", DAY, "https://n.example/1"),
    )
    has_zone = any(zone in str(EXPORTS[exporter]) for zone in ("GMT", "00Z", "+00:00"))
    assert raw.flags == (() if has_zone else ("date_zone_guessed",))


def test_fields_that_the_user_names(tmp_path: Path) -> None:
    record = {"a": {"b": "It rains."}, "text": "no", "Überschrift": "Rain", "when": 1488880800, "at": "here"}
    fields = Fields(text="a.b", title="Überschrift", published="when", url="at", publisher="at")
    options = Options(fields=fields)
    (raw,) = load_inputs(write(tmp_path / "a.jsonl", json.dumps(record)), options=options).records
    assert (raw.text, raw.title, raw.published, raw.url) == ("It rains.", "Rain", DAY, "here")
    missing = load_inputs(tmp_path / "a.jsonl", options=Options(fields=Fields(text="body")))
    assert missing.reasons == ["no_text"]


def test_a_record_with_a_page_and_no_text_has_its_page_read(tmp_path: Path) -> None:
    record = {"html": as_page(TEXTS[0]).decode(), "title": "Harbour"}
    (raw,) = load_inputs(write(tmp_path / "a.jsonl", json.dumps(record))).records
    assert raw.title == "Harbour"
    assert words_of([raw]) == [re.findall(r"\w+", TEXTS[0])]


@pytest.mark.parametrize(
    ("encoding", "text", "flags"),
    [
        ("utf-8", "“It rains,” she said. Café.", ()),
        ("utf-8-sig", "“It rains,” she said.", ()),
        ("utf-16", "“It rains,” she said.", ()),
        ("utf-16-le", "It rains, she said.", ()),
        ("utf-32", "“It rains,” she said.", ()),
        ("cp1252", "“It rains,” she said. It’s late – £5 at the café…", ("encoding_guessed",)),
        ("latin-1", "She left the café in Málaga early.", ("encoding_guessed",)),
        ("mac-roman", "“It rains,” she said. It’s late.", ("encoding_guessed",)),
        ("cp1251", "Президент заявил, что не приедет на встречу в понедельник.", ("encoding_guessed",)),
        ("shift-jis", "総統は月曜日に会議を開くと発表した。会議は東京で行われる", ("encoding_guessed",)),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, text: str, flags: tuple[str, ...]) -> None:
    """By the byte-order mark, as UTF-8, or guessed with a flag; the byte-order mark is a character of the text."""
    (raw,) = load_inputs(write(tmp_path / "a.txt", text.encode(encoding))).records
    assert (raw.text.removeprefix("\ufeff"), raw.flags) == (text, flags)


def test_what_cannot_be_decoded_is_flagged(tmp_path: Path) -> None:
    """In text, in a row, in an escape; and the rest of the record is whole."""
    write(tmp_path / "a.txt", "“It rains,” ".encode() + b"\xff she said.")
    write(tmp_path / "b.csv", "text\n“It rains,” ".encode() + b"\xff she said.\n")
    write(tmp_path / "c.jsonl", '{"text": "“It rains,” \\ud83d she said."}'.encode())
    write(tmp_path / "d.jsonl", '{"text": "“It rains,” '.encode() + b'\xff she said."}')
    for raw in load_inputs(tmp_path).records:
        assert (raw.text, raw.flags) == ("“It rains,” � she said.", ("undecodable",))


def test_charsets_that_pages_and_servers_declare(tmp_path: Path) -> None:
    text = "Она сказала: дождь идёт. Совет встретится весной, и школы получат больше денег."
    page = f"<html><head><meta charset=windows-1251></head><body><article><p>{text}</p></article></body></html>"
    write(tmp_path / "a.html", page.encode("cp1251"))
    response = http(page.replace("windows-1251", "").encode("koi8-r"), media="text/html; charset=koi8-r")
    write(tmp_path / "b.warc", warc_record("response", response, "https://n.example/"))
    assert words_of(load_inputs(tmp_path).records) == [re.findall(r"\w+", text)] * 2


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_pages_as_they_went_over_the_wire(tmp_path: Path, coding: str) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress}[coding](as_page(TEXTS[0]))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    codings = f"Content-Encoding: {coding}\r\nTransfer-Encoding: chunked\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{codings}\r\n"
    write(tmp_path / "a.warc", warc_record("response", head.encode() + chunked, "https://n.example/"))
    assert words_of(load_inputs(tmp_path).records) == [re.findall(r"\w+", TEXTS[0])]


class TestSplitting:
    """A large file is shared between workers, and the rows are the same."""

    @pytest.mark.parametrize("ending", [".jsonl", ".csv", ".tsv", ".parquet", ".zip"])
    def test_slices_hold_each_record_once(self, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = [f"Case {n}: “It is {n},” said Ada Brook. " * (n % 9 + 1) for n in range(500)]
        path = write(tmp_path / f"news{ending}", FORMATS[ending](texts))
        unsplit = load_inputs(path)
        monkeypatch.setattr("onrecord.pipeline.graph.shards.MIN_BYTES", 1000)
        monkeypatch.setattr("onrecord.pipeline.graph.shards.SHARDS", 7)
        (reference,) = find([str(path)])
        slices = split_file(reference)
        assert len(slices) > 5
        keys = deal_count(1, reference.size)
        dealt = list(split_deal(Deal(key=0, count=keys, references=(reference,))))
        assert [each for _, each in dealt] == slices
        assert len({key for key, _ in dealt}) == min(len(slices), keys)  # as many workers as can have something to do
        split = load_inputs(path)
        assert (set(split.records), split.tally) == (set(unsplit.records), unsplit.tally)
        assert len(split.records) == len(unsplit.records)
        assert unsplit.texts == texts
        assert unsplit.is_conserved()

    def test_members_of_one_name_stay_two_in_slices(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive, warnings.catch_warnings(action="ignore"):
            for n in range(100):
                archive.writestr("a.txt", f"Case {n}. " * 20)
        path = write(tmp_path / "a.zip", file.getvalue())
        unsplit = load_inputs(path)
        monkeypatch.setattr("onrecord.pipeline.graph.shards.MIN_BYTES", 1000)
        split = load_inputs(path)
        assert (set(split.records), split.tally) == (set(unsplit.records), unsplit.tally)
        assert len(split.records) == len(unsplit.records)
        assert [raw.record for raw in unsplit.records[:2]] == ["a.txt", "a.txt (2)"]
        assert unsplit.is_conserved()

    def test_a_shard_of_many_batches_makes_the_same_bytes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One part a table for each shard, whatever a batch holds, with Beam and without."""
        write(tmp_path / "in" / "news.jsonl", as_jsonl([*TEXTS, " "] * 10))
        run_tables(tmp_path / "one", tmp_path / "in")
        run_tables(tmp_path / "two", tmp_path / "in", workers=2)
        run_tables(tmp_path / "beam", tmp_path / "in", beam_flags=("--direct_running_mode=in_memory",))
        monkeypatch.setattr("onrecord.pipeline.graph.annotating.BATCH_RECORDS", 7)
        monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
        run_tables(tmp_path / "seven", tmp_path / "in")
        assert digests(tmp_path / "one") == digests(tmp_path / "two") == digests(tmp_path / "beam")
        assert digests(tmp_path / "one") == digests(tmp_path / "seven")
        ledger = totals(tmp_path / "one")
        assert (ledger["records"], ledger["articles"], ledger["rejects"]) == (50, 40, 10)
        assert ask("SELECT count(*), min(record), max(record) FROM rejects", tmp_path / "one").rows == [
            (10, "10", "50")
        ]


def test_a_folder_of_all_formats(tmp_path: Path) -> None:
    """Through the whole product: a row for each record of each file, the same texts, ids that stay."""
    for ending, make in FORMATS.items():
        write(tmp_path / "in" / f"news{ending}", make(TEXTS))
    write(tmp_path / "in" / "deep" / "news.warc.gz", COMPRESSORS[".gz"](as_warc(TEXTS)))
    for name, text in ARTICLES.items():
        write(tmp_path / "in" / name, text)
        write(tmp_path / "in" / f"{name}.html", as_page(text))
    run_tables(tmp_path / "out", tmp_path / "in")
    rows = ask("SELECT uri, record, text FROM articles ORDER BY uri, record", tmp_path / "out").rows
    assert len(rows) == len(TEXTS) * (len(FORMATS) + 3)
    texts = {text for uri, _, text in rows if not uri.endswith((".html", ".gz"))}
    assert len(texts) == len(TEXTS)
    assert ask("SELECT count(DISTINCT article_id) FROM articles", tmp_path / "out").rows == [(len(rows),)]


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\t\n\r\f\x1b\u0085")


@pytest.mark.parametrize("name", ["one.json", "two.csv", "three.parquet", "four.zip", "five.jsonl"])
@given(text=st.text(CHARACTERS, min_size=1, max_size=200))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_lead_back_to_the_decoded_record(tmp_path: Path, name: str, text: str) -> None:
    """For any text in any format: raw offsets index the text as it was, and the edits replayed give the clean text."""
    text = f"Rain fell. {text} “No,” said Ada Brook."
    makers = {".json": as_json, ".csv": as_csv, ".parquet": as_parquet, ".zip": as_zip, ".jsonl": as_jsonl}
    result = load_inputs(write(tmp_path / name, makers[path_ending(name)]([text])))
    assert result.texts == [text]
    (article,) = map(clean, result.records)
    assert isinstance(article, Article)
    assert article.body.raw == text
    for segment in article.segments:
        span = segment.span
        if segment.kind == "paragraph":
            assert article.text[span.start : span.end] == span.text
            assert article.body.explains(span.start, span.end)


def test_an_oversized_file_is_one_reference_that_leaves_memory_alone() -> None:
    """A plan deals with names; nothing is opened for it."""
    assert split_file(Reference("nowhere.jsonl", size=2**40)) == [Reference("nowhere.jsonl", size=2**40)]


@pytest.mark.parametrize(
    ("ending", "compression"), [(".jsonl", ""), (".jsonl", ".gz"), (".json", ".gz"), (".csv", ""), (".tar", ".gz")]
)
def test_a_large_file_is_a_stream(tmp_path: Path, ending: str, compression: str) -> None:
    """No more than a few batches are held at once, whatever the file holds."""
    texts = [f"Case {n}. " + "It rains, said Ada Brook. " * 400 for n in range(1000)]
    path = write(tmp_path / f"a{ending}{compression}", COMPRESSORS[compression](FORMATS[ending](texts)))
    del texts
    (reference,) = find([str(path)])
    tracemalloc.start()
    try:
        counted = sum(len(batch.ids) for batch in load(Shard(name="", references=(reference,))))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert counted == 1000
    assert peak < 4.5 * 2**20  # of 10 MB


def test_odd_characters_reach_the_tables_spelled_out(tmp_path: Path) -> None:
    """Lone surrogates in any field, in the names of fields, in a page; what they stood in is a row all the same."""
    surrogate = "\\ud83d"
    fields = ", ".join(
        f'"{name}": "https://n.example/{surrogate}"' for name in ("title", "author", "url", "publisher", "date")
    )
    page = as_page(TEXTS[0]).decode().replace('"', "'").replace("\n", "")
    lines = [
        f'{{"text": "It rains.", {fields}}}',
        f'{{"{surrogate}": "{surrogate}"}}',
        f'{{"html": "{page}<p>{surrogate}</p>"}}',
    ]
    write(tmp_path / "in" / "a.jsonl", "\n".join(lines))
    write(tmp_path / "in" / "b.tar", tarred({"caf\udce9.txt": b"It rains."}))
    run_tables(tmp_path / "out", tmp_path / "in")
    assert ask("SELECT count(*) FROM articles", tmp_path / "out").rows == [(3,)]
    assert ask("SELECT reason FROM rejects", tmp_path / "out").rows == [("no_text",)]


def test_the_tables_of_a_run_are_no_input(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXTS[0])
    for _ in range(2):
        run_tables(tmp_path / "output", tmp_path)
        assert ask("SELECT count(*) FROM articles", tmp_path / "output").rows == [(1,)]


def words_of(records: Any) -> list[list[str]]:
    articles = [article for article in map(clean, records) if isinstance(article, Article)]
    return [re.findall(r"\w+", article.text) for article in articles]


@pytest.mark.parametrize("blank", ['""', '" "', '"\\n\\t"', "null", "[]", '[" "]'])
def test_a_blank_field_hides_no_full_one(tmp_path: Path, blank: str) -> None:
    """Whether a text or a page stands in the other field; a record of nothing but blanks stays empty."""
    page = as_page(TEXTS[0]).decode()
    full = [f'{{"text": {blank}, "body": "It rains."}}', f'{{"text": {blank}, "html": {json.dumps(page)}}}']
    found = load_inputs(write(tmp_path / "a.jsonl", "\n".join(full)))
    assert found.reasons == []
    assert found.texts[0] == "It rains."
    assert TEXTS[0][:20] in found.texts[1]
    alone = load_inputs(write(tmp_path / "b.jsonl", f'{{"text": {blank}}}'))
    assert alone.reasons in (["empty"], ["no_text"])


def path_ending(name: str) -> str:
    return "." + name.partition(".")[2]
