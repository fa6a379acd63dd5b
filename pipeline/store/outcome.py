"""What came of a run: written to its work folder, since the commit happens wherever the engine has its last step.

output/_onrecord/runs/<N>.json      what the run did that made version N: counts, options, versions, times, machine
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import OWN, current
from onrecord.pipeline.errors import NoDataset
from onrecord.pipeline.options import Options
from onrecord.pipeline.places import place, put_if_absent
from onrecord.pipeline.store.target import Target

#: Packages of which the version may matter to what a run makes.
PACKAGES = ("onrecord", "apache-beam", "spacy", "onnxruntime", "pyarrow", "duckdb", "deltalake", "py3langid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run's commit did, as version ``number`` (0: there was nothing to commit).

    ``articles`` and ``rejects`` came, the latter by ``reasons``; ``rows`` came, by table; records ``left``, and others
    were ``kept`` as they were, as are all of the ``unread`` inputs, which could not be read; records that are forgotten
    were ``withheld``, system files in archives ``passed_over``; ``rewritten`` bytes are those of parts written anew.
    ``totals`` count the data set.
    """

    number: int = 0
    articles: int = 0
    rejects: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    kept: int = 0
    unread: int = 0
    withheld: int = 0
    passed_over: int = 0
    rewritten: int = 0
    totals: Mapping[str, Any] = field(default_factory=dict)


def write_outcome(outcome: Outcome, target: Target) -> None:
    """Write down what the commit did, for the process that started the run."""
    (target.work / "outcome.json").write_text(json.dumps(asdict(outcome)))


def read_outcome(target: Target) -> Outcome:
    """What the run's commit did; with nothing to do, the data set as it is. Raises NoDataset where there is none."""
    path = target.work / "outcome.json"
    if path.exists():
        return Outcome(**json.loads(path.read_text()))
    snapshot = current(target.folder)
    if snapshot is None:
        raise NoDataset(f"nothing was committed in {target.folder}")
    return Outcome(totals=snapshot.totals)


def keep_run(folder: str | Path, outcome: Outcome, inputs: Mapping[str, int], options: Options, seconds: float) -> None:
    """Keep what a run did beside the version that it made. ``inputs`` counts them by what they were found to be."""
    if not outcome.number:
        return
    record = {
        "version": outcome.number,
        "ended": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 3),
        "outcome": asdict(outcome),
        "inputs": dict(inputs),
        "options": asdict(options),
        "packages": _versions() | {"python": platform.python_version()},
        "machine": {"system": sys.platform, "processor": platform.machine(), "cores": os.cpu_count()},
    }
    path = place(folder) / OWN / "runs" / f"{outcome.number}.json"
    put_if_absent(path, json.dumps(record, indent=1).encode() + b"\n")


@cache
def _versions() -> dict[str, str]:
    return {name: version(name) for name in PACKAGES}
