"""How a run is dealt out: references to shards, a shard to batches of records, each batch on its way to the parts.

    Reference, Reference, … ──plan──► Shard ──load──► Batch, Batch, …

A record is counted here when its source has found it, before anything is done to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Generic, TypeVar

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, find_entries, printable, read_entry
from onrecord.pipeline.store.tally import NOTHING, Tally
from onrecord.transforms.ids import article_id
from onrecord.transforms.records import RawArticle, Rejected

#: A run is cut into about this many shards, so that all workers stay busy …
SHARDS = 64
#: … of no fewer inputs than this, or bytes, so that a small run makes few files …
MIN_INPUTS, MIN_BYTES = 32, 2**18
#: … and of no more than this.
MAX_INPUTS, MAX_BYTES = 1024, 2**26
#: A batch is full with so many records, or so many characters.
BATCH_RECORDS, BATCH_CHARACTERS = 64, 2**20

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

    ``tally`` counts them as their source did, before anything was done to them.
    """

    shard: str
    results: tuple[Result | Rejected, ...] = ()
    last: bool = True
    tally: Tally = NOTHING

    def after(self, results: Iterable[Other | Rejected]) -> Batch[Other]:
        """The batch after a step: what its records became."""
        return replace(self, results=tuple(results))  # type: ignore[arg-type, return-value]


def plan(references: Iterable[Reference]) -> list[Shard]:
    """Deal references out into shards. What comes out depends on the set of references alone.

    >>> [len(shard.references) for shard in plan(Reference(f"{n}.txt") for n in range(100))]
    [32, 32, 32, 4]
    """
    once = {(reference.uri, reference.part): reference for reference in references}
    ordered = [once[key] for key in sorted(once, key=lambda key: (key[0], key[1].start))]
    return [Shard(name=_name(group), references=group) for group in _groups(ordered)]


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
        uri = printable(reference.uri)
        for entry in find_entries(reference, options):
            batch.count(article_id(uri, entry.record))
            batch.add(read_entry(uri, entry, options.limits.text))
            if batch.is_full():
                yield batch.build(last=False)
                batch = _BatchBuilder(shard.name)
    yield batch.build(last=True)


class _BatchBuilder:
    """A batch in the making."""

    def __init__(self, shard: str) -> None:
        self.shard = shard
        self.ids: list[str] = []
        self.results: list[RawArticle | Rejected] = []
        self.characters = 0

    def count(self, record_id: str) -> None:
        """A record was found; nothing has been done to it yet."""
        self.ids.append(record_id)

    def add(self, result: RawArticle | Rejected) -> None:
        self.results.append(result)
        self.characters += len(result.text) if isinstance(result, RawArticle) else 0

    def is_full(self) -> bool:
        return len(self.ids) >= BATCH_RECORDS or self.characters >= BATCH_CHARACTERS

    def build(self, *, last: bool) -> Batch[RawArticle]:
        return Batch(shard=self.shard, results=tuple(self.results), last=last, tally=Tally.of(self.ids))


def _groups(references: list[Reference]) -> Iterator[tuple[Reference, ...]]:
    """A group is full when it has its share of the inputs and at least the least bytes, or its share of the bytes."""
    max_inputs = min(max(-(-len(references) // SHARDS), MIN_INPUTS), MAX_INPUTS)
    bytes_each = slice_size(sum(reference.size for reference in references))
    group: list[Reference] = []
    size = 0
    for reference in references:
        group.append(reference)
        size += reference.size
        if len(group) >= max_inputs or size >= bytes_each:
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


def _name(references: Iterable[Reference]) -> str:
    parts = "\0".join(f"{reference.uri}\0{reference.part.start}" for reference in references)
    return sha256(parts.encode("utf-8", "surrogateescape")).hexdigest()[:16]
