"""The versions of a data set, from what its commits say, and which of them can still be opened.

part a   ├──────────┤            a part lives from the commit that adds it to the one before its removal;
part b        ├───────────────   a version can be opened when all the parts that live in it are on the disk
version  1    2     3     4
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from onrecord.pipeline.ask.snapshot import commits_folder, newest
from onrecord.pipeline.places import place
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.versions.commits import Commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a data set: when it was made, by which command, what it counts, and what came and went with it.

    ``came`` and ``went`` count rows of ``articles`` in parts: a row of a part that was written anew counts in both.
    """

    number: int
    seconds: float
    command: str
    articles: int
    rejects: int
    came: int
    went: int
    parts_added: int
    parts_removed: int
    can_be_opened: bool


class Life(NamedTuple):
    """A part of a table and the versions that it belongs to, from the first to the last."""

    table: str
    name: str
    first: int
    last: int


def history(folder: str | Path) -> list[Version]:
    """All versions, oldest first; [] for a data set that has none."""
    commits = read_commits(folder)
    opened = can_be_opened(lives(commits), part_names(folder), len(commits))
    rows: dict[str, int] = {}
    return [_version(folder, commit, is_open, rows) for commit, is_open in zip(commits, opened, strict=True)]


def read_commits(folder: str | Path) -> list[Commit]:
    """What made each version, oldest first."""
    return [Commit.read(commits_folder(folder) / f"{number}.json") for number in range(1, newest(folder) + 1)]


def lives(commits: Iterable[Commit]) -> list[Life]:
    """The parts of all versions, each as often as it came."""
    alive: dict[tuple[str, str], int] = {}
    ended: list[Life] = []
    last = 0
    for commit in commits:
        last = commit.number
        for table, change in commit.tables.items():
            for name in change.remove:
                if first := alive.pop((table, name), None):
                    ended.append(Life(table, name, first, last - 1))
            alive |= {(table, name): last for name in change.add}
    return [*ended, *(Life(table, name, first, last) for (table, name), first in alive.items())]


def can_be_opened(parts: Iterable[Life], on_disk: set[tuple[str, str]], versions: int) -> list[bool]:
    """Of each version, the first first, whether all of its parts are on the disk.

    >>> can_be_opened([Life("t", "a", 1, 3), Life("t", "b", 2, 2)], {("t", "a")}, 3)
    [True, False, True]
    """
    changes = [0] * (versions + 2)
    for part in parts:
        if (part.table, part.name) not in on_disk:
            changes[part.first] += 1
            changes[part.last + 1] -= 1
    return [missing == 0 for missing in accumulate(changes[1 : versions + 1])]


def parts_in_use(folder: str | Path, oldest: int = 1) -> set[tuple[str, str]]:
    """Table and name of the parts of the newest version, and of those from ``oldest`` on that can still be opened."""
    commits = read_commits(folder)
    parts = lives(commits)
    opened = can_be_opened(parts, part_names(folder), len(commits))
    wanted = [n == len(commits) or (n >= oldest and is_open) for n, is_open in enumerate(opened, start=1)]
    before = [0, *accumulate(wanted)]
    return {(part.table, part.name) for part in parts if before[part.last] > before[part.first - 1]}


def part_names(folder: str | Path) -> set[tuple[str, str]]:
    """Table and name of all parts that lie in the folders of the tables."""
    return {(table, path.name) for table in SCHEMAS for path in (place(folder) / table).glob("part-*.parquet")}


def _version(folder: str | Path, commit: Commit, is_open: bool, rows: dict[str, int]) -> Version:
    """``rows`` has those of the parts of ``articles`` before it, and has them after it."""
    articles = commit.tables.get("articles")
    went = sum(rows.pop(name, 0) for name in articles.remove) if articles else 0
    rows |= articles.add if articles else {}
    done = json.loads((commits_folder(folder) / f"{commit.number}.done").read_bytes())
    return Version(
        number=commit.number,
        seconds=done.get("seconds", 0.0),
        command=commit.command or _guess_command(commit),
        articles=commit.totals["articles"],
        rejects=commit.totals["rejects"],
        came=sum(articles.add.values()) if articles else 0,
        went=went,
        parts_added=sum(len(change.add) for change in commit.tables.values()),
        parts_removed=sum(len(change.remove) for change in commit.tables.values()),
        can_be_opened=is_open,
    )


def _guess_command(commit: Commit) -> str:
    """What made a version of the time when commits did not say so."""
    changed = {table for table, change in commit.tables.items() if change.add or change.remove}
    return "cluster" if changed == {"clusters"} else "run"
