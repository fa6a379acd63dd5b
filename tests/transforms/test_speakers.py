"""Quotes get the speaker that their source names, in the longest form, and nobody where it names nobody."""

from __future__ import annotations

import re

import pytest

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.identities.resolve import resolve
from onrecord.transforms.records import Annotation, Article, Attribution, Entity, RawArticle, Reading, Segment


def annotated(text: str, source: str, names: dict[str, str], segments: tuple[Segment, ...] = ()) -> Annotation:
    """The annotation of a text whose one attribution has ``source`` and the last word as its content."""
    body = AlignedText.of(text)
    raw = RawArticle(uri="a.txt", text=text, raw_sha256="", n_bytes=len(text))
    article = Article(article_id="a", raw=raw, body=body, segments=segments)
    start = text.rindex(source)
    entities: list[Entity] = []
    for name, label in names.items():
        entities += [
            Entity(start=m.start(), end=m.end(), label=label, score=0.9) for m in re.finditer(re.escape(name), text)
        ]
    longest = [e for e in entities if not any(o != e and o.start <= e.start and e.end <= o.end for o in entities)]
    attribution = Attribution(
        content=((0, text.index(".")),),
        source=((start, start + len(source)),) if source else (),
        kind="indirect",
        act="statement",
        confidence=0.5,
    )
    reading = Reading(entities=tuple(sorted(longest, key=lambda e: e.start)), attributions=(attribution,))
    return resolve(article, reading)


@pytest.mark.parametrize(
    ("text", "source", "names", "speaker", "form"),
    [
        (
            "It rains. Ada Brook said. Brook said",
            "Brook",
            {"Ada Brook": "PERSON", "Brook": "PERSON"},
            "Ada Brook",
            "name",
        ),
        ("It rains. Mayor Ada Brook said", "Mayor Ada Brook", {"Ada Brook": "PERSON"}, "Ada Brook", "name"),
        ("It rains. Brook, who saw it, said", "Brook, who saw it,", {"Brook": "PERSON"}, "Brook", "name"),
        ("It rains. The Met Office said", "The Met Office", {"The Met Office": "ORG"}, "Met Office", "name"),
        (
            "It rains. Acme spokesman Al Roe",
            "Acme spokesman Al Roe",
            {"Acme": "ORG", "Al Roe": "PERSON"},
            "Al Roe",
            "name",
        ),
        ("It rains. Al Roe of Acme said", "Al Roe", {"Al Roe": "PERSON", "Acme": "ORG"}, "Al Roe", "name"),
        ("It rains. An aide to Brook said", "An aide to Brook", {"Brook": "PERSON"}, None, "nominal"),
        ("It rains. Brook supporters said", "Brook supporters", {"Brook": "PERSON"}, None, "nominal"),
        ("It rains. Brook’s lawyer said", "Brook’s lawyer", {"Brook": "PERSON"}, None, "nominal"),
        ("It rains. Acme officials said", "Acme officials", {"Acme": "ORG"}, None, "nominal"),
        ("It rains. Oslo said", "Oslo", {"Oslo": "LOC"}, None, "nominal"),
        ("It rains. she said", "she", {}, None, "pronoun"),
        ("It rains. Officials said", "Officials", {}, None, "nominal"),
        ("It rains. Yes", "", {}, None, "none"),
    ],
)
def test_speaker_of_a_source(text: str, source: str, names: dict[str, str], speaker: str | None, form: str) -> None:
    (quote,) = annotated(text, source, names).quotes
    assert (quote.speaker, quote.source_form) == (speaker, form)
    assert (quote.speaker_method, quote.speaker_id is not None) == (("named", True) if speaker else (None, False))
    for span in quote.speaker_evidence:
        assert speaker is not None
        assert speaker in span.text


def test_two_people_with_one_surname_stay_two() -> None:
    text = "It rains. Ada Brook met Tom Brook. Brook said"
    names = {"Ada Brook": "PERSON", "Tom Brook": "PERSON", "Brook": "PERSON"}
    annotation = annotated(text, "Brook", names)
    assert annotation.quotes[0].speaker is None  # either could be meant
    assert {cluster.name for cluster in annotation.entity_clusters} == {"Ada Brook", "Tom Brook"}


def test_a_span_over_something_cut_out_is_two() -> None:
    """A caption stood between the sentences: the raw text between the two spans is not part of the quote."""
    raw = RawArticle(uri="a.txt", text="One two\nCAPTION\nthree four.", raw_sha256="", n_bytes=0)
    body = AlignedText.of(raw.text).replace(7, 16, " ")
    whole = Article(article_id="a", raw=raw, body=body)
    at = 8  # behind the blank
    cut = Segment(index=0, kind="caption", span=whole.span(at, at))
    attribution = Attribution(content=((0, 18),), kind="indirect", act="statement", confidence=0.5)
    article = Article(article_id="a", raw=raw, body=body, segments=(cut,))
    (quote,) = resolve(article, Reading(attributions=(attribution,))).quotes
    assert [span.text for span in quote.content_spans] == ["One two", "three four"]
    assert [raw.text[span.raw_start : span.raw_end] for span in quote.content_spans] == ["One two", "three four"]
    assert quote.content == "One two three four"


def test_sources_that_are_no_names_are_mentions_too() -> None:
    annotation = annotated("It rains. she said", "she", {})
    (mention,) = annotation.mentions
    assert (mention.span.text, mention.form, mention.label) == ("she", "pronoun", "")
