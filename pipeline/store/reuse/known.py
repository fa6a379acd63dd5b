"""What the ledger knows of the inputs that a shard reads again: records that are as they were keep their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from onrecord.pipeline.store.parts import record_key
from onrecord.pipeline.store.target import Target, write_note
from onrecord.transforms.records import RawArticle, Rejected

COLUMNS = ["record_id", "raw_sha256", "made_by", "outcome", "reason"]
#: Faults of an input, not of a record in it: its rows are kept until it can be read again.
PASSING = frozenset({"missing", "unreadable"})


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A row of the ledger, as far as it decides whether a record has to be read again."""

    raw_sha256: str | None
    made_by: str
    outcome: str
    reason: str | None


class KnownRecords:
    """The records that the ledger has of a shard's inputs, and those of them that are ``kept``."""

    def __init__(self, shard: str, addresses: Sequence[str], target: Target) -> None:
        self.shard, self.target = shard, target
        self._records = _read(addresses, target)
        self._kept: list[str] = []
        self._written = 0

    def keep(self, found: RawArticle | Rejected) -> bool:
        """Whether a record is as the ledger has it, so that its rows stay as they are."""
        record = record_key(found)
        known = self._records.get(record)
        if known is None or not _is_same(found, known, self.target):
            return False
        self._kept.append(record)
        return True

    def take_kept(self) -> list[str]:
        """The records kept since this was asked last."""
        new = self._kept[self._written :]
        self._written = len(self._kept)
        return new

    def close(self) -> None:
        """Leave a note for the commit of which records are kept."""
        write_note(self.target, "kept", self.shard, self._kept)


def _is_same(found: RawArticle | Rejected, known: KnownRecord, target: Target) -> bool:
    if known.made_by != target.made_by and (target.rebuild or known.reason == "language"):
        return False
    if isinstance(found, Rejected):
        return (known.outcome, known.raw_sha256, known.reason) == ("reject", found.raw_sha256, found.reason)
    return known.raw_sha256 == found.raw_sha256


def _read(addresses: Sequence[str], target: Target) -> dict[str, KnownRecord]:
    path = target.planned("known")
    if not path.exists():
        return {}
    rows = pq.read_table(path, columns=COLUMNS, filters=[("address", "in", list(addresses))]).to_pylist()
    return {row.pop("record_id"): KnownRecord(**row) for row in rows}
