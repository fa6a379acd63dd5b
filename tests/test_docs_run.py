"""The commands and the code of the pages run as they stand there, on a desk with what they name.

What needs a store, a cluster or an engine is in ELSEWHERE, with the test that runs it or the reason why none can.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import onrecord.arrow
from onrecord.pipeline.cli import app
from onrecord.pipeline.errors import NotWatching

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in "asking arrow engines running tables upkeep watch".split()),
]
#: Words of a command, or of code, that is not run here, and what runs it.
ELSEWHERE = {
    "make run": "tests/conftest.py",
    "onrecord run articles --runner prism": "tests/engines/test_bounded.py",
    "onrecord run articles --runner flink": "no job server of Flink can be had here",
    "python -m apache_beam.runners.portability.local_job_service_main": "tests/pipeline/test_portable.py",
    "onrecord run articles/ --runner PortableRunner": "tests/pipeline/test_portable.py",
    "python -m pip install ./topics": "tests/pipeline/test_spacy_config.py",
    "onrecord explain articles/one.txt --spacy-config": "tests/pipeline/test_spacy_config.py",
    "onrecord run articles/ --output tables --spacy-config": "tests/pipeline/test_spacy_config.py",
    "onrecord query \"SELECT uri, extra['cats.PORTS']": "tests/pipeline/test_spacy_config.py",
    "onrecord run articles/ --output s3://": "tests/pipeline/test_stores.py",
    'onrecord query "SELECT count(*) FROM quotes" --data s3://': "tests/pipeline/test_stores.py",
    "onrecord watch incoming/ s3://": "tests/engines/test_unbounded.py",
    "onrecord watch gs://": "no account of Google's can be had here",
    "import onrecord\n\nannotation": "tests/test_docs.py",
    "onrecord.read_all(articles": "tests/test_docs.py",
    'data = onrecord.open("output")': "tests/test_docs.py",
    "beam.Create(articles) | Annotate()": "tests/test_docs.py",
    "find_topics(doc)": "tests/pipeline/test_spacy_config.py",
    "from pyspark": "tests/engines/test_spark.py",
    'whole.write.parquet("annotated")': "tests/engines/test_spark.py",
    "dataset.map_batches": "Ray is no part of the environment",
    "frame.map_partitions": "Dask's frames are no part of the environment",
    "texts | RunInference": "tests/test_api.py",
}
#: What stands on the desk.
FILES = {
    "articles/one.txt": "https://www.post.example/2024/03/04/schools\n\nThe town has to vote on its budget by May.\n\n"
    "“The budget leaves no room for schools in town, and teachers know it,” said Jane Doe of the Harbour Board.\n\n"
    "“We will not wait for the Harbour Board,” Mayor Ines Okafor said.\n",
    "articles/ferry.txt": "https://news.example/a-story\n\nThe ferry stays in port.\n\n"
    "“The Harbour Board has no money,” said Jane Doe. “Nobody has.”\n",
    "articles/skerry.csv": "title,publisher,text\nLights,The Skerry Post,"
    '"“It was dark,” said Ada Brook. “It was cold,” said Otto Lind. “We left,” said Mara Quill. '
    '“So did I,” said Jan Roe."\n',
    "news.csv": "id,head,text,desk,date\n7,Rain,“It will rain all of May.” said Ada Brook.,Weather,4/3/2024\n",
    "more/two.txt": "Rain fell on the harbour.\n\n“We need a roof,” said Pavel Lind.\n",
    "incoming/new.txt": "The mill is shut.\n\n“It was time,” said Lise Moran.\n",
    "question.sql": "SELECT speaker, content FROM quotations WHERE date >= $since",
}


def sections(page: Path) -> Iterator[str]:
    """The sections of a page that have a command or code in them."""
    for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if re.search(r"^(\$ |```python)", section, re.MULTILINE):
            yield section


def run(command: str) -> str:
    """What a command prints; patterns and ``>`` mean what they mean to a shell. A watcher makes one turn."""
    command, to_file = re.fullmatch(r"(.+?)(?: > ([\w.]+))?", command, re.DOTALL).groups()
    words = [name for word in shlex.split(command)[1:] for name in (spelled_out(word) if "*" in word else [word])]
    once = ["--once"] if words[0] == "watch" and "--status" not in words else []
    result = CliRunner().invoke(app, words + once)
    expected = NotWatching.exit_code if "--status" in words else 0
    assert getattr(result.exception, "exit_code", result.exit_code) == expected, f"{command}: {result.output}"
    if to_file:
        Path(to_file).write_text(result.stdout, encoding="utf-8")
    return result.stdout


def spelled_out(pattern: str) -> list[str]:
    return sorted(map(str, Path().glob(pattern))) or [pattern]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, tables_of_seeds: Path) -> Path:
    """A folder with the articles that the pages name, and data sets made of them."""
    folder = tmp_path_factory.mktemp("desk")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run("onrecord run articles --output tables")
        run("onrecord run more/two.txt --output tables --keep-history")
        run("onrecord run more/two.txt --output archive")
    ids = duckdb.sql(f"SELECT article_id FROM '{folder}/tables/articles/*.parquet'").fetchall()
    (folder / "ids.txt").write_text("".join(f"{article}\n" for (article,) in ids))
    (folder / "takedowns.txt").write_text("https://www.post.example/2024/03/04/schools\n")
    (folder / "output").symlink_to(tables_of_seeds)
    return folder


def correct(desk: Path) -> None:
    """Name another speaker in a file of brat's."""
    path = next(path for path in sorted((desk / "review").glob("*.ann")) if "AnnotatorNotes" in path.read_text())
    path.write_text(re.sub(r"(AnnotatorNotes T\d+\t).*", r"\1Noor Haddad", path.read_text(), count=1))


#: What people do before a command.
BEFORE: dict[str, Callable[[Path], None]] = {"onrecord review --apply": correct}
#: An id or a version in the docs, and a command that prints the one that stands for it on the desk.
EXAMPLES = {
    r"(?<=--remove )\w{16}": ("onrecord review --data tables", r"\b[0-9a-f]{16}\b"),
    r"(?<=forget )\w{16}": (
        "onrecord query \"SELECT article_id FROM articles WHERE uri LIKE '%two.txt'\" --data tables --format csv",
        r"\b[0-9a-f]{16}\b",
    ),
    r"(?<=--as-of )7|(?<=--history-before )7": ("onrecord history --data tables --json", r'(?<="version": )\d+'),
}


@pytest.mark.parametrize(
    "section",
    [pytest.param(text, id=f"{page.stem}-{text.splitlines()[0]}") for page in PAGES for text in sections(page)],
)
def test_a_section_does_what_it_says(section: str, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All commands of a section and its code, one after the other, end with 0."""
    shutil.copytree(desk, tmp_path / "desk", symlinks=True)
    monkeypatch.chdir(tmp_path / "desk")
    names = given_names()
    for language, step in steps(section):
        if language == "python":
            exec(step, names)
            continue
        for start, prepare in BEFORE.items():
            if step.startswith(start):
                prepare(tmp_path / "desk")
        run(with_examples(step))


def given_names() -> dict[str, object]:
    """What the code of a page takes as there."""
    rows = [{"id": "a", "text": "“It rains,” Ada Brook said.", "title": "Rain"}]
    articles = pa.Table.from_pylist(rows)
    pq.write_table(articles, "articles.parquet")
    return {"onrecord": onrecord, "articles": articles, "frame": polars.from_arrow(articles)}


def test_nothing_is_run_elsewhere_that_is_not_there() -> None:
    """Each line of ELSEWHERE is that of a command or of code, and the test that it names exists."""
    every = [step for page in PAGES for section in sections(page) for _, step in all_steps(section)]
    for start, where in ELSEWHERE.items():
        assert any(start in step for step in every), start
        assert not where.startswith("tests/") or (ROOT / where).exists(), where


def with_examples(command: str) -> str:
    for example, (asked, wanted) in EXAMPLES.items():
        if re.search(example, command):
            found = re.search(wanted, run(asked))
            assert found, asked
            command = re.sub(example, found.group(), command)
    return command


def steps(section: str) -> Iterator[tuple[str, str]]:
    """The commands and the code of a section in order, each with its language, but for those that run elsewhere."""
    return ((language, step) for language, step in all_steps(section) if not any(part in step for part in ELSEWHERE))


def all_steps(section: str) -> Iterator[tuple[str, str]]:
    for language, block in re.findall(r"^```(console|python)\n(.*?)^```", section, re.MULTILINE | re.DOTALL):
        if language == "python":
            yield language, block
        else:
            commands = re.findall(r"^\$ ((?:.+\\\n)*.+)$", block, re.MULTILINE)
            yield from ((language, command.replace("\\\n", "")) for command in commands)
