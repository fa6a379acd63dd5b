"""Articles to run over, the command, and tables to ask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_helpers import ARTICLES, Run, run_tables


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of four short articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_bytes(text.encode())
    return folder


@pytest.fixture(scope="session")
def onrecord() -> Run:
    """The command in a process of its own, as a user runs it."""

    def command(
        *arguments: object, cwd: Path | None = None, encoding: str = "utf-8"
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "onrecord", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding=encoding,
            cwd=cwd,
            timeout=120,
            env=os.environ | {"PYTHONIOENCODING": encoding},
        )

    return command


@pytest.fixture(scope="session")
def tables_of_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the four articles, made once for all tests that only ask."""
    folder = tmp_path_factory.mktemp("asked") / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_bytes(text.encode())
    output = folder.parent / "output"
    run_tables(output, folder)
    return output
