"""A function run in a process of its own: when it hangs, dies or eats the memory, only one record is refused.

this process ──(arguments)──► python: serve("module:function")     one such process, used for many calls
             ◄──(result)────
"""

from __future__ import annotations

import atexit
import os
import pickle
import resource
import subprocess
import sys
import threading
import time
from importlib import import_module
from typing import Any

from onrecord.pipeline.processes import open_answers, receive, send, serve_parent, start
from onrecord.pipeline.sources.entries import Refused

#: Seconds that the process may take to start, when the machine is busy.
START_SECONDS = 120.0
#: Calls after which a fresh process takes over: parsers keep what they have seen.
MAX_CALLS = 2000
#: Bytes of address space that the process may have.
MAX_ADDRESS_SPACE = 4 * 2**30


class SubprocessCall:
    """``function`` ("module:name"), called in another process, one call at a time."""

    def __init__(self, function: str) -> None:
        self.function = function
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._calls = 0
        atexit.register(self.close)

    def __call__(self, *arguments: Any, seconds: float) -> Any:
        """What the function returns. Raises Refused: ``timeout``, ``crash``, or ``error`` for what it raised."""
        with self._lock:
            process = self._running_process()
            try:
                send(process.stdin.fileno(), arguments)  # type: ignore[union-attr]
                succeeded, result = receive(process.stdout.fileno(), time.monotonic() + seconds)  # type: ignore[union-attr]
            except TimeoutError:
                self.close()
                raise Refused("timeout", f"not done after {seconds:g} seconds") from None
            except (EOFError, OSError, pickle.UnpicklingError):
                code = process.wait()
                self.close()
                raise Refused("crash", f"the process ended with code {code}") from None
            except BaseException:  # an interrupt: the answer to this call must not be taken for the next one's
                self.close()
                raise
        if not succeeded:
            raise Refused("error", result)
        return result

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process, self._calls = self._process, None, 0
        if process:
            process.kill()
            process.communicate()

    def _running_process(self) -> subprocess.Popen[bytes]:
        self._calls += 1
        if self._calls > MAX_CALLS:
            self.close()
        if self._process is None:
            code = (
                f"from onrecord.pipeline.sources.subprocess_call import serve; serve({self.function!r}, {os.getpid()})"
            )
            self._process = start(["-c", code])
            try:
                receive(self._process.stdout.fileno(), time.monotonic() + START_SECONDS)  # type: ignore[union-attr]
            except (EOFError, OSError) as error:
                self.close()
                raise RuntimeError(f"no process could be started for {self.function}: {error}") from error
        return self._process


def serve(function: str, parent: int) -> None:
    """Answer calls in the other process until there are no more. What the function prints is discarded."""
    serve_parent(parent)
    answers = open_answers()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))
    module, name = function.split(":")
    call = getattr(import_module(module), name)
    send(answers, None)
    while True:
        try:
            arguments = receive(0)
        except EOFError:
            return
        try:
            answer = (True, call(*arguments))
        except (Exception, RecursionError, MemoryError) as error:
            answer = (False, f"{type(error).__name__}: {error}"[:500])
        send(answers, answer)
