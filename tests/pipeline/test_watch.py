"""A watcher takes what has settled, every file once in its last version, and can be stopped or killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from run_helpers import ARTICLES, Run, all_rows, run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import AlreadyWatched, NotWatching
from onrecord.pipeline.options import Fields, Options
from onrecord.pipeline.sources import find
from onrecord.pipeline.store.versions import commits
from onrecord.pipeline.watch import chores
from onrecord.pipeline.watch.backlog import is_ready
from onrecord.pipeline.watch.listing import find_moved
from onrecord.pipeline.watch.loop import watch
from onrecord.pipeline.watch.moves import Moves
from onrecord.pipeline.watch.options import WatchOptions
from onrecord.pipeline.watch.settling import Settling, is_open_for_writing
from onrecord.pipeline.watch.status import check_alive, read_status
from onrecord.pipeline.watch.stopping import Stop

#: Longer than anything here takes: a file is read before only when it was moved into place.
NEVER = 1000.0
TEXTS = "SELECT list(split_part(uri, '/', -1) ORDER BY uri) FROM articles"


@contextmanager
def watching(folder: Path, output: Path, habits: WatchOptions, **options: Any) -> Iterator[None]:
    """A watcher in a thread of this process, for a while; what it raises is raised here."""
    stop, raised = Stop(), []

    def work() -> None:
        try:
            watch([str(folder)], Options(output=str(output), **options), habits, stop, lambda status: None)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        wait_until(lambda: bool(raised) or status(output).get("state") == "idle")
        yield
    finally:
        stop.ask()
        thread.join()
    for error in raised:
        raise error


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that has to come, however busy the machine is."""
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def status(output: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(read_status(output)))
    except NotWatching:
        return {}


def names(output: Path) -> list[str]:
    """The names of the articles that the data set holds."""
    return list(ask(TEXTS, output).rows[0][0] or ())


def move_in(folder: Path, name: str, text: str) -> None:
    """Write a file beside the folder, and rename it into it."""
    unfinished = folder.parent / f"unfinished-{name}"
    unfinished.write_text(text)
    unfinished.rename(folder / name)


def is_like_fresh(output: Path, folder: Path) -> bool:
    run_tables(output.parent / "fresh", folder, fresh=True)
    return all_rows(output) == all_rows(output.parent / "fresh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is watched, with an article that has been there for long."""
    (tmp_path / "news").mkdir()
    old = tmp_path / "news" / "harbour.txt"
    old.write_text(ARTICLES["harbour.txt"])
    os.utime(old, (1e9, 1e9))
    return tmp_path / "news"


def test_what_is_moved_in_need_not_settle_and_the_rest_does(folder: Path, tmp_path: Path) -> None:
    """Files that are moved in, renamed, rewritten and removed are as one fresh run would have them."""
    output = tmp_path / "out"
    with watching(folder, output, WatchOptions(settle=NEVER, sweep_every=0.5), mirror=True, sure=True):
        (folder / "slow.txt").write_text("The valley waits. “It will rain,” said")  # it has not settled
        (folder / "notes.txt.part").write_text(ARTICLES["strike.txt"])
        move_in(folder, "frost.txt", ARTICLES["frost.txt"])
        wait_until(lambda: names(output) == ["frost.txt", "harbour.txt"])
        assert status(output)["latency"]["files"] == 1
        (folder / "frost.txt").rename(folder / "ice.txt")
        wait_until(lambda: names(output) == ["harbour.txt", "ice.txt"])
        move_in(folder, "ice.txt", ARTICLES["crlf.txt"])
        (folder / "harbour.txt").unlink()
        wait_until(lambda: names(output) == ["ice.txt"])
        assert ask("SELECT count(*) FROM quotes WHERE speaker = 'Dana Whitlock'", output).rows == [(1,)]
        check_alive(read_status(output), output)
        with pytest.raises(AlreadyWatched):
            watch([str(folder)], Options(output=str(output)), WatchOptions(), Stop(), lambda status: None)
    (folder / "slow.txt").unlink()
    (folder / "notes.txt.part").unlink()
    assert is_like_fresh(output, folder)
    with pytest.raises(NotWatching, match="stopped"):
        check_alive(read_status(output), output)


def test_once_waits_for_what_settles_and_goes_on_where_it_was(onrecord_here: Run, folder: Path, tmp_path: Path) -> None:
    """A mirror that would remove too much removes nothing, and says so."""
    output = tmp_path / "out"
    (folder / "frost.txt").write_text(ARTICLES["frost.txt"])
    command = ["watch", folder, "-o", output, "--once", "--settle", "0.3", "--poll", "0.1", "--mirror"]
    assert onrecord_here(*command).returncode == 0
    assert (names(output), is_like_fresh(output, folder)) == (["frost.txt", "harbour.txt"], True)
    before = current(output)
    assert onrecord_here(*command).returncode == 0
    assert current(output) == before
    (folder / "frost.txt").unlink()
    assert onrecord_here(*command).returncode == 0
    assert "would remove 1 of 2 records" in status(output)["mirror"]
    assert onrecord_here(*command, "--yes").returncode == 0
    assert names(output) == ["harbour.txt"]
    assert onrecord_here("watch", "--status", "-o", output).returncode == 12
    assert onrecord_here("watch", tmp_path / "nowhere", "-o", output).returncode == 9


def test_two_records_of_one_id_cost_only_their_own_file(folder: Path, tmp_path: Path) -> None:
    """What goes wrong in a turn is told, and the other files go on."""
    output = tmp_path / "out"
    text = json.dumps({"id": "1", "text": "“It rains,” said Ada Brook."})
    with watching(folder, output, WatchOptions(settle=NEVER), fields=Fields(id="id")):
        for name in ("a.jsonl", "b.jsonl"):
            move_in(folder, name, text)
        move_in(folder, "frost.txt", ARTICLES["frost.txt"])
        wait_until(lambda: "frost.txt" in names(output) and len(names(output)) == 3)
        wait_until(lambda: "two records have the id" in status(output)["error"].get("text", ""))


def test_a_watcher_is_killed_stopped_and_begun_again(onrecord_here: Run, folder: Path, tmp_path: Path) -> None:
    """SIGKILL leaves what the next one finishes, SIGTERM ends it with 0, and no worker is left of either."""
    output = tmp_path / "out"
    command = ["watch", str(folder), "-o", str(output), "--settle", "0"]
    for n in range(30):
        (folder / f"{n}.txt").write_text(f"Case {n}: “It is {n},” said Ada Brook.")
    assert end_in_a_turn([*command, "--batch-files", "10"], output, signal.SIGKILL) == -signal.SIGKILL
    assert end_in_a_turn([*command, "--batch-files", "10"], output, signal.SIGTERM) == 0
    assert onrecord_here("watch", "--status", "-o", output).returncode == 12
    assert onrecord_here(*command, "--once").returncode == 0
    assert (len(names(output)), is_like_fresh(output, folder)) == (31, True)


def end_in_a_turn(command: list[str], output: Path, number: int) -> int:
    """Send a watcher a signal while it reads; its exit code, when all of its workers are gone."""
    watcher = subprocess.Popen([sys.executable, "-P", "-m", "onrecord", *command], stderr=subprocess.DEVNULL)
    wait_until(lambda: status(output).get("pid") == watcher.pid and status(output)["state"] == "reading")
    workers = [
        Path("/proc", pid) for pid in Path(f"/proc/{watcher.pid}/task/{watcher.pid}/children").read_text().split()
    ]
    watcher.send_signal(number)
    code = watcher.wait(timeout=120)
    wait_until(lambda: not any(worker.exists() for worker in workers))
    return code


def test_a_file_is_ready_when_it_is_as_it_was_and_nobody_writes_it(folder: Path) -> None:
    path = folder / "slow.txt"
    settling = Settling(0.2)
    with path.open("w") as writer:
        writer.write("The valley waits.")
        writer.flush()
        (reference,) = find([str(path)])
        assert not settling.has_settled(reference)
        time.sleep(0.25)
        assert settling.has_settled(reference)
        assert is_ready(reference) == (sys.platform != "linux")
    assert (is_ready(reference), is_open_for_writing(str(path))) == (True, False)
    path.write_text("The valley still waits.")
    assert not is_ready(reference)


def test_moves_are_told_of_files_that_a_listing_would_have(folder: Path, tmp_path: Path) -> None:
    """Of folders that came later, too; not of hidden ones, of temporary names, or of a data set's own files."""
    (folder / "new" / ".cache").mkdir(parents=True)
    (folder / "set" / "_onrecord").mkdir(parents=True)
    moved = [folder / name for name in ("new/a.txt", ".b.txt", "c.txt~", "new/.cache/d.txt", "set/e.txt")]
    moves = Moves([str(folder)], apart_from=str(tmp_path / "out"))
    try:
        for path in moved:
            move_in(path.parent, path.name, "“It rains,” said Ada Brook.")
        heard: list[str] = []
        wait_until(lambda: heard.extend(moves.take()) or len(heard) == len(moved))  # type: ignore[func-returns-value]
    finally:
        moves.close()
    found = list(find_moved(heard, [str(folder)]))
    assert found == [each for each in find([str(folder)]) if each.uri.endswith("a.txt")]


def test_parts_are_deleted_only_when_nobody_can_still_read_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And without a pause, in which nobody else could commit."""
    output = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(commits, "delete_removed", lambda *_: None)
        for text in ("“It rains,” said Ada Brook.", "“It pours,” said Ada Brook."):
            (folder / "harbour.txt").write_text(text)
            run_tables(output, folder)
    options = Options(output=str(output))
    chores.clear(options)
    assert len(list(output.glob("articles/part-*.parquet"))) == 2
    monkeypatch.setattr(chores, "GRACE", 0.0)
    chores.clear(options)
    assert len(list(output.glob("articles/part-*.parquet"))) == 1
