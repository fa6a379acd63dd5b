"""One line of metadata from a field's value: a title, names, a publisher, an address; None where it holds nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from onrecord.pipeline.sources.decoding import replace_lone_surrogates
from onrecord.pipeline.sources.web.hypertext import to_plain

#: What programs write for "no value". Source: pandas, SQL dumps, spreadsheets, str() of Python and JavaScript.
NOTHING = frozenset(
    {"nan", "NaN", "NaT", "null", "NULL", "None", "N/A", "n/a", "#N/A", "<NA>", "\\N", "undefined", "-"}
)
#: Where an object that stands for a line has it. Source: schema.org, WordPress, the APIs of newspapers, Arc.
LINE_NAMES = (
    *("name", "rendered", "main", "original", "basic", "title", "displayname", "fullname", "value", "text"),
    *("sitename", "site", "domain", "hostname"),
)
ADDRESS_NAMES = ("url", "href", "@id", "permalink")
URL = re.compile(r"https?://\S+", re.IGNORECASE)
LETTER = re.compile(r"[^\W\d_]")


def to_line(value: Any) -> str | None:
    """A value on one line, without markup: a list joined by commas, also one written out in a CSV; an object by name.

    >>> to_line({"rendered": "Old pier &#8211; to <em>close</em>"}), to_line([{"name": "Ada Brook"}, "Li Wu"])
    ('Old pier – to close', 'Ada Brook, Li Wu')
    >>> to_line("nan"), to_line(float("nan")), to_line("['Ada Brook', 'Li Wu']")
    (None, None, 'Ada Brook, Li Wu')
    """
    if isinstance(value, str):
        items = _parse_list(value)
        return to_line(items) if items else _one_line(value)
    if isinstance(value, Mapping):
        named = {normal_name(key): inner for key, inner in value.items()}
        return next(filter(None, (to_line(named.get(name)) for name in LINE_NAMES)), None)
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(to_line, value))) or None
    return None if value is None or isinstance(value, bytes | bool) else _one_line(str(value))


def to_names(value: Any) -> str | None:
    """A line that can be somebody's name: neither a number, as systems have for an author, nor an address.

    >>> to_names([{"name": "Ada Brook"}]), to_names(12), to_names("https://n.example/staff/ada")
    ('Ada Brook', None, None)
    """
    line = to_line(value)
    return None if line is None or URL.match(line) or not LETTER.search(line) else line


def to_address(value: Any) -> str | None:
    """A web address, also the first of a list or the one in an object; None for what is none.

    >>> to_address("https://n.example/1"), to_address("urn:8123007"), to_address({"@id": "https://n.example/1"})
    ('https://n.example/1', None, 'https://n.example/1')
    """
    if isinstance(value, list | tuple):
        return next(filter(None, map(to_address, value[:20])), None)
    if isinstance(value, Mapping):
        return next(filter(None, (to_address(value.get(name)) for name in ADDRESS_NAMES)), None)
    address = value.strip() if isinstance(value, str) else ""
    return replace_lone_surrogates(address)[0] if URL.fullmatch(address) else None


def is_nothing(text: str) -> bool:
    """Is a field blank, or does it hold what programs write for no value?"""
    return not text.strip() or text.strip() in NOTHING


def normal_name(name: object) -> str:
    """A field's name as it is looked up: without case and punctuation, but for the sign of JSON-LD's own names."""
    return re.sub(r"[^\w@]+|_", "", str(name)).casefold()


def _one_line(text: str) -> str | None:
    line = " ".join(to_plain(replace_lone_surrogates(text)[0]).split())
    return None if is_nothing(line) else line


def _parse_list(value: str) -> list[str] | None:
    """The list of strings that ``"['Ada Brook', 'Li Wu']"`` writes out, None for any other string."""
    if not (value.startswith("[") and value.endswith("]")) or len(value) > 1000:
        return None
    try:
        items = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return items if isinstance(items, list) and all(isinstance(item, str) for item in items) else None
