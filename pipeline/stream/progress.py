"""What a job has done so far, as those of its workers that commit have noted it, for whoever asks how it is.

output/_onrecord/job-progress.json      counts, the last commit, and how long the last files took
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import OWN
from onrecord.pipeline.places import place, replace_file
from onrecord.pipeline.store.target import commit_lock

#: Of so many of the last files it is kept how long they took.
MAX_FILES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts of what came; ``seconds`` that the last files took from their change until their rows could be seen.

    ``totals`` count the data set, ``commit`` is the last one. ``mirror`` says why nothing is removed; it is None where
    that was not looked at. ``error``: what went wrong last.
    """

    windows: int = 0
    files: int = 0
    articles: int = 0
    rejects: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)
    commit: Mapping[str, float] = field(default_factory=dict)
    seconds: tuple[float, ...] = ()
    mirror: str | None = None
    error: str = ""

    def __add__(self, later: Progress) -> Progress:
        """
        >>> (Progress(files=2, seconds=(1.0, 2.0)) + Progress(files=1, seconds=(3.0,), error="no space")).seconds
        (1.0, 2.0, 3.0)
        """
        return Progress(
            windows=self.windows + later.windows,
            files=self.files + later.files,
            articles=self.articles + later.articles,
            rejects=self.rejects + later.rejects,
            totals=later.totals or self.totals,
            commit=later.commit or self.commit,
            seconds=(*self.seconds, *later.seconds)[-MAX_FILES:],
            mirror=self.mirror if later.mirror is None else later.mirror,
            error=later.error or self.error,
        )


def note_progress(folder: str | Path, done: Progress) -> None:
    """Add to what was done. On a store two that commit at once may count one of them."""
    with commit_lock(folder):
        told = asdict(read_progress(folder) + done)
        told["seconds"] = [round(each, 3) for each in told["seconds"]]
        replace_file(_file(folder), json.dumps(told).encode() + b"\n")


def clear_progress(folder: str | Path) -> None:
    """Begin to count anew."""
    _file(folder).unlink(missing_ok=True)


def read_progress(folder: str | Path) -> Progress:
    try:
        told: Mapping[str, Any] = json.loads(_file(folder).read_bytes())
    except FileNotFoundError:
        return Progress()
    known = {each.name for each in fields(Progress)}
    values = {name: value for name, value in told.items() if name in known}
    return Progress(**values | {"seconds": tuple(values.get("seconds", ()))})


def _file(folder: str | Path) -> Path:
    return place(folder) / OWN / "job-progress.json"
