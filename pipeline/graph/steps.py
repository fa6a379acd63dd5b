"""What happens to a shard, as Beam transforms; the functions that they call know no Beam."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam

from onrecord.pipeline.graph.shards import Batch, load, slice_size
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, split
from onrecord.pipeline.store.clusters import fingerprint, write_clusters
from onrecord.pipeline.store.parts import Part, ShardWriter
from onrecord.pipeline.store.progress import Progress, note_progress
from onrecord.pipeline.store.target import Target
from onrecord.transforms.annotate import AnnotatorOptions, thread_annotator
from onrecord.transforms.records import Annotation, RawArticle


class Split(beam.PTransform):
    """Reference → References, to slices of what is large; in parallel, since a file is read through for that."""

    def expand(self, references: beam.PCollection) -> beam.PCollection:
        return references | "Spread files" >> beam.Reshuffle() | beam.FlatMap(split_file)


class Load(beam.PTransform):
    """Shard → Batch[RawArticle], Batch[RawArticle], …: each goes all the way before the next is read."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options

    def expand(self, shards: beam.PCollection) -> beam.PCollection:
        return shards | beam.FlatMap(load, self.options)


class Annotate(beam.PTransform):
    """Batch[RawArticle] → Batch[Annotation]."""

    def __init__(self, options: AnnotatorOptions) -> None:
        super().__init__()
        self.options = options

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return batches | beam.Map(annotate_batch, self.options)


class Write(beam.PTransform):
    """Batch[Annotation] → Parts, when the last batch of a shard is written."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return batches | beam.ParDo(_Write(self.target))


class Compare(beam.PTransform):
    """Parts → the Part of clusters. Signatures are gathered, 512 bytes an article; texts stay where they are."""

    def __init__(self, target: Target) -> None:
        super().__init__()
        self.target = target

    def expand(self, parts: beam.PCollection) -> beam.PCollection:
        return (
            parts
            | "Fingerprint" >> beam.FlatMap(fingerprint, self.target)
            | "Gather fingerprints" >> beam.combiners.ToList()
            | "Cluster" >> beam.FlatMap(write_clusters, self.target)
        )


def split_file(reference: Reference) -> list[Reference]:
    """Slices of a file, of the size that suits a run over such a file."""
    return split(reference, slice_size(reference.size))


def annotate_batch(batch: Batch[RawArticle], options: AnnotatorOptions) -> Batch[Annotation]:
    """The batch with its articles annotated, by this thread's annotator."""
    return batch.after(thread_annotator(options).annotate_all(batch.results))


class _Write(beam.DoFn):
    """Relies on a shard's batches coming here in order and one shard after the other, and raises if they do not.

    They do: this stage begins with a shard, no runner parts what one element makes, and no shuffle stands between.
    """

    def __init__(self, target: Target) -> None:
        self.target = target

    def start_bundle(self) -> None:
        self._writer: ShardWriter | None = None
        self._progress = Progress()

    def process(self, batch: Batch[Annotation]) -> Iterator[Part]:
        writer = self._writer or ShardWriter(batch.shard, self.target)
        self._writer = writer
        if writer.shard != batch.shard:
            raise RuntimeError(f"shard {batch.shard} came before the end of {writer.shard}")
        writer.write(batch.results, batch.tally)
        self._progress += Progress(batch.tally.records, batch.n_bytes)
        note_progress(self.target, batch.shard, self._progress)
        if batch.last:
            self._writer, self._progress = None, Progress()
            yield from writer.close()

    def finish_bundle(self) -> None:
        if self._writer:
            raise RuntimeError(f"shard {self._writer.shard} has no end")
