"""The score on examples small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from .load import GoldArticle, GoldAttribution
from .score import PredictedArticle, PredictedAttribution, match, same_name, score

#       0         1         2         3         4         5
#       0123456789012345678901234567890123456789012345678901234
TEXT = "“We stay,” said Ann Lee. She hopes that it will rain. Fin"
SAID = GoldAttribution(
    source=((16, 23),), cue=((11, 15),), content=((0, 10),), kind="direct", act="statement", speakers=("Ann Lee",)
)
HOPES = GoldAttribution(
    source=((25, 28),), cue=((29, 34),), content=((35, 52),), kind="indirect", act="thought", speakers=("Ann Lee",)
)
ARTICLE = GoldArticle(
    id="x", style="test", text=TEXT, attributions=(SAID, HOPES), entities=((16, 23, "PERSON"),), not_quotes=((54, 57),)
)
PREDICTED_SAID = PredictedAttribution(content=((1, 8),), source=((16, 23),), cue=((11, 15),), speaker="Ann Lee")
PREDICTED_HOPES = PredictedAttribution(
    content=((35, 52),), source=((25, 28),), kind="indirect", act="thought", speaker="Ann Lee"
)


def figures(*predicted: PredictedAttribution, entities: tuple[tuple[int, int, str], ...] = ()) -> dict[str, float]:
    return score([(ARTICLE, PredictedArticle(attributions=predicted, entities=entities))])


def test_all_right() -> None:
    """A prediction that equals the gold scores one everywhere; marks at the edges do not count."""
    scored = figures(PREDICTED_SAID, PREDICTED_HOPES, entities=((16, 24, "PERSON"),))
    assert {name: value for name, value in scored.items() if value != 1.0} == {
        "mixed_f1": 0.0,  # there is none
        "not_quotes_reported": 0.0,
    }


def test_nothing_found() -> None:
    """An empty prediction scores nothing, and divides by nothing."""
    assert set(figures().values()) == {0.0}


def test_half_found() -> None:
    """One of two found: recall a half, precision one, F1 two thirds; by kind, all or nothing."""
    scored = figures(PREDICTED_SAID)
    assert (scored["detection_precision"], scored["detection_recall"]) == (1.0, 0.5)
    assert scored["detection_f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert (scored["direct_f1"], scored["indirect_f1"]) == (1.0, 0.0)


def test_overlap_without_equality() -> None:
    """Half of the tokens are enough to be detected, not to be exact; less is no match."""
    three_of_five = figures(replace(PREDICTED_HOPES, content=((40, 52),)), PREDICTED_SAID)  # "it will rain"
    assert (three_of_five["detection_f1"], three_of_five["exact_f1"]) == (1.0, 0.5)
    one_of_four = figures(replace(PREDICTED_HOPES, content=((48, 52),)), PREDICTED_SAID)  # "rain"
    assert one_of_four["detection_f1"] == 0.5


def test_wrong_source_kind_act_speaker() -> None:
    """What is reported beside the content is counted among the matches."""
    scored = figures(
        replace(PREDICTED_SAID, source=((25, 28),), kind="mixed", act="thought", speaker=None), PREDICTED_HOPES
    )
    assert scored["detection_f1"] == 1.0
    assert scored["end_to_end_f1"] == 0.5
    assert (scored["kind_accuracy"], scored["act_accuracy"], scored["speaker_accuracy"]) == (0.5, 0.5, 0.5)
    assert (scored["direct_f1"], scored["mixed_f1"]) == (0.0, 0.0)


def test_a_source_where_there_is_none() -> None:
    """With no source in the gold, only no source is right."""
    floating = replace(ARTICLE, attributions=(replace(SAID, source=()),))
    assert (
        score([(floating, PredictedArticle(attributions=(replace(PREDICTED_SAID, source=()),)))])["end_to_end_f1"]
        == 1.0
    )
    assert score([(floating, PredictedArticle(attributions=(PREDICTED_SAID,)))])["end_to_end_f1"] == 0.0


def test_one_to_one() -> None:
    """A content reported twice is right once."""
    assert figures(PREDICTED_SAID, PREDICTED_SAID, PREDICTED_HOPES)["detection_precision"] == pytest.approx(
        2 / 3, abs=1e-4
    )
    assert match(TEXT, [((0, 10),)], [((1, 3),), ((0, 10),)]) == [(0, 1, 1.0)]


def test_not_quotes_are_counted() -> None:
    """What is marked as no quotation and reported as one is counted, and costs precision."""
    scored = figures(PREDICTED_SAID, PREDICTED_HOPES, PredictedAttribution(content=((54, 57),)))
    assert scored["not_quotes_reported"] == 1.0
    assert scored["detection_precision"] == pytest.approx(2 / 3, abs=1e-4)


def test_entities_count_where_annotated() -> None:
    """Labels count; articles without entities in the gold are left out."""
    assert figures(entities=((16, 23, "ORG"),))["entity_f1"] == 0.0
    bare = replace(ARTICLE, entities=None)
    assert score([(bare, PredictedArticle(entities=((16, 23, "ORG"),)))])["entity_f1"] == 0.0
    both = score(
        [
            (bare, PredictedArticle(entities=((0, 3, "ORG"),))),
            (ARTICLE, PredictedArticle(entities=((16, 23, "PERSON"),))),
        ]
    )
    assert both["entity_f1"] == 1.0


def test_names_are_compared_by_words() -> None:
    """Any accepted name will do; a part of a name will not; a name where nobody is named is wrong."""
    assert same_name("ann  LEE.", ["Ann Lee"])
    assert same_name("Lee Ann", ["Ann Lee", "Lee Ann"])
    assert not same_name("Lee", ["Ann Lee"])
    assert not same_name("Ann Lee", [])
    assert not same_name(None, ["Ann Lee"])
