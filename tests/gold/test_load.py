"""The gold files themselves: they load, they are varied, and strings are placed or refused."""

from __future__ import annotations

from typing import Any

import pytest

from .load import GoldError, load, parse


def row(text: str, **attribution: Any) -> dict[str, Any]:
    """A gold file of one attribution."""
    defaults = {"source": None, "cue": None, "kind": "indirect", "act": "statement", "speaker": None}
    return {"id": "x", "style": "test", "text": text.split("\n"), "attributions": [defaults | attribution]}


def test_the_gold_is_what_it_says() -> None:
    """Every file loads; there are at least 34 short articles, and every kind and act is there often."""
    articles = load()
    assert len(articles) >= 34
    assert len({article.id for article in articles}) == len(articles)
    assert all(90 <= len(article.text.split()) <= 220 for article in articles)
    attributions = [attribution for article in articles for attribution in article.attributions]
    for kind in ("direct", "mixed", "indirect"):
        assert sum(a.kind == kind for a in attributions) >= 40
    assert sum(a.act == "thought" for a in attributions) >= 40
    assert all(a.kind == "indirect" for a in attributions if a.act == "thought")


def test_the_closest_placing_is_taken() -> None:
    """Of several "she" and "said", those beside the content are meant."""
    text = "She left, she said. She said it was late."
    (attribution,) = parse(row(text, source="She", cue="said", content=["it was late"])).attributions
    assert (attribution.source, attribution.cue, attribution.content) == (((20, 23),), ((24, 28),), ((29, 40),))


def test_parts_keep_their_order() -> None:
    """Parts of a content are placed in the order given, not on top of each other."""
    gold = row("“No,” he said, “no.”", source="he", cue="said", content=["“No,”", "“no.”"])
    assert parse(gold).attributions[0].content == ((0, 5), (15, 20))


@pytest.mark.parametrize(
    ("text", "wrong", "reason"),
    [
        ("He said no.", {"content": ["yes"]}, "not found"),
        ("Then he went, he said, then he slept.", {"source": "he", "content": ["he"]}, "equally close"),
        ("He said no.", {"source": "He", "content": ["He said no"]}, "no placing"),
        ("He said no.", {"content": [{"text": "no", "nth": 2}]}, "not found"),
        ("He said no.", {"content": ["no"], "kind": "spoken"}, "unknown kind"),
        ("He said no.", {"content": []}, "no content"),
        ("The mono said.", {"content": ["no"]}, "not found"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, wrong: dict[str, Any], reason: str) -> None:
    """A string that is not found, or may stand in two places, is an error that names the article."""
    with pytest.raises(GoldError, match=rf"^x: .*{reason}"):
        parse(row(text, **wrong))


def test_nth_settles_a_tie() -> None:
    """An explicit occurrence is taken."""
    gold = row("Go, go, go.", content=[{"text": "go", "nth": 2}])
    assert parse(gold).attributions[0].content == ((8, 10),)


def test_entities_follow_the_text() -> None:
    """Each entity is the next occurrence; one out of order is refused."""
    gold = {**row("Ann met Bo. Ann left.", content=["Ann left"]), "entities": [["Ann", "PERSON"], ["Ann", "PERSON"]]}
    assert parse(gold).entities == ((0, 3, "PERSON"), (12, 15, "PERSON"))
    with pytest.raises(GoldError, match="out of order"):
        parse({**gold, "entities": [["Bo", "PERSON"], ["Ann", "PERSON"], ["Bo", "PERSON"]]})
