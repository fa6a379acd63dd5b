"""Web archives (WARC, as Common Crawl publishes its news): each page that a server gave is a record.

What a crawl notes about itself (requests, metadata) is left out.
"""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

from fastwarc import stream_io
from fastwarc.warc import ArchiveIterator, WarcRecordType

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.decoding import CONTROLS
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused
from onrecord.pipeline.sources.formats import jsonlines, pages, text
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import CHUNK_SIZE, read_whole

PAGE_TYPES = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
#: Record types that hold no whole page: those unknown to the format, and continuations of a record in another file.
INVALID_TYPES = WarcRecordType.unknown | WarcRecordType.continuation
HTML_TYPES = ("text/html", "application/xhtml+xml")
TEXT_TYPES = ("text/plain",)
JSON_TYPES = ("application/json", "application/ld+json", "text/json")
#: Readers of HTTP content codings. Source: RFC 9110, 8.4.1.
CODINGS: Mapping[str, Callable[[BinaryIO], Any]] = {
    "gzip": stream_io.GzipReader,
    "x-gzip": stream_io.GzipReader,
    "br": stream_io.BrotliReader,
    "zstd": stream_io.ZstdReader,
}
GZIP_MAGIC = b"\x1f\x8b\x08"
#: How often a body is unpacked that is packed more often than its header says.
MAX_UNDECLARED = 2
CHUNKED = re.compile(rb"[0-9a-fA-F]{1,16}[ \t]*(?:;[^\r\n]*)?\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHeader:
    """What the archive and the server say about a page."""

    url: str | None
    status: int | None
    media: str
    charset: str | None
    codings: tuple[str, ...]


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each page, named by its number from 1."""
    archive = ArchiveIterator(
        _ForwardStream(stream), record_types=PAGE_TYPES | INVALID_TYPES, stream_detect=False, fsspec_args=False
    )
    for number, record in enumerate(_raise_panics(archive), 1):
        header, body = _page_header(record), read_whole(record.reader, options.limits.record)
        if body.n_bytes < (record.content_length or 0):
            yield Entry.refused(
                str(number),
                "damaged",
                f"{body.n_bytes:,} bytes of {record.content_length:,}",
                body.sha256,
                body.n_bytes,
            )
        elif record.record_type & INVALID_TYPES:
            detail = f"a record of the type {record.headers.get('WARC-Type')}"
            yield Entry.refused(str(number), "syntax", detail, body.sha256, body.n_bytes)
        elif body.data is None:
            yield body.too_large(str(number), options.limits.record)
        else:
            yield Entry.of(str(number), body.data, partial(extract, header=header, options=options))


def extract(data: bytes, header: PageHeader, options: Options) -> ExtractedText:
    """The article of a page. Raises Refused for errors of the server, and for images and the like."""
    if header.status is not None and header.status != 200:
        raise Refused("http_status", str(header.status))
    media = header.media or ("text/html" if data.lstrip()[:1] == b"<" else "text/plain")
    if media not in (*HTML_TYPES, *TEXT_TYPES, *JSON_TYPES):
        raise Refused("media_type", media)
    body = undo_codings(data, header.codings, options.limits.record)
    if media in HTML_TYPES:
        return pages.extract(
            body, seconds=options.limits.seconds, declared=header.charset, url=header.url, dates=options.dates
        )
    extracted = jsonlines.extract(body, options) if media in JSON_TYPES else text.extract(body)
    return replace(extracted, url=extracted.url or header.url)


def undo_codings(data: bytes, codings: tuple[str, ...], limit: int) -> bytes:
    r"""The body with its transfer and content codings undone, from the last to the first. Raises Refused.

    A header may be false: what is no coding and is text stays as it is, what is still packed is unpacked, too.

    >>> undo_codings(b"5\r\nRain \r\n5\r\nfell.\r\n0\r\n\r\n", ("chunked",), 99)
    b'Rain fell.'
    >>> undo_codings(b"Rain fell.", ("gzip", "chunked"), 99)
    b'Rain fell.'
    """
    for coding in reversed(codings):
        if coding == "chunked" and not CHUNKED.match(data):
            continue  # the archive kept the header, but stored the body with its chunks joined
        data = _undo_unless_text(data, coding, limit)
    for _ in range(MAX_UNDECLARED):
        if data.startswith(GZIP_MAGIC):
            data = _undo_unless_text(data, "gzip", limit)
    return data


def _undo_unless_text(data: bytes, coding: str, limit: int) -> bytes:
    try:
        data = _undo_coding(data, coding, limit)
    except (OSError, ValueError, EOFError, zlib.error, Refused) as error:
        if _is_text(data):
            return data  # as it was unpacked when it was stored
        raise error if isinstance(error, Refused) else Refused("damaged", f"{coding}: {error}") from error
    if len(data) > limit:
        raise Refused("too_large", f"more than {limit:,} bytes unpacked")
    return data


def _is_text(data: bytes) -> bool:
    """Whether a body was never packed: it is UTF-8 without control characters, or begins as markup does."""
    if data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
        return True
    try:
        return CONTROLS.search(data.decode()) is None
    except UnicodeDecodeError:
        return False


def _raise_panics(archive: ArchiveIterator) -> Iterator[Any]:
    """The records; a panic inside of fastwarc, which is no Exception to Python, is raised as Refused."""
    try:
        yield from archive
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("damaged", str(error)[:300]) from None


def _undo_coding(data: bytes, coding: str, limit: int) -> bytes:
    if coding == "deflate":
        raw = data[:1] not in (b"\x08", b"\x18", b"\x28", b"\x38", b"\x48", b"\x58", b"\x68", b"\x78")
        return zlib.decompressobj(wbits=-15 if raw else 15).decompress(data, limit + 1)
    if coding in ("gzip", "x-gzip"):
        _check_end(data, limit)
    reader = stream_io.ChunkedReader if coding == "chunked" else CODINGS.get(coding)
    if reader is None:
        raise Refused("media_type", f"packed as {coding}")
    opened, chunks, size = reader(io.BytesIO(data)), [], 0
    while size <= limit and (chunk := opened.read(CHUNK_SIZE)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _check_end(data: bytes, limit: int) -> None:
    """Raise EOFError for gzip that is cut off: fastwarc takes what there is for all of it."""
    unzip = zlib.decompressobj(wbits=31)
    if len(unzip.decompress(data, limit + 1)) <= limit and not unzip.eof:
        raise EOFError("it ends in the middle")


def _page_header(record: Any) -> PageHeader:
    http = record.http_headers
    if http is None:
        headers, media = {}, record.headers.get("Content-Type") or ""
        media = "" if media.startswith("application/http") else media
    else:
        headers, media = {name.lower(): value for name, value in http.items()}, http.get("Content-Type") or ""
    codings = f"{headers.get('content-encoding', '')},{headers.get('transfer-encoding', '')}".lower().split(",")
    return PageHeader(
        url=(record.headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">") or None,
        status=http.status_code if http is not None else None,
        media=media.partition(";")[0].strip().lower(),
        charset=record.http_charset,
        codings=tuple(coding.strip() for coding in codings if coding.strip() not in ("", "identity")),
    )


class _ForwardStream:
    """A stream as fastwarc needs it: it seeks only to where it is."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.at = stream, 0

    def read(self, size: int = CHUNK_SIZE) -> bytes:
        data = self.stream.read(CHUNK_SIZE if size < 0 else size)
        self.at += len(data)
        return data

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        if (offset, whence) not in ((self.at, 0), (0, 1)):
            raise OSError("this stream goes only forward")
        return self.at

    def close(self) -> None:
        pass
