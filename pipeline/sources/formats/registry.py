"""The formats that are read: how a file of each is recognized, and what reads its entries.

To read another format, write a module with ``entries`` and give it a line in ``FORMATS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Literal

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.entries import Entry
from onrecord.pipeline.sources.formats import (
    delimited,
    foreign,
    jsonlines,
    jsonvalues,
    pages,
    parquet,
    text,
    webarchive,
)
from onrecord.pipeline.sources.formats.markup_files import sgml, xml
from onrecord.pipeline.sources.references import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a kind of file is recognized and read. ``slices`` splits an uncompressed file of it between workers.

    ``sure`` first bytes tell more than any name; those of ``magic`` are asked where the name tells nothing.
    """

    suffixes: tuple[str, ...]
    entries: Callable[[BinaryIO, Options, Slice], Iterator[Entry]]
    sure: re.Pattern[bytes] | None = None
    magic: re.Pattern[bytes] | None = None
    slices: Callable[[BinaryIO, int, int], Iterator[Slice]] | None = None
    needs_seek: bool = False
    in_lines: bool = False


FORMATS: Mapping[str, Format] = {
    "text": Format(suffixes=(".txt", ".text", ".md"), entries=text.entries),
    "html": Format(
        suffixes=(".html", ".htm", ".xhtml"),
        entries=pages.entries,
        magic=re.compile(rb"[\s\xef\xbb\xbf]*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL),
    ),
    "jsonlines": Format(
        suffixes=(".jsonl", ".ndjson", ".jl"), entries=jsonlines.entries, slices=jsonlines.slices, in_lines=True
    ),
    "json": Format(suffixes=(".json",), entries=jsonvalues.entries, in_lines=True),
    "csv": Format(suffixes=(".csv", ".tsv", ".tab"), entries=delimited.entries, slices=delimited.slices, in_lines=True),
    "parquet": Format(
        suffixes=(".parquet", ".pq"),
        entries=parquet.entries,
        magic=re.compile(rb"PAR1"),
        slices=parquet.slices,
        needs_seek=True,
    ),
    "xml": Format(
        suffixes=(".xml", ".rss", ".atom", ".rdf", ".nitf"),
        entries=xml.entries,
        sure=xml.SURE_MAGIC,
        magic=xml.MAGIC,
        in_lines=True,
    ),
    "sgml": Format(suffixes=(".sgm", ".sgml"), entries=sgml.entries, sure=sgml.MAGIC),
    "foreign": Format(suffixes=foreign.SUFFIXES, entries=foreign.entries, sure=foreign.MAGIC),
    "warc": Format(suffixes=(".warc", ".wet"), entries=webarchive.entries, magic=re.compile(rb"WARC/\d")),
}


def find_format(head: bytes, name: str) -> Format | None:
    """The format of an uncompressed file that begins with ``head``: by sure first bytes, its name, its first bytes."""
    suffix = PurePosixPath(name).suffix.lower()
    by_name = (each for each in FORMATS.values() if suffix in each.suffixes)
    return _match("sure", head) or next(by_name, None) or _match("magic", head)


def _match(field: Literal["sure", "magic"], head: bytes) -> Format | None:
    patterns = ((each, getattr(each, field)) for each in FORMATS.values())
    return next((each for each, pattern in patterns if pattern and pattern.match(head)), None)
