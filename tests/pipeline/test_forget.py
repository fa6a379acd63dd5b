"""What is forgotten is nowhere on the disk, in no version, and never comes back; all other rows are as they were."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from run_helpers import ARTICLES, Run, run_tables, totals

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current, newest
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.options import Fields
from onrecord.pipeline.store.audit import check
from onrecord.pipeline.store.upkeep.byte_search import find_bytes, spellings
from onrecord.pipeline.store.upkeep.history import history

HERE = Path(__file__).parent
URL = "https://news.example/harbour/last-ferry"
FERRY = "The last ferry left at noon. “Nobody will wait for it,” said Imre Castellan, its captain.\n"
#: In a file of many: two of them at one address, one that is told again elsewhere.
ROWS = [
    {"title": "Last ferry sails", "text": FERRY, "url": URL},
    {"title": "Ferry sold", "text": "“We sold it for scrap,” said Oda Brandvold of the line.", "url": URL},
    {"title": "Apricots", "text": ARTICLES["frost.txt"], "url": "https://news.example/apricots"},
]
#: What is said, by whom, and where: all of it has to be gone.
FROST = ["Frost took half", "It was one night", "Pavel Lind", "frost.txt", "apricots"]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set with a history, beside its articles: one was edited, one is there twice, one was refused."""
    folder = tmp_path_factory.mktemp("grown")
    articles = folder / "articles"
    articles.mkdir()
    for name, text in (*ARTICLES.items(), ("empty.txt", "")):
        (articles / name).write_bytes(text.encode())
    (articles / "news.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
        patched.setattr("onrecord.pipeline.store.versions.commits.GRACE", 0.0)
        run_tables(folder / "out", articles, keep_history=True)
        (articles / "strike.txt").write_text("Drivers walk out. “Not one bus will run,” said Tilda Quist.")
        (articles / "frost-again.txt").write_bytes((articles / "frost.txt").read_bytes())
        run_tables(folder / "out", articles, keep_history=True)
    return folder


@pytest.fixture
def data(grown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it; the articles stay where they are, and are read in this process."""
    monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
    return Path(shutil.copytree(grown / "out", tmp_path / "out"))


def ids_of(data: Path, where: str) -> list[str]:
    """All ids and hashes of the records for which this holds, and of all that stands below them."""
    asked = f"(SELECT article_id FROM records WHERE {where})"
    columns = {"records": ("record_id", "raw_sha256", "read_sha256"), "quotes": ("quote_id",)}
    columns |= {"mentions": ("mention_id",), "articles": ("article_id", "text_sha256")}
    found = []
    for table, names in columns.items():
        for name in names:
            found += ask(f"SELECT DISTINCT {name} FROM {table} WHERE article_id IN {asked}", data).rows
    return [value for (value,) in found if value]


def needles(*texts: str) -> list[bytes]:
    return [spelling for text in texts for spelling in spellings(text)]


def others(data: Path, where: str) -> dict[str, list[str]]:
    """The rows of the articles for which it does not hold, but for ``clusters``: which may be other stories now."""
    snapshot = current(data)
    assert snapshot is not None
    return {
        table: sorted(map(repr, ask(f"FROM {table} WHERE article_id NOT IN {where}", data).rows))
        for table in ("articles", "segments", "quotes", "mentions", "fingerprints")
    }


def in_order(data: Path) -> bool:
    return not any(finding.count and finding.is_fault for finding in check(data))


def test_the_search_sees_what_is_packed(grown: Path) -> None:
    """Else it would prove nothing: text in columns and footers, names of files, JSON, and an edge between chunks."""
    wanted = needles(*FROST, "Last ferry sails", URL)
    assert {match.needle for match in find_bytes(grown / "out", wanted)} == set(wanted)
    assert {match.where.split()[0] for match in find_bytes(grown, needles("frost"))} == {"name", "bytes", "column"}
    assert find_bytes(grown / "out", needles("Nobody wrote this")) == []


@pytest.mark.parametrize("has_history", [True, False])
def test_nothing_is_left_of_what_is_forgotten(
    onrecord_here: Run, grown: Path, data: Path, tmp_path: Path, *, has_history: bool
) -> None:
    """By an id: its exact copy goes with it. By where it was published. A run over the same inputs changes nothing."""
    if not has_history:
        assert onrecord_here("vacuum", "-d", data, "--drop-history").returncode == 0
    ((article,),) = ask("SELECT article_id FROM articles WHERE uri LIKE '%/frost.txt'", data).rows
    where = "raw_sha256 IN (SELECT raw_sha256 FROM records WHERE uri LIKE '%/frost.txt') OR record = '3'"
    ids = ids_of(data, where)
    everything = needles(*FROST, *ids, str(grown / "articles" / "frost.txt"))
    assert {match.needle for match in find_bytes(data, everything)} >= set(map(str.encode, ids))
    before = others(data, f"(SELECT article_id FROM records WHERE {where})")
    counted = totals(data)
    leave_a_dead_run(data)
    result = onrecord_here("forget", article, "-d", data)
    assert (result.returncode, result.stderr) == (0, "")
    assert "forgot 2 records (1 of them exact copies" in result.stdout
    assert "1 others have the same text, word for word, and stay" in result.stdout
    result = onrecord_here("forget", "https://news.example/apricots", "no-such-id", "-d", data)
    assert (result.returncode, "nothing is known by no-such-id" in result.stdout) == (0, True)
    assert find_bytes(data, everything) == []
    for _ in range(2):
        outcome = run_tables(data, grown / "articles")
        assert (outcome.number, find_bytes(data, everything)) == (0, [])
    assert others(data, "('')") == before
    assert in_order(data)
    assert totals(data)["records"] == counted["records"] - 3
    assert not any(version.can_be_opened for version in history(data) if version.command == "run")


def leave_a_dead_run(data: Path) -> None:
    """As one that was killed: it has read the article again, and noted where it lies."""
    work = data / "_onrecord" / "work" / "dead"
    (work / "articles").mkdir(parents=True)
    (work / "lock").touch()
    (work / "articles" / "unfinished.1").write_text("Frost took half of the apricots.")


def test_it_does_not_come_back_under_another_name(onrecord_here: Run, grown: Path, data: Path, tmp_path: Path) -> None:
    """Renamed, copied into an archive of rows, with --rebuild, with --fresh; what it is not comes in."""
    articles = Path(shutil.copytree(grown / "articles", tmp_path / "articles"))
    names = [str(grown / "articles" / name) for name in ("frost.txt", "crlf.txt")]
    assert onrecord_here("forget", *names, "-d", data).returncode == 0
    (articles / "frost.txt").rename(articles / "thaw.txt")
    rows = [{"text": "“It rains,” said Ada Brook."}, ROWS[2]]
    (articles / "more.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    expected = {"harbour.txt", "strike.txt", "news.jsonl", "more.jsonl"}
    for flags in ({}, {"verify": True}, {"rebuild": True, "languages": ()}, {"fresh": True}):
        outcome = run_tables(data, articles, **flags)  # type: ignore[arg-type]
        assert outcome.withheld == 3  # thaw.txt, frost-again.txt, crlf.txt: the folder is another one
        uris = ask("SELECT DISTINCT split_part(uri, '/', -1) FROM articles", data).rows
        assert {uri for (uri,) in uris} >= expected
        assert ask("SELECT count(*) FROM articles WHERE contains(text, 'by hand')", data).rows == [(0,)]
        assert not find_bytes(data, needles("thaw.txt", "frost.txt", "frost-again.txt", "crlf.txt"))
        assert in_order(data)
    assert outcome.totals["records"] == 8


def test_an_address_is_forgotten_with_all_that_lies_there(onrecord_here: Run, grown: Path, data: Path) -> None:
    """Where articles were published: those that come later with it are withheld. An input: it is not opened again."""
    assert onrecord_here("forget", URL, "-d", data).returncode == 0
    assert ask("SELECT title FROM articles WHERE title IS NOT NULL", data).rows == [("Apricots",)]
    assert find_bytes(data, needles(URL, "Imre Castellan", "Oda Brandvold", "Last ferry")) == []
    news = grown / "articles" / "news.jsonl"
    assert onrecord_here("forget", news, "-d", data).returncode == 0
    result = onrecord_here("run", grown / "articles", "-o", data)
    assert "1 forgotten, not taken in" in result.stdout
    assert find_bytes(data, needles("news.jsonl", "news.example")) == []
    ((dry,),) = [[line] for line in dry_run(onrecord_here, grown, data) if line.startswith("withheld")]
    assert dry.split()[1] == "1"


def dry_run(onrecord_here: Run, grown: Path, data: Path) -> list[str]:
    return onrecord_here("run", grown / "articles", "-o", data, "--dry-run").stdout.splitlines()


def test_a_row_is_known_by_what_it_holds_and_not_by_its_number(data: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """What is inserted before it moves it, and no other row takes its place."""
    news = tmp_path / "lines.jsonl"
    lines = [json.dumps({"text": f"“{word} it is,” said Ada Brook of {word}."}) + "\n" for word in ("Rain", "Snow")]
    news.write_text("".join(lines))
    run_tables(data, news)
    ((snow,),) = ask("SELECT article_id FROM articles WHERE contains(text, 'Snow')", data).rows
    assert onrecord_here("forget", snow, "-d", data).returncode == 0
    news.write_text("".join([json.dumps({"text": "“Hail it is,” said Ada Brook of Hail."}) + "\n", *lines]))
    assert run_tables(data, news).withheld == 1
    rows = ask("SELECT record, split_part(text, ' ', 1) FROM articles WHERE uri LIKE '%lines.jsonl' ORDER BY 1", data)
    assert rows.rows == [("1", "“Hail"), ("2", "“Rain")]
    assert in_order(data)


def test_what_a_field_tells_is_forgotten_by_it(tmp_path: Path, onrecord_here: Run, data: Path) -> None:
    """With --id-field: edited and in another file it is the same. It was alone, and so its id was the sum of all."""
    news, output = tmp_path / "a.jsonl", tmp_path / "keyed"
    news.write_text(json.dumps({"nr": "7", "text": FERRY}) + "\n")
    run_tables(output, news, fields=Fields(id="nr"))
    ids = [value for row in ask("SELECT article_id, record_id FROM records", output).rows for value in row]
    assert onrecord_here("forget", ids[0], "-d", output).returncode == 0
    assert find_bytes(output, needles(*ids, "a.jsonl")) == []
    (tmp_path / "b.jsonl").write_text(json.dumps({"nr": "7", "text": f"{FERRY} Edited."}) + "\n")
    outcome = run_tables(output, tmp_path / "b.jsonl", news, fields=Fields(id="nr"))
    assert (outcome.totals["records"], outcome.withheld) == (0, 2)


def test_a_run_that_is_at_work_meanwhile_drops_it(
    onrecord_here: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has read a copy before anybody forgot it, and commits afterwards."""
    later = tmp_path / "later"
    later.mkdir()
    (later / "copy.txt").write_bytes(ARTICLES["frost.txt"].encode())
    (later / "new.txt").write_text("“It rains,” said Ada Brook.")

    def forget_before(shard: object, *arguments: object, **options: object) -> object:
        parts = annotate_shard(shard, *arguments, **options)  # type: ignore[arg-type]
        ((article,),) = ask("SELECT article_id FROM articles WHERE uri LIKE '%/frost.txt'", data).rows
        assert onrecord_here("forget", article, "-d", data).returncode == 0
        return parts

    monkeypatch.setattr("onrecord.pipeline.graph.engines.annotate_apart", forget_before)
    outcome = run_tables(data, later)
    assert (outcome.articles, outcome.withheld) == (1, 1)
    assert ask("SELECT count(*) FROM articles WHERE contains(text, 'Ada Brook')", data).rows == [(1,)]
    assert find_bytes(data, needles("copy.txt", "/frost.txt")) == []
    assert ask("SELECT title FROM articles WHERE contains(text, 'It was one night')", data).rows == [("Apricots",)]
    assert in_order(data)


def test_what_is_not_known_is_told(onrecord_here: Run, data: Path, tmp_path: Path) -> None:
    version = newest(data)
    for arguments, line in ((["no-such-id"], "has nothing by no-such-id"), ([], "give ids or addresses")):
        result = onrecord_here("forget", *arguments, "-d", data)
        assert (result.returncode, result.stderr.count("\n"), line in result.stderr) == (2, 1, True)
    (tmp_path / "list").write_text(f"\n{URL}\n\nno-such-id\n")
    result = onrecord_here("forget", "--from", tmp_path / "list", "-d", data)
    assert (result.returncode, "forgot 2 records;" in result.stdout) == (0, True)
    assert newest(data) > version


def test_forgetting_killed_at_any_step_is_finished(tmp_path: Path) -> None:
    """By the next forget, or by the next run; readers see the rows before or those after it.

    Every thirteenth step is tried here.
    """
    command = [sys.executable, str(HERE / "crash_forget.py"), str(tmp_path), "13"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["problems"] == []
    assert found["tries"] > 6
    assert {"before", "after"} == set(found["seen"])
