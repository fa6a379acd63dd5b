"""The quality floors: articles written for this project, read by the whole product, scored against their annotation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gold.load import digest, load
from gold.read import read
from gold.score import score

SETTINGS: dict[str, Any] = json.loads((Path(__file__).parent / "gold" / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures() -> dict[str, float]:
    """All figures, measured once."""
    return score(read(load()))


def test_floors_belong_to_this_gold() -> None:
    """The floors were set on the gold files as they are; after an edit, measure again and set both."""
    assert digest() == SETTINGS["digest"]


@pytest.mark.parametrize("figure", SETTINGS["floors"])
def test_figure_keeps_its_floor(figures: dict[str, float], figure: str) -> None:
    """No figure falls below its floor."""
    assert figures[figure] >= SETTINGS["floors"][figure]


@pytest.mark.parametrize("figure", SETTINGS["ceilings"])
def test_figure_keeps_its_ceiling(figures: dict[str, float], figure: str) -> None:
    """What looks like a quotation and is none is seldom reported."""
    assert figures[figure] <= SETTINGS["ceilings"][figure]
