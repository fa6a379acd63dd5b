"""What has come to a watched folder: new, changed, settled; asked again and again, by Beam's ``Watch``.

What this process has told is not told again, as long as it may still be on its way to the data set. All else is decided
by the data set: who begins anew reads what it knows, and what was lost on the way is told once more.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from apache_beam.io.watch import PollResult
from apache_beam.utils.timestamp import Timestamp

from onrecord.pipeline.addresses import local_path
from onrecord.pipeline.errors import OnRecordError
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.stream.control import goes_on
from onrecord.pipeline.watch.known import Known
from onrecord.pipeline.watch.listing import list_files
from onrecord.pipeline.watch.settling import Settling, changed_at, is_open_for_writing

#: So many arrivals are told at a time; the others come with the next poll.
MAX_ARRIVALS = 2048


class Arrival(NamedTuple):
    """A file that has come, and when it was last changed (seconds since 1970; 0 where nothing tells).

    None is no file: it is time to look after all that the data set knows, what is gone and what there is to tidy up.
    """

    reference: Reference | None
    changed: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The poll function of a job: a folder → what has come to it since it was asked last.

    ``settle``: seconds for which a file must stay as it is. What was told ``patience`` seconds ago and is not in the
    data set is told again. Every ``sweep_every`` seconds, if anything has come, all is looked after; a mirror does so
    ``mirror_delay`` seconds after something has vanished, which may have been on its way.
    """

    job: str
    options: Options
    settle: float
    sweep_every: float
    patience: float
    mirror_delay: float

    def __call__(self, folder: str) -> PollResult[Arrival]:
        if not goes_on(self.options.output, self.job):
            return PollResult.complete(())
        arrivals = _arrivals_of(self, folder)
        come = arrivals.look()
        now = Timestamp.of(arrivals.tick())
        return PollResult.incomplete(come, now).with_watermark(now)


def arrival_key(arrival: Arrival) -> str:
    """By what ``Watch`` knows an arrival; one that is told again, on purpose, is another."""
    reference = arrival.reference
    return f"{reference.identity}\0{reference.version}\0{time.time()}" if reference else f"\0{time.time()}"


_ARRIVALS: dict[tuple[Poll, str], Arrivals] = {}


def _arrivals_of(poll: Poll, folder: str) -> Arrivals:
    """What this process knows of a folder; an engine may ask another one tomorrow."""
    if (poll, folder) not in _ARRIVALS:
        _ARRIVALS[poll, folder] = Arrivals(poll=poll, folder=folder)
    return _ARRIVALS[poll, folder]


@dataclass(slots=True, kw_only=True)
class Arrivals:
    """What is known of one folder between two polls."""

    poll: Poll
    folder: str
    settling: Settling = field(init=False)
    known: Known = field(init=False)
    loaded: float = 0.0
    swept: float = field(default_factory=time.monotonic)
    ticked: float = 0.0
    has_come: bool = True  # whoever begins does not know what the last one left
    vanished: float | None = None  # since when something is gone
    _told: deque[tuple[float, Reference]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.settling = Settling(self.poll.settle)
        self._load()

    def tick(self) -> float:
        """The time, which never goes back."""
        self.ticked = max(time.time(), self.ticked + 1e-6)
        return self.ticked

    def look(self) -> list[Arrival]:
        """What has come and has settled. A folder that cannot be listed has nothing new."""
        if time.monotonic() - self.loaded >= self.poll.sweep_every:
            self._load()
        try:
            come = self._find_settled()
        except OnRecordError as error:  # it may be back
            logging.getLogger(__name__).warning("%s", error)
            return []
        self.known.add(come)
        self._told.extend((time.monotonic(), reference) for reference in come)
        self.has_come = self.has_come or bool(come)
        arrivals = [Arrival(reference, changed_at(reference)) for reference in come]
        return [*arrivals, Arrival(None)] if self._is_time_to_sweep() else arrivals

    def _find_settled(self) -> list[Reference]:
        """What is new or changed, and settled; the listing is gone through to its end, whatever is told of it."""
        settled: list[Reference] = []
        waiting: list[str] = []
        for reference in self.known.sift(list_files([self.folder])):
            if not self.settling.has_settled(reference) or _is_being_written(reference):
                waiting.append(reference.identity)
            elif len(settled) < MAX_ARRIVALS:
                settled.append(reference)
        self.settling.keep_only(waiting)
        return settled

    def _is_time_to_sweep(self) -> bool:
        now = time.monotonic()
        if self.poll.options.mirror and self.known.vanished:
            self.vanished = now
        is_gone = self.vanished is not None and now - self.vanished >= self.poll.mirror_delay
        if not is_gone and not (self.has_come and now - self.swept >= self.poll.sweep_every):
            return False
        self.swept, self.has_come, self.vanished = now, False, None
        return True

    def _load(self) -> None:
        """Take up what the data set knows by now, and what may still be on its way to it."""
        self.loaded = time.monotonic()
        self.known = Known(self.poll.options.output, self.poll.options.base)
        while self._told and self._told[0][0] < self.loaded - self.poll.patience:
            self._told.popleft()
        self.known.add(reference for _, reference in self._told)


def _is_being_written(reference: Reference) -> bool:
    path = local_path(reference.uri)
    return path is not None and is_open_for_writing(path)
