"""How far a run is, while it works: a line that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from onrecord.pipeline.store.progress import Progress, read_progress
from onrecord.pipeline.store.target import Target

#: Seconds between two looks, on a terminal and elsewhere (a log file).
TERMINAL_SECONDS, LOG_SECONDS = 0.5, 30.0


@contextmanager
def show_progress(target: Target, total_bytes: int) -> Iterator[None]:
    """Show on standard error how much of the inputs is done."""
    done = threading.Event()
    stream = sys.stderr  # what others print there meanwhile may be sent elsewhere
    show = _show_on_terminal if stream.isatty() else _show_in_log
    watcher = threading.Thread(target=show, args=(Console(file=stream), target, total_bytes, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def progress_line(progress: Progress, total_bytes: int, seconds: float) -> str:
    """What is done, how fast, and how long the rest will take at that rate.

    >>> progress_line(Progress(records=120, n_bytes=1_500_000), 6_000_000, 30.0)
    '120 articles, 1.5 of 6.0 MB, 4.0 articles a second, 1:30 left'
    """
    rate = progress.records / seconds if seconds else 0.0
    line = f"{progress.records:,} articles, {progress.n_bytes / 1e6:,.1f} of {total_bytes / 1e6:,.1f} MB"
    if not progress.n_bytes:
        return line
    left = round(seconds * max(total_bytes - progress.n_bytes, 0) / progress.n_bytes)
    clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}" if left >= 3600 else f"{left // 60}:{left % 60:02}"
    return f"{line}, {rate:,.1f} articles a second, {clock} left"


def _show_on_terminal(console: Console, target: Target, total_bytes: int, done: threading.Event) -> None:
    started = time.monotonic()
    with Live(Text("reading"), console=console, transient=True, auto_refresh=False) as live:
        while not done.wait(TERMINAL_SECONDS):
            line = progress_line(read_progress(target), total_bytes, time.monotonic() - started)
            live.update(Text(line), refresh=True)


def _show_in_log(console: Console, target: Target, total_bytes: int, done: threading.Event) -> None:
    started = time.monotonic()
    while not done.wait(LOG_SECONDS):
        line = progress_line(read_progress(target), total_bytes, time.monotonic() - started)
        console.print(Text(f"onrecord: {line}"), soft_wrap=True)
