"""Running the command, or Python beside it, and measuring its wall time, its processor time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds between two looks at a command's processes.
POLL_SECONDS = 0.2
#: The folder that holds this package, wherever a benchmark is started from.
CHECKOUT = Path(__file__).resolve().parents[1]
#: The module that is the command, by its name today and by the one it had.
COMMAND_MODULES = ("onrecord", "pipeline")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessUsage:
    """Processor seconds (user and system) of one process, as last seen, and its peak memory (MB, Pss)."""

    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a command took, start-up included.

    ``seconds`` of wall time; ``cpu_seconds`` and ``megabytes`` (the peak) of it and its children together; and each of
    its ``processes``, itself first. What a process does between the last look and its end is in the sum alone.
    """

    seconds: float
    cpu_seconds: float
    megabytes: float
    processes: tuple[ProcessUsage, ...]


def onrecord(*arguments: object) -> list[str]:
    return [sys.executable, "-P", "-m", "onrecord", *map(str, arguments)]


def onrecord_of(python: str, *arguments: object) -> list[str]:
    """The same command in another environment, given by its Python; SystemExit when it is not installed there.

    Isolated (``-I``), or a PYTHONPATH would have it run the code of this checkout.
    """
    for module in COMMAND_MODULES:
        seek = f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"
        if subprocess.run([python, "-I", "-c", seek]).returncode == 0:
            return [python, "-I", "-m", module, *map(str, arguments)]
    raise SystemExit(f"{python}: no onrecord is installed there; give the Python of an environment that has it")


def run_onrecord(*arguments: object) -> None:
    """Run the command; its summary goes to standard error, so that a script's own output stays its own."""
    subprocess.run(onrecord(*arguments), check=True, stdout=sys.stderr)


def run_benchmark(module: str, *arguments: object, python: str = sys.executable) -> Any:
    """What a module of this package prints as JSON, on one thread, in a process of its own; CalledProcessError."""
    command = [python, "-m", f"benchmarks.{module}", *map(str, arguments)]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=CHECKOUT, env=os.environ | one_thread)
    return json.loads(result.stdout)


def measure(command: Sequence[str]) -> Usage:
    """Run a command to its end; raises CalledProcessError when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0.0
    seen: dict[int, ProcessUsage] = {process.pid: ProcessUsage(cpu_seconds=0.0, megabytes=0.0)}
    while True:
        ended, status, resources = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        now = {pid: _look(pid) for pid in with_children(process.pid)}
        peak = max(peak, sum(usage.megabytes for usage in now.values()))
        seen |= {pid: _largest(usage, seen.get(pid, usage)) for pid, usage in now.items()}
        time.sleep(POLL_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Usage(
        seconds=time.monotonic() - started,
        cpu_seconds=max(resources.ru_utime + resources.ru_stime, sum(usage.cpu_seconds for usage in seen.values())),
        megabytes=peak,
        processes=tuple(seen.values()),
    )


def with_children(pid: int) -> list[int]:
    pids = [pid]
    for parent in pids:  # it grows as it is walked
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                pids += [int(child) for child in children.read_text().split()]
            except OSError:  # gone meanwhile
                continue
    return pids


def _look(pid: int) -> ProcessUsage:
    return ProcessUsage(cpu_seconds=cpu_seconds(pid), megabytes=megabytes(pid))


def _largest(first: ProcessUsage, second: ProcessUsage) -> ProcessUsage:
    return ProcessUsage(
        cpu_seconds=max(first.cpu_seconds, second.cpu_seconds), megabytes=max(first.megabytes, second.megabytes)
    )


def cpu_seconds(pid: int) -> float:
    """Processor seconds of a process alone, without its children."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]  # the name before may hold blanks
    return (int(user) + int(system)) / TICKS_A_SECOND


def megabytes(pid: int) -> float:
    """The proportional set size of a process: memory shared by two processes counts half for each."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def cores() -> int:
    return len(os.sched_getaffinity(0))
