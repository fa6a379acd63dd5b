"""Exports are read back by the tools that they are for, or by the rules of their formats."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import spacy
from run_helpers import ARTICLES, Run, run_tables
from spacy.tokens import DocBin

import onrecord as api
from onrecord.pipeline.ask.exports import brat
from onrecord.pipeline.ask.exports.markup import CONTENT, Mark, QuoteMarkup, links_of
from onrecord.pipeline.ask.formats.workbook import MAX_CHARS
from onrecord.pipeline.ask.reviews.brat import read_ann
from onrecord.transforms.reader import reading

Row = dict[str, Any]
TEXT_BOUND = re.compile(r"(T\d+)\t([A-Za-z_][\w-]*) (\d+ \d+(?:;\d+ \d+)*)\t([^\t\n]*)", re.ASCII)
RELATION = re.compile(r"R\d+\t(said_by|cued_by) Arg1:(T\d+) Arg2:(T\d+)")
ATTRIBUTE = re.compile(r"A\d+\tKind (T\d+) (direct|mixed|indirect)")
NOTE = re.compile(r"#\d+\t(QuoteId|AnnotatorNotes) (T\d+)\t([^\t\n]*)")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles with addresses and days, one of them twice, one with titles that a spreadsheet would run, one long."""
    folder = tmp_path_factory.mktemp("exported")
    frost = {"title": '=HYPERLINK("x")', "url": "https://a.example/1?q=1#top", "published": "2024-03-04"}
    records: list[Row] = [
        {**frost, "text": ARTICLES["frost.txt"]},
        {"title": "@night", "url": "https://b.example/2", "published": "2024-03-05", "text": ARTICLES["frost.txt"]},
        {"title": "-1", "publisher": "+Post", "text": ARTICLES["harbour.txt"]},
        {"title": "Long", "publisher": "Post " * 9000, "text": "The list is long."},
    ]
    (folder / "news.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    run_tables(folder / "data", folder / "news.jsonl")
    return folder / "data"


def rows(data: Path, question: str) -> list[Row]:
    with api.open(data) as opened:
        cursor = opened.sql(question)
        return [dict(zip(cursor.columns, row, strict=True)) for row in cursor.fetchall()]


def export(onrecord: Run, kind: str, data: Path, target: Path, *flags: object) -> Path:
    done = onrecord("export", f"--{kind}", target, "-d", data, *flags)
    assert done.returncode == 0, done.stderr
    return target


def parse_ann(ann: str, text: str) -> dict[str, list[tuple[str, ...]]]:
    """All lines by kind, after brat's own rules. Fails where one is broken."""
    found: dict[str, list[tuple[str, ...]]] = {"T": [], "R": [], "A": [], "#": []}
    kinds = {"T": TEXT_BOUND, "R": RELATION, "A": ATTRIBUTE, "#": NOTE}
    for line in ann.splitlines():  # brat and its helpers part lines at more than \n
        match = kinds[line[0]].fullmatch(line)
        assert match, line
        found[line[0]].append(match.groups())
    for _, _, places, words in found["T"]:
        pieces = [tuple(map(int, place.split())) for place in places.split(";")]
        assert pieces == sorted(pieces)
        assert all(0 <= start < end <= len(text) for start, end in pieces)
        assert words == " ".join(text[start:end] for start, end in pieces)
    names = [name for name, *_ in found["T"]]
    assert len(set(names)) == len(names)
    assert {end for _, *ends in found["R"] for end in ends} <= set(names)
    return found


def test_brat_folder(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """Every quote and mention is there once, under types that the configuration knows."""
    folder = export(onrecord_here, "brat", data, tmp_path / "brat")
    conf = (folder / "annotation.conf").read_text(encoding="utf-8")
    types = set(conf.partition("[relations]")[0].split()[1:])
    counts = {"T": 0, "A": 0}
    for article in rows(data, "SELECT article_id, text, n_mentions FROM articles"):
        text = (folder / f"{article['article_id']}.txt").read_bytes().decode()
        assert text == article["text"]
        found = parse_ann((folder / f"{article['article_id']}.ann").read_bytes().decode(), text)
        assert {label for _, label, *_ in found["T"]} <= types
        counts["A"] += len(found["A"])
        counts["T"] += sum(label not in ("Content", "Cue", "Source") for _, label, *_ in found["T"])
    ((quotes, mentions),) = (
        tuple(row.values()) for row in rows(data, "SELECT sum(n_quotes), sum(n_mentions) FROM articles")
    )
    assert counts == {"A": quotes, "T": mentions}


BROKEN = (  # a text, the ranges of a content in it
    ("“One.\n\n“Two,” she said", ((0, 13),)),
    ("a\u2028b\x85c\td\r\ne", ((0, 10),)),
    ("𝄞 “so” 𝄞", ((2, 6),)),
    ("one two three", ((0, 3), (8, 13))),
    ("\n\nends\n", ((0, 7),)),
)


@pytest.mark.parametrize(("text", "ranges"), BROKEN)
def test_brat_spans_hold_no_end_of_a_line(text: str, ranges: tuple[tuple[int, int], ...]) -> None:
    """They are parted there, and are one again when they come back."""
    quote = QuoteMarkup(quote_id="4f", content=ranges, speaker="Ada Brook")
    marks = [Mark(name="q1", label=CONTENT, ranges=ranges, quote=quote)]
    ann = "".join(brat.ann_lines(text, marks, links_of(marks)))
    assert len(parse_ann(ann, text)["T"]) == 1
    (back,) = read_ann(ann, text)
    assert (back.quote_id, back.speaker, back.kind) == ("4f", "Ada Brook", "direct")
    said = ["".join(text[start:end].split()) for start, end in (*back.content,)]
    assert said == ["".join(text[start:end].split()) for start, end in ranges]


def test_json_lines(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """Spans index the text, relations the spans; of each quote content, cue and source are as the table has them."""
    file = export(onrecord_here, "jsonl", data, tmp_path / "a.jsonl")
    quotes = {row["quote_id"]: row for row in rows(data, "FROM quotes")}
    seen = set()
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        spans = {span["id"]: span for span in line["spans"]}
        assert len(spans) == len(line["spans"])
        for relation in line["relations"]:
            assert spans[relation["from_id"]]["quote_id"] == spans[relation["to_id"]]["quote_id"]
        for span in spans.values():
            if span["label"] == "Content":
                seen.add(span["quote_id"])
                assert span["speaker"] == (quotes[span["quote_id"]]["speaker"] or "")
            if "quote_id" in span:
                words = line["text"][span["start"] : span["end"]]
                assert words in quotes[span["quote_id"]][span["label"].lower()]
        assert line["meta"]["article_id"] == line["id"]
    assert seen == set(quotes)


def resolve(selectors: list[Row], text: str) -> set[str]:
    """The words that each selector of a passage leads to; as the W3C's model says, both to the same."""
    words = {
        "TextPositionSelector": lambda s: text[s["start"] : s["end"]],
        "TextQuoteSelector": lambda s: by_words(s, text),
    }
    return {words[selector["type"]](selector) for selector in selectors}


def by_words(selector: Row, text: str) -> str:
    whole = selector["prefix"] + selector["exact"] + selector["suffix"]
    assert text.count(whole) == 1
    return str(selector["exact"])


def test_web_annotations(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """Their selectors lead to what is said, in the page where it stands, and to the source and the cue."""
    file = export(onrecord_here, "webannotation", data, tmp_path / "a.jsonld")
    texts = {row["quote_id"]: row for row in rows(data, "SELECT * FROM quotes JOIN articles USING (article_id)")}
    for each in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        assert (each["@context"], each["type"]) == ("http://www.w3.org/ns/anno.jsonld", "Annotation")
        row = texts.pop(each["id"].rpartition(":")[2])
        said = [resolve(target["selector"], row["text"]) for target in each["target"]]
        assert " ".join(words for (words,) in said) == row["content"]
        bodies = [body for body in each["body"] if body["type"] == "SpecificResource"]
        passages = {body["purpose"]: resolve(body["selector"], row["text"]) for body in bodies}
        assert passages.get("identifying", {""}) == {row["source"]}
        assert {target["source"] for target in each["target"]} <= {
            "https://a.example/1?q=1#top",
            "https://b.example/2",
            f"file://{data.parent}/news.jsonl",
        }
    assert not texts


def test_docbin(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """spaCy reads it: words, entities and attributions of all articles; the offsets are those of the tables."""
    folder = export(onrecord_here, "docbin", data, tmp_path / "docs")
    docs = list(DocBin().from_disk(folder / "00001.spacy").get_docs(spacy.blank("en").vocab))
    texts = {row["article_id"]: row["text"] for row in rows(data, "FROM articles")}
    assert {doc.user_data["onrecord"]["article_id"]: doc.text for doc in docs} == texts
    quotes = {row["quote_id"]: row for row in rows(data, "FROM quotes")}
    for doc in docs:
        assert not doc.has_annotation("SENT_START")
        held = doc.spans["attributions"].attrs["quotes"]
        for said, quote in zip(reading(doc).attributions, held, strict=True):
            row = quotes.pop(quote["quote_id"])
            assert " ".join(doc.text[start:end] for start, end in said.content) == row["content"]
            assert quote["speaker"] == row["speaker"]
    assert not quotes
    assert {"Pavel Lind"} <= {ent.text for doc in docs for ent in doc.ents}
    assert {"content", "cue", "source"} == {span.label_ for doc in docs for span in doc.spans["attributions"]}


def test_quotebank(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """A quotation that two articles have is one row, with both addresses and the first day."""
    file = export(onrecord_here, "quotebank", data, tmp_path / "q.parquet")
    found = {row[1]: row for row in duckdb.sql(f"FROM '{file}'").fetchall()}
    names = [column[0] for column in duckdb.sql(f"DESCRIBE FROM '{file}'").fetchall()]
    assert names == ["quoteID", "quotation", "speaker", "qids", "date", "numOccurrences", "probas", "urls", "phase"]
    assert found["It was one night,"] == (
        "2024-03-04-000001", "It was one night,", "Pavel Lind", [], "2024-03-04 00:00:00", 2,
        [["Pavel Lind", "1.0000"]], ["https://a.example/1?q=1#top", "https://b.example/2"], "E",
    )  # fmt: skip
    assert found["We cannot keep dredging for ships that no longer come,"][0] == "0000-00-00-000001"
    assert len(found) == 2


def test_csv_is_harmless_and_whole(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """Each table has all its rows, and no cell begins like a formula."""
    folder = export(onrecord_here, "csv", data, tmp_path / "csv")
    csv.field_size_limit(2**20)
    for table in ("articles", "segments", "quotes", "mentions", "speakers"):
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
        assert len(lines) - 1 == len(rows(data, f"FROM {table}"))
        cells = [cell for line in lines[1:] for cell in line if not re.fullmatch(r"-?[\d.e-]+", cell)]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    articles = (folder / "articles.csv").read_text(encoding="utf-8-sig")
    assert all(cell in articles for cell in ("'=HYPERLINK", "'@night", "'-1", "'+Post"))


def test_xlsx_is_harmless_and_tells_what_is_cut(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """openpyxl finds a sheet of each table, texts and no formulas; what no cell can hold is counted."""
    done = onrecord_here("export", "--xlsx", tmp_path / "a.xlsx", "-d", data)
    assert "1 cells were longer than 32,767 characters" in done.stdout.replace("\n", " ")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["articles", "segments", "quotes", "mentions", "speakers"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert max(len(str(cell.value)) for cell in cells) == MAX_CHARS
    assert book["quotes"].max_row - 1 == len(rows(data, "FROM quotes"))


KINDS = ("brat", "jsonl", "webannotation", "docbin", "quotebank", "csv", "xlsx")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_stays(kind: str, data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """No kind writes over a file or a folder with something in it, or into the data set."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for target in (tmp_path / "mine", tmp_path / "file", data / "new", tmp_path / "no" / "such"):
        assert onrecord_here("export", f"--{kind}", target, "-d", data).returncode == 2
    assert (tmp_path / "file").read_text() == (tmp_path / "mine" / "note.txt").read_text() == "mine"
    assert not (data / "new").exists()


SELECTIONS = (  # flags, the titles that are exported
    (["--where", "title LIKE '@%'"], {"@night"}),
    (["--where", "published > '2024-03-04'"], {"@night"}),
    (["--where", "n_quotes > 0 OR title = 'Long'"], {'=HYPERLINK("x")', "@night", "-1", "Long"}),
)


@pytest.mark.parametrize(("flags", "titles"), SELECTIONS)
def test_some_articles(flags: list[str], titles: set[str], data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    file = export(onrecord_here, "jsonl", data, tmp_path / "a.jsonl", *flags)
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert {line["meta"]["title"] for line in lines} == titles


def test_articles_by_their_ids(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """All tables of a workbook have but what is of them; an id of no article is told."""
    ids = [row["article_id"] for row in rows(data, "FROM articles WHERE title = '-1'")]
    (tmp_path / "ids").write_text("\n".join(["article_id", *ids, ""]))
    folder = export(onrecord_here, "csv", data, tmp_path / "csv", "--ids", tmp_path / "ids")
    assert "Pavel" not in "".join(path.read_text(encoding="utf-8-sig") for path in folder.iterdir())
    assert "Okafor" in (folder / "speakers.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "ids").write_text("\n".join([*ids, "none"]))
    refused = onrecord_here("export", "--csv", tmp_path / "other", "-d", data, "--ids", tmp_path / "ids")
    assert (refused.returncode, "as none" in refused.stderr) == (2, True)


REFUSED = (  # a condition, the exit code
    ("false", 2),
    ("no_such_column = 1", 5),
    ("true); DELETE FROM articles; SELECT (1", 6),
    ("title IN (SELECT content FROM read_text('/etc/hostname'))", 6),
)


@pytest.mark.parametrize(("where", "code"), REFUSED)
def test_conditions_that_only_read(where: str, code: int, data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """What is refused leaves no file, and none half written."""
    assert onrecord_here("export", "--brat", tmp_path / "b", "-d", data, "--where", where).returncode == code
    assert list(tmp_path.iterdir()) == []
