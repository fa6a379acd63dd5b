"""``--spacy-config``: people's own components run after the reader; what they leave stands in ``articles.extra``."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import duckdb
import pytest
from run_helpers import Run, all_rows, digests, run_tables

import onrecord as library
from onrecord.pipeline.cli import main
from onrecord.pipeline.graph.workers import close_idle
from onrecord.pipeline.options import Options
from onrecord.pipeline.provenance import made_by

DOCS = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
CONFIG = """
[nlp]
lang = "en"
pipeline = ["ruler", "test_orchards"]
[components]
[components.ruler]
factory = "entity_ruler"
overwrite_ents = true
[components.test_orchards]
factory = "test_orchards"
[initialize]
[initialize.components]
[initialize.components.ruler]
patterns = [{"label": "FRUIT", "pattern": "apricots"}]
"""
#: It classifies, uses what the reader and the ruler found, leaves text that UTF-8 lacks, and fails on one article.
MODULE = """
from spacy.language import Language


@Language.component("test_orchards")
def find_orchards(doc):
    if "drivers" in doc.text.lower():
        raise RuntimeError("no orchards")
    labels = sorted({entity.label_ for entity in doc.ents} & {"FRUIT"})
    doc.cats = {"ORCHARDS": len(labels), "SPORT": 0.25}
    doc._.extra["labels"] = labels
    doc._.extra["cues"] = len([a for a in doc._.attributions if a.cue])
    doc._.extra["half"] = "\\ud83d"
    return doc
"""
Install = Callable[[str, str, str], Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Make a module with a spaCy factory as pip would, where new processes find it; its folder."""

    def make(name: str, code: str, factory: str) -> Path:
        site = tmp_path / "site"
        package = site / f"{name}-1.dist-info"
        package.mkdir(parents=True)
        (site / f"{name}.py").write_text(code)
        (package / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (package / "entry_points.txt").write_text(f"[spacy_factories]\n{name} = {factory}\n")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")])))
        return site

    close_idle()  # workers of other tests know nothing of it
    yield make
    close_idle()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.cfg"
    path.write_text(CONFIG)
    return path


def in_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code of a command in this process, and what it prints on standard output and error."""
    with pytest.raises(SystemExit) as done:
        main(arguments)
    captured = capsys.readouterr()
    return int(done.value.code or 0), captured.out, captured.err


def test_extras_arrive_in_the_table(articles: Path, tmp_path: Path, config: Path, install: Install) -> None:
    """By one worker as by two; where a component fails, the article is as it would be without, but for its flag."""
    install("test_orchards", MODULE, "test_orchards:find_orchards")
    for workers in (1, 2):
        run_tables(tmp_path / str(workers), articles, workers=workers, spacy_config=str(config))
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    with library.open(tmp_path / "1") as data:
        rows = data.sql("""
            SELECT regexp_extract(uri, '(\\w+).txt', 1), extra['cats.ORCHARDS'], extra['cats.SPORT'], extra['labels'],
                extra['cues']::INT > 0, extra['half'], list_contains(flags, 'components_failed'), fault
            FROM articles ORDER BY uri""").fetchall()
    assert rows == [
        ("crlf", "0.0000", "0.2500", "[]", True, "\\ud83d", False, None),
        ("frost", "1.0000", "0.2500", "['FRUIT']", True, "\\ud83d", False, None),
        ("harbour", "0.0000", "0.2500", "[]", True, "\\ud83d", False, None),
        ("strike", None, None, None, None, None, True, "RuntimeError: no orchards"),
    ]
    run_tables(tmp_path / "plain", articles)
    for table in ("quotes", "mentions", "segments", "rejects"):
        assert all_rows(tmp_path / "1")[table] == all_rows(tmp_path / "plain")[table]
    plain = f"FROM '{tmp_path}/plain/articles/part-*.parquet'"
    assert duckdb.sql(f"SELECT count(*), count(extra) {plain}").fetchall() == [(4, 0)]


def test_the_example_of_the_docs(
    onrecord: Run,
    tmp_path: Path,
    install: Install,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its files, put where it says, and its commands; paths may be relative, and explain shows what run stores."""
    section = DOCS[DOCS.index("## Your own spaCy components") :].partition("\n## ")[0]
    blocks = dict(re.findall(r"```(\w+)\n(.+?)```", section, re.DOTALL))
    factories = tomllib.loads(blocks["toml"])["project"]["entry-points"]["spacy_factories"]
    monkeypatch.syspath_prepend(install("topics", blocks["python"], factories["topics"]))
    import_module("topics")  # in this process, entry points are known already
    (tmp_path / "topics.cfg").write_text(blocks["ini"])
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text("The harbour will close, Mayor Ines Okafor said on Tuesday.\n")
    explain, run, query = re.findall(r"^\$ onrecord (.+)$", section, re.MULTILINE)
    done = onrecord(*shlex.split(run), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    monkeypatch.chdir(tmp_path)
    code, out, err = in_here(capsys, *shlex.split(query), "--format", "csv")
    assert (code, out.splitlines()[1], err) == (0, f"{tmp_path}/articles/one.txt,1.0000,1", "")
    code, out, err = in_here(capsys, *shlex.split(explain))
    assert (code, err) == (0, "")
    assert out.endswith("\n\nextra (2)\n  cats.PORTS  1.0000\n  people  1\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "no such file or folder"),
        ("[nlp", "no section headers"),
        (CONFIG.replace("test_orchards", "nobody_has_this"), "Can't find factory for 'nobody_has_this'"),
    ],
)
@pytest.mark.parametrize("command", ["run", "explain"])
def test_a_config_that_cannot_work_is_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str | None,
    reason: str,
    command: str,
) -> None:
    """Before any article is read and any folder made."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("config.cfg").write_text(text)
    code, out, line = in_here(capsys, command, "nowhere.txt", "--spacy-config", "config.cfg")
    assert (code, out, line.count("\n")) == (2, "", 1)
    assert line.startswith(f"onrecord: spaCy config {tmp_path / 'config.cfg'}: ")
    assert reason in line
    assert not Path("output").exists()


def test_rows_are_known_by_the_content_of_a_config(tmp_path: Path) -> None:
    """By that of all files in a folder, with their names there; never by where it lies."""

    def maker(*names: str, content: bytes = b"[nlp]") -> str:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        return made_by(Options(spacy_config=str(tmp_path / names[0].partition("/")[0])))

    plain = made_by(Options())
    file, other = maker("a.cfg"), maker("a.cfg", content=b"[nlp] ")
    assert maker("b.cfg") == file
    folder, more = maker("one/config.cfg", "one/ruler/patterns"), maker("one/config.cfg", "one/ruler/empty")
    assert maker("two/config.cfg", "two/ruler/patterns") == folder
    changed = maker("two/ruler/patterns", content=b"{}")
    assert len({plain, file, other, folder, more, changed}) == 6
