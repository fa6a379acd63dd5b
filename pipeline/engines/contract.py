"""What a job may hold so that every engine can run it, and what only some can: told before anything is submitted.

Sources, by their letters in the comments:

    M   the capability matrix, https://beam.apache.org/documentation/runners/capability-matrix/
    P   Prism 2.77.0, sdks/go/pkg/beam/runners/prism/internal/jobservices/{job,management}.go: it checks a job itself
    D   Dask, apache_beam 2.77.0: runners/dask/{dask_runner,transform_evaluator,overrides}.py
    S   Spark's portable runner, runners/spark/…/translation/SparkStreamingPortablePipelineTranslator.java,
        SparkExecutableStageFunction.java; pull request 39331, issues 19468, 20395, 20396 of apache/beam
    F   Flink's, runners/flink/…/FlinkStreamingPortablePipelineTranslator.java; pull requests 13105, 12952
    L   the runner in this process, apache_beam 2.77.0: runners/portability/fn_api_runner
    O   our own: what would make the tables depend on order, timing or one engine
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from onrecord.pipeline.engines import features as f
from onrecord.pipeline.engines.catalogue import Engine
from onrecord.pipeline.engines.description import Build, describe
from onrecord.pipeline.engines.features import Feature, features
from onrecord.pipeline.errors import EngineUnfit

#: Held by every engine, but for those that ``REFUSED_BY`` names (M, F, S: their tables of known transforms).
ALLOWED = frozenset(
    {
        f.IMPULSE,
        f.BARE_IMPULSE,
        f.PARDO,
        f.PARDO_SUBCLASS,
        f.GROUP,
        f.FLATTEN,
        f.RESHUFFLE,
        f.GLOBAL_WINDOWS,
        f.FIXED_WINDOWS,
        f.LATE_PANES,
        f.SPLITTABLE,
        f.POLLING,
        f.NOTIFICATIONS,
        f.SEVERAL_ENDS,
    }
)
#: Held by no job of ours, whatever the engine.
REFUSED = {
    f.STATE: "Spark has none in streams, Dask none at all",  # S, D, M
    f.TIMERS: "Spark has none in streams, Dask none at all",  # S, D, M
    f.STABLE_INPUT: "Prism refuses it, and Beam's Python has no word for it",  # P
    f.TIME_SORTED: "not every engine sorts, and nothing may hang on the order of elements",  # M, O
    f.FINALIZATION: "Flink has none in batch jobs, and the commit is the only end",  # F (12952), M
    f.WINDOW_EXPIRATION: "it needs state and timers",  # S, D
    f.FINISH_BUNDLE: "Dask drops what it emits, and bundles differ from engine to engine",  # D, O
    f.SIDE_INPUTS: "Spark has none in streams; Prism has them only at the end of a window",  # S (20395), P
    f.TAGGED_OUTPUTS: "Dask puts all outputs into one",  # D: one bag for each step
    f.MERGING_WINDOWS: "which windows merge depends on when elements come; Prism has no triggers for them",  # P, O
    f.OTHER_WINDOWS: "an element in several windows would be committed several times",  # O
    f.ACCUMULATING: "a pane would bring again what is committed already",  # O
    f.OTHER_TRIGGER: "when it fires depends on the engine's clock and bundles",  # O
    f.UNSTABLE_KEY: "equal keys may be unequal bytes on two workers, and are then two groups",  # Beam 2.29's notes
    f.UNBOUNDED: "only Beam's polling source is known to keep its place",  # O
    f.COMBINER: "engines move it before the shuffle, and what is added up then depends on bundles",  # O
    f.OTHER: "the contract does not know it",
}
#: Held by some engines.
REFUSED_BY = {
    "dask": {
        f.BARE_IMPULSE: "Dask's runner begins with Create alone",
        f.PARDO_SUBCLASS: "under --runtime_type_check Dask's runner passes over what is not ParDo itself, in silence",
        f.FIXED_WINDOWS: "Dask's runner passes over WindowInto, in silence",
        f.LATE_PANES: "Dask's runner has no watermark",
        f.SPLITTABLE: "Dask's runner cannot split an element: what is put off is lost, in silence",
        f.POLLING: "Dask's runner ends with its input: it knows no unbounded source",
        f.SEVERAL_ENDS: "Dask's runner computes only the last collection of a graph",
    },
    "spark": {
        f.POLLING: "Spark's portable runner keeps no state in streams, so the source would lose its place",  # S
        f.LATE_PANES: "Spark's portable runner does not fire a window of a stream again",  # M: GroupByKey
    },
    "local": {
        f.POLLING: "the runner in this process polls without a pause; `onrecord watch` is for one machine",  # L
        f.LATE_PANES: "the runner in this process fires windows only at the end",  # L
    },
    "portable": {
        f.POLLING: "which engine answers is not known: name it, as prism or flink",
        f.LATE_PANES: "which engine answers is not known: name it, as prism or flink",
    },
}
#: Held by one engine alone.
ONLY_BY = {f.NOTIFICATIONS: ("dataflow", "only Dataflow reads Pub/Sub by itself")}  # M: I/O


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an engine may hold a feature: ``why`` it may not is empty when it may. ``steps`` make use of it."""

    feature: str
    steps: tuple[str, ...]
    why: str


def judge(found: Iterable[Feature], engine: Engine) -> list[Verdict]:
    """A verdict for each feature, in the order in which a job meets them."""
    steps: dict[str, list[str]] = {}
    for feature in found:
        steps.setdefault(feature.name, []).append(feature.step)
    return [Verdict(feature=name, steps=tuple(steps[name]), why=refusal(name, engine)) for name in steps]


def refusal(name: str, engine: Engine) -> str:
    """Why an engine may not hold a feature; "" when it may."""
    if why := REFUSED.get(name) or REFUSED_BY.get(engine.name, {}).get(name):
        return why
    only, why = ONLY_BY.get(name, (engine.name, ""))
    if engine.name != only:
        return why
    return "" if name in ALLOWED else REFUSED[f.OTHER]


def check(build: Build, engine: Engine) -> list[Verdict]:
    """The verdicts on the job that ``build`` makes."""
    return judge(features(describe(build)), engine)


def require(verdicts: Iterable[Verdict], engine: Engine) -> None:
    """Raise EngineUnfit when one of the verdicts is against the job."""
    if broken := [verdict.feature for verdict in verdicts if verdict.why]:
        rules = "1 rule is" if len(broken) == 1 else f"{len(broken)} rules are"
        raise EngineUnfit(f"{engine.name} cannot be given this graph: {rules} broken ({', '.join(broken)})")
