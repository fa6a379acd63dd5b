"""Cleaning fixes and cuts what its cases say, leaves alone what they say, and keeps its promises on any text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle, Rejected

HERE = Path(__file__).parent
CASES = [
    pytest.param(case, id=f"{path.stem.removeprefix('cleaning_')}: {case['label']}")
    for path in sorted((HERE.parent / "cases").glob("cleaning_*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]
REREAD = {"escapes", "lost_bytes", "mojibake", "html_entities"}
REREAD_TEXT = re.compile(
    r"&(?:amp;)*#?\w+\s*;|[^\x00-\x7f]+|\\+(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[nrt])|=[0-9A-F]{2}|u20[0-9a-f]{2}|^\s*[bu]"
)
SEEDS = [path.read_bytes().decode() for path in sorted((HERE.parents[1] / "seeds").glob("*.txt"))]


def raw_article(text: str, title: str | None = None) -> RawArticle:
    return RawArticle(uri="a.txt", text=text, raw_sha256="", n_bytes=len(text), title=title)


def body(text: str) -> str:
    article = clean(raw_article(text))
    return article.text if isinstance(article, Article) else ""


@pytest.mark.parametrize("case", CASES)
def test_cases(case):
    """Each case's text has the body it should have, and what was cut out of it is kept with its kind."""
    article = clean(raw_article(case["text"], case.get("title")))
    assert isinstance(article, Article)
    assert article.text == case["body"]
    cut = [[s.kind, s.span.text.strip()] for s in article.segments if s.kind != "paragraph"]
    assert cut == case.get("cut", [])
    assert (article.dateline_place, article.agency) == (case.get("place"), case.get("agency"))
    assert article.flags == tuple(case.get("flags", []))


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff", "https://example.org/a"])
def test_nothing_left_is_rejected(text):
    """A record without body text becomes a rejection that says which step and why."""
    rejected = clean(raw_article(text))
    assert isinstance(rejected, Rejected)
    assert (rejected.step, rejected.reason) == ("clean", "empty_text")


def test_segments_are_in_reading_order():
    """Segments stand in the order of the raw text; a cut span is empty in the body, at the place where it stood."""
    first, second = "The council met on Monday, all day.", "It will meet again in the spring of next year, it said."
    article = clean(raw_article(f"https://e.org/a\r\nLIMA, Peru (AP) — {first}\r\n\r\nNew plans\r\n\r\n{second}\r\n"))
    assert isinstance(article, Article)
    assert [s.kind for s in article.segments] == ["boilerplate", "dateline", "paragraph", "heading", "paragraph"]
    assert [s.index for s in article.segments] == list(range(5))
    heading = article.segments[3].span
    assert (heading.start, heading.end) == (len(first) + 2, len(first) + 2)
    assert article.raw.text[heading.raw_start : heading.raw_end] == heading.text == "New plans"
    assert article.fixes == (
        "line_ends",
        "page_address",
        "paragraphs",
        "headings",
        "dateline",
    )


def test_seed_bodies_are_whole():
    """The two sample articles lose no word but those of headings, captions and dateline, and gain none."""
    torn, wire = SEEDS
    article = clean(raw_article(wire))
    assert isinstance(article, Article)
    assert (article.dateline_place, article.agency) == ("BELGRADE, Serbia", "AP")
    cut = [s.span.text for s in clean(raw_article(torn)).segments if s.kind != "paragraph"]
    assert cut[0] == "Confront Russia"
    assert cut[3:5] == [
        "Strategic partnership",
        '• Russian-Serbian air defense group at the joint exercises "Slavic Shield - 2021"',
    ]
    assert cut[-1] == '"Add more drama"'
    assert len(cut) == 7
    text = body(torn)
    assert "Ohio National Guard (US state),” Escobar said" in text
    assert "$ 145 million (10.3 billion rubles) was allocated to help bring this region" in text
    assert "Russia. We now have" in text
    assert "be the main player in the region,” the expert explained" in text
    words = re.findall(r"\w+", " ".join([text, *cut]))
    assert sorted(words) == sorted(re.findall(r"\w+", torn))


DAMAGE = st.sampled_from(
    [
        *(
            "",
            "\n",
            "\n\n\n",
            "\r\n",
            " ",
            "  ",
            "\t",
            "\N{NO-BREAK SPACE}",
            "\ufeff",
            ", ",
            ":",
            "- ",
            " -\n\n)",
            "(",
            ")",
        ),
        *(
            '"',
            "“",
            "”",
            " ”",
            '" ',
            "‘",
            "’",
            "• ",
            "©",
            "Photo: ",
            "READ MORE: x",
            "\n\nNew plans\n\n",
            "LIMA (AP) — ",
        ),
        *(
            "``",
            "''",
            "`",
            "<<",
            ">>",
            ",,",
            '\\"',
            "&amp;",
            "&quot;",
            "&#10;",
            "´",
            " ’s ",
            "-\n",
            "\u00ad\n",
            "\u200c",
        ),
        *(
            "â€œ",
            "â€?",
            "â€",
            "\ufffd",
            "\\n\\n",
            ".\\n",
            "\\u201c",
            "\\xe2\\x80\\x9d",
            "u2019",
            "=E2=80=9D",
            "https://e.example/2023/10/09/a\n",
            "Source: https://e.example\n",
            "Title: New plans\n",
            "By Ada Finn\n",
            "Ada Finn in Oslo\n",
            "# ",
            "**",
            "\n> ",
            "_No_",
            "[a plan](https://e.example)",
            "![a](/b.png)",
            "\n====\n",
            "Ã©",
            "Ã ",
            "Â\u00a0",
            ".A",
            ",a",
            " ;",
            "\n\nAlso read:\n\nNo rain\n\n",
            "\n\nMay 3, 2022\n\n",
            " (Yonhap)",
        ),
        *("\n\nShare this\n\n", "\n\nAFP", " — AFP", "\n\nHome | News | Sport\n\n", "\n\n© 2022 Town\n\n"),
        *("「", "」", "‚", "›", "‹", "″", "'n'", "'tis ", "A long title over the story\n\n", "HIROSHIMA--", "SEOUL—"),
    ]
)


@st.composite
def damaged(draw):
    """A part of a seed article with things put in, cut out or replaced at a few places."""
    seed = draw(st.sampled_from(SEEDS))
    start = draw(st.integers(0, len(seed) - 1))
    text = seed[start : start + draw(st.integers(0, 1500))]
    for _ in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(DAMAGE) + text[at + draw(st.integers(0, 3)) :]
    return text


ANY_TEXT = st.one_of(
    damaged(),
    st.text(max_size=200),
    st.text(alphabet='aB ,.-:\n\n“”"’(•©1', max_size=120),
    st.lists(DAMAGE | st.sampled_from(["He said ", "The plan is dead. ", "go", "LIMA", "New plans"]), max_size=30).map(
        "".join
    ),
)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_promises_hold_for_any_text(text):
    """Never raises; spans are exact in both texts; paragraphs make the body; every character is accounted for."""
    article = clean(raw_article(text))
    if isinstance(article, Rejected):
        return
    assert article.text == article.text.strip()
    assert "\n\n".join(s.span.text for s in article.segments if s.kind == "paragraph") == article.text
    assert not re.search(r"\n{3}|(?<!\n)\n(?!\n)", article.text)
    for segment in article.segments:
        span = segment.span
        if segment.kind == "paragraph":
            assert article.text[span.start : span.end] == span.text
            assert article.body.explains(span.start, span.end)
            assert article.span(span.start, span.end) == span
        else:
            assert span.start == span.end
            assert article.raw.text[span.raw_start : span.raw_end] == span.text
    raw_starts = [s.span.raw_start for s in article.segments]
    assert raw_starts == sorted(raw_starts)


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT, st.data())
def test_any_span_of_the_body_leads_to_its_raw_text(text, data):
    """Replaying the edits on the raw range of a span of words gives the span; untouched, the raw text is the span."""
    article = clean(raw_article(text))
    if isinstance(article, Rejected):
        return
    start = data.draw(st.integers(0, len(article.text) - 1))
    end = data.draw(st.integers(start + 1, len(article.text)))
    span = article.span(start, end)
    replacements = zip(article.body._starts, article.body.edits, strict=True)
    cut = any(at < border < at + len(edit.replacement) for at, edit in replacements for border in (start, end))
    assert cut or article.body.explains(start, end)
    if not article.body.edits_between(span.raw_start, span.raw_end):
        assert text[span.raw_start : span.raw_end] == span.text


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_nothing_is_lost_in_silence(text):
    """Each raw letter or digit is in the body, in a cut segment, read again (an entity …), or a link's address."""
    article = clean(raw_article(text))
    if isinstance(article, Rejected):
        return
    kept = bytearray(len(text))
    for segment in article.segments:
        if segment.kind != "paragraph":
            kept[segment.span.raw_start : segment.span.raw_end] = b"\1" * (
                segment.span.raw_end - segment.span.raw_start
            )
    for reread in REREAD_TEXT.finditer(text) if REREAD & {*article.fixes} else ():
        kept[reread.start() : reread.end()] = b"\1" * len(reread.group())
    for address in re.finditer(
        r"\]\(\s*[^()\n]*\s*\)|\]\s?\[[^\[\]\n]*\]" if "markdown" in article.fixes else r"(?!)", text
    ):
        kept[address.start() : address.end()] = b"\1" * len(address.group())
    at = 0
    for edit in (*article.body.edits, None):
        end = edit.start if edit else len(text)
        kept[at:end] = b"\1" * (end - at)
        at = edit.end if edit else end
    assert not [char for char, is_kept in zip(text, kept, strict=True) if char.isalnum() and not is_kept]


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_cleaning_twice_equals_once(text):
    """A clean text is left as it is, with no fix."""
    once = clean(raw_article(text))
    if isinstance(once, Rejected):
        return
    again = clean(raw_article(once.text))
    assert isinstance(again, Article)
    assert again.text == once.text
    assert again.fixes == ()
