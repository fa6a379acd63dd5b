"""The way of one article, printed: the same functions as a run, without Beam and without tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pipeline.console import stdout, visible
from pipeline.errors import NothingToRead
from pipeline.sources import Reference, Shard, load
from pipeline.sources.places import REMOTE
from transforms import identities
from transforms.annotate import Batch, annotate_batch
from transforms.records import Annotation, Quote, RawArticle, Rejected, Segment, Span

#: Characters of a long piece that are shown.
SHOWN = 300


def explain(file: str, record: str | None = None) -> None:
    """Print what each step saw and decided for the article in ``file``: the one of that name, or the first.

    Raises NothingToRead when it is no article.
    """
    from transforms.reader import load_reader

    found = _first(file, record)
    batch = annotate_batch(found, load_reader()) if found.records else found
    for rejected in batch.rejected:
        raise NothingToRead(f"{file} is no article: {rejected.step}: {rejected.reason}: {rejected.detail}")
    for annotation in batch.records:
        assert isinstance(annotation, Annotation)
        _print(annotation, stdout())


def _first(file: str, record: str | None) -> Batch[RawArticle]:
    """The record of that name, or the first article, or the first record."""
    uri = file if REMOTE in file else Path(file).as_posix()
    refused: Rejected | None = None
    for batch in load(Shard(name="explain", references=(Reference(uri),))):
        for raw in batch.records:
            if record in (None, raw.record):
                return Batch(shard=batch.shard, records=(raw,))
        for one in batch.rejected:
            if record == one.record:
                return Batch(shard=batch.shard, rejected=(one,))
            refused = refused or one
    if record is not None or refused is None:
        raise NothingToRead(f"{file} has no record {record!r}")
    return Batch(shard="explain", rejected=(refused,))


def _print(annotation: Annotation, console: Console) -> None:
    for line in describe(annotation):
        console.print(Text(visible(line)), soft_wrap=True)


def describe(annotation: Annotation) -> Iterable[str]:
    """The lines of the explanation."""
    article = annotation.article
    cut = [segment for segment in article.segments if segment.kind != "paragraph"]
    yield " ".join(filter(None, (article.raw.uri, article.raw.record))) + f"   article {article.article_id}"
    yield f"  raw {len(article.raw.text):,} characters, clean {len(article.text):,}, {len(article.body.edits):,} edits"
    yield f"  fixes: {', '.join(article.fixes) or 'none'}"
    if article.flags:
        yield f"  flags: {', '.join(article.flags)}   {article.fault or ''}"
    yield ""
    yield f"cut out of the body ({len(cut)})"
    yield from map(_segment, cut)
    yield ""
    yield f"quotations ({len(annotation.quotes)})"
    for quote in annotation.quotes:
        yield from _quote(quote)
    yield ""
    yield from identities.explain(annotation)
    yield ""
    yield f"mentions ({len(annotation.mentions)})"
    for mention in annotation.mentions:
        yield f"  {mention.label or '-':<8}{mention.form:<8}{mention.score:.2f}  {_span(mention.span)}"


def _segment(segment: Segment) -> str:
    return f"  {segment.kind:<12}{_span(segment.span)}"


def _quote(quote: Quote) -> Iterable[str]:
    flags = f"   {', '.join(quote.flags)}" if quote.flags else ""
    yield f"  {quote.index + 1}. {quote.kind} {quote.act}, confidence {quote.confidence:.2f}{flags}"
    parts = (("content", quote.content_spans), ("cue", quote.cue_spans), ("source", quote.source_spans))
    for name, spans in parts:
        yield from (f"     {name:<8} {_span(span)}" for span in spans)
    if quote.speaker:
        yield f"     speaker  {quote.speaker} ({quote.speaker_label}, {quote.speaker_method})"


def _span(span: Span) -> str:
    """The span's clean and raw offsets and its text on one line."""
    text = " ".join(span.text.split())
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"[{span.start}:{span.end}] raw [{span.raw_start}:{span.raw_end}] {shown}"
