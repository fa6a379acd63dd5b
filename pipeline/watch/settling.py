"""Which files are whole: a file that somebody still writes must not be read half.

A file has settled when

- it was moved into place, as the system tells (``moves``): who renames a file has written it; or
- it was last written the settling time ago, or has looked the same for so long (clocks of two machines may differ);

and, of either, when no process has it open for writing, where the system can tell (Linux, for files of one's own).
That a file was renamed cannot be seen on the file itself: its times are those of a coarse clock, so that one that was
written and renamed at once has the same time for both.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass

from onrecord.pipeline.sources import Reference

#: Names that programs give to what they have not finished: x.tmp, x.part, x~, … Hidden ones ``find`` passes over.
TEMPORARY = re.compile(r"(?:~|\.(?:tmp|temp|part|partial|crdownload|download|filepart|swp|swx|lock))$", re.IGNORECASE)


def is_temporary(name: str) -> bool:
    """Whether a name is one of those that are passed over until the file has its own.

    >>> [name for name in ("a.txt", "a.txt.part", "a.txt~", "part.txt", "b.TMP") if is_temporary(name)]
    ['a.txt.part', 'a.txt~', 'b.TMP']
    """
    return bool(TEMPORARY.search(name))


@dataclass(frozen=True, slots=True)
class Look:
    """How a file looked, and since when (monotonic) it has looked so."""

    size: int
    version: str
    since: float


class Settling:
    """The files that are not yet as old as the settling time, each with how it looked; the others need no memory."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._looks: dict[str, Look] = {}

    def has_settled(self, reference: Reference) -> bool:
        """Whether a file that is listed now has not been written for long enough."""
        if _age(reference) >= self.seconds:
            self._looks.pop(reference.identity, None)
            return True
        now, look = time.monotonic(), self._looks.get(reference.identity)
        if look is None or (look.size, look.version) != (reference.size, reference.version):
            look = self._looks[reference.identity] = Look(reference.size, reference.version, now)
        return now - look.since >= self.seconds

    def keep_only(self, identities: Iterable[str]) -> None:
        """Forget the files that are no longer waiting."""
        self._looks = {name: self._looks[name] for name in identities if name in self._looks}


def _age(reference: Reference) -> float:
    """Seconds since the file was last written; that of something without a time is endless."""
    written = written_at(reference)
    return time.time() - written if written else float("inf")


def written_at(reference: Reference) -> float:
    """When a file was last written (seconds since 1970), as its version tells; 0 where nothing tells."""
    nanoseconds, mark, _ = reference.version.partition(":")
    return int(nanoseconds) / 1e9 if mark else 0.0


def changed_at(reference: Reference) -> float:
    """When a file was last written, or got its name (seconds since 1970); 0 where nothing tells."""
    try:
        return os.lstat(reference.uri).st_ctime
    except OSError:
        return 0.0


def is_open_for_writing(path: str) -> bool:
    """Whether some process has the file open for writing; False where the system does not tell.

    Linux grants a read lease only on a file that nobody writes. It is given back at once; who opens the file to write
    in between waits for that, and a signal is sent: SIGURG, which nobody heeds, and not SIGIO, which ends a process.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False  # that is told when it is read
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(descriptor)
    return False
