"""``onrecord explain``: what a run would do with one article, by the functions of a run, without Beam and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import relative_address
from onrecord.pipeline.commands.flags import HELP, input_flags, input_options, load_components
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import NothingToRead
from onrecord.pipeline.options import Options

if TYPE_CHECKING:
    from onrecord.transforms.records import Annotation, Quote, RawArticle, Rejected, Segment, Span

#: Characters of a long piece that are shown.
MAX_SHOWN_CHARS = 300


@click.command("explain", context_settings=HELP)
@click.argument("file")
@click.argument("record", required=False)
@input_flags
def explain_command(file: str, record: str | None, **about_inputs: Any) -> None:
    """Print what run would do with one article: what is cut, what is fixed, and each quotation that is found.

    RECORD names it inside of FILE, as in the column record of the tables; without it, the first article is taken.
    """
    explain(file, record, Options(**input_options(**about_inputs)))


def explain(file: str, record: str | None, options: Options) -> None:
    """Print what each step saw and decided for the article in ``file``: the one of that name, or the first.

    Raises NothingToRead when a run with these options would refuse it, UsageError when it could not begin.
    """
    from onrecord.transforms.annotate import Annotator
    from onrecord.transforms.records import RawArticle, Rejected

    annotator = Annotator(options.annotator)
    load_components(annotator)
    result: Annotation | RawArticle | Rejected = find_record(file, record, options)
    if isinstance(result, RawArticle):
        result = annotator.annotate(result)
    if isinstance(result, Rejected):
        raise NothingToRead(f"{file} is no article: {result.step}: {result.reason}: {result.detail}")
    for line in explanation_lines(result):
        print_line(line)


def find_record(file: str, record: str | None, options: Options) -> RawArticle | Rejected:
    """The record of that name as a run reads it; without a name the first article, else the first record."""
    from onrecord.pipeline.sources import find, find_entries, printable, read_entry
    from onrecord.transforms.records import RawArticle

    refused: Rejected | None = None
    for reference in find([file]):
        for entry in find_entries(reference, options):
            if record in (None, entry.record_name):
                address = printable(relative_address(reference.identity, options.base))
                uri = address if options.base else printable(reference.uri)
                result = read_entry(uri, entry, options.limits.text, address=address)
                if record is not None or isinstance(result, RawArticle):
                    return result
                refused = refused or result
    if refused is None:
        raise NothingToRead(f"{file} has no record {record!r}")
    return refused


def explanation_lines(annotation: Annotation) -> Iterator[str]:
    """The lines of the explanation."""
    from onrecord.transforms import identities

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
    if annotation.extra:
        yield ""
        yield f"extra ({len(annotation.extra)})"
        yield from (f"  {name}  {_shorten(value)}" for name, value in annotation.extra)


def _segment(segment: Segment) -> str:
    return f"  {segment.kind:<12}{_span(segment.span)}"


def _quote(quote: Quote) -> Iterator[str]:
    flags = f"   {', '.join(quote.flags)}" if quote.flags else ""
    yield f"  {quote.index + 1}. {quote.kind} {quote.act}, confidence {quote.confidence:.2f}{flags}"
    parts = (("content", quote.content_spans), ("cue", quote.cue_spans), ("source", quote.source_spans))
    for name, spans in parts:
        yield from (f"     {name:<8} {_span(span)}" for span in spans)
    if quote.speaker:
        yield f"     speaker  {quote.speaker} ({quote.speaker_label}, {quote.speaker_method})"


def _span(span: Span) -> str:
    """The span's clean and raw offsets and its text on one line."""
    return f"[{span.start}:{span.end}] raw [{span.raw_start}:{span.raw_end}] {_shorten(span.text)}"


def _shorten(text: str) -> str:
    """The text, or its beginning, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN_CHARS else f"{line[:MAX_SHOWN_CHARS]}…"
