"""On Record in people's own Beam pipelines.

annotations = texts | onrecord.beam.Annotate()
"""

from __future__ import annotations

import apache_beam as beam

from onrecord.api import to_raw
from onrecord.transforms import steps
from onrecord.transforms.options import AnnotatorOptions

__all__ = ["Annotate"]


class Annotate(beam.PTransform):
    """Texts, records (dicts) or raw articles → ``Annotation`` or ``Rejected``, one for each.

    The model is loaded once in each worker process. No side inputs, no state: it runs on every runner.
    """

    def __init__(self, options: AnnotatorOptions | None = None) -> None:
        super().__init__()
        self.options = options or AnnotatorOptions()

    def expand(self, articles: beam.PCollection) -> beam.PCollection:
        return articles | "To raw articles" >> beam.Map(to_raw) | "Annotate" >> steps.Annotate(self.options)
