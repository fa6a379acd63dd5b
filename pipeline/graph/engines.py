"""Where the graph runs: in this process, in worker processes of this machine, or on the Beam runner that is named."""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from onrecord.pipeline.errors import OnRecordError, UsageError
from onrecord.pipeline.graph.assembly import build
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference


def run(references: Iterable[Reference], options: Options) -> None:
    """Build the graph over a list of references and run it to its end; raises what the runner raises."""
    try:
        job = beam.Pipeline(runner=_runner(options), options=_beam_options(options))
    except ValueError as error:  # Beam tells all that is wrong with flags and runner in one text
        raise UsageError(" ".join(str(error).split())) from error
    build(job | "References" >> beam.Create(list(references), reshuffle=False), options)
    try:
        job.run().wait_until_finish()
    except RuntimeError as error:
        if str(error).startswith("KeyboardInterrupt"):  # Ctrl-C while a step was at work in this process
            raise KeyboardInterrupt from error
        if "Channel closed" in str(error):  # all that Beam knows when a worker process is gone
            raise OnRecordError("a worker process died (out of memory?); the tables are as they were") from error
        raise


def _runner(options: Options) -> FnApiRunner | str:
    """The runner by its own name. Beam's DirectRunner is a switch that first tries to download another runner."""
    if not options.is_local:
        return options.runner
    if options.workers == 1:
        return FnApiRunner()
    # -P: no module of the working folder shadows ours
    worker = f"{shlex.quote(sys.executable)} -P -m onrecord.pipeline.graph.worker"
    return FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(worker))


def _beam_options(options: Options) -> PipelineOptions:
    """Beam's own options. Raises UsageError for what it cannot parse, and for typos where no other runner reads on."""
    flags = PipelineOptions(list(options.beam_flags))
    printed = io.StringIO()
    try:
        with redirect_stderr(printed):
            known = flags.get_all_options(retain_unknown_options=False).keys()
            unknown = sorted(flags.get_all_options(retain_unknown_options=True).keys() - known)
    except SystemExit as stop:  # argparse prints its usage and leaves
        raise UsageError(printed.getvalue().strip().rpartition("error: ")[2]) from stop
    if options.is_local:
        if unknown:
            raise UsageError(f"no such option: --{unknown[0]} (neither On Record nor Beam knows it)")
        flags.view_as(DirectOptions).direct_num_workers = options.workers
    return flags
