"""A run over files: the same bytes every time, one row for each bad input, nothing left over from runs before."""

from __future__ import annotations

from pathlib import Path

import pytest
from run_helpers import ARTICLES, all_rows, digests, run_tables

from onrecord.pipeline.ask import ask


def test_a_rerun_changes_no_byte(articles: Path, tmp_path: Path) -> None:
    run_tables(tmp_path / "one", articles)
    first = digests(tmp_path / "one")
    run_tables(tmp_path / "one", articles)
    assert digests(tmp_path / "one") == first


def test_workers_and_the_order_of_inputs_change_no_byte(articles: Path, tmp_path: Path) -> None:
    """Enough files for several shards, so that two workers really share them."""
    for n in range(80):
        (articles / f"more-{n:02}.txt").write_text(f"Case {n}. “It is {n},” said Ada Brook.\n", encoding="utf-8")
    files = sorted(articles.iterdir())
    run_tables(tmp_path / "one", *files)
    run_tables(tmp_path / "two", *reversed(files), files[0], workers=2)
    one = digests(tmp_path / "one")
    assert one == digests(tmp_path / "two")
    assert sum(name.startswith("articles/") for name in one) == 4


def test_every_input_becomes_one_article_or_one_reject(articles: Path, tmp_path: Path) -> None:
    """Missing, empty, blank, a folder without files, a glob without matches, a link to itself, a device."""
    bad = tmp_path / "bad"
    (bad / "bare").mkdir(parents=True)
    (bad / "odd").mkdir()
    (bad / "odd" / "notes.xyz").write_text("no article")
    (bad / "empty.txt").touch()
    (bad / "blank.txt").write_text(" \n\n")
    (bad / "loop.txt").symlink_to("loop.txt")
    inputs = [bad / "bare", bad / "odd", bad / "empty.txt", bad / "blank.txt", bad / "loop.txt", bad / "none.txt"]
    run_tables(tmp_path / "out", articles, *inputs, bad / "*.md", "/dev/null")
    rows = ask("SELECT uri, step, reason FROM rejects", tmp_path / "out").rows
    assert sorted((Path(uri).name, step, reason) for uri, step, reason in rows) == [
        ("*.md", "load", "no_articles"),
        ("bare", "load", "no_articles"),
        ("blank.txt", "load", "empty"),
        ("empty.txt", "load", "empty"),
        ("loop.txt", "load", "unreadable"),
        ("none.txt", "load", "missing"),
        ("notes.xyz", "load", "format"),
        ("null", "load", "special"),
    ]
    assert ask("SELECT count(*) FROM articles", tmp_path / "out").rows == [(len(ARTICLES),)]


def test_raw_offsets_count_every_character_of_the_file(articles: Path, tmp_path: Path) -> None:
    r"""A byte-order mark is one character and ``\r\n`` are two."""
    run_tables(tmp_path / "out", articles / "crlf.txt")
    raw = ARTICLES["crlf.txt"]
    (span,) = ask("SELECT span FROM mentions WHERE text = 'Dana Whitlock'", tmp_path / "out").rows[0]
    assert raw[span["raw_start"] : span["raw_end"]] == "Dana Whitlock"


def test_a_table_without_rows_has_one_empty_part(articles: Path, tmp_path: Path) -> None:
    run_tables(tmp_path / "out", articles)
    assert len(list((tmp_path / "out" / "rejects").glob("*.parquet"))) == 1
    assert ask("SELECT count(*) FROM rejects", tmp_path / "out").rows == [(0,)]


@pytest.mark.parametrize("change", ["added", "changed", "removed"])
def test_a_second_run_is_like_a_fresh_one_and_touches_nothing_else(articles: Path, tmp_path: Path, change: str) -> None:
    """After a change of the inputs; other files in the folders of the data set stay."""
    output = tmp_path / "out"
    run_tables(output, articles)
    mine = [output / "notes.txt", output / "quotes" / "mine.parquet", output / "plots" / "part-1.parquet"]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    if change == "added":
        (articles / "a-new-one.txt").write_text("Rain fell. “At last,” said Noor Haddad.")
    elif change == "changed":
        (articles / "frost.txt").write_text("Frost spared the apricots, Pavel Lind said.")
    else:
        (articles / "frost.txt").unlink()
    run_tables(output, articles, mirror=True, sure=True)
    run_tables(tmp_path / "fresh", articles)
    assert [path.read_text() for path in mine] == ["mine"] * 3
    assert all_rows(output) == all_rows(tmp_path / "fresh")


def test_comparing_can_be_left_out(articles: Path, tmp_path: Path) -> None:
    """The table is there all the same, without rows, and so is every other row."""
    (articles / "again.txt").write_bytes((articles / "frost.txt").read_bytes())
    for name, clusters in (("with", True), ("without", False)):
        run_tables(tmp_path / name, articles, clusters=clusters)
    counts = "SELECT (SELECT count(*) FROM clusters), (SELECT count(*) FROM articles), (SELECT count(*) FROM mentions)"
    ((with_them, *rest),), ((without, *same),) = (ask(counts, tmp_path / name).rows for name in ("with", "without"))
    assert (with_them, without) == (2, 0)
    assert rest == same


def test_a_run_that_breaks_leaves_the_tables_as_they_were(articles: Path, tmp_path: Path) -> None:
    """Where the parts should go there is a file."""
    output = tmp_path / "out"
    run_tables(output, articles)
    before = digests(output)
    (articles / "a-new-one.txt").write_text("Rain fell. “At last,” said Noor Haddad.")
    (output / "_onrecord" / "inputs").rename(tmp_path / "inputs")
    (output / "_onrecord" / "inputs").write_text("no folder")
    with pytest.raises(Exception, match="inputs"):
        run_tables(output, articles)
    assert digests(output) == before
