"""AlignedText holds its promises for any text and any edits."""

from __future__ import annotations

import pickle
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit

RAW = st.text(alphabet=st.one_of(st.sampled_from("ab \n\r\ufeff“”\N{GRINNING FACE}"), st.characters()), max_size=40)


@st.composite
def edited(draw):
    """A text after some rounds of edits, and the same by brute force: one ``(character, raw range or None)`` each."""
    raw = draw(RAW)
    text = AlignedText.of(raw)
    model = [(char, (at, at + 1)) for at, char in enumerate(raw)]
    for _ in range(draw(st.integers(0, 4))):
        borders = sorted(draw(st.lists(st.integers(0, len(model)), min_size=2, max_size=6)))
        pairs = list(zip(borders[::2], borders[1::2], strict=False))
        changes = [(start, end, draw(st.text("ab ”", max_size=2))) for start, end in pairs]
        if any(left[1] == right[0] for left, right in pairwise(changes)):
            continue  # touching changes: which comes first would be a matter of taste
        text = text.edit(changes)
        for start, end, new in reversed(changes):
            model[start:end] = [(char, None) for char in new]
    return text, model


@given(edited())
def test_text_is_what_the_edits_make_of_it(case):
    """The text equals the brute-force one, and applying the recorded edits to the raw text gives it again."""
    text, model = case
    assert text.text == "".join(char for char, _ in model)
    assert text.replay(0, len(text.raw), lead=True, tail=True) == text.text
    assert len(text) == len(text.text)


@given(edited())
def test_untouched_characters_know_their_own_raw_range(case):
    """A character that no edit made maps to the very same raw character, however many rounds went over it."""
    text, model = case
    for at, (char, origin) in enumerate(model):
        start, end = text.raw_range(at, at + 1)
        if origin is not None and not any(e.start <= origin[0] < e.end for e in text.edits):
            assert (start, end) == origin
            assert text.raw[start:end] == char
            assert text.position(start) == at or any(e.start == e.end == start for e in text.edits)


@given(edited(), st.data())
def test_raw_range_is_tight_monotonic_and_replayable(case, data):
    """For any span: its raw range is that of its two end characters, and replaying the edits on it gives its text."""
    text, _ = case
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    raw_start, raw_end = text.raw_range(start, end)
    assert 0 <= raw_start <= raw_end <= len(text.raw)
    if start < end:
        assert raw_start == text.raw_range(start, start + 1)[0]
        assert raw_end == text.raw_range(end - 1, end)[1]
    replacements = [(at, at + len(edit.replacement)) for at, edit in zip(text._starts, text.edits, strict=True)]
    cut = any(left < border < right for border in (start, end) for left, right in replacements)
    assert text.explains(start, end) or cut


@given(edited())
def test_edits_are_in_order_disjoint_and_not_idle(case):
    """Edits do not overlap, and each changes something."""
    text, _ = case
    assert all(left.end <= right.start for left, right in pairwise(text.edits))
    assert all(text.raw[e.start : e.end] != e.replacement for e in text.edits)


@given(edited())
def test_pickle_equality_and_hash(case):
    """A text survives pickling and is equal, with an equal hash, to one made from the same edits."""
    text, _ = case
    again = pickle.loads(pickle.dumps(text))
    assert again == text == AlignedText(text.raw, text.edits)
    assert hash(again) == hash(text)
    assert (again.text, again._starts, again._ends) == (text.text, text._starts, text._ends)


@pytest.mark.parametrize(
    ("raw", "change", "edits", "wanted"),
    [
        ("a  b", lambda t: t.sub(r" +", " "), [Edit(2, 3, "")], "a b"),
        ("a\r\nb", lambda t: t.sub(r"\r\n", "\n"), [Edit(1, 2, "")], "a\nb"),
        ("cases, ”the", lambda t: t.edit([(6, 7, ""), (8, 8, " ")]), [Edit(6, 7, ""), Edit(8, 8, " ")], "cases,” the"),
        ("ab", lambda t: t.insert(1, "x").insert(1, "y"), [Edit(1, 1, "yx")], "ayxb"),
        ("abc", lambda t: t.replace(1, 2, "xyz").drop(2, 3), [Edit(1, 2, "xz")], "axzc"),
        ("abc", lambda t: t.insert(1, "x").drop(1, 2), [], "abc"),
        ("abc", lambda t: t.drop(0, 1).drop(0, 1), [Edit(0, 2, "")], "c"),
        ("abc", lambda t: t.replace(1, 2, "x").replace(1, 2, "b"), [], "abc"),
    ],
)
def test_edits_stay_as_small_as_they_can(raw, change, edits, wanted):
    """Edits keep to what changed, so that neighbours keep their exact raw offsets."""
    text = change(AlignedText.of(raw))
    assert text.text == wanted
    assert list(text.edits) == edits


def test_inserted_characters_have_no_width():
    """A span that ends in an inserted mark has the raw range of what is before it; ``tail`` distinguishes the two."""
    text = AlignedText.of("“I go, he said").insert(6, "”")
    assert text.raw_range(0, 6) == text.raw_range(0, 7) == (0, 6)
    assert text.replay(0, 6) == "“I go,”"
    assert text.replay(0, 6, tail=False) == "“I go,"
    assert text.explains(0, 6)
    assert text.explains(0, 7)


@pytest.mark.parametrize("changes", [[(0, 2, "x"), (1, 3, "y")], [(2, 9, "")], [(-1, 1, "z")]])
def test_impossible_changes_raise(changes):
    """Overlapping changes and places outside the text are mistakes of the caller."""
    with pytest.raises(ValueError, match="change"):
        AlignedText.of("abc").edit(changes)


def test_long_texts_are_cheap():
    """A hundred kilobytes with ten thousand edits take well under a second; were it quadratic, minutes."""
    started = time.process_time()
    text = AlignedText.of("word  \r\n" * 12_500).sub(r" +\r\n", "\n").sub("o", "0")
    assert all(text.raw_range(at, at + 5)[0] % 8 == at % 5 for at in range(0, 1000, 5))
    assert time.process_time() - started < 20
