"""What a data set has forgotten and never takes in again, known only by keyed hashes: no text, no address, no id.

    output/_onrecord/forgotten/key              32 random bytes
    output/_onrecord/forgotten/<hash>.txt       what one ``forget`` has forgotten, a hash a line
    output/_onrecord/forgotten/<hash>.pending   what of it has still to be removed from the disk

A hash is the HMAC-SHA256 of a trait: where a record lies, what its bytes are, what was read of it, …. Whoever has the
data set can find out whether a record that he has was forgotten; what it was he cannot read from it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from pathlib import Path

from onrecord.pipeline.ask.snapshot import OWN
from onrecord.pipeline.places import place, put_if_absent
from onrecord.pipeline.store.target import Target
from onrecord.transforms.ids import article_id, record_id
from onrecord.transforms.records import RawArticle, Rejected

#: Bytes of the key, and of a hash that are kept.
KEY_BYTES, HASH_BYTES = 32, 16
#: A kind and a value: ("place", record_id), ("address", …), ("raw", raw_sha256), ("read", read_sha256), ("url", …),
#: ("article", article_id) for what a field of the record is known by, ("record", record_id) of rows that are to go.
Trait = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """Hashes of traits, and their key. A record with any of the traits is forgotten."""

    key: bytes = b""
    hashes: frozenset[bytes] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def has(self, trait: Trait) -> bool:
        return bool(self.hashes) and hash_trait(trait, self.key) in self.hashes

    def has_any(self, traits: Iterable[Trait]) -> bool:
        return bool(self.hashes) and any(map(self.has, traits))

    def has_input(self, address: str) -> bool:
        """Whether a whole input is forgotten: it is not even opened."""
        return self.has_any([("address", address), ("place", record_id(address))])


def traits_of(found: RawArticle | Rejected) -> Iterator[Trait]:
    """The traits of a record as it was loaded."""
    address = found.address or found.uri
    yield from place_traits(address, record_id(address, found.record))
    yield from content_traits(found.raw_sha256, found.read_sha256)
    if isinstance(found, RawArticle):
        if found.url:
            yield "url", found.url
        if found.key is not None:
            yield "article", article_id(address, found.record, found.key)


def place_traits(address: str, record: str) -> Iterator[Trait]:
    yield "address", address
    yield "place", record


def content_traits(raw_sha256: str | None, read_sha256: str | None) -> Iterator[Trait]:
    if raw_sha256:
        yield "raw", raw_sha256
    if read_sha256:
        yield "read", read_sha256


def hash_trait(trait: Trait, key: bytes) -> bytes:
    """The keyed hash of a trait.

    >>> hash_trait(("place", "a"), b"k") == hash_trait(("place", "a"), b"other")
    False
    """
    return digest(key, "\0".join(trait).encode("utf-8", "surrogatepass"), "sha256")[:HASH_BYTES]


def load_forgotten(target: Target) -> Forgotten:
    """All that the data set has forgotten; small enough for every worker."""
    return _load(target, "*.txt")


def load_pending(target: Target) -> Forgotten:
    """What is forgotten, and not yet gone from the disk."""
    return _load(target, "*.pending")


def remember(never_again: Iterable[Trait], rows: Iterable[Trait], target: Target) -> None:
    """Note traits of records that are never taken in again, and those by which the rows are found that have to go.

    What has to go is noted first: with the second file the records are forgotten, whatever comes between.
    """
    key = _key(target)
    never, gone = _lines(never_again, key), _lines(rows, key)
    name = sha256(never + gone).hexdigest()[:16]
    put_if_absent(_folder(target) / f"{name}.pending", never + gone)
    put_if_absent(_folder(target) / f"{name}.txt", never)


def clear_pending(target: Target) -> None:
    """Note that all is gone."""
    for path in _folder(target).glob("*.pending"):
        path.unlink(missing_ok=True)


def _load(target: Target, pattern: str) -> Forgotten:
    files = sorted(_folder(target).glob(pattern))
    if not files:
        return Forgotten()
    lines = [line for path in files for line in path.read_bytes().split()]
    return Forgotten(key=_key(target), hashes=frozenset(bytes.fromhex(line.decode()) for line in lines))


def _key(target: Target) -> bytes:
    path = _folder(target) / "key"
    if not path.exists():
        put_if_absent(path, os.urandom(KEY_BYTES))
    return path.read_bytes()


def _lines(traits: Iterable[Trait], key: bytes) -> bytes:
    hashes = sorted({hash_trait(trait, key) for trait in traits})
    return b"".join(value.hex().encode() + b"\n" for value in hashes)


def _folder(target: Target) -> Path:
    return place(target.folder) / OWN / "forgotten"
