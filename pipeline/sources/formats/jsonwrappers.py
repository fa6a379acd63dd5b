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
    name: str
    start: int
    around: tuple[_OpenObject, ...]


def find_articles(head: bytes, depth: int = 0) -> ArticleList | None:
    """Where the array of articles begins; None where the object is an article itself.

    ``head`` stands behind the opening brackets of ``depth`` objects, which may hold another such array.

    >>> find_articles(b'{"n": 1, "page": {"tags": [{"id": 1}], "results": [{"title": "Rain", "body": "It rained."}]}}')
    ArticleList(start=51, depth=2)
    >>> find_articles(b'{"title": "Rain", "body": "It rained.", "items": [{"title": "Sun", "body": "It shone."}]}')
    """
    # a text may follow the array: all of the head is seen before any is judged
    arrays = [array for array in list(_arrays(head, depth)) if not any(map(_has_text, array.around))]
    arrays.sort(key=lambda array: array.name not in LIST_NAMES)
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
                yield _Array(top.key, m.end(), tuple(filter(None, containers)))
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
    return not around.strings.isdisjoint(FIELD_NAMES["text"])


def _holds_articles(array: _Array, head: bytes) -> bool:
    """Is the first object of an array an article? In an object with a title it may be a part of that one's."""
    if array.name in OTHER_NAMES:
        return False
    is_named = array.name in LIST_NAMES
    in_titled = any(not around.strings.isdisjoint(FIELD_NAMES["title"]) for around in array.around)
    try:
        value, _ = DECODER.raw_decode(head[array.start :].decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):  # longer than the head, or broken
        return is_named and not in_titled
    record = RecordFields.of(value)
    has_text, has_title = record.layers[0].has_text(), any(each for _, each in record.values("title"))
    if in_titled:
        has_place = any(to_address(each) for _, each in record.values("url"))
        return (
            is_named and has_text and has_title and (has_place or any(each for _, each in record.values("published")))
        )
    return has_text or has_title if is_named else has_text and has_title
