"""A data set grows: what is new is read, what changed is replaced, what moved is carried over, what is gone can leave.

After every change the tables hold the rows of a fresh run over the inputs as they are.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from run_helpers import ARTICLES, Run, all_rows, run_tables

import onrecord as api
from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import DuplicateIds, UsageError
from onrecord.pipeline.graph.annotating import BATCH_RECORDS, annotate_shard
from onrecord.pipeline.options import Fields
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import RawArticle

COUNTS = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM rejects)"
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


def test_a_shard_whose_records_fill_its_batches_can_be_read_again(annotated: list[str], tmp_path: Path) -> None:
    """After the last full batch comes one without records, of which the ledger is asked too."""
    table = tmp_path / "news.jsonl"
    lines = [f'{{"text": "Number {n}: “We will stay,” said Noor Haddad."}}\n' for n in range(2 * BATCH_RECORDS)]
    table.write_text("".join(lines))
    run_tables(tmp_path / "out", table)
    annotated.clear()
    table.write_text("".join([*lines[:-1], lines[0].replace("stay", "leave")]))
    outcome = run_tables(tmp_path / "out", table)
    assert (len(annotated), outcome.articles, outcome.kept) == (1, 1, len(lines) - 1)
    assert is_like_fresh(tmp_path / "out", table, tmp_path)


def test_what_is_refused_as_before_makes_no_version(annotated: list[str], articles: Path, tmp_path: Path) -> None:
    """A link, an empty folder, a format that is not read: there is nothing to do, and nothing is done."""
    (articles / "link.txt").symlink_to("frost.txt")
    (articles / "notes.xyz").write_text("?")
    (tmp_path / "bare").mkdir()
    run_tables(tmp_path / "out", articles, tmp_path / "bare")
    before = current(tmp_path / "out")
    assert ask("SELECT count(*) FROM rejects", tmp_path / "out").rows == [(3,)]
    for _ in range(2):
        run_tables(tmp_path / "out", articles, tmp_path / "bare")
        assert current(tmp_path / "out") == before


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
        ((articles_now, rejects_now),) = ask(COUNTS, grown).rows
        assert articles_now + rejects_now == len(ARTICLES)
    assert (articles_now, rejects_now) == (len(ARTICLES) - 1, 1)
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


def test_what_was_refused_is_tried_again_with_other_options(annotated: list[str], tmp_path: Path) -> None:
    """Where nothing else is in the input: a wrong name of a field is put right by the right one."""
    path = tmp_path / "news.csv"
    path.write_text("nr,story\n1,The harbour will close in May.\n2,Frost took half of the apricots.\n")
    assert run_tables(tmp_path / "out", path, fields=Fields(text="storey")).rejects == 2
    assert run_tables(tmp_path / "out", path, fields=Fields(text="storey")).rejects == 0
    outcome = run_tables(tmp_path / "out", path, fields=Fields(text="story"))
    assert (outcome.articles, outcome.left, len(annotated)) == (2, 2, 2)
    assert run_tables(tmp_path / "out", path, fields=Fields(text="storey")).articles == 0  # what is read stays


def test_only_what_stays_is_told_to_be_of_other_options(onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    command = ("run", articles, "--output", tmp_path / "out")
    assert "--rebuild" not in onrecord_here(*command).stdout
    assert "4 records were made by another version or options" in onrecord_here(*command, "--time-zone", "UTC").stdout
    assert "--rebuild" not in onrecord_here(*command, "--time-zone", "UTC", "--rebuild").stdout


def test_a_mirror_removes_what_is_gone(grown: Path, annotated: list[str], articles: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for n in range(5):
        (other / f"{n}.txt").write_text(f"{NEW} For the {n}th time.")
    run_tables(grown, other)
    (articles / "frost.txt").unlink()
    (other / "0.txt").unlink()
    run_tables(grown, articles, other)
    assert ask("SELECT count(*) FROM articles", grown).rows == [(len(ARTICLES) + 5,)]
    outcome = run_tables(grown, other, mirror=True)  # the first folder is not looked at
    assert (outcome.left, outcome.totals["articles"]) == (1, len(ARTICLES) + 4)
    assert ask("SELECT count(*) FROM articles WHERE uri LIKE '%frost.txt'", grown).rows == [(1,)]
    (other / "0.txt").write_text(f"{NEW} For the 0th time.")
    run_tables(grown, articles, other, mirror=True, sure=True)
    run_tables(tmp_path / "fresh", articles, other)
    assert all_rows(grown) == all_rows(tmp_path / "fresh")


def test_there_and_back_again(grown: Path, articles: Path, tmp_path: Path) -> None:
    """What gets its name back, what was a link for a day: nothing is taken for read that is not there."""
    text = (articles / "frost.txt").read_bytes()
    (articles / "frost.txt").rename(articles / "ice.txt")
    run_tables(grown, articles)
    (articles / "ice.txt").rename(articles / "frost.txt")
    run_tables(grown, articles)
    run_tables(grown, articles, mirror=True, sure=True)
    assert is_like_fresh(grown, articles, tmp_path)
    for _ in range(2):
        (articles / "frost.txt").rename(tmp_path / "aside.txt")
        (articles / "frost.txt").symlink_to(tmp_path / "aside.txt")
        run_tables(grown, articles)
        (articles / "frost.txt").unlink()
        (tmp_path / "aside.txt").rename(articles / "frost.txt")
        run_tables(grown, articles)
        assert is_like_fresh(grown, articles, tmp_path)
    assert (articles / "frost.txt").read_bytes() == text


def test_rejects_of_inputs_leave_with_their_reason(annotated: list[str], articles: Path, tmp_path: Path) -> None:
    """A folder that was empty gets a file; a link that was refused is gone."""
    empty = tmp_path / "empty"
    empty.mkdir()
    (articles / "link.txt").symlink_to("frost.txt")
    run_tables(tmp_path / "out", articles, empty)
    assert ask("SELECT reason FROM rejects ORDER BY reason", tmp_path / "out").rows == [("link",), ("no_articles",)]
    (articles / "link.txt").unlink()
    (empty / "new.txt").write_text(NEW)
    run_tables(tmp_path / "out", articles, empty, mirror=True, sure=True)
    assert ask("SELECT reason FROM rejects", tmp_path / "out").rows == []


def test_another_header_makes_other_articles(annotated: list[str], tmp_path: Path) -> None:
    """The bytes of a row of CSV are as they were, and say something else."""
    news = tmp_path / "news.csv"
    for header in ("title,text,url", "url,text,title", "byline,text,url"):
        news.write_text(f'{header}\nHarbour,"{NEW.strip()}",https://news.example/1\n')
        run_tables(tmp_path / "out", news)
        assert is_like_fresh(tmp_path / "out", news, tmp_path)


def test_a_key_moves_to_another_file(annotated: list[str], tmp_path: Path) -> None:
    """With --id-field, and the text edited on the way: the article stays one, as long as its old file is gone."""
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.jsonl").write_text(json.dumps({"nr": "7", "text": NEW}))
    fields = Fields(id="nr")
    run_tables(tmp_path / "out", news, fields=fields)
    (news / "b.jsonl").write_text(json.dumps({"nr": "7", "text": f"{NEW} Edited."}))
    with pytest.raises(DuplicateIds, match=r"a\.jsonl 1 and .*b\.jsonl 1"):
        run_tables(tmp_path / "out", news, fields=fields)
    (news / "a.jsonl").unlink()
    run_tables(tmp_path / "out", news, fields=fields)
    rows = ask("SELECT split_part(uri, '/', -1), count(*) OVER () FROM articles", tmp_path / "out").rows
    assert rows == [("b.jsonl", 1)]


def test_the_base_itself_can_be_named(annotated: list[str], articles: Path, tmp_path: Path) -> None:
    run_tables(tmp_path / "out", articles, base=str(articles))
    (articles / "frost.txt").unlink()
    run_tables(tmp_path / "out", articles, base=str(articles), mirror=True, sure=True)
    rows = ask("SELECT uri FROM articles ORDER BY uri", tmp_path / "out").rows
    assert rows == [(name,) for name in sorted(ARTICLES) if name != "frost.txt"]


def test_a_mirror_of_nothing_removes_nothing(grown: Path, articles: Path) -> None:
    """An empty folder, one that is not there, more than a fifth gone: a share that is not mounted looks like that."""
    before = all_rows(grown)
    for path in list(articles.iterdir())[1:]:
        path.unlink()
    with pytest.raises(UsageError, match=r"3 of 4 records below .* --yes"):
        run_tables(grown, articles, mirror=True)
    for path in articles.iterdir():
        path.unlink()
    with pytest.raises(UsageError, match="nothing is removed"):
        run_tables(grown, articles, mirror=True, sure=True)
    articles.rmdir()
    with pytest.raises(UsageError, match="nothing is removed"):
        run_tables(grown, articles, mirror=True, sure=True)
    assert all_rows(grown) == before


def test_an_input_that_is_missing_keeps_its_rows(onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    """Named, and not there: that is told, and what it was is not taken for what it is."""
    files = sorted(articles.iterdir())
    output = tmp_path / "out"
    assert onrecord_here("run", *files, "-o", output).returncode == 0
    files[0].unlink()
    result = onrecord_here("run", *files, "-o", output)
    assert (result.returncode, "no such file" in result.stderr) == (9, True)
    assert ask("SELECT count(*) FROM articles", output).rows == [(len(ARTICLES),)]


def test_ids_of_another_rule_are_refused(grown: Path, articles: Path) -> None:
    with pytest.raises(UsageError, match="--fresh"):
        run_tables(grown, articles, base=str(articles))
    run_tables(grown, articles, base=str(articles), fresh=True)
    assert ask("SELECT min(uri) FROM articles", grown).rows == [(min(ARTICLES),)]


def test_a_dry_run_tells_and_does_nothing(onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    assert onrecord_here("run", articles, "-o", output).returncode == 0
    before = all_rows(output)
    (articles / "frost.txt").write_text(NEW)
    (articles / "crlf.txt").unlink()
    (articles / "strike.txt").rename(articles / "walkout.txt")
    (articles / "rain.txt").write_text(NEW)
    result = onrecord_here("run", articles, "-o", output, "--dry-run")
    counts = {line.split()[0]: int(line.split()[1]) for line in result.stdout.splitlines() if line[0] != "t"}
    assert counts == {"new": 2, "changed": 1, "moved": 1, "same": 1, "gone": 2}
    assert all_rows(output) == before


def test_day_after_day_is_like_one_fresh_run(annotated: list[str], tmp_path: Path) -> None:
    """Articles come, go, move and are edited, some in one file of many; every day is mirrored."""
    chance = Random(7)
    news, output = tmp_path / "news", tmp_path / "out"
    news.mkdir()
    for day in range(6):
        there = sorted(path for path in news.rglob("*.txt"))
        for n in range(4):
            (news / f"{day}-{n}.txt").write_text(f"Day {day}. {NEW}“It is {n},” said Ada Brook.")
        for path in chance.sample(there, len(there) // 3):
            what = chance.choice(["edit", "move", "remove", "copy"])
            if what == "edit":
                path.write_text(f"{path.read_text()}\n\nEdited on day {day}, said Tom Roe.")
            elif what == "remove":
                path.unlink()
            else:
                place = news / f"{what}-{day}" / path.name
                place.parent.mkdir(exist_ok=True)
                place.write_text(path.read_text())
                if what == "move":
                    path.unlink()
        lines = [json.dumps({"text": f"Line {n}. {NEW}"}) for n in range(day, day + 5)]
        (news / "rows.jsonl").write_text("\n".join(chance.sample(lines, len(lines))))
        run_tables(output, news, mirror=True, sure=True)
        assert day < 5 or is_like_fresh(output, news, tmp_path)
    ((articles, records),) = ask("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM records)", output).rows
    assert articles == records > 20


def test_a_reader_sees_whole_versions_alone(
    annotated: list[str], articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While runs add, replace and remove, each look finds a row of the ledger for each article, and none is refused."""
    monkeypatch.setattr("onrecord.pipeline.store.versions.commits.GRACE", 1.0)
    output = tmp_path / "out"
    run_tables(output, articles)
    looks: list[tuple[int, ...]] = []
    done = threading.Event()
    look = (
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM records), (SELECT sum(n_quotes) FROM articles),"
    )
    look += " (SELECT count(*) FROM quotes)"

    def poll() -> None:
        while not done.is_set():
            with api.open(output) as data:
                looks.extend(data.sql(look).fetchall())

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        for n in range(6):
            (articles / f"new-{n}.txt").write_text(f"{NEW} The {n}th.")
            (articles / "frost.txt").write_text(f"{NEW} The {n}th frost.")
            (articles / f"new-{n - 2}.txt").unlink(missing_ok=True)
            run_tables(output, articles, mirror=True, sure=True)
    finally:
        done.set()
        reader.join()
    assert len(set(looks)) >= 3
    assert all(articles == records and told == quotes for articles, records, told, quotes in looks)


def test_clusters_can_be_made_later(onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    (articles / "again.txt").write_bytes((articles / "frost.txt").read_bytes())
    run_tables(tmp_path / "out", articles, clusters=False)
    assert ask("SELECT count(*) FROM clusters", tmp_path / "out").rows == [(0,)]
    result = onrecord_here("cluster", "-d", tmp_path / "out")
    assert (result.returncode, result.stdout) == (0, "2 articles tell 1 stories that others tell, too\n")
    for fresh in (False, True):
        run_tables(tmp_path / "with", articles, fresh=fresh)
        assert all_rows(tmp_path / "out") == all_rows(tmp_path / "with")


def test_history_is_kept_when_asked_for(grown: Path, articles: Path) -> None:
    """What was replaced stays on the disk; without, no part is there that the newest version does not name."""
    for keep in (False, True):
        (articles / "frost.txt").write_text(f"{NEW} History: {keep}.")
        run_tables(grown, articles, keep_history=keep)
        on_disk = {path.name for path in (grown / "articles").glob("part-*.parquet")}
        snapshot = current(grown)
        assert snapshot is not None
        assert (on_disk > set(snapshot.parts["articles"])) is keep
        assert ask("SELECT count(*) FROM articles", grown).rows == [(len(ARTICLES),)]


def test_what_a_run_did_is_kept(onrecord_here: Run, articles: Path, tmp_path: Path) -> None:
    (articles / "empty.txt").touch()
    assert onrecord_here("run", articles, "-o", tmp_path / "out").returncode == 0
    (path,) = (tmp_path / "out" / "_onrecord" / "runs").iterdir()
    told = json.loads(path.read_text())
    assert (told["version"], told["inputs"]["new"]) == (1, len(ARTICLES) + 1)
    outcome = told["outcome"]
    assert (outcome["articles"], outcome["rejects"], outcome["reasons"]) == (len(ARTICLES), 1, {"empty": 1})
    assert outcome["rows"]["quotes"] == ask("SELECT count(*) FROM quotes", tmp_path / "out").rows[0][0]


def test_what_a_killed_run_had_finished_is_taken_over(
    annotated: list[str], articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not read again when nothing has changed; read again when its inputs have."""
    output = tmp_path / "out"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def leave(work: Path, **_: object) -> None:
        """A run that is killed removes nothing."""

    with monkeypatch.context() as patched:
        patched.setattr("onrecord.pipeline.graph.engines.commit", killed)
        patched.setattr("onrecord.pipeline.store.target.remove_folder", leave)
        with pytest.raises(KeyboardInterrupt):
            run_tables(output, articles)
    assert len(annotated) == len(ARTICLES)
    annotated.clear()
    run_tables(output, articles)
    assert annotated == []
    assert is_like_fresh(output, articles, tmp_path)
    assert not list((output / "_onrecord" / "work").iterdir())
