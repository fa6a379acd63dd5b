"""What stands over and under a story as text fills the article's columns, and no more than that is cut."""

from __future__ import annotations

import pytest

from onrecord.transforms.cleaning import clean
from onrecord.transforms.cleaning.addresses import day_in_url, host_of
from onrecord.transforms.cleaning.bylines import clean_byline, is_byline
from onrecord.transforms.records import Article, RawArticle

STORY = (
    "The council met on Monday to talk about the new budget for the schools in town.\n\nIt will meet again in spring."
)


def read(text: str, **record: object) -> Article:
    article = clean(RawArticle.of(text, **record))
    assert isinstance(article, Article)
    return article


def columns(article: Article) -> dict[str, object]:
    day = article.published and article.published.date().isoformat()
    values = {"url": article.url, "publisher": article.publisher, "byline": article.byline, "day": day}
    modified = article.modified and article.modified.date().isoformat()
    values |= {"modified": modified, "title": article.title}
    return {name: value for name, value in values.items() if value is not None}


URL = "https://www.marshpost.example/news/ponies"


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (URL, {"url": URL, "publisher": "marshpost.example"}),
        (f"Source: {URL}", {"url": URL, "publisher": "marshpost.example"}),
        (f"URL : <{URL}>", {"url": URL, "publisher": "marshpost.example"}),
        (f"LINK: {URL}\n\nMarsh Post", {"url": URL, "publisher": "Marsh Post"}),
        (f"The Marsh Post\n{URL}", {"url": URL, "publisher": "The Marsh Post"}),
        (f"{URL}\nPublisher: Fen and Marsh Weekly", {"url": URL, "publisher": "Fen and Marsh Weekly"}),
        ("www.fen.example/a", {"url": "https://www.fen.example/a", "publisher": "fen.example"}),
        (
            "https://fen.example/2023/10/09/a",
            {"url": "https://fen.example/2023/10/09/a", "publisher": "fen.example", "day": "2023-10-09"},
        ),
        (
            "https://fen.example/2023/oct/9/a",
            {"url": "https://fen.example/2023/oct/9/a", "publisher": "fen.example", "day": "2023-10-09"},
        ),
        ("October 9, 2023", {"day": "2023-10-09"}),
        ("Published: 9 October 2023", {"day": "2023-10-09"}),
        ("Posted on Mon, 9 Oct 2023\nLast updated: 11 Oct 2023", {"day": "2023-10-09", "modified": "2023-10-11"}),
        ("Updated 11 October 2023", {"modified": "2023-10-11"}),
        ("By Lena Moss\n\n9 October 2023", {"byline": "Lena Moss", "day": "2023-10-09"}),
        ("Posted by Lena Moss on October 9, 2023", {"byline": "Lena Moss", "day": "2023-10-09"}),
        ("9 October 2023 | By Lena Moss, Crime Reporter", {"byline": "Lena Moss", "day": "2023-10-09"}),
        ("Lena Moss | 9 October 2023", {"byline": "Lena Moss", "day": "2023-10-09"}),
        ("By Lena Moss\nSenior Features Writer\nlena@marsh.example", {"byline": "Lena Moss"}),
        (
            "Title: Ponies get a doctor\nAuthor: Lena Moss\nDate: 2023-10-09",
            {"title": "Ponies get a doctor", "byline": "Lena Moss", "day": "2023-10-09"},
        ),
        (
            '---\ntitle: "Ponies get a doctor"\nauthor: Lena Moss\ndate: 2023-10-09\ntags:\n- marsh\n---',
            {"title": "Ponies get a doctor", "byline": "Lena Moss", "day": "2023-10-09"},
        ),
        (f"{URL}\n\nOctober 2, 2019", {"url": URL, "publisher": "marshpost.example", "day": "2019-10-02"}),
        (
            "https://fen.example/2023/10/09/a\nOctober 9, 2023",
            {"url": "https://fen.example/2023/10/09/a", "publisher": "fen.example", "day": "2023-10-09"},
        ),
        # the day on which somebody looked at the page is not that of the story
        (
            "https://fen.example/2019/10/09/a\nMay 3, 2023",
            {"url": "https://fen.example/2019/10/09/a", "publisher": "fen.example", "day": "2019-10-09"},
        ),
        (f"{URL}\nAccessed 9 October 2023", {"url": URL, "publisher": "marshpost.example"}),
    ],
)
def test_a_head_fills_the_columns(head: str, wanted: dict[str, str]) -> None:
    """Each line of the head is cut, kept in the segments, and told in its column; the story is untouched."""
    article = read(f"{head}\n\n{STORY}")
    assert article.text == STORY
    assert columns(article) == wanted
    kept = " ".join(segment.span.text for segment in article.segments if segment.kind != "paragraph")
    assert set(head.replace('"', "").split()) <= set(kept.replace('"', "").split())


@pytest.mark.parametrize(
    "head",
    [
        "Source: the river, says everybody in the valley who has to drink from it.",
        "By Monday the river had risen by a metre, and the road was shut.",
        "By Christmas the road will be open.",
        "On October 9, 2023 the council shut the road to the harbour for good.",
        "See https://fen.example/a for the list of roads that are shut this week.",
        "Updated plans for the harbour came out on Friday.",
    ],
)
def test_a_first_sentence_is_no_head(head: str) -> None:
    article = read(f"{head}\n\n{STORY}")
    assert article.text == f"{head}\n\n{STORY}"
    assert columns(article) == {}


def test_what_the_record_says_goes_before_the_head() -> None:
    article = read(
        f"{URL}\nBy Lena Moss\n\n{STORY}", byline="Ida Reed", publisher="Fen Weekly", url="https://f.example/1"
    )
    assert (article.byline, article.publisher, article.url) == ("Ida Reed", "Fen Weekly", "https://f.example/1")
    assert read(f"By Lena Moss\n\n{STORY}", byline="Fen Weekly", publisher="Fen Weekly").byline == "Lena Moss"


def test_a_day_that_can_be_two_is_told() -> None:
    article = read(f"Published: 03/04/2023\n\n{STORY}")
    assert (article.published, article.text) == (None, STORY)
    assert "date_unread" in article.flags


@pytest.mark.parametrize(
    ("head", "title", "byline"),
    [
        ("Mill to close\nBy Noah Reed", "Mill to close", "Noah Reed"),
        (
            "Mill to close to lorries\nin May\nBy NOAH REED\nAssociated Press",
            "Mill to close to lorries in May",
            "NOAH REED",
        ),
        ("Noah Reed\n@noahreed", None, "Noah Reed"),
        ("9 October 2023\nMaria Moss", None, "Maria Moss"),
        ("By Noah Reed\nOf the Fen Weekly staff", None, "Noah Reed"),
        ("# Mill to close\n\n_9 October 2023_ | **Noah Reed**", "Mill to close", "Noah Reed"),
    ],
)
def test_what_only_stands_beside_a_byline(head: str, title: str | None, byline: str) -> None:
    """A title over it, a job, an agency or a contact under it; names beside a day or a contact are one."""
    article = read(f"{head}\n\n{STORY}")
    assert (article.text, article.title and " ".join(article.title.split()), article.byline) == (STORY, title, byline)


@pytest.mark.parametrize("head", ["Ada Moss in London", "Ada Moss", "NOAH REED", "Fen Rovers\nMarsh Town"])
def test_names_alone_stay(head: str) -> None:
    """A first line may be the title, or a speaker's name: it stays, and is flagged."""
    article = read(f"{head}\n\n{STORY}")
    assert article.byline is None
    assert "unsure_head" in article.flags


@pytest.mark.parametrize(
    ("dateline", "url", "day"),
    [
        ("LIMA, Peru, October 9 (AP) —", "https://fen.example/2023/10/ponies", "2023-10-09"),
        ("LIMA, Peru, October 9 (AP) —", "https://fen.example/2023/11/ponies", None),
        ("LIMA, Peru, October 9 (AP) —", "https://fen.example/ponies-2023", None),
        ("LIMA, October 9, 2023 (AP) —", "https://fen.example/ponies", "2023-10-09"),
    ],
)
def test_a_dateline_needs_a_year(dateline: str, url: str, day: str | None) -> None:
    assert columns(read(f"{url}\n\n{dateline} {STORY}")).get("day") == day


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://e.example/2023/10/09/a", "2023-10-09"),
        ("https://e.example/2023/1/9/a", "2023-01-09"),
        ("https://e.example/news/2023-10-09/a", "2023-10-09"),
        ("https://e.example/2023-10-09-a-slug", "2023-10-09"),
        ("https://e.example/20231009/a", "2023-10-09"),
        ("https://e.example/stories/202310090123.html", "2023-10-09"),
        ("https://e.example/view?id=20231009000123&p=1", "2023-10-09"),
        ("https://e.example/29/10/2023/a", "2023-10-29"),
        ("https://e.example/09/10/2023/a", None),
        ("https://e.example/2023/10/a", None),
        ("https://e.example/2023/13/40/a", None),
        ("https://e.example/a/2023781903/b", None),
        ("https://e.example/budget-2023-10-09", None),
        ("https://e.example/2023-2024-budget", None),
        ("https://e.example/2023/10/09/and/2022/10/09", None),
    ],
)
def test_the_day_in_an_address(url: str, day: str | None) -> None:
    moment = day_in_url(url)
    assert (moment and moment.time.date().isoformat()) == day


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.fen.example/a", "fen.example"),
        ("http://news.fen.example:8080/a", "news.fen.example"),
        ("https://web.archive.org/web/20230101/https://www.fen.example/a", "fen.example"),
        ("https://[fen", None),
    ],
)
def test_the_host_of_an_address(url: str, host: str | None) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Lena Moss", "Lena Moss"),
        ("By Lena Moss and Piet de Groot", "Lena Moss, Piet de Groot"),
        ("BY LENA MOSS, Staff Writer", "LENA MOSS"),
        ("By Lena Moss, Piet de Groot & Ida Reed", "Lena Moss, Piet de Groot, Ida Reed"),
        ("Lena Moss | Reuters", "Lena Moss"),
        ("Lena Moss, Associated Press", "Lena Moss"),
        ("By Lena Moss BBC News, Cardiff", "Lena Moss"),
        ("Words: Lena Moss", "Lena Moss"),
        ("Story by Lena Moss; photographs by Ida Reed", "Lena Moss"),
        ("Reporting by Lena Moss; editing by Ida Reed", "Lena Moss"),
        ("(Reporting by Lena Moss in Lagos and Piet de Groot; Editing by Ida Reed)", "Lena Moss, Piet de Groot"),
        ("By Lena Moss @lenamoss", "Lena Moss"),
        ("By Lena Moss for The Marsh Post", "Lena Moss"),
        ("Tuesday October 9, 2023 10:05 am EST by Lena Moss", "Lena Moss"),
        ("Posted by Lena Moss on October 9, 2023 at 6:05 pm", "Lena Moss"),
        ("by Lena Moss,", "Lena Moss"),
        ("By Noah Reed, Jr. and Lena Moss", "Noah Reed, Jr., Lena Moss"),
        ("Crime Reporter Lena Moss", "Lena Moss"),
        ("Lena Moss Political Editor", "Lena Moss"),
        ("By the Associated Press", "Associated Press"),
        ("By AFP", "AFP"),
        ("Reed, Ida", "Reed, Ida"),
        ("moss hart", "moss hart"),
        ("Staff Reporter", None),
        ("By Our Correspondent", None),
        ("Special to The Marsh Post", None),
        ("October 9, 2023", None),
        ("Monday October 9", None),
        ("10:05 am PST", None),
        ("https://fen.example/lena", None),
        ("", None),
    ],
)
def test_names_of_a_byline(line: str, names: str | None) -> None:
    """The names alone: no date, time, job, place or address in their place."""
    assert clean_byline(line) == names
    assert clean_byline(names) == names


@pytest.mark.parametrize(
    "line",
    [
        "Lena Moss",
        "By Lena Moss, who left",
        "By Monday Morning",
        "By then the river had risen",
        "By land and by sea",
        "By Lena Moss's account, nobody had called.",
        "A study by Lena Moss",
        "HARARE — Armed Forces Chief of Staff Noah Reed met the committee.",
        "Reporter: Where were you that night?",
    ],
)
def test_no_byline(line: str) -> None:
    assert not is_byline(line)


@pytest.mark.parametrize(
    "end", ["(Reporting by Lena Moss; Editing by Ida Reed)", "Reporting by Lena Moss", "Words by Lena Moss"]
)
def test_who_reported_is_told_under_the_story(end: str) -> None:
    story = (
        "The council met on Monday.\n\nIt met again on Tuesday.\n\nIt met on Friday.\n\nIt will meet again in spring."
    )
    article = read(f"{story}\n\n{end}")
    assert (article.text, article.byline) == (story, "Lena Moss")
