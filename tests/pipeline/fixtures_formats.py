"""The same articles in every format that is read, and a function that loads them without a run."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from onrecord.pipeline.graph.shards import load, plan
from onrecord.pipeline.graph.steps import split_file
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import find
from onrecord.pipeline.store.tally import Tally
from onrecord.transforms.ids import article_id
from onrecord.transforms.records import RawArticle, Rejected


@dataclass(frozen=True)
class Loaded:
    """The records and rejects of inputs, and what their sources counted."""

    records: tuple[RawArticle, ...]
    rejected: tuple[Rejected, ...]
    tally: Tally

    @property
    def texts(self) -> list[str]:
        return [raw.text for raw in self.records]

    @property
    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejected]

    def is_conserved(self) -> bool:
        """Whether each counted record is one article or one reject, by count and by id."""
        ids = [article_id(row.uri, row.record) for row in (*self.records, *self.rejected)]
        return len(set(ids)) == len(ids) and Tally.of(ids) == self.tally


def load_inputs(*inputs: object, options: Options | None = None) -> Loaded:
    """Find, split, plan and load, as a run does."""
    references = [sliced for reference in find(map(str, inputs)) for sliced in split_file(reference)]
    batches = [batch for shard in plan(references) for batch in load(shard, options)]
    assert [batch.last for batch in batches].count(True) == len(plan(references))
    return Loaded(
        records=tuple(r for batch in batches for r in batch.results if isinstance(r, RawArticle)),
        rejected=tuple(r for batch in batches for r in batch.results if isinstance(r, Rejected)),
        tally=sum((batch.tally for batch in batches), Tally()),
    )


def as_jsonl(texts: Iterable[str]) -> bytes:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode()


def as_json(texts: Iterable[str]) -> bytes:
    return json.dumps([{"text": text} for text in texts], indent=1).encode()


def as_csv(texts: Iterable[str], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["id", "text"])
    writer.writerows(enumerate(texts))
    return file.getvalue().encode()


def as_tsv(texts: Iterable[str]) -> bytes:
    return as_csv(texts, "\t")


def as_parquet(texts: Iterable[str], rows_in_group: int = 10) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": list(texts)}), file, row_group_size=rows_in_group)
    return file.getvalue()


def as_zip(texts: Iterable[str]) -> bytes:
    return zipped({f"articles/{number:04}.txt": text.encode() for number, text in enumerate(texts)})


def as_tar(texts: Iterable[str]) -> bytes:
    return tarred({f"articles/{number:04}.txt": text.encode() for number, text in enumerate(texts)})


def as_page(text: str) -> bytes:
    paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in text.split("\n") if line.strip())
    head = "<head><meta charset='utf-8'><title>News</title></head>"
    body = f"<nav><a href='/'>Home</a></nav><article>{paragraphs}</article><footer>Imprint</footer>"
    return f"<!DOCTYPE html><html>{head}<body>{body}</body></html>".encode()


def as_warc(texts: Iterable[str]) -> bytes:
    pages = (warc_record("response", http(as_page(text)), f"https://news.example/{n}") for n, text in enumerate(texts))
    return warc_record("warcinfo", b"software: none\r\n") + b"".join(pages)


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    return tarred_infos([(tarfile.TarInfo(name), data) for name, data in members.items()])


def tarred_infos(members: Sequence[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def http(body: bytes, status: str = "200 OK", media: str = "text/html; charset=utf-8", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def warc_record(kind: str, block: bytes, url: str = "", media: str = "application/http; msgtype=response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{url}>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: {media}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


#: A file of articles, by the ending of its format.
FORMATS: Mapping[str, Callable[[Iterable[str]], bytes]] = {
    ".jsonl": as_jsonl,
    ".json": as_json,
    ".csv": as_csv,
    ".tsv": as_tsv,
    ".parquet": as_parquet,
    ".zip": as_zip,
    ".tar": as_tar,
}
COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": zstandard.compress,
}


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path
