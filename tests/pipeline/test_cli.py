"""The command as people meet it: help everywhere, one line for a mistake, documented exit codes, plain output."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from run_helpers import Run

from onrecord.pipeline.errors import (
    NoDataset,
    NothingToRead,
    OnRecordError,
    QueryError,
    QueryRefused,
    TooManyRejects,
    UsageError,
)


@pytest.mark.parametrize("command", [(), ("run",), ("query",), ("explain",)])
def test_help_works_everywhere(onrecord: Run, command: tuple[str, ...]) -> None:
    for flag in ("-h", "--help"):
        result = onrecord(*command, flag)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("Usage: onrecord")


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (["run", "nowhere.txt"], NothingToRead, "nowhere.txt: no such file or folder"),
        (["run", "bare"], NothingToRead, "no file in this folder"),
        (["run", "*.none"], NothingToRead, "the pattern matches nothing"),
        (["run"], UsageError, "give files or folders"),
        (["find", "rain", "--since", "07/05/2024"], UsageError, "'07/05/2024' is no day as 2024-05-07 is"),
        (["run", "a.txt", "--workers", "0"], UsageError, "at least one worker"),
        (["run", "a.txt", "--workers", "many"], UsageError, "not a valid integer"),
        (["run", "a.txt", "--wokers", "2"], UsageError, "no such option: --wokers"),
        (["run", "a.txt", "--number_of_worker_harness_threads=x"], UsageError, "invalid int value"),
        (["run", "a.txt", "--runner", "Nobody"], UsageError, "Nobody"),
        (["run", "a.txt", "--runner", "PortableRunner", "--workers", "2"], UsageError, "local runner"),
        (["run", "a.txt", "--output", "a.txt"], OnRecordError, "cannot write to a.txt"),
        (["query", "SELECT 1"], NoDataset, "no tables in output"),
        (["query", "top-speekers"], UsageError, "did you mean top-speakers?"),
        (["explain", "nowhere.txt"], NothingToRead, "no such file"),
        (["explain", "blank.txt"], NothingToRead, "load: empty"),
        (["explain", "a.txt", "7"], NothingToRead, "no record '7'"),
        (["run", "a.txt", "--max-rejects", "2"], UsageError, "between 0 and 1"),
        (["run", "a.txt", "--max-record", "0"], UsageError, "more than nothing"),
        (["listen"], UsageError, "No such command"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(
    onrecord: Run, tmp_path: Path, arguments: list[str], error: type[OnRecordError], told: str
) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "a.txt").write_text("Rain fell.")
    (tmp_path / "blank.txt").write_bytes(b" \n")
    result = onrecord(*arguments, cwd=tmp_path)
    assert result.returncode == error.exit_code
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("onrecord: ")
    assert told in result.stderr


@pytest.mark.parametrize(("question", "error"), [("SELEC 1", QueryError), ("DROP VIEW quotes", QueryRefused)])
def test_a_bad_question_is_one_line(
    onrecord: Run, tables_of_articles: Path, question: str, error: type[OnRecordError]
) -> None:
    result = onrecord("query", question, "--data", tables_of_articles)
    assert (result.returncode, result.stderr.count("\n")) == (error.exit_code, 1)


def test_a_flag_that_nobody_knows_makes_nothing(onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    """It is told also where there is nothing new to read."""
    command = ("run", articles, "-o", tmp_path / "out")
    assert onrecord_here(*command, "--wokers", "2").returncode == UsageError.exit_code
    assert not (tmp_path / "out").exists()
    assert onrecord_here(*command).returncode == 0
    assert onrecord_here(*command, "--wokers", "2").returncode == UsageError.exit_code


def test_run_sums_up_and_the_question_it_suggests_works(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    """``--runner DirectRunner`` means the local runner, and worker processes say nothing by themselves."""
    output = tmp_path / "my tables"
    (articles / "empty.txt").touch()
    result = onrecord("run", articles, "-o", output, "-w", 2, "--runner", "DirectRunner")
    assert (result.returncode, result.stderr) == (0, "")
    told, reasons = re.split(r"\n\s*\n", result.stdout, maxsplit=1)
    summary = dict(line.split(maxsplit=1) for line in told.splitlines())
    assert list(summary) == ["articles", "quotes", "mentions", "rejects", "this", "time", "tables", "try"]
    assert summary["articles"] == "4"
    assert summary["rejects"] == "1"
    assert reasons.split()[:6] == ["rejects", "step", "reason", "for", "example", "─" * len(reasons.split()[5])]
    assert reasons.splitlines()[2].split()[:3] == ["1", "load", "empty"]
    pasted = subprocess.run(summary["try"], shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert (pasted.returncode, pasted.stderr) == (0, "")
    assert "Okafor" in pasted.stdout


@pytest.mark.parametrize("folder", ["bin", "nowhere"])
def test_hints_name_the_command_as_it_can_be_called(articles: Path, tmp_path: Path, folder: str) -> None:
    """By its name where that finds it, else by the path that was typed."""
    script = Path(sys.executable).with_name("onrecord")
    path = {"bin": script.parent, "nowhere": tmp_path}[folder]
    env = os.environ | {"PATH": f"{path}:/usr/bin:/bin"}
    result = subprocess.run(
        [script, "run", articles, "-o", "out"], capture_output=True, text=True, cwd=tmp_path, env=env
    )
    hint = result.stdout.splitlines()[-1].split()[1]
    assert hint == ("onrecord" if folder == "bin" else str(script))


@pytest.mark.parametrize(("share", "code"), [("0.5", 0), ("0.1", TooManyRejects.exit_code)])
def test_too_many_rejects_are_an_error_and_the_tables_stand(
    onrecord: Run, articles: Path, tmp_path: Path, share: str, code: int
) -> None:
    (articles / "empty.txt").touch()
    result = onrecord("run", articles, "-o", tmp_path / "out", "--max-rejects", share)
    assert result.returncode == code
    assert ("20.0% of the records of this run were refused" in result.stderr) == (code != 0)
    assert onrecord(
        "query", "SELECT count(*) FROM articles", "-d", tmp_path / "out", "--format", "csv"
    ).stdout.endswith("4\n")


def test_answers_in_plain_formats(onrecord: Run, tables_of_articles: Path) -> None:
    question = "SELECT uri, raw_sha256, flags FROM articles ORDER BY uri"
    as_csv = onrecord("query", question, "--data", tables_of_articles, "--format", "csv").stdout
    as_json = onrecord("query", question, "--data", tables_of_articles, "--format", "json").stdout
    rows = json.loads(as_json)
    assert [row["uri"] for row in rows] == [row["uri"] for row in csv.DictReader(io.StringIO(as_csv))]
    assert len(rows) == 4


def test_explain_tells_the_way_of_an_article(onrecord: Run, articles: Path) -> None:
    result = onrecord("explain", articles / "harbour.txt")
    assert (result.returncode, result.stderr) == (0, "")
    for word in ("fixes:", "cut out of the body", "quotations", "confidence", "content", "mentions", "raw ["):
        assert word in result.stdout


def test_text_cannot_steer_the_terminal_nor_break_on_it(onrecord: Run, tmp_path: Path) -> None:
    """Control characters are shown as pictures; what the output's encoding lacks is spelled out."""
    (tmp_path / "a.txt").write_text("Rain fell \x1b[31mhard, “as never before,” said Ada Brook.", encoding="utf-8")
    result = onrecord("explain", tmp_path / "a.txt", encoding="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert "\\u201c" in result.stdout


def test_a_pipe_that_closes_is_no_error(onrecord: Run, tables_of_articles: Path) -> None:
    command = (
        f"{sys.executable} -m onrecord query 'SELECT range FROM range(200000)' -d '{tables_of_articles}' --format csv"
    )
    result = subprocess.run(["bash", "-c", f"{command} | head -n 1"], capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ("range\n", "")


def test_asking_and_helping_load_neither_beam_nor_spacy() -> None:
    """What answers at once stays quick."""
    code = """
import sys
import onrecord.pipeline.cli
import onrecord.pipeline.ask.formats
print({"apache_beam", "spacy"} & {*sys.modules})
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_a_language_that_is_none_is_a_usage_error(onrecord: Run) -> None:
    done = onrecord("run", "seeds", "--languages", "en,xx")
    assert done.returncode == 2
    assert "--languages xx: no such language" in done.stderr


@pytest.mark.parametrize("flags", [["--streaming"], ["--direct_num_workers=1"], ["--experiments", "mine"]])
def test_a_flag_of_beams_swallows_no_input(onrecord: Run, articles: Path, tmp_path: Path, flags: list[str]) -> None:
    """Behind a flag or between two, with a value or none, an input is an input."""
    (tmp_path / "seeds").mkdir()
    result = onrecord("run", *flags, articles / "frost.txt", *flags, articles / "crlf.txt", "-o", "out", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("articles  2\n")
