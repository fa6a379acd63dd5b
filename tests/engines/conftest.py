"""Articles to read on engines, and what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_processes import ENGINES, onrecord, running
from given_texts import texts
from tables_made import Tables, tables_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    skipped = pytest.mark.skip(reason="needs Go, Java and engines: make test-engines")
    for item in items:
        if here in item.path.parents and not ENGINES.is_dir():
            item.add_marker(skipped)


@pytest.fixture(scope="session")
def articles(tmp_path_factory: pytest.TempPathFactory, seeds_folder: Path) -> Path:
    """The seeds and two hundred articles: some of a folder of texts that is named, or short ones."""
    folder = tmp_path_factory.mktemp("read") / "articles"
    folder.mkdir()
    for path in seeds_folder.glob("*.txt"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name, text in texts(200).items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def expected(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """What a run on this machine makes of them."""
    folder = tmp_path_factory.mktemp("local")
    with running(onrecord("run", articles, "-o", folder / "out", "-w", 2), folder / "log") as run:
        assert run.popen.wait() == 0, run.said()
    return tables_of(folder / "out")
