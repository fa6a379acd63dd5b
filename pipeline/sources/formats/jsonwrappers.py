"""Where in a JSON object its articles are: an array of objects, any levels down, behind whatever else it holds.

    {"response": {"total": 2, "facets": [{"name": "sea"}], "results": [{"title": …
                                                                      ↑ begins here

Only the head of the file is looked at; the array itself is streamed. An object with a text of its own is an article,
whatever lists it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from onrecord.pipeline.sources.records.names import FIELD_NAMES, RecordFields
from onrecord.pipeline.sources.records.values import normal_name, to_address

#: Bytes at the head of a file in which the array has to begin, and its first object to end.
HEAD_SIZE = 2**20
#: Keys that exporters and services give to the list of their articles.
LIST_NAMES = frozenset(
    """
    articles items data results records docs documents entries entry news stories hits posts objects value rows list
    feed publications content
    """.split()
)
#: Lists of articles that are not the record's own.
OTHER_NAMES = frozenset(
    """
    related relatedarticles relatedstories relatedcontent recommended recommendations similar comments replies
    responses more morelikethis links seealso haspart tags images authors media citations references
    """.split()
)
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[{}\[\],:]', re.DOTALL)
OBJECT = re.compile(rb"\s*\{")
TEXT_FIELDS = frozenset(FIELD_NAMES["text"])
#: Arrays that are looked at, the first of the head.
MAX_ARRAYS = 50
DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class ArticleList:
    """Where the first value of an array stands, and how many objects are open around it."""

    start: int
    depth: int


@dataclass(slots=True)
class _OpenObject:
    """An object on the way to an array: the key that waits for its value, and its strings by name, but blank ones."""

    key: str = ""
    strings: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Array:
    """An array of objects: the keys that lead to it, where its first value begins, and the objects around it."""

    path: tuple[str, ...]
    start: int
    around: tuple[_OpenObject, ...]

    @property
    def is_named(self) -> bool:
        return self.path[-1] in LIST_NAMES


def find_articles(head: bytes, depth: int = 0) -> ArticleList | None:
    """Where the array of articles begins; None where the object is an article itself.

    ``head`` stands behind the opening brackets of ``depth`` objects, which may hold another such array.

    >>> find_articles(b'{"n": 1, "page": {"tags": [{"id": 1}], "results": [{"title": "Rain", "body": "It rained."}]}}')
    ArticleList(start=51, depth=2)
    >>> find_articles(b'{"title": "Rain", "body": "It rained.", "items": [{"title": "Sun", "body": "It shone."}]}')
    """
    # a text may follow the array: all of the head is seen before any is judged
    arrays = [
        array for array in list(islice(_arrays(head, depth), MAX_ARRAYS)) if not any(map(_has_text, array.around))
    ]
    arrays.sort(key=lambda array: not array.is_named)
    found = next((array for array in arrays if _holds_articles(array, head)), None)
    return ArticleList(found.start, len(found.around)) if found else None


def _arrays(head: bytes, depth: int) -> Iterator[_Array]:
    """The arrays of objects that stand in objects alone, up to the end of the first value."""
    # None stands for an array, and for all that lies in one
    containers: list[_OpenObject | None] = [_OpenObject() for _ in range(depth)]
    string = b""
    for m in TOKEN.finditer(head):
        token, top = m[0], containers[-1] if containers else None
        if token in b"]}":
            containers.pop()
        elif token in b"[{":
            if top and token == b"[" and OBJECT.match(head, m.end()):
                around = tuple(filter(None, containers))
                yield _Array(tuple(each.key for each in around), m.end(), around)
            containers.append(_OpenObject() if token == b"{" and (top or not containers) else None)
        elif top and token == b":":
            top.key = normal_name(string.decode("utf-8", "replace"))
        elif top and token == b",":
            top.key = ""
        elif top and top.key and token.strip(b'" '):
            top.strings.add(top.key)
        string = token.strip(b'"')
        if not containers:
            return


def _has_text(around: _OpenObject) -> bool:
    return not TEXT_FIELDS.isdisjoint(around.strings)


def _holds_articles(array: _Array, head: bytes) -> bool:
    """Is the first object of an array an article? In an object with a title it may be a part of that one's."""
    if array.path[-1] in OTHER_NAMES:
        return False
    in_titled = any(not around.strings.isdisjoint(FIELD_NAMES["title"]) for around in array.around)
    try:
        value, _ = DECODER.raw_decode(head[array.start :].decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):  # longer than the head, or broken
        return array.is_named and not in_titled
    record = RecordFields.of(value)
    has_text, has_title = record.layers[0].has_text(), any(each for _, each in record.values("title"))
    if in_titled:
        has_address = any(to_address(each) for _, each in record.values("url"))
        is_whole = has_address or any(each for _, each in record.values("published"))
        return array.is_named and has_text and has_title and is_whole
    if array.is_named and TEXT_FIELDS.isdisjoint(array.path):
        return has_text or has_title
    return has_text and has_title  # else they may be the paragraphs of one
