"""What a watcher does between turns: clusters, parts that are no longer needed, many small parts made few.

A chore is done when nothing else waits, or when it has waited for long; and it never takes more than a tenth of the
time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from onrecord.pipeline.ask.snapshot import Snapshot, current
from onrecord.pipeline.options import Options
from onrecord.pipeline.store.target import Target, clear_work, commit_lock, run_alive
from onrecord.pipeline.store.upkeep.compact import compact
from onrecord.pipeline.store.versions.commits import delete_removed

#: Seconds for which parts that were removed are still there, for questions that are longer than a moment.
GRACE = 30.0
#: A table that has more parts than this, each of fewer bytes, is made one of fewer.
MAX_SMALL_PARTS, SMALL_BYTES = 64, 4 * 2**20
#: A chore that took so long waits so many times longer.
REST = 9.0


@dataclass(slots=True, kw_only=True)
class Chore:
    """Something to be done now and then: ``soon`` seconds after the last time when idle, at the latest ``late``."""

    act: Callable[[], None]
    soon: float
    late: float
    is_needed: bool = False
    ended: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def is_due(self, *, idle: bool) -> bool:
        waited = time.monotonic() - self.ended
        return self.is_needed and waited >= max(self.soon if idle else self.late, REST * self.seconds)

    def do(self) -> None:
        """Do it; what fails is needed again, after as long a rest. What it finds may ask for it once more."""
        started, self.is_needed = time.monotonic(), False
        try:
            self.act()
        except Exception:
            self.is_needed = True
            raise
        finally:
            self.ended = time.monotonic()
            self.seconds = self.ended - started


def update_clusters(options: Options) -> None:
    """Bring the clusters up to the articles."""
    from onrecord.pipeline.store import clusters

    target = Target.of(options)
    with run_alive(target):
        clusters.update_clusters(target)


def clear(options: Options) -> None:
    """Delete the parts that were removed a while ago, and the work of runs that are dead."""
    with commit_lock(options.output):
        delete_removed(options.output, older_than=GRACE)
        clear_work(options.output)


def clear_at_end(options: Options) -> None:
    """The same for all that was removed, so that a plain glob over the parts is right when nobody watches."""
    with commit_lock(options.output):
        delete_removed(options.output)
        clear_work(options.output)


def compact_parts(options: Options) -> None:
    """Have small parts made one, where there are many."""
    snapshot = current(options.output)
    if snapshot is None or not needs_compaction(snapshot, Target.of(options)):
        return
    target = Target.of(options)
    with run_alive(target):
        compact(target)


def needs_compaction(snapshot: Snapshot, target: Target) -> bool:
    """Whether a table has many small parts."""
    return any(
        len(names) > MAX_SMALL_PARTS
        and sum(target.part(table, name).stat().st_size < SMALL_BYTES for name in names) > MAX_SMALL_PARTS
        for table, names in snapshot.parts.items()
    )
