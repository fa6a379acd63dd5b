"""Each question that is ready has an answer on nothing, and the right one on rows that are made for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from run_helpers import Run

from onrecord.pipeline.ask import questions
from onrecord.pipeline.ask.connect import add_schema, open_connection
from onrecord.pipeline.ask.cookbook import page
from onrecord.pipeline.ask.query import stream
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.store.schema import SCHEMAS

ROOT = Path(__file__).parents[2]
GIVEN = {"speaker": "Ines Okafor", "since": "2024-02-01"}
JANUARY, MARCH = datetime(2024, 1, 5, tzinfo=UTC), datetime(2024, 3, 5, tzinfo=UTC)
LONG = "We cannot keep dredging for ships that no longer come here"
ARTICLES = [
    {"article_id": "a1", "uri": "/n/1.txt", "record": "", "publisher": "Daily", "published": JANUARY},
    {"article_id": "a2", "uri": "https://www.post.example/2", "record": "", "published": MARCH, "title": "Two"},
    {"article_id": "a3", "uri": "/n/3.txt", "record": "", "publisher": "Daily", "flags": ["encoding_guessed"]},
]
QUOTES = [
    {"article_id": "a1", "speaker_id": "1", "speaker": "Ines Okafor", "speaker_role": "Mayor", "kind": "direct",
     "content": LONG, "speaker_gender": "female", "published": JANUARY},
    {"article_id": "a2", "speaker_id": "1", "speaker": "Inès Okafor", "kind": "mixed", "confidence": 0.2,
     "content": LONG.replace("no longer", "never"), "speaker_gender": "female", "published": MARCH},
    {"article_id": "a2", "speaker_id": "2", "speaker": "Pavel Lind", "speaker_organization": "the union",
     "kind": "indirect", "content": "it froze", "speaker_gender": "male", "published": MARCH},
    {"article_id": "a3", "source": "a driver", "kind": "direct", "content": "They have not called"},
]  # fmt: skip
MENTIONS = [
    {"article_id": "a1", "text": "Port Council’s", "label": "ORG", "form": "name", "at": 3},
    {"article_id": "a1", "text": "she", "label": "PERSON", "form": "pronoun", "at": 20},
    {"article_id": "a1", "text": "Elsewhere", "label": "LOC", "form": "name", "at": 900},
]
CLUSTERS = [
    {"article_id": "a1", "cluster_id": "a1", "is_cluster_head": True, "similarity": 1.0},
    {"article_id": "a2", "cluster_id": "a1", "is_cluster_head": False, "similarity": 0.9},
]
REJECTS = [
    {"uri": f"/n/{name}", "record": "", "step": "load", "reason": reason, "detail": "it is", "n_bytes": 5}
    for name, reason in (("x", "empty"), ("y", "empty"), ("z", "binary"))
]
DEFAULTS: Mapping[str, Any] = {
    "flags": [], "confidence": 0.9, "source": "", "cue": "", "speaker_label": "PERSON",
}  # fmt: skip


def span(start: int, end: int) -> dict[str, int]:
    return {"start": start, "end": end, "raw_start": start, "raw_end": end}


def write(folder: Path, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> Path:
    """Tables of these rows; what a row does not say is null."""
    for table, schema in SCHEMAS.items():
        (folder / table).mkdir(parents=True)
        loose = pa.schema([field.with_nullable(True) for field in schema])
        names = set(schema.names)
        made = [
            {key: value for key, value in {**DEFAULTS, **row}.items() if key in names} for row in rows.get(table, ())
        ]
        pq.write_table(pa.Table.from_pylist(made, schema=loose), folder / table / "part-0.parquet")
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    quotes = [
        {"quote_id": str(at), "index": at, "content_spans": [span(0, len(row["content"]))], **row}
        for at, row in enumerate(QUOTES)
    ]
    mentions = [{**row, "span": span(row["at"], row["at"] + len(row["text"]))} for row in MENTIONS]
    rows = {"articles": ARTICLES, "quotes": quotes, "mentions": mentions, "clusters": CLUSTERS, "rejects": REJECTS}
    return write(tmp_path_factory.mktemp("filled"), rows)


def answer(name: str, data: Path, **given: str) -> list[tuple[Any, ...]]:
    question = questions.load(name)
    needed = {each.name: GIVEN[each.name] for each in question.parameters if each.default is None}
    return list(stream(question.sql, data, params=questions.bind(question, needed | given)).rows)


@pytest.mark.parametrize("name", questions.names())
def test_each_says_what_it_is_and_answers_on_nothing(tmp_path: Path, name: str) -> None:
    question = questions.load(name)
    assert re.fullmatch(r"\S.+\.", question.sentence)
    assert question.example.startswith(f"onrecord query {name}")
    assert {f"${each.name}" for each in question.parameters} == set(re.findall(r"\$\w+", question.body))
    assert answer(name, write(tmp_path / "nothing", {})) == []


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("top-speakers", {"n": "1"}, [("PERSON", 2, 2)]),
        ("new-speakers", {}, [("Pavel Lind", "PERSON", MARCH.date(), 1, 1)]),
        ("new-speakers", {"since": "2025-01-01"}, []),
        ("quoted-about", {}, [("Ines Okafor", "Port Council", "ORG", 1)]),
        ("quoted-about", {"about": "council"}, [("Ines Okafor", "Port Council", "ORG", 1)]),
        ("quoted-about", {"about": "counc"}, []),
        ("direct-and-indirect", {}, [("Daily", 2, 2, 0, 0, 1.0, 0.0), ("post.example", 2, 0, 1, 1, 0.0, 0.5)]),
        ("roles-of", {"speaker": "lind"}, [("Pavel Lind", None, "the union", 1, 1, MARCH.date(), MARCH.date())]),
        ("roles-of", {}, [("Ines Okafor", "Mayor", None, 1, 1, JANUARY.date(), JANUARY.date())]),
        ("women-and-men", {}, [
            ("Daily", JANUARY.date().replace(day=1), 1, 0, 0, 0, 1.0), ("Daily", None, 0, 0, 0, 1, None),
            ("post.example", MARCH.date().replace(day=1), 1, 1, 0, 0, 0.5)]),
        ("women-and-men", {"copies": "no"}, [
            ("Daily", JANUARY.date().replace(day=1), 1, 0, 0, 0, 1.0), ("Daily", None, 0, 0, 0, 1, None)]),
        ("share-of-voice", {"copies": "false"}, [("Daily", "Ines Okafor", 1, 1.0, 11, 1.0)]),
        ("speakers-over-time", {"speaker": "Lind", "every": "year"}, [
            ("Pavel Lind", MARCH.date().replace(month=1, day=1), 1, 1)]),
        ("worded-differently", {}, [("Ines Okafor", 0.75, LONG.replace("no longer", "never"), LONG)]),
        ("worded-differently", {"least": "0.9"}, []),
        ("unnamed-speakers", {}, [(None, "Daily", None, 1, ["a driver"], "/n/3.txt", "")]),
        ("rejects-by-reason", {}, [
            ("load", "empty", 2, 10, "/n/x", "it is"), ("load", "binary", 1, 5, "/n/z", "it is")]),
    ],
)  # fmt: skip
def test_answers_on_rows_made_for_them(
    filled: Path, name: str, given: dict[str, str], expected: list[tuple[Any, ...]]
) -> None:
    rows = answer(name, filled, **given)
    assert [row[1:4] if name == "top-speakers" else row for row in rows] == expected


def test_a_speaker_of_two_spellings_is_one(filled: Path) -> None:
    """Of two that are as frequent and as long, always the same."""
    names = {row[0] for name in ("top-speakers", "new-speakers", "share-of-voice") for row in answer(name, filled)}
    assert {name for name in names if str(name).endswith("Okafor")} == {"Ines Okafor"}


def test_what_one_speaker_said_has_links(filled: Path) -> None:
    rows = answer("said-by", filled, speaker="okafor")
    assert [row[2] for row in rows] == ["post.example", "Daily"]
    first, last = (row[-1] for row in rows)
    assert first == "https://www.post.example/2#:~:text=We%20cannot%20keep%20dredging,that%20never%20come%20here"
    assert last == f"file:///n/1.txt#char=0,{len(LONG)}"


@pytest.mark.parametrize("name", ["page.html", "page.HTM", "page.xhtml"])
def test_a_saved_page_is_opened_at_the_words(name: str) -> None:
    """Browsers know no offsets in a page."""
    connection = open_connection()
    add_schema(connection)
    link = f"SELECT _onrecord.link(NULL, '/n/{name}', '', 'It rains', 0, 8)"
    assert connection.sql(link).fetchall() == [(f"file:///n/{name}#:~:text=It%20rains",)]


def test_what_to_review(filled: Path) -> None:
    assert [row[:2] for row in answer("to-review", filled)] == [(0.2, "confidence"), (0.9, "encoding_guessed")]


def test_an_empty_column_is_told_and_a_filled_one_is_not(
    onrecord_here: Run, filled: Path, tables_of_articles: Path
) -> None:
    told = onrecord_here("query", "women-and-men", "-d", tables_of_articles)
    assert (told.returncode, told.stderr.count("\n")) == (0, 1)
    assert "quotes.speaker_gender is empty" in told.stderr
    assert onrecord_here("query", "women-and-men", "-d", filled).stderr == ""


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("top-speakers", {"n": "many"}, "-p n=many: no INTEGER"),
        ("top-speakers", {"m": "1"}, "-p m: this question takes n, label"),
        ("rejects-by-reason", {"m": "1"}, "-p m: this question takes no parameters"),
        ("new-speakers", {}, "-p since=… is missing"),
        ("new-speakers", {"since": "1; DROP VIEW quotes"}, "no DATE"),
    ],
)
def test_a_bad_parameter_is_a_usage_error(name: str, given: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        questions.bind(questions.load(name), given)


def test_the_page_is_that_of_the_seeds(tables_of_seeds: Path) -> None:
    """Each question with its SQL; answers may differ a little between processors."""
    printed, now = (ROOT / "docs" / "sql-cookbook.md").read_text(encoding="utf-8"), page(tables_of_seeds)
    answers = re.compile(r"(^\$ onrecord query [a-z].*\n)(?:(?!```).*\n)*", re.MULTILINE)
    assert answers.sub(r"\1", printed) == answers.sub(r"\1", now)
    assert SequenceMatcher(None, printed.splitlines(), now.splitlines()).ratio() > 0.9
