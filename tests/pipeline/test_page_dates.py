"""A page's dates are those that it gives of itself, in UTC; a change, an event, a comment is no publication."""

from __future__ import annotations

from typing import Any

import pytest

from onrecord.pipeline.sources.web.html import read_html
from onrecord.transforms.dates import DateRules

TITLE = "<h1>Bakers of the old town ask for quiet nights</h1>"
BODY = "".join(
    f"<p>{line}</p>"
    for line in (
        "The bakers of the old town have asked the council for quiet nights in the narrow street.",
        "“We rise at two and need our sleep before that,” said Ines Okafor, who runs the oldest shop.",
        "The council will talk about the letter at its next meeting, a member said on Thursday.",
    )
)
ZONE = ("date_zone_guessed",)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def page(head: str = "", above: str = "", below: str = "") -> str:
    return f"<html><head>{head}</head><body>{TITLE}{above}<article>{BODY}</article>{below}</body></html>"


def dates(markup: str, url: str | None = None, rules: DateRules | None = None) -> tuple[Any, ...]:
    """Published as far as it is exact, modified, and the flags."""
    article = read_html(markup, url, rules or DateRules())
    length = {None: 0, "day": 10, "minute": 16, "second": 19}[article.published_precision]
    published = article.published.isoformat()[:length] if article.published else None
    return published, article.modified and article.modified.isoformat()[:16], article.flags


ARTICLE = '"@type": "NewsArticle", "headline": "Bakers of the old town ask for quiet nights"'


@pytest.mark.parametrize(
    ("markup", "published", "modified", "flags"),
    [
        pytest.param(
            page(json_ld(f'{{{ARTICLE}, "datePublished": "2021-05-06T07:08:09+02:00", "dateModified": "2021-05-07"}}')),
            *("2021-05-06T05:08:09", "2021-05-07T00:00", ()),
            id="linked data",
        ),
        pytest.param(
            page(json_ld(f'{{"@graph": [{{"@type": "WebSite"}}, {{{ARTICLE}, "datePublished": "2021-05-06"}}]}}')),
            *("2021-05-06", None, ()),
            id="a graph",
        ),
        pytest.param(
            page(json_ld(f'{{{ARTICLE}, "datePublished": "2021-05-06T07:08:09Z",}}')),
            *("2021-05-06T07:08:09", None, ()),
            id="linked data with a comma too many",
        ),
        pytest.param(
            page(
                json_ld(f'{{{ARTICLE}, "datePublished": "2021-05-06T07:08:09"}}')
                + '<meta property="article:published_time" content="2021-05-06T07:08:09+02:00">'
            ),
            *("2021-05-06T05:08:09", None, ()),
            id="of two that agree the one with a zone",
        ),
        pytest.param(
            page('<meta itemprop="datePublished" content="2021-05-06T07:08:09">'),
            *("2021-05-06T07:08:09", None, ZONE),
            id="no zone",
        ),
        pytest.param(
            page(
                '<meta name="DC.date.issued" content="2021-05-06">'
                '<meta property="og:updated_time" content="2021-06-01T00:00:00Z">'
            ),
            *("2021-05-06", "2021-06-01T00:00", ()),
            id="meta elements",
        ),
        pytest.param(
            page(above='<p>By Ines Okafor <time datetime="2021-05-06T07:08:00Z">3 hours ago</time></p>'),
            *("2021-05-06T07:08:00", None, ()),
            id="a time element under the title",
        ),
        pytest.param(
            page(
                above='<p>Posted <time datetime="2021-05-06T07:08Z">May 6</time>, last updated '
                '<time datetime="2021-05-08T07:08Z">May 8</time></p>'
            ),
            *("2021-05-06T07:08", "2021-05-08T07:08", ()),
            id="time elements with labels before them",
        ),
        pytest.param(
            page(above="<p>Published 7:08 PM ET, Thu May 6, 2021</p>"), *("2021-05-06T23:08", None, ()), id="a line"
        ),
        pytest.param(
            page(above="<div>Published: 19:08 BST, 6 May 2021 | Updated: 20:09 BST, 7 May 2021</div>"),
            *("2021-05-06T18:08", "2021-05-07T19:09", ZONE),
            id="a line with both",
        ),
        pytest.param(
            page(above="<div>Thursday 6 May 2021 • 5 min read</div>"), *("2021-05-06", None, ()), id="with other things"
        ),
        pytest.param(
            page(above="<p>Posted by Ines Okafor on May 6, 2021 at 7:08 pm</p>"),
            *("2021-05-06T19:08", None, ZONE),
            id="a line with a name",
        ),
        pytest.param(
            page(below="<div>First published on Thu 6 May 2021 19.08 CEST</div>"),
            *("2021-05-06T17:08", None, ()),
            id="a line under the text",
        ),
        pytest.param(
            page().replace("<h1>", "<p>6 May 2021 7:08 UTC</p><h1>"), *("2021-05-06T07:08", None, ()), id="over it"
        ),
        pytest.param(
            page(above="<div>by Ines Okafor <i>2021-05-06</i></div>"),
            *("2021-05-06", None, ()),
            id="right behind a name",
        ),
        pytest.param(page(above="<p>Published 5/6/2021</p>"), *(None, None, ("date_unread",)), id="two days"),
    ],
)
def test_dates_that_a_page_gives(markup: str, published: str, modified: str, flags: tuple[str, ...]) -> None:
    assert dates(markup) == (published, modified, flags)


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(page(), id="none"),
        pytest.param(page('<meta itemprop="dateCreated" content="2021-05-06T07:08:09Z">'), id="when it was begun"),
        pytest.param(page().replace("<h1>", "<p>Thursday, May 6, 2021</p><h1>"), id="today's, over the title"),
        pytest.param(page(below="<footer>© 2021 The Harbour Post. Founded 6 May 1921.</footer>"), id="copyright"),
        pytest.param(page(json_ld(f'{{{ARTICLE}, "dateModified": "2021-05-06T07:08:09Z"}}')), id="only changed"),
        pytest.param(
            page('<meta property="article:modified_time" content="2021-05-06T07:08:09Z">', "<p>May 6, 2021</p>"),
            id="the day under the title is that of the change",
        ),
        pytest.param(page(above="<p>Last updated on 6 May 2021 at 7:08 GMT</p>"), id="a line about the change"),
        pytest.param(page(above='<time class="updated" datetime="2021-05-06T07:08Z">6 May</time>'), id="named so"),
        pytest.param(
            page(json_ld('{"@type": "Event", "name": "Fair", "startDate": "2021-05-06T07:08:09Z"}')), id="an event"
        ),
        pytest.param(
            page(above="<ul><li>When: 6 May 2021</li><li>Where: Old Hall</li></ul><p>6 May 2021</p>"), id="a box"
        ),
        pytest.param(page(above="<p>Deadline: <time datetime='2021-05-06'>6 May</time></p>"), id="another label"),
        pytest.param(
            page(
                below='<div class="related-stories"><a href="/b">Mayor</a> <time datetime="2021-05-06">6 May</time>'
                "<p>Published 6 May 2021</p></div>"
            ),
            id="another story",
        ),
        pytest.param(
            page(below='<div class="comments"><p>Jo, <time datetime="2021-05-06T07:08Z">today</time>: No.</p></div>'),
            id="a comment",
        ),
        pytest.param(page('<!-- <meta name="date" content="2021-05-06"> -->'), id="a comment in the markup"),
        pytest.param(
            page(
                json_ld('[{"@type": "NewsArticle", "headline": "Mayor swims", "datePublished": "2021-05-06"},'
                ' {"@type": "NewsArticle", "headline": "Rain", "datePublished": "2021-05-07"}]')
            ),
            id="linked data about other stories",
        ),
    ],
)  # fmt: skip
def test_dates_of_other_things(markup: str) -> None:
    """None of them is when the page was published."""
    assert dates(markup)[0] is None


def test_the_day_in_the_address() -> None:
    """It is taken where the page says nothing, and is a day."""
    url = "https://post.example/2021/may/06/bakers"
    assert dates(page(), url) == ("2021-05-06", None, ())
    assert dates(page("<meta name='date' content='2021-05-05T22:08:00Z'>"), url)[0] == "2021-05-05T22:08:00"


def test_rules_reach_pages() -> None:
    rules = DateRules(order="MDY", time_zone="America/New_York")
    assert dates(page(above="<p>Published 5/6/2021 7:08 pm</p>"), None, rules) == ("2021-05-06T23:08", None, ())


@pytest.mark.parametrize("piece", ["<!--", "<script>", '<time datetime="', "<meta content='", '[{"@graph":', "5/6 | "])
def test_no_markup_is_slow_or_fatal(piece: str) -> None:
    """Pieces that never end, again and again, are passed over."""
    assert dates(json_ld(piece * 2000) + page() + piece * 5000)[0] is None
