"""Quotations are found where a reader sees them, whatever marks are used."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.transforms.quotation import find_quotations

CASES = [
    # (what it shows, text, quotations; "|…" marks one that is left open)
    ("both styles in one text", 'He said “no”. "Never," he said.', ["“no”", '"Never,"']),
    ("mixed styles in one pair", '“No," he said.', ['“No,"']),
    ("an apostrophe is no mark", "It's the states' fault, he said.", []),
    ("outer single marks", "He said ‘no’ and left.", ["‘no’"]),
    ("straight single marks round several words", "He said: 'We go home.' Then left.", ["'We go home.'"]),
    ("curly inside curly", "“He said “no” to me,” she said.", ["“He said “no” to me,”"]),
    ("curly inside straight", '"He said “no” to me," she said.', ['"He said “no” to me,"']),
    (
        "several curly inside straight",
        '"Too “loud” or “shrill,” I hear," she said.',
        ['"Too “loud” or “shrill,” I hear,"'],
    ),
    ("single inside double", "“It is ‘all’ gone,” he said.", ["“It is ‘all’ gone,”"]),
    ("German low marks", "Er sagte: „Nein“, und ging.", ["„Nein“"]),
    ("angle marks", "Il dit : «Non», puis partit.", ["«Non»"]),
    ("an opening mark used to close", "a “better place“ to be", ["“better place“"]),
    ("every paragraph opens, the last closes", "“One.\n\n“Two,” he said.", ["|“One.", "“Two,”"]),
    ("torn over paragraphs", "“One.\n\nTwo,” he said.", ["“One.\n\nTwo,”"]),
    ("torn, with a slipped straight mark", '“One.\n\nTwo, "he said.', ['“One.\n\nTwo, "']),
    ("a lost closing mark", "“One, he said.\n\nHe left.", ["|“One, he said."]),
    ("inches are no quotation", 'It is 5" long.', []),
]


@pytest.mark.parametrize(("text", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_quotations(text, wanted):
    """The outer quotations of the text, and which of them are closed."""
    quotations = [("" if q.closed else "|") + text[q.start : q.end] for q in find_quotations(text)]
    assert quotations == wanted


@given(st.text(alphabet="ab ,.\n“”\"‘’'„«»", max_size=60))
def test_quotations_are_in_order_and_apart(text):
    """Whatever the text: quotations lie in it, in order, and do not overlap."""
    at = 0
    for q in find_quotations(text):
        assert at <= q.start < q.end <= len(text)
        at = q.end


@pytest.mark.parametrize("unit", ["“", '"', "“a ", "'a ", " ", "“Go.\n\n", "‘a"])
def test_a_page_of_marks_is_cheap(unit):
    """Twenty thousand characters of nothing but marks take seconds at most, not minutes."""
    started = time.process_time()
    find_quotations(unit * (20_000 // len(unit)))
    assert time.process_time() - started < 50
