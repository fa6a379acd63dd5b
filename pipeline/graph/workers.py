"""Processes that annotate shards, and how they are handed to them: what kills one harms nothing but one record.

    engine's thread ──(shard, options, target, poison)──► python -P -m onrecord.pipeline.graph.worker PARENT
                    ◄── position, position, … parts ─────

It tells where it is before each step that may break it. A record at which it died or hung twice is refused, and so
costs itself alone, on any engine. Processes are kept for the next shard, their model loaded.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
import time
from collections import Counter
from contextlib import nullcontext, suppress
from typing import Any

from onrecord.pipeline.errors import OnRecordError
from onrecord.pipeline.graph.shards import FIND, WRITING, Poison, Position, Shard
from onrecord.pipeline.options import Options
from onrecord.pipeline.processes import receive, send, start
from onrecord.pipeline.store.parts import ShardParts
from onrecord.pipeline.store.target import Target

#: Seconds that a process may take to start, or a source to find its next record, when the machine is busy.
PATIENCE = 600.0
#: A record may take one second more than ``--max-hang`` for each so many bytes.
BYTES_A_SECOND = 4000
#: A record is guilty when it was begun so often and never ended.
MAX_ATTEMPTS = 2
#: Numerical libraries of a worker use one thread: the workers are what runs in parallel.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class WorkerLost(Exception):
    """A process died (``reason`` crash) or hung (timeout) at a position; None before it came to any."""

    def __init__(self, position: Position | None, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.position, self.reason, self.detail = position, reason, detail


def annotate_apart(shard: Shard, options: Options, target: Target) -> ShardParts:
    """The parts of a shard, made in another process; what breaks that process twice is refused.

    An engine may ask for many at once: no more are at work than there are processors.
    """
    with nullcontext() if options.is_local else _SLOTS:
        return _annotate_apart(shard, options, target)


def _annotate_apart(shard: Shard, options: Options, target: Target) -> ShardParts:
    poison: dict[Position, tuple[str, str]] = {}
    attempts: Counter[Position | None] = Counter()
    while True:
        worker = _take()
        try:
            parts = worker.annotate(shard, options, target, poison)
        except WorkerLost as lost:
            worker.close()
            attempts[lost.position] += 1
            if attempts[lost.position] >= MAX_ATTEMPTS:
                if lost.position is None or lost.position in (WRITING, *poison):
                    raise OnRecordError(f"a worker process cannot work: {lost.detail}") from lost
                poison[lost.position] = (lost.reason, lost.detail)
        except BaseException:  # of the run, not of the process: but its next answer would not be to the next question
            worker.close()
            raise
        else:
            _give_back(worker)
            return parts


class Worker:
    """One process, which does one thing at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] = start(
            ["-m", "onrecord.pipeline.graph.worker", str(os.getpid())], ONE_THREAD
        )

    def load(self, options: Options) -> None:
        """Have it load its model, while this process does other things."""
        self._send(options)

    def annotate(self, shard: Shard, options: Options, target: Target, poison: Poison) -> ShardParts:
        """Raises WorkerLost when the process dies or hangs, and what it raises itself."""
        self._send((shard, options, target, poison))
        position = None
        while True:
            answer = self._receive(position, _seconds(position, options.limits.hang))
            if isinstance(answer, ShardParts):
                return answer
            if isinstance(answer, BaseException):
                raise answer
            position = answer

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _send(self, value: Any) -> None:
        try:
            send(self._process.stdin.fileno(), value)  # type: ignore[union-attr]
        except OSError as error:
            raise WorkerLost(None, "crash", self._ending()) from error

    def _receive(self, position: Position | None, seconds: float) -> Any:
        try:
            return receive(self._process.stdout.fileno(), time.monotonic() + seconds)  # type: ignore[union-attr]
        except TimeoutError as error:
            raise WorkerLost(position, "timeout", f"not done after {seconds:.0f} seconds") from error
        except (EOFError, OSError) as error:
            raise WorkerLost(position, "crash", self._ending()) from error

    def _ending(self) -> str:
        return f"the process ended with code {self._process.wait()}"


def _seconds(position: Position | None, hang: float) -> float:
    """How long a step may take before the process is taken to hang."""
    if position is None or position == WRITING or position.step == FIND:
        return max(PATIENCE, hang)
    return hang + position.n_bytes / BYTES_A_SECOND


_LOCK = threading.Lock()
_SLOTS = threading.BoundedSemaphore(os.cpu_count() or 1)
_IDLE: list[Worker] = []


def warm(workers: int, options: Options) -> None:
    """Start so many processes, less those that wait already, and have them load their models meanwhile."""
    with _LOCK:
        missing = workers - len(_IDLE)
    for _ in range(missing):
        worker = Worker()
        with suppress(WorkerLost):  # it is told when it is to do something
            worker.load(options)
        _give_back(worker)


def _take() -> Worker:
    """A process that waits and is alive, or a new one."""
    with _LOCK:
        while _IDLE:
            if (worker := _IDLE.pop()).is_alive():
                return worker
            worker.close()
    return Worker()


def _give_back(worker: Worker) -> None:
    with _LOCK:
        _IDLE.append(worker)


@atexit.register
def close_idle() -> None:
    """End the processes that wait."""
    while _IDLE:
        _IDLE.pop().close()
