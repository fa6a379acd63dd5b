"""JSON in one piece: an object, objects one after the other, an array of them, or an array levels down in an object.

The file is cut into its records by brackets and commas before any is parsed, so that an array of any length is
streamed and a broken record affects no other.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import partial
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.entries import Entry, Refused
from onrecord.pipeline.sources.formats.jsonlines import extract
from onrecord.pipeline.sources.formats.jsonwrappers import HEAD_SIZE, ArticleList, find_articles
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import CHUNK_SIZE, BoundedBuffer, Lookahead, RecordBytes

TOKEN = re.compile(rb'["{}\[\],]')
STRING_END = re.compile(rb'["\\]')
BLANK = b" \t\r\n;\xef\xbb\xbf"
ARRAY = re.compile(rb"[\s\xef\xbb\xbf]*\[")
#: Values nested deeper are refused: no record is, and they would take too long.
MAX_DEPTH = 10_000


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each record, named by its number from 1."""
    limit = options.limits.record
    for number, value in enumerate(_records(Lookahead(stream), limit), 1):
        if value.data is None:
            yield value.too_large(str(number), limit)
        else:
            yield Entry.of(str(number), value.data, partial(extract, options=options))


def _records(stream: Lookahead, limit: int) -> Iterator[RecordBytes]:
    """The values of each array of articles, whatever it stands in and beside; then what follows, value by value."""
    depth = 0
    while True:
        head = stream.peek(HEAD_SIZE)
        array = None if depth else ARRAY.match(head)
        articles = ArticleList(array.end(), 0) if array else find_articles(head, depth)
        if articles:
            stream.read(articles.start)
            stream.unread((yield from read_values(stream, limit, in_array=True)))
            depth = articles.depth
        elif depth:
            stream.unread(_skip_objects(stream, depth))
            depth = 0
        else:
            yield from read_values(stream, limit, in_array=False)
            return


def _skip_objects(stream: Lookahead, depth: int) -> bytes:
    """Pass over the rest of open objects; what was read behind them."""
    scanner = _Scanner()
    while chunk := stream.read(CHUNK_SIZE):
        for match in scanner.find_tokens(chunk):
            depth += (match[0] in b"{[") - (match[0] in b"}]")
            if depth == 0:
                return chunk[match.end() :]
    return b""


def read_values(stream: BinaryIO | Lookahead, limit: int, *, in_array: bool) -> Generator[RecordBytes, None, bytes]:
    """The bytes of each value: in an array, what is between its commas; else, up to each closing bracket.

    Returns what was read behind the array.

    Raises Refused when the stream ends inside of the array, or is nested too deeply.

    >>> import io
    >>> [value.data for value in read_values(io.BytesIO(b'{"a": [1, "}"]}, {"b": 2}]'), 99, in_array=True)]
    [b'{"a": [1, "}"]}', b' {"b": 2}']
    """
    scanner, depth, value = _Scanner(), 0, BoundedBuffer(limit)
    while chunk := stream.read(CHUNK_SIZE):
        start = 0
        for match in scanner.find_tokens(chunk):
            token = match[0]
            if in_array and depth == 0 and token in b",}]":
                value.add(chunk[start : match.start()])
                yield from _unless_blank(value)
                value, start = BoundedBuffer(limit), match.end()
                if token != b",":
                    return chunk[start:]
                continue
            depth = _depth_after(token, depth)
            if not in_array and depth == 0 and token in b"}]":
                value_end = chunk[start : match.end()]
                value.add(value_end if value.n_bytes_seen else value_end.lstrip(BLANK + b","))
                yield value.finish()
                value, start = BoundedBuffer(limit), match.end()
        value.add(chunk[start:])
    if in_array:  # an unfinished record is part of what is missing
        raise Refused("damaged", "the array has no end")
    yield from _unless_blank(value)
    return b""


class _Scanner:
    """Finds brackets and commas outside of strings, chunk after chunk."""

    def __init__(self) -> None:
        self.in_string = False
        self.skip = 0  # bytes at the head of the next chunk that a backslash takes along

    def find_tokens(self, chunk: bytes) -> Iterator[re.Match[bytes]]:
        at, self.skip = self.skip, 0
        while match := (STRING_END if self.in_string else TOKEN).search(chunk, at):
            at, token = match.end(), match[0]
            if self.in_string:
                self.in_string = token != b'"'
                at += self.in_string  # a backslash takes the next character along
                self.skip = max(at - len(chunk), 0)
            elif token == b'"':
                self.in_string = True
            else:
                yield match


def _depth_after(token: bytes, depth: int) -> int:
    """How deep the values after a bracket or comma are nested. Raises Refused where that is too deep."""
    if token in b"}]":
        return max(depth - 1, 0)
    depth += token in b"{["
    if depth > MAX_DEPTH:
        raise Refused("nesting", f"values in values, more than {MAX_DEPTH:,} deep")
    return depth


def _unless_blank(value: BoundedBuffer) -> Iterator[RecordBytes]:
    finished = value.finish()
    if finished.data is None or finished.data.strip(BLANK):
        yield finished
