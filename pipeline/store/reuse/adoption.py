"""What a run that was killed had finished is not done again: the next run takes over the parts of its whole shards.

    output/_onrecord/work/<run>/shards/<key>.json      a shard is whole: what parts it became

The key of a shard says what it was made of: its inputs as they looked, the version of the data set that the plan was
made on, and code, model and options.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from onrecord.pipeline.store.parts import ShardParts
from onrecord.pipeline.store.tally import Tally
from onrecord.pipeline.store.target import NOTES, Target, dead_runs, put_if_absent


def leave_word(key: str, shard: str, parts: ShardParts, target: Target) -> None:
    """Tell later runs that a shard is whole, all of its parts on disk."""
    put_if_absent(_word(target.work, key), json.dumps({"shard": shard, "parts": asdict(parts)}).encode())


def adopt(key: str, target: Target) -> ShardParts | None:
    """Take over the parts of the same shard from a run that is dead; None where no run has left them whole."""
    for work in dead_runs(target.folder):
        try:
            said = json.loads(_word(work, key).read_bytes())
            _word(work, key).unlink()  # first: what is killed in the middle of this is done again
            parts = _parts(said["parts"])
            _take_over(work, said["shard"], parts, target)
        except FileNotFoundError:  # it has not come to this shard, or another run was quicker
            continue
        leave_word(key, said["shard"], parts, target)
        return parts
    return None


def _take_over(work: Path, shard: str, parts: ShardParts, target: Target) -> None:
    """Move the parts of a shard, and its notes where it left some."""
    notes = (Path(kind, f"{shard}.parquet") for kind in NOTES)
    for place in (*(Path(table, parts.name) for table, _ in parts.rows), *filter(lambda n: (work / n).exists(), notes)):
        (target.work / place).parent.mkdir(parents=True, exist_ok=True)
        (work / place).rename(target.work / place)


def _parts(said: Mapping[str, Any]) -> ShardParts:
    rows = tuple((table, n) for table, n in said["rows"])
    return ShardParts(name=said["name"], rows=rows, tally=Tally(**said["tally"]))


def _word(work: Path, key: str) -> Path:
    return work / "shards" / f"{key}.json"
