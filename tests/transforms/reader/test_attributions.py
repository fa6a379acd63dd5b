"""From drafts to attributions: what is reported, standalone quotations, cues that end where they should."""

from __future__ import annotations

import pytest

from onrecord.transforms.quotation import find_quotations
from onrecord.transforms.reader.attributions import Calibration, select, without_dangling
from onrecord.transforms.reader.layout_attributions import standalone_quotations
from onrecord.transforms.records import Attribution


def range_of(text: str, words: str) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


def attribution(text: str, content: str, cue: str, source: str, *, confidence: float) -> Attribution:
    return Attribution(
        content=(range_of(text, content),),
        cue=(range_of(text, cue),),
        source=(range_of(text, source),),
        kind="direct",
        act="statement",
        confidence=confidence,
        flags=(),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is the only shop. “If you want more, you can leave.”", True),
        ("The rain came.\n\n“We never thought that it would end.”\n\nThen it came again.", True),
        ('They lost. "We will be back, and soon!" Then they left.', True),
        ("He said they “never thought that it would end.”", False),
        ("“We never thought that it would end,” he said.", False),
        ("“We never thought that it would end?” he asked.", False),
        ("RELATED: “What happens to the economy now?”", False),
        ("He sang four songs. “I Will Always Love You.” Then he left.", False),
        ("It went to Smith v. “The estate of the late John Doe.” Next month it ends.", False),
        ("It was late. “No, never.” Then he left.", False),
    ],
)
def test_standalone_quotations(text: str, expected: bool) -> None:
    """A whole sentence in marks that stands by itself; no part of a sentence, title, link or short answer."""
    assert bool(list(standalone_quotations(text, find_quotations(text)))) == expected


def test_a_standalone_quotation_is_given_as_the_network_has_it() -> None:
    """Too unsure for a quotation in running text, but it keeps its source; without the network it has none."""
    text = "They lost. “We will be back, and soon.” Doe said so."
    unsure = attribution(text, "“We will be back, and soon.”", "said", "Doe", confidence=0.3)
    calibration = Calibration(min_quoted_confidence=0.5)
    assert select([unsure], text, calibration) == (unsure,)
    (bare,) = select([], text, calibration)
    assert (bare.content, bare.source, bare.flags) == (unsure.content, (), ("layout",))


def test_what_is_covered_is_not_reported_twice() -> None:
    """A standalone quotation inside a longer content is no row of its own."""
    text = "They lost. “We will be back, and soon.” So it was, Doe said."
    longer = attribution(text, "They lost. “We will be back, and soon.” So it was", "said", "Doe", confidence=0.9)
    assert select([longer], text, Calibration()) == (longer,)


@pytest.mark.parametrize(
    ("text", "cue", "follower", "expected"),
    [
        ("She said in July that it rains.", "said in", "that it rains", "said"),
        ("She spoke about the plan.", "spoke about", "the plan", "spoke about"),
        ("According to Doe, it rains.", "According to", "Doe", "According to"),
        ("It is a plan that voters are against.", "are against", "It", "are against"),
        ("He is one that few approve of.", "approve of", "He", "approve of"),
        ("He says it in a statement on the plan.", "says it in a", "the plan", "says it"),
    ],
)
def test_a_cue_of_speech_ends_with_no_preposition(text: str, cue: str, follower: str, expected: str) -> None:
    """It stays where it governs the span that is next; other cues ("approve of") are left as they are."""
    start, end = without_dangling(text, range_of(text, cue), [range_of(text, follower)[0]])
    assert text[start:end] == expected
