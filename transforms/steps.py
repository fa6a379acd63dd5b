"""The steps of ``annotate`` as Beam transforms over batches. The only file on this side that knows Beam."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.utils.shared import Shared

from transforms.annotate import Batch, clean_batch, read_batch, resolve_batch
from transforms.records import Article

_READER = Shared()  # one reader a process, whatever the number of bundles and threads


class Clean(beam.PTransform):
    """Batch[RawArticle] → Batch[Article], those surely in none of the languages refused; no languages means all."""

    def __init__(self, languages: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.languages = languages

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return batches | beam.Map(clean_batch, languages=self.languages)


class Read(beam.PTransform):
    """Batch[Article] → Batch[ReadArticle], with the model, which is loaded once a process."""

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return batches | beam.ParDo(_Read())


class Resolve(beam.PTransform):
    """Batch[ReadArticle] → Batch[Annotation]."""

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        return batches | beam.Map(resolve_batch)


class _Loaded:
    """Holds the spaCy pipeline: Shared keeps weak references, which a plain object takes."""

    def __init__(self) -> None:
        from transforms.reader import load_reader

        self.nlp = load_reader()


class _Read(beam.DoFn):
    def setup(self) -> None:
        self._loaded = _READER.acquire(_Loaded)

    def process(self, batch: Batch[Article]) -> Iterator[Any]:
        yield read_batch(batch, self._loaded.nlp)
