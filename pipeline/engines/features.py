"""What a job makes use of, of all that Beam has: each feature by name, with the step that brings it.

The steps are those of the portable description, down to the primitives; a ``Reshuffle`` counts as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onrecord.pipeline.engines.description import Description

IMPULSE, BARE_IMPULSE = "impulse", "impulse outside of Create"
PARDO, PARDO_SUBCLASS = "ParDo", "subclass of ParDo"
GROUP, FLATTEN, RESHUFFLE = "GroupByKey", "Flatten", "Reshuffle"
GLOBAL_WINDOWS, FIXED_WINDOWS = "global windows", "fixed windows"
MERGING_WINDOWS, OTHER_WINDOWS = "merging windows", "other windows"
LATE_PANES, ACCUMULATING, OTHER_TRIGGER = "late panes", "accumulating panes", "other triggers"
POLLING, SPLITTABLE, UNBOUNDED = "polling source", "splittable DoFn", "other unbounded source"
NOTIFICATIONS = "Pub/Sub"
STATE, TIMERS, SIDE_INPUTS, TAGGED_OUTPUTS = "state", "timers", "side inputs", "tagged outputs"
STABLE_INPUT, TIME_SORTED = "stable input", "time-sorted input"
FINALIZATION, WINDOW_EXPIRATION, FINISH_BUNDLE = "bundle finalization", "window-expiration callback", "finish_bundle"
UNSTABLE_KEY = "key without a deterministic coder"
SEVERAL_ENDS = "more than one end"
COMBINER, OTHER = "combiner", "other transform"

#: Fields of a ParDo's payload that are set when it makes use of something.
PAYLOAD_FIELDS = {
    "state_specs": STATE,
    "timer_family_specs": TIMERS,
    "side_inputs": SIDE_INPUTS,
    "requests_finalization": FINALIZATION,
    "requires_time_sorted_input": TIME_SORTED,
    "requires_stable_input": STABLE_INPUT,
    "on_window_expiration_timer_family_spec": WINDOW_EXPIRATION,
}
#: What a whole pipeline says that it requires. Splittable DoFns are told by their steps.
REQUIREMENTS = {
    "beam:requirement:pardo:stateful:v1": STATE,
    "beam:requirement:pardo:finalization:v1": FINALIZATION,
    "beam:requirement:pardo:stable_input:v1": STABLE_INPUT,
    "beam:requirement:pardo:time_sorted_input:v1": TIME_SORTED,
    "beam:requirement:pardo:on_window_expiration:v1": WINDOW_EXPIRATION,
}
SPLITTABLE_REQUIREMENT = "beam:requirement:pardo:splittable_dofn:v1"
WINDOWS = {
    "beam:window_fn:global_windows:v1": GLOBAL_WINDOWS,
    "beam:window_fn:fixed_windows:v1": FIXED_WINDOWS,
    "beam:window_fn:session_windows:v1": MERGING_WINDOWS,
}
#: Composites that engines have ways of their own for.
WHOLE = {
    "beam:transform:reshuffle:v1": RESHUFFLE,
    "beam:transform:combine_per_key:v1": COMBINER,
    "beam:transform:combine_globally:v1": COMBINER,
}
WHOLE_JOB = "(the whole job)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something of Beam that a step makes use of."""

    name: str
    step: str


def features(job: Description) -> list[Feature]:
    """All that the job makes use of, step by step."""
    steps = [step for root in job.proto.root_transform_ids for step in _leaves(root, job)]
    found = [Feature(name=name, step=step.unique_name) for step in steps for name in _names(step, job)]
    named = {feature.name for feature in found}
    required = {REQUIREMENTS.get(urn, OTHER) for urn in job.proto.requirements if urn != SPLITTABLE_REQUIREMENT}
    found += [Feature(name=name, step=WHOLE_JOB) for name in sorted(required - named)]
    ends = _ends(job)
    return found + [Feature(name=SEVERAL_ENDS, step=", ".join(ends))] * (len(ends) > 1)


def _leaves(transform_id: str, job: Description) -> Iterator[Any]:
    """The steps below a transform that an engine has to carry out by itself."""
    transform = job.components.transforms[transform_id]
    if transform.spec.urn not in WHOLE and transform.subtransforms:
        for part in transform.subtransforms:
            yield from _leaves(part, job)
    elif set(transform.outputs.values()) - set(transform.inputs.values()):  # else it hands on what it gets
        yield transform


def _names(step: Any, job: Description) -> Iterator[str]:
    from apache_beam.portability.common_urns import primitives

    match step.spec.urn:
        case primitives.IMPULSE.urn:
            yield IMPULSE if _is_in_create(step, job) else BARE_IMPULSE
        case primitives.FLATTEN.urn:
            yield FLATTEN
        case primitives.GROUP_BY_KEY.urn:
            yield GROUP
            if not _has_stable_key(step, job):
                yield UNSTABLE_KEY
        case primitives.ASSIGN_WINDOWS.urn:
            yield from _windowing(step, job)
        case "beam:transform:pubsub_read:v1":
            yield NOTIFICATIONS
        case primitives.PAR_DO.urn:
            yield from _pardo(step, job)
        case urn:
            yield WHOLE.get(urn, OTHER)


def _is_in_create(step: Any, job: Description) -> bool:
    from apache_beam import Create

    return type(job.applied[step.unique_name].parent.transform) is Create


def _has_stable_key(step: Any, job: Description) -> bool:
    """Whether equal keys are equal bytes: by the key's coder, or by the form that Beam gives it when it submits a job.

    A pickle is none, though Beam would try: it may differ from process to process.
    """
    from apache_beam.coders import coders

    (collection,) = step.inputs.values()
    coder = job.coder(job.components.pcollections[collection].coder_id)
    key = coder.key_coder() if coder.is_kv_coder() else coder
    if isinstance(key, coders._PickleCoderBase):
        return False
    try:
        return bool(key.as_deterministic_coder(step.unique_name).is_deterministic())
    except ValueError:
        return False


def _windowing(step: Any, job: Description) -> Iterator[str]:
    from apache_beam.portability.api import beam_runner_api_pb2 as model

    (collection,) = step.outputs.values()
    strategy = job.components.windowing_strategies[job.components.pcollections[collection].windowing_strategy_id]
    merges = strategy.merge_status == model.MergeStatus.NEEDS_MERGE
    yield MERGING_WINDOWS if merges else WINDOWS.get(strategy.window_fn.urn, OTHER_WINDOWS)
    if not _fires_at_the_watermark(strategy.trigger):
        yield OTHER_TRIGGER
    elif strategy.allowed_lateness or strategy.trigger.after_end_of_window.HasField("late_firings"):
        yield LATE_PANES
    if strategy.accumulation_mode != model.AccumulationMode.DISCARDING:
        yield ACCUMULATING


def _fires_at_the_watermark(trigger: Any) -> bool:
    """Whether a window fires when it ends, and then at most for each late element."""
    end = trigger.after_end_of_window
    late = not end.HasField("late_firings") or end.late_firings.element_count.element_count == 1
    return trigger.HasField("default") or (
        trigger.HasField("after_end_of_window") and not end.HasField("early_firings") and late
    )


def _pardo(step: Any, job: Description) -> Iterator[str]:
    from apache_beam import DoFn, ParDo
    from apache_beam.portability.api import beam_runner_api_pb2 as model

    payload = model.ParDoPayload.FromString(step.spec.payload)
    transform = job.applied[step.unique_name].transform
    yield PARDO if type(transform) is ParDo else PARDO_SUBCLASS
    for field, name in PAYLOAD_FIELDS.items():
        if getattr(payload, field):
            yield name
    if len(step.outputs) > 1:
        yield TAGGED_OUTPUTS
    if payload.restriction_coder_id:
        yield _source(transform.fn)
    if type(transform.fn).finish_bundle is not DoFn.finish_bundle:
        yield FINISH_BUNDLE


def _source(do_fn: Any) -> str:
    from apache_beam.io.watch import _WatchGrowthDoFn
    from apache_beam.runners.common import DoFnSignature

    if type(do_fn) is _WatchGrowthDoFn:
        return POLLING
    return UNBOUNDED if DoFnSignature(do_fn).is_unbounded_per_element() else SPLITTABLE


def _ends(job: Description) -> list[str]:
    """The steps whose outputs nobody reads on."""
    steps = [step for step in job.components.transforms.values() if not step.subtransforms]
    read = {collection for step in steps for collection in step.inputs.values()}
    return sorted(step.unique_name for step in steps if not read & set(step.outputs.values()))
