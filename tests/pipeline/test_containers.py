"""Archives and web archives as programs write them: no system files, readable names, headers that may lie."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from fixtures_formats import as_page, http, load_inputs, tarred, tarred_infos, warc_record, write, zipped
from run_helpers import Run

SYSTEM_FILES = (
    "__MACOSX/news/._a.txt",
    "news/._a.txt",
    "news/.DS_Store",
    "Thumbs.db",
    "news\\desktop.ini",
    ".git/x.txt",
)
ARTICLES = ("news/a.txt", "./b.txt", "../c..txt", "news/MACOSX.txt", "C:\\news\\e.txt")


@pytest.mark.parametrize(("ending", "pack"), [("zip", zipped), ("tar", tarred)])
def test_system_files_are_no_records(tmp_path: Path, ending: str, pack: object) -> None:
    """Whichever system left them; a name that resembles theirs is an article."""
    members = dict.fromkeys(SYSTEM_FILES, b"\x00\x05\x16\x07 no text") | dict.fromkeys(ARTICLES, b"It rains.")
    result = load_inputs(write(tmp_path / f"a.{ending}", pack(members)))  # type: ignore[operator]
    assert sorted(raw.record for raw in result.records) == sorted(ARTICLES)
    assert result.rejected == ()
    assert result.is_conserved()


def test_system_files_in_a_folder(tmp_path: Path) -> None:
    """As in an archive of it."""
    for name in ("a.txt", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/a.txt", "deep/._a.txt"):
        write(tmp_path / "in" / name, "It rains.")
    result = load_inputs(tmp_path / "in")
    assert (len(result.records), result.rejected) == (1, ())


def test_system_files_are_counted(tmp_path: Path, onrecord_here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of archives and folders, once each, also where workers share an archive."""
    monkeypatch.setattr("onrecord.pipeline.graph.shards.MIN_BYTES", 100)
    for name in ("a.txt", ".DS_Store", "deep/._a.txt"):
        write(tmp_path / "in" / name, "It rains.")
    members = dict.fromkeys(SYSTEM_FILES, b"no text") | {f"{n}.txt": b"It rains." for n in range(30)}
    write(tmp_path / "in" / "b.zip", zipped(members))
    write(tmp_path / "in" / "c.tar", tarred(members))
    run = ("run", tmp_path / "in", "-o", tmp_path / "out")
    in_all = 2 + 2 * len(SYSTEM_FILES)
    assert f"this run  61 articles, {in_all} system files passed over\n" in onrecord_here(*run).stdout
    assert "3 inputs unchanged, 2 system files passed over\n" in onrecord_here(*run).stdout  # no archive is opened
    assert "system           2  what systems leave" in onrecord_here(*run, "--dry-run").stdout


def test_folders_are_no_records(tmp_path: Path) -> None:
    """Also those that say so by their mode, or by a backslash."""
    by_mode = zipfile.ZipInfo("deep")
    by_mode.external_attr = (stat.S_IFDIR | 0o755) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for info in (zipfile.ZipInfo("news/"), zipfile.ZipInfo("news\\"), by_mode):
            archive.writestr(info, b"")
        archive.writestr("news/a.txt", "It rains.")
    result = load_inputs(write(tmp_path / "a.zip", file.getvalue()))
    assert [raw.record for raw in result.records] == ["news/a.txt"]
    assert result.rejected == ()


@pytest.mark.parametrize(
    ("written", "name"), [("küste.txt".encode(), "küste.txt"), ("küste.txt".encode("cp437"), "küste.txt")]
)
def test_names_in_a_zip_that_say_no_encoding(tmp_path: Path, written: bytes, name: str) -> None:
    plain = "x" * len(written.removesuffix(b".txt")) + ".txt"
    data = zipped({plain: b"It rains."}).replace(plain.encode(), written)
    assert [raw.record for raw in load_inputs(write(tmp_path / "a.zip", data)).records] == [name]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_in_a_tar(tmp_path: Path, encoding: str) -> None:
    info = tarfile.TarInfo("küste-am-abend.txt".encode(encoding).decode("utf-8", "surrogateescape"))
    data = tarred_infos([(info, b"It rains.")])
    assert [raw.record for raw in load_inputs(write(tmp_path / "a.tar", data)).records] == ["küste-am-abend.txt"]


TEXT = "The council met on Monday and heard the report on the harbour. “It is late,” said Ada Brook of the board."
PAGE = as_page(f"{TEXT}\n\n{TEXT}")
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)
HEADERS = {
    "gzip that is none": ("Content-Encoding: gzip\r\n", PAGE),
    "br that is none": ("Content-Encoding: br\r\n", PAGE),
    "deflate that is none": ("Content-Encoding: deflate\r\n", PAGE),
    "no coding": ("Content-Encoding: UTF-8\r\n", PAGE),
    "gzip twice, packed once": ("Content-Encoding: gzip, gzip\r\n", gzip.compress(PAGE)),
    "gzip once, packed twice": ("Content-Encoding: gzip\r\n", gzip.compress(gzip.compress(PAGE))),
    "gzip that is not said": ("", gzip.compress(PAGE)),
    "chunks that are joined": ("Transfer-Encoding: chunked\r\n", PAGE),
    "chunks": ("Transfer-Encoding: chunked\r\n", CHUNKED),
    "chunks of gzip": (
        "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(PAGE, mtime=0)), gzip.compress(PAGE, mtime=0)),
    ),
    "a length that is none": ("Content-Length: 7\r\n", PAGE),
}


@pytest.mark.parametrize("name", HEADERS)
def test_pages_whose_headers_are_false(tmp_path: Path, name: str) -> None:
    more, body = HEADERS[name]
    block = http(body, more=more)
    (raw,) = load_inputs(write(tmp_path / "a.warc", warc_record("response", block, "https://n.example/"))).records
    assert TEXT in raw.text


@pytest.mark.parametrize(
    ("more", "body", "reason"),
    [
        ("Content-Encoding: gzip\r\n", gzip.compress(PAGE)[:60], "damaged"),
        ("Content-Encoding: deflate\r\n", b"\xff\xfe\xfd" * 40, "damaged"),
        ("Content-Encoding: compress\r\n", zlib.compress(PAGE), "media_type"),
    ],
    ids=["cut off", "no deflate", "a coding that is not read"],
)
def test_a_body_that_cannot_be_unpacked(tmp_path: Path, more: str, body: bytes, reason: str) -> None:
    data = warc_record("response", http(body, more=more), "https://n.example/")
    assert load_inputs(write(tmp_path / "a.warc", data)).reasons == [reason]


def test_records_of_a_crawl(tmp_path: Path) -> None:
    """Addresses in brackets; texts and JSON; what the crawl saw before, and its requests, are no records."""
    texts = http(TEXT.encode(), media="text/plain; charset=utf-8")
    story = f'{{"headline": "Late", "articleBody": "{TEXT}", "url": "https://n.example/own"}}'.encode()
    data = b"".join(
        (
            warc_record("request", b"GET / HTTP/1.1\r\n\r\n", "https://n.example/0"),
            warc_record("response", texts, "<https://n.example/1>"),
            warc_record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", "https://n.example/2"),
            warc_record("response", http(story, media="application/json"), "https://n.example/3"),
            warc_record("response", http(b"[1, 2]", media="application/json"), "https://n.example/4"),
            warc_record("response", http(PAGE, "404 Not Found"), "https://n.example/5"),
        )
    )
    result = load_inputs(write(tmp_path / "a.warc", data))
    assert [(raw.record, raw.url, raw.text) for raw in result.records] == [
        ("1", "https://n.example/1", TEXT),
        ("2", "https://n.example/own", TEXT),
    ]
    assert [(reject.record, reject.reason) for reject in result.rejected] == [("3", "syntax"), ("4", "http_status")]
