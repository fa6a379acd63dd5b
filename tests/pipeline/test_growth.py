"""A data set grows: what is new is read, what changed is replaced, what moved is carried over, what is gone can leave.

After every change the tables hold the rows of a fresh run over the inputs as they are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from run_helpers import ARTICLES, Run, all_rows, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import RawArticle

NEW = "Rain fell on the valley. “At last,” said Noor Haddad, who keeps bees there. She had waited since May.\n"


@pytest.fixture
def annotated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the model was asked about, in this process."""
    texts: list[str] = []
    annotate = Annotator.annotate

    def counted(self: Annotator, raw: RawArticle) -> object:
        texts.append(raw.text)
        return annotate(self, raw)

    monkeypatch.setattr(Annotator, "annotate", counted)
    monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
    return texts


@pytest.fixture
def grown(annotated: list[str], articles: Path, tmp_path: Path) -> Path:
    """A data set of the articles; from here on it is counted which texts are read."""
    run_tables(tmp_path / "out", articles)
    annotated.clear()
    return tmp_path / "out"


def is_like_fresh(output: Path, inputs: Path, tmp_path: Path) -> bool:
    run_tables(tmp_path / "fresh", inputs, fresh=True)
    return all_rows(output) == all_rows(tmp_path / "fresh")


def test_what_is_as_it_was_is_not_read(grown: Path, annotated: list[str], articles: Path, tmp_path: Path) -> None:
    before = all_rows(grown)
    outcome = run_tables(grown, articles)
    assert (annotated, outcome.articles, all_rows(grown) == before) == ([], 0, True)
    os.utime(articles / "frost.txt", ns=(1, 1))  # touched, and the same
    outcome = run_tables(grown, articles)
    assert (annotated, outcome.articles, outcome.kept) == ([], 0, 1)
    outcome = run_tables(grown, articles, verify=True)
    assert (annotated, outcome.articles, outcome.kept) == ([], 0, len(ARTICLES))
    assert all_rows(grown) == before


def rename(articles: Path) -> None:
    (articles / "frost.txt").rename(articles / "ice.txt")


def move(articles: Path) -> None:
    (articles / "deep").mkdir()
    (articles / "frost.txt").rename(articles / "deep" / "frost.txt")


def swap(articles: Path) -> None:
    """Two files exchange their names: each is another text now, and both texts are known."""
    (articles / "frost.txt").rename(articles / "x")
    (articles / "crlf.txt").rename(articles / "frost.txt")
    (articles / "x").rename(articles / "crlf.txt")


@pytest.mark.parametrize("change", [rename, move, swap])
def test_what_moved_is_carried_over(
    change: Callable[[Path], None], grown: Path, annotated: list[str], articles: Path, tmp_path: Path
) -> None:
    """Without asking the model, under the ids that a fresh run gives; the old place is left without --mirror."""
    change(articles)
    run_tables(grown, articles)
    assert annotated == []
    assert is_like_fresh(grown, articles, tmp_path)


def test_another_kind_of_file_is_read_anew(grown: Path, annotated: list[str], articles: Path) -> None:
    """The same bytes say something else where the name tells another format."""
    (articles / "frost.txt").rename(articles / "frost.html")
    run_tables(grown, articles)
    assert len(annotated) == 1


def test_rows_that_an_inserted_one_shifts_are_carried_over(annotated: list[str], tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    lines = [json.dumps({"text": text}) for text in ARTICLES.values()]
    news.write_text("\n".join(lines))
    run_tables(tmp_path / "out", news)
    annotated.clear()
    news.write_text("\n".join([json.dumps({"text": NEW}), *lines]))
    outcome = run_tables(tmp_path / "out", news)
    assert annotated == [NEW]
    assert outcome.totals["articles"] == len(ARTICLES) + 1
    assert is_like_fresh(tmp_path / "out", news, tmp_path)
    annotated.clear()
    news.write_text("\n".join([*lines[:2], *lines[3:]]))  # and back, with one gone: rows leave with their line
    run_tables(tmp_path / "out", news)
    assert annotated == []
    assert is_like_fresh(tmp_path / "out", news, tmp_path)


def test_an_edited_article_replaces_its_rows(grown: Path, annotated: list[str], articles: Path, tmp_path: Path) -> None:
    (articles / "frost.txt").write_text(NEW)
    outcome = run_tables(grown, articles)
    assert (annotated, outcome.articles, outcome.left) == ([NEW], 1, 1)
    assert outcome.rewritten > 0
    assert is_like_fresh(grown, articles, tmp_path)
    (articles / "frost.txt").write_text(ARTICLES["frost.txt"])  # A, then B, then A again
    run_tables(grown, articles)
    assert is_like_fresh(grown, articles, tmp_path)


def test_an_article_that_becomes_a_reject_and_back(grown: Path, articles: Path, tmp_path: Path) -> None:
    for text in ("", ARTICLES["frost.txt"], " \n", "Der Rat der Stadt kam am Montag zusammen und sprach über Geld."):
        (articles / "frost.txt").write_text(text)
        run_tables(grown, articles)
        assert is_like_fresh(grown, articles, tmp_path)


def test_other_languages_are_tried_again_when_they_are_wanted(
    annotated: list[str], articles: Path, tmp_path: Path
) -> None:
    """What was refused for its language alone; the rest is kept, and told to be of other options."""
    (articles / "rat.txt").write_text("Der Rat der Stadt kam am Montag zusammen und sprach über Geld.")
    run_tables(tmp_path / "out", articles)
    annotated.clear()
    outcome = run_tables(tmp_path / "out", articles, languages=())
    assert (len(annotated), outcome.articles, outcome.left) == (1, 1, 1)
    assert ask("SELECT count(*) FROM rejects", tmp_path / "out").rows == [(0,)]
    outcome = run_tables(tmp_path / "out", articles, languages=(), rebuild=True)
    assert (len(annotated), outcome.articles) == (1 + len(ARTICLES), len(ARTICLES))
    assert ask("SELECT count(DISTINCT made_by) FROM records", tmp_path / "out").rows == [(1,)]


def test_a_mirror_removes_what_is_gone(grown: Path, annotated: list[str], articles: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for n in range(5):
        (other / f"{n}.txt").write_text(f"{NEW} For the {n}th time.")
    run_tables(grown, other)
    (articles / "frost.txt").unlink()
    run_tables(grown, articles)
    assert ask("SELECT count(*) FROM articles WHERE uri LIKE '%frost.txt'", grown).rows == [(1,)]
    outcome = run_tables(grown, articles, mirror=True)  # the other folder is not looked at
    assert (outcome.left, outcome.totals["articles"]) == (1, len(ARTICLES) + 4)
    assert ask("SELECT count(*) FROM articles WHERE uri LIKE '%frost.txt'", grown).rows == [(0,)]


def test_a_mirror_of_nothing_removes_nothing(grown: Path, articles: Path) -> None:
    """An empty folder, one that is not there, more than a fifth gone: a share that is not mounted looks like that."""
    before = all_rows(grown)
    for path in list(articles.iterdir())[1:]:
        path.unlink()
    with pytest.raises(UsageError, match="3 of 4 records; --yes"):
        run_tables(grown, articles, mirror=True)
    for path in articles.iterdir():
        path.unlink()
    with pytest.raises(UsageError, match="nothing is removed"):
        run_tables(grown, articles, mirror=True, sure=True)
    articles.rmdir()
    with pytest.raises(UsageError, match="nothing is removed"):
        run_tables(grown, articles, mirror=True, sure=True)
    assert all_rows(grown) == before


def test_an_input_that_is_missing_keeps_its_rows(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    """Named, and not there: that is told, and what it was is not taken for what it is."""
    files = sorted(articles.iterdir())
    output = tmp_path / "out"
    assert onrecord("run", *files, "-o", output).returncode == 0
    files[0].unlink()
    result = onrecord("run", *files, "-o", output)
    assert (result.returncode, "no such file" in result.stderr) == (9, True)
    assert ask("SELECT count(*) FROM articles", output).rows == [(len(ARTICLES),)]


def test_ids_of_another_rule_are_refused(grown: Path, articles: Path) -> None:
    with pytest.raises(UsageError, match="--fresh"):
        run_tables(grown, articles, base=str(articles))
    run_tables(grown, articles, base=str(articles), fresh=True)
    assert ask("SELECT min(uri) FROM articles", grown).rows == [(min(ARTICLES),)]


def test_a_dry_run_tells_and_does_nothing(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    assert onrecord("run", articles, "-o", output).returncode == 0
    before = all_rows(output)
    (articles / "frost.txt").write_text(NEW)
    (articles / "crlf.txt").unlink()
    (articles / "strike.txt").rename(articles / "walkout.txt")
    (articles / "rain.txt").write_text(NEW)
    result = onrecord("run", articles, "-o", output, "--dry-run")
    counts = {line.split()[0]: int(line.split()[1]) for line in result.stdout.splitlines() if line[0] != "t"}
    assert counts == {"new": 2, "changed": 1, "moved": 1, "same": 1, "gone": 2}
    assert all_rows(output) == before
