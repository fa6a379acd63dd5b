"""On Record from Python: one text, many, their tables, a data set, and Beam pipelines of one's own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count, islice
from pathlib import Path

import apache_beam as beam
import pyarrow as pa
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.testing.util import assert_that, equal_to

import onrecord
from onrecord.pipeline.errors import NoDataset, QueryError, QueryRefused

TEXT = "“We will rebuild the harbour,” Mayor Ines Okafor said on Tuesday.\n\nShe added that it would take two years."


@pytest.fixture(scope="module")
def annotation() -> onrecord.Annotation:
    return onrecord.read(TEXT)


def test_a_text_is_read_in_one_line(annotation: onrecord.Annotation) -> None:
    quote, added = annotation.quotes
    assert (quote.speaker, quote.cue, quote.kind) == ("Ines Okafor", "said", "direct")
    assert quote.content == "“We will rebuild the harbour,”"
    assert (added.speaker, added.kind) == ("Ines Okafor", "indirect")
    assert "Ines Okafor" in {mention.span.text for mention in annotation.mentions}
    assert [cluster.name for cluster in annotation.entity_clusters if cluster.label == "PERSON"] == ["Ines Okafor"]
    assert [segment.kind for segment in annotation.segments] == ["paragraph", "paragraph"]


def test_the_doc_is_spacys(annotation: onrecord.Annotation) -> None:
    """Text, sentences, entities and attributions, in a Doc of its own that outlives other readings."""
    doc = annotation.doc
    onrecord.read("Another text, Tom Roe said.")
    assert doc.text == annotation.article.text
    assert "Ines Okafor" in [entity.text for entity in doc.ents]
    assert [sentence.text.strip()[:10] for sentence in doc.sents] == ["“We will r", "She added "]
    assert len(doc._.attributions) == 2
    assert annotation.doc is doc


def test_the_dict_is_plain(annotation: onrecord.Annotation) -> None:
    values = json.loads(json.dumps(annotation.to_dict(), allow_nan=False))
    assert values["article"]["text"] == annotation.article.text
    quote = values["quotes"][0]
    span = quote["content_spans"][0]
    assert values["article"]["text"][span["start"] : span["end"]] == quote["content"]
    assert values["article"]["raw"]["text"][span["raw_start"] : span["raw_end"]] == quote["content"]


class Page(HTMLParser):
    """What a browser would make of it: the text, the text by mark, the tags."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text, self.tags = "", set[str]()
        self.marked: dict[str, str] = {}
        self.roles: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "mark":
            self.roles = (dict(attrs)["class"] or "").split()

    def handle_endtag(self, tag: str) -> None:
        self.roles = []

    def handle_data(self, data: str) -> None:
        self.text += data
        for role in self.roles:
            self.marked[role] = self.marked.get(role, "") + data


def test_jupyter_shows_what_was_said_and_by_whom(annotation: onrecord.Annotation) -> None:
    page = Page(annotation._repr_html_())
    first, second = annotation.quotes
    assert page.marked == {role: getattr(first, role) + getattr(second, role) for role in ("content", "cue", "source")}


def test_markup_in_an_article_is_only_text() -> None:
    hostile = "<script>alert(1)</script> “No <img src=x onerror=alert(1)>,” said Ada Brook, “& never.”"
    page = Page(onrecord.read(hostile)._repr_html_())
    assert page.tags <= {"div", "style", "p", "mark", "table", "tr", "th", "td", "small", "h4"}
    assert "<img src=x onerror=alert(1)>" in page.text


@pytest.mark.parametrize("article", ["", " \n", {"title": "Only a title"}, {"text": ""}])
def test_what_is_no_article_is_an_error_that_says_why(article: object) -> None:
    with pytest.raises(onrecord.ArticleRejected, match=r"clean: empty_text|load: no_text") as error:
        onrecord.read(article)  # type: ignore[arg-type]
    assert isinstance(error.value.rejected, onrecord.Rejected)


@pytest.mark.parametrize("articles", ["a text", b"bytes", {"text": "a record"}, pa.table({"text": ["a frame"]})])
def test_what_is_no_list_of_articles_is_a_mistake(articles: object) -> None:
    """Its letters, keys or columns would be read as articles."""
    with pytest.raises(TypeError, match="no list of texts"):
        onrecord.read_all(articles)  # type: ignore[arg-type]


def test_a_cell_without_a_text_is_refused_and_another_value_a_mistake() -> None:
    results = list(onrecord.read_all([None, float("nan")]))  # type: ignore[list-item]
    assert [isinstance(result, onrecord.Rejected) for result in results] == [True, True]
    with pytest.raises(TypeError, match="not a int"):
        onrecord.read(7)  # type: ignore[arg-type]


def test_languages_are_asked_for() -> None:
    german = "Der Rat der Stadt kam am Montag zusammen und sprach lange über das Geld für die Schulen."
    assert onrecord.read(german).article.language == "de"
    with pytest.raises(onrecord.ArticleRejected, match="language: de"):
        onrecord.read(german, languages=["en"])


def test_records_bring_their_metadata() -> None:
    record = {
        "headline": "New plan",
        "body": TEXT,
        "author": "Li Wu",
        "url": "https://news.example/1",
        "date": "2024-03-04",
    }
    article = onrecord.read(record).article
    assert (article.title, article.byline, article.raw.url) == ("New plan", "Li Wu", "https://news.example/1")
    assert article.raw.published is not None
    assert article.raw.published.date().isoformat() == "2024-03-04"


@pytest.mark.parametrize("workers", [1, 2])
def test_many_are_read_lazily_and_in_order(workers: int) -> None:
    """Out of an endless stream no more is taken than the workers need; a bad one costs itself alone."""
    taken = 0

    def articles() -> Iterator[str]:
        nonlocal taken
        for number in count():
            taken += 1
            yield "" if number == 3 else f"Case {number}. “It is {number},” said Ada Brook."

    results = list(islice(onrecord.read_all(articles(), workers=workers), 20))
    assert [isinstance(result, onrecord.Rejected) for result in results] == [number == 3 for number in range(20)]
    texts = [result.article.text.partition(".")[0] for result in results if isinstance(result, onrecord.Annotation)]
    assert texts == [f"Case {number}" for number in range(20) if number != 3]
    assert taken <= 100


def test_each_text_has_an_id_of_its_own() -> None:
    one, two, again = onrecord.read_all([TEXT, "It is late, Tom Roe said.", TEXT])
    assert isinstance(one, onrecord.Annotation)
    assert isinstance(two, onrecord.Annotation)
    assert isinstance(again, onrecord.Annotation)
    assert one.article.article_id == again.article.article_id != two.article.article_id


def test_tables_are_those_of_a_run(annotation: onrecord.Annotation, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-m", "onrecord", "run", "a.txt", "-o", "out"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    tables = onrecord.tables([annotation])
    data = onrecord.open(tmp_path / "out")
    for name in ("quotes", "mentions", "segments"):
        own = [column for column in tables[name].column_names if not column.endswith("_id")]
        columns = ", ".join(f'"{column}"' for column in own)
        rows = data.sql(f"SELECT {columns} FROM {name}").fetchall()
        assert rows
        assert [tuple(row.values()) for row in tables[name].select(own).to_pylist()] == rows
    (row,) = tables["articles"].to_pylist()
    assert row["text"] == TEXT


def test_a_data_set_is_asked_and_never_changed(tables_of_seeds: Path) -> None:
    with onrecord.open(tables_of_seeds) as data:
        asked = data.sql("SELECT count(*) FROM quotes WHERE kind = $kind", {"kind": "direct"}).fetchall()
        assert asked == data.quotes.filter("kind = 'direct'").aggregate("count(*)").fetchall()
        assert data.speakers.limit(1).fetchall()
        assert {"articles", "quotes", "speakers"} <= set(dir(data))
        with pytest.raises(AttributeError, match="no table or view 'quote'; there are articles"):
            _ = data.quote
        with pytest.raises(QueryError, match="Candidate bindings"):
            data.sql("SELECT speeker FROM quotes")
        for change in ("DROP VIEW quotes", f"COPY quotes TO '{tables_of_seeds}/x.parquet'", "CREATE TABLE x (n INT)"):
            with pytest.raises(QueryRefused):
                data.sql(change)


def test_no_tables_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoDataset):
        onrecord.open(tmp_path)


def test_the_steps_in_a_beam_pipeline() -> None:
    """Texts and records, in people's own pipelines."""
    from onrecord.beam import Annotate

    articles = [TEXT, {"text": "It is late, Tom Roe said."}, "", {"title": "No text"}]
    with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as pipeline:
        counts = (
            pipeline
            | beam.Create(articles)
            | Annotate()
            | beam.Map(lambda result: (getattr(result, "reason", "annotation"), 1))
            | beam.CombinePerKey(sum)
        )
        assert_that(counts, equal_to([("annotation", 2), ("empty_text", 1), ("no_text", 1)]))


def test_the_reader_is_a_model_for_run_inference() -> None:
    """One result for each article, under its key, whoever makes the batches; it decides by its options."""
    from apache_beam.ml.inference.base import KeyedModelHandler, RunInference

    from onrecord.beam import ReaderModelHandler

    german = "Der Rat der Stadt kam am Montag zusammen und sprach lange über das Geld für die Schulen."
    articles = [(1, TEXT), (2, {"text": "It is late, Tom Roe said."}), (3, ""), (4, german)]
    handler = KeyedModelHandler(ReaderModelHandler(onrecord.AnnotatorOptions(languages=("en",))))
    with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as pipeline:
        results = pipeline | beam.Create(articles) | RunInference(handler) | beam.MapTuple(_speakers_of)
        assert_that(results, equal_to([(1, ["Ines Okafor"] * 2), (2, ["Tom Roe"]), (3, "empty_text"), (4, "language")]))
    with pytest.raises(ValueError, match="the options of the handler decide"):
        [TEXT] | RunInference(ReaderModelHandler(), inference_args={"languages": ["en"]})


def _speakers_of(key: int, result: onrecord.Annotation | onrecord.Rejected) -> tuple[int, list[str | None] | str]:
    if isinstance(result, onrecord.Rejected):
        return key, result.reason
    return key, [quote.speaker for quote in result.quotes]


def test_importing_loads_nothing_heavy() -> None:
    code = """
import sys
import onrecord
dir(onrecord)
print({"spacy", "apache_beam", "pyarrow", "duckdb", "numpy"} & {*sys.modules})
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
