"""How far a run is, on the terminal, while it works."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from onrecord.pipeline.store.parts import work_folder

POLL_SECONDS = 0.5


@contextmanager
def show_progress(output: str) -> Iterator[None]:
    """Count the shards that are done: a shard is done when its part stands in the work folder."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    columns = (SpinnerColumn(), TextColumn("reading, {task.completed} shards done"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        watcher = threading.Thread(target=_watch, args=(bar, task, output, done), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _watch(bar: Progress, task: TaskID, output: str, done: threading.Event) -> None:
    while not done.wait(POLL_SECONDS):
        parts = {path.name for path in work_folder(output).glob("*/part-*.parquet")}
        bar.update(task, completed=len(parts))
