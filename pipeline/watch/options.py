"""How to watch: what the command line says beside the options of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from onrecord.pipeline.errors import UsageError

SUBSCRIPTION = re.compile(r"projects/[^/]+/subscriptions/[^/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """All times in seconds. ``settle``: so long a file must stay as it is, unless it was moved into place.

    A turn takes at most ``batch_files`` files of at most ``batch_bytes`` together; a larger file is taken alone.
    Folders are listed every ``poll`` seconds; what is gone, and what could not be read, is looked after every
    ``sweep_every``, clusters are found anew when nothing comes, and every ``cluster_every`` otherwise. With ``once`` it
    ends when nothing is left that has settled. A job on an engine commits once a ``window``;
    ``notifications`` is a subscription that tells it what has come, in place of listings.

    >>> WatchOptions(settle=-1)
    Traceback (most recent call last):
    ...
    onrecord.pipeline.errors.UsageError: --settle -1: give a number of seconds, 0 or more
    """

    settle: float = 2.0
    batch_files: int = 128
    batch_bytes: int = 4 * 2**20
    poll: float = 0.5
    sweep_every: float = 600.0
    cluster_every: float = 600.0
    once: bool = False
    window: float = 60.0
    notifications: str = ""

    def __post_init__(self) -> None:
        for name in ("settle", "poll", "sweep_every", "cluster_every"):
            if not getattr(self, name) >= 0:  # nor anything that is no number
                flag = name.replace("_", "-")
                raise UsageError(f"--{flag} {getattr(self, name)}: give a number of seconds, 0 or more")
        if not self.window >= 1:
            raise UsageError(f"--window {self.window}: give a number of seconds, 1 or more")
        if self.notifications and not SUBSCRIPTION.fullmatch(self.notifications):
            raise UsageError(f"--notifications {self.notifications}: give projects/PROJECT/subscriptions/NAME")
        for name in ("batch_files", "batch_bytes"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name.replace('_', '-')} {getattr(self, name)}: a turn takes at least one")
