"""Inputs read again, for the audit: by the functions of a run, one input at a time, and nothing is annotated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from onrecord.pipeline.graph.annotating import load
from onrecord.pipeline.graph.shards import Shard, split_file
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, exists, find
from onrecord.pipeline.store.audit import Input, Reading
from onrecord.transforms.records import RawArticle, Rejected


def read_again(known: Input, options: Options) -> Reading | None:
    """An input of the ledger as it is now, read with these options; None where it is not there."""
    base = f"{options.base.rstrip('/')}/" if options.base else ""
    uri, address = f"{base}{known.uri}", f"{base}{known.address}"
    reference = next(find([uri]), None)
    if reference is None or reference.uri != uri or not exists(reference):
        return None
    reference = replace(reference, address=address if address != uri else "")
    return Reading(look=(reference.size, reference.version), batches=_batches(reference, options))


def _batches(reference: Reference, options: Options) -> Iterator[Sequence[RawArticle | Rejected]]:
    """Its records, in the slices that a run makes of it."""
    shard = Shard(name="", references=tuple(split_file(reference)))
    return (batch.results for batch in load(shard, options))
