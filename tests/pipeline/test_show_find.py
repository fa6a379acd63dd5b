"""Answers without SQL: one article or speaker shown, and full-text search over what was said."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from run_helpers import Run, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.search import Found, Search, find
from onrecord.pipeline.errors import UsageError

RECORDS: list[dict[str, Any]] = [
    {
        "title": "Ferry to be replaced",
        "source": {"name": "The Quay Post"},
        "url": "https://quay.example/ferry",
        "date": "2024-03-04T10:00:00Z",
        "text": "The old boat will go in May.\n\n“The new ferry is a ferry for all,” said Zoë Andrić, who runs"
        " the port.\n\nThe weather is bad there. “Nobody will wait for a ferry in the rain,” Andrić said.\n",
    },
    {
        "title": "Port keeps its crane",
        "source": {"name": "Harbour Weekly"},
        "url": "https://weekly.example/crane",
        "date": "2024-05-06",
        "text": "The crane of the port stays.\n\n“We asked the ministry for a crane, not for a ferry to nowhere,” said"
        " Olaf Brandt, a crane driver.\n\n“Olaf Brandt is right,” said Zoë Andrić.\n\n"
        "The council laughed at that. “We don't need cranes,” Andrić said.\n",
    },
    {
        "title": "Crane driver honoured \u202etxt.exe [bold red]",
        "date": "2024-06-07",
        "text": "A medal went to the port.\n\n“He has earned it,” said Bo Andrić.\n\n"
        "“It is heavy,” said Olaf Brandt, the crane driver, \x1b[31mred\x1b[0m.\n",
    },
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown")
    (folder / "port.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in RECORDS))
    run_tables(folder / "out", folder / "port.jsonl", clusters=False)
    return folder / "out"


def contents(found: Found) -> list[str]:
    return [re.sub(r"\W+", " ", hit["content"]).strip() for hit in found.hits]


FERRY, RAIN = "The new ferry is a ferry for all", "Nobody will wait for a ferry in the rain"
CRANE, RIGHT, NEED, HEAVY = (
    "We asked the ministry for a crane not for a ferry to nowhere",
    "Olaf Brandt is right",
    "We don t need cranes",
    "It is heavy",
)


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        pytest.param(Search(words="RAIN"), [RAIN], id="case"),
        pytest.param(Search(words="ferry nowhere"), [CRANE], id="all words"),
        pytest.param(Search(words='"a ferry for"'), [FERRY], id="side by side"),
        pytest.param(Search(words="crane*"), [NEED, CRANE], id="begin of a word; the shorter content first"),
        pytest.param(Search(words="crane"), [CRANE], id="a whole word"),
        pytest.param(Search(words="ferry -crane -wait"), [FERRY], id="without words"),
        pytest.param(Search(words="don't"), [NEED], id="words with an apostrophe"),
        pytest.param(Search(words="bridge"), [], id="nothing"),
        pytest.param(Search(words="a') OR ('1'='1"), [], id="SQL is words"),
        pytest.param(Search(words="ferry", speaker="andric"), [FERRY, RAIN], id="speaker without accents"),
        pytest.param(Search(about="olaf brandt"), [RIGHT], id="about somebody"),
        pytest.param(Search(outlet="weekly", kind="direct", words="ferry"), [CRANE], id="outlet"),
        pytest.param(Search(outlet="quay.example", words="rain"), [RAIN], id="outlet by address"),
    ],
)
def test_found(data: Path, search: Search, wanted: list[str]) -> None:
    found = find(search, data)
    assert sorted(contents(found)) == sorted(wanted)
    assert found.total == len(wanted)
    if search.words.startswith("crane"):
        assert contents(found) == wanted


def test_a_word_said_more_often_ranks_higher(data: Path) -> None:
    assert contents(find(Search(words="ferry"), data))[0] == FERRY


def test_pages(data: Path) -> None:
    whole = find(Search(words="ferry"), data)
    pages = [find(Search(words="ferry"), data, limit=1, page=number) for number in range(1, whole.total + 1)]
    assert [hit for page in pages for hit in page.hits] == list(whole.hits)
    assert {page.total for page in pages} == {3}
    behind = find(Search(words="ferry"), data, page=9)
    assert (behind.hits, behind.total) == ((), 3)


def test_days_are_both_included(data: Path, onrecord_here: Run) -> None:
    done = onrecord_here("find", "--since", "2024-05-06", "--until", "2024-06-07", "-d", data, "--format", "json")
    assert {hit["title"] for hit in json.loads(done.stdout)} == {RECORDS[1]["title"], RECORDS[2]["title"]}
    done = onrecord_here("find", "--until", "2024-05-05", "-d", data, "--format", "json")
    assert {hit["title"] for hit in json.loads(done.stdout)} == {"Ferry to be replaced"}


@pytest.mark.parametrize("search", [Search(), Search(words="-ferry"), Search(words="?!"), Search(speaker="!")])
def test_nothing_is_asked_for(data: Path, search: Search) -> None:
    with pytest.raises(UsageError, match="give"):
        find(search, data)


def test_what_people_see_of_a_search(data: Path, onrecord_here: Run) -> None:
    said = onrecord_here("find", "ferry", "--limit", "1", "-d", data).stdout
    first, content, place, _, count = said.splitlines()[:5]
    assert first.startswith("1.  Zoë Andrić")
    assert first.endswith("2024-03-04 · The Quay Post · Ferry to be replaced")
    assert "The new ferry is a ferry for all" in content
    assert place.strip().startswith("https://quay.example/ferry   article ")
    assert count == "1 to 1 of 3 quotations"


@pytest.mark.parametrize(
    "words",
    ["https://quay.example/ferry", "ferry REPLACED", "port.jsonl:1", "elsewhere", ""],
    ids=["address", "title", "record", "end", "id"],
)
def test_an_article_is_shown(data: Path, words: str, onrecord_here: Run) -> None:
    ((article_id,),) = ask("SELECT article_id FROM articles WHERE record = '1'", data).rows
    words = str(data.parent / words) if words.startswith("port") else words or article_id
    words = "port.jsonl:1" if words == "elsewhere" else words
    said = onrecord_here("show", words, "-d", data).stdout
    assert said.startswith("Ferry to be replaced\nThe Quay Post · 2024-03-04 · en\nhttps://quay.example/ferry\n")
    assert f"article {article_id}" in said
    assert "“The new ferry is a ferry for all,”[1] said Zoë Andrić, who runs the port" in " ".join(said.split())
    assert re.search(r"1 +Zoë Andrić\S* .*[01]\.\d\d +direct +“The new ferry", said)


@pytest.mark.parametrize("words", [("zoe", "andric"), ("Andrić",)])
def test_a_speaker_is_shown(data: Path, words: tuple[str, ...], onrecord_here: Run) -> None:
    said = onrecord_here("show", *words, "-d", data).stdout
    assert said.startswith("Zoë Andrić   PERSON\n")
    assert "4 quotations in 2 articles, 2024-03-04 to 2024-05-06" in said
    assert said.index("Olaf Brandt is right") < said.index("a ferry for all")  # the newest first
    assert ("others of such a name: Bo Andrić (1, " in said) == (words == ("Andrić",))
    rows = json.loads(onrecord_here("show", *words, "-d", data, "--format", "json").stdout)
    assert (rows["speaker"]["n_quotes"], len(rows["quotes"])) == (4, 4)


def test_words_of_two_titles_are_no_article(data: Path, onrecord_here: Run) -> None:
    done = onrecord_here("show", "--article", "crane", "-d", data)
    assert (done.returncode, done.stderr) == (2, "onrecord: 'crane' may be 2 articles\n")
    assert "Port keeps its crane" in done.stdout
    assert "Crane driver honoured" in done.stdout


def test_words_that_mean_nothing(data: Path, onrecord_here: Run) -> None:
    done = onrecord_here("show", "nobody", "-d", data)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing by 'nobody'" in done.stderr


def test_nothing_in_an_article_steers_the_terminal(data: Path, onrecord_here: Run) -> None:
    for command in (("show", "--article", "honoured"), ("find", "heavy"), ("show", "Olaf Brandt")):
        said = onrecord_here(*command, "-d", data).stdout
        assert said
        assert {"\x1b", "\u202e"}.isdisjoint(said)
    assert "honoured <U+202E>txt.exe [bold red]" in onrecord_here("show", "--article", "honoured", "-d", data).stdout
