"""What a job does for its data set after a commit: clusters, parts that are no longer needed, small parts made few.

It is done by whichever worker commits, and at most now and then; at the latest when a sweep comes, which comes though
nothing else does.
"""

from __future__ import annotations

from onrecord.pipeline.options import Options
from onrecord.pipeline.watch import chores
from onrecord.pipeline.watch.chores import Chore

#: Seconds between two times, for deleting and compaction.
CLEAR_SECONDS, COMPACT_SECONDS = 30.0, 120.0

_CHORES: dict[tuple[Options, float], tuple[Chore, ...]] = {}


def tidy(options: Options, cluster_every: float, is_sweep: bool) -> None:
    """Do what is due; clusters are due so many seconds after the last time."""
    if (options, cluster_every) not in _CHORES:
        _CHORES[options, cluster_every] = _chores(options, cluster_every)
    for chore in _CHORES[options, cluster_every]:
        chore.is_needed = True
        if chore.is_due(idle=is_sweep):
            chore.do()


def _chores(options: Options, cluster_every: float) -> tuple[Chore, ...]:
    clusters = Chore(act=lambda: chores.update_clusters(options), soon=0.0, late=cluster_every)
    clearing = Chore(act=lambda: chores.clear(options), soon=0.0, late=CLEAR_SECONDS)
    compaction = Chore(act=lambda: chores.compact_parts(options), soon=0.0, late=COMPACT_SECONDS)
    return (*((clusters,) if options.clusters else ()), compaction, clearing)
