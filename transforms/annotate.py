"""The way of an article, from the raw record to its annotation: the steps in order, as pure functions over batches.

    Batch[RawArticle] ─clean_batch─► Batch[Article] ─read_batch─► Batch[ReadArticle] ─resolve_batch─► Batch[Annotation]

A record that cannot be cleaned moves to the batch's ``rejected``. What a later step cannot do with an article is
noted on it (``flags``, ``fault``); the article stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from transforms.cleaning import clean
from transforms.language import identify, is_other
from transforms.records import Annotation, Article, RawArticle, Reading, Rejected
from transforms.speakers import resolve

if TYPE_CHECKING:
    from spacy.language import Language

Record = TypeVar("Record", covariant=True)
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[Record]):
    """Some records of a shard on their way, in order, and those refused so far; ``last`` ends the shard.

    ``counted`` records went into it, as their source counted them before anything was done to them; ``ids`` is the sum
    of their ids (``transforms.ids.sum_of_ids``).
    """

    shard: str
    records: tuple[Record, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    last: bool = True
    counted: int = 0
    ids: int = 0

    def of(self, records: Iterable[Other], rejected: Iterable[Rejected] = ()) -> Batch[Other]:
        """The batch after a step: what its records became, and those that the step refused."""
        changed = {"records": tuple(records), "rejected": (*self.rejected, *rejected)}
        return replace(self, **changed)  # type: ignore[arg-type, return-value]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article with what the reader found in it."""

    article: Article
    reading: Reading


def annotate_batch(batch: Batch[RawArticle], nlp: Language) -> Batch[Annotation]:
    """All steps one after the other."""
    return resolve_batch(read_batch(clean_batch(batch), nlp))


def clean_batch(batch: Batch[RawArticle], languages: tuple[str, ...] = ()) -> Batch[Article]:
    """Clean every record; those that are no article, or surely in none of the languages, are refused, with the reason.

    No languages means all.
    """
    cleaned = [_cleaned(raw, languages) for raw in batch.records]
    return batch.of(
        (one for one in cleaned if isinstance(one, Article)),
        (one for one in cleaned if isinstance(one, Rejected)),
    )


def read_batch(batch: Batch[Article], nlp: Language) -> Batch[ReadArticle]:
    """Read every article with the model."""
    return batch.of(_read(batch.records, nlp))


def resolve_batch(batch: Batch[ReadArticle]) -> Batch[Annotation]:
    """Find who speaks in every article."""
    return batch.of(map(_resolved, batch.records))


def _cleaned(raw: RawArticle, languages: tuple[str, ...]) -> Article | Rejected:
    try:
        article = clean(raw)
    except Exception as error:
        return _refused(raw, "clean", "error", _told(error))
    return article if isinstance(article, Rejected) else _in_language(article, languages)


def _in_language(article: Article, languages: tuple[str, ...]) -> Article | Rejected:
    """The article with its language; refused only when that is surely none of the wanted ones."""
    language, score = identify(article.text)
    if is_other(language, score, languages):
        return _refused(article.raw, "language", "language", f"{language} with probability {score:.4f}")
    unsure = language is None or bool(languages and language not in languages)
    return replace(
        article,
        language=language,
        language_score=score if language else None,
        flags=(*article.flags, "language_unsure") if unsure else article.flags,
    )


def _refused(raw: RawArticle, step: str, reason: str, detail: str) -> Rejected:
    return Rejected(
        uri=raw.uri,
        record=raw.record,
        step=step,
        reason=reason,
        detail=detail,
        raw_sha256=raw.raw_sha256,
        n_bytes=raw.n_bytes,
    )


def _read(articles: Sequence[Article], nlp: Language) -> Iterator[ReadArticle]:
    """Read in one stream; from an article on which the reader fails, go on one by one."""
    from transforms.reader import reading

    done = 0
    with nlp.memory_zone():
        try:
            for doc in nlp.pipe((article.text for article in articles), batch_size=32):
                found = reading(doc)
                yield ReadArticle(article=articles[done], reading=found)
                done += 1
        except Exception:
            pass  # told below, by the article that it belongs to
    for article in articles[done:]:
        yield _read_alone(article, nlp)


def _read_alone(article: Article, nlp: Language) -> ReadArticle:
    from transforms.reader import reading

    try:
        with nlp.memory_zone():
            return ReadArticle(article=article, reading=reading(nlp(article.text)))
    except Exception as error:
        return ReadArticle(article=_with_fault(article, "reader_failed", error), reading=Reading())


def _resolved(read: ReadArticle) -> Annotation:
    try:
        return resolve(read.article, read.reading)
    except Exception as error:
        return Annotation(article=_with_fault(read.article, "resolve_failed", error))


def _with_fault(article: Article, flag: str, error: Exception) -> Article:
    return replace(article, flags=(*article.flags, flag), fault=_told(error))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
