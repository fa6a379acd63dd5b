"""Records as sites, services and tools write them: which field is the text, where the articles lie, what is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import click
import pytest

from onrecord.pipeline.commands.flags import input_flags, input_options
from onrecord.pipeline.options import Fields, Options
from onrecord.pipeline.provenance import made_by
from onrecord.pipeline.sources.entries import ExtractedText, Refused
from onrecord.pipeline.sources.formats import delimited, jsonvalues, parquet
from onrecord.pipeline.sources.references import Slice
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle

FIRST = "The ferry to Skarholm will not sail before Friday, the harbour office said."
SECOND = "“We have bread for two days,” said Tove Lund, who keeps the shop."
BODY = f"{FIRST}\n\n{SECOND}"
HTML = f"<p>{FIRST}</p>\n<p>{SECOND}</p>"
ADDRESS = "https://post.example/ferry"
PARAGRAPHS = [{"type": "paragraph", "text": FIRST}, {"type": "paragraph", "text": SECOND}]
LEAF = {"type": "text", "text": SECOND}
INLINE = [{"type": "text", "text": FIRST[:20], "marks": []}, {"type": "text", "text": FIRST[20:]}]


def load(value: Any, **fields: str) -> list[ExtractedText | str]:
    """The records of a JSON file; of one that is refused, the reason."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    results: list[ExtractedText | str] = []
    for entry in jsonvalues.entries(io.BytesIO(data), Options(fields=Fields(**fields)), Slice()):
        try:
            results.append(entry.read())
        except Refused as refused:
            results.append(refused.reason)
    return results


def read(record: Any, **fields: str) -> ExtractedText:
    (extracted,) = load(record, **fields)
    assert isinstance(extracted, ExtractedText), extracted
    return extracted


def body(extracted: ExtractedText | str) -> str:
    assert isinstance(extracted, ExtractedText), extracted
    text = AlignedText(extracted.text, extracted.edits)
    for span in extracted.removed_spans:
        assert text.position(span.raw_start) == text.position(span.raw_end)
    return text.text.strip()


def article(extracted: ExtractedText) -> Article:
    names = ("title", "byline", "edits", "removed_spans", "flags")
    cleaned = clean(RawArticle.of(extracted.text, **{name: getattr(extracted, name) for name in names}))
    assert isinstance(cleaned, Article)
    return cleaned


TEXTS: dict[str, Any] = {
    "plain": {"text": BODY},
    "HTML": {"text": HTML},
    "HTML with classes": {"content": f'<div class="story"><p class="lead">{FIRST}</p><p>{SECOND}</p></div>'},
    "HTML without closing tags": {"body": f"<P>{FIRST}\n<P>{SECOND}"},
    "line breaks": {"body": f"{FIRST}<br />\n<br />{SECOND}"},
    "escaped": {"text": HTML.replace("<", "&lt;").replace(">", "&gt;")},
    "escaped twice": {"text": HTML.replace("<", "&amp;lt;").replace(">", "&amp;gt;")},
    "CDATA": {"content:encoded": f"<![CDATA[{HTML}]]>"},
    "blank lines for paragraphs": {"text": f"{FIRST.replace('ferry', '<em>ferry</em>')}\n\n{SECOND}"},
    "blank lines beside blocks": {"text": f"{FIRST}\n\n{SECOND}\n\n<figure><figcaption>The quay</figcaption></figure>"},
    "wrapped lines": {"text": f"<p>{FIRST.replace(' sail ', chr(10) + 'sail ')}</p><p>{SECOND}</p>"},
    "comments of an editor": {"raw": 0, "content": {"raw": "no", "rendered": f"<!-- wp:p -->\n{HTML}\n<!-- /wp:p -->"}},
    "strings in a list": {"paragraphs": [FIRST, SECOND]},
    "objects in a list": {"article_body": None, "content": PARAGRAPHS},
    "objects with HTML": {"body": [{"value": HTML, "format": "full_html", "summary": "no"}]},
    "objects without a type": {"article": {"paragraphs": [{"role": "body", "text": text} for text in (FIRST, SECOND)]}},
    "paragraphs by number": {"paragraphs": {"0": FIRST, "1": SECOND}},
    "a fragment where others have a page": {"html": HTML},
    "an object of paragraphs": {"text": {"paragraphs": PARAGRAPHS}},
    "sections": {"sections": [{"name": "x", "paragraphs": [FIRST]}, {"paragraphs": [SECOND]}]},
    "typed blocks": {
        "content_elements": [
            {"type": "text", "content": FIRST},
            {"type": "image", "caption": "The quay", "credits": {"by": [{"name": "Jo Ek"}]}},
            {"type": "interstitial_link", "content": "Read more about ferries"},
            {"type": "text", "content": SECOND},
        ]
    },
    "contents with types": {
        "contents": [
            {"type": "kicker", "content": "Islands"},
            {"type": "date", "content": 1709561100000},
            None,
            {"type": "sanitized_html", "subtype": "paragraph", "content": FIRST.replace("ferry", "<i>ferry</i>")},
            {"type": "image", "fullcaption": "The quay"},
            {"type": "sanitized_html", "subtype": "paragraph", "content": SECOND},
        ]
    },
    "ProseMirror": {
        "body": {
            "type": "doc",
            "content": [{"type": "paragraph", "content": INLINE}, {"type": "paragraph", "content": [LEAF]}],
        }
    },
    "Draft.js": {"content": {"blocks": [{**each, "type": "unstyled"} for each in PARAGRAPHS], "entityMap": {}}},
    "Slate": {
        "body": [
            {"type": "p", "children": [{"text": FIRST[:9]}, {"text": FIRST[9:], "bold": True}]},
            {"type": "p", "children": [{"text": SECOND}]},
        ]
    },
    "Portable Text": {
        "body": [
            {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": text}], "markDefs": []}
            for text in (FIRST, SECOND)
        ]
    },
    "Contentful": {
        "body": {
            "nodeType": "document",
            "data": {},
            "content": [
                {"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": text, "data": {}}]}
                for text in (FIRST, SECOND)
            ],
        }
    },
    "Editor.js": {"content": {"blocks": [{"type": "paragraph", "data": {"text": text}} for text in (FIRST, SECOND)]}},
    "JSON-LD in a graph": {
        "@graph": [
            {"@type": "WebPage", "@id": "#page", "name": "no"},
            {"@type": "NewsArticle", "headline": "Ferry", "articleBody": BODY},
        ]
    },
    "an object that is the article": {"id": 1, "article": {"title": "Ferry", "text": BODY}},
    "a cut text beside the whole": {"content": f"{FIRST[:30]}… [+99 chars]", "text_content": BODY, "description": "no"},
    "no values": {"text": "nan", "body": "None", "content": BODY},
    "a teaser": {"summary": "no", "description": "no" * 500, "teaser": "no", "text": BODY},
}


@pytest.mark.parametrize("shape", TEXTS)
def test_the_text_is_found_and_read(shape: str) -> None:
    """Its paragraphs and nothing else; offsets lead back to the field; cleaning again changes nothing."""
    extracted = read(TEXTS[shape])
    assert [line for line in body(extracted).split("\n") if line.strip()] == [FIRST, SECOND]
    cleaned = article(extracted)
    assert cleaned.text == BODY.replace("\n\n", "\n") or cleaned.text == BODY
    assert all(cleaned.body.explains(s.span.start, s.span.end) for s in cleaned.segments if s.kind == "paragraph")
    assert article(replace_text(extracted, cleaned.text)).text == cleaned.text


def replace_text(extracted: ExtractedText, text: str) -> ExtractedText:
    return ExtractedText(text=text, title=extracted.title)


SPOKEN_OF = (
    "Put <b> before a word and </b> behind it, the teacher told the class.",
    "A page opens with <p> and closes with </p>, he said.",
    "Write &lt;br&gt; for a line break, says the manual.",
    "The test fails if a<b and c>d, or when List<String> is empty.",
    "Write to Ada Brook <ada@post.example> or to <office>.",
    "He typed <br> and left. Nothing happened.",
    "5 < 6 and 7 > 6, the children sang.\n\nThey were right.",
    "The tag <em> is old, <strong> is older.",
)


@pytest.mark.parametrize("text", SPOKEN_OF)
def test_a_text_that_speaks_of_tags_is_left_as_it_is(text: str) -> None:
    extracted = read({"text": text, "title": text})
    assert (extracted.text, extracted.edits, extracted.removed_spans) == (text, (), ())
    assert body(read({"text": [text, SECOND]})) == f"{text}\n\n{SECOND}"


def test_what_the_markup_names_stands_beside_the_text() -> None:
    """Headings, captions, bylines and asides of a fragment are removed spans with their kinds."""
    markup = (
        f'<h1>No ferry</h1><p class="byline">By Ada Brook</p><p>{FIRST}</p><h2>Bread &amp; milk</h2>'
        f'<figure><img src="x"><figcaption>The quay</figcaption></figure><aside>Sign up</aside><p>{SECOND}</p>'
    )
    extracted = read({"text": markup})
    spans = [(span.kind, span.text) for span in extracted.removed_spans]
    assert spans == [
        *(("title", "No ferry"), ("byline", "By Ada Brook"), ("heading", "Bread & milk")),
        *(("caption", "The quay"), ("boilerplate", "Sign up")),
    ]
    assert "Bread &amp; milk" in extracted.text[extracted.removed_spans[2].raw_start :][:20]
    assert article(extracted).title == "No ferry"


def test_an_aside_that_is_all_of_the_text_is_the_text() -> None:
    assert body(read({"text": f'<div class="related"><p>{FIRST}</p><p>{SECOND}</p></div>'})).count("\n") >= 1


METADATA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "WordPress": (
        {
            "id": 7,
            "date": "2024-03-04T14:05:00",
            "date_gmt": "2024-03-04T13:05:00",
            "modified_gmt": "2024-03-05T06:00:00",
            "guid": {"rendered": "https://post.example/?p=7"},
            "link": ADDRESS,
            "title": {"rendered": "No ferry &#8211; <em>again</em>"},
            "content": {"rendered": HTML, "protected": False},
            "excerpt": {"rendered": "<p>no</p>"},
            "author": 12,
            "_embedded": {"author": [{"id": 12, "name": "Ada Brook"}]},
        },
        {"title": "No ferry – again", "byline": "Ada Brook", "url": ADDRESS, "published": "2024-03-04T13:05:00+00:00"},
    ),
    "a newspaper's search": (
        {
            "id": "world/ferry",
            "webTitle": "No",
            "webUrl": ADDRESS,
            "webPublicationDate": "2024-03-04T14:05:00Z",
            "fields": {
                "headline": "No ferry",
                "byline": "Ada Brook",
                "body": HTML,
                "bodyText": "no",
                "trailText": "no",
            },
            "tags": [{"webTitle": "Ada Brook", "bio": HTML}],
        },
        {"title": "No ferry", "byline": "Ada Brook", "url": ADDRESS, "published": "2024-03-04T14:05:00+00:00"},
    ),
    "headline.main and byline.original": (
        {
            "web_url": ADDRESS,
            "uri": "nyt://article/7",
            "headline": {"main": "No ferry", "kicker": None},
            "byline": {"original": "By Ada Brook", "person": [{"firstname": "Ada"}]},
            "pub_date": "2024-03-04T14:05:00+0000",
            "source": "The Post",
            "snippet": "no",
            "lead_paragraph": BODY,
        },
        {"title": "No ferry", "byline": "By Ada Brook", "url": ADDRESS, "publisher": "The Post"},
    ),
    "an outlet that is an object": (
        {
            "uri": "8123",
            "url": ADDRESS,
            "title": "No ferry",
            "body": BODY,
            "source": {"uri": "post.example", "title": "The Post"},
            "authors": [{"uri": "ada@post.example", "name": "Ada Brook"}],
            "dateTime": "2024-03-04T15:00:00Z",
            "dateTimePub": "2024-03-04T14:05:00Z",
        },
        {"publisher": "The Post", "byline": "Ada Brook", "url": ADDRESS, "published": "2024-03-04T14:05:00+00:00"},
    ),
    "an address that is none": (
        {"uri": "8123", "text": BODY, "source": {"id": None, "name": "The Post"}, "author": "https://post.example/ada"},
        {"url": None, "publisher": "The Post", "byline": None},
    ),
    "what crawlers found, with more in an object": (
        {
            "text": BODY,
            "author": "Ada Brook",
            "published": "2024-03-04T14:05:00.000+00:00",
            "thread": {"site": "post.example", "url": ADDRESS},
        },
        {"publisher": "post.example", "byline": "Ada Brook", "url": ADDRESS},
    ),
    "metadata in an object": (
        {"text": BODY, "meta": {"title": "No ferry", "url": ADDRESS, "authors": ["Ada Brook", "Li Wu"]}},
        {"title": "No ferry", "url": ADDRESS, "byline": "Ada Brook, Li Wu"},
    ),
    "an index": (
        {"_index": "news", "_id": "7", "_source": {"title": "No ferry", "content": BODY, "url": ADDRESS}},
        {"title": "No ferry", "url": ADDRESS},
    ),
    "JSON-LD with references": (
        {
            "@graph": [
                {"@type": "Person", "@id": "#ada", "name": "Ada Brook"},
                {"@type": "Organization", "@id": "#post", "name": "The Post"},
                {
                    "@type": "NewsArticle",
                    "headline": "No ferry",
                    "articleBody": BODY,
                    "author": [{"@id": "#ada"}],
                    "publisher": {"@id": "#post"},
                    "mainEntityOfPage": {"@id": ADDRESS},
                },
            ]
        },
        {"title": "No ferry", "byline": "Ada Brook", "publisher": "The Post", "url": ADDRESS},
    ),
    "no values": (
        {"text": BODY, "title": "null", "headline": "No ferry", "author": "None", "creator": "nan", "source": "N/A"},
        {"title": "No ferry", "byline": None, "publisher": None},
    ),
}


@pytest.mark.parametrize("shape", METADATA)
def test_metadata_of_services_and_tools(shape: str) -> None:
    record, wanted = METADATA[shape]
    extracted = read(record)
    assert article(extracted).text == article(read({"text": BODY})).text
    found = {name: getattr(extracted, name) for name in wanted}
    if found.get("published"):
        found["published"] = found["published"].isoformat()
    assert found == wanted


STORY = {"title": "No ferry", "text": BODY, "url": ADDRESS}
WRAPPED: dict[str, tuple[Any, int]] = {
    "levels down": ({"response": {"status": "ok", "facets": [{"name": "sea"}], "results": [STORY, STORY]}}, 2),
    "hits of hits": ({"took": 1, "hits": {"total": {"value": 2}, "hits": [{"_id": "1", "_source": STORY}] * 3}}, 3),
    "an object of results": ({"articles": {"page": 1, "results": [STORY, STORY]}}, 2),
    "an unknown name": ({"meta": {"n": 2}, "pieces": [STORY, STORY]}, 2),
    "edges of nodes": ({"data": {"posts": {"edges": [{"node": STORY}, {"node": STORY}]}}}, 2),
    "two lists": ({"news": [STORY], "n": 1, "blogs": [STORY, STORY]}, 3),
    "a feed with a title": ({"title": "All news", "items": [STORY, STORY]}, 2),
    "titles alone": ({"status": "ok", "articles": [{"title": "No ferry", "url": ADDRESS}, STORY]}, 2),
    "an empty list": ({"articles": [], "other": 1}, 1),
    "an article with lists": ({**STORY, "items": [STORY, STORY], "authors": [{"name": "Ada Brook"}]}, 1),
    "an article whose text comes last": ({"items": [STORY, STORY], **STORY}, 1),
    "an article of paragraphs": ({"title": "No ferry", "content": PARAGRAPHS}, 1),
    "an article of titled parts": ({"headline": "No ferry", "items": [{"title": "One", "text": FIRST}] * 2}, 1),
    "an article with related ones": ({"title": "No ferry", "related": [STORY], "paragraphs": [FIRST, SECOND]}, 1),
}


@pytest.mark.parametrize("chunk", [5, 2**18])
@pytest.mark.parametrize("shape", WRAPPED)
def test_articles_levels_down(shape: str, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a record; other lists are passed over, and an article that holds lists is one."""
    monkeypatch.setattr("onrecord.pipeline.sources.formats.jsonvalues.CHUNK_SIZE", chunk)
    value, n_records = WRAPPED[shape]
    assert len(load(value)) == n_records
    pages = b"\n".join(json.dumps(value).encode() for _ in range(2))
    assert len(load(pages)) == 2 * n_records


def test_a_list_longer_than_the_head_of_the_file() -> None:
    value = {"n": 9, "response": {"results": [{**STORY, "text": BODY * 100}] * 150, "pages": [{"n": 1}]}}
    assert len(load(value)) == 150


def test_fields_that_the_user_names_lead_through_lists() -> None:
    record = {
        "text": "no",
        "content": {"paragraphs": [{"text": FIRST, "n": 1}, {"text": SECOND}]},
        "authors": [{"name": "Ada Brook"}, {"name": "Li Wu"}],
        "when": [{"at": "2024-03-04"}],
    }
    extracted = read(record, text="content.paragraphs.text", byline="authors.name", published="when.0.at")
    assert (extracted.text, extracted.byline) == (BODY, "Ada Brook, Li Wu")
    assert extracted.published is not None
    assert read(record, text="content.paragraphs.text", byline="authors.1.name").byline == "Li Wu"


def test_fields_that_the_user_names_are_found_in_any_case() -> None:
    """As spelled before all others."""
    record = {"Text": BODY, "Id": "7", "Who-Wrote": {"Name": "Ada Brook"}, "title": "no", "TITLE": "Ferry"}
    extracted = read(record, id="id", byline="who_wrote.name", title="TITLE")
    assert (extracted.key, extracted.byline, extracted.title) == ("7", "Ada Brook", "Ferry")
    assert read(record, keep="id").extra == (("id", "7"),)


@pytest.mark.parametrize("kind", ["title", "byline", "publisher", "published", "url"])
def test_a_named_field_that_is_not_there_is_told(kind: str) -> None:
    """One that holds nothing is there."""
    assert read({"text": BODY, "x": None}, **{kind: "y"}).flags == ("field_missing",)
    assert "field_missing" not in read({"text": BODY, "x": None}, **{kind: "x"}).flags
    assert "field_missing" not in read({"text": BODY, "x": {"y": " "}}, **{kind: "X.y"}).flags


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"title": "No ferry", "description": FIRST, "summary": SECOND}, "no_text"),
        ({"title": "No ferry", "sections": ["World", "Islands"], "pages": 3}, "no_text"),
        ({"title": "No ferry", "author": {"name": "Ada Brook", "text": "She writes about ferries."}}, "no_text"),
        ({"title": "No ferry", "text": "nan", "content": None}, "empty"),
        ({"text": [[[]]] * 3}, "no_text"),
    ],
)
def test_records_without_a_text(record: Mapping[str, Any], reason: str) -> None:
    assert load(record) == [reason]
    if "description" in record:
        assert read(record, text="description").text == FIRST


def test_a_text_deeper_than_any_editor_nests_is_refused() -> None:
    value: Any = FIRST
    for _ in range(100):
        value = {"children": [value]}
    assert load({"text": value}) == ["nesting"]


@pytest.mark.parametrize("mark", [" [+1234 chars]", "… [+7 chars]", "... [+12 characters]"])
def test_a_text_that_is_cut_off_is_flagged(mark: str) -> None:
    extracted = read({"content": BODY + mark, "description": "no"})
    assert extracted.flags == ("truncated",)
    assert [(span.kind, span.text) for span in extracted.removed_spans] == [("boilerplate", mark.lstrip(" .…"))]
    assert read({"content": f"{BODY} It held [+3 chars] in all."}).flags == ()


KEPT = {"id": 7, "tags": ["sea", {"n": 1}], "text": BODY, "note": None, "more": {"section": "World", "ok": True}}


@pytest.mark.parametrize(
    ("keep", "extra"),
    [
        ("", ()),
        ("id", (("id", "7"),)),
        ("more.section, id,missing", (("id", "7"), ("more.section", "World"))),
        ("more", (("more", '{"section":"World","ok":true}'),)),
        ("all", (("id", "7"), ("more", '{"section":"World","ok":true}'), ("tags", '["sea",{"n":1}]'))),
        ("text", (("text", BODY),)),
    ],
)
def test_fields_that_are_kept(keep: str, extra: tuple[tuple[str, str], ...]) -> None:
    """As they are, nested ones as JSON; with all of them the text itself is not kept twice."""
    assert read(KEPT, keep=keep).extra == extra


def test_what_is_kept_is_bounded_and_cutting_is_told() -> None:
    extracted = read({"text": BODY, "fields": {"long": "x" * 10**6}, "more": ["y" * 10**5] * 9}, keep="all")
    assert sum(len(value) for _, value in extracted.extra) <= 200_000
    assert extracted.flags == ("extra_cut",)
    assert len(read({"text": BODY, **{f"f{n}": n for n in range(2000)}}, keep="all").extra) == 500
    nested = read({"id": 1, "fields": {"body": BODY, "lang": "en"}}, keep="all")
    assert nested.extra == (("fields", '{"lang":"en"}'), ("id", "1"))


def test_fields_of_tables_are_kept_as_well() -> None:
    options = Options(fields=Fields(keep="section, nr"))
    table = f'title,text,section,nr\nNo ferry,"{HTML}",World,\nSails,{FIRST.replace(",", "")},nan,8\n'
    first, second = (entry.read() for entry in delimited.entries(io.BytesIO(table.encode()), options, Slice()))
    assert (first.extra, second.extra) == ((("section", "World"),), (("nr", "8"),))
    assert body(first).split("\n\n") == [FIRST, SECOND]
    row = parquet.row_entry("1", {"text": BODY, "section": "World", "nr": None, "when": date(2024, 3, 4)}, options)
    assert row.read().extra == (("section", "World"),)
    all_of_it = replace(options, fields=Fields(keep="all"))
    assert dict(parquet.row_entry("1", {"text": BODY, "when": date(2024, 3, 4)}, all_of_it).read().extra) == {
        "when": "2024-03-04"
    }


def test_the_flag_is_an_option_that_decides_rows() -> None:
    kept: list[Options] = []

    @click.command()
    @input_flags
    def command(**values: Any) -> None:
        kept.append(Options(**input_options(**values)))

    for arguments in (["--keep-fields", "section,tags.name"], []):
        command.main(arguments, standalone_mode=False)
    assert [options.fields.keep for options in kept] == ["section,tags.name", ""]
    assert made_by(kept[0]) != made_by(kept[1])
