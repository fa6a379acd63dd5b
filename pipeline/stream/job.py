"""The unbounded job, launched and looked after: it runs on an engine until it is stopped, or until that ends it.

SIGINT and SIGTERM let it end by itself: its source says that nothing more comes, and what has come is committed. Begun
again, whatever was killed, it lists anew, and the data set says what it has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from onrecord.pipeline.addresses import absolute_address, local_path
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.engines.catalogue import find_engine
from onrecord.pipeline.engines.contract import check, require
from onrecord.pipeline.engines.preparation import prepare
from onrecord.pipeline.errors import AlreadyWatched, EngineEnded, InputMissing, OnRecordError
from onrecord.pipeline.graph.engines import make_pipeline, raising_own_errors
from onrecord.pipeline.options import Options
from onrecord.pipeline.store.target import hold_if_free
from onrecord.pipeline.stream import control
from onrecord.pipeline.stream.arrivals import Poll
from onrecord.pipeline.stream.progress import Progress, clear_progress, read_progress
from onrecord.pipeline.watch import chores, turn
from onrecord.pipeline.watch.latency import Latencies
from onrecord.pipeline.watch.options import WatchOptions
from onrecord.pipeline.watch.status import IDLE_SECONDS, LATE_SECONDS, Status, lock_file, new_status, write_status
from onrecord.pipeline.watch.stopping import Stop

#: What was told so many windows ago and is not in the data set is told again; or so many seconds ago.
LOST_WINDOWS, LOST_SECONDS = 10, 600.0
#: What has vanished leaves the tables so many windows later: it may be on its way to them.
MIRROR_WINDOWS = 2
SLICE_SECONDS = 0.2

Show = Callable[[Status], None]


def watch_on_engine(folders: Sequence[str], options: Options, habits: WatchOptions, stop: Stop, show: Show) -> None:
    """Run the job until it is stopped.

    Raises InputMissing for a folder that is not there, AlreadyWatched when another watches for the same data set,
    EngineEnded when the engine ends the job by itself, and what is wrong with the engine's options.
    """
    for folder in folders:
        if (path := local_path(folder)) is not None and not Path(path).is_dir():
            raise InputMissing(f"{folder}: no such folder")
    with hold_if_free(lock_file(options.output)) as is_free:
        if not is_free:
            raise AlreadyWatched(f"another process watches for {options.output} already; onrecord watch --status")
        options, job = prepare(options), uuid4().hex
        status = new_status([absolute_address(folder) for folder in folders])
        write_status(status, options.output, may_take=LATE_SECONDS)
        turn.make_dataset(options)
        status.totals = _totals(options.output)
        clear_progress(options.output)
        control.begin(options.output, job)
        result = _launch(tuple(status.folders), job, options, habits)
        _supervise(result, job, status, options, stop, show, drains=not habits.notifications)


def put_graph(pipeline: Any, folders: tuple[str, ...], job: str, options: Options, habits: WatchOptions) -> None:
    """Put the unbounded graph into a pipeline of Beam's."""
    from onrecord.pipeline.stream.assembly import build, poll_folders

    if habits.notifications:
        from onrecord.pipeline.stream.notifications import read_notifications

        arrivals = read_notifications(pipeline, habits.notifications, folders)
    else:
        poll = Poll(
            job=job,
            options=options,
            settle=habits.settle,
            sweep_every=habits.sweep_every,
            patience=max(LOST_SECONDS, LOST_WINDOWS * habits.window),
            mirror_delay=MIRROR_WINDOWS * habits.window,
        )
        arrivals = poll_folders(pipeline, folders, poll, habits.poll)
    build(arrivals, folders, options, habits)


def _launch(folders: tuple[str, ...], job: str, options: Options, habits: WatchOptions) -> Any:
    """The job, at work. Raises EngineUnfit when its engine cannot be given such a graph."""
    graph = partial(put_graph, folders=folders, job=job, options=options, habits=habits)
    if engine := find_engine(options.runner):
        require(check(graph, engine), engine)
    pipeline = make_pipeline(options, is_streaming=True)
    graph(pipeline)
    return pipeline.run()


def _supervise(
    result: Any, job: str, status: Status, options: Options, stop: Stop, show: Show, *, drains: bool
) -> None:
    """Tell how the job is until it has ended; ask it to end when that is asked for.

    One whose source is not ours has to be drained by its engine's own means: it is left running then.
    """
    waiter = Waiter(result)
    waiter.start()
    is_ending = False
    while waiter.is_alive():
        if stop.asked and not drains:
            _tell(status, options, "left to its engine", show)
            return
        if stop.asked and not is_ending:
            with suppress(Exception):  # a store may not answer now; it is asked again
                control.end(options.output, job)
                is_ending = True
        if time.time() - status.updated >= IDLE_SECONDS:
            _tell(status, options, "stopping" if is_ending else "running", show)
        waiter.join(SLICE_SECONDS)
    if waiter.error is not None or not is_ending:
        _tell(status, options, "stopped", show)
    if waiter.error is not None:
        raise EngineEnded(f"the engine has ended the job: {waiter.error}; begun again, it goes on") from waiter.error
    if not is_ending:
        raise EngineEnded(f"the engine has ended the job: {result.state}; begun again, it goes on")
    chores.clear_at_end(options)
    _tell(status, options, "stopped", show)


def _tell(status: Status, options: Options, state: str, show: Show) -> None:
    """Write and show how the job is. A store that does not answer is told, and ends nothing."""
    status.state = state
    try:
        _take_over(status, read_progress(options.output))
        write_status(status, options.output)
    except Exception as error:  # of as many kinds as there are stores
        status.updated = time.time()
        status.error = {"time": status.updated, "text": f"{type(error).__name__}: {error}".splitlines()[0]}
    show(status)


def _take_over(status: Status, done: Progress) -> None:
    latencies = Latencies()
    latencies.add(done.seconds)
    status.latency = latencies.summary()
    status.turns, status.files = done.windows, done.files
    status.articles, status.rejects = done.articles, done.rejects
    status.totals = dict(done.totals) or status.totals
    status.commit, status.mirror = dict(done.commit), done.mirror or ""
    status.error = {"text": done.error} if done.error else {}


def _totals(folder: str) -> dict[str, int]:
    snapshot = current(folder)
    return {name: snapshot.totals[name] for name in ("articles", "rejects")} if snapshot else {}


class Waiter(threading.Thread):
    """Waits for a job to end, and keeps what it raises; of what a client of the engine says, the line that tells."""

    def __init__(self, result: Any) -> None:
        super().__init__(daemon=True)
        self._result = result
        self.error: Exception | None = None

    def run(self) -> None:
        from grpc import RpcError

        try:
            with raising_own_errors():
                self._result.wait_until_finish()
        except RpcError as error:
            self.error = OnRecordError(f"it does not answer any more ({error.details()})")
        except Exception as error:
            self.error = error
