"""What a run that was killed had finished is not done again: the next run takes over the parts of its whole shards.

    output/_onrecord/work/<run>/shards/<key>.json      a shard is whole: what parts it became

The key of a shard says what it was made of: its inputs as they looked, the version of the data set that the plan was
made on, and code, model and options.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from onrecord.pipeline.places import move, put_if_absent
from onrecord.pipeline.store.parts import ShardParts, parts_from
from onrecord.pipeline.store.target import NOTES, Target, dead_runs, is_needed


def write_shard_record(key: str, shard: str, parts: ShardParts, target: Target) -> None:
    """Write down that a shard is whole, all of its parts and notes on disk."""
    notes = [kind for kind in NOTES if _note(target.work, kind, shard).exists()]
    record = {"shard": shard, "notes": notes, "parts": asdict(parts)}
    put_if_absent(_shard_record(target.work, key), json.dumps(record).encode())


def adopt(key: str, target: Target) -> ShardParts | None:
    """Take over the parts of the same shard from a run that is dead; None where no run has left them whole.

    A run whose commit is decided keeps its parts: they get their places when the commit is finished.
    """
    for work in dead_runs(target.folder):
        if is_needed(work, target.folder):
            continue
        try:
            record = json.loads(_shard_record(work, key).read_bytes())
            _shard_record(work, key).unlink()  # first: what is killed in the middle of this is done again
            parts = parts_from(record["parts"])
            _take_over(work, record["shard"], record["notes"], parts, target)
        except FileNotFoundError:  # it has not come to this shard, or another run was quicker
            continue
        write_shard_record(key, record["shard"], parts, target)
        return parts
    return None


def _take_over(work: Path, shard: str, notes: Sequence[str], parts: ShardParts, target: Target) -> None:
    """Move the parts and the notes of a shard. Raises FileNotFoundError when one of them is not there."""
    own = [(_note(work, kind, shard), _note(target.work, kind, shard)) for kind in notes]
    own += [(work / table / parts.name, target.unfinished(table, parts.name)) for table, _ in parts.rows]
    for source, place in own:
        move(source, place)


def _note(work: Path, kind: str, shard: str) -> Path:
    return work / kind / f"{shard}.parquet"


def _shard_record(work: Path, key: str) -> Path:
    return work / "shards" / f"{key}.json"
