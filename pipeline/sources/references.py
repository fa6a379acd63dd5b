"""References name inputs, or slices of them, without holding them; a plan deals them out into shards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

#: A run is cut into about this many shards, so that all workers stay busy …
SHARDS = 64
#: … of no fewer inputs than this, or bytes, so that a small run makes few files …
SMALLEST, SMALLEST_BYTES = 32, 2**18
#: … and of no more than this.
LARGEST, LARGEST_BYTES = 1024, 2**26


class Slice(NamedTuple):
    """A part of a file: bytes, or row groups, ``[start, end)``, and the number of its first record. No end: all."""

    start: int = 0
    end: int | None = None
    first: int = 1


WHOLE = Slice()


@dataclass(frozen=True, slots=True)
class Reference:
    """One input by name. ``fault`` is set where looking was enough to see that it is no article: (reason, detail).

    ``named`` are inputs that the user named, by a glob or in full; the others were found in a folder. ``size`` is that
    of the slice in bytes, as far as it is known.
    """

    uri: str
    fault: tuple[str, str] | None = None
    part: Slice = WHOLE
    size: int = 0
    named: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A named group of references that one worker reads and that becomes one part of each table."""

    name: str
    references: tuple[Reference, ...]


def plan(references: Iterable[Reference]) -> list[Shard]:
    """Deal references out into shards. What comes out depends on the set of references alone.

    >>> [len(shard.references) for shard in plan(Reference(f"{n}.txt") for n in range(100))]
    [32, 32, 32, 4]
    """
    once = {(reference.uri, reference.part): reference for reference in references}
    ordered = [once[key] for key in sorted(once, key=lambda key: (key[0], key[1].start))]
    return [Shard(name=_name(group), references=group) for group in _groups(ordered)]


def piece_size(size: int) -> int:
    """How many bytes a slice of a file of this size should have.

    >>> piece_size(10**4), piece_size(10**8), piece_size(10**11)
    (262144, 1562500, 67108864)
    """
    return min(max(-(-size // SHARDS), SMALLEST_BYTES), LARGEST_BYTES)


def _groups(references: list[Reference]) -> Iterator[tuple[Reference, ...]]:
    """A group is full when it has its share of the inputs and at least the least bytes, or its share of the bytes."""
    most = min(max(-(-len(references) // SHARDS), SMALLEST), LARGEST)
    bytes_each = piece_size(sum(reference.size for reference in references))
    group: list[Reference] = []
    size = 0
    for reference in references:
        group.append(reference)
        size += reference.size
        if len(group) >= most or size >= bytes_each:
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


def _name(references: Iterable[Reference]) -> str:
    parts = "\0".join(f"{reference.uri}\0{reference.part.start}" for reference in references)
    return sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]
