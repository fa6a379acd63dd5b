"""What the ledger knows of the inputs that a shard reads again: records that are as they were keep their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from onrecord.pipeline.store.parts import record_key
from onrecord.pipeline.store.target import Target, write_note
from onrecord.transforms.records import RawArticle, Rejected

COLUMNS = ["record_id", "address", "raw_sha256", "made_by", "outcome", "reason"]
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
        self._records, self._by_address = _read(addresses, target)
        self._kept: list[str] = []
        self._unread: list[str] = []

    def keep(self, found: RawArticle | Rejected) -> bool:
        """Whether a record is as the ledger has it, so that its rows stay as they are.

        Where an input cannot be read now, all that was read of it before is kept, and it is tried again.
        """
        address, record = found.address or found.uri, record_key(found)
        if isinstance(found, Rejected) and found.reason in PASSING and address in self._by_address:
            self._kept += self._by_address[address]
            self._unread.append(address)
            return True
        known = self._records.get(record)
        if known is None or not _is_same(found, known, self.target):
            return False
        self._kept.append(record)
        return True

    def close(self) -> None:
        """Leave notes for the commit: which records are kept, and which inputs could not be read."""
        write_note(self.target, "kept", self.shard, self._kept)
        write_note(self.target, "unread", self.shard, self._unread)


def _is_same(found: RawArticle | Rejected, known: KnownRecord, target: Target) -> bool:
    if known.made_by != target.made_by and (target.rebuild or known.reason == "language"):
        return False
    if isinstance(found, Rejected):
        return (known.outcome, known.raw_sha256, known.reason) == ("reject", found.raw_sha256, found.reason)
    return known.raw_sha256 == found.raw_sha256


def _read(addresses: Sequence[str], target: Target) -> tuple[dict[str, KnownRecord], dict[str, list[str]]]:
    """The known records by their ids, and the ids of articles among them by address."""
    path = target.planned("known")
    if not path.exists():
        return {}, {}
    records: dict[str, KnownRecord] = {}
    by_address: dict[str, list[str]] = {}
    for row in pq.read_table(path, columns=COLUMNS, filters=[("address", "in", list(addresses))]).to_pylist():
        record, address = row.pop("record_id"), row.pop("address")
        records[record] = KnownRecord(**row)
        if row["reason"] not in PASSING:
            by_address.setdefault(address, []).append(record)
    return records, by_address
