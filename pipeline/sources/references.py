"""References name inputs without holding them; a plan deals them out into shards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter

#: A run is cut into about this many shards, so that all workers stay busy …
SHARDS = 64
#: … of no fewer records than this, so that a small run makes few files …
SMALLEST = 32
#: … and of no more than this: a worker holds a shard in memory.
LARGEST = 1024


@dataclass(frozen=True, slots=True)
class Reference:
    """One input by name. ``fault`` is set where looking was enough to see that it is no article: (reason, detail)."""

    uri: str
    fault: tuple[str, str] | None = None


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
    once = {reference.uri: reference for reference in references}
    ordered = sorted(once.values(), key=attrgetter("uri"))
    size = _size(len(ordered))
    groups = [tuple(ordered[start : start + size]) for start in range(0, len(ordered), size)]
    return [Shard(name=_name(group), references=group) for group in groups]


def _size(n: int) -> int:
    return min(max(-(-n // SHARDS), SMALLEST), LARGEST)


def _name(references: Iterable[Reference]) -> str:
    uris = "\0".join(reference.uri for reference in references)
    return sha256(uris.encode("utf-8", "surrogateescape")).hexdigest()[:16]
