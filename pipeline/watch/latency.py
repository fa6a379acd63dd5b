"""How long it took from the last change of a file until its rows could be seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from math import ceil

#: So many of the last files count.
MAX_FILES = 10_000


class Latencies:
    """The seconds that each of the last files took.

    >>> latencies = Latencies()
    >>> latencies.add(n / 100 for n in range(1, 101))
    >>> latencies.summary()
    {'files': 100, 'p50': 0.5, 'p99': 0.99, 'max': 1.0}
    """

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=MAX_FILES)

    def add(self, seconds: Iterable[float]) -> None:
        self._seconds.extend(seconds)

    def summary(self) -> Mapping[str, float]:
        """How many files count, and of their seconds the median, the 99th percentile and the maximum."""
        if not self._seconds:
            return {"files": 0}
        ordered = sorted(self._seconds)
        shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
        return {
            "files": len(ordered),
            **{name: round(ordered[ceil(share * len(ordered)) - 1], 3) for name, share in shares.items()},
        }
