"""Running the command, or Python beside it, and measuring its wall time and its memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Seconds between two looks at the memory.
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Wall seconds of a process, start-up included, and the peak memory (MB) of it and its children together."""

    seconds: float
    megabytes: float


def onrecord(*arguments: object) -> list[str]:
    return [sys.executable, "-P", "-m", "onrecord", *map(str, arguments)]


def run_onrecord(*arguments: object) -> None:
    """Run the command; its summary goes to standard error, so that a script's own output stays its own."""
    subprocess.run(onrecord(*arguments), check=True, stdout=sys.stderr)


def measure(command: Sequence[str]) -> Usage:
    """Run a command to its end; raises CalledProcessError when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_megabytes, _with_children(process.pid))))
        time.sleep(POLL_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Usage(seconds=time.monotonic() - started, megabytes=peak)


def _with_children(pid: int) -> list[int]:
    pids = [pid]
    for parent in pids:  # it grows as it is walked
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                pids += [int(child) for child in children.read_text().split()]
            except OSError:  # gone meanwhile
                continue
    return pids


def _megabytes(pid: int) -> float:
    """The proportional set size of a process: memory shared by two processes counts half for each."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def cores() -> int:
    return len(os.sched_getaffinity(0))
