"""The way of an article: what fails costs it a step, or makes it a reject, and never touches another."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import pytest

from onrecord.transforms import annotate
from onrecord.transforms.annotate import Annotator, AnnotatorOptions, thread_annotator
from onrecord.transforms.records import Annotation, Article, RawArticle, Reading, Rejected


class FakeReader:
    """Stands for a spaCy pipeline: a Doc is its text; a text with "bad" in it cannot be read."""

    def __call__(self, text: str) -> str:
        if "bad" in text:
            raise ValueError(f"cannot read {text}")
        return text

    def memory_zone(self) -> AbstractContextManager[None]:
        return nullcontext()


@pytest.fixture
def annotator(monkeypatch: pytest.MonkeyPatch) -> Annotator:
    """One whose reader tells the length of a text as the start of a sentence."""
    monkeypatch.setattr("onrecord.transforms.reader.reading", lambda doc: Reading(sentence_starts=(len(doc),)))
    return Annotator(nlp=FakeReader())  # type: ignore[arg-type]


@pytest.mark.parametrize("texts", [["one", "bad", "three"], ["bad", "bad too", "x"], ["a", "bad"], []])
def test_an_article_that_cannot_be_read_stays_with_a_flag(annotator: Annotator, texts: list[str]) -> None:
    results = list(annotator.annotate_all(RawArticle.of(text) for text in texts))
    for text, result in zip(texts, results, strict=True):
        assert isinstance(result, Annotation)
        assert result.article.text == text
        if "bad" in text:
            assert "reader_failed" in result.article.flags
            assert result.article.fault == f"ValueError: cannot read {text}"
        else:
            assert result.article.fault is None


def test_an_article_that_cannot_be_cleaned_is_refused(annotator: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    def clean(raw: RawArticle) -> Article:
        raise RuntimeError("too odd")

    monkeypatch.setattr(annotate, "clean", clean)
    refused = annotator.annotate(RawArticle.of("Odd.", "odd.txt"))
    assert isinstance(refused, Rejected)
    assert (refused.uri, refused.step, refused.reason, refused.detail) == (
        "odd.txt",
        "clean",
        "error",
        "RuntimeError: too odd",
    )


def test_what_is_rejected_already_passes_in_its_place(annotator: Annotator) -> None:
    earlier = Rejected(uri="gone.txt", step="read", reason="missing")
    results = list(annotator.annotate_all([RawArticle.of("one"), earlier, RawArticle.of("two")]))
    assert results[1] is earlier
    assert [isinstance(result, Annotation) for result in results] == [True, False, True]


def test_an_article_that_cannot_be_resolved_stays_with_a_flag(
    annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolve(*_: object, **__: object) -> None:
        raise KeyError("who")

    monkeypatch.setattr(annotate, "resolve", resolve)
    annotation = annotator.annotate(RawArticle.of("One more sentence stands here."))
    assert isinstance(annotation, Annotation)
    assert annotation.article.flags[-1] == "resolve_failed"
    assert annotation.article.fault == "KeyError: 'who'"


def test_a_thread_keeps_its_annotator() -> None:
    """The same for the same options; with others the model that is loaded already goes on."""
    english, every = AnnotatorOptions(languages=("en",)), AnnotatorOptions()
    first = thread_annotator(english)
    assert thread_annotator(english) is first
    assert thread_annotator(every).nlp is first.nlp
