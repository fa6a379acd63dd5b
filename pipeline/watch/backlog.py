"""The files that come next: those that were moved into place, then those of the last listing, each by its name.

What has failed alone is set aside, and comes alone when some time has passed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence

from onrecord.pipeline.sources import Reference, find
from onrecord.pipeline.watch.known import Known
from onrecord.pipeline.watch.settling import is_open_for_writing

#: So long a file is set aside that has failed alone.
ASIDE_SECONDS = 600.0


class Backlog:
    """Names that wait; bounded, since a listing hands on so many and no more."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self._moved: deque[Reference] = deque()
        self._listed: deque[Reference] = deque()
        self._aside: dict[Reference, float] = {}

    def __len__(self) -> int:
        return len(self._moved) + len(self._listed)

    @property
    def n_bytes(self) -> int:
        return sum(reference.size for queue in (self._moved, self._listed) for reference in queue)

    def add_moved(self, references: Iterable[Reference]) -> None:
        self._moved.extend(references)

    def replace_listed(self, references: Iterable[Reference]) -> None:
        self._listed = deque(references)

    def take(self, max_files: int, max_bytes: int) -> list[Reference]:
        """The next files, so many and no more; one that is larger than ``max_bytes`` comes alone.

        What is known by now, or does not look as it did, or is being written, is passed over: a listing has it again.
        """
        batch: dict[Reference, None] = {}
        n_bytes = 0
        for queue in (self._moved, self._listed):
            while queue and len(batch) < max_files:
                if batch and (n_bytes + queue[0].size > max_bytes or queue[0] in self._aside):
                    return list(batch)
                reference = queue.popleft()
                if reference in batch or not self._may_be_read(reference):
                    continue
                batch[reference] = None
                n_bytes += reference.size
                if reference in self._aside:
                    return [reference]
        return list(batch)

    def put_back(self, batch: Sequence[Reference]) -> None:
        """What failed together is tried again, in smaller batches; what failed alone is set aside."""
        if len(batch) == 1:
            self._aside[batch[0]] = time.monotonic() + ASIDE_SECONDS
        else:
            self._moved.extendleft(reversed(batch))

    def forget_aside(self) -> None:
        """Forget what was set aside and has been read since, or has changed."""
        self._aside = {
            each: due for each, due in self._aside.items() if not self.known.has(each) and is_as_it_was(each)
        }

    def _may_be_read(self, reference: Reference) -> bool:
        is_due = self._aside.get(reference, 0.0) <= time.monotonic()
        return is_due and not self.known.has(reference) and is_ready(reference)


def is_ready(reference: Reference) -> bool:
    """Whether a file looks as it did when it was listed, and nobody has it open for writing."""
    return is_as_it_was(reference) and (reference.fault is not None or not is_open_for_writing(reference.uri))


def is_as_it_was(reference: Reference) -> bool:
    if reference.fault is not None:
        return True
    (now,) = find([reference.uri])
    return (now.size, now.version) == (reference.size, reference.version)
