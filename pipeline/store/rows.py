"""Records as rows of the published tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa

from onrecord.pipeline.store.schema import REJECTS, SCHEMAS
from onrecord.transforms.fingerprints import details, shingles, signatures
from onrecord.transforms.ids import record_id
from onrecord.transforms.records import Annotation, Article, RawArticle, Rejected, Span

Row = dict[str, Any]


def tables(results: Iterable[Annotation | Rejected]) -> dict[str, pa.Table]:
    """One Arrow table for each table that is made of articles and rejects, rows in the order of the results."""
    rows: dict[str, list[Row]] = {name: [] for name in ("articles", "segments", "quotes", "mentions", "rejects")}
    for result in results:
        if isinstance(result, Rejected):
            rows["rejects"].append(reject_row(result))
            continue
        rows["articles"].append(article_row(result))
        rows["segments"] += segment_rows(result)
        rows["quotes"] += quote_rows(result)
        rows["mentions"] += mention_rows(result)
    return {name: pa.Table.from_pylist(made, schema=SCHEMAS[name]) for name, made in rows.items()}


def all_tables(results: Sequence[Annotation | Rejected], made_by: str) -> dict[str, pa.Table]:
    """The same with what only a data set has: the ledger ``records``, and the ``fingerprints`` of the articles."""
    made = tables(results)
    made["articles"] = _with_maker(made["articles"], made_by)
    annotations = [result for result in results if isinstance(result, Annotation)]
    for name, rows in (
        ("records", (record_row(result, made_by) for result in results)),
        ("fingerprints", fingerprint_rows(annotations)),
    ):
        made[name] = pa.Table.from_pylist(list(rows), schema=SCHEMAS[name])
    return made


def record_row(result: Annotation | Rejected, made_by: str) -> Row:
    if isinstance(result, Rejected):
        return record_row_of(result, outcome="reject", reason=result.reason, made_by=made_by)
    article = result.article
    return record_row_of(article.raw, outcome="article", article=article.article_id, made_by=made_by)


def record_row_of(
    place: RawArticle | Rejected, *, outcome: str, article: str | None = None, reason: str | None = None, made_by: str
) -> Row:
    address = place.address or place.uri
    return {
        "record_id": record_id(address, place.record),
        "address": address,
        "uri": place.uri,
        "record": place.record,
        "outcome": outcome,
        "article_id": article,
        "reason": reason,
        "raw_sha256": place.raw_sha256,
        "read_sha256": place.read_sha256,
        "n_bytes": place.n_bytes,
        "made_by": made_by,
    }


def fingerprint_rows(annotations: Sequence[Annotation]) -> Iterator[Row]:
    hash_sets = shingles(annotation.article.text for annotation in annotations)
    rows = zip(annotations, hash_sets, signatures(hash_sets), strict=True)
    for annotation, hashes, signature in rows:
        article = annotation.article
        short = np.unique((hashes >> np.uint64(32)).astype(np.uint32).view(np.int32))
        yield {
            "article_id": article.article_id,
            "text_sha256": _text_sha256(article),
            "published": article.published,
            "signature": signature.view(np.int32),
            "n_shingles": short.size,
            "shingles": short,
            "details": details(article.text),
        }


def article_row(annotation: Annotation) -> Row:
    article, raw = annotation.article, annotation.article.raw
    return {
        "article_id": article.article_id,
        "uri": raw.uri,
        "record": raw.record,
        "title": article.title,
        "byline": article.byline,
        "publisher": article.publisher,
        "published": article.published,
        "published_precision": article.published_precision,
        "modified": article.modified,
        "url": article.url,
        "dateline_place": article.dateline_place,
        "agency": article.agency,
        "language": article.language,
        "language_score": _rounded(article.language_score),
        "text": article.text,
        "raw_sha256": raw.raw_sha256,
        "text_sha256": _text_sha256(article),
        "n_quotes": len(annotation.quotes),
        "n_mentions": len(annotation.mentions),
        "flags": article.flags,
        "fault": article.fault,
        "fixes": article.fixes,
        "edits": [{"raw_start": e.start, "raw_end": e.end, "text": e.replacement} for e in article.body.edits],
        "extra": merge_extra(raw.extra, annotation.extra) or None,
    }


def merge_extra(kept: Iterable[tuple[str, str]], left: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Fields of the record that were kept, and what components left; a field whose name one of these has, too, moves.

    >>> merge_extra([("id", "7"), ("topic", "sea")], [("topic", "ports")])
    (('id', '7'), ('record.topic', 'sea'), ('topic', 'ports'))
    """
    merged = dict(left)
    for name, value in kept:
        while name in merged:
            name = f"record.{name}"
        merged[name] = value
    return tuple(sorted(merged.items()))


def segment_rows(annotation: Annotation) -> Iterator[Row]:
    for segment in annotation.article.segments:
        yield {
            "article_id": annotation.article.article_id,
            "index": segment.index,
            "kind": segment.kind,
            "text": segment.span.text,
            "span": _offsets(segment.span),
        }


def quote_rows(annotation: Annotation) -> Iterator[Row]:
    for quote in annotation.quotes:
        yield {
            "quote_id": quote.quote_id,
            "article_id": annotation.article.article_id,
            "index": quote.index,
            "kind": quote.kind,
            "act": quote.act,
            "content": quote.content,
            "content_spans": [_offsets(span) for span in quote.content_spans],
            "cue": quote.cue,
            "cue_spans": [_offsets(span) for span in quote.cue_spans],
            "source": quote.source,
            "source_spans": [_offsets(span) for span in quote.source_spans],
            "source_form": quote.source_form,
            "speaker_id": quote.speaker_id,
            "speaker": quote.speaker,
            "speaker_label": quote.speaker_label,
            "speaker_role": quote.speaker_role,
            "speaker_method": quote.speaker_method,
            "speaker_score": _rounded(quote.speaker_score),
            "speaker_evidence": [_offsets(span) for span in quote.speaker_evidence],
            "confidence": _rounded(quote.confidence),
            "flags": quote.flags,
            "published": annotation.article.published,
        }


def mention_rows(annotation: Annotation) -> Iterator[Row]:
    for mention in annotation.mentions:
        yield {
            "mention_id": mention.mention_id,
            "article_id": annotation.article.article_id,
            "index": mention.index,
            "text": mention.span.text,
            "span": _offsets(mention.span),
            "label": mention.label or None,
            "form": mention.form,
            "entity_id": mention.entity_id,
            "score": _rounded(mention.score),
        }


def reject_row(rejected: Rejected) -> Row:
    return {name: getattr(rejected, name) for name in REJECTS.names}


def conform(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows of an older version of a table in the columns of this one; what it did not have yet is null."""
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _with_maker(articles: pa.Table, made_by: str) -> pa.Table:
    column = articles.schema.get_field_index("made_by")
    makers = pa.array([made_by] * articles.num_rows, type=pa.string())
    return articles.set_column(column, articles.schema.field(column), makers)


def _text_sha256(article: Article) -> str:
    return sha256(article.text.encode("utf-8")).hexdigest()


def _offsets(span: Span) -> Row:
    return {"start": span.start, "end": span.end, "raw_start": span.raw_start, "raw_end": span.raw_end}


def _rounded(score: float | None) -> float | None:
    """Four decimals: what differs after them differs between processors, not between articles."""
    return None if score is None else round(float(score), 4)
