"""The steps as Beam transforms, for people's own pipelines. The only file on this side that knows Beam."""

from __future__ import annotations

from collections.abc import Iterator

import apache_beam as beam

from onrecord.transforms.annotate import thread_annotator
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Annotation, RawArticle, Rejected


class Annotate(beam.PTransform):
    """RawArticle | Rejected → Annotation | Rejected; what is rejected already stays so.

    The model is loaded once a thread of a process, whatever the bundles.
    """

    def __init__(self, options: AnnotatorOptions | None = None) -> None:
        super().__init__()
        self.options = options or AnnotatorOptions()

    def expand(self, articles: beam.PCollection) -> beam.PCollection:
        return articles | beam.ParDo(_Annotate(self.options))


class _Annotate(beam.DoFn):
    def __init__(self, options: AnnotatorOptions) -> None:
        self.options = options

    def process(self, raw: RawArticle | Rejected) -> Iterator[Annotation | Rejected]:
        yield from thread_annotator(self.options).annotate_all([raw])
