"""One row for each speaker over all articles, a person's own names over ours, and why a source has its speaker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures_formats import write
from run_helpers import ARTICLES, Run, digests

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.views import DOUBTFUL_COLUMNS, SPEAKER_COLUMNS
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.store.rows import Row
from onrecord.pipeline.store.schema import SCHEMAS

MAY, JUNE = datetime(2020, 5, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)
#: Article, speaker_id, name, role, published.
QUOTES = [
    ("a1", "1", "Ines Okafor", "Mayor", MAY),
    ("a1", "1", "Ines Okafor", "Mayor", MAY),
    ("a2", "1", "Ines B. Okafor", "the engineer", JUNE),
    ("a2", "2", "I. Okafor", None, JUNE),
    ("a2", "3", "Inès Ökafor", None, JUNE),
    ("a2", None, None, None, JUNE),
    ("a3", "4", "Growers’ Union", None, None),
]
#: Article, entity, text, label, form.
MENTIONS = [
    ("a1", "e1", "Ines Okafor", "PERSON", "name"),
    ("a1", "e1", "Okafor’s", "PERSON", "name"),
    ("a1", "e1", "she", "PERSON", "pronoun"),
    ("a1", "e2", "Pavel Okafor", "PERSON", "name"),
    ("a2", "e3", "Ines B. Okafor", "PERSON", "name"),
    ("a3", "e4", "the Growers’ Union", "ORG", "name"),
    ("a3", "e4", "GU", "ORG", "name"),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables with the quotations and mentions above."""
    return tables(tmp_path_factory.mktemp("said"), QUOTES)


def tables(folder: Path, told: Sequence[tuple[str, str | None, str | None, str | None, datetime | None]]) -> Path:
    labels = {name: "ORG" if "Union" in name or name == "AUN" else "PERSON" for _, _, name, _, _ in told if name}
    quotes = (
        {"quote_id": str(at), "index": at, "article_id": article, "speaker_id": speaker_id, "speaker": name,
         "speaker_label": labels.get(name), "speaker_role": role, "published": published}
        for at, (article, speaker_id, name, role, published) in enumerate(told)
    )  # fmt: skip
    mentions = (
        dict(zip(("article_id", "entity_id", "text", "label", "form"), row, strict=True)) | {"mention_id": str(at)}
        for at, row in enumerate(MENTIONS)
    )
    rows: dict[str, Iterable[Row]] = {"quotes": quotes, "mentions": mentions}
    for table, schema in SCHEMAS.items():
        (folder / table).mkdir()
        loose = pa.schema([field.with_nullable(True) for field in schema])
        pq.write_table(pa.Table.from_pylist(list(rows.get(table, ())), schema=loose), folder / table / "part-0.parquet")
    return folder


def test_a_row_for_each_speaker(said: Path) -> None:
    answer = ask("FROM speakers", said)
    assert answer.columns == tuple(SPEAKER_COLUMNS)
    assert answer.rows == [
        ("1", "Ines Okafor", "PERSON", ["Ines B. Okafor", "Okafor"], ["Mayor", "the engineer"], 2, 3, MAY, JUNE),
        ("4", "Growers’ Union", "ORG", ["GU", "the Growers’ Union"], [], 1, 1, None, None),
        ("2", "I. Okafor", "PERSON", [], [], 1, 1, JUNE, JUNE),
        ("3", "Inès Ökafor", "PERSON", [], [], 1, 1, JUNE, JUNE),
    ]


def test_the_view_of_a_run_agrees_with_its_quotes(tables_of_articles: Path) -> None:
    counted = "SELECT speaker_id, count(*) FROM quotes WHERE speaker_id IS NOT NULL GROUP BY 1 ORDER BY 1"
    rows = ask(counted, tables_of_articles).rows
    assert rows
    assert ask("SELECT speaker_id, n_quotes FROM speakers ORDER BY 1", tables_of_articles).rows == rows


@pytest.mark.parametrize(
    ("aliases", "speakers"),
    [
        ("name,alias,id\nInes Okafor,i. OKAFOR,Q1\n", {("Q1", "Ines Okafor", 5), ("4", "Growers’ Union", 1)}),
        ("id;alias;name;note\nQ1;2;Ida Okafor;another\n",
         {("Q1", "Ida Okafor", 1), ("1", "Ines Okafor", 3), ("3", "Inès Ökafor", 1), ("4", "Growers’ Union", 1)}),
        ("name,alias,id\nInes Okafor,2,1\nGU,Growers’ Union,1x\n", {("1", "Ines Okafor", 5), ("1x", "GU", 1)}),
        ("name,alias,id\nA,Inès Ökafor,2\nB,I. Okafor,4\n", {("4", "B", 6)}),
        ("name,alias,id\nNobody,Nemo,Q0\n", None),
        ("name,alias,id\n", None),
    ],
    ids=["a name, blind to case and accents", "an id", "two rows", "a chain", "not in the tables", "no rows"],
)  # fmt: skip
def test_a_persons_names_win(said: Path, tmp_path: Path, aliases: str, speakers: set[tuple[object, ...]]) -> None:
    """In quotes and in speakers, with the parts as they were."""
    before = digests(said)
    file = write(tmp_path / "aliases.csv", aliases)
    view = "SELECT speaker_id, name, n_quotes FROM speakers"
    told = set(ask(view, said, file).rows)
    assert told == (set(ask(view, said).rows) if speakers is None else speakers)
    quotes = "SELECT speaker_id, speaker, count(*) FROM quotes WHERE speaker_id = '{}' GROUP BY ALL"
    for speaker_id, name, n in told if speakers else ():
        rows = ask(quotes.format(speaker_id), said, file).rows
        assert sum(row[2] for row in rows) == n
        assert name in {row[1] for row in rows}
    assert ask("FROM quotes", said, file).columns == ask("FROM quotes", said).columns
    assert digests(said) == before


def test_whose_id_is_given_has_its_name(said: Path, tmp_path: Path) -> None:
    """Also where no alias says so: an id of the tables may stand as the id of a row."""
    file = write(tmp_path / "aliases.csv", "name,alias,id\nB,I. Okafor,4\n")
    assert ask("SELECT DISTINCT speaker FROM quotes WHERE speaker_id = '4'", said, file).rows == [("B",)]


def test_names_that_were_found_stay_aliases(said: Path, tmp_path: Path) -> None:
    file = tmp_path / "it's [odd].parquet"
    pq.write_table(pa.table({"Name": ["Ines O."], "alias": ["I. Okafor"], "id": [7]}), write(file, b""))
    (row,) = ask("SELECT name, aliases FROM speakers WHERE speaker_id = '7'", said, file).rows
    assert row == ("Ines O.", ["I. Okafor"])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("aliases.csv", None, "there is no such file"),
        ("aliases.txt", "name,alias,id\n", "give a file that ends in .csv or .parquet"),
        ("aliases.csv", "", "no column"),
        ("aliases.csv", "name,alias\nA,B\n", "no column id; it needs name, alias, id"),
        ("aliases.csv", "name,alias,id\nA,B,\n", "the row of 'AB' has no name or no id"),
        ("aliases.csv", "name,alias,id\nA,B,1\nC,b,2\n", "the alias 'B' stands with two ids"),
        ("aliases.csv", "name,alias,id\nA,B,1\nC,D,1\n", "the id '1' stands with two names"),
        ("aliases.parquet", "name,alias,id\n", "aliases.parquet"),
    ],
)
def test_a_bad_file_is_one_line(said: Path, tmp_path: Path, name: str, content: str | None, told: str) -> None:
    file = tmp_path / name if content is None else write(tmp_path / name, content)
    with pytest.raises(UsageError) as caught:
        ask("SELECT 1", said, file)
    assert str(caught.value).startswith(f"--aliases {file}: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_file_stays_out_of_reach_of_questions(said: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "aliases.csv", "name,alias,id\nA,B,1\n")
    with pytest.raises(Exception, match="access"):
        ask(f"FROM read_csv('{file}')", said, file)


def test_on_the_command_line(onrecord_here: Run, said: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "aliases.csv", "name,alias,id\nInes Okafor,I. Okafor,Q1\n")
    question = ("query", "SELECT name FROM speakers WHERE speaker_id = 'Q1'", "--data", said, "--format", "json")
    assert json.loads(onrecord_here(*question, "--aliases", file).stdout) == [{"name": "Ines Okafor"}]
    refused = onrecord_here(*question, "--aliases", tmp_path / "none.csv")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1


def test_explain_tells_identities_and_why(onrecord_here: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "harbour.txt", ARTICLES["harbour.txt"])
    lines = onrecord_here("explain", file).stdout.splitlines()
    identities, speakers = lines.index("identities"), lines.index("speakers")
    assert any(line.startswith("  Ines Okafor (PERSON") for line in lines[identities:speakers])
    assert any("mentions" in line and "'Okafor' at" in line for line in lines[identities:speakers])
    assert any(line.startswith("  [0]") and "Ines Okafor (" in line for line in lines[speakers:])


@pytest.mark.parametrize(
    ("name", "other", "why"),
    [
        ("Ines Okafor", "Okafor", "surname alone"),
        ("Ines Okafor", "I. Okafor", "initial"),
        ("Ines Okafor", "Inès Ökafor", "same name"),
        ("Benjamin Lind", "Ben Lind", "short form"),
        ("Dana B. Whitlock", "Dana Whitlock", "middle name"),
        ("Yelena Petrova", "Jelena Petrova", "spelling"),
        ("Pavel Lindqvist", "Pavel Lindkvist", "spelling"),
        ("Apricot Union of the North", "AUN", "acronym"),
        ("Ines Okafor", "P. Okafor", None),
        ("Ines Okafor", "Pavel Okafor", None),
        ("John Okafor", "Joan Okafor", None),
        ("Dana A. Whitlock", "Dana B. Whitlock", None),
        ("Ines Okafor", "Ines Lind", None),
        ("Ines Okafor", "Ines", None),
        ("Apricot Union", "Cherry Union", None),
    ],
)
def test_doubtful_pairs(tmp_path: Path, name: str, other: str, why: str | None) -> None:
    """The fuller name first, and no pair of people whose given names cannot be one."""
    labels = [("a1", "1", name, None, MAY), ("a1", "1", name, None, MAY), ("a2", "2", other, None, MAY)]
    folder = tables(tmp_path, labels)
    answer = ask("FROM doubtful_speakers", folder)
    assert answer.columns == tuple(DOUBTFUL_COLUMNS)
    assert [(row[:4], row[5:]) for row in answer.rows] == ([((name, other, "1", why), (2, "2", 1))] if why else [])


def test_doubtful_pairs_become_a_file_of_aliases(onrecord_here: Run, said: Path, tmp_path: Path) -> None:
    """As it is written out; what it decides is no longer in doubt."""
    listed = onrecord_here("query", "FROM doubtful_speakers WHERE id = '1'", "--data", said, "--format", "csv").stdout
    file = write(tmp_path / "aliases.csv", listed)
    assert listed.count("\n") == 3
    assert ask("SELECT speaker_id, n_quotes FROM speakers ORDER BY n_quotes", said, file).rows == [("4", 1), ("1", 5)]
    assert ask("FROM doubtful_speakers", said, file).rows == []
