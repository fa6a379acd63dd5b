"""How far a run is, by notes in its work folder: each shard notes what of it is done, whoever asks adds up.

output/_onrecord/work/<run>/progress/<shard>      "records bytes"
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from onrecord.pipeline.places import is_remote
from onrecord.pipeline.store.target import Target

#: Between two notes of a shard on a store, and when each was last written.
STORE_SECONDS = 5.0
_LAST: dict[tuple[str, str], float] = {}


@dataclass(frozen=True, slots=True)
class Progress:
    """Records annotated or refused so far, and bytes of the inputs that are done."""

    records: int = 0
    n_bytes: int = 0

    def __add__(self, other: Progress) -> Progress:
        return Progress(self.records + other.records, self.n_bytes + other.n_bytes)


def note_progress(target: Target, shard: str, progress: Progress) -> None:
    """Tell how far a shard is. A half-written note is passed over; the next one replaces it.

    On a store, where each note is a request, only a shard that goes on for some seconds tells so.
    """
    folder = target.work / "progress"
    if is_remote(folder):
        last = _LAST.setdefault((target.run, shard), time.monotonic())
        if time.monotonic() - last < STORE_SECONDS:
            return
        _LAST[target.run, shard] = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / shard).write_text(f"{progress.records} {progress.n_bytes}\n")


def read_progress(target: Target) -> Progress:
    """How far all shards of the run are that is at work."""
    total = Progress()
    for note in (target.work / "progress").glob("*"):
        try:
            records, n_bytes = map(int, note.read_text().split())
        except (OSError, ValueError):  # it is being written, or gone: the run ends
            continue
        total += Progress(records, n_bytes)
    return total
