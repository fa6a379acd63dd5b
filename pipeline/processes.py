"""Processes that this one starts: none of them outlives it, whatever ends it."""

from __future__ import annotations

import os
import signal
import threading
import time

POLL_SECONDS = 0.25


def serve_parent(parent: int) -> None:
    """To be called in a child of the process ``parent``: interrupts are the parent's to handle, its end is the child's.

    The parent may be killed without a word, and before the child has begun: whose child this is, is looked at four
    times a second.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)
