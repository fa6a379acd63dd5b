"""Files of articles in markup: feeds, agencies' XML, corpora, Europresse; and documents that are not read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fixtures_formats import Loaded, as_page, load_inputs, write, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.pipeline.options import Limits, Options
from onrecord.pipeline.sources.formats.markup_files import splitting
from onrecord.pipeline.sources.formats.markup_files.days import find_moment
from onrecord.pipeline.sources.formats.markup_files.splitting import split_records
from onrecord.pipeline.sources.web import fragments
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle

LONG = "The town came to see the new bell on Sunday, and most stayed until it had rung for the first time in years. "


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file, some columns of each of its articles, and its rejects as (record, reason)."""

    name: str
    data: str | bytes
    articles: Sequence[dict[str, Any]] = ()
    rejects: Sequence[tuple[str, str]] = ()


def rss(*items: str, title: str = "Fen Herald", head: str = "") -> str:
    """A feed of these items."""
    channel = f"<title>{title}</title><link>https://fen.example/</link>{head}"
    return f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>\n'


def item(text: str, more: str = "") -> str:
    return f"<item><title>A bell</title>{more}<content:encoded>{text}</content:encoded></item>"


def atom(*entries: str) -> str:
    head = "<title>Ridge Record</title><author><name>The desk</name></author>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(entries)}</feed>'


def g2(content: str, *, item_class: str = "text", meta: str = "<headline>Snow &amp; ice</headline>") -> str:
    times = "<firstCreated>2015-01-01T03:04:05Z</firstCreated><versionCreated>2015-01-02T03:04:05Z</versionCreated>"
    item_meta = (
        f'<itemClass qcode="ninat:{item_class}"/><provider literal="ABU"><name>Alp Bureau</name></provider>{times}'
    )
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="x"><itemMeta>{item_meta}</itemMeta>'
        f"<contentMeta>{meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


def nitf(body: str, head: str = "") -> str:
    headlines = "<hedline><hl1>Mill burns</hl1><hl2>Cat safe</hl2></hedline>"
    return f"<nitf><head>{head}</head><body><body.head>{headlines}{body}</body></nitf>"


def europresse(*articles: str) -> str:
    page = f"<body><aside>2 documents</aside>{''.join(articles)}</body>"
    return f"<!DOCTYPE html><html><head><title>Export</title></head>{page}</html>"


def europresse_article(header: str, body: str, more: str = "") -> str:
    return (
        '<article class="x"><header><span class="DocPublicationName"> Le Lac, no. 4512</span>'
        f'<span class="DocHeader">{header}</span><p class="titreArticleVisu rdp__articletitle">The '
        f"<mark>tram</mark></p>"
        f'{more}</header><section><div class="DocText clearfix"><div '
        f'class="docOcurrContainer">{body}</div></div></section>'
        "<footer><small>© 2024 Le Lac. Tous droits réservés.</small></footer></article>"
    )


FEEDS = [
    Case(
        name="full.rss",
        data=rss(
            item(
                f"<![CDATA[<p>{LONG}</p><figure><figcaption>The bell</figcaption></figure><p>“Loud,” said "
                f"Ada Brook.</p>]]>",
                "<dc:creator>Li Wu</dc:creator><dc:creator>Bo Lee</dc:creator><pubDate>Mon, 04 Mar 2024 "
                "10:00:00 +0100"
                "</pubDate><guid isPermaLink='true'>https://fen.example/bell</guid><description>A "
                "teaser</description>",
            )
        ),
        articles=[
            {
                "text": f"{LONG.strip()}\n\n“Loud,” said Ada Brook.",
                "title": "A bell",
                "byline": "Li Wu, Bo Lee",
                "publisher": "Fen Herald",
                "published": "2024-03-04T09:00:00+00:00",
                "url": "https://fen.example/bell",
                "flags": (),
                "cut": [
                    ("title", "A bell"),
                    ("byline", "Li Wu"),
                    ("byline", "Bo Lee"),
                    ("boilerplate", "A teaser"),
                    ("caption", "The bell"),
                ],
            }
        ],
    ),
    Case(
        name="escaped.xml",  # HTML written as text, and entities that only HTML knows
        data=rss(
            item(
                "&lt;p&gt;Rain&amp;nbsp;fell &amp;amp; stayed.&lt;/p&gt;&lt;p&gt;Snow &lt;b&gt;too&lt;/b&gt;.&lt;/p&gt;"
            ),
            item("<p>Not escaped<br/>at all.</p>", "<author>ada@fen.example (Ada Brook)</author>"),
            item("No tags.\n\nTwo paragraphs &#8212; of\nplain words.", "<author>desk@fen.example</author>"),
        ),
        articles=[
            {"text": "Rain fell & stayed.\n\nSnow too.", "byline": None},
            {"text": "Not escaped\n\nat all.", "byline": "Ada Brook"},
            {"text": "No tags.\n\nTwo paragraphs — of plain words.", "byline": None},
        ],
    ),
    Case(
        name="teasers.xml",
        data=rss(
            f"<item><description>{LONG * 2}</description></item>",
            "<item><description>A word or two.</description></item>",
            f"<item><description>{LONG * 2} [&amp;#8230;]</description></item>",
            f"<item><description>{LONG * 2} &lt;a href='x'&gt;Read more&lt;/a&gt;</description></item>",
            "<item><title>Nothing</title></item>",
        ),
        articles=[{"text": (LONG * 2).strip(), "flags": ("summary_only",), "title": None}],
        rejects=[("2", "no_text"), ("3", "no_text"), ("4", "no_text"), ("5", "no_text")],
    ),
    Case(
        name="one.rdf",
        data="<rdf:RDF xmlns:rdf='r'><channel rdf:about='https://n.example/'><title>North</title><items>"
        "<rdf:Seq/></items>"
        f"</channel><item rdf:about='https://n.example/1'><title>Tom &amp;amp; "
        f"Ann</title><dc:date>2011-02-03</dc:date>"
        f"<dc:publisher>South</dc:publisher>{item(LONG)[6:-7]}</item></rdf:RDF>",
        articles=[
            {"publisher": "South", "title": "Tom & Ann", "url": "https://n.example/1", "published_precision": "day"}
        ],
    ),
    Case(
        name="any.atom",
        data=atom(
            "<entry><title type='html'>&lt;i&gt;Ferry&lt;/i&gt;</title><link rel='replies' "
            "href='https://r.example/c'/>"
            "<link href='https://r.example/f'/><published>2020-05-03T18:30:00+02:00</published>"
            "<updated>2020-05-04T07:00:00Z"
            "</updated><author><name>Mira Holt</name><email>m@r.example</email></author>"
            "<content type='xhtml'><div><p>It<a id='x'/> floats.</p><script src='x'/><p>It "
            "sails.</p></div></content></entry>",
            "<entry><updated>2020-05-04T07:00:00Z</updated><content type='text'>Hens &lt; geese.\n\nSo it "
            "is.</content>"
            "<source><title>Hill Post</title></source></entry>",
        ),
        articles=[
            {
                "text": "It floats.\n\nIt sails.",
                "title": "Ferry",
                "url": "https://r.example/f",
                "byline": "Mira Holt",
                "published": "2020-05-03T16:30:00+00:00",
                "modified": "2020-05-04T07:00:00+00:00",
            },
            {"text": "Hens < geese.\n\nSo it is.", "byline": None, "publisher": "Hill Post", "published": None},
        ],
    ),
    Case(
        name="prefixed.xml",
        data="<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>Ridge</a:title><a:entry><a:title>One</a:title>"
        f"<media:content><media:title>Picture</media:title></media:content><a:content>{LONG}</a:content>"
        f"</a:entry></a:feed>",
        articles=[{"title": "One", "publisher": "Ridge", "text": LONG.strip()}],
    ),
    Case(
        name="wrapped.xml",
        data=atom(
            "<entry><content type='application/xml'>",
            nitf(f"</body.head><body.content><p>{LONG}</p></body.content>"),
            "</content></entry>",
        ),
        articles=[{"title": "Mill burns", "publisher": "Ridge Record"}],
    ),
    Case(name="saved.txt", data=rss(item(LONG)), articles=[{"publisher": "Fen Herald"}]),
    Case(name="nothing", data=b"\xef\xbb\xbf" + rss(item(LONG)).encode(), articles=[{"publisher": "Fen Herald"}]),
    Case(
        name="wide.xml",
        data=rss(item("Größe " * 9), title="Ü").replace('"1.0"', '"1.0" encoding="utf-16"', 1).encode("utf-16"),
        articles=[{"publisher": "Ü", "text": ("Größe " * 9).strip()}],
    ),
    Case(
        name="western.xml",
        data=rss(item("Größe " * 9), title="Ü").replace('"1.0"', '"1.0" encoding="iso-8859-1"', 1).encode("latin-1"),
        articles=[{"publisher": "Ü", "text": ("Größe " * 9).strip(), "flags": ()}],
    ),
]
AGENCIES = [
    Case(
        name="plain.xml",
        data=g2(
            "<inlineData contenttype='text/plain'>Snow fell.\n\n&quot;Stay,&quot; said Ulla Brandt &amp; "
            "left.</inlineData>"
        ),
        articles=[
            {
                "text": 'Snow fell.\n\n"Stay," said Ulla Brandt & left.',
                "title": "Snow & ice",
                "publisher": "Alp Bureau",
                "published": "2015-01-01T03:04:05+00:00",
                "modified": "2015-01-02T03:04:05+00:00",
            }
        ],
    ),
    Case(
        name="message.xml",
        data="<newsMessage><header><sent>2015-01-02T03:04:05Z</sent></header><itemSet>"
        + g2(
            "<inlineXML><html><head><title>No</title></head><body><p>Ice <b>held</b>.</p></body></html></inlineXML>",
            meta="<headline>Ice</headline><by>By Ada Brook</by><dateline>ALPEN, Jan 2 (ABU)</dateline>",
        )
        + g2(
            "<inlineData contenttype='text/html'>&lt;p&gt;It melts.&lt;/p&gt;</inlineData>",
            meta="<creator><name>Li Wu</name></creator><creator><name>Alp Bureau</name></creator>",
        )
        + g2("<remoteContent href='a.jpg'/>", item_class="picture")
        + g2("")
        + "</itemSet></newsMessage>",
        articles=[
            {"text": "Ice held.", "title": "Ice", "byline": "Ada Brook", "dateline_place": "ALPEN", "agency": "ABU"},
            {"text": "It melts.", "byline": "Li Wu"},
        ],
        rejects=[("3", "media_type"), ("4", "no_text")],
    ),
    Case(
        name="corpus.xml",
        data='<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "http://n.example/nitf.dtd">'
        + nitf(
            "<byline class='a'>By <person>ANNA B. CARR</person>, "
            "<byttl>Reporter</byttl></byline><byline>Carr, Anna B</byline>"
            "<dateline>ST. LOUIS, Nov. 11</dateline></body.head><body.content><block "
            "class='lead_paragraph'><p>It burned.</p></block>"
            "<block class='full_text'><p>It burned.</p><hl2>Since 1800</hl2><p>“Gone,” said <person>Leo "
            "Marsh</person>.</p>"
            "<media><media-reference/><media-caption>The mill</media-caption></media></block></body.content>"
            "<body.end><tagline>She is a reporter</tagline></body.end>",
            "<pubdata date.publication='19991112T000000' ex-ref='https://l.example/1' name='The Lake'/>",
        ),
        articles=[
            {
                "text": "It burned.\n\n“Gone,” said Leo Marsh.",
                "title": "Mill burns",
                "byline": "ANNA B. CARR",
                "publisher": "The Lake",
                "published": "1999-11-12T00:00:00+00:00",
                "published_precision": "day",
                "url": "https://l.example/1",
                "dateline_place": "ST. LOUIS",
            }
        ],
    ),
    Case(
        name="old.xml",
        data="<NewsML><NewsItem><NewsManagement><FirstCreated>20060504T101112+0000</FirstCreated>"
        "</NewsManagement><NewsComponent>"
        "<NewsLines><HeadLine>Dam holds</HeadLine><ByLine>by Tim Orr</ByLine></NewsLines><ContentItem><DataContent>"
        "<p>The dam held.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>",
        articles=[{"text": "The dam held.", "title": "Dam holds", "byline": "Tim Orr"}],
    ),
]
CORPORA = [
    Case(
        name="wire_eng.sgm",
        data='<DOC id="QRS_ENG_20011230.0101" type="story" >\n<HEADLINE>\nDUCKS\nRETURN\n</HEADLINE>'
        "\n<DATELINE>\nKARLSTADT, Dec 30 (QRS)\n"
        "</DATELINE>\n<TEXT>\n<P>\nThe ducks are\nback &amp; loud.\n</P>\n<P>\nThey stay.\n</P>\n</TEXT>\n</DOC>\n"
        '<DOC id="QRS_20011299.0001"><TEXT><P>No day in it.<P>No end &lt;tags&gt;.</TEXT></DOC>',
        articles=[
            {
                "text": "The ducks are back & loud.\n\nThey stay.",
                "title": "DUCKS RETURN",
                "published": "2001-12-30T00:00:00+00:00",
                "published_precision": "day",
                "dateline_place": "KARLSTADT",
                "agency": "QRS",
                "byline": None,
            },
            {"text": "No day in it.\n\nNo end <tags>.", "title": None, "published": None},
        ],
    ),
    Case(
        name="ap880313",  # known by its first bytes; paragraphs begin with blanks, and texts come in two
        data="<DOC>\n<DOCNO> AP880313-0004 </DOCNO>\n<HEAD>Looms</HEAD>\n<HEAD>With "
        "photo</HEAD>\n<BYLINE>By PETE GRANGER</BYLINE>\n"
        "<TEXT>\n   The looms have stood\nstill.\n   ``We oil them,'' said Nat\nBriggs.\n</TEXT>\n<TEXT>\n  "
        " It rains.\n</TEXT>\n</DOC>\n",
        articles=[
            {
                "text": "The looms have stood still.\n\n“We oil them,” said Nat Briggs.\n\nIt rains.",
                "title": "Looms",
                "byline": "PETE GRANGER",
                "published": None,  # 880313 could be another day
            }
        ],
    ),
    Case(
        name="mixed.sgml",
        data="<DOC><DOCNO> XYZ19980601.0003 </DOCNO><DATE_TIME> 1998-06-01 00:24:00 "
        "</DATE_TIME><BODY><HEADLINE>Tram</HEADLINE><TEXT>"
        "<P>\n\tIt runs &MD; late &MD; on time.&QC;\n</P><ANNOTATION>(STORY CAN END "
        "HERE)</ANNOTATION></TEXT></BODY></DOC>"
        "<DOC><DOCNO> LA010189-0001 </DOCNO><DATE><P>January 1, 1989, Sunday, Home "
        "Edition</P></DATE><HEADLINE><P>POND</P></HEADLINE>"
        "<TEXT>Ducks came.\n\nThey liked\nit.</TEXT><PUB>The Pond</PUB></DOC>",
        articles=[
            {"text": "It runs — late — on time.", "published": "1998-06-01T00:24:00+00:00", "title": "Tram"},
            {
                "text": "Ducks came.\n\nThey liked it.",
                "published": "1989-01-01T00:00:00+00:00",
                "publisher": "The Pond",
                "title": "POND",
            },
        ],
    ),
    Case(
        name="reut2.sgm",
        data='<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS NEWID="1">\n<TEXT>&#2;\n<TITLE>PEPPER</TITLE>'
        "\n<AUTHOR>    by Jo Orr, Reuters</AUTHOR>\n"
        "<DATELINE>    PORTO, Feb 26 - </DATELINE><BODY>Rain went on in the\nzone.\n    The crop is late.\n "
        "Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n",
        articles=[{"text": "Rain went on in the zone.\n\nThe crop is late.", "title": "PEPPER", "byline": "Jo Orr"}],
    ),
    Case(
        name="cut.sgm",
        data="<DOC><DOCNO>1</DOCNO><TEXT>No end\n<DOC><DOCNO>2</DOCNO><TEXT>It "
        "rains.</TEXT></DOC><DOC><DOCNO>3</DOCNO></DOC>",
        articles=[{"text": "It rains."}],
        rejects=[("1", "damaged"), ("3", "no_text")],
    ),
    Case(
        name="open-texts.sgm",
        data="<DOC id='1'><TEXT>It rains.<TEXT> It snows.</DOC>",
        articles=[{"text": "It rains. It snows."}],
    ),
    Case(name="none.sgml", data="<CHAPTER>Rain</CHAPTER>", rejects=[("", "no_text")]),
]
EXPORTS = [
    Case(
        name="export.html",
        data=europresse(
            europresse_article(
                "Économie, mardi 5 mars 2024, p. 3",
                "<p>It is back.</p><h3>Again</h3><p>It runs.</p>",
                '<div class="docAuthors">Ines Caron; Paul Roy</div>',
            ),
            europresse_article("Friday, August 1, 2008 15:04 UTC +02:00", "<p>It stands.</p>"),
            europresse_article("undated", ""),
        ),
        articles=[
            {
                "text": "It is back.\n\nIt runs.",
                "title": "The tram",
                "byline": "Ines Caron, Paul Roy",
                "publisher": "Le Lac",
                "published": "2024-03-05T00:00:00+00:00",
                "published_precision": "day",
            },
            {"text": "It stands.", "byline": None, "published": "2008-08-01T13:04:00+00:00"},
        ],
        rejects=[("3", "no_text")],
    ),
    Case(
        name="page.html",
        data=as_page(f"{LONG}\n\n“Loud,” said Ada Brook of the DocHeader.").replace(
            b"Imprint", b"<i class='DocPublicationName'>x</i>"
        ),
        articles=[{"text": f"{LONG.strip()}\n\n“Loud,” said Ada Brook of the DocHeader."}],
    ),
]
DAMAGE = [
    Case(
        name="lost-end.xml",
        data=rss(f"<item><content:encoded>{LONG}", item(LONG)),
        articles=[{}],
        rejects=[("1", "damaged")],
    ),
    Case(
        name="open-cdata.xml",
        data=rss("<item><description><![CDATA[cut</description></item>\n", item(f"<![CDATA[{LONG}]]>")),
        articles=[{}],
        rejects=[("1", "damaged")],
    ),
    Case(
        name="cut.xml",
        data=rss(item(LONG), item(LONG)).rpartition("</content")[0],
        articles=[{}],
        rejects=[("2", "damaged")],
    ),
    Case(
        name="cut-between.xml",
        data=rss(item(LONG)).partition("</channel>")[0],
        articles=[{}],
        rejects=[("after 1", "damaged")],
    ),
    Case(
        name="tags-in-comments.xml",
        data=rss(f"<!-- {item('gone')} -->", item(f"{LONG}<!-- </item> -->")),
        articles=[{"text": LONG.strip()}],
    ),
    Case(name="tags-in-cdata.xml", data=rss(item(f"<![CDATA[{LONG}</item>]]>")), articles=[{"text": LONG.strip()}]),
    Case(name="large.xml", data=rss(item("rain " * 9000), item(LONG)), articles=[{}], rejects=[("1", "too_large")]),
    Case(name="empty.xml", data="", rejects=[("", "empty")]),
    Case(name="none.xml", data=rss(), rejects=[("", "no_text")]),
    Case(name="words.xml", data="no markup", rejects=[("", "syntax")]),
    Case(name="sitemap.xml", data='<?xml version="1.0"?><urlset><url/></urlset>', rejects=[("", "format")]),
    Case(
        name="laughs.xml",
        data=rss(item("&b;" * 9)).replace("\n", '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', 1),
        rejects=[("", "expansion")],
    ),
    Case(name="page.xml", data=b'<?xml version="1.0"?>' + as_page(LONG * 2), articles=[{"text": (LONG * 2).strip()}]),
    Case(
        name="old-page.xhtml",
        data=b'<?xml version="1.0"?>' + as_page(LONG * 2),
        articles=[{"text": (LONG * 2).strip()}],
    ),
]
DOCUMENTS = [
    Case(name=name, data=data, rejects=[("", "format")])
    for name, data in {
        "a.pdf": b"%PDF-1.4\n%\xe2\xe3",
        "b.txt": b"%PDF-1.7\n",
        "c.html": b"%PDF-1.7\n",
        "d.docx": zipped({"word/document.xml": b"<w/>"}),
        "e.txt": zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w/>"}),
        "f": zipped({"mimetype": b"application/epub+zip"}, 0),
        "g.txt": zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}, 0),
        "h.rtf": rb"{\rtf1\ansi Rain.}",
        "i.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }.items()
] + [
    Case(
        name="j.zip",
        data=zipped({"a.txt": b"%PDF-1.7", "b.txt": LONG.encode()}),
        articles=[{}],
        rejects=[("a.txt", "format")],
    ),
    Case(name="k.zip", data=zipped({"word/a.txt": LONG.encode()}), articles=[{"text": LONG.strip()}]),
    Case(name="l.txt", data=f"PDF- and RTF: {LONG}", articles=[{}]),
    Case(name="rtf.txt", data=f"{{\\rtf1\\ansi {LONG}}}", articles=[{}]),
]
CASES = [*FEEDS, *AGENCIES, *CORPORA, *EXPORTS, *DAMAGE, *DOCUMENTS]
LIMITS = Options(limits=Limits(record=30_000))


def load(tmp_path: Path, case: Case) -> Loaded:
    return load_inputs(write(tmp_path / case.name, case.data), options=LIMITS)


def column(raw: RawArticle, article: Article, name: str) -> Any:
    """A column of an article as the tables have it; ``cut`` is what was cut before cleaning."""
    if name == "cut":
        return [(span.kind, span.text) for span in raw.removed_spans]
    value = article.body.text if name == "text" else getattr(article, name)
    return value.isoformat() if isinstance(value, datetime) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_record_is_its_article(tmp_path: Path, case: Case) -> None:
    """With the columns that its file tells, or a reject; and all that its source counted."""
    result = load(tmp_path, case)
    articles = [article for article in map(clean, result.records) if isinstance(article, Article)]
    found = [
        {name: column(raw, article, name) for name in wanted}
        for raw, article, wanted in zip(result.records, articles, case.articles, strict=True)
    ]
    assert found == list(case.articles)
    assert [(reject.record, reject.reason) for reject in result.rejected] == list(case.rejects)
    assert result.is_conserved()


@pytest.mark.parametrize("case", [*FEEDS, *AGENCIES, *CORPORA, *EXPORTS], ids=lambda case: case.name)
def test_offsets_lead_into_the_record(tmp_path: Path, case: Case) -> None:
    """Each paragraph is made by the edits of its raw range, whose ends are its own; and cut pieces hold "
    "their words."""
    for raw in load(tmp_path, case).records:
        article = clean(raw)
        assert isinstance(article, Article)
        assert raw.text.startswith("<")
        for segment in article.segments:
            span = segment.span
            if segment.kind == "paragraph":
                assert article.body.explains(span.start, span.end)
            else:
                assert span.text.split()[0][:2] in raw.text[span.raw_start : span.raw_end]


@pytest.mark.parametrize("case", DOCUMENTS[:9], ids=lambda case: case.name)
def test_a_document_is_refused_with_what_to_do(tmp_path: Path, case: Case) -> None:
    (reject,) = load(tmp_path, case).rejected
    assert "text first" in reject.detail


@given(
    st.lists(
        st.sampled_from(
            ["<item>", "<item a='>'>", "</item>", "<items>", "<!--", "-->", "<![CDATA[", "]]>", "<", "x" * 400]
        )
    ),
    st.integers(1, 999),
)
@settings(max_examples=60, deadline=None)
def test_pieces_are_the_stream_whatever_its_chunks(parts: list[str], chunk: int) -> None:
    """No byte is lost or doubled, and where chunks meet changes nothing."""
    data = "".join(parts).encode()
    whole = [(piece.kind, piece.content.data) for piece in split_records(io.BytesIO(data), "item", len(data) + 1)]
    assert b"".join(content or b"" for _, content in whole) == data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splitting, "CHUNK_SIZE", chunk)
        assert [(p.kind, p.content.data) for p in split_records(io.BytesIO(data), "item", len(data) + 1)] == whole


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("Sports, lundi 1er avril 2019, p. B4", "2019-04-01T00:00:00+00:00"),
        ("Le Lac, 12 décembre 1999", "1999-12-12T00:00:00+00:00"),
        ("Wednesday, 7 June 2023 - 08:30 UTC", "2023-06-07T08:30:00+00:00"),
        ("jeudi 3 août 2023 14 h 05 UTC +02:00", "2023-08-03T12:05:00+00:00"),
        ("Sept. 9, 2021 18:00, page 2", "2021-09-09T00:00:00+00:00"),  # of no zone that is told
        ("May 2022, 14 pages", None),
        ("31 juin 2020", None),
        ("page 3 mars", None),
    ],
)
def test_the_day_in_a_header(header: str, moment: str | None) -> None:
    found = find_moment(header)
    assert (found and found.time.isoformat()) == moment


@pytest.mark.parametrize(
    ("markup", "body", "removed"),
    [
        ("Rain &amp; hail", "Rain & hail", []),
        ("<p>Rain\nfell.</p>\n\n<p>It stopped.</p>", "Rain fell.\n\nIt stopped.", []),
        ("One.\r\n\r\nTwo <i>of\nthem</i>.", "One.\n\nTwo of them.", []),
        ("<p>One.\n\nTwo.</p>", "One. Two.", []),
        ("<p>Rain.</p><p><a href='x'>Read this, too</a></p>", "Rain.", ["Read this, too"]),
        ("<div class='share'>Share it</div><p>It rained the whole day.</p>", "It rained the whole day.", ["Share it"]),
        ("<div class='story sharing-on'><p>It rained the whole day.</p></div>", "It rained the whole day.", []),
        ("", "", []),
        ("<script>x</script>", "", []),
    ],
)
def test_a_fragment(markup: str, body: str, removed: list[str]) -> None:
    """Its lines but those that the markup marks as something else."""
    fragment = fragments.read_fragment(AlignedText.of(markup))
    assert fragment.body.raw == markup
    assert (fragment.body.text.strip(), [span.text for span in fragment.removed_spans]) == (body, removed)


def test_what_has_more_marks_than_an_article_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MAX_MARKS", 100)
    data = rss(item("<b>" * 99), item("&lt;b&gt;Rain" * 40), item(LONG))
    result = load_inputs(write(tmp_path / "a.xml", data))
    assert [(reject.record, reject.reason) for reject in result.rejected] == [("1", "too_large")]
    assert [raw.record for raw in result.records] == ["2", "3"]
