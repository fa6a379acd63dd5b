"""On Record in people's own Beam pipelines.

annotations = texts | onrecord.beam.Annotate()
annotations = texts | RunInference(onrecord.beam.ReaderModelHandler())
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import ModelHandler

from onrecord.api import ArticleLike, to_raw
from onrecord.transforms import steps
from onrecord.transforms.annotate import ZONE_ARTICLES, Annotator, thread_annotator
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Annotation, Rejected

__all__ = ["Annotate", "ReaderModelHandler"]


class Annotate(beam.PTransform):
    """Texts, records (dicts) or raw articles → ``Annotation`` or ``Rejected``, one for each.

    The model is loaded once in each worker process. No side inputs, no state: it runs on every runner.
    """

    def __init__(self, options: AnnotatorOptions | None = None) -> None:
        super().__init__()
        self.options = options or AnnotatorOptions()

    def expand(self, articles: beam.PCollection) -> beam.PCollection:
        return articles | "To raw articles" >> beam.Map(to_raw) | "Annotate" >> steps.Annotate(self.options)


class ReaderModelHandler(ModelHandler[ArticleLike, Annotation | Rejected, Annotator]):
    """The same for ``RunInference``, with its batches, metrics and ``KeyedModelHandler``.

    Texts, records (dicts) or raw articles → ``Annotation`` or ``Rejected``, one for each, in their order.
    """

    def __init__(self, options: AnnotatorOptions | None = None) -> None:
        super().__init__(max_batch_size=ZONE_ARTICLES)
        self.options = options or AnnotatorOptions()

    def load_model(self) -> Annotator:
        """An annotator with its model loaded, so that one that cannot be loaded is seen before the first article."""
        annotator = thread_annotator(self.options)
        _ = annotator.nlp
        return annotator

    def run_inference(
        self, batch: Sequence[ArticleLike], model: Annotator, inference_args: dict[str, Any] | None = None
    ) -> Iterator[Annotation | Rejected]:
        """Annotate with this thread's annotator: Beam hands one ``model`` to all threads of a process."""
        return thread_annotator(model.options).annotate_all(map(to_raw, batch))

    def validate_inference_args(self, inference_args: dict[str, Any] | None) -> None:
        if inference_args:
            raise ValueError(f"inference_args={inference_args!r}: the options of the handler decide")

    def get_metrics_namespace(self) -> str:
        return "OnRecord"
