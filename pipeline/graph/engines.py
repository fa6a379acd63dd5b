"""Where the graph runs: in this process, in worker processes of this machine, or on the Beam runner that is named."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from onrecord.pipeline import errors
from onrecord.pipeline.errors import OnRecordError, UsageError
from onrecord.pipeline.graph.assembly import build
from onrecord.pipeline.graph.beam_flags import beam_options
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.store.target import Target, run_alive

#: An error of ours as Beam tells it: its name and text at the end of a traceback.
OWN_ERROR = re.compile(r"onrecord\.pipeline\.errors\.(?P<name>\w+): (?P<text>[^\n]+)")


def run(references: Iterable[Reference], options: Options, target: Target | None = None) -> None:
    """Build the graph over a list of references and run it to its end; raises what the runner raises."""
    try:
        job = beam.Pipeline(runner=_runner(options), options=beam_options(options))
    except ValueError as error:  # Beam tells all that is wrong with flags and runner in one text
        raise UsageError(" ".join(str(error).split())) from error
    target = target or Target.of(options)
    build(job | "References" >> beam.Create(list(references), reshuffle=False), options, target)
    try:
        with run_alive(target):
            job.run().wait_until_finish()
    except RuntimeError as error:
        if str(error).startswith("KeyboardInterrupt"):  # Ctrl-C while a step was at work in this process
            raise KeyboardInterrupt from error
        if "Channel closed" in str(error):  # all that Beam knows when a worker process is gone
            raise OnRecordError("a worker process died (out of memory?); the tables are as they were") from error
        if own := OWN_ERROR.search(str(error)):
            raise getattr(errors, own["name"])(own["text"]) from error
        raise


def _runner(options: Options) -> FnApiRunner | str:
    """The runner by its own name. Beam's DirectRunner is a switch that first tries to download another runner."""
    if not options.is_local:
        return options.runner
    if options.workers == 1:
        return FnApiRunner()
    # Beam calls a shell: exec makes the worker our child; -P keeps modules of the working folder from shadowing ours
    worker = f"exec {shlex.quote(sys.executable)} -P -m onrecord.pipeline.graph.worker {os.getpid()}"
    return FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(worker))
