"""The containers that are opened: archives of files, and what a compressed file's name says about its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from onrecord.pipeline.sources.containers.archives import Member, tar_members, zip_members, zip_slices
from onrecord.pipeline.sources.containers.limits import Meter
from onrecord.pipeline.sources.references import Slice


@dataclass(frozen=True, slots=True)
class Archive:
    """How a kind of archive is recognized, and what lists its members or slices of them."""

    magic: re.Pattern[bytes]
    members: Callable[[BinaryIO, Meter, Slice], Iterator[Member]]
    slices: Callable[[BinaryIO, int, int], Iterator[Slice]] | None = None


ARCHIVES: Mapping[str, Archive] = {
    ".zip": Archive(re.compile(rb"PK(?:\x03\x04|\x05\x06)"), zip_members, zip_slices),
    ".tar": Archive(re.compile(rb".{257}ustar", re.DOTALL), tar_members),
}
#: Endings of compressed files, and what is left of the name without them.
COMPRESSED = {".gz": "", ".zst": "", ".zstd": "", ".bz2": "", ".tgz": ".tar", ".tbz2": ".tar", ".tzst": ".tar"}
#: Documents of other programs that happen to be zip archives.
ZIPPED_DOCUMENTS = frozenset(".docx .xlsx .pptx .odt .ods .odp .epub .jar .apk .kmz .whl".split())


def find_archive(head: bytes, name: str) -> Archive | None:
    """The kind of archive that a file is, by its first bytes or its name; None if it is no archive."""
    suffix = PurePosixPath(name).suffix.lower()
    for ending, archive in ARCHIVES.items():
        if (archive.magic.match(head) and suffix not in ZIPPED_DOCUMENTS) or (head and suffix == ending):
            return archive
    return None


def inner_name(name: str) -> str:
    """The name of the file inside a compressed file.

    >>> inner_name("a.jsonl.gz"), inner_name("a.tgz"), inner_name("a.txt")
    ('a.jsonl', 'a.tar', 'a.txt')
    """
    suffix = PurePosixPath(name).suffix
    inner = COMPRESSED.get(suffix.lower())
    return name if inner is None else name[: -len(suffix)] + inner
