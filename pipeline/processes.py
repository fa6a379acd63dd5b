"""Processes that this one starts and talks to: none of them outlives it, whatever ends it.

this process ──(pickled value)──► its standard input       python -P -m …, one such process, used for many calls
             ◄──(pickled value)── its standard output
"""

from __future__ import annotations

import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from onrecord.pipeline.logging_setup import is_debugging

POLL_SECONDS = 0.25
LENGTH = struct.Struct("!Q")


def start(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """A Python process with these arguments that is talked to; what it prints is dropped, unless debugging.

    -P keeps modules of the working folder from shadowing ours.
    """
    return subprocess.Popen(
        [sys.executable, "-P", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if is_debugging() else subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )


def serve_parent(parent: int) -> None:
    """To be called in a child of the process ``parent``: interrupts are the parent's to handle, its end is the child's.

    The parent may be killed without a word, and before the child has begun: whose child this is, is looked at four
    times a second.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def open_answers() -> int:
    """The descriptor to answer on, in a process that is talked to: what it prints from here on goes nowhere."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return answers


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)


def send(descriptor: int, value: Any) -> None:
    """Write a value, pickled, behind its length."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    remaining = memoryview(LENGTH.pack(len(data)) + data)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]


def receive(descriptor: int, deadline: float | None = None) -> Any:
    """The next value. Raises EOFError at the end, TimeoutError when it is not there at ``deadline`` (monotonic)."""
    (length,) = LENGTH.unpack(_read(descriptor, LENGTH.size, deadline))
    return pickle.loads(_read(descriptor, length, deadline))


def _read(descriptor: int, size: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        if deadline is not None:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not select.select([descriptor], [], [], remaining)[0]:
                raise TimeoutError
        chunk = os.read(descriptor, min(size - len(data), 2**20))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)
