"""Tables of small texts, each with its names, its sources and its speakers: what holds for all texts of their kind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.identities.resolve import resolve
from onrecord.transforms.records import (
    Annotation,
    Article,
    Attribution,
    Entity,
    EntityCluster,
    Link,
    RawArticle,
    Reading,
)

FILES = sorted(Path(__file__).parents[1].glob("cases/speakers_*.json"))
PRONOUN = re.compile(r"\b(?:he|him|his|she|her|hers|it|its|they|them|their)\b", re.IGNORECASE)


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem.removeprefix('speakers_')}: {case['label']}")
        for path in FILES
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


def annotated(case: dict[str, Any]) -> Annotation:
    """The annotation of a case whose reading marks its names and quotes, and whose pointer has no target."""
    text = case["text"]
    raw = RawArticle(uri="case.txt", text=text, raw_sha256="", n_bytes=len(text.encode()))
    article = Article(article_id="case", raw=raw, body=AlignedText.of(text))
    links = tuple(Link(start=m.start(), end=m.end(), new=0.3) for m in PRONOUN.finditer(text))
    reading = Reading(
        sentence_starts=(0, *(m.end() for m in re.finditer(r"[.!?]”?\s+(?=[A-Z“])", text))),
        entities=find_entities(text, case["names"]),
        attributions=tuple(build_attribution(text, quote) for quote in case["quotes"]),
        links=links,
    )
    return resolve(article, reading)


def find_entities(text: str, names: dict[str, str]) -> tuple[Entity, ...]:
    """Every place of a name that is not inside a longer one."""
    entities: list[Entity] = []
    for name in sorted(names, key=len, reverse=True):
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not any(e.start < m.end() and m.start() < e.end for e in entities):
                entities.append(Entity(start=m.start(), end=m.end(), label=names[name], score=0.9))
    return tuple(sorted(entities, key=lambda e: e.start))


def build_attribution(text: str, quote: dict[str, Any]) -> Attribution:
    content = find_span(text, quote["content"])
    source = find_nearest_span(text, quote["source"], content) if quote["source"] else None
    cue = find_nearest_span(text, quote["cue"], content) if quote["cue"] else None
    return Attribution(
        content=(content,),
        cue=(cue,) if cue else (),
        source=(source,) if source else (),
        kind=quote["kind"],
        act="statement",
        confidence=0.9,
    )


def find_span(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


def find_nearest_span(text: str, part: str, content: tuple[int, int]) -> tuple[int, int]:
    """The span of ``part`` nearest to the content."""
    spans = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text)]
    spans = spans or [m.span() for m in re.finditer(re.escape(part), text)]
    return min(spans, key=lambda span: max(span[0] - content[1], content[0] - span[1]))


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    annotation = annotated(case)
    for quote, expected in zip(annotation.quotes, case["quotes"], strict=True):
        assert quote.speaker == expected["speaker"], (expected["content"], quote.speaker_method, quote.speaker_score)
        if "method" in expected:
            assert quote.speaker_method == expected["method"]
        assert (quote.speaker_id is None) == (quote.speaker is None) == (not quote.speaker_evidence)
    for left, right in case.get("same", ()):
        assert cluster_of(annotation, left) == cluster_of(annotation, right)
    for left, right in case.get("apart", ()):
        first, second = cluster_of(annotation, left), cluster_of(annotation, right)
        assert first.entity_id != second.entity_id
        assert first.speaker_id is None or first.speaker_id != second.speaker_id


def cluster_of(annotation: Annotation, name: str) -> EntityCluster:
    return next(c for c in annotation.entity_clusters for span in c.mentions if span.text == name)
