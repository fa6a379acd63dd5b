"""An article is known by where it lies, however that was typed, or by what a field of it says; never two by one id."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixtures_formats import write
from run_helpers import Run

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import DuplicateIds, UsageError

TEXT = "It is late, Ada Brook said."


def ids(output: Path) -> list[tuple[str, str]]:
    return ask("SELECT uri, article_id FROM articles ORDER BY uri", output).rows  # type: ignore[return-value]


def test_one_file_by_many_spellings_is_one_article(onrecord_here: Run, tmp_path: Path) -> None:
    """Relative, absolute, with detours, as an address, by a glob, through a link: from any folder."""
    file = write(tmp_path / "here" / "a b.txt", TEXT)
    (tmp_path / "link.txt").symlink_to(file)
    spellings = ["a b.txt", "./a b.txt", "../here/a b.txt", file, f"file://{tmp_path}/here/a%20b.txt", "a*.txt"]
    result = onrecord_here("run", *spellings, "../link.txt", "-o", tmp_path / "out", cwd=tmp_path / "here")
    assert (result.returncode, result.stderr) == (0, "")
    ((uri, article_id),) = ids(tmp_path / "out")
    assert Path(uri).resolve() == file
    assert onrecord_here("run", "here", "-o", tmp_path / "again", cwd=tmp_path).returncode == 0
    assert ids(tmp_path / "again") == [(str(file), article_id)]


def test_an_absolute_path_is_shown_as_it_was_given(onrecord_here: Run, tmp_path: Path) -> None:
    """So that whoever gave it finds it in the tables; it is known by its canonical address all the same."""
    file = write(tmp_path / "here" / "a.txt", TEXT)
    for name, given in (("plain", file), ("detour", f"{tmp_path}/there/../here/a.txt")):
        (tmp_path / "there").mkdir(exist_ok=True)
        assert onrecord_here("run", given, "-o", tmp_path / name).returncode == 0
    ((_, plain),), ((uri, detour),) = ids(tmp_path / "plain"), ids(tmp_path / "detour")
    assert uri == f"{tmp_path}/there/../here/a.txt"
    assert plain == detour


def test_files_of_one_name_are_two_articles(onrecord_here: Run, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(tmp_path / folder / "a.txt", TEXT)
        assert onrecord_here("run", "a.txt", "-o", tmp_path / folder / "out", cwd=tmp_path / folder).returncode == 0
    ((_, one),), ((_, two),) = ids(tmp_path / "one" / "out"), ids(tmp_path / "two" / "out")
    assert one != two


def test_below_a_base_only_the_rest_counts(onrecord_here: Run, tmp_path: Path) -> None:
    """The same archive in two places gives the same ids; the rule is stored with the data set."""
    for place in ("laptop", "server/mnt"):
        write(tmp_path / place / "2020" / "a.txt", TEXT)
        run = onrecord_here("run", tmp_path / place, "--base", tmp_path / place, "-o", tmp_path / place / "../out")
        assert run.returncode == 0
    laptop, server = tmp_path / "out", tmp_path / "server" / "out"
    assert ids(laptop) == ids(server)
    assert ids(laptop)[0][0] == "2020/a.txt"
    snapshot = current(laptop)
    assert snapshot is not None
    assert snapshot.totals["id_rule"] == {"id_field": "", "base": "relative"}
    explained = onrecord_here("explain", "a.txt", "--base", tmp_path / "laptop", cwd=tmp_path / "laptop" / "2020")
    assert explained.stdout.startswith(f"2020/a.txt   article {ids(laptop)[0][1]}")


def test_an_input_outside_the_base_is_an_error(onrecord_here: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", TEXT)
    (tmp_path / "other").mkdir()
    result = onrecord_here("run", file, "--base", tmp_path / "other", "-o", tmp_path / "out")
    assert result.returncode == UsageError.exit_code
    assert "does not lie below it" in result.stderr


def test_an_id_field_makes_the_id(onrecord_here: Run, tmp_path: Path) -> None:
    """The same record in another file, at another place, keeps its id; a number and its text are one."""
    write(tmp_path / "a.jsonl", '{"nr": 7, "text": "It is late, Ada Brook said."}\n')
    write(tmp_path / "b.json", '[{"text": "x"}, {"nr": "7", "text": "It is late, Ada Brook said."}]')
    for name in ("a.jsonl", "b.json"):
        assert onrecord_here("run", tmp_path / name, "--id-field", "nr", "-o", tmp_path / name[0]).returncode == 0
    assert ids(tmp_path / "a")[0][1] == ids(tmp_path / "b")[0][1]
    assert ask("SELECT reason, record FROM rejects", tmp_path / "b").rows == [("no_id", "1")]
    assert onrecord_here("audit", "-d", tmp_path / "b").returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_two_records_of_one_id_are_an_error_that_names_both(onrecord_here: Run, tmp_path: Path, workers: int) -> None:
    """The tables stay as they were."""
    write(tmp_path / "a.jsonl", "".join(f'{{"nr": {n}, "text": "It is {n}, Ada Brook said."}}\n' for n in (1, 2)))
    arguments = ("--id-field", "nr", "-o", tmp_path / "out", "-w", workers)
    assert onrecord_here("run", tmp_path / "a.jsonl", *arguments).returncode == 0
    before = ids(tmp_path / "out")
    write(tmp_path / "b.jsonl", '{"nr": 3, "text": "It is 3, Ada Brook said."}\n{"nr": 1, "text": "Other."}\n')
    result = onrecord_here("run", tmp_path / "a.jsonl", tmp_path / "b.jsonl", *arguments)
    assert (result.returncode, result.stdout) == (DuplicateIds.exit_code, "")
    assert f"{tmp_path}/a.jsonl 1 and {tmp_path}/b.jsonl 2" in result.stderr
    assert ids(tmp_path / "out") == before


@pytest.mark.parametrize("target", ["ftp://host/tables", "hdfs://x/y", "https://host/tables"])
def test_tables_elsewhere_are_refused_not_written_to_a_folder_of_that_name(
    onrecord_here: Run, tmp_path: Path, target: str
) -> None:
    write(tmp_path / "a.txt", TEXT)
    for command in (("run", "a.txt", "-o", target), ("query", "SELECT 1", "-d", target), ("audit", "-d", target)):
        result = onrecord_here(*command, cwd=tmp_path)
        assert result.returncode == UsageError.exit_code
        assert "data sets lie in folders, or at s3://" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_address_is_its_folder(onrecord_here: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXT)
    assert onrecord_here("run", tmp_path / "a.txt", "-o", f"file://{tmp_path}/my%20tables").returncode == 0
    result = onrecord_here(
        "query", "SELECT count(*) AS n FROM articles", "-d", f"file://{tmp_path}/my%20tables", "--format", "csv"
    )
    assert result.stdout == "n\n1\n"
    assert (tmp_path / "my tables" / "articles").is_dir()
