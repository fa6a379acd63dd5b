"""JSON in one piece: an object, objects one after the other, an array of them, or an array inside a wrapper.

The file is cut into its records by brackets and commas before any is parsed, so that an array of any length is
streamed and a broken record affects no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.entries import Entry, Refused
from onrecord.pipeline.sources.formats.jsonlines import extract
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import CHUNK_SIZE, BoundedBuffer, RecordBytes, peek

TOKEN = re.compile(rb'["{}\[\],]')
STRING_END = re.compile(rb'["\\]')
BLANK = b" \t\r\n\xef\xbb\xbf"
ARRAY = re.compile(rb"[\s\xef\xbb\xbf]*\[")
#: A list of objects under a key that exporters and services give to their articles, at the head of an object.
WRAPPER = re.compile(
    rb"""[\s\xef\xbb\xbf]*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,)*
    \s*"(?:articles|items|data|results|records|docs|documents|entries|news|stories)"\s*:\s*\[(?=\s*\{)""",
    re.VERBOSE,
)
#: Values nested deeper are refused: no record is, and they would take too long.
MAX_DEPTH = 10_000


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """An entry for each record, named by its number from 1."""
    head, stream = peek(stream)
    opening = WRAPPER.match(head) or ARRAY.match(head)
    if opening:
        stream.read(opening.end())
    limit = options.limits.record
    for number, value in enumerate(read_values(stream, limit, in_array=opening is not None), 1):
        if value.data is None:
            yield value.too_large(str(number), limit)
        else:
            yield Entry.of(str(number), value.data, partial(extract, options=options))


def read_values(stream: BinaryIO, limit: int, *, in_array: bool) -> Iterator[RecordBytes]:
    """The bytes of each value: in an array, what is between its commas; else, up to each closing bracket.

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
                    return
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
