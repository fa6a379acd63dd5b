"""The whole product on one screen.

A shard is read as batches, and each travels whole from its file to its parts, in one fused stage; only names and part
descriptions are ever shuffled.
"""

from __future__ import annotations

import apache_beam as beam

from onrecord.pipeline.graph.shards import plan
from onrecord.pipeline.graph.steps import Annotate, Compare, Load, Split, Write
from onrecord.pipeline.options import Options
from onrecord.pipeline.store.commit import commit
from onrecord.pipeline.store.target import Target


def build(references: beam.PCollection, options: Options, target: Target | None = None) -> beam.PCollection:
    """References to the parts of a committed data set. Where the references come from is not known here."""
    target = target or Target.of(options)
    parts = (
        references
        | "Split" >> Split()
        | "Gather names" >> beam.combiners.ToList()
        | "Plan shards" >> beam.FlatMap(plan)
        | "Spread shards" >> beam.Reshuffle()
        | "Load" >> Load(options)
        | "Annotate" >> Annotate(options.annotator)
        | "Write" >> Write(target)
    )
    all_parts = (parts, parts | "Compare" >> Compare(target)) if options.clusters else (parts,)
    return (
        all_parts
        | "All parts" >> beam.Flatten()
        | "Gather parts" >> beam.combiners.ToList()
        | "Commit" >> beam.Map(commit, target)
    )
