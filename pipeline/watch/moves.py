"""Files that were moved into place: told by the system as it happens, so that they need no settling.

inotify on Linux, FSEvents on macOS, through ``watchdog``. It may miss some (a full queue, a folder that is younger than
its file, a network's file system, a limit of the system): those are found by listing, and settle as others do.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

#: Names that are held at most; what is more is found by listing.
MAX_NAMES = 10_000


class Moves:
    """The names of files that were moved into some folders since they were last taken, and a bell that rings then.

    ``fault`` says why the system tells nothing, where it does not.
    """

    def __init__(self, folders: Iterable[str], *, apart_from: str) -> None:
        self._apart_from = f"{apart_from.rstrip('/')}/"
        self._names: dict[str, None] = {}
        self._lock, self._bell = threading.Lock(), threading.Event()
        self._observer: BaseObserver | None = None
        self.fault = ""
        try:
            self._observer = self._observe(folders)
        except Exception as error:  # every system has limits of its own
            self.fault = f"{type(error).__name__}: {error}"

    def take(self) -> list[str]:
        """The names since the last time, in their order."""
        with self._lock:
            self._bell.clear()
            names, self._names = list(self._names), {}
        return names

    def wait(self, seconds: float) -> bool:
        """Wait for a file, but not longer than that; whether one came."""
        return self._bell.wait(seconds)

    def close(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()

    def dispatch(self, event: FileSystemEvent) -> None:
        """What ``watchdog`` calls, in a thread of its own."""
        name = str(event.dest_path)
        if event.event_type != "moved" or event.is_directory or not name or name.startswith(self._apart_from):
            return
        with self._lock:
            if len(self._names) < MAX_NAMES:
                self._names[name] = None
            self._bell.set()

    def _observe(self, folders: Iterable[str]) -> BaseObserver:
        from watchdog.events import DirCreatedEvent, DirMovedEvent, FileMovedEvent

        observer = _observer()
        for folder in folders:
            # new folders have to be told as well, or it would not look into them
            events: list[type[FileSystemEvent]] = [FileMovedEvent, DirMovedEvent, DirCreatedEvent]
            observer.schedule(self, folder, recursive=True, event_filter=events)  # type: ignore[arg-type]
        observer.start()
        return observer


def _observer() -> BaseObserver:
    """inotify tells also of what comes from a folder that is not watched, when it is asked for all it knows."""
    from watchdog import observers

    if sys.platform != "linux":
        return observers.Observer()
    from watchdog.observers.inotify import InotifyObserver

    return InotifyObserver(generate_full_events=True)
