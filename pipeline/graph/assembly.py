"""The whole product on one screen: one chain, which every engine can run.

No state, timers, side inputs, tagged outputs or combiners; nothing hangs on the order of elements, and nothing large is
ever shuffled: a shard travels from its files to its parts in one step.
"""

from __future__ import annotations

import apache_beam as beam

from onrecord.pipeline.graph.planning import read_deal
from onrecord.pipeline.graph.steps import Annotate, Commit, CutShards, Split
from onrecord.pipeline.options import Options
from onrecord.pipeline.store.target import Target


def build(deals: beam.PCollection, options: Options, target: Target) -> beam.PCollection:
    """From deals of references to the commit of what they hold. Where the references come from is not known here."""
    return (
        deals
        | "Split" >> Split()
        | "Cut shards" >> CutShards()
        | "Annotate" >> Annotate(options, target)
        | "Commit" >> Commit(target)
    )


def build_bounded(job: beam.Pipeline, keys: int, options: Options, target: Target) -> beam.PCollection:
    """The graph of a run: from the keys of its plan, to each of which references were dealt."""
    numbers = job | "Keys" >> beam.Create(range(keys), reshuffle=False)
    return build(numbers | "Deal" >> beam.Map(read_deal, keys, target), options, target)
