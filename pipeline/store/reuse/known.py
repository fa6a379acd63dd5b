"""What the ledger knows of the inputs that a shard reads again: records that are as they were keep their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.pipeline.store.parts import record_key
from onrecord.pipeline.store.reuse.plan_file import PlanFile
from onrecord.pipeline.store.target import Target, write_note
from onrecord.transforms.records import RawArticle, Rejected

COLUMNS = ["record_id", "raw_sha256", "read_sha256", "made_by", "outcome", "reason"]
#: Faults of an input, not of a record in it: its rows are kept until it can be read again.
PASSING = frozenset({"missing", "unreadable"})
#: Reasons that may be the machine's: they do not hold for a record that is read again.
TRIED_AGAIN = frozenset({"timeout", "crash"})


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A row of the ledger, as far as it decides whether a record has to be annotated again."""

    raw_sha256: str | None
    read_sha256: str | None
    made_by: str
    outcome: str
    reason: str | None


class KnownRecords:
    """The records that the ledger has of a shard's inputs, and those of them that are ``kept``."""

    def __init__(self, shard: str, target: Target) -> None:
        self.shard, self.target = shard, target
        self._known = PlanFile(target.planned("known"))
        self._kept: list[str] = []
        self._unread: list[str] = []

    def keep(self, found: Sequence[RawArticle | Rejected]) -> list[bool]:
        """Of each record of a batch, whether it is as the ledger has it, so that its rows stay as they are.

        Where an input cannot be read now, all that was read of it before is kept, and it is tried again.
        """
        known = self._look_up([record_key(each) for each in found])
        return [self._keep(each, known.get(record_key(each))) for each in found]

    def close(self) -> None:
        """Leave notes for the commit: which records are kept, and which inputs could not be read."""
        write_note(self.target, "kept", self.shard, self._kept)
        write_note(self.target, "unread", self.shard, self._unread)

    def _keep(self, found: RawArticle | Rejected, known: KnownRecord | None) -> bool:
        if isinstance(found, Rejected) and found.reason in PASSING and (records := self._read_before(found)):
            self._kept += records
            self._unread.append(found.address or found.uri)
            return True
        if known is None or not _is_same(found, known, self.target):
            return False
        self._kept.append(record_key(found))
        return True

    def _look_up(self, records: Sequence[str]) -> dict[str, KnownRecord]:
        rows = self._known.look_up("record_id", records, COLUMNS)
        return {row.pop("record_id"): KnownRecord(**row) for row in rows}

    def _read_before(self, found: Rejected) -> list[str]:
        """The records of an input that were read when it could be read."""
        rows = self._known.look_up("address", [found.address or found.uri], ["record_id", "reason"])
        return [row["record_id"] for row in rows if row["reason"] not in PASSING]


def _is_same(found: RawArticle | Rejected, known: KnownRecord, target: Target) -> bool:
    if known.made_by != target.made_by and (target.rebuild or known.reason == "language"):
        return False
    if isinstance(found, Rejected):
        return (known.outcome, known.raw_sha256, known.reason) == ("reject", found.raw_sha256, found.reason)
    if known.reason in TRIED_AGAIN:
        return False
    return (known.raw_sha256, known.read_sha256) == (found.raw_sha256, found.read_sha256)
