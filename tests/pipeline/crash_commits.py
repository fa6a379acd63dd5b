"""Kill a commit at each of its steps, and look at what is left. Run by ``test_commits``; prints one JSON object.

    python crash_commits.py FOLDER [EVERY]

Every try happens in processes of its own (forks of this one, which itself touches no log): one commits and is killed at
its n-th step, one looks at what readers see, one finishes, as the next run would, and one commits again.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deltalake  # noqa: F401 - loaded before forking, so that each fork is quick
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.store.parts import ShardParts, ShardWriter
from onrecord.pipeline.store.tally import Tally
from onrecord.pipeline.store.target import Target, commit_lock
from onrecord.pipeline.store.versions import commits, delta
from onrecord.pipeline.store.versions.commit import commit
from onrecord.pipeline.store.versions.commits import delete_removed, finish
from onrecord.transforms.ids import record_id
from onrecord.transforms.records import Rejected

STEPS = ("open", "os.link", "os.remove", "os.rename", "os.mkdir", "os.rmdir")
KILLED = 137
STATES = {"one": ("a", "b"), "two": ("b", "c")}


def in_fork(work: Callable[[], Any]) -> tuple[int, Any]:
    """The exit code of a fork that does the work, and what the work gives."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            answer = json.dumps(work()).encode()
            os.write(writing, answer)
            os._exit(0)
        except BaseException as error:
            os.write(writing, json.dumps(f"{type(error).__name__}: {error}").encode())
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        printed = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(printed) if printed else None


def target_of(folder: Path, run: str) -> Target:
    return Target(folder=str(folder), run=run, made_by="m", id_rule=())


def make_parts(target: Target, names: tuple[str, ...]) -> list[ShardParts]:
    """The parts of a shard whose records are refused, one for each name."""
    writer = ShardWriter("shard", target)
    rejects = [Rejected(uri=name, step="load", reason="empty", detail=name) for name in names]
    writer.write(rejects, Tally.of(map(record_id, names)))
    return [writer.close()]


def commit_first(folder: Path) -> None:
    target = target_of(folder, "first")
    target.work.mkdir(parents=True, exist_ok=True)
    commit(make_parts(target, STATES["one"]), target)


def prepare_second(folder: Path, run: str) -> tuple[list[ShardParts], Target]:
    """A record comes, and one leaves a part that another stays in."""
    target = target_of(folder, run)
    target.planned("going").parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"record_id": [record_id("a")]}), target.planned("going"))
    return make_parts(target, ("c",)), target


class Steps:
    """Counts what this process does to a data set, and dies at one of its steps: an event, or a log being written."""

    def __init__(self, folder: Path, events: tuple[str, ...], last: int) -> None:
        self.folder, self.events, self.last, self.taken = str(folder), events, last, 0

    def begin(self) -> None:
        write = delta._write

        def counted(*arguments: Any) -> None:
            self._take()
            write(*arguments)
            self._take()

        delta._write = counted
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in self.events and self.folder in str(arguments[0] if arguments else ""):
            self._take()

    def _take(self) -> None:
        self.taken += 1
        if self.taken == self.last:
            os._exit(KILLED)


def killed_at(step: int, folder: Path) -> int:
    """Commit the second state and die at a step; how many steps there are, when it comes to its end."""
    parts, target = prepare_second(folder, "second")
    steps = Steps(folder, STEPS, step)
    steps.begin()
    commit(parts, target)
    return steps.taken


def seen(folder: Path) -> str:
    """Which state readers see, by the rows of all parts of the snapshot; anything else is torn."""
    snapshot = current(folder)
    assert snapshot is not None
    found = []
    for name in snapshot.parts["rejects"]:
        found += pq.read_table(folder / "rejects" / name, columns=["uri"])["uri"].to_pylist()
    return next((state for state, names in STATES.items() if sorted(found) == list(names)), f"torn: {found}")


def globbed(folder: Path) -> list[str]:
    files = sorted((folder / "rejects").glob("part-*.parquet"))
    return sorted(uri for file in files for uri in pq.read_table(file, columns=["uri"])["uri"].to_pylist())


def aftermath(folder: Path) -> tuple[str, str, list[str], list[Any]]:
    """What readers see after a kill; what they and a plain glob see once it is finished; both after another run."""
    before = seen(folder)
    with commit_lock(folder):
        finish(folder)
        delete_removed(folder)
    after, plain = seen(folder), globbed(folder)
    commit(*prepare_second(folder, "third"))
    with commit_lock(folder):
        delete_removed(folder)
    return before, after, plain, [seen(folder), globbed(folder)]


def main() -> None:
    commits.GRACE = 0.0
    base = Path(sys.argv[1])
    start = base / "start"
    assert in_fork(lambda: commit_first(start))[0] == 0
    problems: list[str] = []
    outcomes: dict[str, int] = {}
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    step = tries = 0
    while True:
        step += every
        tries += 1
        folder = base / f"{step:04}"
        shutil.copytree(start, folder)
        code, answer = in_fork(lambda: killed_at(step, folder))  # noqa: B023 - it is called at once
        if code == 0:
            break
        if code != KILLED:
            problems.append(f"step {step}: {answer}")
            break
        before, after, plain, last = in_fork(lambda: aftermath(folder))[1]  # noqa: B023
        outcomes[f"{before} {after}"] = outcomes.get(f"{before} {after}", 0) + 1
        if before not in STATES or after not in STATES or plain != list(STATES[after]):
            problems.append(f"step {step}: {before}, then {after}, globbed {plain}")
        if last != ["two", list(STATES["two"])]:
            problems.append(f"step {step}: after the next run {last}")
        shutil.rmtree(folder)
    print(json.dumps({"tries": tries, "outcomes": outcomes, "problems": problems}))


if __name__ == "__main__":
    main()
