"""What Dask's runner makes of small graphs: ``python dask_limits.py FOLDER`` prints it as JSON, by the graphs' names.

It is what their last steps were given, sorted; or the last line of what was raised.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watch import PollResult, Watch
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.test_stream import TestStream
from apache_beam.transforms import trigger, userstate, window

RUNNER = "apache_beam.runners.dask.dask_runner.DaskRunner"
#: Takes the numbers from 1 to 4, and a step that keeps what it is given.
Graph = Callable[[beam.PCollection, beam.PTransform], object]


def main(folder: str) -> None:
    from distributed import LocalCluster  # pytest imports this file where there is no Dask

    at = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "local_directory": f"{folder}/scratch"}
    with LocalCluster(n_workers=1, threads_per_worker=1, **at) as cluster:
        flags = [f"--dask_client_address={cluster.scheduler_address}"]
        print(json.dumps({name: observe(name, Path(folder), flags) for name in (*GRAPHS, "counters")}))


def observe(name: str, folder: Path, flags: list[str]) -> list[Any] | str:
    """What a graph comes to; of "counters" it is what a plain graph has counted."""
    (folder / name).mkdir()
    try:
        result = run(GRAPHS.get(name, plain), folder / name, [*flags, *FLAGS.get(name, EACH_APART)])
        if name == "counters":
            return [counter.committed for counter in result.metrics().query()["counters"]]
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[-1].strip(": ")
    return sorted(json.loads(path.read_text()) for path in (folder / name).iterdir())


def run(graph: Graph, folder: Path, flags: list[str]) -> Any:
    job = beam.Pipeline(runner=RUNNER, options=PipelineOptions(flags))
    graph(job | "Numbers" >> beam.Create([1, 2, 3, 4], reshuffle=False), beam.ParDo(Keep(folder)))
    result = job.run()
    result.wait_until_finish()
    return result


class Keep(beam.DoFn):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def process(self, element: Any) -> None:
        beam.metrics.Metrics.counter("limits", "kept").inc()
        (self.folder / uuid4().hex).write_text(json.dumps(element))


def plain(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    numbers | beam.Map(lambda n: 10 * n) | kept


class WithEnd(beam.DoFn):
    """Hands on what it is given, and 0 when a bundle ends."""

    def process(self, n: int) -> Iterable[int]:
        return [n]

    def finish_bundle(self) -> Iterator[Any]:
        yield window.GlobalWindows.windowed_value(0)


def finish_bundle(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    numbers | beam.ParDo(WithEnd()) | beam.Map(lambda n: (n, n)) | beam.GroupByKey() | beam.Keys() | kept


def several_ends(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    for n in (10, 100):
        numbers | f"By {n}" >> beam.Map(lambda number, n: n * number, n) | f"Keep {n}" >> kept


def fixed_windows(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    (
        numbers
        | "Stamp" >> beam.Map(lambda n: window.TimestampedValue((0, n), 10 * n))
        | beam.WindowInto(window.FixedWindows(20))
        | beam.GroupByKey()
        | beam.MapTuple(lambda _, group: sorted(group))
        | kept
    )


class Odd(beam.DoFn):
    def process(self, n: int) -> Iterable[Any]:
        return [n if n % 2 == 0 else beam.pvalue.TaggedOutput("odd", n)]


def tagged_outputs(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    (numbers | beam.ParDo(Odd()).with_outputs("odd", main="even")).odd | kept


class Token(beam.DoFn):
    """Gives for each element the token of its set-up, or of its bundle."""

    def __init__(self, *, of_bundle: bool) -> None:
        self.of_bundle = of_bundle

    def setup(self) -> None:
        self.token = uuid4().hex

    def start_bundle(self) -> None:
        if self.of_bundle:
            self.token = uuid4().hex

    def process(self, n: int) -> Iterable[tuple[int, str]]:
        return [(0, self.token)]


def count_tokens(numbers: beam.PCollection, kept: beam.PTransform, *, of_bundle: bool) -> None:
    tokens = numbers | beam.ParDo(Token(of_bundle=of_bundle)) | beam.GroupByKey()
    tokens | beam.MapTuple(lambda _, group: len(set(group))) | kept


class OwnParDo(beam.ParDo):
    """A ParDo to everybody but Dask's runner."""


def pardo_subclass(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    numbers | OwnParDo(beam.core.CallableWrapperDoFn(lambda n: [10 * n])) | kept


def bare_impulse(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    numbers.pipeline | beam.Impulse() | beam.Map(lambda _: 1) | kept


#: Beam reads what a DoFn makes use of from the defaults of its parameters.
TRACKER = beam.DoFn.RestrictionParam()
LATER = userstate.TimerSpec("later", userstate.TimeDomain.WATERMARK)
TIMER = beam.DoFn.TimerParam(LATER)
IN_STATE = beam.DoFn.StateParam(userstate.BagStateSpec("kept", beam.coders.VarIntCoder()))


class Twice(beam.DoFn, beam.RestrictionProvider):
    """Gives its element and asks to be called again, which it does once."""

    def process(self, n: int, tracker: Any = TRACKER) -> Iterator[int]:
        if tracker.try_claim(start := tracker.current_restriction().start):
            yield n * 10**start
            tracker.defer_remainder()

    def initial_restriction(self, n: int) -> OffsetRange:
        return OffsetRange(0, 2)

    def create_tracker(self, restriction: OffsetRange) -> OffsetRestrictionTracker:
        return OffsetRestrictionTracker(restriction)

    def restriction_size(self, n: int, restriction: OffsetRange) -> int:
        return int(restriction.size())


def splittable(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    numbers | beam.ParDo(Twice()) | kept


def poll(folder: str) -> PollResult[str]:
    """One thing more each time, and the third is the last."""
    calls = len([*Path(folder).iterdir()])
    Path(folder, str(calls)).touch()
    outputs = [str(n) for n in range(calls + 1)]
    return PollResult.complete(outputs) if calls == 2 else PollResult.incomplete(outputs)


def polling(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    folders = numbers | beam.Filter(lambda n: n == 1) | beam.Map(lambda _: mkdtemp())
    folders | Watch(poll, 0.1) | beam.Values() | kept


class WithState(beam.DoFn):
    def process(self, pair: tuple[int, int], kept: Any = IN_STATE) -> Iterable[int]:
        kept.add(pair[1])
        return [pair[1]]


class WithTimer(beam.DoFn):
    @userstate.on_timer(LATER)
    def fire(self) -> Iterable[int]:
        return [0]

    def process(self, pair: tuple[int, int], timer: Any = TIMER) -> None:
        timer.set(pair[1])


def keyed(numbers: beam.PCollection, kept: beam.PTransform, *, do_fn: type[beam.DoFn]) -> None:
    numbers | "Key" >> beam.Map(lambda n: (n, n)) | beam.ParDo(do_fn()) | kept


def late_panes(numbers: beam.PCollection, kept: beam.PTransform) -> None:
    stream = TestStream().add_elements([(0, 1)], event_timestamp=1).advance_watermark_to(20)
    (
        numbers.pipeline
        | stream.add_elements([(0, 2)], event_timestamp=2).advance_watermark_to_infinity()
        | beam.WindowInto(
            window.FixedWindows(20),
            trigger=trigger.AfterWatermark(late=trigger.AfterCount(1)),
            accumulation_mode=trigger.AccumulationMode.DISCARDING,
            allowed_lateness=3600,
        )
        | beam.GroupByKey()
        | beam.MapTuple(lambda _, group: sorted(group))
        | kept
    )


#: By the names that the contract has for what they make use of.
GRAPHS: dict[str, Graph] = {
    "ParDo": plain,
    "finish_bundle": finish_bundle,
    "more than one end": several_ends,
    "fixed windows": fixed_windows,
    "late panes": late_panes,
    "tagged outputs": tagged_outputs,
    "set-ups": partial(count_tokens, of_bundle=False),
    "partitions": partial(count_tokens, of_bundle=True),
    "partitions by default": partial(count_tokens, of_bundle=True),
    "ParDo of a class of its own": pardo_subclass,
    "subclass of ParDo": pardo_subclass,
    "impulse outside of Create": bare_impulse,
    "splittable DoFn": splittable,
    "polling source": polling,
    "state": partial(keyed, do_fn=WithState),
    "timers": partial(keyed, do_fn=WithTimer),
}
EACH_APART = ["--dask_partition_size=1"]
#: Flags of those that have others. Left alone, Beam makes a plain ParDo of any before a runner sees it.
FLAGS = {"partitions by default": [], "subclass of ParDo": [*EACH_APART, "--runtime_type_check"]}

if __name__ == "__main__":
    main(*sys.argv[1:])
