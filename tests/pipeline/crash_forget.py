"""Kill a takedown at each of its steps, and look at what is left. Run by ``test_forget``; prints one JSON object.

    python crash_forget.py FOLDER [EVERY]

The data set has a history in which the forgotten record lies, too. After each kill readers look; then either another
takedown or the beginning of a run finishes it, and every file is searched.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from crash_commits import KILLED, STEPS, Steps, commit_first, in_fork, make_parts, target_of

from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.store.target import commit_lock, run_alive
from onrecord.pipeline.store.upkeep.byte_search import find_bytes
from onrecord.pipeline.store.upkeep.forget import finish_forgetting, forget
from onrecord.pipeline.store.upkeep.history import read_commits
from onrecord.pipeline.store.versions import commits
from onrecord.pipeline.store.versions.commit import commit
from onrecord.pipeline.store.versions.commits import delete_removed, finish
from onrecord.transforms.ids import record_id

#: The records of the data set, and that which is forgotten: named so that no other bytes are like it.
OTHERS, GONE = ("b", "kept-one", "kept-two"), "a-secret-place.txt"
STEPS_OF_FORGETTING = (*STEPS, "shutil.rmtree")


def make_history(folder: Path) -> None:
    """Three versions: the record lies in a part that was replaced since, and in one that was not."""
    commit_first(folder)
    for run, names in (("second", (GONE, "kept-one")), ("third", ("kept-two",))):
        target = target_of(folder, run)
        target.work.mkdir(parents=True, exist_ok=True)
        (target.work / "plan").mkdir(exist_ok=True)
        if run == "third":
            note_going(target, "a")
        commit(make_parts(target, names), target)
    shutil.rmtree(folder / "_onrecord" / "work")


def note_going(target: Any, name: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"record_id": [record_id(name)]}), target.planned("going"))


def killed_at(step: int, folder: Path) -> int:
    """Forget and die at a step; how many there are, when it comes to its end."""
    steps = Steps(folder, STEPS_OF_FORGETTING, step)
    target = target_of(folder, "forgetting")
    with run_alive(target):
        steps.begin()
        forget([GONE], target)
    return steps.taken


def seen(folder: Path) -> str:
    """What readers see: all records, or those without the one."""
    import pyarrow.parquet as pq

    snapshot = current(folder)
    assert snapshot is not None
    found: list[str] = []
    for table in ("rejects", "records"):
        parts = [pq.read_table(folder / table / name)["uri"].to_pylist() for name in snapshot.parts[table]]
        found += sorted(uri for uris in parts for uri in uris)
    states = {"before": sorted((*OTHERS, GONE)) * 2, "after": sorted(OTHERS) * 2}
    return next((state for state, uris in states.items() if found == uris), f"torn: {found}")


def aftermath(folder: Path, by_run: bool) -> tuple[str, str, list[str], bool]:
    """What readers see after the kill, and once it is finished; where it is still found; whether totals are right."""
    before = seen(folder)
    target = target_of(folder, "next")
    with run_alive(target):
        if by_run:
            with commit_lock(folder):
                finish(folder)
                finish_forgetting(target)
            if seen(folder) == "before":  # it was killed before anything was decided
                forget([GONE], target)
        else:
            forget([GONE], target)
    with commit_lock(folder):
        delete_removed(folder)
    found = find_bytes(folder, [GONE.encode(), record_id(GONE).encode()])
    ids = f"{sum(int(record_id(name), 16) for name in OTHERS) % 2**64:016x}"
    return before, seen(folder), [str(match.path) for match in found], read_commits(folder)[-1].totals["ids"] == ids


def main() -> None:
    commits.GRACE = 0.0
    base = Path(sys.argv[1])
    start = base / "start"
    code, answer = in_fork(lambda: make_history(start))
    assert code == 0, answer
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
        if code not in (0, KILLED):
            problems.append(f"step {step}: {answer}")
            break
        result = in_fork(lambda: aftermath(folder, tries % 2 == 0))[1]  # noqa: B023
        outcomes[result[0]] = outcomes.get(result[0], 0) + 1
        if result[0] not in ("before", "after") or result[1:] != ["after", [], True]:
            problems.append(f"step {step}: {result}")
        shutil.rmtree(folder)
        if code == 0:
            break
    print(json.dumps({"tries": tries, "steps": step, "seen": outcomes, "problems": problems}))


if __name__ == "__main__":
    main()
