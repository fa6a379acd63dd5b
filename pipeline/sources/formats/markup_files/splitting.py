"""A stream of markup in pieces: each record from its start tag to its end tag, and what stands between records.

    <rss><channel><title>News</title>  <item>…</item>  <item>…</item>  </channel></rss>
    between                            record          record          between

One pass over the bytes, in bounded memory. Records of one kind never stand in one another: a record that begins before
the last one has ended shows that the last one is broken, and costs it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, TypeAlias

from onrecord.pipeline.sources.entries import Entry, Refused
from onrecord.pipeline.sources.streams import CHUNK_SIZE, BoundedBuffer, RecordBytes

Kind: TypeAlias = Literal["between", "record", "broken"]
#: More bytes than a token has, so that none is missed where two chunks meet.
MAX_TOKEN = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a stream; a ``broken`` record lacks its end."""

    kind: Kind
    content: RecordBytes


def split_records(stream: BinaryIO, name: str, limit: int, *, xml: bool = True) -> Iterator[Piece]:
    r"""The pieces of a stream in order; what is larger than ``limit`` is only counted and hashed.

    ``name`` is the tag of a record as it is written; without ``xml`` its letter case does not matter, and there are no
    comments and CDATA sections in which tags mean nothing.

    >>> import io
    >>> stream = io.BytesIO(b"<f><e a='1'><!--</e>--></e><e>cut <e>whole</e></f>")
    >>> for piece in split_records(stream, "e", 99):
    ...     print(piece.kind, piece.content.data)
    between b'<f>'
    record b"<e a='1'><!--</e>--></e>"
    broken b'<e>cut '
    record b'<e>whole</e>'
    between b'</f>'
    """
    buffer, in_record = BoundedBuffer(limit), False
    for kind, data in _tokens(stream, _Patterns.of(name, xml=xml)):
        if kind == "start":
            if buffer.n_bytes_seen:
                yield Piece("broken" if in_record else "between", buffer.finish())
            buffer, in_record = BoundedBuffer(limit), True
        buffer.add(data)
        if kind in ("end", "cut") and in_record:
            yield Piece("record" if kind == "end" else "broken", buffer.finish())
            buffer, in_record = BoundedBuffer(limit), False
    if buffer.n_bytes_seen:
        yield Piece("broken" if in_record else "between", buffer.finish())


def unread_entry(record_name: str, piece: Piece, limit: int) -> Entry | None:
    """The refused entry of a record that is broken or too large; None for one that can be read."""
    content = piece.content
    if content.data is None:
        return content.too_large(record_name, limit)
    if piece.kind == "broken":
        return Entry.refused(record_name, "damaged", "the record has no end", content.sha256, content.n_bytes)
    return None


def check_any(number: int, name: str) -> None:
    """Raise Refused for a file in which no record was found."""
    if not number:
        raise Refused("no_text", f"no <{name}> in it")


@dataclass(frozen=True, slots=True)
class _Patterns:
    """``tokens``: what to look for, the kind of each as its group; ``ends``: where what a token has opened ends."""

    tokens: re.Pattern[bytes]
    ends: dict[str, re.Pattern[bytes]]

    @classmethod
    def of(cls, name: str, *, xml: bool) -> _Patterns:
        tag = re.escape(name.encode())
        start, end = rb"<%b(?=[\s/>])" % tag, rb"</%b\s{0,64}>" % tag
        tokens = rb"(?P<start>%b)|(?P<end>%b)" % (start, end)
        if not xml:
            return cls(re.compile(tokens, re.IGNORECASE), {})
        # a section that was cut off would swallow the next record
        cut = rb"\]\]>|(?P<cut>%b)(?=\s{0,64}%b)" % (end, start)
        return cls(
            re.compile(tokens + rb"|(?P<comment><!--)|(?P<cdata><!\[CDATA\[)"),
            {"comment": re.compile(rb"-->"), "cdata": re.compile(cut)},
        )


def _tokens(stream: BinaryIO, patterns: _Patterns) -> Iterator[tuple[str, bytes]]:
    """All bytes of the stream, in order, as (``start``, ``end``, ``cut`` or another kind, bytes)."""
    data, pattern, ended = b"", patterns.tokens, False
    while not ended:
        chunk = stream.read(CHUNK_SIZE)
        data, ended, at = data + chunk, not chunk, 0
        sure = len(data) if ended else len(data) - MAX_TOKEN
        while (m := pattern.search(data, at)) and (ended or m.start() < sure):
            yield "", data[at : m.start()]
            kind = m.lastgroup or ""
            yield kind, m.group()
            at, pattern = m.end(), patterns.ends.get(kind, patterns.tokens)
        if at < sure:
            yield "", data[at:sure]
        data = data[max(at, sure) :]
