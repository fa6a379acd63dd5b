"""SIGINT and SIGTERM end a watcher: the first when its turn is done, the second at once.

A turn that takes long is given up: nothing of it is committed, and the next watcher goes on from what is finished.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: Seconds that a turn has to end after the first signal.
PATIENCE = 20.0


class Stop:
    """Whether the watcher is to end; ``patience``: seconds that it has for it, None for all that it needs."""

    def __init__(self, patience: float | None = PATIENCE) -> None:
        self.asked, self.patience = False, patience

    def ask(self) -> None:
        self.asked = True

    def handle(self, number: int, _frame: FrameType | None) -> None:
        if self.asked:
            os._exit(128 + number)  # workers see that their parent is gone, and end
        self.ask()
        if self.patience is not None:
            timer = threading.Timer(self.patience, os._exit, [0])
            timer.daemon = True
            timer.start()


@contextmanager
def stop_at_signals(patience: float | None = PATIENCE) -> Iterator[Stop]:
    """What the signals ask for."""
    stop = Stop(patience)
    handlers: dict[int, Any] = {signal.SIGINT: stop.handle, signal.SIGTERM: stop.handle}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
