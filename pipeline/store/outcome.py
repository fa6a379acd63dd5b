"""What came of a run, told through its work folder: the commit happens wherever the engine has its last step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import NoDataset
from onrecord.pipeline.store.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``articles`` and ``rejects`` that came with the run's commit, records that ``left`` with it and that were
    ``kept`` as they were, ``rewritten`` bytes; ``totals`` of the data set after it."""

    articles: int = 0
    rejects: int = 0
    left: int = 0
    kept: int = 0
    rewritten: int = 0
    totals: Mapping[str, Any] = field(default_factory=dict)


def tell_outcome(outcome: Outcome, target: Target) -> None:
    """Leave word of what the commit did."""
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
