"""How a run is dealt out: references to shards, a shard to batches of records, each batch on its way to the parts.

    Reference, Reference, … ──plan──► Shard ──load──► Batch, Batch, …

A record is counted here when its source has found it, before anything is done to it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Generic, TypeVar

from onrecord.pipeline.addresses import relative_address
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, find_entries, printable, read_entry
from onrecord.pipeline.store.tally import NOTHING, Tally
from onrecord.transforms.ids import record_id
from onrecord.transforms.records import RawArticle, Rejected

#: A run is cut into about this many shards, so that all workers stay busy …
SHARDS = 64
#: … of no fewer inputs than this, or bytes, so that a small run makes few files …
MIN_INPUTS, MIN_BYTES = 32, 2**18
#: … and of no more than this.
MAX_INPUTS, MAX_BYTES = 1024, 2**26
#: A batch is full with so many records, or so many characters.
BATCH_RECORDS, BATCH_CHARACTERS = 16, 2**20

Result = TypeVar("Result", covariant=True)
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A named group of references that one worker reads and that becomes one part of each table."""

    name: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[Result]):
    """Some records of a shard on their way, in order, each as far as it has come, or refused; ``last`` ends the shard.

    ``tally`` counts them as their source did, before anything was done to them; ``n_bytes`` of the inputs are done
    with them.
    """

    shard: str
    results: tuple[Result | Rejected, ...] = ()
    last: bool = True
    tally: Tally = NOTHING
    n_bytes: int = 0

    def after(self, results: Iterable[Other | Rejected]) -> Batch[Other]:
        """The batch after a step: what its records became."""
        return replace(self, results=tuple(results))  # type: ignore[arg-type, return-value]


def plan(references: Iterable[Reference]) -> list[Shard]:
    """Deal references out into shards of about equal size. What comes out depends on the set of references alone.

    >>> [len(shard.references) for shard in plan(Reference(f"{n}.txt", size=n) for n in range(100))]
    [25, 25, 25, 25]
    """
    unique = {(reference.identity, reference.slice): reference for reference in sorted(references, key=_place)}
    count = _shard_count(len(unique), sum(reference.size for reference in unique.values()))
    by_size = sorted(unique.values(), key=lambda r: (-r.size, _place(r)))
    bins: list[list[Reference]] = [[] for _ in range(count)]
    lightest = [(0, 0, number) for number in range(count)]  # bytes, inputs, number of the bin
    for reference in by_size:  # the largest first, each to the lightest bin (Graham 1969)
        size, inputs, number = heapq.heappop(lightest)
        bins[number].append(reference)
        heapq.heappush(lightest, (size + reference.size, inputs + 1, number))
    groups = [tuple(sorted(group, key=_place)) for group in bins if group]
    return [Shard(name=_name(group), references=group) for group in groups]


def slice_size(size: int) -> int:
    """How many bytes a slice of a file of this size should have.

    >>> slice_size(10**4), slice_size(10**8), slice_size(10**11)
    (262144, 1562500, 67108864)
    """
    return min(max(-(-size // SHARDS), MIN_BYTES), MAX_BYTES)


def load(shard: Shard, options: Options | None = None) -> Iterator[Batch[RawArticle]]:
    """The shard's records in batches; the last one says so. What cannot be read is refused, with the reason."""
    options = options or Options()
    batch = _BatchBuilder(shard.name)
    for reference in shard.references:
        address = printable(relative_address(reference.identity, options.base))
        uri = address if options.base else printable(reference.uri)
        left = reference.size  # of its bytes
        for entry in find_entries(reference, options):
            batch.count(record_id(uri, entry.record_name))
            batch.add(read_entry(uri, entry, options.limits.text, address=address))
            if batch.is_full():
                done = min(batch.characters, left)
                left -= done
                yield batch.build(n_bytes=batch.n_bytes + done, last=False)
                batch = _BatchBuilder(shard.name)
        batch.n_bytes += left
    yield batch.build(n_bytes=batch.n_bytes, last=True)


class _BatchBuilder:
    """A batch in the making."""

    def __init__(self, shard: str) -> None:
        self.shard = shard
        self.ids: list[str] = []
        self.results: list[RawArticle | Rejected] = []
        self.characters = 0
        self.n_bytes = 0  # of inputs that came to their end in it

    def count(self, place: str) -> None:
        """A record was found; nothing has been done to it yet."""
        self.ids.append(place)

    def add(self, result: RawArticle | Rejected) -> None:
        self.results.append(result)
        self.characters += len(result.text) if isinstance(result, RawArticle) else 0

    def is_full(self) -> bool:
        return len(self.ids) >= BATCH_RECORDS or self.characters >= BATCH_CHARACTERS

    def build(self, *, n_bytes: int, last: bool) -> Batch[RawArticle]:
        tally = Tally.of(self.ids)
        return Batch(shard=self.shard, results=tuple(self.results), last=last, tally=tally, n_bytes=n_bytes)


def _shard_count(inputs: int, size: int) -> int:
    """A power of two, so that two workers, or four, have equally many shards; never more than inputs.

    >>> _shard_count(0, 0), _shard_count(40, 10**5), _shard_count(967, 4 * 10**6), _shard_count(10**6, 10**10)
    (1, 2, 32, 1024)
    """
    inputs_each = min(max(-(-inputs // SHARDS), MIN_INPUTS), MAX_INPUTS)
    wanted = max(-(-inputs // inputs_each), -(-size // slice_size(size)), 1)
    return min(1 << (wanted - 1).bit_length(), max(inputs, 1))


def _place(reference: Reference) -> tuple[str, int, str]:
    return reference.identity, reference.slice.start, reference.uri


def _name(references: Iterable[Reference]) -> str:
    parts = "\0".join(f"{reference.identity}\0{reference.slice.start}" for reference in references)
    return sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]
