"""The gold articles as the product reads them: cleaned, read with the model, resolved; told in raw offsets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from transforms.annotate import Batch, annotate_batch
from transforms.reader import load_reader
from transforms.records import Annotation, RawArticle, Span

from .load import GoldArticle, Ranges
from .score import Found, Reading


def read(articles: Sequence[GoldArticle]) -> list[tuple[GoldArticle, Reading]]:
    """Each article with its reading; one that the product refuses raises, for all of them are articles."""
    batch = annotate_batch(Batch(shard="gold", records=tuple(map(_raw, articles))), load_reader())
    if batch.rejected:
        raise ValueError(f"refused: {[(one.uri, one.step, one.detail) for one in batch.rejected]}")
    faults = [(one.article.raw.uri, one.article.fault) for one in batch.records if one.article.fault]
    if faults:
        raise ValueError(f"failed: {faults}")
    by_uri = {annotation.article.raw.uri: annotation for annotation in batch.records}
    return [(article, reading_of(by_uri[article.id])) for article in articles]


def reading_of(annotation: Annotation) -> Reading:
    """An annotation in the terms of the score."""
    return Reading(
        attributions=tuple(
            Found(
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


def _raw(article: GoldArticle) -> RawArticle:
    data = article.text.encode()
    return RawArticle(uri=article.id, text=article.text, raw_sha256=hashlib.sha256(data).hexdigest(), n_bytes=len(data))


def _ranges(spans: Iterable[Span]) -> Ranges:
    return tuple((span.raw_start, span.raw_end) for span in spans)
