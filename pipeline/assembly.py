"""The whole product on one screen: the graph, and how it is run.

A shard is read as batches, and each travels whole from its file to its parts, in one fused stage; only names and part
descriptions are ever shuffled.
"""

from __future__ import annotations

import io
import shlex
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipeline.dataset import commit
from pipeline.errors import OnRecordError, UsageError
from pipeline.options import Options
from pipeline.sources import Reference, plan
from pipeline.steps import Compare, Load, Split, Write
from transforms.steps import Clean, Read, Resolve


def build(references: beam.PCollection, options: Options) -> beam.PCollection:
    """References to the parts of a committed data set. Where the references come from is not known here."""
    output = str(Path(options.output).absolute())
    parts = (
        references
        | "Split" >> Split()
        | "Gather names" >> beam.combiners.ToList()
        | "Plan shards" >> beam.FlatMap(plan)
        | "Spread shards" >> beam.Reshuffle()
        | "Load" >> Load(options)
        | "Clean" >> Clean(options.languages)
        | "Read" >> Read()
        | "Resolve" >> Resolve()
        | "Write" >> Write(output)
    )
    made = (parts, parts | "Compare" >> Compare(output)) if options.clusters else (parts,)
    return (
        made
        | "All parts" >> beam.Flatten()
        | "Gather parts" >> beam.combiners.ToList()
        | "Commit" >> beam.Map(commit, output)
    )


def run(references: Iterable[Reference], options: Options) -> None:
    """Build the graph over a list of references and run it to its end; raises what the runner raises."""
    try:
        pipeline = beam.Pipeline(runner=_runner(options), options=_beam_options(options))
    except ValueError as error:  # Beam tells all that is wrong with flags and runner in one text
        raise UsageError(" ".join(str(error).split())) from error
    build(pipeline | "References" >> beam.Create(list(references), reshuffle=False), options)
    try:
        pipeline.run().wait_until_finish()
    except RuntimeError as error:
        if str(error).startswith("KeyboardInterrupt"):  # Ctrl-C while a step was at work in this process
            raise KeyboardInterrupt from error
        if "Channel closed" in str(error):  # all that Beam knows when a worker process is gone
            raise OnRecordError("a worker process died (out of memory?); the tables are as they were") from error
        raise


def _runner(options: Options) -> FnApiRunner | str:
    """The runner by its own name. Beam's DirectRunner is a switch that first tries to download another runner."""
    if not options.local:
        return options.runner
    if options.workers == 1:
        return FnApiRunner()
    worker = f"{shlex.quote(sys.executable)} -P -m pipeline.worker"  # -P: no module of the working folder shadows ours
    return FnApiRunner(default_environment=SubprocessSDKEnvironment.from_command_string(worker))


def _beam_options(options: Options) -> PipelineOptions:
    """Beam's own options. Raises UsageError for what it cannot parse, and for typos where no other runner reads on."""
    flags = PipelineOptions(list(options.beam_flags))
    told = io.StringIO()
    try:
        with redirect_stderr(told):
            known = flags.get_all_options(retain_unknown_options=False).keys()
            unknown = sorted(flags.get_all_options(retain_unknown_options=True).keys() - known)
    except SystemExit as stop:  # argparse prints its usage and leaves
        raise UsageError(told.getvalue().strip().rpartition("error: ")[2]) from stop
    if options.local:
        if unknown:
            raise UsageError(f"no such option: --{unknown[0]} (neither On Record nor Beam knows it)")
        flags.view_as(DirectOptions).direct_num_workers = options.workers
    return flags
