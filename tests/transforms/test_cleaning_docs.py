"""The page on cleaning names every step, in their order, and every flag."""

from __future__ import annotations

import re
from pathlib import Path

from onrecord.transforms.cleaning import STEP_DESCRIPTIONS
from onrecord.transforms.cleaning.flags import FLAGS

PAGE = (Path(__file__).parents[2] / "docs" / "cleaning.md").read_text(encoding="utf-8")


def test_every_step_is_told_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.split("## Steps")[1].split("## Flags")[0], re.MULTILINE)
    assert rows == list(STEP_DESCRIPTIONS.items())


def test_every_flag_is_told() -> None:
    told = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE.split("## Flags")[1], re.MULTILINE)))
    assert set(FLAGS) <= set(told)
