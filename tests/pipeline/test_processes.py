"""No process outlives the one that started it, and a run that is stopped says so in one line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from run_helpers import Run

SENTENCE = "The council met on Monday to talk about the harbour, and “nothing is decided yet,” said Ada Brook. "


@pytest.fixture
def many_articles(tmp_path: Path) -> Path:
    """Enough to keep two workers busy for longer than any test waits."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for n in range(160):
        (folder / f"{n:03}.txt").write_text(f"Case {n}. {SENTENCE * 12}", encoding="utf-8")
    return folder


@pytest.fixture
def start(many_articles: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """A run in a session of its own, as a terminal starts one; all of it is gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def command(*arguments: object) -> subprocess.Popen[str]:
        words = [sys.executable, "-P", "-m", "onrecord", "run", str(many_articles), *map(str, arguments)]
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "start_new_session": True, "cwd": tmp_path}
        started.append(subprocess.Popen(words, text=True, preexec_fn=_heed_ctrl_c, **how))  # type: ignore[call-overload]
        return started[-1]

    yield command
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _heed_ctrl_c() -> None:
    """A job in the background of a script ignores Ctrl-C, and so would all that tests start there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def session_of(process: subprocess.Popen[str]) -> set[int]:
    """The processes of the session that ``process`` leads, itself aside, zombies aside."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == process.pid and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found - {process.pid}


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc, which is Linux's")


@pytest.mark.parametrize("wait", ["for workers", "for work"])
def test_killing_the_run_ends_its_workers(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, wait: str
) -> None:
    """Without a word, at their start or in the middle of their work."""
    process = start("-o", "out", "-w", 2)
    assert wait_for(lambda: len(session_of(process)) >= 2, 60)
    if wait == "for work":
        assert wait_for(lambda: any((tmp_path / "out").rglob("progress/*")), 90)
    process.kill()
    process.wait()
    assert wait_for(lambda: not session_of(process), 10), session_of(process)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_is_one_line(start: Callable[..., subprocess.Popen[str]], tmp_path: Path, workers: int) -> None:
    """A terminal sends it to all processes; no worker prints a traceback, and the tables are as they were."""
    process = start("-o", "out", "-w", workers)
    assert wait_for(lambda: any((tmp_path / "out").rglob("progress/*")), 90)
    os.killpg(process.pid, signal.SIGINT)
    printed, complaint = process.communicate(timeout=60)
    said = [
        line for line in complaint.splitlines() if line and " articles, " not in line
    ]  # how far it was, if it is slow
    assert (process.returncode, printed, said) == (130, "", ["onrecord: stopped"])
    assert wait_for(lambda: not session_of(process), 10)
    assert not list((tmp_path / "out").glob("*/part-*.parquet"))


def test_what_a_killed_run_left_is_not_counted(
    start: Callable[..., subprocess.Popen[str]], onrecord: Run, many_articles: Path, tmp_path: Path
) -> None:
    process = start("-o", "out")
    assert wait_for(lambda: any((tmp_path / "out").rglob("progress/*")), 90)
    process.kill()
    process.wait()
    for path in list(many_articles.iterdir())[2:]:
        path.unlink()
    result = onrecord("run", many_articles, "-o", tmp_path / "out")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("articles  2\n")
    assert not list((tmp_path / "out" / "_onrecord" / "work").iterdir())
