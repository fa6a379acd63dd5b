"""What is forgotten is not taken in: it is withheld when a shard is loaded, and again when a run commits.

A record that is withheld is no article and no reject, and is not counted: the data set does not know it. How many there
were is told at the end of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from onrecord.pipeline.places import readable
from onrecord.pipeline.store.parts import ShardParts
from onrecord.pipeline.store.target import Target, write_note
from onrecord.pipeline.store.upkeep.forgotten import (
    Forgotten,
    Trait,
    content_traits,
    load_forgotten,
    place_traits,
    traits_of,
)
from onrecord.pipeline.store.versions.rewriting import Leaving, rewrite
from onrecord.transforms.records import RawArticle, Rejected

COLUMNS = ["record_id", "address", "uri", "record", "article_id", "raw_sha256", "read_sha256"]
Row = Mapping[str, Any]


class Withheld:
    """The records of a shard that are forgotten."""

    def __init__(self, shard: str, target: Target) -> None:
        self.shard, self.target = shard, target
        self._forgotten = load_forgotten(target)
        self._addresses: list[str] = []

    def find(self, found: Sequence[RawArticle | Rejected]) -> list[bool]:
        """Of each record of a batch, whether it is forgotten."""
        is_withheld = [bool(self._forgotten) and self._forgotten.has_any(traits_of(each)) for each in found]
        pairs = zip(found, is_withheld, strict=True)
        self._addresses += [each.address or each.uri for each, is_out in pairs if is_out]
        return is_withheld

    def close(self) -> None:
        """Leave a note for the commit, which forgets the inputs of which nothing else is taken in."""
        write_note(self.target, "withheld", self.shard, self._addresses)


def withhold(made: Sequence[ShardParts], target: Target) -> list[ShardParts]:
    """The parts of shards without what was forgotten since they were made. The caller holds the lock."""
    forgotten = load_forgotten(target)
    return [kept for shard in made if (kept := _without(shard, forgotten, target))] if forgotten else list(made)


def _without(shard: ShardParts, forgotten: Forgotten, target: Target) -> ShardParts | None:
    if "records" not in dict(shard.rows):
        return shard
    urls = article_urls(target.find("articles", shard.name))
    rows = [
        row
        for row in ledger_rows(target.find("records", shard.name))
        if forgotten.has_any(row_traits(row, urls.get(row["article_id"])))
    ]
    if not rows:
        return shard
    write_note(target, "withheld", shard.name, [row["address"] for row in rows])
    made = rewrite(shard.name, [table for table, _ in shard.rows], leaving_of(rows), target)
    names = {name for name, _ in made.values()}
    return replace(shard, name=names.pop(), rows=tuple((table, n) for table, (_, n) in made.items())) if names else None


def ledger_rows(path: Path) -> Iterator[Row]:
    """The rows of a part of the ledger, as far as they tell what is forgotten."""
    with pq.ParquetFile(readable(path)) as file:
        for batch in file.iter_batches(columns=COLUMNS):
            yield from batch.to_pylist()


def row_traits(row: Row, url: str | None = None) -> Iterator[Trait]:
    """The traits of a row of the ledger; ``url`` of its article."""
    yield "record", row["record_id"]
    yield from place_traits(row["address"], row["record_id"])
    yield from content_traits(row["raw_sha256"], row["read_sha256"])
    if row["article_id"]:
        yield "article", row["article_id"]
    if url:
        yield "url", url


def leaving_of(rows: Sequence[Row]) -> Leaving:
    """What leaves a part with these rows of its ledger."""
    return Leaving(
        records=frozenset(row["record_id"] for row in rows),
        articles=frozenset(row["article_id"] for row in rows if row["article_id"]),
        rejects=frozenset((row["uri"], row["record"]) for row in rows if not row["article_id"]),
    )


def article_urls(path: Path) -> dict[str, str]:
    """The addresses at which articles of a part were published, by article; {} where there is no such part."""
    if not path.exists():
        return {}
    with pq.ParquetFile(readable(path)) as file:
        rows = (row for batch in file.iter_batches(columns=["article_id", "url"]) for row in batch.to_pylist())
        return {row["article_id"]: row["url"] for row in rows if row["url"]}
