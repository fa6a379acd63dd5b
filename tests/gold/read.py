"""The gold articles as the product reads them: cleaned, read with the model, resolved; in raw offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import Annotation, RawArticle, Rejected, Span

from .load import GoldArticle, Ranges
from .score import PredictedArticle, PredictedAttribution


def read(
    articles: Sequence[GoldArticle], annotator: Annotator | None = None
) -> list[tuple[GoldArticle, PredictedArticle]]:
    """Each article with what the product reports of it; one that it refuses raises, for all of them are articles."""
    annotator = annotator or Annotator()
    results = annotator.annotate_all(RawArticle.of(article.text, article.id) for article in articles)
    return [(article, prediction_of(_checked(result))) for article, result in zip(articles, results, strict=True)]


def _checked(result: Annotation | Rejected) -> Annotation:
    if isinstance(result, Rejected):
        raise ValueError(f"refused: {result.uri}, {result.step}, {result.detail}")
    if result.article.fault:
        raise ValueError(f"failed: {result.article.raw.uri}, {result.article.fault}")
    return result


def prediction_of(annotation: Annotation) -> PredictedArticle:
    """An annotation in the terms of the score."""
    return PredictedArticle(
        attributions=tuple(
            PredictedAttribution(
                content=_ranges(quote.content_spans),
                cue=_ranges(quote.cue_spans),
                source=_ranges(quote.source_spans),
                kind=quote.kind,
                act=quote.act,
                speaker=quote.speaker,
            )
            for quote in annotation.quotes
        ),
        entities=tuple(
            (mention.span.raw_start, mention.span.raw_end, mention.label)
            for mention in annotation.mentions
            if mention.form == "name"
        ),
    )


def _ranges(spans: Iterable[Span]) -> Ranges:
    return tuple((span.raw_start, span.raw_end) for span in spans)
