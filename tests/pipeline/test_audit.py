"""A data set in order passes, however it grew; each fault that is planted in a copy is found and named."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from faults import (
    Plant,
    commit_file,
    damaged,
    doubled,
    first_commit_gone,
    forged,
    in_json,
    in_log,
    in_row,
    inputs_unknown,
    lost_input,
    other_article_id,
    other_columns,
    other_cut,
    other_type,
    overrides_broken,
    part,
    removed_part_left,
    shifted,
    stray,
    truncated,
    without,
)
from fixtures_formats import write
from run_helpers import ARTICLES, Run

from onrecord.pipeline.errors import AuditFailed
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.graph.rereading import read_again
from onrecord.pipeline.store.audit import Finding, check
from onrecord.pipeline.store.audit.against_inputs import CHANGED, COMPARED, GONE, OTHERWISE, TOLD, UNSAFE

HERE = Path(__file__).parent
PAGE = """<html><head><title>Bees of the valley</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>Bees of the valley</h1><p>Rain fell on the valley for nine days, and the hives stood in the water.</p>
<p>“At last it is over,” said Noor Haddad, who keeps bees there.</p><p>She had waited for a dry week since May.</p>
</article><footer>All rights reserved</footer></body></html>"""
ROWS = [
    '{"prose": "The bridge is shut.\\n\\nADVERTISEMENT\\n\\nAda Brook, who runs a ferry, said: “We carry all.”"}',
    '{"prose": "Sales fell by a third. “It was a hard  winter,” Tom Roe said ."}',
]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of several formats, as they are after days of changes."""
    folder = tmp_path_factory.mktemp("audited") / "news"
    for name, text in {**ARTICLES, "page.html": PAGE, "rows.jsonl": "\n".join(ROWS), "empty.txt": ""}.items():
        write(folder / name, text)
    return folder


@pytest.fixture(scope="module")
def grown(news: Path, onrecord_here: Run) -> Path:
    """A data set of them that grew: inputs were edited, moved, removed, and came."""
    output = news.parent / "out"

    def run() -> None:
        result = onrecord_here("run", news, "-o", output, "--text-field", "prose", "--mirror", "--yes")
        assert result.returncode == 0, result.stderr

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("onrecord.pipeline.store.versions.commits.GRACE", 0.0)
        patched.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
        run()
        write(news / "frost.txt", ARTICLES["frost.txt"].replace("half", "a third"))
        write(news / "rows.jsonl", "\n".join([*ROWS[::-1], '{"prose": "Snow came early, Mina Holt said."}']))
        (news / "strike.txt").rename(news / "walkout.txt")
        (news / "crlf.txt").unlink()
        write(news / "again.txt", ARTICLES["harbour.txt"])
        run()
    return output


@pytest.fixture
def copied(grown: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(grown, tmp_path / "out"))


def faults(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings if finding.count and finding.is_fault}


def told(findings: list[Finding]) -> dict[str, int]:
    return {finding.what: finding.count for finding in findings if finding.what in TOLD and finding.count}


def test_a_data_set_that_grew_is_in_order(onrecord_here: Run, grown: Path) -> None:
    """A line for each thing that has to hold, and none of them is broken; all articles are those of their inputs."""
    result = onrecord_here("audit", "-d", grown)
    assert (result.returncode, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) > 80
    assert all(line.split()[0] == "0" for line in result.stdout.splitlines())
    compared = onrecord_here("audit", "-d", grown, "--against-inputs")
    assert (compared.returncode, compared.stderr) == (0, "")
    assert [line for line in compared.stdout.splitlines() if line.split()[0] != "0"] == [f"       8  {COMPARED}"]


def test_inputs_that_are_not_as_they_were_are_told_and_no_fault(copied: Path, news: Path, tmp_path: Path) -> None:
    """Gone, changed, and read with options that nobody knows any more."""
    moved = Path(shutil.copytree(news, tmp_path / "news"))
    before = news.rename(news.with_name("aside"))
    try:
        assert told(check(copied, read_again)) == {GONE: 8}
        news.symlink_to(moved)
        (moved / "frost.txt").unlink()
        write(moved / "walkout.txt", "“No,” said Tom Roe.")
        assert told(check(copied, read_again)) == {COMPARED: 6, GONE: 1, CHANGED: 1}
        for path in (copied / "_onrecord" / "runs").iterdir():
            path.unlink()
        findings = check(copied, read_again)
        assert (told(findings), faults(findings)) == ({COMPARED: 3, GONE: 1, CHANGED: 1, OTHERWISE: 3}, {})
    finally:
        news.unlink(missing_ok=True)
        before.rename(news)


def nothing(_: object) -> str:
    """An id that is made of nothing."""
    return "00000000deadbeef"


#: Faults with the lines that name them, group by group: those of a group are planted in one copy, and none of them lets
#: another be seen or not.
PLANTED: dict[str, list[tuple[str, Plant]]] = {
    "gap": [("commits: a number is missing", first_commit_gone)],
    "untold": [("commits: done, and no file says what it did", lambda out: commit_file(out, "json").unlink())],
    "unfinished": [
        ("commits: begun and not finished: the next run finishes it", lambda out: commit_file(out, "done").unlink())
    ],
    "garbled": [("commits: a file cannot be read", lambda out: write(commit_file(out, "json"), "{") and None)],
    "version": [
        (
            "commits: a table's log has not the version that a commit names",
            in_json("done", lambda values: values["versions"].update(quotes=77)),
        )
    ],
    "logs": [
        (
            "commits: a table's log lists other parts than the commits add and remove",
            in_log("quotes", '"path":"part-', '"path":"part-f'),
        ),
        ("files: a part has not the size that the log says", in_log("segments", '"size":', '"size":1')),
        ("files: a part has not the rows that the log says", in_log("mentions", 'numRecords\\": ', 'numRecords\\": 1')),
        ("totals: rejects are not as many as were counted", in_json("json", lambda v: v["totals"].update(rejects=9))),
        ("totals: the ids are not those counted", in_json("json", lambda v: v["totals"].update(ids="0" * 16))),
    ],
    "files": [
        ("files: a part lies in a table's folder that no version names", stray),
        ("files: a part that was removed is still there: the next run deletes it", removed_part_left),
        ("files: what the inputs looked like cannot be read", inputs_unknown),
        ("files: what people have corrected cannot be read", overrides_broken),
        ("files: a part cannot be read", damaged),
        ("files: a part cannot be read", truncated),
        ("files: a part has other columns than its table", other_columns),
        ("files: a part has other columns than its table", other_type),
        ("files: a part is missing", lambda out: part(out, "segments").unlink()),
        (
            "commits: a file cannot be read",
            lambda out: write(out / "_onrecord" / "commits" / "1.json", "{") and None,
        ),
    ],
    "rows too many": [
        ("quotes: an id comes twice", doubled),
        ("mentions: a row has no article", in_row("mentions", article_id=nothing)),
        ("mentions: those of an article are not numbered from 0", in_row("mentions", "frost.txt", index=lambda _: 70)),
        ("records: the place, hash or maker is not the article's", in_row("records", raw_sha256=lambda _: "0" * 64)),
    ],
    "rows too few": [
        ("quotes: an article has not as many as it says", without("quotes", lambda row: row["speaker"] is not None)),
        ("fingerprints: an article has none", without("fingerprints", lambda row: True)),
        (
            "segments: the paragraphs are not the whole text",
            without("segments", lambda row: row["kind"] == "paragraph"),
        ),
        ("records: an article is not in the ledger", without("records", lambda row: row["uri"].endswith("frost.txt"))),
        ("records: one is neither article nor reject", without("rejects", lambda row: True)),
        ("records: one is neither article nor reject", without("articles", lambda row: row["uri"].endswith("html"))),
    ],
    "ids": [
        ("records: record_id is not made of its place", in_row("records", address=lambda _: "/elsewhere.txt")),
        ("quotes: quote_id is not made of its article and spans", in_row("quotes", quote_id=nothing)),
        ("mentions: mention_id is not made of its article and span", in_row("mentions", mention_id=nothing)),
        ("mentions: entity_id is not made of one of its mentions", in_row("mentions", "frost.txt", entity_id=nothing)),
    ],
    "article": [("records: article_id is not made of its place", other_article_id)],
    "texts": [
        (
            "articles: text_sha256 is not the hash of the text",
            in_row("articles", text=lambda row: f"{row['text']} No."),
        ),
        ("quotes: a span of a content is not its text", in_row("quotes", content=lambda row: f"{row['content']}!")),
        (
            "quotes: what shows the speaker is no mention of an entity",
            in_row("quotes", speaker_evidence=lambda row: [shifted(row["content_spans"][0], end=-1)]),
        ),
        ("mentions: a span is not its text", in_row("mentions", span=lambda row: shifted(row["span"], start=1, end=1))),
        (
            "mentions: a span lies outside of the text",
            in_row("mentions", "frost.txt", span=lambda row: shifted(row["span"], start=9999, end=9999)),
        ),
    ],
    "raw ranges": [
        (
            "mentions: the raw range of a span is not that of the span",
            in_row("mentions", span=lambda row: shifted(row["span"], raw_start=1, raw_end=1)),
        ),
        (
            "quotes: the raw range of a source is not that of its span",
            in_row("quotes", source_spans=lambda row: [shifted(span, raw_end=1) for span in row["source_spans"]]),
        ),
        (
            "quotes: a span of a content overlaps the one before it",
            in_row("quotes", content_spans=lambda row: row["content_spans"] * 2),
        ),
        (
            "articles: edits overlap or are not in order",
            in_row("articles", "frost.txt", edits=lambda row: row["edits"] * 2),
        ),
        (
            "articles: the edits do not fit the text",
            in_row(
                "articles",
                "walkout.txt",
                edits=lambda row: [{"raw_start": 0, "raw_end": 1, "text": "?"}, *row["edits"]],
            ),
        ),
    ],
}
#: Faults that are not to be seen in the tables alone.
PLANTED_AGAINST_INPUTS: list[tuple[str, Plant]] = [
    ("inputs: the edits, replayed on the raw text, do not give the text", forged),
    (
        "inputs: the edits, replayed on the raw text, do not give the text",
        in_row("articles", edits=lambda row: row["edits"][:-1]),
    ),
    (
        "inputs: what is read of a record has another hash than the ledger says",
        in_row("records", read_sha256=lambda row: "0" * 64),
    ),
    ("inputs: a cut piece is not what stands in the raw text", other_cut),
    ("inputs: one that is as it was has a record that the ledger has not", lost_input),
]


@pytest.mark.parametrize("group", PLANTED)
def test_a_fault_is_found_and_named(group: str, copied: Path) -> None:
    """Each of a group in its line, which says where the first is."""
    for _, plant in PLANTED[group]:
        plant(copied)
    found = faults(check(copied))
    for line, times in Counter(line for line, _ in PLANTED[group]).items():
        assert line in found
        assert found[line].count >= times
        assert found[line].first or line == "totals: the ids are not those counted"


@pytest.mark.parametrize(
    ("line", "plant"),
    PLANTED_AGAINST_INPUTS,
    ids=[f"{n} {line}" for n, (line, _) in enumerate(PLANTED_AGAINST_INPUTS)],
)
def test_what_only_the_inputs_tell_is_found_with_them(line: str, plant: Plant, copied: Path) -> None:
    """But for the size that the log has of a part, which whoever forges it would adjust, the tables alone are clean."""
    plant(copied)
    found = faults(check(copied, read_again))
    assert found.pop(line).first
    assert all(what.startswith("files: a part has not the ") for what in found)


def test_the_command_names_what_is_wrong_in_one_line(onrecord_here: Run, copied: Path) -> None:
    stray(copied)
    result = onrecord_here("audit", "-d", copied)
    line = "files: a part lies in a table's folder that no version names"
    assert (result.returncode, result.stderr) == (AuditFailed.exit_code, f"onrecord: not in order: {line}\n")
    assert f"       1  {line} (first: quotes/part-ffffffffdeadbeef.parquet)" in result.stdout.splitlines()


def test_the_frozen_data_set_of_version_2_is_in_order(articles: Path) -> None:
    """Also against its inputs, wherever they lie now: its addresses are relative."""
    frozen = HERE / "frozen" / "v2"
    for base, expected in (("/nowhere", {GONE: 4}), (str(articles), {COMPARED: 4})):
        findings = check(frozen, read_again, base=base)
        assert (faults(findings), told(findings)) == ({}, expected)


def test_inputs_that_broke_a_process_are_not_read_again(copied: Path) -> None:
    """Reading them here might break the audit."""
    in_row("records", reason=lambda _: "crash")(copied)
    assert told(check(copied, read_again)) == {UNSAFE: 1, COMPARED: 7}
