"""Every exit code of the README, with a command that gives it; a zero means that what was asked for was done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fixtures_formats import write
from run_helpers import ARTICLES, Run

from onrecord.pipeline.store.target import hold_if_free
from onrecord.pipeline.watch.status import lock_file

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SHARE = ["--max-rejects", "0.1"]
#: The exit code, the command, what the line on standard error says.
COMMANDS = [
    (0, ["run", "good", "-o", "new"], ""),
    (1, ["run", "good", "-o", "a-file"], "cannot write to a-file"),
    (2, ["run", "good", "--workers", "0"], "at least one worker"),
    (2, ["run", "good", "-o", "ftp://host/tables"], "data sets lie in folders, or at s3://"),
    (2, ["run", "good", "--s3-endpoint", "nowhere"], "http://"),
    (2, ["run", "good", "--update"], "--update is for other Beam runners"),
    (2, ["run", "good", "--num_workers", "4"], "--workers counts its processes"),
    (2, ["run", "good", "-o", "good"], "the input good lies there"),
    (2, ["run", "tables/articles", "-o", "tables"], "the input tables/articles lies there"),
    (3, ["run", "nowhere", "-o", "new"], "no such file or folder"),
    (3, ["run", "bare", "-o", "new"], "no file in this folder"),
    (4, ["query", "SELECT 1", "-d", "good"], "no tables in good"),
    (5, ["query", "SELECT speker FROM quotes", "-d", "tables"], 'Candidate bindings: "speaker'),
    (5, ["query", "SELECT * FROM quote", "-d", "tables"], 'Did you mean "quotes'),
    (6, ["query", "DROP VIEW quotes", "-d", "tables"], "questions only read"),
    (7, ["run", "good", "empty", "-o", "new", *SHARE], "--max-rejects allows 10.0%"),
    (8, ["audit", "-d", "slipped"], "not in order"),
    (8, ["query", "SELECT count(*) FROM articles", "-d", "damaged"], "damaged/quotes/part-"),
    (9, ["run", "good", "nowhere", "-o", "new"], "nowhere: no such file or folder"),
    (9, ["run", "good", "*.none", "-o", "new"], "the pattern matches nothing"),
    (10, ["run", "empty", "-o", "new"], "none of 1 records became an article"),
    (10, ["run", "foreign", "-o", "new"], "none of 1 records became an article"),
    (11, ["run", "twins.jsonl", "--id-field", "nr", "-o", "new"], "two records have the id"),
    (12, ["watch", "--status", "-o", "tables"], "was never watched"),
    (13, ["watch", "good", "-o", "watched"], "another process watches for watched already"),
    (2, ["watch", "good", "-o", "new", "--settel", "3"], "no such option: --settel"),
    (2, ["watch", "good", "-o", "new", "--once", "--runner", "prism"], "--once is for this machine alone"),
    (2, ["watch", "good", "-o", "new", "--window", "0", "--runner", "prism"], "--window 0.0: give a number"),
    (
        2,
        ["watch", "good", "-o", "new", "--runner", "portable", "--job_endpoint", "localhost:1"],
        "no job server answers",
    ),
]


@pytest.fixture
def folder(tmp_path: Path, tables_of_articles: Path) -> Iterator[Path]:
    for name, text in ARTICLES.items():
        write(tmp_path / "good" / name, text)
    write(tmp_path / "empty" / "a.txt", "")
    write(
        tmp_path / "foreign" / "a.txt", "Der Rat der Stadt kam am Montag zusammen und sprach über das Geld der Schulen."
    )
    write(tmp_path / "twins.jsonl", '{"nr": 1, "text": "It rains."}\n{"nr": 1, "text": "It pours."}\n')
    write(tmp_path / "a-file", "")
    (tmp_path / "bare").mkdir()
    for name in ("tables", "slipped", "damaged"):
        shutil.copytree(tables_of_articles, tmp_path / name)
    for part in (tmp_path / "slipped" / "articles").glob("part-*.parquet"):
        table = pq.read_table(part)
        text = pa.array([f"x{text}" for text in table["text"].to_pylist()], table.schema.field("text").type)
        pq.write_table(table.set_column(table.schema.get_field_index("text"), table.schema.field("text"), text), part)
    for part in (tmp_path / "damaged" / "quotes").glob("part-*.parquet"):
        part.write_bytes(part.read_bytes()[:1000])
    with hold_if_free(lock_file(tmp_path / "watched")):
        yield tmp_path


@pytest.mark.parametrize(("code", "command", "line"), COMMANDS, ids=[" ".join(c) for _, c, _ in COMMANDS])
def test_a_command_ends_with_its_code_and_one_line(
    onrecord_here: Run, folder: Path, code: int, command: list[str], line: str
) -> None:
    result = onrecord_here(*command, cwd=folder)
    assert result.returncode == code, result.stderr
    assert result.stderr.count("\n") == bool(code)
    assert line in result.stderr


def test_every_code_of_the_readme_has_its_command() -> None:
    """But for 14, which needs an engine, and 130, Ctrl-C: they have tests of their own."""
    section = README[README.index("### Exit codes") :].partition("\n## ")[0]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert codes == {code for code, _, _ in COMMANDS} | {14, 130}
