"""What a line is judged by before its patterns are tried: nothing that they match is without the sign."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import blocks, bylines, page_boundaries, stamps
from onrecord.transforms.cleaning.characters import normalize_rare_marks
from onrecord.transforms.lexicon.boilerplate import NOTICE_ENDINGS, NOTICES
from onrecord.transforms.lexicon.patterns import SENTENCE_END, LineEnd
from onrecord.transforms.quotation import LINE_ENDS, PARAGRAPH_BREAK, find_quotations

LETTERS = "".join(map(chr, range(32, 127))) + "©|°•—☰’"
FEW = settings(max_examples=4, deadline=None, phases=[Phase.generate])


def matches(pattern: str) -> st.SearchStrategy[str]:
    """Whole lines that the pattern matches, in characters of news pages, without blanks around them."""
    lines = st.from_regex(re.compile(pattern, re.IGNORECASE), fullmatch=True, alphabet=LETTERS)
    return lines.filter(lambda line: line == line.strip() and "\n" not in line)


@pytest.mark.parametrize("pattern", NOTICES, ids=range(len(NOTICES)))
def test_notices_are_known_by_their_first_word(pattern: str) -> None:
    """No line that is a notice is passed over for its first word."""

    @FEW
    @given(matches(pattern))
    def check(line: str) -> None:
        assert blocks._is_opened_notice(line)

    check()


@pytest.mark.parametrize(("words", "pattern"), NOTICE_ENDINGS.items(), ids=NOTICE_ENDINGS)
def test_notices_known_by_their_end_hold_its_words(words: str, pattern: str) -> None:
    """What is matched at its end holds the words that are looked for in the whole text first."""

    @FEW
    @given(matches(pattern))
    def check(line: str) -> None:
        assert words in line.casefold()

    check()


@pytest.mark.parametrize(
    ("pattern", "has_sign"),
    [
        (stamps.STAMP, stamps.YEAR.search),
        (page_boundaries.PAGE_SIGN, page_boundaries.DIGIT_OR_PAGE.search),
        (page_boundaries.RUNNING_HEAD, lambda line: line[0].isdigit() or line[-1].isdigit()),
        (bylines.CONTACT, lambda line: any(sign in line for sign in bylines.SIGNS_OF_CONTACT)),
        (blocks.CLOSING_CREDIT, lambda line: line.endswith(")")),
        (blocks.BARE_CREDIT, lambda line: "/" in line or "|" in line),
    ],
    ids="stamp page_sign running_head contact closing_credit bare_credit".split(),
)
def test_what_a_pattern_matches_has_its_sign(pattern: re.Pattern[str], has_sign: object) -> None:
    """Stamps have a year, page marks a digit or the word, contacts and credits their marks."""

    @FEW
    @given(st.from_regex(pattern, fullmatch=True, alphabet=LETTERS).map(str.strip).filter(bool))
    def check(line: str) -> None:
        assert has_sign(line)  # type: ignore[operator]  # each of them takes a line

    check()


@given(st.text(alphabet="ab.!?:-\"'”’)] ", max_size=12))
def test_line_ends_are_those_of_the_pattern(line: str) -> None:
    """Looking from the end finds what a pattern finds that reads the whole line."""
    pattern = re.compile(r"""[.!?…][\"'”’»)\]]*$|[\"”]$""")
    assert SENTENCE_END.search(line) == bool(pattern.search(line))
    assert not LineEnd((), ()).search(line)


@given(st.text(alphabet="a \n\t\u00a0\r", max_size=14))
def test_paragraphs_are_parted_where_the_pattern_parts_them(text: str) -> None:
    """A quotation left open ends where its paragraph does, before the white space."""
    ends = [m.start() for m in PARAGRAPH_BREAK.finditer(f"“{text}a")]
    assert len(ends) == len(LINE_ENDS.findall(text))
    assert [q.end for q in find_quotations(f"“{text}a")][:1] == [*ends, len(text) + 2][:1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("『He said 「no」 to it』, she wrote.", "“He said “no” to it”, she wrote."),
        ("「One 『two 〝three〞 two』 one」", "“One “two “three” two” one”"),
        ("It is 5″ wide and 6″ high.", "It is 5″ wide and 6″ high."),
    ],
)
def test_rare_marks_in_one_another(text: str, expected: str) -> None:
    """A pair that stands in another one is replaced with it; inches stay."""
    assert normalize_rare_marks(AlignedText.of(text)).text == expected
