"""Exports of news databases: each document is an article, its headers are metadata, and no other text is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import fill, indent

import pytest
from fixtures_formats import load_inputs, write, zipped

from onrecord.pipeline.options import Limits, Options
from onrecord.pipeline.sources.formats.exports import find_export
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import clean, clean_text
from onrecord.transforms.records import Article, RawArticle


@dataclass(frozen=True, kw_only=True)
class Story:
    """What was published; ``day`` as ISO 8601 has it."""

    title: str
    byline: str | None
    outlet: str
    day: str
    body: tuple[str, ...]

    @property
    def american(self) -> str:
        return f"{self.date:%B} {self.date.day}, {self.date.year}"

    @property
    def british(self) -> str:
        return f"{self.date.day} {self.date:%B} {self.date.year}"

    @property
    def date(self) -> datetime:
        return datetime.fromisoformat(self.day)


STORIES = (
    Story(
        title="Lighthouse keeper hands over the keys",
        byline="Maren Tolle",
        outlet="The Skerry Post",
        day="2018-02-05",
        body=(
            "The last keeper of the Skerry light handed over her keys on Sunday, after thirty years on the rock, and "
            "took the mail boat home.",
            "“I shall miss the gulls more than the people,” said Ottoline Brack, who is sixty.",
            "The light has been worked from the mainland since autumn, and the house below it will be let to guests.",
        ),
    ),
    Story(
        title="Two goats found on roof of town hall",
        byline=None,
        outlet="Vale & Weald Gazette",
        day="2018-11-23",
        body=(
            "Nobody knows how two goats came onto the roof of the town hall in Wealdham.",
            "“They ate the flag,” said caretaker Ivo Strand. “The ladder was locked away, and I have the only key to "
            "it, so do not ask me.”",
        ),
    ),
    Story(
        title="River path to stay shut until the autumn",
        byline="Jonas Pell, Ada Wren",
        outlet="Evening Ferryman",
        day="2019-07-01",
        body=(
            "The path along the river stays shut until October, the county said.",
            "“We found a hole that a bus would fit in,” said engineer Dora Lindqvist.",
            "Walkers have to take the road over the hill.",
        ),
    ),
)


def wrapped(story: Story, width: int = 76, margin: str = "") -> str:
    return "\n\n".join(indent(fill(paragraph, width), margin) for paragraph in story.body)


def unwrapped(story: Story) -> str:
    return "\n\n".join(story.body)


def numbered(stories: Sequence[Story], document: Callable[[Story, str], str]) -> str:
    return "\n\n\n".join(document(story, f"{n} of {len(stories)}") for n, story in enumerate(stories, 1))


def optional(label: str, value: str | None) -> str:
    return f"{label}{value}\n" if value else ""


def lexis_classic(story: Story, count: str) -> str:
    byline = optional("BYLINE: ", story.byline) + "\n" if story.byline else ""
    return (
        f"{count + ' DOCUMENTS':^78}\n\n\n{story.outlet:^78}\n\n{story.american + f' {story.date:%A}':^78}\n"
        f"{'Edition 1;':^78}\n{'National Edition':^78}\n\n{fill(story.title, 25)}\n\n{byline}SECTION: NEWS; Pg. 11\n\n"
        f"LENGTH: 81 words\n\nDATELINE: SKERRY\n\nHIGHLIGHT: What the town says of it, and what\nit does not say.\n\n\n"
        f"{wrapped(story)}\n\nGRAPHIC: PHOTO: What there was to see.\n\nLOAD-DATE: March 1, 2020\n\n"
        f"LANGUAGE: ENGLISH\n\nPUBLICATION-TYPE: Newspaper\n\n\n"
        f"{'Copyright 2018 Post Newspapers Ltd':^78}\n{'All Rights Reserved':^78}\n"
    )


def lexis_old(story: Story, count: str) -> str:
    """The notice of rights first, the title under a label, BODY over the text, no blank lines between labels."""
    return (
        f"{count + ' DOCUMENTS':^70}\n\n{'Copyright 2018 Post Newspapers Ltd':^70}\n{story.outlet:^70}\n\n"
        f"{story.american + f' {story.date:%A}':^70}\n{'Late Edition':^70}\n\nSECTION: Section B; Column 1; Pg. 5\n"
        f"LENGTH: 120 words\nHEADLINE: {story.title}\n{optional('BYLINE: By ', story.byline)}BODY:\n"
        f"{wrapped(story, 70, '   ')}\n\nURL: http://www.example\n\nSUBJECT: TOWNS (90%); RIVERS (80%); "
        f"BIRDS\n(75%)\n\nLOAD-DATE: March 1, 2020\n"
    )


def lexis_bare(story: Story, count: str) -> str:
    """No edition, no labels below the text but the day of loading, a zone and a time with the day."""
    return (
        f"{count + ' DOCUMENTS':^60}\n\n{story.outlet:^60}\n\n{story.american + f' {story.date:%A}':^60}\n\n"
        f"{story.title}\n\n{optional('BYLINE: ', story.byline)}LENGTH: 9 words\n\n{wrapped(story, 60)}\n\n"
        "Correction Appended: March 9, 2020\n\nLOAD-DATE: March 1, 2020\n"
    )


def nexis_uni(story: Story, _: str) -> str:
    return (
        f"{story.title}\n{story.outlet}\n{story.american} {story.date:%A}\n\n\n"
        f"Copyright 2018 Post Newspapers Ltd All Rights Reserved\n\nSection: NEWS; Pg. 4\nLength: 81 words\n"
        f"{optional('Byline: ', story.byline)}Highlight: What the town says of it.\n\nBody\n\n\n{unwrapped(story)} \n\n"
        f"Graphic\n\n \nPhoto: What there was to see.\n\nClassification\n\n\nLanguage: ENGLISH\n\n"
        f"Publication-Type: Newspaper\n\nSubject: GOATS (90%); ROOFS (78%)\n\nLoad-Date: March 1, 2020\n\n\n"
        f"End of Document\n\n"
    )


def nexis_uni_spaced(story: Story, _: str) -> str:
    """Every line on its own, no section, no graphic, no classification."""
    return (
        f"{story.title}\n\n{story.outlet}\n\n{story.american} {story.date:%A}\n\nRegional Edition\n\n"
        f"Copyright 2018 Post Newspapers Ltd\n\nAll Rights Reserved\n\nLength:81 words\n\n"
        f"{optional('Byline:', story.byline)}\nBody\n\n{unwrapped(story)}\n\n"
        "Load-Date:March 1, 2020\n\nEnd of Document\n"
    )


def factiva_fields(story: Story, count: str) -> list[tuple[str, str]]:
    number = count.partition(" ")[0]
    fields = [
        *(("SE", "News"), ("HD", story.title), ("BY", f"By {story.byline}"), ("WC", "84 words"), ("PD", story.british)),
        *(("SN", story.outlet), ("SC", "SKERRY"), ("PG", "3"), ("LA", "English")),
        *(("CY", "(c) 2018 Post Newspapers Ltd. All rights reserved."), ("LP", story.body[0])),
        *(("TD", "\n\n".join(story.body[1:])), ("CO", "skrwa : Skerry Water plc"), ("NS", "gweath : Weather")),
        *(("RE", "uk : United Kingdom | eurz : Europe"), ("PUB", "Post Newspapers Ltd")),
        ("AN", f"Document SKERRY002018{number:0>4}ef3c0001x"),
    ]
    return [(code, value) for code, value in fields if value != "By None"]


def factiva_codes(story: Story, count: str) -> str:
    return "".join(f"{code}\n{value}\n\n" for code, value in factiva_fields(story, count))


def factiva_columns(story: Story, count: str) -> str:
    def field(code: str, value: str) -> str:
        return f"{code:<5}" + indent("\n\n".join(fill(part, 70) for part in value.split("\n\n")), " " * 5).lstrip()

    return "\n".join(field(*each) for each in factiva_fields(story, count))


def factiva_display(story: Story, count: str) -> str:
    number = count.partition(" ")[0]
    return (
        f"News\n{story.title}\n{optional('By ', story.byline)}1,084 words\n{story.british}\n{story.outlet}\nSKERRY\n3\n"
        f"English\n(c) 2018 Post Newspapers Ltd. All rights reserved.\n\n{unwrapped(story)}\n\n"
        f"Document SKERRY002018{number:0>4}ef3c0001x"
    )


def factiva_display_spaced(story: Story, count: str) -> str:
    """A blank line after each, no section, the byline in capitals without its word, the sign of rights."""
    number = count.partition(" ")[0]
    byline = (story.byline or "").upper().replace(" AND ", " and ")
    head = (story.title, byline, "84 words", story.british, "10:05", story.outlet, "SKERRY", "First", "A11", "English")
    rights = "© 2018 Post Newspapers Ltd."
    end = f"Document SKERRY002018{number:0>4}ef3c0001x\n\n"
    page = "Page 3 of 9 © 2018 Factiva, Inc. All rights reserved."
    return "\n\n".join((*filter(None, head), rights, *story.body, end, page))


LINE = "_" * 60


def proquest(story: Story, count: str) -> str:
    return (
        f"{LINE}\n\nDocument {count}\n\n{story.title}\n\n{optional('Author: ', story.byline)}\n"
        f"Publication info: {story.outlet} ; Skerry [Skerry]. {story.date.day} {story.date:%b %Y}: A.3.\n\n"
        f"ProQuest document link\n\nAbstract: None available.\n\nFull text: {unwrapped(story)}\n\nSubject: Towns;\n"
        f"Birds\n\nLocation: Skerry\n\nTitle: {story.title}\n\nPublication title: {story.outlet}; Skerry\n\n"
        f"Pages: A.3\n\nPublication date: {story.date:%b} {story.date.day}, {story.date.year}\n\nISSN: 1234567X\n\n"
        f"Language of publication: English\n\nProQuest document ID: 2190000001\n\n"
        f"Copyright: Copyright Post Newspapers Ltd\n\nDatabase: ProQuest Central\n"
    )


def proquest_short(story: Story, _: str) -> str:
    return (
        f"{LINE}\n\nTitle: {story.title}\n{optional('Author: ', story.byline)}Publication title: {story.outlet}\n"
        f"Publication date: {story.american}\nDocument URL: https://search.example/docview/21\n"
        f"Full text:\n{chr(10).join(story.body)}\n"
    )


LAYOUTS: Mapping[str, Callable[[Story, str], str]] = {
    f.__name__: f
    for f in (
        *(lexis_classic, lexis_old, lexis_bare, nexis_uni, nexis_uni_spaced, factiva_codes, factiva_columns),
        *(factiva_display, factiva_display_spaced, proquest, proquest_short),
    )
}
COVER = (
    "Download Request: Selected Items: 1-3\nTime Of Request: Friday, October 11, 2019\n\nSend To:\nTOWN LIBRARY\n\n"
    "Terms: (goats and BODY(roof))\n\n1. Lighthouse keeper hands over the keys\nClient/Matter: -None-\n\n"
)
CLOSING = {
    "factiva": "\n\nSearch Summary\n\nText\n\ngoats\n\nDate\n\nIn the last year\n",
    "proquest": f"{LINE}\n\nContact ProQuest\n\nDatabase copyright 2019 ProQuest LLC. All rights reserved.\n",
}


def export(layout: str) -> str:
    """A file with a cover, where the database writes one, and with closing words, where it writes these."""
    database = layout.partition("_")[0]
    cover = COVER if database in ("lexis", "nexis") else ""
    return cover + numbered(STORIES, LAYOUTS[layout]) + CLOSING.get(database, "")


def cleaned(raw: RawArticle) -> Article:
    article = clean(raw)
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_document_is_an_article_and_its_headers_are_metadata(tmp_path: Path, layout: str) -> None:
    result = load_inputs(write(tmp_path / "news.txt", export(layout)))
    articles = [cleaned(raw) for raw in result.records]
    assert [
        (a.raw.record, a.title, a.byline and a.byline.title().replace(" And ", " and "), a.publisher) for a in articles
    ] == [(str(n), story.title, story.byline, story.outlet) for n, story in enumerate(STORIES, 1)]
    assert [a.published and a.published.date().isoformat() for a in articles] == [story.day for story in STORIES]
    assert [tuple(a.text.split("\n\n")) for a in articles] == [story.body for story in STORIES]
    assert result.is_conserved()
    assert not result.rejected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_of_the_file_is_lost(tmp_path: Path, layout: str) -> None:
    """The raw texts are the file; what is not in a body is in a removed span; cleaning twice equals cleaning once."""
    whole = export(layout)
    records = load_inputs(write(tmp_path / "news.txt", whole)).records
    assert "".join(raw.text for raw in records) == whole
    for raw in records:
        body = AlignedText(raw.text, raw.edits).text
        kept = len("".join(body.split())) + sum(len("".join(span.text.split())) for span in raw.removed_spans)
        assert kept == len("".join(raw.text.split()))
        assert all(raw.text[span.raw_start : span.raw_end] == span.text for span in raw.removed_spans)
        text = cleaned(raw).text
        assert clean_text(AlignedText.of(text)).text.text == text


@pytest.mark.parametrize("layout", ["lexis_classic", "nexis_uni", "factiva_display_spaced", "proquest"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, layout: str, encoding: str, line_end: str) -> None:
    text = export(layout).removeprefix(COVER)
    path = write(tmp_path / "news.txt", text.replace("\n", line_end).encode(encoding))
    articles = [cleaned(raw) for raw in load_inputs(path).records]
    assert [(a.title, tuple(a.text.split("\n\n"))) for a in articles] == [(s.title, s.body) for s in STORIES]


def test_members_of_archives_are_read_alike(tmp_path: Path) -> None:
    members = {"a/one.txt": export("nexis_uni").encode(), "two.txt": b"A text of its own."}
    result = load_inputs(write(tmp_path / "all.zip", zipped(members)))
    assert [raw.record for raw in result.records] == ["a/one.txt:1", "a/one.txt:2", "a/one.txt:3", "two.txt"]


@pytest.mark.parametrize(
    ("layout", "wanted"),
    [
        pytest.param("lexis_classic", {"heading", "caption", "dateline", "title", "byline", "boilerplate"}, id="lexis"),
        pytest.param("factiva_codes", {"title", "byline", "boilerplate"}, id="factiva"),
    ],
)
def test_what_is_cut_has_its_kind(tmp_path: Path, layout: str, wanted: set[str]) -> None:
    raw = load_inputs(write(tmp_path / "news.txt", export(layout))).records[0]
    assert {span.kind for span in raw.removed_spans} == wanted


@pytest.mark.parametrize(
    ("over", "title", "byline"),
    [
        ("Boats sell well this spring\nBy Mats Reyes", "Boats sell well this spring", "Mats Reyes"),
        ("Boats sell well this spring\n\nMats Reyes\nStaff Reporter", "Boats sell well this spring", "Mats Reyes"),
        ("Boats sell well this spring\nBY MATS REYES\nTrade Editor", "Boats sell well this spring", "MATS REYES"),
        ("News\nBoats Sell Well", "Boats Sell Well", None),
        ("Business\nBoats sell well this spring", "Boats sell well this spring", None),
        ("Boats sell well this spring, and\nso do oars", "Boats sell well this spring, and so do oars", None),
    ],
)
def test_title_and_byline_without_codes(tmp_path: Path, over: str, title: str, byline: str | None) -> None:
    below = factiva_display(STORIES[0], "1 of 1").partition("1,084 words")[2]
    (raw,) = load_inputs(write(tmp_path / "a.txt", f"{over}\n1,084 words{below}")).records
    assert (raw.title, raw.byline) == (title, byline)


def test_codes_in_a_column_with_the_text_below_its_code(tmp_path: Path) -> None:
    text = "HD   Boats\nWC   9 words\nPD   4 March 2015\nSN   The Post\nLP\nBoats sell well.\nTD\nSo do oars.\n"
    (raw,) = load_inputs(write(tmp_path / "a.txt", text + "AN   Document POST000020150304eb34000b6\n")).records
    assert (raw.title, AlignedText(raw.text, raw.edits).text) == ("Boats", "Boats sell well.\n\nSo do oars.")


SINGLE = "\n\n".join(STORIES[0].body)


@pytest.mark.parametrize(
    "head",
    [
        "The Skerry Post\n\nFebruary 5, 2018 Monday\n\nLighthouse keeper hands over the keys\n\nBYLINE: Maren Tolle\n\n"
        "SECTION: NEWS; Pg. 3\n\nLENGTH: 61 words\n\nDATELINE: SKERRY\n\nBODY:\n\n",
        "Lighthouse keeper hands over the keys\nThe Skerry Post\nFebruary 5, 2018 Monday\n\nByline: Maren Tolle\n"
        "Section: NEWS; Pg. 3\nLength: 61 words\n\n",
        "Copyright 2018 Post Newspapers Ltd\nThe Skerry Post\n\nFebruary 5, 2018\n\nSECTION: A; Pg. 3\n\n"
        "LENGTH: 61 words\n\nHEADLINE: Lighthouse keeper hands over the keys\n\nBYLINE: By Maren Tolle\n\nBODY: ",
        "HEADLINE: Lighthouse keeper hands over the keys\nBYLINE: By Maren Tolle\nPUBLICATION: The Skerry Post\n"
        "DATE: 5 February 2018\n\n",
    ],
)
@pytest.mark.parametrize("tail", ["", "\n\nGRAPHIC: PHOTO: The light.\n\nLOAD-DATE: February 6, 2018\n"])
def test_one_article_under_such_headers(tmp_path: Path, head: str, tail: str) -> None:
    result = load_inputs(write(tmp_path / "a.txt", head + SINGLE + tail))
    (article,) = map(cleaned, result.records)
    assert (article.title, article.byline, article.publisher, str(article.published)[:10], article.text) == (
        *("Lighthouse keeper hands over the keys", "Maren Tolle", "The Skerry Post", "2018-02-05", SINGLE),
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Keys\n\nBy Maren Tolle\n\n{SINGLE}", id="a byline"),
        pytest.param(f"Byline: Maren Tolle\n\n{SINGLE}", id="a label"),
        pytest.param(f"Keys\n\nByline: Maren Tolle\nSection: News\n\n{SINGLE}", id="two labels"),
        pytest.param(f"{SINGLE}\n\n1 of 2 DOCUMENTS\n\nwas found, the clerk said.", id="a count in the text"),
        pytest.param(f"1 of 2 documents\n\n{SINGLE}", id="a count over it"),
        pytest.param(f"{SINGLE}\n\nEnd of Document\n\n{SINGLE}", id="the end of a document"),
        pytest.param(f"{SINGLE}\n\n84 words\n\nEnglish\n\nSKERRY\n\n{SINGLE}", id="a number of words"),
        pytest.param(f"{SINGLE}\n\n{LINE}\n\n{SINGLE}", id="a line"),
        pytest.param(f"Title: Keys\nAuthor: Maren Tolle\nSubject: Towns\nAbstract: Short.\n\n{SINGLE}", id="a paper's"),
        pytest.param(f"HD\n\nIN\n\nBY\n\n{SINGLE}", id="codes"),
        pytest.param(
            f"Date: 3 May 2019\nLength: 5 miles\nSection: Hills\nSeries: Walks\nEdition: 3\n\n{SINGLE}", id="a walk"
        ),
        pytest.param(
            f"NOTE: We looked again.\n\nCITY: Skerry\n\nLANGUAGE: a matter of taste\n\n{SINGLE}", id="capitals"
        ),
    ],
)
def test_other_texts_are_no_exports(tmp_path: Path, text: str) -> None:
    result = load_inputs(write(tmp_path / "a.txt", text))
    assert [(raw.record, raw.text, raw.edits) for raw in result.records] == [("", text, ())]


@pytest.mark.parametrize(
    "line",
    [
        *("NOTE: this is a paragraph of the text.", "CITY: so the sign read.", "Language: he has none.", "IN", "Body"),
        *("Location: that was the question.", "Title: none, she said.", "Document management", "IN 1918 it was so."),
        *("Copyright 2018 was on the sign.", "End of story"),
    ],
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_lines_of_the_body_that_look_like_headers_stay(layout: str, line: str, tmp_path: Path) -> None:
    first, *others = STORIES[0].body
    story = Story(
        title="Keys", byline="Ida Vance", outlet="The Post", day="2018-02-05", body=(first, f"{line}", *others, first)
    )
    result = load_inputs(write(tmp_path / "a.txt", numbered([story, STORIES[1]], LAYOUTS[layout])))
    assert len(result.records) == 2
    body = AlignedText(result.records[0].text, result.records[0].edits).text
    assert " ".join(body.split()) == " ".join(" ".join(story.body).split())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{count}\n\nThe Post\n\nMay 3, 2018\n\nEmpty\n\nLENGTH: 0 words\n\nLOAD-DATE: May 4, 2018\n", "no_body"),
        ("{count}\n\nThe Post\n\nWords without any label.\n", "no_body"),
        ("{count}\n", "no_body"),
    ],
)
def test_a_document_without_a_body_is_a_reject(tmp_path: Path, document: str, reason: str) -> None:
    whole = lexis_classic(STORIES[0], "1 of 3") + document.format(count="2 of 3 DOCUMENTS")
    result = load_inputs(write(tmp_path / "a.txt", whole + "\n" + lexis_classic(STORIES[1], "3 of 3")))
    assert [raw.record for raw in result.records] == ["1", "3"]
    assert [(reject.record, reject.reason) for reject in result.rejected] == [("2", reason)]
    assert result.is_conserved()


def test_without_its_full_text_a_document_is_a_reject(tmp_path: Path) -> None:
    whole = re.sub(r"Full text: .*?(?=\n\nSubject)", "Full text: Not available.", export("proquest"), flags=re.DOTALL)
    assert load_inputs(write(tmp_path / "a.txt", whole)).reasons == ["no_body"] * 3


def test_the_limit_of_a_record_holds_for_each_document(tmp_path: Path) -> None:
    long = Story(title="Long", byline=None, outlet="The Post", day="2018-02-05", body=("It rained all day. " * 2000,))
    path = write(tmp_path / "a.txt", numbered([STORIES[0], long, STORIES[1]], lexis_classic))
    for limits in (Limits(record=20_000), Limits(text=20_000)):
        result = load_inputs(path, options=Options(limits=limits))
        assert [raw.record for raw in result.records] == ["1", "3"]
        assert [(reject.record, reject.reason) for reject in result.rejected] == [("2", "too_large")]


def test_a_file_that_grows_keeps_its_records(tmp_path: Path) -> None:
    """Also by their hashes: what is as it was is known again."""
    before = load_inputs(write(tmp_path / "a.txt", numbered(STORIES[:2], nexis_uni))).records
    after = load_inputs(write(tmp_path / "a.txt", numbered(STORIES, nexis_uni))).records
    assert [(raw.record, raw.text.strip()) for raw in after[:2]] == [(raw.record, raw.text.strip()) for raw in before]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("1 of 2 DOCUMENTS\n", id="counts"),
        pytest.param("BYLINE: Maren Tolle\n", id="labels"),
        pytest.param("GRAPHIC: a chart\n\nSUBJECT: birds\n\n", id="labels below"),
        pytest.param("HD\nIN\ni1 : Birds\n", id="codes"),
        pytest.param("84 words\n12 March 2019\nSKERRY\n", id="numbers of words"),
        pytest.param("Full text: \nTitle: Keys\nLocation: Skerry\n", id="fields"),
        pytest.param(f"{LINE}\n", id="lines"),
        pytest.param("End of Document\nBody\n", id="ends"),
        pytest.param("\n" * 40, id="nothing"),
        pytest.param("(c) " + "© 2018 " * 20, id="one line"),
    ],
)
@pytest.mark.parametrize("layout", ["lexis_classic", "nexis_uni", "factiva_codes", "factiva_display", "proquest"])
def test_a_hostile_file_is_read_to_its_end(tmp_path: Path, layout: str, lines: str) -> None:
    """Headers without end become articles or rejects like all others."""
    one = LAYOUTS[layout](STORIES[0], "1 of 1")
    result = load_inputs(write(tmp_path / "a.txt", one + "\n" + lines * 500 + one))
    assert len(result.records) >= 1
    assert result.is_conserved()


def test_recognition_needs_several_signs() -> None:
    """Each layout is known by its head alone, and none by its first lines alone."""
    for layout in LAYOUTS:
        whole = export(layout).removeprefix(COVER).encode()
        assert find_export(whole), layout
        assert find_export(whole[:60]) is None, layout
