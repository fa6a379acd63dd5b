"""Web archives (WARC, as Common Crawl publishes its news): each page that a server gave is a record.

What a crawl notes about itself (requests, metadata) is none.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

from fastwarc import stream_io
from fastwarc.warc import ArchiveIterator, WarcRecordType

from onrecord.pipeline.options import Limits, Options
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats import pages, text
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import CHUNK, BoundedBuffer, Bytes

PAGES = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
#: Types that no page has: one that the format does not know, and the rest of a record in another file.
ODD = WarcRecordType.unknown | WarcRecordType.continuation
HTML = ("text/html", "application/xhtml+xml")
TEXT = ("text/plain",)
#: How a body is packed on the wire, by the names of HTTP. Source: RFC 9110, 8.4.1.
CODINGS: Mapping[str, Callable[[BinaryIO], Any]] = {
    "gzip": stream_io.GzipReader,
    "x-gzip": stream_io.GzipReader,
    "br": stream_io.BrotliReader,
    "zstd": stream_io.ZstdReader,
}
CHUNKED = re.compile(rb"[0-9a-fA-F]{1,16}[ \t]*(?:;[^\r\n]*)?\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the archive and the server say about a page."""

    url: str | None
    status: int | None
    media: str
    charset: str | None
    codings: tuple[str, ...]


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each page, named by its number from 1."""
    archive = ArchiveIterator(_Forward(stream), record_types=PAGES | ODD, stream_detect=False, fsspec_args=False)
    for number, record in enumerate(_calmly(archive), 1):
        head, body = _head(record), _body(record.reader, options.limits.record)
        if body.n_bytes < (record.content_length or 0):
            yield Entry.refused(
                str(number),
                "damaged",
                f"{body.n_bytes:,} bytes of {record.content_length:,}",
                body.sha256,
                body.n_bytes,
            )
        elif record.record_type & ODD:
            told = f"a record of the type {record.headers.get('WARC-Type')}"
            yield Entry.refused(str(number), "syntax", told, body.sha256, body.n_bytes)
        elif body.data is None:
            yield body.too_large(str(number), options.limits.record)
        else:
            yield Entry.of(str(number), body.data, partial(extract, head=head, limits=options.limits))


def extract(data: bytes, head: Head, limits: Limits) -> ExtractedText:
    """What a page tells. Raises Refused for errors of the server, and for images and the like."""
    if head.status is not None and head.status != 200:
        raise Refused("http_status", str(head.status))
    media = head.media or ("text/html" if data.lstrip()[:1] == b"<" else "text/plain")
    if media not in (*HTML, *TEXT):
        raise Refused("media_type", media)
    body = decoded(data, head.codings, limits.record)
    if media in HTML:
        return pages.extract(body, seconds=limits.seconds, declared=head.charset, url=head.url)
    return replace(text.extract(body), url=head.url)


def decoded(data: bytes, codings: tuple[str, ...], limit: int) -> bytes:
    """The body as the server meant it, its codings undone from the last to the first. Raises Refused.

    >>> decoded(b"5\\r\\nRain \\r\\n5\\r\\nfell.\\r\\n0\\r\\n\\r\\n", ("chunked",), 99)
    b'Rain fell.'
    """
    for coding in reversed(codings):
        if coding == "chunked" and not CHUNKED.match(data):
            continue  # the archive keeps the header of a body that it joined already
        try:
            data = _undone(data, coding, limit)
        except (OSError, ValueError, EOFError, zlib.error) as error:
            raise Refused("damaged", f"{coding}: {error}") from error
        if len(data) > limit:
            raise Refused("too_large", f"more than {limit:,} bytes unpacked")
    return data


def _calmly(archive: ArchiveIterator) -> Iterator[Any]:
    """The records; a panic inside of fastwarc, which is no Exception to Python, is told as one."""
    try:
        yield from archive
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("damaged", str(error)[:300]) from None


def _undone(data: bytes, coding: str, limit: int) -> bytes:
    if coding == "deflate":
        raw = data[:1] not in (b"\x08", b"\x18", b"\x28", b"\x38", b"\x48", b"\x58", b"\x68", b"\x78")
        return zlib.decompressobj(wbits=-15 if raw else 15).decompress(data, limit + 1)
    reader = stream_io.ChunkedReader if coding == "chunked" else CODINGS.get(coding)
    if reader is None:
        raise Refused("media_type", f"packed as {coding}")
    opened, pieces, size = reader(io.BytesIO(data)), [], 0
    while size <= limit and (piece := opened.read(CHUNK)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _head(record: Any) -> Head:
    http = record.http_headers
    if http is None:
        said, media = {}, record.headers.get("Content-Type") or ""
        media = "" if media.startswith("application/http") else media
    else:
        said, media = {name.lower(): value for name, value in http.items()}, http.get("Content-Type") or ""
    codings = f"{said.get('content-encoding', '')},{said.get('transfer-encoding', '')}".lower().split(",")
    return Head(
        url=record.headers.get("WARC-Target-URI"),
        status=http.status_code if http is not None else None,
        media=media.partition(";")[0].strip().lower(),
        charset=record.http_charset,
        codings=tuple(coding.strip() for coding in codings if coding.strip() not in ("", "identity")),
    )


def _body(reader: Any, limit: int) -> Bytes:
    gathering = BoundedBuffer(limit)
    while piece := reader.read(CHUNK):
        gathering.add(piece)
    return gathering.done()


class _Forward:
    """What fastwarc asks of a stream: it seeks only to where it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.at = stream, 0

    def read(self, size: int = CHUNK) -> bytes:
        piece = self.stream.read(CHUNK if size < 0 else size)
        self.at += len(piece)
        return piece

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        if (offset, whence) not in ((self.at, 0), (0, 1)):
            raise OSError("this stream goes only forward")
        return self.at

    def close(self) -> None:
        pass
