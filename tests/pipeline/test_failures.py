"""A disk that is full, files that change or go while they are read: one clear line, and nothing is lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from run_helpers import ARTICLES, Run, all_rows, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.graph.shards import Shard

NEW = "Rain fell on the valley. “At last,” said Noor Haddad, who keeps bees there.\n"


def test_no_room_for_a_part(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    """No file may grow beyond 6 kB: some parts can be made, others not."""
    output = tmp_path / "out"
    run_tables(output, articles / "frost.txt")
    before = all_rows(output)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    command = [sys.executable, "-P", "-m", "onrecord", "run", str(articles), "-o", str(output)]
    failed = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True)
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1), failed.stderr
    assert "File too large" in failed.stderr
    assert all_rows(output) == before
    assert onrecord("run", articles, "-o", output).returncode == 0
    run_tables(tmp_path / "fresh", articles)
    assert all_rows(output) == all_rows(tmp_path / "fresh")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte, where this machine lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk(onrecord: Run, articles: Path, tmp_path: Path, small_disk: Path) -> None:
    output = small_disk / "out"
    assert onrecord("run", articles / "frost.txt", "-o", output).returncode == 0
    before = all_rows(output)
    filler = small_disk / "filler"
    assert subprocess.run(["dd", "if=/dev/zero", f"of={filler}"], capture_output=True).returncode == 1
    failed = onrecord("run", articles, "-o", output)
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1), failed.stderr
    assert "No space left" in failed.stderr
    assert all_rows(output) == before
    filler.unlink()
    assert onrecord("run", articles, "-o", output).returncode == 0
    run_tables(tmp_path / "fresh", articles)
    assert all_rows(output) == all_rows(tmp_path / "fresh")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_must_not_be_written(onrecord: Run, articles: Path, tmp_path: Path) -> None:
    run_tables(tmp_path / "out", articles / "frost.txt")
    before = all_rows(tmp_path / "out")
    (tmp_path / "out" / "_onrecord").chmod(0o500)
    try:
        failed = onrecord("run", articles, "-o", tmp_path / "out")
    finally:
        (tmp_path / "out" / "_onrecord").chmod(0o700)
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert all_rows(tmp_path / "out") == before


@pytest.mark.parametrize("step", ["os.link", "os.fsync"])
def test_an_error_of_the_disk_in_the_middle_of_a_commit(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """At each of its calls once: what was committed is whole, what was not is as it was, and the next run ends well."""
    run_tables(tmp_path / "fresh", articles)
    for n in (1, 9, 22):
        output = tmp_path / f"{step}-{n}"
        run_tables(output, articles / "frost.txt")
        before = all_rows(output)
        with monkeypatch.context() as patched:
            patched.setattr("onrecord.pipeline.graph.engines.annotate_apart", annotate_shard)
            patched.setattr(step, failing_at(n, getattr(os, step.partition(".")[2])))
            with suppress(OSError):  # or the call is not made so often
                run_tables(output, articles)
        count = ask("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM records)", output).rows
        assert count in ([(1, 1)], [(len(ARTICLES), len(ARTICLES))])
        assert count != [(1, 1)] or ask("SELECT count(*) FROM quotes", output).rows == [(len(before["quotes"]),)]
        run_tables(output, articles)
        assert all_rows(output) == all_rows(tmp_path / "fresh")


def failing_at(n: int, call: Callable[..., Any]) -> Callable[..., Any]:
    calls = iter(range(1, 10**6))

    def failing(*arguments: Any, **named: Any) -> Any:
        if next(calls) == n:
            raise OSError(5, "Input/output error")
        return call(*arguments, **named)

    return failing


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_file_that_changes_after_it_was_listed(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """What was read is what stands there; the next run sees that the file is another one by now."""
    output = tmp_path / "out"
    run_tables(output, articles)
    (articles / "frost.txt").write_text(NEW)

    def late(shard: Shard, *arguments: Any) -> Any:
        if change == "edited":
            (articles / "frost.txt").write_text(f"{NEW} And again.")
        else:
            (articles / "frost.txt").unlink()
        return annotate_shard(shard, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr("onrecord.pipeline.graph.engines.annotate_apart", late)
        outcome = run_tables(output, articles)
    assert outcome.totals["articles"] == len(ARTICLES)
    assert outcome.totals["rejects"] == 0
    if change == "removed":  # its rows stay until it is mirrored that it is gone
        (articles / "frost.txt").write_text(f"{NEW} And again.")
    run_tables(output, articles)
    run_tables(tmp_path / "fresh", articles)
    assert all_rows(output) == all_rows(tmp_path / "fresh")


@pytest.mark.parametrize("jump", [-(10**9), 10**9])
def test_a_clock_that_jumps(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    """Nothing waits for it, and nothing is ordered by it."""
    output = tmp_path / "out"
    run_tables(output, articles)
    now = time.time
    with monkeypatch.context() as patched:
        patched.setattr("time.time", lambda: now() + jump)
        (articles / "frost.txt").write_text(NEW)
        started = time.monotonic()
        run_tables(output, articles)
        assert time.monotonic() - started < 60
    (articles / "frost.txt").write_text(f"{NEW} And again.")
    run_tables(output, articles)
    snapshot = current(output)
    assert snapshot is not None
    assert snapshot.totals["articles"] == len(ARTICLES)
    run_tables(tmp_path / "fresh", articles)
    assert all_rows(output) == all_rows(tmp_path / "fresh")
