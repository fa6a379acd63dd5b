"""The way of an article: what fails costs it a step, or makes it a reject, and never touches another."""

from __future__ import annotations

import pickle
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from onrecord.transforms import annotate
from onrecord.transforms.annotate import Annotator, thread_annotator
from onrecord.transforms.options import AnnotatorOptions
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
    earlier = Rejected(uri="gone.txt", step="load", reason="missing")
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


TEXT = "“The Harbour Plan is late,” Mayor Ines Okafor said on Tuesday."
RULER = """
[nlp]
lang = "en"
pipeline = ["ruler", "test_topics"]
[components]
[components.ruler]
factory = "entity_ruler"
overwrite_ents = true
[components.test_topics]
factory = "test_topics"
[initialize]
[initialize.components]
[initialize.components.ruler]
patterns = [{"label": "PLAN", "pattern": "Harbour Plan"}]
"""


@Language.component("test_topics")
def find_topics(doc: Doc) -> Doc:
    """A component as people write them: it fails on texts with "awful" in them."""
    if "awful" in doc.text:
        raise RuntimeError("too awful")
    doc.cats = {"PORTS": 0.98765, "SPORT": 0.0}
    doc._.extra["n_tokens"] = len(doc)
    return doc


@pytest.fixture(scope="module")
def with_ruler(tmp_path_factory: pytest.TempPathFactory) -> Annotator:
    path = tmp_path_factory.mktemp("config") / "config.cfg"
    path.write_text(RULER)
    return Annotator(AnnotatorOptions(spacy_config=str(path)))


def annotation_of(annotator: Annotator, text: str) -> Annotation:
    (result,) = annotator.annotate_all([RawArticle.of(text)])
    assert isinstance(result, Annotation)
    return result


def test_peoples_components_run_behind_the_reader(with_ruler: Annotator) -> None:
    """What they leave comes to ``extra`` and to the Doc, also through pickle, and changes no row."""
    plain = annotation_of(Annotator(), TEXT)
    annotation = annotation_of(with_ruler, TEXT)
    n_tokens = str(len(annotation.doc))
    assert annotation.extra == (("cats.PORTS", "0.9877"), ("cats.SPORT", "0.0000"), ("n_tokens", n_tokens))
    assert (plain.extra, plain.doc_bytes) == ((), None)
    assert replace(annotation, extra=(), doc_bytes=None) == plain
    for doc in (annotation.doc, pickle.loads(pickle.dumps(annotation)).doc):
        assert ("Harbour Plan", "PLAN") in [(entity.text, entity.label_) for entity in doc.ents]
        assert doc.cats["SPORT"] == 0.0
        assert doc._.quotes == plain.quotes


def test_a_folder_of_a_pipeline_is_taken_too(with_ruler: Annotator, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler", config={"overwrite_ents": True})
    ruler.add_patterns([{"label": "PLAN", "pattern": "Harbour Plan"}])  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "pipeline")
    annotation = annotation_of(Annotator(AnnotatorOptions(spacy_config=str(tmp_path / "pipeline"))), TEXT)
    assert "PLAN" in {entity.label_ for entity in annotation.doc.ents}
    assert annotation.extra == ()


def test_a_component_that_fails_costs_its_own_columns(with_ruler: Annotator) -> None:
    text = f"{TEXT} It was an awful day."
    annotation = annotation_of(with_ruler, text)
    assert annotation.quotes == annotation_of(Annotator(), text).quotes
    assert annotation.article.flags[-1] == "components_failed"
    assert annotation.article.fault == "RuntimeError: too awful"
    assert annotation.extra == ()


@pytest.mark.parametrize(
    "config",
    [
        None,
        "",
        "[nlp",
        '[nlp]\nlang = "en"\npipeline = ["x"]',
        '[nlp]\nlang = "en"\npipeline = ["x"]\n[components]\n[components.x]\nfactory = "none"',
        '[nlp]\nlang = "en"\npipeline = ["x"]\n[components]\n[components.x]\nfactory = "textcat"',
    ],
)
def test_a_config_that_cannot_be_is_an_error_of_one_line(config: str | None, tmp_path: Path) -> None:
    """No file, no config, no component of that name, one that was never trained: before any article is read."""
    path = tmp_path / "config.cfg"
    if config is not None:
        path.write_text(config)
    annotator = Annotator(AnnotatorOptions(spacy_config=str(path)))
    for _ in range(2):
        with pytest.raises(ValueError, match=re.escape(f"spaCy config {path}: ")) as error:
            annotator.annotate(RawArticle.of(TEXT))
        assert "\n" not in str(error.value)


def test_an_annotation_has_one_doc_that_does_not_travel() -> None:
    """Made when asked for, kept, equal or not to another; pickled without it and made again."""
    annotation = annotation_of(Annotator(), TEXT)
    size = len(pickle.dumps(annotation))
    doc = annotation.doc
    assert annotation.doc is doc
    assert len(pickle.dumps(annotation)) == size
    copy = pickle.loads(pickle.dumps(annotation))
    assert copy == annotation
    assert copy.doc is not doc
    assert copy.doc.to_json() == doc.to_json()
    assert doc._.quotes == annotation.quotes
    assert [quote.speaker for quote in doc._.quotes] == ["Ines Okafor"]
    assert Doc(doc.vocab).from_bytes(doc.to_bytes())._.quotes == ()


def test_another_config_is_another_pipeline(with_ruler: Annotator) -> None:
    plain = thread_annotator(AnnotatorOptions())
    assert thread_annotator(with_ruler.options).nlp.pipe_names == ["onrecord_reader", "ruler", "test_topics"]
    assert thread_annotator(plain.options).nlp.pipe_names == ["onrecord_reader"]
