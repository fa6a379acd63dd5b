"""A job for Dataflow, as far as Beam makes it without an account: translated and validated, and not staged."""

from __future__ import annotations

from onrecord.pipeline.engines.catalogue import find_engine
from onrecord.pipeline.engines.description import Build
from onrecord.pipeline.engines.presence import presence
from onrecord.pipeline.errors import EngineUnfit

#: Places that are only looked at for their form, and no request to any of them.
FLAGS = (
    "--project=onrecord-check",
    "--region=europe-west4",
    "--temp_location=gs://onrecord-check/temp",
    "--job_name=onrecord-check",
    "--sdk_container_image=onrecord-check",
    "--no_auth",
    "--dry_run=True",
)


def build_for_dataflow(build: Build) -> str:
    """Have Beam's runner translate the job; a line that says how far that went. Raises EngineUnfit where it refuses."""
    engine = find_engine("dataflow")
    if engine is None or presence(engine).missing:
        return "apache-beam[gcp] is not installed: only the portable description was checked"
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions
    from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner

    try:
        job = beam.Pipeline(runner=DataflowRunner(), options=PipelineOptions(list(FLAGS)))
        build(job)
        transforms = job.run().job.proto_pipeline.components.transforms
    except (ValueError, NotImplementedError) as error:
        raise EngineUnfit(f"Beam's runner for Dataflow refuses this graph: {' '.join(str(error).split())}") from error
    return f"Beam's runner for Dataflow accepts it, as {len(transforms)} transforms; to stage them takes an account"
