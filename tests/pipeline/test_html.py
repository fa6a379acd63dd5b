"""Web pages: the article is found and leads back to the markup, the rest is kept, and no markup makes it raise."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.pipeline.sources.web.html import read_html
from onrecord.pipeline.sources.web.markup import parse_visible_text
from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle

FIRST = "The council met on Monday to talk about the new budget for the schools in town."
SECOND = "Parents had asked for more money since the spring of last year, the mayor wrote."
THIRD = "“We have waited long enough,” said Jane Doe, who speaks for the parents of the town."
ARTICLE = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
BODY = [FIRST, SECOND, THIRD]


def body_lines(markup: str) -> list[str]:
    return [" ".join(line.split()) for line in read_html(markup).body.text.split("\n") if line.strip()]


def linked_data(kind: str = "NewsArticle", **values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": kind, **values})}</script>'


def removed_lines(markup: str) -> list[tuple[str, str]]:
    return [(span.kind, " ".join(span.text.split())) for span in read_html(markup).removed_spans]


@pytest.mark.parametrize(
    ("markup", "removed_spans"),
    [
        pytest.param(
            f"<nav>Home</nav><h1>Plan</h1>{ARTICLE}", [("boilerplate", "Home"), ("title", "Plan")], id="plain"
        ),
        pytest.param(f"<form>{ARTICLE}<button>Go</button></form>", [("boilerplate", "Go")], id="a form around it all"),
        pytest.param(
            f'<div class="has-ads">{ARTICLE}<div class="ads">Buy now.</div></div>',
            [("boilerplate", "Buy now.")],
            id="the page itself is named for its advertisements",
        ),
        pytest.param(
            f"<p>{FIRST}<figure><img><figcaption>Rain.</figcaption></figure><p>{SECOND}<p>{THIRD}",
            [("caption", "Rain.")],
            id="paragraphs that are not closed",
        ),
        pytest.param(
            f"<p>{FIRST}</p><h2>More money</h2><p>{SECOND}</p><p>{THIRD}</p>"
            '<div class="related-links"><h3>Related</h3><a href="/x">Another story of today</a></div>',
            [("heading", "More money"), ("boilerplate", "Related"), ("boilerplate", "Another story of today")],
            id="headings of the article and of the page",
        ),
        pytest.param(
            f"<TABLE><TR><TD>{FIRST}<BR><BR>{SECOND}<BR><BR>{THIRD}</TABLE>", [], id="two line breaks, a table"
        ),
        pytest.param(f"<div>{FIRST}</div></p></span><div>{SECOND}</i></div>{THIRD}", [], id="wrong nesting"),
        pytest.param(
            f'<script>var a = "<p>{SECOND}</p>";</script><style>p {{}}</style><!-- <p>No</p> -->{ARTICLE}',
            [],
            id="scripts and comments are not seen",
        ),
    ],
)
def test_the_article_and_the_rest(markup: str, removed_spans: list[tuple[str, str]]) -> None:
    """The body is the article's paragraphs; each other visible line is a removed span with its kind."""
    assert body_lines(f"<html><body>{markup}</body></html>") == BODY
    assert removed_lines(f"<html><body>{markup}</body></html>") == removed_spans


def test_entities_and_inner_tags_lead_back_to_the_markup() -> None:
    """A span of the text has as its raw range the markup that it was made of."""
    bread = "<p>Bread &amp; <b>butter</b> cost 3&nbsp;&euro; more,\n he said at the market hall.</p>"
    markup = f"<p>{FIRST}</p>{bread}{ARTICLE}"
    article = read_html(markup)
    start = article.body.text.index("Bread")
    end = article.body.text.index(" cost")
    assert article.body.text[start:end] == "Bread & butter"
    raw_start, raw_end = article.body.raw_range(start, end)
    assert markup[raw_start:raw_end] == "Bread &amp; <b>butter"
    assert "3\N{NO-BREAK SPACE}€ more,  he" in article.body.text


def test_metadata_of_the_page() -> None:
    """Title, byline, site and time come from the page's metadata; the time is given in UTC."""
    head = (
        '<head><title>Plan - The Example</title><meta property="og:title" content="A new plan for the schools">'
        '<meta property="og:site_name" content="The Example"><meta name="author" content="Jane Doe">'
        '<meta property="article:published_time" content="2022-03-04T23:30:00-05:00"></head>'
    )
    article = read_html(f"<html>{head}<body>{ARTICLE}</body></html>", "https://news.example.org/a")
    assert article.title == "A new plan for the schools"
    assert (article.byline, article.publisher) == ("Jane Doe", "The Example")
    assert article.published == datetime(2022, 3, 5, 4, 30, tzinfo=UTC)
    assert article.url == "https://news.example.org/a"
    assert article.flags == ()


PIER = "https://echo.example/pier"


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (f"<!-- saved from url=(0025){PIER} -->", PIER),
        ("<!-- saved from url=(0014)about:internet -->", None),
        (f"<link rel=canonical href={PIER}><!-- saved from url=(0025)https://other.example/ -->", PIER),
        (linked_data(mainEntityOfPage={"@type": "WebPage", "@id": PIER}), PIER),
        (linked_data(mainEntityOfPage=PIER), PIER),
        (linked_data(url=PIER), PIER),
        (linked_data(mainEntityOfPage=True, url="/pier"), None),
        (linked_data(kind="Organization", url="https://echo.example/"), None),
    ],
)
def test_where_a_page_says_that_it_stands(head: str, url: str | None) -> None:
    assert read_html(f"<html><head>{head}</head><body>{ARTICLE}</body></html>").url == url


@pytest.mark.parametrize(
    "byline",
    ['<div class="byline">By Jane Doe</div>', "<i>by Jane Doe</i>", "<p>Written by Jane Doe | Updated at noon</p>"],
)
def test_a_byline_above_the_article(byline: str) -> None:
    """Where the metadata names nobody, the line above the article does, and it is no body text."""
    markup = f"<html><body><h1>More money for schools in town</h1>{byline}{ARTICLE}</body></html>"
    page = read_html(markup)
    raw = RawArticle(
        uri="a", text=page.body.raw, raw_sha256="", n_bytes=1, edits=page.body.edits, removed_spans=page.removed_spans
    )
    article = clean(raw)
    assert isinstance(article, Article)
    assert "Jane Doe" in (page.byline or article.byline or "")
    assert article.text == "\n\n".join(BODY)


def test_a_page_through_cleaning() -> None:
    """Cleaning goes on from the page: its own cuts and the page's are in one order, and twice equals once."""
    markup = (
        f"<html><body><nav>Home</nav><p>LIMA, Peru (AP) — {FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><footer>End</footer>"
    )
    page = read_html(markup)
    raw = RawArticle(
        uri="a.html", text=markup, raw_sha256="", n_bytes=1, edits=page.body.edits, removed_spans=page.removed_spans
    )
    article = clean(raw)
    assert isinstance(article, Article)
    assert article.text == "\n\n".join(BODY)
    assert (article.dateline_place, article.agency) == ("LIMA, Peru", "AP")
    kinds = ["boilerplate", "dateline", "paragraph", "paragraph", "paragraph", "boilerplate"]
    assert [segment.kind for segment in article.segments] == kinds
    for segment in article.segments:
        span = segment.span
        assert segment.kind != "paragraph" or article.body.explains(span.start, span.end)


def test_deep_and_long_pages_fall_back_on_the_scan() -> None:
    """Pages that no parser should be given are read by the scan alone, with a flag, in linear time."""
    started = time.process_time()
    for markup in (
        "<div>" * 25_000 + ARTICLE,
        "<b>" * 50_000 + ARTICLE,
        '<a b="' * 50_000 + ARTICLE,
        "<" * 125_000 + ARTICLE,
        "<!--" * 50_000 + ARTICLE,
        "<p>a" * 37_500,
        "&" * 125_000,
        "<script>" * 50_000,
        f"{ARTICLE}<title>" + "</titl" * 50_000,
    ):
        read_html(markup)
    assert time.process_time() - started < 100
    deep = read_html("<div>" * 10_000 + ARTICLE)
    assert deep.flags == ("html_fallback",)
    assert [line for line in deep.body.text.split("\n") if line] == BODY


TAGS = "<p> </p> <div> </div> <br> <h2> </h2> <nav> </nav> <a> </a> <script> </script> <pre> </pre> <svg> </svg> <td>"
ODD = "<!-- --> <b > < &amp; & &#0; &#xD800; &nbsp; \" ' <![CDATA[ ]]> \x00 Hello."
MARKUP = st.lists(
    st.sampled_from([*TAGS.split(), *ODD.split(), "<div class='related'>", "\n", "\r\n", ARTICLE, FIRST, " it "]),
    max_size=40,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(MARKUP)
def test_promises_hold_for_any_markup(markup: str) -> None:
    """Never raises; body and removed spans together are the visible text; offsets lead back; cleaning does not fail."""
    page = read_html(markup)
    seen = Counter(re.findall(r"\S+", parse_visible_text(markup).text.text))
    kept = Counter(re.findall(r"\S+", " ".join([page.body.text, *(span.text for span in page.removed_spans)])))
    assert kept == seen
    for span in page.removed_spans:
        assert 0 <= span.raw_start <= span.raw_end <= len(markup)
    text = page.body.text
    for m in re.finditer(r"[^\n]+", text):
        assert page.body.explains(*m.span())
    clean(
        RawArticle(
            uri="a", text=markup, raw_sha256="", n_bytes=0, edits=page.body.edits, removed_spans=page.removed_spans
        )
    )
