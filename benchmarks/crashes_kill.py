"""The kills of ``benchmarks.crashes``: a run is started and killed, and it is found how far it had come."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Seconds after a kill in which workers have to end.
END_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """A kill so many ``seconds`` after the start (0: the run had ended), and the processes ``left`` of its session."""

    seconds: float
    left: int


def kill(command: Sequence[str], output: Path, moment: float, *, aimed: bool, alone: bool) -> Kill:
    """Start a run and kill it so many seconds later, or, ``aimed``, so many after its commit is decided."""
    next_commit = commits(output) / f"{last_number(output, 'json') + 1}.json"
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while aimed and process.poll() is None and not next_commit.exists():
        time.sleep(0.001)
    time.sleep(moment)
    if process.poll() is not None:
        return Kill(seconds=0.0, left=0)
    (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
    seconds = time.monotonic() - started
    process.wait()
    return Kill(seconds=seconds, left=len(wait_for_end(process.pid)))


def wait_for_end(session: int) -> list[int]:
    """The processes of a session that do not end in time."""
    deadline = time.monotonic() + END_SECONDS
    while (left := session_processes(session)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def session_processes(session: int) -> list[int]:
    """The processes of a session that are still running; a dead one that nobody has waited for is not."""
    return [pid for pid, state, its_session in _processes() if its_session == session and state not in "ZX"]


def _processes() -> Iterator[tuple[int, str, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:  # gone meanwhile
            continue
        yield int(path.parent.name), state, int(session)


def commits(output: Path) -> Path:
    return output / "_onrecord" / "commits"


def last_number(output: Path, kind: str) -> int:
    return max((int(path.stem) for path in commits(output).glob(f"[0-9]*.{kind}")), default=0)


def find_phase(output: Path, prepared: Path) -> str:
    """How far the commits of a run have come, of which the first adds its rows, and the second brings the clusters."""
    before = last_number(prepared, "done")
    decided, done = (last_number(output, kind) - before for kind in ("json", "done"))
    if decided > done:
        return "between" if decided == 1 else "between, clusters"
    return ("before", "after", "after clusters")[min(done, 2)]


def finish_seconds(undisturbed: Path, prepared: Path) -> float:
    """How long the undisturbed run took from its decided commit to the finished one."""
    number = last_number(prepared, "done") + 1
    decided, done = ((commits(undisturbed) / f"{number}.{kind}").stat().st_mtime for kind in ("json", "done"))
    return done - decided
