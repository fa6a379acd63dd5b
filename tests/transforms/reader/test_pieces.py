"""What the model sees of a text: offsets that lead back, features of case, marks and paragraphs, full windows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from onrecord.transforms.reader.decoding import group_words
from onrecord.transforms.reader.model import SHIPPED
from onrecord.transforms.reader.pieces import (
    N_FEATURES,
    LetterCase,
    MarkPosition,
    Pieces,
    cut_into_pieces,
    cut_into_windows,
    load_tokenizer,
)

TOKENIZER: Tokenizer = load_tokenizer((SHIPPED / "tokenizer.json").read_bytes())


def split_feature(feature: int) -> tuple[str, str, bool]:
    """A feature id taken apart again: letter case, place to marks, opens a paragraph."""
    rest, opens = divmod(feature, 2)
    case, mark = divmod(rest, len(MarkPosition))
    return LetterCase(case).name.lower(), MarkPosition(mark).name.lower(), bool(opens)


def test_features_hold_case_marks_and_paragraphs() -> None:
    """Each piece carries the case of its word, its place to quotation marks and whether it opens a paragraph."""
    text = "NATO said “Yes”.\n\nMcAdam 2016"
    pieces = cut_into_pieces(text, TOKENIZER)
    features = {
        text[a:b]: split_feature(f) for a, b, f in zip(pieces.starts, pieces.ends, pieces.features, strict=True)
    }
    assert features["NATO"] == ("upper", "outside", True)
    assert features["said"] == ("lower", "outside", False)
    assert features["“"] == ("none", "opening", False)
    assert features["Yes"] == ("capital", "inside", False)
    assert features["”"] == ("none", "closing", False)
    assert features["McA"] == ("mixed", "outside", True)
    assert features["2016"] == ("digit", "outside", False)


@pytest.mark.parametrize(("left", "right"), [("“It’s”", '"It\'s"'), ("a\N{NO-BREAK SPACE}b", "a b")])
def test_marks_and_blanks_of_any_shape_are_one_to_the_model(left: str, right: str) -> None:
    """Typographic and plain shapes of a mark or a blank give the same pieces."""
    assert cut_into_pieces(left, TOKENIZER) == cut_into_pieces(right, TOKENIZER)


@given(st.text(max_size=200))
def test_any_text_gives_pieces_in_order_that_lie_in_it(text: str) -> None:
    """Pieces stand in text order and lie in the text, words of them do not overlap, and their features are known."""
    pieces = cut_into_pieces(text, TOKENIZER)
    assert pieces.starts == sorted(pieces.starts)
    assert pieces.ends == sorted(pieces.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(pieces.starts, pieces.ends, strict=True))
    assert all(0 <= feature < N_FEATURES for feature in pieces.features)
    words = group_words(pieces, text)
    assert all(pieces.ends[left.stop - 1] <= pieces.starts[right.start] for left, right in pairwise(words))


@given(st.integers(0, 2000), st.sets(st.integers(1, 1999), max_size=60), st.integers(20, 300))
def test_windows_cover_everything_and_overlap(n: int, openings: set[int], size: int) -> None:
    """Windows are at most ``size`` long, leave no piece out, and neighbours share at least the overlap."""
    paragraphs = [0, *sorted(p for p in openings if p < n)]
    pieces = Pieces(ids=[0] * n, features=[0] * n, starts=[0] * n, ends=[0] * n, paragraphs=paragraphs)
    windows = cut_into_windows(pieces, size=size, overlap=size // 4)
    assert windows[0][0] == 0
    assert windows[-1][1] == n
    assert all(end - start <= size for start, end in windows)
    assert all(a[1] - b[0] >= size // 4 and b[0] > a[0] for a, b in pairwise(windows))
