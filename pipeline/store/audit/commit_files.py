"""Are the commits in order? Numbers without a gap, each done, and each log lists what they add and remove."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from deltalake.exceptions import DeltaError

from onrecord.pipeline.ask.snapshot import commits_folder, newest, numbers, parts_at
from onrecord.pipeline.store.audit.findings import Fault
from onrecord.pipeline.store.versions.commits import Commit

MISSING = "commits: a number is missing"
UNTOLD = "commits: done, and no file says what it did"
UNFINISHED = "commits: begun and not finished: the next run finishes it"
UNREADABLE = "commits: a file cannot be read"
NO_VERSION = "commits: a table's log has not the version that a commit names"
OTHER_PARTS = "commits: a table's log lists other parts than the commits add and remove"
CHECKS = (MISSING, UNTOLD, UNFINISHED, UNREADABLE, NO_VERSION, OTHER_PARTS)
#: What a file that is damaged, or not what it should be, raises when it is read.
READ_ERRORS = (OSError, ValueError, LookupError, TypeError, AttributeError)


def commit_faults(folder: Path) -> Iterator[Fault]:
    """What is wrong with the files of the commits, and with the logs against them."""
    decided, done = set(numbers(folder, "json")), set(numbers(folder, "done"))
    highest = max(decided | done, default=0)
    yield from ((MISSING, str(number)) for number in range(1, highest + 1) if number not in decided | done)
    yield from ((UNTOLD, f"{number}.done") for number in sorted(done - decided))
    yield from ((UNFINISHED, f"{number}.json") for number in sorted(decided - done))
    yield from _log_faults(folder)


def read_commit(folder: Path, number: int) -> Commit:
    return Commit.read(commits_folder(folder) / f"{number}.json")


def read_versions(folder: Path, number: int) -> Mapping[str, int]:
    """The version of each table's log at a commit."""
    versions = json.loads((commits_folder(folder) / f"{number}.done").read_bytes())["versions"]
    return {str(table): int(version) for table, version in versions.items()}


def _log_faults(folder: Path) -> Iterator[Fault]:
    """The logs against the commits, as far as these are done with none missing; a log is read where it changed."""
    held: dict[str, set[str]] = {}
    seen: dict[str, int] = {}
    for number in range(1, newest(folder) + 1):
        try:
            commit, versions = read_commit(folder, number), read_versions(folder, number)
        except READ_ERRORS:
            yield UNREADABLE, str(number)
            return
        for table, change in commit.tables.items():
            held[table] = (held.get(table, set()) - set(change.remove)) | set(change.add)
            if table not in versions:
                yield NO_VERSION, f"{number}.done: {table}"
            elif change.add or change.remove or seen.get(table) != versions[table]:
                faults = _compare(folder / table, versions[table], held[table])
                yield from ((what, f"{number}.done: {table}{where}") for what, where in faults)
        seen.update(versions)


def _compare(table: Path, version: int, expected: set[str]) -> Iterator[Fault]:
    """A table's log at a version against the parts that it should list. What a log keeps no longer is not looked at."""
    try:
        listed = set(parts_at(table, version))
    except (DeltaError, *READ_ERRORS):
        if version >= _oldest_version(table):
            yield NO_VERSION, f" {version}"
        return
    if differing := sorted(listed ^ expected):
        yield OTHER_PARTS, f"/{differing[0]}"


def _oldest_version(table: Path) -> int:
    """The first version of which the log still has the file: readers of Delta remove old ones in time."""
    names = (path.stem for path in (table / "_delta_log").glob("*.json"))
    return min((int(name) for name in names if name.isdecimal()), default=0)
