"""The steps of the graph as Beam transforms; the functions that they call know no Beam.

Only names travel between them: references, shards, and what parts a shard became.
"""

from __future__ import annotations

import time

import apache_beam as beam
from apache_beam.metrics import Metrics

from onrecord.pipeline.graph.shards import Shard, cut_shards, split_deal
from onrecord.pipeline.graph.workers import annotate_apart
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.store.parts import ShardParts
from onrecord.pipeline.store.target import Target
from onrecord.pipeline.store.versions.commit import commit


class Split(beam.PTransform):
    """Deal → (key, Reference), …: large files as slices; in parallel, since a file is read through for that."""

    def expand(self, deals: beam.PCollection) -> beam.PCollection:
        return deals | beam.FlatMap(split_deal).with_output_types(tuple[int, Reference])


class CutShards(beam.PTransform):
    """(key, Reference), … → Shard, …: all references of a key, as shards that are bounded, spread over the workers."""

    def expand(self, references: beam.PCollection) -> beam.PCollection:
        return (
            references
            | "Group" >> beam.GroupByKey()
            | "Cut" >> beam.FlatMapTuple(lambda _, group: cut_shards(group))
            | "Spread" >> beam.Reshuffle()
        )


class Annotate(beam.PTransform):
    """Shard → ShardParts: loaded, annotated and written in one go, in a process that may break without harm."""

    def __init__(self, options: Options, target: Target) -> None:
        super().__init__()
        self.options, self.target = options, target

    def expand(self, shards: beam.PCollection) -> beam.PCollection:
        return shards | beam.Map(annotate_counted, self.options, self.target)


def annotate_counted(shard: Shard, options: Options, target: Target) -> ShardParts:
    """The parts of a shard; Beam's metrics count the rows, by table, and the seconds that a shard took."""
    started = time.monotonic()
    parts = annotate_apart(shard, options, target)
    for table, rows in parts.rows:
        Metrics.counter("onrecord", table).inc(rows)
    Metrics.distribution("onrecord", "shard_milliseconds").update(round(1000 * (time.monotonic() - started)))
    return parts


class Commit(beam.PTransform):
    """ShardParts, … → nothing; the data set holds them."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target

    def expand(self, parts: beam.PCollection) -> beam.PCollection:
        return (
            parts
            | "Together" >> beam.Map(lambda part: (0, part)).with_output_types(tuple[int, ShardParts])
            | "Gather" >> beam.GroupByKey()
            | beam.MapTuple(lambda _, shards: commit(shards, self.target))
        )
