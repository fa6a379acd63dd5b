"""Where the graph runs: on the threads of this process, or on the Beam runner that is named.

A plan of one shard needs no engine: it is done at once, by the same functions, and Beam is not even imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from onrecord.pipeline import errors
from onrecord.pipeline.engines.preparation import prepare
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.graph.planning import Plan, read_deal
from onrecord.pipeline.graph.shards import Shard, cut_shards, split_deal
from onrecord.pipeline.graph.workers import annotate_apart, warm
from onrecord.pipeline.logging_setup import suppress_beam_output
from onrecord.pipeline.options import Options
from onrecord.pipeline.store.target import Target
from onrecord.pipeline.store.versions.commit import commit

if TYPE_CHECKING:
    import apache_beam as beam
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner

#: An error of ours as Beam tells it: its name and text at the end of a traceback.
OWN_ERROR = re.compile(r"onrecord\.pipeline\.errors\.(?P<name>\w+): (?P<text>[^\n]+)")


def run(plan: Plan, options: Options, target: Target) -> None:
    """Do what is planned, to its end; raises what a step raises."""
    if not plan.inputs:
        commit([], target)
        return
    options = prepare(options)
    if options.is_local:
        warm(min(options.workers, plan.keys), options)
    if options.is_local and plan.keys <= 1 and not options.beam_flags:
        commit([annotate_apart(shard, options, target) for shard in _only_shards(plan, target)], target)
        return
    with suppress_beam_output():
        _run_on_beam(plan, options, target)


def _only_shards(plan: Plan, target: Target) -> Iterator[Shard]:
    """The shards of a plan of one key."""
    for key in range(plan.keys):
        yield from cut_shards(reference for _, reference in split_deal(read_deal(key, plan.keys, target)))


def _run_on_beam(plan: Plan, options: Options, target: Target) -> None:
    from onrecord.pipeline.graph.assembly import build_bounded

    job = make_pipeline(options)
    build_bounded(job, plan.keys, options, target)
    with raising_own_errors():
        job.run().wait_until_finish()


def make_pipeline(options: Options, *, is_streaming: bool = False) -> beam.Pipeline:
    """An empty pipeline for the runner that is named. Raises UsageError for what is wrong with its flags."""
    import apache_beam as beam
    from apache_beam.options.pipeline_options import StandardOptions

    from onrecord.pipeline.graph.beam_flags import beam_options

    flags = beam_options(options)
    flags.view_as(StandardOptions).streaming = is_streaming
    try:
        return beam.Pipeline(runner=_runner(options), options=flags)
    except ValueError as error:  # Beam tells all that is wrong with flags and runner in one text
        raise UsageError(" ".join(str(error).split())) from error


@contextmanager
def raising_own_errors() -> Iterator[None]:
    """What a step raised far away, as what it was; an interrupt as one."""
    try:
        yield
    except RuntimeError as error:
        if str(error).startswith("KeyboardInterrupt"):  # Ctrl-C while a step was at work in this process
            raise KeyboardInterrupt from error
        if own := OWN_ERROR.search(str(error)):
            raise getattr(errors, own["name"])(own["text"]) from error
        raise


def _runner(options: Options) -> FnApiRunner | str:
    """The runner by its own name. Beam's DirectRunner is a switch that first tries to download another runner."""
    if not options.is_local:
        return options.runner
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner
    from apache_beam.transforms.environments import EmbeddedPythonGrpcEnvironment

    # threads of this process: each waits for a worker process of its own
    return (
        FnApiRunner(default_environment=EmbeddedPythonGrpcEnvironment.default())
        if options.workers > 1
        else FnApiRunner()
    )
