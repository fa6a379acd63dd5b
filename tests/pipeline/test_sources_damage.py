"""Damage of every kind affects what is damaged and nothing else: nothing crashes, is silent, or is counted twice.

Each case makes a file and says how many articles come out of it, and which rejects, by record and reason.
"""

from __future__ import annotations

import gzip
import io
import os
import socket
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import zstandard
from fixtures_formats import (
    COMPRESSORS,
    as_json,
    as_jsonl,
    as_page,
    as_parquet,
    as_warc,
    as_zip,
    http,
    load_inputs,
    tarred,
    tarred_infos,
    warc_record,
    write,
    zipped,
)
from run_helpers import ARTICLES, run_tables, totals

from onrecord.pipeline.ask import ask
from onrecord.pipeline.options import Limits, Options
from onrecord.transforms.reasons import REASONS

TEXTS = list(ARTICLES.values())
#: Long enough that a stream of them breaks in the middle, not at once.
MANY = [f"Case {n}: “It is {os.urandom(300).hex()},” said Ada Brook." for n in range(400)]
LIMITS = Limits(record=2**20, members=100, seconds=20.0)


class Case(NamedTuple):
    """A damaged file: its name, its bytes, the articles in it (None: some), the rejects."""

    name: str
    data: bytes | Callable[[], bytes]
    articles: int | None
    rejects: list[tuple[str, str]]


def flipped(data: bytes, at: int, n: int = 40) -> bytes:
    return data[:at] + bytes(255 - byte for byte in data[at : at + n]) + data[at + n :]


def nested(depth: int) -> bytes:
    data = b"One."
    for level in range(depth):
        data = zipped({"a.txt" if level == 0 else "a.zip": data})
    return data


def encrypted() -> bytes:
    """A zip whose first member says that it is encrypted, in its own header and in the directory."""
    data = bytearray(zipped({"a.txt": b"One.", "b.txt": b"Two."}, zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def overlapping() -> bytes:
    """A zip whose directory has two hundred members in one place: each unpacks the same bytes."""
    body = zipped({"a.txt": bytes(900_000)})
    at, end = body.index(b"PK\x01\x02"), body.index(b"PK\x05\x06")
    entries = b"".join(body[at:end].replace(b"a.txt", b"%05d" % n) for n in range(90))
    tail = bytearray(body[end:])
    tail[8:12] = (90).to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return body[:at] + entries + bytes(tail)


def with_link(kind: str) -> bytes:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(link, "/etc/passwd")
            archive.writestr("b.txt", "Two.")
        return file.getvalue()
    infos = []
    for name, type_ in (("l.txt", tarfile.SYMTYPE), ("h.txt", tarfile.LNKTYPE), ("c.txt", tarfile.CHRTYPE)):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = type_, "/etc/passwd"
        infos.append((info, b""))
    return tarred_infos([*infos, (tarfile.TarInfo("b.txt"), b"Two.")])


def warc(*blocks: bytes) -> bytes:
    return b"".join(warc_record("response", block, f"https://n.example/{n}") for n, block in enumerate(blocks))


GOOD = http(as_page(TEXTS[0]))
LONG_LINE = b'{"text": "' + b"rain " * 10_000_000 + b'"}\n'
CASES = [
    # nothing in it, or nothing that is text
    Case("empty.txt", b"", 0, [("", "empty")]),
    Case("blank.txt", b" \r\n\t\n", 0, [("", "empty")]),
    Case("mark-alone.txt", b"\xef\xbb\xbf", 0, [("", "empty")]),
    Case("zeros.txt", bytes(1000), 0, [("", "empty")]),
    Case("noise.txt", bytes(range(256)) * 40, 0, [("", "binary")]),
    Case("some-zeros.txt", b"Rain\0 fell. " + TEXTS[0].encode(), 1, []),
    Case("bad-utf8.txt", b"\xff\xfe\xfa".join([TEXTS[0].encode()] * 2), 1, []),
    Case("cut-character.txt", TEXTS[1].encode()[:-1] + "é".encode()[:1], 1, []),
    Case("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 0, [("", "format")]),
    Case("letter.docx", zipped({"word/document.xml": b"<w/>"}), 0, [("", "format")]),
    Case("empty.jsonl", b"", 0, []),
    Case("empty.csv", b"", 0, []),
    Case("names-alone.csv", b"title,text\n", 0, []),
    Case("empty.json", b"[]", 0, []),
    Case("empty.parquet", b"", 0, [("", "damaged")]),
    Case("empty.zip", zipped({}), 0, []),
    Case("no-bytes.zip", b"", 0, [("", "empty")]),
    Case("no-bytes.txt.gz", b"", 0, [("", "empty")]),
    Case("empty.warc", b"", 0, []),
    # too large
    Case("large.txt", b"rain " * 10**6, 0, [("", "too_large")]),
    Case("long-line.jsonl", LONG_LINE + as_jsonl(["One."]), 1, [("1", "too_large")]),
    Case("long-line.csv", b"text\n" + b"rain " * 10**6 + b"\nOne.\n", 1, [("1", "too_large")]),
    Case("long-row.csv", b'text\n"' + b"rain\n" * 10**6 + b'"\n', None, [("1", "too_large")]),
    Case("long-value.json", b'[{"text": "' + b"rain " * 10**6 + b'"}, {"text": "One."}]', 1, [("1", "too_large")]),
    Case("large-cell.parquet", as_parquet(["rain " * 10**6, "One."]), 1, [("1", "too_large")]),
    Case("large-page.warc", warc(http(b"<p>" + b"rain " * 10**6), GOOD), 1, [("1", "too_large")]),
    Case("large-member.zip", zipped({"a.txt": b"rain " * 10**6, "b.txt": b"One."}), 1, [("a.txt", "too_large")]),
    # JSON
    Case("broken.jsonl", b'{"text": "One."}\n{"text": "Two.\n{"text": "Three."}\n', 2, [("2", "syntax")]),
    Case("no-objects.jsonl", b'1\n"One."\n[]\nnull\n{"text": "One."}', 1, [(n, "syntax") for n in "1234"]),
    Case("no-text.jsonl", b'{"title": "Rain"}\n{"text": 7}\n{"text": ""}\n', 0, [(n, "no_text") for n in "123"]),
    Case("blank-text.jsonl", b'{"text": " "}\n', 0, [("1", "empty")]),
    Case("deep.jsonl", b"[" * 100_000 + b"\n" + b'{"a":' * 100_000 + b"\n", 0, [("1", "nesting"), ("2", "nesting")]),
    Case("surrogate.jsonl", b'{"text": "It \\ud83d rains."}', 1, []),
    Case("many-digits.jsonl", b'{"text": "One.", "n": ' + b"9" * 5000 + b"}\n", 0, [("1", "syntax")]),
    Case("line-ends.jsonl", b'{"text": "One."}\r\n\r\n \n{"text": "Two."}', 2, []),
    Case("broken.json", b'[{"text": "One."}, {"text": Two.}, {"text": "Three."}]', 2, [("2", "syntax")]),
    Case("cut.json", as_json(MANY)[:-300], 399, [("after 399", "damaged")]),
    Case("cut-between.json", b'[{"text": "One."},', 1, [("after 1", "damaged")]),
    Case("cut-object.json", b'{"text": "One.", "n": [1,', 0, [("1", "syntax")]),
    Case("deep.json", b"[" * 100_000, 0, [("", "nesting")]),
    # CSV
    Case("ragged.csv", b"title,text\nA,One.\nB\nC,Three.,x\nD,Four.\n", 2, [("2", "syntax"), ("3", "syntax")]),
    Case("open-quote.csv", b'title,text\nA,One.\nB,"Two.\nC,Three.\n', 2, [("2", "syntax")]),
    Case("stray-quote.csv", b'title,text\nA,"One" or "two, three.\nB,Two.\n', 1, [("1", "syntax")]),
    Case("other-names.csv", b"a,b\n1,2\n3,4\n", 0, [("1", "no_text"), ("2", "no_text")]),
    Case("zeros.csv", b"text\nOne\0 two.\n", 1, []),
    # Parquet
    Case("cut.parquet", as_parquet(MANY)[:-100], 0, [("", "damaged")]),
    Case("no.parquet", b"PAR1 but no more", 0, [("", "damaged")]),
    Case("flipped.parquet", flipped(as_parquet(MANY), 150_000, 4000), None, [("*", "damaged")]),
    Case("other-columns.parquet", as_parquet(["One."]).replace(b"text", b"twxt"), 0, [("1", "no_text")]),
    # compressed
    Case("cut.jsonl.gz", gzip.compress(as_jsonl(MANY))[:-5000], None, [("after *", "damaged")]),
    Case("cut.jsonl.bz2", COMPRESSORS[".bz2"](as_jsonl(MANY * 4))[:-5000], None, [("after *", "damaged")]),
    Case("cut.jsonl.zst", zstandard.compress(as_jsonl(MANY * 2))[:-5000], None, [("after *", "damaged")]),
    Case("flipped.jsonl.gz", flipped(gzip.compress(as_jsonl(MANY)), 100_000), None, [("*", "*")]),
    Case("checksum.txt.gz", gzip.compress(b"One.")[:-8] + bytes(8), 0, [("", "damaged")]),
    Case("head-alone.txt.gz", gzip.compress(b"One.")[:5], 0, [("", "damaged")]),
    Case("no.jsonl.gz", b"this is no gzip", 0, [("", "damaged")]),
    Case("tail.jsonl.gz", gzip.compress(as_jsonl(["One."])) + b"and more", 1, [("after 1", "damaged")]),
    Case("padded.jsonl.gz", gzip.compress(as_jsonl(["One."])) + bytes(512), 1, []),
    Case("bomb.txt.gz", lambda: gzip.compress(bytes(2 * 10**8)), 0, [("", "expansion")]),
    Case("bomb.jsonl.zst", lambda: zstandard.compress(bytes(2 * 10**8)), 0, [("", "expansion")]),
    Case("bomb.jsonl.bz2", lambda: COMPRESSORS[".bz2"](bytes(2 * 10**8)), 0, [("", "expansion")]),
    Case(
        "again-and-again.txt.gz",
        gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"x"))))),
        0,
        [("", "nesting")],
    ),
    # archives
    Case("cut.zip", as_zip(MANY)[:-500], 0, [("", "damaged")]),
    Case("flipped.zip", flipped(as_zip([*MANY[:20], "One."]), 60), 20, [("articles/0000.txt", "damaged")]),
    Case("no.zip", b"PK\x03\x04 but no more", 0, [("", "damaged")]),
    Case("locked.zip", encrypted(), 1, [("a.txt", "encrypted")]),
    Case("outside.zip", zipped({"../../a.txt": b"One.", "/etc/b.txt": b"Two.", "C:\\c.txt": b"Three."}), 3, []),
    Case("link.zip", with_link("zip"), 1, [("link.txt", "link")]),
    Case(
        "bomb.zip", lambda: zipped({"a.txt": bytes(2 * 10**8), "b.txt": b"One. " * 10**4}), 1, [("a.txt", "expansion")]
    ),
    Case("overlap.zip", overlapping, 0, [("*", "*")]),
    Case("deep.zip", nested(6), 0, [("a.zip:a.zip:a.zip:a.zip", "nesting")]),
    Case("many.zip", zipped({f"{n}.txt": b"One." for n in range(101)}), 0, [("", "members")]),
    Case(
        "odd.zip",
        zipped({"a.exe": b"MZ", "a.txt": b"One.", "empty.txt": b""}),
        1,
        [("a.exe", "format"), ("empty.txt", "empty")],
    ),
    Case(
        "cut.tar",
        tarred({f"{n}.txt": text.encode() for n, text in enumerate(MANY[:20])})[:9000],
        None,
        [("*", "damaged")],
    ),
    Case(
        "flipped.tar",
        flipped(tarred({f"{n}.txt": b"One." for n in range(9)}), 4096, 512),
        4,
        [("after 3.txt", "damaged")],
    ),
    Case("no-end.tar", tarred({"a.txt": b"One."})[:1024], 1, [("after a.txt", "damaged")]),
    Case("links.tar", with_link("tar"), 1, [("l.txt", "link"), ("h.txt", "link"), ("c.txt", "special")]),
    Case(
        "cut.tgz",
        gzip.compress(tarred({f"{n}.txt": t.encode() for n, t in enumerate(MANY[:80])}))[:-9000],
        None,
        [("*", "damaged")],
    ),
    Case("many.tar", tarred({f"{n}.txt": b"One." for n in range(101)}), 100, [("after 99.txt", "members")]),
    # web archives
    Case("cut.warc", as_warc(TEXTS)[:-100], 3, [("4", "damaged")]),
    Case("no.warc", b"WARC/7 and nothing like it", 0, [("", "damaged")]),
    Case("noise.warc", warc(GOOD) + b"and then noise\r\n" * 9, 1, [("after 1", "damaged")]),
    Case(
        "lengths.warc",
        warc(GOOD, GOOD).replace(b"Content-Length: %d" % len(GOOD), b"Content-Length: 99999", 1),
        0,
        [("1", "damaged")],
    ),
    Case(
        "errors.warc",
        warc(http(b"no", "404 Not Found"), http(b"", "301 Moved"), GOOD),
        1,
        [("1", "http_status"), ("2", "http_status")],
    ),
    Case("odd-type.warc", warc_record("rezponse", GOOD, "https://n.example/") + warc(GOOD), 1, [("1", "syntax")]),
    Case("pictures.warc", warc(http(b"\x89PNG", media="image/png"), GOOD), 1, [("1", "media_type")]),
    Case(
        "wire.warc", warc(http(b"\x1f\x8b\x08no gzip", more="Content-Encoding: gzip\r\n"), GOOD), 1, [("1", "damaged")]
    ),
    Case(
        "wire-bomb.warc",
        lambda: warc(http(gzip.compress(bytes(10**8)), more="Content-Encoding: gzip\r\n"), GOOD),
        1,
        [("1", "too_large")],
    ),
    Case(
        "hollow.warc", warc(http(b""), http(b"<html><body></body></html>"), GOOD), 1, [("1", "empty"), ("2", "no_body")]
    ),
    # pages
    Case("hollow.html", b"<html><head><title>Rain</title></head><body></body></html>", 0, [("", "no_body")]),
    Case("cut.html", as_page(TEXTS[0])[:-120], 1, []),
    Case("deep.html", b"<div>" * 50_000 + b"<p>The council met on Monday, the mayor said.</p>", None, [("?", "?")]),
    Case(
        "entities.html",
        b'<!DOCTYPE html [<!ENTITY a "&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<html><p>&x; &a; It rains, she said.</p></html>",
        1,
        [],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_damage_affects_no_other_record(tmp_path: Path, case: Case) -> None:
    folder = tmp_path / "in"
    write(folder / case.name, case.data if isinstance(case.data, bytes) else case.data())
    result = load_inputs(folder, options=Options(limits=LIMITS))
    assert result.is_conserved()
    rejects = [(reject.record, reject.reason) for reject in result.rejected]
    assert len(result.records) == case.articles or case.articles is None
    if case.articles is None:
        assert result.records or rejects
    assert all(reject.reason in REASONS and reject.detail for reject in result.rejected)
    if case.rejects == [("?", "?")]:
        return
    if any("*" in pattern for patterns in case.rejects for pattern in patterns):
        assert rejects
        assert all(_matches(reject, case.rejects[0]) for reject in rejects[-1:])
    else:
        assert rejects[: len(case.rejects)] == case.rejects
        assert len(rejects) == len(case.rejects) or case.articles is None


def _matches(reject: tuple[str, str], patterns: tuple[str, str]) -> bool:
    return all(part.startswith(pattern.rstrip("*")) for part, pattern in zip(reject, patterns, strict=True))


def test_what_could_be_read_before_a_damage_is_read(tmp_path: Path) -> None:
    """A truncated gzip gives all its whole lines but for those that its lost bytes held."""
    data = gzip.compress(as_jsonl(MANY))
    result = load_inputs(write(tmp_path / "a.jsonl.gz", data[: len(data) // 2]))
    assert result.texts == MANY[: len(result.texts)]
    assert len(result.texts) > len(MANY) * 0.4


def test_nothing_of_an_archive_is_written_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(
        tmp_path / "in" / "a.zip", zipped({"../outside.txt": b"One.", "inside.zip": zipped({"deep.txt": b"Two."})})
    )
    assert load_inputs(path).texts == ["One.", "Two."]
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.zip"]


def test_a_million_members(tmp_path: Path) -> None:
    """The directory is not read: its size alone says enough."""
    archive = bytearray(zipped({"a.txt": b"One."}))
    end = archive.index(b"PK\x05\x06")
    archive[end + 8 : end + 12] = b"\xff\xff\xff\xff"
    zip64 = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(12) + (10**6).to_bytes(8, "little") * 2 + bytes(16)
    result = load_inputs(write(tmp_path / "a.zip", bytes(archive[:end]) + zip64 + bytes(archive[end:])))
    assert (result.tally.records, result.reasons) == (1, ["members"])


class TestThingsThatAreNoFiles:
    def test_in_a_folder(self, tmp_path: Path) -> None:
        """A pipe is not opened, a loop of links not followed; what is hidden is left alone."""
        folder = tmp_path / "in"
        write(folder / "a.txt", TEXTS[0])
        write(folder / ".hidden.txt", TEXTS[1])
        os.mkfifo(folder / "pipe.txt")
        (folder / "loop").symlink_to(folder)
        (folder / "link.txt").symlink_to("a.txt")
        with socket.socket(socket.AF_UNIX) as server:
            here = Path.cwd()
            os.chdir(folder)  # the path of a socket must be short
            try:
                server.bind("socket.txt")
            finally:
                os.chdir(here)
            result = load_inputs(folder)
        assert result.texts == TEXTS[:1]
        assert {(Path(reject.uri).name, reject.reason) for reject in result.rejected} == {
            *{("pipe.txt", "special"), ("socket.txt", "special"), ("link.txt", "link"), ("loop", "link")},
        }
        assert result.is_conserved()

    def test_named_by_the_user(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.txt")
        (tmp_path / "loop.txt").symlink_to("loop.txt")
        write(tmp_path / "a.txt", TEXTS[0])
        (tmp_path / "link.txt").symlink_to("a.txt")
        names = ["pipe.txt", "loop.txt", "link.txt", "none.txt"]
        result = load_inputs(*(tmp_path / name for name in names), "/dev/zero")
        assert result.texts == TEXTS[:1]
        assert sorted(result.reasons) == ["missing", "special", "special", "unreadable"]

    def test_without_leave(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        path = write(tmp_path / "a.txt", TEXTS[0])
        monkeypatch.setattr("onrecord.pipeline.sources.filesystems.Path.open", refuse)
        (reject,) = load_inputs(path).rejected
        assert (reject.reason, reject.detail) == ("unreadable", "Permission denied")


def test_all_damage_in_one_run(tmp_path: Path) -> None:
    """Through the whole product: the run ends well, and its ledger counts what went in and came out."""
    for case in CASES:
        data = case.data if isinstance(case.data, bytes) else case.data()
        if len(data) < 50_000 or case.articles == 0:  # the reader need not read them all
            write(tmp_path / "in" / case.name, data)
    os.mkfifo(tmp_path / "in" / "pipe.txt")
    write(tmp_path / "in" / "long.txt", "It rains. " * 200_000)
    run_tables(tmp_path / "out", tmp_path / "in")
    ledger = totals(tmp_path / "out")
    counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM rejects)"
    assert ask(counts, tmp_path / "out").rows == [(ledger["articles"], ledger["rejects"])]
    assert ledger["records"] == ledger["articles"] + ledger["rejects"]
    reasons = {reason for (reason,) in ask("SELECT DISTINCT reason FROM rejects", tmp_path / "out").rows}
    assert reasons <= REASONS.keys()
