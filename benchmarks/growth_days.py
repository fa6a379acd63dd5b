"""The days of ``benchmarks.growth``: what becomes of a folder of articles from one day to the next."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

#: Of the articles that are there so many are edited each day, moved, and removed.
EDITED, MOVED, REMOVED = 1 / 20, 1 / 20, 1 / 40


def live_a_day(day: int, days: int, sample: Path, news: Path, seed: int) -> dict[str, int]:
    """Change the folder ``news`` as that day does, which is always the same; what was changed, counted."""
    chance = Random(f"{seed} {day}")
    there = sorted(news.rglob("*.txt"))
    counts = [max(1, round(len(there) * share)) if there else 0 for share in (EDITED, MOVED, REMOVED)]
    changed = chance.sample(there, min(sum(counts), len(there)))
    edited, moved, removed = (changed[sum(counts[:n]) :][: counts[n]] for n in range(3))
    for path in edited:
        path.write_text(f"{path.read_text()}\n\n“It was put right on day {day},” the editor said.\n")
    for path in moved:
        place = news / f"moved-{day}" / path.name
        place.parent.mkdir(exist_ok=True)
        path.rename(place)
    for path in removed:
        path.unlink()
    added = sorted(sample.iterdir())[arrivals(day, days, sample)]
    (news / f"day-{day}").mkdir(parents=True)
    for path in added:
        shutil.copyfile(path, news / f"day-{day}" / path.name)
    return {"added": len(added), "edited": len(edited), "moved": len(moved), "removed": len(removed)}


def arrivals(day: int, days: int, sample: Path) -> slice:
    """Which articles come on a day: half of them on the first, the rest evenly on the others."""
    count = len(list(sample.iterdir()))

    def come(day: int) -> int:
        return count // 2 + (count - count // 2) * day // max(days - 1, 1)

    return slice(come(day - 1) if day else 0, come(day))
