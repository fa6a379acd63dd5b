"""The watcher: turn after turn it takes what has settled, between turns it does its chores, and it tells how it is.

    moved into place ─┐                                ┌─ nothing waits: sweep, clusters, deleting, compaction
    listed, settled ──┴─► batch ──► turn ──► status ───┴─ else the next batch

What goes wrong in a turn is told, and tried again: with fewer files, so that one that cannot be read stands alone, and
after a pause that grows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from onrecord.pipeline.addresses import absolute_address
from onrecord.pipeline.ask.snapshot import newest
from onrecord.pipeline.errors import AlreadyWatched, DuplicateIds, InputMissing, UsageError
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.store.outcome import Outcome
from onrecord.pipeline.store.target import hold_if_free
from onrecord.pipeline.watch import chores, turn
from onrecord.pipeline.watch.backlog import Backlog
from onrecord.pipeline.watch.chores import Chore
from onrecord.pipeline.watch.known import Known
from onrecord.pipeline.watch.latency import Latencies
from onrecord.pipeline.watch.listing import Listing, find_moved, list_waiting
from onrecord.pipeline.watch.moves import Moves
from onrecord.pipeline.watch.options import WatchOptions
from onrecord.pipeline.watch.settling import Settling, changed_at
from onrecord.pipeline.watch.status import IDLE_SECONDS, LATE_SECONDS, Status, lock_file, new_status, write_status
from onrecord.pipeline.watch.stopping import Stop

#: The longest pause after a failure.
MAX_PAUSE = 60.0
#: A wait is cut into pieces, between which a signal is looked for.
SLICE_SECONDS = 0.1
#: Listing takes no more than about a tenth of the time.
LISTING_REST = 9.0
#: Seconds until clusters are found anew when nothing comes, a mirror removes what is gone, and parts are deleted.
IDLE_CLUSTERS, SOON_GONE, LATE_GONE, CLEAR_SECONDS, COMPACT_SECONDS = 30.0, 1.0, 60.0, 10.0, 60.0

#: A file was gone when it was to be read, here or by another run: a mirror has no such rejects.
LOST = frozenset({"missing", "unreadable"})

Show = Callable[[Status], None]


def watch(folders: Sequence[str], options: Options, habits: WatchOptions, stop: Stop, show: Show) -> None:
    """Watch until it is stopped, or with ``once`` until nothing is left.

    Raises InputMissing for a folder that is not there, AlreadyWatched when another watches for the same data set,
    UsageError for a data set that cannot be added to; with ``once`` what goes wrong in a turn.
    """
    for folder in folders:
        if not Path(folder).is_dir():
            raise InputMissing(f"{folder}: no such folder")
    with hold_if_free(lock_file(options.output)) as is_free:
        if not is_free:
            raise AlreadyWatched(f"another process watches for {options.output} already; onrecord watch --status")
        with closing(Moves(map(absolute_address, folders), apart_from=absolute_address(options.output))) as moves:
            Watcher(folders, options, habits, moves, show).run(stop)


class Watcher:
    """What is known between two turns: names and numbers, never what is in a file."""

    def __init__(
        self, folders: Sequence[str], options: Options, habits: WatchOptions, moves: Moves, show: Show
    ) -> None:
        self.folders, self.options, self.habits, self.moves, self.show = folders, options, habits, moves, show
        self.status = new_status([absolute_address(folder) for folder in folders])
        self.status.moves = moves.fault
        self.settling, self.latencies = Settling(habits.settle), Latencies()
        self.listing, self.listed_at = Listing(), 0.0
        self.max_files = habits.batch_files
        self.pause = 0.0
        self._tell("starting", may_take=LATE_SECONDS)
        turn.start(options)
        self.known = Known(options.output, options.base)
        self.backlog = Backlog(self.known)
        self.version = newest(options.output)
        self.sweep = Chore(act=self._sweep, soon=SOON_GONE, late=LATE_GONE, is_needed=bool(self.known))
        self.clusters = Chore(
            act=lambda: chores.update_clusters(options),
            soon=min(IDLE_CLUSTERS, habits.cluster_every),
            late=habits.cluster_every,
        )
        self.clearing = Chore(act=lambda: chores.clear(options), soon=CLEAR_SECONDS, late=CLEAR_SECONDS)
        self.compaction = Chore(act=lambda: chores.compact_parts(options), soon=COMPACT_SECONDS, late=COMPACT_SECONDS)

    def run(self, stop: Stop) -> None:
        """Go on until it is to end; then leave the data set as a run does."""
        deadline = time.monotonic() + self.habits.settle + self.habits.poll
        while not stop.asked:
            try:
                is_idle = not self._take_turn(stop)
                self._has_worked()
            except Exception as error:
                if self.habits.once:
                    raise
                self._has_failed(error)
                self._wait(self.pause, stop)
                continue
            if is_idle and self.habits.once and (not self.listing.settling or time.monotonic() > deadline):
                self._finish_once()
                break
            if is_idle:
                self._tell("idle")
                self._wait(max(self.habits.poll, LISTING_REST * self.listing.seconds), stop, bell=True)
        self._tell("stopping")
        chores.clear_at_end(self.options)
        self._tell("stopped")

    def _take_turn(self, stop: Stop) -> bool:
        """Read a batch, or do a chore that is due; whether there was anything to do."""
        self._look()
        if batch := self.backlog.take(self.max_files, self.habits.batch_bytes):
            self._read(batch)
        did = bool(batch)
        for name, chore in self._chores():
            if not stop.asked and chore.is_due(idle=not batch and not self.backlog):
                self._tell(name, may_take=LATE_SECONDS)
                chore.do()
                self.version = newest(self.options.output)
                did = True
        return did

    def _chores(self) -> Iterator[tuple[str, Chore]]:
        if self.known and time.monotonic() - self.sweep.ended >= self.habits.sweep_every:
            self.sweep.is_needed = True
        yield "sweeping", self.sweep
        yield "deleting", self.clearing
        if self.options.clusters:
            yield "finding clusters", self.clusters
        yield "compacting", self.compaction

    def _look(self) -> None:
        """See what was moved into place, and list the folders when that is due."""
        self.backlog.add_moved(find_moved(self.moves.take(), self.folders))
        rest = max(self.habits.poll, LISTING_REST * self.listing.seconds)
        if not self.backlog or time.monotonic() - self.listed_at >= rest:
            self.listing = list_waiting(self.folders, self.known, self.settling)
            self.listed_at = time.monotonic()
            self.backlog.replace_listed(self.listing.next)
            self.backlog.forget_aside()
            if self.options.mirror and (self.known.vanished or newest(self.options.output) > self.version):
                self.sweep.is_needed = True
        self.status.backlog = {
            "files": max(self.listing.files, len(self.backlog)),
            "bytes": max(self.listing.n_bytes, self.backlog.n_bytes),
            "settling": self.listing.settling,
        }

    def _read(self, batch: list[Reference]) -> None:
        self._tell("reading")
        changes = [changed_at(reference) for reference in batch]
        try:
            outcome = turn.read_files(batch, self.folders, self.known, self.options, lambda: self._tell("reading"))
        except Exception:
            self.backlog.put_back(batch)
            self.max_files = max(1, len(batch) // 2)
            raise
        self.latencies.add(time.time() - since for since in changes if since >= self.status.started)
        self.max_files = min(self.habits.batch_files, 2 * self.max_files)
        self.status.files += len(batch)
        self._has_committed(outcome)

    def _sweep(self) -> None:
        """Look after all that is known; a mirror that would remove too much removes nothing, and says so."""
        self.status.mirror = ""
        try:
            outcome = turn.sweep(self.folders, self.known, self.options, lambda: self._tell("sweeping"))
        except UsageError as error:
            if not self.options.mirror:
                raise
            self.status.mirror = str(error)
            return
        self._has_committed(outcome)

    def _has_committed(self, outcome: Outcome) -> None:
        self.status.turns += 1
        self.status.articles += outcome.articles
        self.status.rejects += outcome.rejects
        self.status.totals = {name: outcome.totals[name] for name in ("articles", "rejects")}
        self.status.latency = self.latencies.summary()
        others = outcome.number > self.version + 1
        if self.options.mirror and (others or not LOST.isdisjoint(outcome.reasons)):
            self.sweep.is_needed = True
        if outcome.number:
            self.version = outcome.number
            self.status.commit = {"number": outcome.number, "time": time.time()}
            self.clusters.is_needed = self.clearing.is_needed = self.compaction.is_needed = True

    def _has_worked(self) -> None:
        self.status.failures, self.pause = 0, 0.0

    def _has_failed(self, error: Exception) -> None:
        """Two records of one id are no fault of the system: what is left of the batch need not wait."""
        self.status.failures += 1
        self.pause = min(MAX_PAUSE, 2 * self.pause or 1.0) if not isinstance(error, DuplicateIds) else 0.0
        text = f"{type(error).__name__}: {error}".splitlines()[0]
        self.status.error = {"time": time.time(), "text": text, "pause": self.pause}

    def _finish_once(self) -> None:
        for name, chore in (("sweeping", self.sweep), ("finding clusters", self.clusters)):
            if chore is self.sweep or (self.clusters.is_needed and self.options.clusters):
                self._tell(name, may_take=LATE_SECONDS)
                chore.do()

    def _wait(self, seconds: float, stop: Stop, *, bell: bool = False) -> None:
        end = time.monotonic() + seconds
        while not stop.asked and (left := end - time.monotonic()) > 0:
            if time.time() - self.status.updated >= IDLE_SECONDS:
                self._tell(self.status.state)
            if bell and self.moves.wait(min(left, SLICE_SECONDS)):
                return
            if not bell:
                time.sleep(min(left, SLICE_SECONDS))

    def _tell(self, state: str, *, may_take: float = IDLE_SECONDS) -> None:
        """Write the status, when it is another or some seconds have passed. A full disk must not end the watch."""
        is_same = state == self.status.state == "idle" and time.time() - self.status.updated < IDLE_SECONDS
        self.status.state = state
        try:
            if not is_same:
                write_status(self.status, self.options.output, may_take=may_take)
        except OSError as error:
            self.status.error = {"time": time.time(), "text": f"OSError: {error}", "pause": self.pause}
        self.show(self.status)
