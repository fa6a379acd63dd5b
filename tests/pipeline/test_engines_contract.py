"""What each engine may be given: our graphs hold, and each thing that is refused is refused by its own rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam import coders
from apache_beam.portability.api import beam_runner_api_pb2 as model
from apache_beam.testing import test_stream
from apache_beam.transforms import trigger, window
from apache_beam.transforms.userstate import BagStateSpec, TimerSpec, on_timer
from run_helpers import Run

from onrecord.pipeline.commands import engines as command
from onrecord.pipeline.engines import features as f
from onrecord.pipeline.engines.catalogue import ENGINES, find_engine
from onrecord.pipeline.engines.contract import ALLOWED, REFUSED, REFUSED_BY, judge, refusal
from onrecord.pipeline.engines.description import Build, Description, describe
from onrecord.pipeline.engines.features import Feature, features

#: For each graph of the product the rules that it breaks, by engine; it holds on the others.
BROKEN: dict[str, dict[str, set[str]]] = {
    "bounded": {},
    "unbounded": {
        "local": {f.POLLING, f.LATE_PANES},
        "portable": {f.POLLING, f.LATE_PANES},
        "spark": {f.POLLING, f.LATE_PANES},
        "dask": {f.POLLING, f.LATE_PANES, f.FIXED_WINDOWS},
    },
    "notified": {
        "prism": {f.NOTIFICATIONS},
        "flink": {f.NOTIFICATIONS},
        "local": {f.NOTIFICATIONS, f.LATE_PANES},
        "portable": {f.NOTIFICATIONS, f.LATE_PANES},
        "spark": {f.NOTIFICATIONS, f.LATE_PANES},
        "dask": {f.NOTIFICATIONS, f.LATE_PANES, f.FIXED_WINDOWS},
    },
}


def test_every_graph_of_the_product_is_held_to_the_contract() -> None:
    assert BROKEN.keys() == command.GRAPHS.keys()


@pytest.mark.parametrize(("name", "broken"), BROKEN.items())
def test_which_engines_can_be_given_our_graphs(name: str, broken: dict[str, set[str]]) -> None:
    found = features(describe(command.GRAPHS[name]))
    refused = {engine.name: {each.feature for each in judge(found, engine) if each.why} for engine in ENGINES}
    assert refused == {engine.name: broken.get(engine.name, set()) for engine in ENGINES}
    assert {f.PARDO, f.GROUP, f.RESHUFFLE} <= {feature.name for feature in found}


#: Beam reads what a DoFn makes use of from the defaults of its parameters.
KEPT = beam.DoFn.StateParam(BagStateSpec("kept", coders.VarIntCoder()))
LATER = TimerSpec("later", beam.TimeDomain.WATERMARK)
TIMER, TRACKER = beam.DoFn.TimerParam(LATER), beam.DoFn.RestrictionParam()


class WithState(beam.DoFn):
    def process(self, element: Any, kept: Any = KEPT) -> None:
        kept.add(element[1])


class WithTimer(beam.DoFn):
    def process(self, element: Any, timer: Any = TIMER) -> None:
        timer.set(element[1])

    @on_timer(LATER)
    def fire(self) -> Iterable[int]:
        return [1]


class WithFinalizer(beam.DoFn):
    def process(self, element: Any, finalizer: Any = beam.DoFn.BundleFinalizerParam) -> None:
        finalizer.register(lambda: None)


class WithFinish(beam.DoFn):
    def process(self, element: Any) -> None: ...

    def finish_bundle(self) -> Iterator[Any]:
        yield window.GlobalWindows.windowed_value(1)


class Everlasting(beam.DoFn, beam.RestrictionProvider):
    """A source without an end that is not Beam's polling one."""

    @beam.DoFn.unbounded_per_element()
    def process(self, element: Any, tracker: Any = TRACKER) -> None: ...

    def initial_restriction(self, element: Any) -> tuple[int, int]:
        return 0, 1


class Slices(Everlasting):
    """Pieces of an element that has an end."""

    def process(self, element: Any, tracker: Any = TRACKER) -> None: ...


class OwnParDo(beam.ParDo):
    """A ParDo to everybody but Dask's runner, which looks at the class."""


class Odd:
    """A key that has no bytes of its own."""


coders.registry.register_coder(Odd, coders.PickleCoder)


def pairs(job: beam.Pipeline) -> beam.PCollection:
    return job | beam.Create([(1, 2)], reshuffle=False)


def windowed(into: window.WindowFn, **more: Any) -> Build:
    return lambda job: pairs(job) | "W" >> beam.WindowInto(into, **more) | beam.GroupByKey()


DISCARDING, ACCUMULATING = trigger.AccumulationMode.DISCARDING, trigger.AccumulationMode.ACCUMULATING
EVERY_FIVE_SECONDS = trigger.Repeatedly(trigger.AfterProcessingTime(5))
PLANTED: list[tuple[str, Build]] = [
    (f.STATE, lambda job: pairs(job) | beam.ParDo(WithState())),
    (f.TIMERS, lambda job: pairs(job) | beam.ParDo(WithTimer())),
    (f.FINALIZATION, lambda job: pairs(job) | beam.ParDo(WithFinalizer())),
    (f.FINISH_BUNDLE, lambda job: pairs(job) | beam.ParDo(WithFinish())),
    (f.SIDE_INPUTS, lambda job: pairs(job) | beam.Map(lambda x, y: x, beam.pvalue.AsIter(pairs_beside(job)))),
    (f.TAGGED_OUTPUTS, lambda job: pairs(job) | beam.ParDo(WithFinish()).with_outputs("odd", main="even")),
    (f.MERGING_WINDOWS, windowed(window.Sessions(10))),
    (f.OTHER_WINDOWS, windowed(window.SlidingWindows(10, 5))),
    (
        f.OTHER_TRIGGER,
        windowed(window.FixedWindows(10), trigger=EVERY_FIVE_SECONDS, accumulation_mode=DISCARDING),
    ),
    (
        f.ACCUMULATING,
        windowed(window.FixedWindows(10), trigger=trigger.AfterWatermark(), accumulation_mode=ACCUMULATING),
    ),
    (
        f.UNSTABLE_KEY,
        lambda job: pairs(job) | beam.Map(lambda x: x).with_output_types(tuple[Odd, int]) | beam.GroupByKey(),
    ),
    (f.UNBOUNDED, lambda job: pairs(job) | beam.ParDo(Everlasting())),
    (f.COMBINER, lambda job: pairs(job) | beam.CombinePerKey(sum)),
    (f.OTHER, lambda job: job | test_stream.TestStream().advance_watermark_to_infinity()),
]


def pairs_beside(job: beam.Pipeline) -> beam.PCollection:
    return job | "Beside" >> beam.Create([(3, 4)], reshuffle=False)


@pytest.mark.parametrize(("rule", "graph"), PLANTED, ids=[rule for rule, _ in PLANTED])
def test_what_no_engine_may_be_given_is_refused_by_its_rule(rule: str, graph: Build) -> None:
    found = features(describe(graph))
    for engine in ENGINES:
        assert {each.feature: each.why for each in judge(found, engine)}[rule] == REFUSED[rule]


def stable(payload: model.ParDoPayload) -> None:
    payload.requires_stable_input = True


def sorted_by_time(payload: model.ParDoPayload) -> None:
    payload.requires_time_sorted_input = True


def expiring(payload: model.ParDoPayload) -> None:
    payload.on_window_expiration_timer_family_spec = "gone"


#: What Beam's Python has no words for, and the requirement that another SDK's pipeline would name with it.
WRITTEN_IN = [
    (f.STABLE_INPUT, stable, "beam:requirement:pardo:stable_input:v1"),
    (f.TIME_SORTED, sorted_by_time, "beam:requirement:pardo:time_sorted_input:v1"),
    (f.WINDOW_EXPIRATION, expiring, "beam:requirement:pardo:on_window_expiration:v1"),
]


@pytest.mark.parametrize(("rule", "change", "requirement"), WRITTEN_IN, ids=[rule for rule, *_ in WRITTEN_IN])
def test_what_a_description_asks_for_is_refused(
    rule: str, change: Callable[[model.ParDoPayload], None], requirement: str
) -> None:
    """In the payload of a step, or as a requirement of the whole pipeline."""
    job = describe(command.bounded_graph)
    engine = find_engine("flink")
    assert engine
    assert {each.feature for each in judge(features(changed(job, change)), engine) if each.why} == {rule}
    job.proto.requirements.append(requirement)
    assert {each.feature: each.steps for each in judge(features(job), engine) if each.why} == {rule: (f.WHOLE_JOB,)}


def changed(job: Description, change: Callable[[model.ParDoPayload], None]) -> Description:
    proto = model.Pipeline()
    proto.CopyFrom(job.proto)
    (step,) = [each for each in proto.components.transforms.values() if each.unique_name == "Deal"]
    payload = model.ParDoPayload.FromString(step.spec.payload)
    change(payload)
    step.spec.payload = payload.SerializeToString()
    return replace(job, proto=proto)


ONLY_DASK_REFUSES: list[tuple[str, Build]] = [
    (f.BARE_IMPULSE, lambda job: job | beam.Impulse()),
    (f.PARDO_SUBCLASS, lambda job: pairs(job) | OwnParDo(beam.DoFn())),
    (f.SPLITTABLE, lambda job: pairs(job) | beam.ParDo(Slices())),
    (f.SEVERAL_ENDS, lambda job: (pairs(job), pairs_beside(job))),
    (f.FIXED_WINDOWS, windowed(window.FixedWindows(10))),
]


@pytest.mark.parametrize(("rule", "graph"), ONLY_DASK_REFUSES, ids=[rule for rule, _ in ONLY_DASK_REFUSES])
def test_what_dasks_runner_does_not_translate(rule: str, graph: Build) -> None:
    found = features(describe(graph))
    for engine in ENGINES:
        broken = {each.feature for each in judge(found, engine) if each.why}
        assert broken == ({rule} if engine.name == "dask" else set())


def test_every_feature_has_its_rule() -> None:
    """A feature is allowed or refused, and who refuses one says why; what has no rule is refused."""
    names = {value for name, value in vars(f).items() if name.isupper() and isinstance(value, str)}
    names -= {f.SPLITTABLE_REQUIREMENT, f.WHOLE_JOB}
    assert ALLOWED | REFUSED.keys() == names
    assert not ALLOWED & REFUSED.keys()
    assert all(refused.keys() <= ALLOWED and all(refused.values()) for refused in REFUSED_BY.values())
    assert REFUSED_BY.keys() <= {engine.name for engine in ENGINES}
    assert judge([Feature(name="new", step="Step")], ENGINES[0])[0].why == REFUSED[f.OTHER]


def test_the_command_tells_rule_by_rule(onrecord_here: Run) -> None:
    assert onrecord_here("engines", "--check", "SparkRunner").returncode == 0
    result = onrecord_here("engines", "--check", "spark", "--graph", "unbounded")
    assert result.returncode == 2
    assert result.stderr == (
        "onrecord: spark cannot be given this graph: 2 rules are broken (polling source, late panes)\n"
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith(("polling", "late"))]
    assert lines == [
        f"{f.POLLING}: {REFUSED_BY['spark'][f.POLLING]} (Watch/ParDo(_WatchGrowthDoFn))",
        f"{f.LATE_PANES}: {REFUSED_BY['spark'][f.LATE_PANES]} (Window)",
    ]


def test_the_graph_is_told_step_by_step(onrecord_here: Run) -> None:
    result = onrecord_here("engines", "--explain")
    assert [line.split() for line in result.stdout.splitlines() if line.strip(" ─")] == [
        ["step", "takes", "gives"],
        ["Keys", "int"],
        ["Deal", "int", "Deal"],
        ["Split", "Deal", "(int,", "Reference)"],
        ["Cut", "shards/Group", "(int,", "Reference)", "(int,", "[Reference])", "shuffled"],
        ["Cut", "shards/Cut", "(int,", "[Reference])", "Shard"],
        ["Cut", "shards/Spread", "Shard", "Shard", "shuffled"],
        ["Annotate", "Shard", "ShardParts"],
        ["Commit/Together", "ShardParts", "(int,", "ShardParts)"],
        ["Commit/Gather", "(int,", "ShardParts)", "(int,", "[ShardParts])", "shuffled"],
        ["Commit/MapTuple", "(int,", "[ShardParts])"],
    ]


def test_the_page_has_the_rules() -> None:
    """``docs/engines.md``: which engine may be given what, and why nobody is given the rest."""
    page = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in page.splitlines() if "|" in line]
    header = ("a step that makes use of", *(engine.name for engine in ENGINES))
    assert header in rows
    told = {row for row in rows if row[0] in ALLOWED | REFUSED.keys()}
    assert told == {
        (name, *("no" if refusal(name, engine) else "yes" for engine in ENGINES)) for name in ALLOWED
    } | set(REFUSED.items())
