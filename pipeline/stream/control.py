"""Which job keeps a data set up to date, and whether it is to go on: said in a file that all of its workers can read.

output/_onrecord/job.json      the job, and whether it is to go on

A job whose launcher was killed may run on; it ends when another one begins. It is ended by its own source, which then
says that nothing more will come: every window closes, and the engine comes to its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import OWN
from onrecord.pipeline.places import place, replace_file


def begin(folder: str | Path, job: str) -> None:
    """From now on this is the job; another one that is at work ends."""
    _write(folder, job, goes_on=True)


def end(folder: str | Path, job: str) -> None:
    """Have the job end when all that has come is in the data set."""
    if _read(folder).get("job") == job:
        _write(folder, job, goes_on=False)


def goes_on(folder: str | Path, job: str) -> bool:
    """Whether this is the job, and goes on, unless it is said otherwise: some stores lose a file for a moment."""
    told = _read(folder)
    return not told or (told["job"] == job and bool(told["goes_on"]))


def _job_file(folder: str | Path) -> Path:
    return place(folder) / OWN / "job.json"


def _read(folder: str | Path) -> Mapping[str, Any]:
    try:
        told: Mapping[str, Any] = json.loads(_job_file(folder).read_bytes())
    except FileNotFoundError:
        return {}
    return told


def _write(folder: str | Path, job: str, *, goes_on: bool) -> None:
    _job_file(folder).parent.mkdir(parents=True, exist_ok=True)
    replace_file(_job_file(folder), json.dumps({"job": job, "goes_on": goes_on}).encode() + b"\n")
