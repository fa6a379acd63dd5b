"""The unbounded product on one screen: the same chain as ``graph.assembly``, over what comes, one commit a window.

Beam's polling source beside it, no state, timers, side inputs or tagged outputs. A window is one by the clock: when an
arrival was seen. What comes late all the same makes a pane of its own, which is a run of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import apache_beam as beam
from apache_beam.coders import FastPrimitivesCoder, StrUtf8Coder
from apache_beam.io.watch import Watch
from apache_beam.transforms.trigger import AccumulationMode, AfterCount, AfterWatermark
from apache_beam.transforms.window import FixedWindows

from onrecord.pipeline.graph.shards import Shard
from onrecord.pipeline.graph.steps import annotate_counted
from onrecord.pipeline.options import Options
from onrecord.pipeline.stream.arrivals import Arrival, Poll, arrival_key
from onrecord.pipeline.stream.upkeep import tidy
from onrecord.pipeline.stream.windows import WindowRun, annotate_window, commit_window, plan_window
from onrecord.pipeline.watch.options import WatchOptions

#: Seconds for which a window takes what is late: longer than any engine holds something back.
LATENESS = 24 * 3600


def build(
    arrivals: beam.PCollection, roots: tuple[str, ...], options: Options, habits: WatchOptions
) -> beam.PCollection:
    """From (folder, Arrival), … to commits, one for each window in which something came."""
    return (
        arrivals
        | "Window" >> _windows(habits.window)
        | "Plan" >> Plan(roots, options)
        | "Annotate" >> beam.Map(annotate_keyed, options)
        | "Commit" >> Commit(options, habits.cluster_every)
    )


def poll_folders(job: beam.Pipeline, folders: tuple[str, ...], poll: Poll, interval: float) -> beam.PCollection:
    """From folders to (folder, Arrival), …: each is asked every so many seconds what has come to it."""
    roots = job | "Folders" >> beam.Create(folders, reshuffle=False)
    return roots | "Watch" >> _watch(poll, interval)


def _watch(poll: Poll, interval: float) -> Watch:
    """Its memory is bounded: it knows what has come lately, until that is in the data set or is told anew."""
    return Watch(
        poll,
        poll_interval=interval,
        output_coder=FastPrimitivesCoder(),
        output_key_fn=arrival_key,
        output_key_coder=StrUtf8Coder(),
        timestamp_cursor=True,
        allowed_lateness=2 * poll.patience,
    )


def _windows(seconds: float) -> beam.WindowInto:
    return beam.WindowInto(
        FixedWindows(seconds),
        trigger=AfterWatermark(late=AfterCount(1)),
        accumulation_mode=AccumulationMode.DISCARDING,
        allowed_lateness=LATENESS,
    )


class Plan(beam.PTransform):
    """(folder, Arrival), … → (run, Shard), …: what came in a window, planned as one run, spread over the workers."""

    def __init__(self, folders: tuple[str, ...], options: Options) -> None:
        super().__init__()
        self.folders, self.options = folders, options

    def expand(self, arrivals: beam.PCollection) -> beam.PCollection:
        return (
            arrivals
            | "Together" >> beam.MapTuple(lambda _, arrival: (0, arrival)).with_output_types(tuple[int, Arrival])
            | "Gather" >> beam.GroupByKey()
            | "Plan" >> beam.FlatMap(plan_group, self.folders, self.options)
            | "Spread" >> beam.Reshuffle()
        )


def plan_group(
    group: tuple[int, Iterable[Arrival]], folders: tuple[str, ...], options: Options
) -> Iterable[tuple[WindowRun, Shard]]:
    return plan_window(group[1], folders, options)


def annotate_keyed(planned: tuple[WindowRun, Shard], options: Options) -> tuple[str, WindowRun]:
    """By the name of its run, the run of which one more shard is done."""
    run, shard = planned
    return run.target.run, annotate_window(run, shard, options, annotate_counted)


class Commit(beam.PTransform):
    """(name of a run, run), … → nothing; the data set holds what came in the window."""

    def __init__(self, options: Options, cluster_every: float) -> None:
        super().__init__()
        self.options, self.cluster_every = options, cluster_every

    def expand(self, runs: beam.PCollection) -> beam.PCollection:
        return (
            runs
            | "By run" >> beam.Map(lambda keyed: keyed).with_output_types(tuple[str, WindowRun])
            | "Gather" >> beam.GroupByKey()
            | "Commit" >> beam.Map(commit_group, self.options, self.cluster_every)
        )


def commit_group(group: tuple[str, Iterable[WindowRun]], options: Options, cluster_every: float) -> None:
    run = next(iter(group[1]))  # each of them says the same
    commit_window(run, options, partial(tidy, options, cluster_every))
