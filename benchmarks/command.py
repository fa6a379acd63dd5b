"""Running the command and Python beside it, and looking at how long it took and how much memory it held."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Wall seconds of a process, start-up included, and the most memory (MB) that it and its children held at once."""

    seconds: float
    megabytes: float


def onrecord(*arguments: object) -> list[str]:
    return [sys.executable, "-P", "-m", "onrecord", *map(str, arguments)]


def run_onrecord(*arguments: object) -> None:
    """Run the command; its summary goes to standard error, so that a script's own output stays its own."""
    subprocess.run(onrecord(*arguments), check=True, stdout=sys.stderr)


def measure(command: Sequence[str]) -> Took:
    """Run a command to its end; raises CalledProcessError when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_megabytes, _with_children(process.pid))))
        time.sleep(PAUSE)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Took(seconds=time.monotonic() - started, megabytes=most)


def _with_children(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for listed in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in listed.read_text().split()]
            except OSError:  # gone meanwhile
                continue
    return found


def _megabytes(pid: int) -> float:
    """The proportional set size of a process: memory shared by two processes counts half for each."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def cores() -> int:
    return len(os.sched_getaffinity(0))
