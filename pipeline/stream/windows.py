"""What came in one window is one run over those files: planned, cut into shards, annotated, and committed as a whole.

    arrivals of a window ──plan──► shard, shard, … ──annotate──► done, done, … ──all are done──► commit, upkeep

An engine may do each step again, anywhere, and hand on a window's shards in several panes. So each run has its own work
folder, a shard that is done says so in it, and who finds all of them done commits; doing that again changes nothing. A
run that is lost with its engine was never committed: its files are found anew by the next listing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import chain

from onrecord.pipeline.ask.snapshot import commits_folder, newest
from onrecord.pipeline.errors import DuplicateIds, UsageError
from onrecord.pipeline.graph.planning import Plan, plan, read_deal
from onrecord.pipeline.graph.shards import Shard, cut_shards, split_deal
from onrecord.pipeline.graph.workers import annotate_apart
from onrecord.pipeline.options import Options
from onrecord.pipeline.places import list_names, put_if_absent, remove_folder
from onrecord.pipeline.sources import Reference
from onrecord.pipeline.store.outcome import keep_run, read_outcome
from onrecord.pipeline.store.parts import ShardParts, parts_from
from onrecord.pipeline.store.target import Target, clear_scratch, is_needed, keep_alive
from onrecord.pipeline.store.versions.commit import commit
from onrecord.pipeline.stream.arrivals import Arrival
from onrecord.pipeline.stream.progress import Progress, note_progress
from onrecord.pipeline.watch import turn
from onrecord.pipeline.watch.known import Known

#: A shard without inputs, for a run that only removes.
NOTHING = Shard(name="nothing", references=())

Annotate = Callable[[Shard, Options, Target], ShardParts]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRun:
    """The run of a window, planned on ``version`` of the data set: so many ``shards``, dealt out by so many ``keys``.

    ``changed``: when the files that came were last changed. ``is_sweep``: it was time to look after all that is known.
    """

    target: Target
    version: int
    keys: int
    shards: int
    changed: tuple[float, ...]
    is_sweep: bool
    mirror_fault: str = ""


def plan_window(
    arrivals: Iterable[Arrival], folders: tuple[str, ...], options: Options
) -> Iterator[tuple[WindowRun, Shard]]:
    """The run of a window and each of its shards; none when the data set has it all already."""
    arrived = sorted(arrivals, key=lambda arrival: arrival.changed)
    references = list({each.reference.identity: each.reference for each in arrived if each.reference}.values())
    is_sweep = any(each.reference is None for each in arrived)
    target = Target.of(options)
    version = newest(target.folder)
    keep_alive(target)
    clear_scratch()
    todo, fault = _plan(references, folders, options, target, is_sweep=is_sweep)
    shards = _shards(todo, target) or ([NOTHING] if todo.mirrored or is_sweep else [])
    if not shards:
        _remove(target)
        return
    run = WindowRun(
        target=target,
        version=version,
        keys=todo.keys if todo.inputs else 0,
        shards=len(shards),
        changed=tuple(each.changed for each in arrived if each.changed),
        is_sweep=is_sweep,
        mirror_fault=fault,
    )
    for shard in shards:
        yield run, shard


def _plan(
    references: list[Reference], folders: tuple[str, ...], options: Options, target: Target, *, is_sweep: bool
) -> tuple[Plan, str]:
    """The plan, and why a mirror removes nothing where it would remove too much."""
    renamed = turn.old_names(references, folders, options)
    if not is_sweep:
        return plan(references, renamed, replace(options, mirror=False), target), ""
    come = {each.identity for each in references}
    known = Known(options.output, options.base)
    others = [each for each in turn.as_known(folders, known) if each.identity not in come]
    try:
        return plan(chain(references, others), folders, options, target), ""
    except UsageError as error:
        if not options.mirror:
            raise
        remove_folder(target.scratch / "plan")
        return plan(references, renamed, replace(options, mirror=False), target), str(error)


def _shards(todo: Plan, target: Target) -> list[Shard]:
    return [
        shard
        for key in range(todo.keys if todo.inputs else 0)
        for shard in _cut(split_deal(read_deal(key, todo.keys, target)))
    ]


def _cut(keyed: Iterable[tuple[int, Reference]]) -> Iterator[Shard]:
    groups: dict[int, list[Reference]] = {}
    for key, reference in keyed:
        groups.setdefault(key, []).append(reference)
    for group in groups.values():
        yield from cut_shards(group)


def annotate_window(run: WindowRun, shard: Shard, options: Options, annotate: Annotate = annotate_apart) -> WindowRun:
    """Annotate a shard of the run, and say in its work folder that it is done. One that was given up is left alone."""
    if run.target.planned_version.exists():
        keep_alive(run.target)
        parts = annotate(shard, replace(options, mirror=False), run.target)
        put_if_absent(run.target.work / "done" / f"{shard.name}.json", json.dumps(asdict(parts)).encode())
    return run


def commit_window(run: WindowRun, options: Options, tidy: Callable[[bool], None]) -> None:
    """Commit the run when all of its shards are done, once, and look after the data set."""
    started = time.monotonic()
    target = run.target
    if not _is_committed(run):
        made = _done(target)
        if len(made) < run.shards:
            return  # the others come in a later pane
        try:
            commit(made, target)
        except DuplicateIds:
            _commit_one_by_one(run, options)
        else:
            _tell(run, options, time.monotonic() - started)
    _remove(target)
    tidy(run.is_sweep)


def _commit_one_by_one(run: WindowRun, options: Options) -> None:
    """Two records have one id: each file is taken by itself, and only what clashes stays out, and is told."""
    references = [each for key in range(run.keys) for each in read_deal(key, run.keys, run.target).references]
    for reference in references:
        try:
            outcome = turn.read_alone(reference, options)
        except DuplicateIds as error:
            note_progress(options.output, Progress(error=str(error)))
        else:
            note_progress(options.output, Progress(files=1, articles=outcome.articles, rejects=outcome.rejects))


def _tell(run: WindowRun, options: Options, seconds: float) -> None:
    outcome = read_outcome(run.target)
    keep_run(run.target.folder, outcome, {"come": len(run.changed)}, options, seconds)
    now = time.time()
    note_progress(
        options.output,
        Progress(
            windows=1,
            files=len(run.changed),
            articles=outcome.articles,
            rejects=outcome.rejects,
            commit={"number": outcome.number, "time": now} if outcome.number else {},
            totals={name: outcome.totals[name] for name in ("articles", "rejects")},
            seconds=tuple(now - each for each in run.changed),
            mirror=run.mirror_fault if run.is_sweep else None,
        ),
    )


def _is_committed(run: WindowRun) -> bool:
    """Whether a version since the plan was made of the run's work."""
    for number in range(run.version + 1, newest(run.target.folder) + 1):
        told = json.loads((commits_folder(run.target.folder) / f"{number}.json").read_bytes())
        if told["work"] == run.target.work_name:
            return True
    return False


def _done(target: Target) -> list[ShardParts]:
    folder = target.work / "done"
    names = [name for name in list_names(folder) if not name.startswith(".")]
    return [parts_from(json.loads((folder / name).read_bytes())) for name in names]


def _remove(target: Target) -> None:
    if target.scratch != target.work:
        remove_folder(target.scratch)
    if not is_needed(target.work, target.folder):
        remove_folder(target.work)
