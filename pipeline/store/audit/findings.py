"""What an audit finds: what has to hold, how often it does not, and where first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

#: What does not hold, and where: an id, or the name of a file.
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How often something does not hold, and ``first`` where; what is only told is no fault, however often.

    >>> print(Finding(what="quotes: a span is not its text", count=3, first="1a2b"))
           3  quotes: a span is not its text (first: 1a2b)
    """

    what: str
    count: int = 0
    first: str = ""
    is_fault: bool = True

    def __str__(self) -> str:
        return f"{self.count:>8,}  {self.what}" + (f" (first: {self.first})" if self.first else "")

    def __add__(self, other: Finding) -> Finding:
        first = self.first or other.first
        return Finding(what=self.what, count=self.count + other.count, first=first, is_fault=self.is_fault)


def add_up(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each thing that has to hold, in the order in which they came first."""
    sums: dict[str, Finding] = {}
    for finding in findings:
        sums[finding.what] = sums[finding.what] + finding if finding.what in sums else finding
    return list(sums.values())


def count_faults(checks: Sequence[str], faults: Iterable[Fault]) -> Iterator[Finding]:
    """A finding for each of the checks, with how many of the faults are its own."""
    yield from add_up(
        [
            *(Finding(what=what) for what in checks),
            *add_up(Finding(what=what, count=1, first=where) for what, where in faults),
        ]
    )
