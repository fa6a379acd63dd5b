"""Tables of small texts, each with its names, its sources, and who speaks: what holds for all texts of their kind."""

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
    """The annotation of a case whose reading marks its names and quotes, and whose pointer tells nothing."""
    text = case["text"]
    raw = RawArticle(uri="case.txt", text=text, raw_sha256="", n_bytes=len(text.encode()))
    article = Article(article_id="case", raw=raw, body=AlignedText.of(text))
    links = tuple(Link(start=m.start(), end=m.end(), new=0.3) for m in PRONOUN.finditer(text))
    reading = Reading(
        sentence_starts=(0, *(m.end() for m in re.finditer(r"[.!?]”?\s+(?=[A-Z“])", text))),
        entities=entities(text, case["names"]),
        attributions=tuple(attribution(text, quote) for quote in case["quotes"]),
        links=links,
    )
    return resolve(article, reading)


def entities(text: str, names: dict[str, str]) -> tuple[Entity, ...]:
    """Every place of a name that is not inside a longer one."""
    found: list[Entity] = []
    for name in sorted(names, key=len, reverse=True):
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            if not any(e.start < m.end() and m.start() < e.end for e in found):
                found.append(Entity(start=m.start(), end=m.end(), label=names[name], score=0.9))
    return tuple(sorted(found, key=lambda e: e.start))


def attribution(text: str, quote: dict[str, Any]) -> Attribution:
    content = place(text, quote["content"])
    source = nearest(text, quote["source"], content) if quote["source"] else None
    cue = nearest(text, quote["cue"], content) if quote["cue"] else None
    return Attribution(
        content=(content,),
        cue=(cue,) if cue else (),
        source=(source,) if source else (),
        kind=quote["kind"],
        act="statement",
        confidence=0.9,
    )


def place(text: str, part: str) -> tuple[int, int]:
    return text.index(part), text.index(part) + len(part)


def nearest(text: str, part: str, content: tuple[int, int]) -> tuple[int, int]:
    """The place of ``part`` nearest to the content."""
    found = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text)]
    found = found or [m.span() for m in re.finditer(re.escape(part), text)]
    return min(found, key=lambda span: max(span[0] - content[1], content[0] - span[1]))


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    annotation = annotated(case)
    for quote, wanted in zip(annotation.quotes, case["quotes"], strict=True):
        assert quote.speaker == wanted["speaker"], (wanted["content"], quote.speaker_method, quote.speaker_score)
        if "method" in wanted:
            assert quote.speaker_method == wanted["method"]
        assert (quote.speaker_id is None) == (quote.speaker is None) == (not quote.speaker_evidence)
    for one, other in case.get("same", ()):
        assert identity_of(annotation, one) == identity_of(annotation, other)
    for one, other in case.get("apart", ()):
        first, second = identity_of(annotation, one), identity_of(annotation, other)
        assert first.entity_id != second.entity_id
        assert first.speaker_id is None or first.speaker_id != second.speaker_id


def identity_of(annotation: Annotation, name: str) -> EntityCluster:
    return next(i for i in annotation.entity_clusters for span in i.mentions if span.text == name)
