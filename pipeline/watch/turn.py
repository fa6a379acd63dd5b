"""One turn: a run over a few files that are named, by the same plan, the same workers and the same commit as any run.

    files that have settled ──plan──► ──annotate (warm workers)──► ──commit──► their rows can be seen

Nothing is listed here and Beam is not loaded. A ``sweep`` is a turn over the folders themselves: what is gone leaves.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from onrecord.pipeline.addresses import REMOTE, canonical_address
from onrecord.pipeline.ask.connect import sql_text
from onrecord.pipeline.graph.planning import WAITING, Plan, plan, read_deal
from onrecord.pipeline.graph.shards import Shard, cut_shards, split_deal
from onrecord.pipeline.graph.workers import annotate_apart, warm
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.store.outcome import Outcome, keep_run, read_outcome
from onrecord.pipeline.store.parts import ShardParts
from onrecord.pipeline.store.target import Target, commit_lock, run_alive
from onrecord.pipeline.store.versions.commit import commit
from onrecord.pipeline.store.versions.commits import finish
from onrecord.pipeline.watch.known import Known, read_inputs
from onrecord.pipeline.watch.listing import list_files

#: Seconds between two signs of life while workers are at work.
BEAT_SECONDS = 1.0
#: Where other names of a batch's files are asked for, so many at a time.
CHUNK = 500

Beat = Callable[[], None]


def read_files(
    references: Sequence[Reference], folders: Sequence[str], known: Known, options: Options, beat: Beat
) -> Outcome:
    """Have the data set hold what these files hold now. One that was renamed in the folders leaves its old name."""
    renamed = old_names(known.may_be_renamed(references), folders, options)
    outcome = _run(references, renamed, replace(options, mirror=False), beat)
    known.add(references)
    return outcome


def read_alone(reference: Reference, options: Options) -> Outcome:
    """Have the data set hold what one file holds now."""
    return _run([reference], [], replace(options, mirror=False), lambda: None)


def sweep(folders: Sequence[str], known: Known, options: Options, beat: Beat) -> Outcome:
    """What ``onrecord run`` over the folders does, but for files that wait: those stay as they are.

    Raises UsageError when a mirror would remove too much.
    """
    return _run(as_known(folders, known), folders, options, beat)


def start(options: Options) -> None:
    """Make the data set, if there is none, and the workers, with their models; UsageError where a run cannot add to it.

    A worker does one thing after the other: one that has read an empty shard has its model.
    """
    warm(options.workers, options)
    make_dataset(options)
    with _planned([], [], options) as (target, _):
        nothing = [Shard(name=f"nothing-{number}", references=()) for number in range(options.workers)]
        _read_shards(nothing, options, target, lambda: None)


def make_dataset(options: Options) -> None:
    """Make the data set, if there is none; UsageError where a run cannot add to it."""
    with commit_lock(options.output):
        finish(options.output)  # what was killed in the middle of its commit
    with _planned([], [], options) as (target, _):
        commit([], target)


def old_names(references: Sequence[Reference], folders: Sequence[str], options: Options) -> list[str]:
    """Names by which the data set knows these files, and which are gone."""
    versions = sorted({each.version for each in references if each.version})
    names: list[str] = []
    for first in range(0, len(versions), CHUNK):
        some = ", ".join(map(sql_text, versions[first : first + CHUNK]))
        names += [address for address, *_ in read_inputs(options.output, f"version IN ({some})")]
    roots = [Path(canonical_address(folder)) for folder in folders]
    names = [name for name in names if REMOTE not in name]  # an object has no number by which it is known again
    paths = [Path(options.base) / name for name in names if "\\" not in name]  # an escaped name is not the file's own
    return [str(path) for path in paths if not path.exists() and not {*roots}.isdisjoint(path.parents)]


def _run(references: Iterable[Reference], roots: Sequence[str], options: Options, beat: Beat) -> Outcome:
    started = time.monotonic()
    with _planned(references, roots, options) as (target, todo):
        if todo.inputs or todo.mirrored:
            commit(_read_shards(_shards(todo, options, target), options, target, beat), target)
        outcome = read_outcome(target)
        keep_run(target.folder, outcome, todo.states, options, time.monotonic() - started)
        return outcome


@contextmanager
def _planned(references: Iterable[Reference], roots: Sequence[str], options: Options) -> Iterator[tuple[Target, Plan]]:
    target = Target.of(options)
    with run_alive(target):
        yield target, plan(references, roots, options, target)


def _read_shards(shards: Iterable[Shard], options: Options, target: Target, beat: Beat) -> list[ShardParts]:
    """The parts of shards, each read by one of the workers."""
    warm(options.workers, options)
    with ThreadPoolExecutor(options.workers) as pool:
        parts = [pool.submit(annotate_apart, shard, options, target) for shard in shards]
        while wait(parts, timeout=BEAT_SECONDS).not_done:
            beat()
    return [part.result() for part in parts]


def _shards(todo: Plan, options: Options, target: Target) -> Iterator[Shard]:
    """A turn makes few parts: as many shards as there are workers, unless they would be too large."""
    shares: list[list[Reference]] = [[] for _ in range(options.workers)]
    for deal in (read_deal(key, todo.keys, target) for key in range(todo.keys)):
        for key, reference in split_deal(deal):
            shares[key % options.workers].append(reference)
    for share in shares:
        yield from cut_shards(share)


def as_known(folders: Sequence[str], known: Known) -> Iterator[Reference]:
    """The files in the folders; those that are new or changed wait: they are there, whatever a run beside this read."""
    for reference in list_files(folders):
        yield reference if known.has(reference) else replace(reference, fault=WAITING)
