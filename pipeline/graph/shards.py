"""How a run is dealt out: references to shards, of which one worker takes one at a time.

    Deal, … ──split──► (key, slice), (key, slice), … ──group by key──► ──cut──► Shard, …

What comes out depends on the set of references alone, and not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from onrecord.pipeline.sources import Reference, split

#: A run is cut into about this many shards, so that all workers stay busy …
SHARDS = 64
#: … of no fewer inputs than this, or bytes, so that a small run makes few files …
MIN_INPUTS, MIN_BYTES = 32, 2**18
#: … and of no more than this.
MAX_INPUTS, MAX_BYTES = 1024, 2**26


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A named group of references that one worker reads and that becomes one part of each table."""

    name: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """The references that were dealt to ``key``, one of ``count`` keys."""

    key: int
    count: int
    references: tuple[Reference, ...]


class Position(NamedTuple):
    """Where the work on a shard is: at which of its references, at which entry of it, at which ``step`` of that.

    ``n_bytes``: the size of the entry, as far as it is known.
    """

    reference: int
    entry: int
    step: str
    n_bytes: int = 0


#: Steps of an entry: its source looks for it, it is decoded, it is annotated.
FIND, LOAD, ANNOTATE = "find", "load", "annotate"
#: Between records: what breaks there is no record's fault.
WRITING = Position(-1, -1, "write")
#: Positions at which processes have died or hung, with reason and detail: that costs the entry, nothing else.
Poison = Mapping[Position, tuple[str, str]]


def split_deal(deal: Deal) -> Iterator[tuple[int, Reference]]:
    """The references with their key; the slices of a file that is large for one worker go to one key after another."""
    for reference in deal.references:
        for n, each in enumerate(split_file(reference)):
            yield (deal.key + n) % deal.count, each


def split_file(reference: Reference) -> list[Reference]:
    """Slices of a file, of the size that suits a run over such a file."""
    return split(reference, slice_size(reference.size))


def cut_shards(references: Iterable[Reference]) -> Iterator[Shard]:
    """The shards that the references of one key become: bounded by inputs and by bytes."""
    group: list[Reference] = []
    for reference in sorted(references, key=_place):
        if group and (len(group) == MAX_INPUTS or sum(r.size for r in group) + reference.size > MAX_BYTES):
            yield _shard(group)
            group = []
        group.append(reference)
    if group:
        yield _shard(group)


def slice_size(size: int) -> int:
    """How many bytes a slice of a file of this size should have.

    >>> slice_size(10**4), slice_size(10**8), slice_size(10**11)
    (262144, 1562500, 67108864)
    """
    return min(max(-(-size // SHARDS), MIN_BYTES), MAX_BYTES)


def deal_count(inputs: int, size: int) -> int:
    """How many keys so many inputs of so many bytes are dealt to, each of which becomes a shard.

    A power of two, so that two workers, or four, have equally many shards. One large file may become many slices.

    >>> deal_count(0, 0), deal_count(40, 10**5), deal_count(967, 4 * 10**6), deal_count(1, 10**7)
    (1, 2, 32, 64)
    """
    inputs_each = min(max(-(-inputs // SHARDS), MIN_INPUTS), MAX_INPUTS)
    wanted = max(-(-inputs // inputs_each), -(-size // slice_size(size)), 1)
    return 1 << (wanted - 1).bit_length()


def _place(reference: Reference) -> tuple[str, int, str]:
    return reference.identity, reference.slice.start, reference.uri


def _shard(references: list[Reference]) -> Shard:
    return Shard(name=_name(references), references=tuple(references))


def _name(references: Iterable[Reference]) -> str:
    parts = "\0".join(f"{reference.identity}\0{reference.slice.start}" for reference in references)
    return sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]
