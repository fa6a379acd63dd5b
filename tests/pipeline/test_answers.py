"""Answers on the terminal, in files, for programs: nothing is split or lost, and no text does anything."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from run_helpers import Run, digests

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.formats import lines, workbook
from onrecord.pipeline.ask.formats.tables import table
from onrecord.pipeline.ask.query import Stream, stream
from onrecord.pipeline.errors import UsageError

ID = "0123456789abcdef"
#: What would steer a terminal, be run by a spreadsheet, or mean something in Markdown or rich.
HOSTILE = [
    "\x1b[31mred\x1b[0m", "\u202etxt.exe", "[red]bold[/red]", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '"it\'s"; DROP',
    "![x](https://a.example/p.png)", "<script>alert(1)</script>", "a|b", "{=cmd|' /C calc'!A0}", "\x9b31m", "\ufffe",
    "https://a.example", "mailto:a@b.example",
]  # fmt: skip
#: Wrong after rows that are fine.
LATE_ERROR = "SELECT CAST(if(range = 5000, 'x', '1') AS INTEGER) AS n FROM range(10000)"


def rows_of(*rows: tuple[Any, ...], columns: Iterable[str] = ("id", "said")) -> Stream:
    return Stream(columns=tuple(columns), rows=iter(rows))


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("said", ["Rain.", "It rained all day. " * 6, "x" * 50, "漢字 " * 30, "two\nlines", "é\u0301"])
def test_a_table_fits_or_is_told_upright_and_splits_no_word(width: int, said: str) -> None:
    text = "".join(table(rows_of((ID, said), (ID, None)), width))
    assert all(len(line) <= max(width, 2 + len(max(said.split(), key=len)) + 10) for line in text.splitlines())
    assert text.count(ID) == 2
    assert all(word in text for word in said.split())
    assert text.endswith("2 rows\n")


def test_wide_rows_stand_one_under_another() -> None:
    columns = [f"column_{at}" for at in range(30)]
    text = "".join(table(rows_of(tuple(range(30)), columns=columns), 80))
    assert text.startswith("── 1 ─")
    assert [line.split() for line in text.splitlines()[1:31]] == [[name, str(at)] for at, name in enumerate(columns)]


def test_the_first_rows_of_an_endless_answer_come_at_once(tables_of_articles: Path) -> None:
    for form in ("table", "csv", "jsonl", "json"):
        endless = stream("SELECT range AS n FROM range(1000000000000)", tables_of_articles)
        assert "1" in "".join(islice(lines(endless, form), 8))


@pytest.mark.parametrize(
    ("question", "flags", "shown"),
    [
        ("FROM quotes", (), False),
        ("SELECT * FROM quotes", (), False),
        ("SELECT content_spans FROM quotes", (), True),
        ("SELECT *, content_spans FROM quotes", (), True),
        ("FROM quotes", ("--spans",), True),
        ("FROM quotes", ("--format", "vertical"), False),
        ("FROM quotes", ("--format", "csv"), True),
        ("FROM quotes", ("--format", "jsonl"), True),
    ],
)
def test_offsets_are_shown_where_they_are_asked_for(
    onrecord_here: Run, tables_of_articles: Path, question: str, flags: tuple[str, ...], shown: bool
) -> None:
    result = onrecord_here("query", question, "-d", tables_of_articles, *flags)
    assert ("raw_start" in result.stdout) == shown
    assert result.stderr == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_only_text(text: str, tmp_path: Path) -> None:
    """In a value and in the name of a column."""
    for form in ("table", "vertical", "markdown"):
        printed = "".join(lines(rows_of((ID, text), columns=("id", text)), form))
        assert not {"\x1b", "\u202e", "\x9b", "\ufffe"} & set(printed)
        assert form == "markdown" or "[red]bold" not in text or printed.count("[red]bold[/red]") == 2
    cells = "".join(lines(rows_of((ID, text), columns=("id", text)), "markdown")).splitlines()
    assert len(re.findall(r"(?<!\\)\|", cells[2])) == 3
    assert not re.search(r"(?<!\\)[\[\]!*_`~]|<(?!br>)", cells[2])
    assert list(csv.reader(io.StringIO("".join(lines(rows_of((ID, text)), "csv")), newline="")))[1] == [ID, text]
    (defused,) = list(csv.reader(io.StringIO("".join(lines(rows_of((text,)), "csv", defused=True)), newline="")))[1:]
    assert defused[0][0] not in "=+-@\t\r"
    assert json.loads("".join(lines(rows_of((ID, text)), "json"))) == [{"id": ID, "said": text}]
    file = tmp_path / "a.xlsx"
    workbook.save_workbook(rows_of((ID, text), columns=("id", text)), file)
    sheet = openpyxl.load_workbook(file).active
    for row in sheet.iter_rows():
        assert all(cell.data_type == "s" and cell.hyperlink is None for cell in row)
    assert b"<f>" not in file.read_bytes()


def test_a_workbook_holds_numbers_times_and_what_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    rows = [(1, True, None), (2.5, "x" * 40_000, "😀" * 20_000), (10**17, float("nan"), [1])]
    assert workbook.save_workbook(rows_of(*rows, columns="abc"), tmp_path / "a.xlsx") == (3, 2)
    sheets = [list(sheet.values) for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx")]
    assert [len(sheet) for sheet in sheets] == [3, 2]
    assert sheets[0][1] == (1, True, None)
    assert sheets[0][2][1].endswith("… [cut]")
    assert sheets[1] == [("a", "b", "c"), (str(10**17), "nan", "[1]")]


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "jsonl", "ndjson", "md", "txt", "parquet", "xlsx"])
def test_files_are_written_whole_and_replaced_only_by_force(
    onrecord_here: Run, tables_of_articles: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"it's [an] answer.{ending}"
    asked = ("query", "SELECT * FROM quotations; -- all", "-d", tables_of_articles, "-o", file)
    assert onrecord_here(*asked).returncode == 0
    before = file.read_bytes()
    assert before
    refused = onrecord_here(*asked)
    assert (refused.returncode, file.read_bytes()) == (2, before)
    assert "--force replaces it" in refused.stderr
    assert onrecord_here(*asked, "--force").returncode == 0
    broken = onrecord_here("query", LATE_ERROR, "-d", tables_of_articles, "-o", file, "--force")
    assert broken.returncode == 5
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    if ending == "parquet":
        assert duckdb.sql(
            "SELECT count(*) FROM read_parquet($file)", params={"file": f"{tmp_path}/*.parquet"}
        ).fetchall()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["SELECT 1", "--format", "xlsx"], "name a file with -o"),
        (["SELECT 1", "-o", "answer.xyz"], "its ending tells no format"),
        (["SELECT 1", "-o", "nowhere/a.csv"], "no such folder"),
        (["SELECT 1", "-o", "tables/articles/part-9.parquet"], "lies in the data set"),
        (["SELECT 1", "-p", "n"], "write NAME=VALUE"),
        (["-f", "nowhere.sql"], "-f nowhere.sql"),
        (["SELECT 1", "-f", "nowhere.sql"], "give the SQL once"),
        (["SELECT 1", "-d", "tables", "-d", "other", "--as-of", "1"], "--as-of is for one data set"),
        (["--show", "top-speaker"], "did you mean top-speakers?"),
    ],
)
def test_a_mistake_is_a_usage_error(
    onrecord_here: Run, tables_of_articles: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    (tmp_path / "tables").symlink_to(tables_of_articles)
    data = [] if "-d" in arguments else ["-d", "tables"]
    result = onrecord_here("query", *arguments, *data, cwd=tmp_path)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert told in result.stderr


@pytest.mark.parametrize("value", ["'; DROP VIEW quotes; --", "Dana Whitlock", "\x1b[31m", "1 OR 1=1"])
def test_parameters_are_bound(onrecord_here: Run, tables_of_articles: Path, tmp_path: Path, value: str) -> None:
    (tmp_path / "mine.sql").write_text("-- Mine.\n--\n-- who VARCHAR = nobody: who\nSELECT $who AS who")
    asked = ("query", "-f", tmp_path / "mine.sql", "-d", tables_of_articles, "--format", "json")
    assert json.loads(onrecord_here(*asked, "-p", f"who={value}").stdout) == [{"who": value}]
    assert json.loads(onrecord_here(*asked).stdout) == [{"who": "nobody"}]


def test_types_of_parameters_are_those_of_their_place(onrecord_here: Run, tables_of_articles: Path) -> None:
    question = "SELECT count(*) AS n FROM range(10) t(i) WHERE i >= $least AND DATE '2024-02-01' > $day"
    given = ("-p", "least=7", "-p", "day=2024-01-31", "-d", tables_of_articles, "--format", "csv")
    assert onrecord_here("query", question, *given).stdout == "n\n3\n"


def test_several_data_sets_are_one_and_no_article_counts_twice(tables_of_articles: Path, tables_of_seeds: Path) -> None:
    data = [tables_of_articles, tables_of_seeds]
    each = [ask("SELECT count(*) FROM quotations", folder).rows[0][0] for folder in data]
    both = stream("SELECT dataset, count(*) FROM quotations GROUP BY 1 ORDER BY 2", data)
    assert (sorted(n for _, n in both.rows), both.shared) == (sorted(each), 0)
    joined = "SELECT count(*), count(DISTINCT quote_id) FROM quotes JOIN articles USING (article_id)"
    twice = stream(joined, [tables_of_articles, f"{tables_of_articles}/../output"])
    assert (list(twice.rows), twice.shared) == ([(each[0], each[0])], 4)


def test_a_pipe_that_closes_ends_with_zero(tables_of_articles: Path) -> None:
    for form in ("table", "csv"):
        asked = f"{sys.executable} -m onrecord query 'FROM range(200000)' -d '{tables_of_articles}' --format {form}"
        done = subprocess.run(
            ["bash", "-c", f"{asked} | head -n 1 >/dev/null; exit ${{PIPESTATUS[0]}}"], capture_output=True, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, b"")


def test_the_shell_takes_statements_over_lines_and_commands(onrecord: Run, tables_of_articles: Path) -> None:
    typed = (
        ".format csv\nSELECT count(*) AS n,\n';' AS mark\nFROM articles;\n.run top-speakers n=1 label=PERSON\n.quit\nx"
    )
    command = [sys.executable, "-P", "-m", "onrecord", "shell", "-d", str(tables_of_articles)]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == ["n,mark", "4,;"]
    assert done.stdout.splitlines()[2].startswith("speaker,")
    done = subprocess.run(command, input="DROP VIEW quotes;\nSELECT 1;", capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (6, "")


def test_views_open_in_duckdb(onrecord_here: Run, tables_of_articles: Path, tmp_path: Path) -> None:
    """Also where the file has the product's name, and under another name in a database of one's own."""
    before = digests(tables_of_articles)
    file = tmp_path / "onrecord.duckdb"
    done = onrecord_here("export", "--views", file, "-d", tables_of_articles)
    assert (done.returncode, done.stderr) == (0, "")
    for view in ("quotations", "speakers", "doubtful_speakers", "articles"):
        expected = ask(f"SELECT count(*) FROM {view}", tables_of_articles).rows
        with duckdb.connect(file, read_only=True) as connection:
            assert connection.sql(f"SELECT count(*) FROM {view}").fetchall() == expected
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH '{file}' AS other (READ_ONLY)")
            assert connection.sql(f"SELECT count(*) FROM other.{view}").fetchall() == expected
    assert onrecord_here("export", "--views", file, "-d", tables_of_articles).returncode == 2
    assert onrecord_here("export", "--views", tmp_path / "quotes.duckdb", "-d", tables_of_articles).returncode == 2
    assert onrecord_here("export", "-d", tables_of_articles).returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert digests(tables_of_articles) == before


def test_views_move_with_their_tables(
    onrecord_here: Run, tables_of_articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    shutil.copytree(tables_of_articles, tmp_path / "a" / "tables")
    done = onrecord_here(
        "export", "--views", tmp_path / "a" / "v.duckdb", "-d", tmp_path / "a" / "tables", "--relative"
    )
    assert done.returncode == 0
    (tmp_path / "a").rename(tmp_path / "b")
    monkeypatch.chdir(tmp_path / "b")
    with duckdb.connect("v.duckdb", read_only=True) as connection:
        assert connection.sql("SELECT count(*) FROM articles").fetchall() == [(4,)]


def test_a_format_without_an_ending_is_a_usage_error() -> None:
    from onrecord.pipeline.ask.formats import format_of

    with pytest.raises(UsageError, match="tells no format"):
        format_of(Path("answer"))
