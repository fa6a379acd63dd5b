"""The reader in spaCy: what it sets, that it travels, and that an article is read the same in any company."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.util import filter_spans

from onrecord.transforms.reader import Model, annotate_doc, load_reader, reading
from onrecord.transforms.records import Entity, Reading

TEXT = (
    "OSLO (AP) — Mayor Ingrid Dahl said on Monday that the ferry line would close by spring.\n\n"
    "“Nobody wanted this,” she said. “We looked at every other way.”\n\n"
    "Kari Moe, who leads the harbour union, believes the decision can still be turned around."
)
OTHER_TEXTS = ("The committee said it would meet again.", "Nothing was said.\n\nIt rained.", "x" * 3000)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_reader()


@pytest.fixture(scope="module")
def alone(nlp: Language) -> Reading:
    return reading(nlp(TEXT))


def test_a_blank_pipeline_takes_it_by_name() -> None:
    """``add_pipe`` works with no import of ours: the entry point registers the factory."""
    doc = spacy.blank("en").add_pipe("onrecord_reader")(spacy.blank("en").make_doc(TEXT))
    assert [e.text for e in doc.ents if e.label_ == "PERSON"] == ["Ingrid Dahl", "Kari Moe"]


def test_what_it_sets(nlp: Language) -> None:
    """Attributions with all parts, entities, sentence starts, and spans whose ids tie the parts of one attribution."""
    doc = nlp(TEXT)
    rows = [
        (TEXT[slice(*a.source[0])], TEXT[slice(*a.cue[0])], a.kind, a.act, len(a.content)) for a in doc._.attributions
    ]
    assert ("she", "said", "direct", "statement", 2) in rows
    assert [act for source, _, _, act, _ in rows if source.startswith("Kari Moe")] == ["thought"]
    assert {span.label_ for span in doc.spans["attributions"]} == {"content", "cue", "source"}
    by_id = {span.id_ for span in doc.spans["attributions"]}
    assert len(by_id) == len(doc._.attributions)
    starts = {sentence.text.strip()[:9] for sentence in doc.sents}
    assert {"OSLO (AP)", "“Nobody w", "Kari Moe,"} <= starts


def test_attributions_survive_serialisation(nlp: Language, alone: Reading) -> None:
    """``to_bytes`` and DocBin keep everything, with offsets in characters."""
    doc = nlp(TEXT)
    assert reading(Doc(nlp.vocab).from_bytes(doc.to_bytes())) == alone
    (back,) = DocBin(docs=[doc]).get_docs(nlp.vocab)
    assert reading(back) == alone
    assert back._.attributions == alone.attributions


def test_the_pipeline_travels(nlp: Language, alone: Reading, tmp_path: Path) -> None:
    """Pickled, saved to disk, turned to bytes: the reader reads the same."""
    nlp.to_disk(tmp_path / "model")
    from_bytes = spacy.blank("en")
    from_bytes.add_pipe("onrecord_reader")
    for copy in (
        pickle.loads(pickle.dumps(nlp)),
        spacy.load(tmp_path / "model"),
        from_bytes.from_bytes(nlp.to_bytes()),
    ):
        assert reading(copy(TEXT)) == alone


def test_a_model_of_a_folder_is_pickled_as_its_path(alone: Reading, tmp_path: Path) -> None:
    """Workers open the file themselves; a model of bytes carries them."""
    for name, data in Model.load().files.items():
        (tmp_path / name).write_bytes(data)
    of_folder, of_bytes = Model.load(tmp_path), Model(Model.load().files)
    assert max(len(pickle.dumps(model)) for model in (Model.load(), of_folder)) < 1000 < len(pickle.dumps(of_bytes))
    for model in (of_folder, of_bytes):
        assert pickle.loads(pickle.dumps(model)).read(TEXT) == alone


def test_a_folder_without_the_files_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Model.load(tmp_path)


class FailingModel:
    """Cannot read one text."""

    def read(self, text: str) -> Reading:
        if "bad" in text:
            raise RuntimeError("cannot read")
        return Reading()


def test_a_text_that_cannot_be_read_goes_to_spacys_error_handler() -> None:
    """It raises, until the pipeline is told otherwise; then the other texts come."""
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord_reader", name="reader")
    nlp.get_pipe("reader").model = FailingModel()  # type: ignore[attr-defined]
    texts = ["one", "bad", "two"]
    with pytest.raises(RuntimeError, match="cannot read"):
        list(nlp.pipe(texts))
    failures: list[tuple[str, list[str], str]] = []
    nlp.set_error_handler(lambda name, _, docs, error: failures.append((name, [d.text for d in docs], str(error))))
    assert [doc.text for doc in nlp.pipe(texts)] == ["one", "two"]
    assert failures == [("reader", ["bad"], "cannot read")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_doc_has_what_the_reading_has(nlp: Language, data: st.DataObject) -> None:
    """Sentence starts and entities at the tokens that hold them; of overlapping entities the longer."""
    text = data.draw(st.text(alphabet="ab .\n", max_size=40))
    ranges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda r: r[0] < r[1])
    spans = data.draw(st.lists(ranges, max_size=6)) if text else []
    entities = tuple(Entity(start=a, end=b, label="ORG", score=0.5) for a, b in spans)
    starts = tuple(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    result = Reading(sentence_starts=starts, entities=entities)
    doc = annotate_doc(nlp.make_doc(text), result)
    holders = [max((t.i for t in doc if t.idx <= at), default=0) for at in (0, *starts)]
    assert [t.i for t in doc if t.is_sent_start] == sorted(set(holders) if len(doc) else [])
    expected = nlp.make_doc(text)
    expected.ents = filter_spans(
        Span(expected, max(t.i for t in doc if t.idx <= a), max(t.i for t in doc if t.idx < b) + 1, label="ORG")
        for a, b in spans
    )
    assert doc.to_array(["ENT_IOB", "ENT_TYPE"]).tolist() == expected.to_array(["ENT_IOB", "ENT_TYPE"]).tolist()
    assert reading(doc) == result


def test_a_parsed_doc_keeps_its_sentences(nlp: Language, alone: Reading) -> None:
    """Sentence starts hang together with the parse, so the reader leaves them."""
    words = ["It", "rains", "today"]
    doc = Doc(nlp.vocab, words=words, heads=[1, 1, 1], deps=["nsubj", "ROOT", "advmod"])
    annotate_doc(doc, Reading(sentence_starts=(0, 3)))
    assert len(list(doc.sents)) == 1


def test_company_and_order_change_nothing(nlp: Language, alone: Reading) -> None:
    """An article read alone, among others, in another order and in other processes gives equal results, to the bit."""
    texts = [OTHER_TEXTS[0], TEXT, *OTHER_TEXTS[1:]]
    forward = [reading(doc) for doc in nlp.pipe(texts)]
    backward = [reading(doc) for doc in nlp.pipe(texts[::-1])]
    shared = [reading(doc) for doc in nlp.pipe(texts, n_process=2, batch_size=1)]
    assert forward[1] == alone
    assert forward == backward[::-1] == shared


def test_a_text_without_words_is_read(nlp: Language) -> None:
    """Nothing in, nothing out; no error."""
    assert [reading(nlp(text)) for text in ("", "\n\n", "\N{ZERO WIDTH SPACE}")] == [Reading()] * 3


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("aA .,\"“”'’\n-()é…«»\t\u200b🎉0"), max_size=300))
def test_any_text_gives_spans_in_it(nlp: Language, text: str) -> None:
    """Whatever the text, parts lie in it, do not overlap within a role, and confidence is a probability."""
    result = reading(nlp(text))
    for attribution in result.attributions:
        assert attribution.content
        assert 0 <= attribution.confidence <= 1
        for part in (attribution.content, attribution.cue, attribution.source):
            edges = [edge for pair in part for edge in pair]
            assert edges == sorted(edges)
            assert all(0 <= e <= len(text) for e in edges)
    assert all(0 <= e.start < e.end <= len(text) for e in result.entities)
