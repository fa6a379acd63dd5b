"""The way of one article, printed: the same functions as a run, without Beam and without tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from pipeline.console import stdout, visible
from pipeline.errors import NothingToRead
from pipeline.sources import Reference, Shard, load
from transforms.annotate import annotate_batch
from transforms.records import Annotation, Quote, Segment, Span

#: Characters of a long piece that are shown.
SHOWN = 300


def explain(file: str) -> None:
    """Print what each step saw and decided for the article in ``file``. Raises NothingToRead when it is no article."""
    from transforms.reader import load_reader

    path = Path(file).as_posix()
    loaded = load(Shard(name="explain", references=(Reference(path),)))
    batch = annotate_batch(loaded, load_reader()) if loaded.records else loaded
    for rejected in batch.rejected:
        raise NothingToRead(f"{path} is no article: {rejected.step}: {rejected.reason}: {rejected.detail}")
    for annotation in batch.records:
        assert isinstance(annotation, Annotation)
        _print(annotation, stdout())


def _print(annotation: Annotation, console: Console) -> None:
    for line in describe(annotation):
        console.print(Text(visible(line)), soft_wrap=True)


def describe(annotation: Annotation) -> Iterable[str]:
    """The lines of the explanation."""
    article = annotation.article
    cut = [segment for segment in article.segments if segment.kind != "paragraph"]
    yield f"{article.raw.uri}   article {article.article_id}"
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
