"""What has come to a watched folder: new, changed, settled; asked again and again, by Beam's ``Watch``.

A file is told with each poll, under one key and one time, until the data set has it: an engine may stop a poll halfway,
and what that has told is then lost. ``Watch`` hands each key on once, and its place is kept by the engine. What has not
come to the data set when it should have is told under another key.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import NamedTuple

from apache_beam.io.watch import PollResult
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from onrecord.pipeline.addresses import canonical_address, local_path
from onrecord.pipeline.errors import OnRecordError
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.stream.control import goes_on
from onrecord.pipeline.watch.known import Known
from onrecord.pipeline.watch.listing import list_files
from onrecord.pipeline.watch.settling import Settling, changed_at, is_open_for_writing

#: So many files of a folder may be on their way; the others are told when these have come.
MAX_ARRIVALS = 16384


class Arrival(NamedTuple):
    """A file that has come, and when it was last changed (seconds since 1970; 0 where nothing tells).

    None is no file: it is time to look after all that the data set knows, what is gone and what there is to tidy up.
    ``attempt`` counts how often it was told and lost; of what is no file it is the time.
    """

    reference: Reference | None
    changed: float = 0.0
    attempt: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The poll function of a job: a folder → what has come to it and is not in the data set yet.

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
        arrivals = _arrivals_of(self, folder)
        told = arrivals.look()
        outputs = tuple(TimestampedValue(arrival, Timestamp.of(since)) for arrival, since in told)
        if not goes_on(self.options.output, self.job):
            return PollResult.complete(outputs)
        return PollResult(outputs).with_watermark(Timestamp.of(arrivals.now()))


def arrival_key(arrival: Arrival) -> str:
    """By what ``Watch`` knows an arrival."""
    reference = arrival.reference
    place = f"{reference.identity}\0{reference.version}\0{reference.size}" if reference else ""
    return f"{place}\0{arrival.attempt}"


_ARRIVALS: dict[tuple[Poll, str], Arrivals] = {}


def _arrivals_of(poll: Poll, folder: str) -> Arrivals:
    """What this process knows of a folder; an engine may ask another one tomorrow."""
    if (poll, folder) not in _ARRIVALS:
        _ARRIVALS[poll, folder] = Arrivals(poll=poll, folder=folder)
    return _ARRIVALS[poll, folder]


#: What was told, and since when (seconds since 1970).
Told = tuple[Arrival, float]


@dataclass(slots=True, kw_only=True)
class Arrivals:
    """What is known of one folder between two polls: what the data set has, and what is on its way to it."""

    poll: Poll
    folder: str
    settling: Settling = field(init=False)
    known: Known = field(init=False)
    loaded: float = 0.0
    swept: float = field(default_factory=time.monotonic)
    has_come: bool = True  # whoever begins does not know what the last one left
    vanished: float | None = None  # since when something is gone
    _now: float = 0.0
    _on_their_way: dict[str, Told] = field(default_factory=dict)
    _sweep: Told | None = None

    def __post_init__(self) -> None:
        self.settling = Settling(self.poll.settle)
        self._load()

    def now(self) -> float:
        """The time, which never goes back."""
        self._now = max(time.time(), self._now + 1e-6)
        return self._now

    def look(self) -> list[Told]:
        """What is on its way, and when each was told first. A folder that cannot be listed has nothing new."""
        if time.monotonic() - self.loaded >= self.poll.sweep_every:
            self._load()
        try:
            self.known.follow()
            listed = self._list()
        except OnRecordError as error:  # it may be back
            logging.getLogger(__name__).warning("%s", error)
        else:
            self._follow(listed)
        self._sweep_in_time()
        return [*self._on_their_way.values(), *([self._sweep] if self._sweep else [])]

    def _list(self) -> dict[str, Reference]:
        """What is new or changed, and settled, by its identity, and what is told already and still there."""
        listed: dict[str, Reference] = {}
        waiting: list[str] = []
        for reference in self.known.sift(list_files([self.folder])):
            if not self.settling.has_settled(reference) or _is_being_written(reference):
                waiting.append(reference.identity)
            elif reference.identity in self._on_their_way or len(listed) < MAX_ARRIVALS:
                listed[reference.identity] = reference
        self.settling.keep_only(waiting)
        return listed

    def _follow(self, listed: dict[str, Reference]) -> None:
        """Tell of what is listed; what was told too long ago, anew."""
        before, now = self._on_their_way, self.now()
        self._on_their_way = {}
        for name, reference in listed.items():
            told = before.get(name)
            if told is None or told[0].reference != reference:
                self.has_come = True
                told = Arrival(reference, changed_at(reference)), now
            elif now - told[1] >= self.poll.patience:
                told = told[0]._replace(attempt=told[0].attempt + 1), now
            self._on_their_way[name] = told

    def _sweep_in_time(self) -> None:
        now = time.monotonic()
        if self.known.vanished:
            self.vanished = now
        is_gone = self.vanished is not None and now - self.vanished >= self.poll.mirror_delay
        if (is_gone and self.poll.options.mirror) or (self.has_come and now - self.swept >= self.poll.sweep_every):
            self.swept, self.has_come, self.vanished = now, False, None
            since = self.now()
            self._sweep = Arrival(None, attempt=since), since

    def _load(self) -> None:
        """Take up what the data set knows by now, whoever has brought it."""
        self.loaded = time.monotonic()
        below = canonical_address(self.folder)
        self.known = Known(self.poll.options.output, self.poll.options.base, below=below)


def _is_being_written(reference: Reference) -> bool:
    path = local_path(reference.uri)
    return path is not None and is_open_for_writing(path)
