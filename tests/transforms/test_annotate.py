"""The steps over a batch: what fails costs one record its step, never the batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from transforms import annotate
from transforms.alignment import AlignedText
from transforms.annotate import Batch, clean_batch, read_batch, resolve_batch
from transforms.ids import article_id
from transforms.records import Article, RawArticle, Reading, Rejected


class FakeReader:
    """Stands for a spaCy pipeline: a Doc is its text; a text with "bad" in it cannot be read."""

    def __call__(self, text: str) -> str:
        if "bad" in text:
            raise ValueError(f"cannot read {text}")
        return text

    def pipe(self, texts: Iterable[str], batch_size: int) -> Iterator[str]:
        return map(self, texts)

    def memory_zone(self) -> AbstractContextManager[None]:
        return nullcontext()


def raw(uri: str, text: str) -> RawArticle:
    return RawArticle(uri=uri, text=text, raw_sha256="", n_bytes=len(text))


def article(text: str) -> Article:
    return Article(article_id=article_id(text), raw=raw(text, text), body=AlignedText.of(text))


@pytest.fixture
def _reading_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.reader.reading", lambda doc: Reading(sentence_starts=(len(doc),)))


@pytest.mark.usefixtures("_reading_counts")
@pytest.mark.parametrize("texts", [["one", "bad", "three"], ["bad", "bad too", "x"], ["a", "bad"], []])
def test_an_article_that_cannot_be_read_stays_with_a_flag(texts: list[str]) -> None:
    batch = Batch(shard="s", records=tuple(map(article, texts)))
    read = read_batch(batch, FakeReader())  # type: ignore[arg-type]
    assert [one.article.text for one in read.records] == texts
    for one in read.records:
        if "bad" in one.article.text:
            assert (one.article.flags, one.reading) == (("reader_failed",), Reading())
            assert one.article.fault == f"ValueError: cannot read {one.article.text}"
        else:
            assert (one.article.flags, one.reading.sentence_starts) == ((), (len(one.article.text),))


def test_an_article_that_cannot_be_cleaned_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def clean(one: RawArticle) -> Article:
        raise RuntimeError("too odd")

    monkeypatch.setattr(annotate, "clean", clean)
    earlier = Rejected(uri="gone.txt", step="read", reason="missing")
    cleaned = clean_batch(Batch(shard="s", records=(raw("odd.txt", "Odd."),), rejected=(earlier,)))
    assert cleaned.records == ()
    assert cleaned.rejected[0] == earlier
    odd = cleaned.rejected[1]
    assert (odd.uri, odd.step, odd.reason, odd.detail) == ("odd.txt", "clean", "error", "RuntimeError: too odd")


def test_an_article_that_cannot_be_resolved_stays_with_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object) -> None:
        raise KeyError("who")

    monkeypatch.setattr(annotate, "resolve", resolve)
    read = annotate.ReadArticle(article=article("One."), reading=Reading())
    (annotation,) = resolve_batch(Batch(shard="s", records=(read,))).records
    assert annotation.article.flags == ("resolve_failed",)
    assert annotation.article.fault == "KeyError: 'who'"
