"""What people correct in an export comes back, shows in all answers, and changes nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from run_helpers import ARTICLES, Run, digests, run_tables

import onrecord as api
from onrecord.pipeline.ask.overrides import load
from onrecord.pipeline.ask.overrides.correcting import correct, locate, raw_places
from onrecord.pipeline.ask.overrides.records import Anchor, Override, anchor, newest_file, overrides_folder
from onrecord.pipeline.ask.reviews import read_reviews
from onrecord.pipeline.errors import TablesDamaged, UsageError
from onrecord.pipeline.places import put_if_absent
from onrecord.pipeline.store.upkeep.byte_search import find_bytes, spellings
from onrecord.pipeline.store.upkeep.overrides import replace_overrides, take_in

Line = dict[str, Any]
HOSTILE = "Ada\u202e \x1b[31m'; DROP TABLE quotes; -- \"}<b>"


@pytest.fixture
def data(tables_of_articles: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tables_of_articles, tmp_path / "data")


def quotes(data: Path, *, overrides: bool = True) -> dict[str, Line]:
    with api.open(data, overrides=overrides) as opened:
        cursor = opened.sql("SELECT * FROM quotes ORDER BY article_id, index")
        return {row[0]: dict(zip(cursor.columns, row, strict=True)) for row in cursor.fetchall()}


def exported(onrecord: Run, data: Path, *flags: object) -> list[Line]:
    file = data.parent / "review.jsonl"
    assert onrecord("export", "--jsonl", file, "-d", data, "--force", *flags).returncode == 0
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def applied(onrecord: Run, data: Path, lines: list[Line]) -> str:
    file = data.parent / "review.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = onrecord("review", "--apply", file, "-d", data)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def content_of(lines: list[Line], words: str) -> tuple[Line, Line]:
    """The line and the span of the content that has these words."""
    return next(
        (line, span)
        for line in lines
        for span in line["spans"]
        if span["label"] == "Content" and words in line["text"][span["start"] : span["end"]]
    )


def with_speaker(lines: list[Line]) -> None:
    content_of(lines, "one night")[1]["speaker"] = "Rosa Quint"


def without_speaker(lines: list[Line]) -> None:
    content_of(lines, "one night")[1]["speaker"] = ""


def with_kind(lines: list[Line]) -> None:
    content_of(lines, "one night")[1]["kind"] = "mixed"


def shorter(lines: list[Line]) -> None:
    content_of(lines, "one night")[1]["end"] -= 4


def in_two_parts(lines: list[Line]) -> None:
    line, span = content_of(lines, "one night")
    later = {**span, "id": "later", "start": span["start"] + 8}
    span["end"] = span["start"] + 7
    line["spans"].append(later)
    line["relations"].append({"id": "n", "from_id": "later", "to_id": span["id"], "label": "continues"})


def without_source(lines: list[Line]) -> None:
    line, span = content_of(lines, "one night")
    line["relations"] = [r for r in line["relations"] if (r["from_id"], r["label"]) != (span["id"], "said_by")]


CHANGES: dict[str, tuple[Callable[[list[Line]], None], Line]] = {
    "speaker": (with_speaker, {"speaker": "Rosa Quint", "speaker_label": "PERSON", "speaker_method": "reviewed"}),
    "nobody": (without_speaker, {"speaker": None, "speaker_id": None, "speaker_method": None}),
    "kind": (with_kind, {"kind": "mixed", "speaker": "Pavel Lind"}),
    "shorter": (shorter, {"content": "“It was one nig", "speaker": "Pavel Lind"}),
    "parts": (in_two_parts, {"content": "“It was one night,”"}),
    "source": (without_source, {"source": "", "source_spans": [], "source_form": "none"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_that_of_one_row(name: str, data: Path, onrecord_here: Run) -> None:
    """It has the flag; all other rows, and the parts, are as they were; without overrides so is it."""
    change, expected = CHANGES[name]
    before, parts = quotes(data), digests(data)
    lines = exported(onrecord_here, data)
    change(lines)
    assert "1 quotes changed, 0 added, 0 deleted" in applied(onrecord_here, data, lines)
    after = quotes(data)
    (changed,) = (key for key in before if after[key] != before[key])
    assert {key: after[changed][key] for key in expected} == expected
    assert after[changed]["flags"] == [*before[changed]["flags"], "reviewed"]
    assert after.keys() == before.keys()
    assert quotes(data, overrides=False) == before
    assert digests(data) == parts


def test_spans_of_changed_rows_are_right(data: Path, onrecord_here: Run) -> None:
    """Parts of a content index the text, and their raw ranges the record."""
    lines = exported(onrecord_here, data)
    in_two_parts(lines)
    applied(onrecord_here, data, lines)
    with api.open(data) as opened:
        ((text, spans),) = opened.sql(
            "SELECT text, content_spans FROM quotes JOIN articles USING (article_id) WHERE content LIKE '%one night%'"
        ).fetchall()
    assert [text[span["start"] : span["end"]] for span in spans] == ["“It was", "one night,”"]
    assert [(span["raw_start"], span["raw_end"]) for span in spans] == [(s["start"], s["end"]) for s in spans]


def test_raw_places_are_those_of_the_reader(tables_of_articles: Path) -> None:
    """Worked out from the edits alone, they are what the tables have: also behind a mark of order and other ends."""
    with api.open(tables_of_articles) as opened:
        rows = opened.sql(
            "SELECT edits, content_spans || source_spans || cue_spans FROM quotes JOIN articles USING (article_id)"
        ).fetchall()
    assert any(edits for edits, _ in rows)
    for edits, spans in rows:
        assert list(raw_places(edits, tuple((s["start"], s["end"]) for s in spans))) == spans


def test_a_quote_goes_and_another_comes(data: Path, onrecord_here: Run) -> None:
    """A deleted row is in no view; an added one is in all, under a speaker who is known by the name."""
    before, lines = quotes(data), exported(onrecord_here, data)
    line, span = content_of(lines, "last offer")
    line["spans"].remove(span)
    line["relations"] = [r for r in line["relations"] if span["id"] not in (r["from_id"], r["to_id"])]
    line, _ = content_of(lines, "dredging")
    start = line["text"].index("the council")
    line["spans"] += [
        {"id": "x", "label": "Content", "start": start, "end": start + 11, "kind": "indirect", "speaker": "Pavel Lind"},
        {"id": "y", "label": "Cue", "start": start - 5, "end": start - 1},
    ]
    line["relations"].append({"id": "z", "from_id": "x", "to_id": "y", "label": "cued_by"})
    assert "0 quotes changed, 1 added, 1 deleted" in applied(onrecord_here, data, lines)
    after = quotes(data)
    (gone,), (came,) = before.keys() - after.keys(), after.keys() - before.keys()
    assert before[gone]["content"] == "it had made its last offer"
    assert {key: after[key] for key in before.keys() - {gone}} == {key: before[key] for key in before.keys() - {gone}}
    row = after[came]
    assert (row["content"], row["cue"], row["kind"], row["flags"]) == ("the council", "told", "indirect", ["reviewed"])
    assert row["speaker_id"] == next(each["speaker_id"] for each in before.values() if each["speaker"] == "Pavel Lind")
    with api.open(data) as opened:
        counts = "SELECT count(*) FROM articles WHERE n_quotes <> (SELECT count(*) FROM quotes q WHERE q.article_id ="
        assert opened.sql(f"{counts} articles.article_id)").fetchall() == [(0,)]
        assert opened.sql("SELECT count(*) FROM quotations WHERE content LIKE '%last offer%'").fetchall() == [(0,)]
        assert opened.sql("SELECT n_quotes FROM speakers WHERE name = 'Pavel Lind'").fetchall() == [(2,)]
    assert "the council" in onrecord_here("find", "council", "--speaker", "Lind", "-d", data).stdout
    plain = onrecord_here("query", "FROM quotes WHERE cue = 'told'", "--no-overrides", "-d", data).stdout
    assert "the council" not in plain


def test_reviews_follow_one_another(data: Path, onrecord_here: Run) -> None:
    """What was exported corrected can be corrected again, also back; the same review twice is once."""
    for name in ("Rosa Quint", "Ivo Strand", "Pavel Lind"):
        lines = exported(onrecord_here, data)
        content_of(lines, "one night")[1]["speaker"] = name
        applied(onrecord_here, data, lines)
        applied(onrecord_here, data, lines)
        assert [row["speaker"] for row in quotes(data).values() if "one night" in row["content"]] == [name]
    assert len(load(data)) == 3
    before = newest_file(data)
    assert "0 quotes changed" in applied(onrecord_here, data, exported(onrecord_here, data))
    assert newest_file(data) == before


def test_brat_and_back(data: Path, onrecord_here: Run) -> None:
    """A folder that nobody touched is no correction; an edited .ann is one, named alone or with its folder."""
    folder = data.parent / "brat"
    onrecord_here("export", "--brat", folder, "-d", data)
    assert "0 quotes changed, 0 added, 0 deleted" in onrecord_here("review", "--apply", folder, "-d", data).stdout
    (ann,) = (path for path in folder.glob("*.ann") if "one night" in path.read_text(encoding="utf-8"))
    text = ann.read_text(encoding="utf-8")
    ann.write_text(text.replace("\tPavel Lind\n", "\tRosa Quint\n", 1), encoding="utf-8")
    assert "1 quotes changed, 0 added, 0 deleted" in onrecord_here("review", "--apply", ann, "-d", data).stdout
    mark = next(line for line in text.splitlines() if "\tContent" in line and "one night" in line).split("\t")[0]
    kept = [line for line in text.splitlines(keepends=True) if not {mark, f"Arg1:{mark}"} & set(line.split())]
    start = ann.with_suffix(".txt").read_text(encoding="utf-8").index("apricots")
    ann.write_text("".join(kept) + f"T90\tContent {start} {start + 8}\tapricots\n", encoding="utf-8")
    assert "0 quotes changed, 1 added, 1 deleted" in onrecord_here("review", "--apply", folder, "-d", data).stdout
    rows = quotes(data).values()
    assert [row["content"] for row in rows if "reviewed" in row["flags"]] == ["apricots"]
    assert not any("one night" in row["content"] for row in rows)


def test_the_list_and_taking_out(data: Path, onrecord_here: Run) -> None:
    """Each correction is listed with its state; what is taken out is as it was."""
    before, lines = quotes(data), exported(onrecord_here, data)
    with_speaker(lines)
    applied(onrecord_here, data, lines)
    (override,) = load(data)
    listed = onrecord_here("review", "-d", data).stdout
    assert override.id in listed
    assert "applied" in listed
    assert onrecord_here("review", "--remove", "none", "-d", data).returncode == 2
    assert onrecord_here("review", "--remove", override.id, "-d", data).returncode == 0
    assert quotes(data) == before
    assert "0 rows" in onrecord_here("review", "-d", data).stdout


def corrected(onrecord: Run, articles: Path, data: Path) -> Path:
    """A data set of the articles, in which one speaker is corrected."""
    run_tables(data, articles)
    lines = exported(onrecord, data)
    with_speaker(lines)
    applied(onrecord, data, lines)
    return data


def test_corrections_live_through_runs(articles: Path, tmp_path: Path, onrecord_here: Run) -> None:
    """They are applied after a rebuild, upkeep, another text around them; lost when the words are gone."""
    data = corrected(onrecord_here, articles, tmp_path / "data")

    def speakers() -> list[str | None]:
        return [row["speaker"] for row in quotes(data).values() if "one night" in row["content"]]

    run_tables(data, articles, rebuild=True)
    assert onrecord_here("compact", "-d", data).returncode == onrecord_here("vacuum", "-d", data).returncode == 0
    assert onrecord_here("audit", "-d", data).returncode == 0
    assert speakers() == ["Rosa Quint"]
    frost = articles / "frost.txt"
    frost.write_text(f"It was a cold spring in the valley.\n\n{ARTICLES['frost.txt']}", encoding="utf-8")
    run_tables(data, articles)
    assert speakers() == ["Rosa Quint"]
    frost.write_text("Frost took half of the apricots. “Nothing is left of them,” said Pavel Lind.\n", encoding="utf-8")
    run_tables(data, articles)
    assert "lost" in onrecord_here("review", "-d", data).stdout
    assert not any("reviewed" in row["flags"] for row in quotes(data).values())


def test_a_moved_article_keeps_its_corrections(articles: Path, tmp_path: Path, onrecord_here: Run) -> None:
    data = corrected(onrecord_here, articles, tmp_path / "data")
    (articles / "frost.txt").rename(articles / "cold.txt")
    run_tables(data, articles, mirror=True, sure=True)
    assert [row["speaker"] for row in quotes(data).values() if "one night" in row["content"]] == ["Rosa Quint"]


@pytest.mark.parametrize("moved", [False, True])
def test_what_is_forgotten_takes_its_corrections_along(
    articles: Path, tmp_path: Path, onrecord_here: Run, moved: bool
) -> None:
    """Its words and the new name are in no file; those of others stay; an old export brings nothing back."""
    data = tmp_path / "data"
    run_tables(data, articles)
    lines = exported(onrecord_here, data)
    with_speaker(lines)
    content_of(lines, "by hand")[1]["speaker"] = "Ivo Strand"
    applied(onrecord_here, data, lines)
    old = next(row["article_id"] for row in quotes(data).values() if "one night" in row["content"])
    if moved:
        (articles / "frost.txt").rename(articles / "cold.txt")
        run_tables(data, articles, mirror=True, sure=True)
    name = next(row["article_id"] for row in quotes(data).values() if "one night" in row["content"])
    assert onrecord_here("forget", name, "-d", data).returncode == 0
    needles = [needle for words in ("one night", "Rosa Quint", name, old) for needle in spellings(words)]
    assert find_bytes(data, needles) == []
    assert [row["speaker"] for row in quotes(data).values() if "reviewed" in row["flags"]] == ["Ivo Strand"]
    again = onrecord_here("review", "--apply", tmp_path / "review.jsonl", "-d", data)
    assert again.returncode == 2
    assert "1 articles are not in" in again.stderr
    assert find_bytes(data, needles) == []


def test_hostile_words_are_words(data: Path, onrecord_here: Run) -> None:
    """A name that would steer a terminal or SQL is a name, and shown harmlessly."""
    before, lines = quotes(data), exported(onrecord_here, data)
    content_of(lines, "one night")[1]["speaker"] = HOSTILE
    applied(onrecord_here, data, lines)
    after = quotes(data)
    assert [row["speaker"] for row in after.values() if row["speaker"] != before[row["quote_id"]]["speaker"]] == [
        HOSTILE
    ]
    for command in (["review"], ["find", "night"], ["query", "SELECT speaker FROM quotes"]):
        shown = onrecord_here(*command, "-d", data)
        assert shown.returncode == 0
        assert not {"\u202e", "\x1b"} & set(shown.stdout)


def bad_lines(line: Line) -> Iterator[tuple[str, Line]]:
    spans = line["spans"]
    yield "its text is not the one", {**line, "text": line["text"] + "!"}
    yield "no onrecord", {key: value for key, value in line.items() if key != "onrecord"}
    yield "is no place", {**line, "spans": [{**spans[0], "end": 10_000}, *spans[1:]]}
    yield "is no place", {**line, "spans": [{**spans[0], "start": -5}, *spans[1:]]}
    yield "no start and end", {**line, "spans": [{**spans[0], "start": "0"}, *spans[1:]]}
    yield "a kind is", {**line, "spans": [{**spans[0], "kind": "loud"}, *spans[1:]]}
    yield "has the quote_id", {**line, "spans": [{**spans[0], "quote_id": "f" * 16}, *spans[1:]]}
    yield "stands there twice", {**line, "spans": [*spans, {**spans[0], "id": "twice"}]}
    yield "which is no span", {**line, "relations": [{"from_id": "q1", "to_id": "gone", "label": "said_by"}]}
    circle = [{"from_id": a, "to_id": b, "label": "continues"} for a, b in (("q1", "q2"), ("q2", "q1"))]
    yield "continues itself", {**line, "relations": circle}
    yield "is none", {**line, "spans": ["x"]}
    yield "'quotes'", {**line, "onrecord": {key: value for key, value in line["onrecord"].items() if key != "quotes"}}


def test_a_bad_review_is_refused_as_a_whole(data: Path, onrecord_here: Run) -> None:
    """It names the line and what is wrong, and nothing of it is kept."""
    lines = exported(onrecord_here, data)
    with_speaker(lines)
    # their order is that of ids, which hang on the folder
    lines.sort(key=lambda line: "q2" in [span["id"] for span in line["spans"]])
    line = lines.pop()
    for message, bad in bad_lines(line):
        file = data.parent / "bad.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in [*lines, bad]), encoding="utf-8")
        with pytest.raises(UsageError, match=f"line 4: .*{message}"):
            take_in(read_reviews(file), str(data))
    assert onrecord_here("review", "--apply", file, "-d", data).returncode == 2
    assert load(data) == ()


@pytest.mark.parametrize("ann", ["T1 Content 0 3\n", "T1\tContent 0 x\tIt\n", "Z\t1 2\n", "T1\tContent 5 5\t\n"])
def test_a_bad_ann_is_refused(ann: str, data: Path, onrecord_here: Run) -> None:
    folder = data.parent / "brat"
    onrecord_here("export", "--brat", folder, "-d", data)
    next(folder.glob("*.ann")).write_text(ann, encoding="utf-8")
    with pytest.raises(UsageError, match=r"\.ann"):
        list(read_reviews(folder))


def test_a_broken_file_of_overrides_is_told(data: Path) -> None:
    """Answers without what people have corrected would be wrong in silence."""
    put_if_absent(overrides_folder(data) / "1.jsonl", b'{"id": 3}\n')
    with pytest.raises(TablesDamaged, match=r"1\.jsonl"):
        api.open(data)
    assert quotes(data, overrides=False)


def test_who_is_second_sees_what_was_first(data: Path) -> None:
    """On a store two may put the same number: who comes late begins anew with what is there by then."""
    first, second = (override(id=name) for name in "ab")

    def change(before: Any) -> list[Override]:
        if not before:
            replace_overrides(data, lambda none: [*none, first])
        return [*before, second]

    replace_overrides(data, change)
    assert load(data) == (first, second)
    assert len(list(overrides_folder(data).iterdir())) == 1


def override(**values: Any) -> Override:
    return replace(Override(action="delete", article_id="a", text_sha256="t"), **values)


PASSAGES = (  # the text now, the passage in what was reviewed, where it is
    ("He said no. She said no.", ("Or so. She said no.", 16, 18), None),  # another sentence stands before it
    ("It hailed. He said no to all of that. Ada did.", ("It hailed. He said no to all of that.", 19, 21), (19, 21)),
    ("It rained. It was late. He said no to all of it.", ("It was late. He said no to all of it.", 21, 23), (32, 34)),
    ("Yes. Oh no. Maybe.", ("no. Yes.", 0, 2), None),  # it began the text: nothing before it tells where
    ("no. Yes. Oh no.", ("no. Yes. Oh no.", 0, 2), (0, 2)),
    ("A new start. We shall rebuild the harbour. End.", ("We shall rebuild the harbour. It is old.", 0, 29), (13, 42)),
    ("Oh! We shall rebuild it. We shall rebuild it.", ("We shall rebuild it. Yes.", 0, 20), None),  # once it was one
    ("Quite another text.", ("He said no.", 8, 10), None),
)


@pytest.mark.parametrize(("text", "reviewed", "expected"), PASSAGES)
def test_a_passage_is_found_or_lost(
    text: str, reviewed: tuple[str, int, int], expected: tuple[int, int] | None
) -> None:
    """Only a place that is sure is one."""
    assert locate(anchor(*reviewed), text, is_same=False) == expected


def test_a_wrong_start_is_no_place() -> None:
    """A file of overrides that somebody has written may say anything."""
    for start in (-1, -(10**9), 10**9):
        assert locate(Anchor(exact="no", prefix="x", suffix="y", start=start), "no and no", is_same=True) is None


def test_quotes_of_one_content_are_told_apart_by_their_cue() -> None:
    def row(index: int, cue: tuple[int, int]) -> Line:
        spans = {"content_spans": [{"start": 0, "end": 5}], "source_spans": []}
        return {"quote_id": str(index), "index": index, "cue_spans": [{"start": cue[0], "end": cue[1]}], **spans}

    text = "Yes!! said, shouted Ada"
    rows = [row(0, (6, 10)), row(1, (12, 19))]
    review = override(id="o", before=load_place(text, (0, 5), (12, 19)))
    left = correct([review], {"text": text, "text_sha256": "t", "article_id": "a"}, rows).rows
    assert [each["quote_id"] for each in left] == ["0"]


def load_place(text: str, content: tuple[int, int], cue: tuple[int, int]) -> Any:
    from onrecord.pipeline.ask.overrides import Place

    return Place(content=(anchor(text, *content),), cue=(anchor(text, *cue),))


def test_all_who_ask_see_it(data: Path, onrecord_here: Run) -> None:
    """Several data sets asked as one, a file of views, an older version, an export, a data set that is open."""
    with api.open(data) as opened:
        assert opened.quotes.filter("speaker = 'Rosa Quint'").fetchall() == []
        lines = exported(onrecord_here, data)
        with_speaker(lines)
        applied(onrecord_here, data, lines)
        assert len(opened.quotes.filter("speaker = 'Rosa Quint'").fetchall()) == 1
    other = shutil.copytree(data, data.parent / "other")
    question = "SELECT count(*) AS n, dataset FROM quotes WHERE speaker = 'Rosa Quint' GROUP BY ALL"
    asked = onrecord_here("query", question, "--format", "csv", "-d", data, "-d", other)
    assert asked.stdout.splitlines() == ["n,dataset", f"1,{data}"]
    views = data.parent / "views.duckdb"
    assert onrecord_here("export", "--views", views, "-d", data).returncode == 0
    with duckdb.connect(views, read_only=True) as connection:
        assert connection.execute("SELECT n_quotes FROM speakers WHERE name = 'Rosa Quint'").fetchall() == [(1,)]
    with api.open(data, as_of=1) as first:
        assert first.sql("SELECT count(*) FROM quotes WHERE list_contains(flags, 'reviewed')").fetchall() == [(1,)]
    plain = exported(onrecord_here, data, "--no-overrides")
    assert content_of(plain, "one night")[1]["speaker"] == "Pavel Lind"
    assert content_of(exported(onrecord_here, data), "one night")[1]["speaker"] == "Rosa Quint"
