"""Articles to run over, the command, and tables to ask."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from run_helpers import ARTICLES, Run, run_tables


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads what a run in this process replaces; a test in which somebody does has to take this back."""
    monkeypatch.setattr("onrecord.pipeline.store.versions.commits.GRACE", 0.0)


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
def onrecord_here() -> Run:
    """The command in this process, whose workers are warm: where it does not matter that it is a process."""
    from onrecord.pipeline.cli import main

    def command(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        words = [*map(str, arguments)]
        out, err = io.StringIO(), io.StringIO()
        with chdir(cwd or Path.cwd()), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(words)
        return subprocess.CompletedProcess(words, int(ended.value.code or 0), out.getvalue(), err.getvalue())

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
