"""On Record from Python: one text, many, their tables, and a data set that was made before."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from math import isnan
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from onrecord.transforms.annotate import thread_annotator
from onrecord.transforms.dates import NO_RULES, DateRules
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Annotation, RawArticle, Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from onrecord.pipeline.ask.dataset import Dataset

#: What is taken for an article: its text, a record as JSON has it (``{"title": …, "text": …}``), or a raw article.
ArticleLike: TypeAlias = "str | Mapping[str, Any] | RawArticle"
#: Articles handed to a worker at a time, and hand-outs that wait for each worker.
CHUNK, WAITING = 8, 3


class ArticleRejected(ValueError):
    """What was given is no article; ``rejected`` says which step refused it, and why."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(f"{rejected.step}: {rejected.reason}: {rejected.detail}")
        self.rejected = rejected


def read(
    article: ArticleLike, *, languages: Iterable[str] = (), date_order: str = "", time_zone: str = ""
) -> Annotation:
    """Everything that is found in one article. The model is loaded by the first call and kept.

    With ``languages`` (ISO 639 codes), an article surely in none of them is refused; without, all are read as English.
    ``date_order`` (DMY, MDY, YMD) and ``time_zone`` (as Europe/London) are those of dates that do not say so.
    Raises ArticleRejected for what is no article: an empty text, a record without one.

    >>> read("“It rains,” Ada Brook said.").quotes[0].speaker
    'Ada Brook'
    """
    dates = DateRules(order=date_order, time_zone=time_zone)
    result = _annotate(article, AnnotatorOptions(languages=tuple(languages)), dates)
    if isinstance(result, Rejected):
        raise ArticleRejected(result)
    return result


def read_all(
    articles: Iterable[ArticleLike],
    *,
    workers: int = 1,
    languages: Iterable[str] = (),
    date_order: str = "",
    time_zone: str = "",
) -> Iterator[Annotation | Rejected]:
    """The same for many articles, one by one and in their order; what is no article comes out as ``Rejected``.

    Nothing is read before it is asked for: ``articles`` may be endless. With more than one of ``workers`` that many
    processes read, each with a model of its own; a script then needs ``if __name__ == "__main__":``.
    Raises TypeError for a single text and for a frame, of which the columns would be read.
    """
    options, dates = AnnotatorOptions(languages=tuple(languages)), DateRules(order=date_order, time_zone=time_zone)
    if isinstance(articles, str | bytes | Mapping) or hasattr(articles, "columns"):
        raise TypeError(f"{type(articles).__name__} is no list of texts or records; a frame's to_dict('records') is")
    if workers < 1:
        raise ValueError(f"workers={workers}: at least one has to read")
    if workers == 1:
        return (_annotate(article, options, dates) for article in articles)
    return _read_in_processes(iter(articles), workers, partial(_annotate_chunk, options=options, dates=dates))


def tables(annotations: Iterable[Annotation | Rejected]) -> dict[str, pa.Table]:
    """The annotations as Arrow tables, by name: those that ``onrecord run`` writes (``articles``, ``quotes``, …).

    ``tables(…)["quotes"].to_pandas()`` is a data frame of pandas, ``polars.from_arrow(tables(…)["quotes"])`` of Polars.
    """
    from onrecord.pipeline.store.rows import tables as arrow_tables

    return arrow_tables(annotations)


def open(data: str | Path = "output", *, as_of: int | None = None, overrides: bool = True) -> Dataset:
    """The data set in a folder, to be asked in SQL; ``as_of`` an older version, when its parts are still on the disk.

    Quotes are as people have corrected them (``onrecord review``); as the reader made them without ``overrides``.
    Raises NoDataset when there are no tables, or no such version.

    See ``onrecord.pipeline.ask.dataset.Dataset``.
    """
    from onrecord.pipeline.addresses import data_folder
    from onrecord.pipeline.ask.dataset import Dataset

    return Dataset(data_folder(str(data)), as_of=as_of, overrides=overrides)


def _annotate(article: ArticleLike, options: AnnotatorOptions, dates: DateRules) -> Annotation | Rejected:
    raw = to_raw(article, dates)
    return raw if isinstance(raw, Rejected) else thread_annotator(options).annotate(raw)


def _annotate_chunk(
    articles: list[ArticleLike], options: AnnotatorOptions, dates: DateRules
) -> list[Annotation | Rejected]:
    return [_annotate(article, options, dates) for article in articles]


def _read_in_processes(
    articles: Iterator[ArticleLike],
    workers: int,
    annotate: Callable[[list[ArticleLike]], list[Annotation | Rejected]],
) -> Iterator[Annotation | Rejected]:
    """Chunks go out as results are taken, so that no more wait than the workers need."""
    from onrecord.pipeline.processes import serve_parent

    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=serve_parent, initargs=(os.getpid(),)
    ) as pool:
        waiting = deque(pool.submit(annotate, chunk) for chunk in islice(_chunks(articles), workers * WAITING))
        try:
            while waiting:
                results = waiting.popleft().result()
                waiting += (pool.submit(annotate, chunk) for chunk in islice(_chunks(articles), 1))
                yield from results
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _chunks(articles: Iterator[ArticleLike]) -> Iterator[list[ArticleLike]]:
    while chunk := list(islice(articles, CHUNK)):
        yield chunk


def to_raw(article: ArticleLike, dates: DateRules = NO_RULES) -> RawArticle | Rejected:
    """What is given as a raw article, or why it is none.

    Without an address of its own an article is known by its text: ``sha256:…`` is its ``uri``.
    """
    if isinstance(article, RawArticle):
        return article
    if article is None or (isinstance(article, float) and isnan(article)):  # a cell of a frame without a text
        article = ""
    if isinstance(article, str):
        raw = RawArticle.of(article)
        return RawArticle.of(article, f"sha256:{raw.raw_sha256[:16]}")
    if not isinstance(article, Mapping):
        raise TypeError(f"an article is a text, a record or a RawArticle, not a {type(article).__name__}")
    return _from_record(article, dates)


def _from_record(record: Mapping[str, Any], dates: DateRules) -> RawArticle | Rejected:
    import json

    from onrecord.pipeline.options import Options
    from onrecord.pipeline.sources import Entry, read_entry
    from onrecord.pipeline.sources.formats.jsonlines import extract_record

    data = json.dumps(record, ensure_ascii=True, default=str, separators=(",", ":")).encode()
    options = Options(date_order=dates.order, time_zone=dates.time_zone)
    entry = Entry.of("", data, lambda _: extract_record(dict(record), options))
    return read_entry(f"sha256:{(entry.sha256 or '')[:16]}", entry, options.limits.text)
