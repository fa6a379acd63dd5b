"""Counting records so that a loss shows: how many they are, and one number for all their ids."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """``records`` of them, whose ids add up to ``ids`` modulo 2**64: equal for equal bags of records, in any order.

    >>> Tally.of(["01", "ff"]) + Tally.of([]), Tally.of(["ff"]) + Tally.of(["01"])
    (Tally(records=2, ids=256), Tally(records=2, ids=256))
    """

    records: int = 0
    ids: int = 0

    @classmethod
    def of(cls, ids: Iterable[str]) -> Tally:
        """The tally of records with these ids (hexadecimal)."""
        numbers = [int(digits, 16) for digits in ids]
        return cls(len(numbers), sum(numbers) % 2**64)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.records + other.records, (self.ids + other.ids) % 2**64)


NOTHING = Tally()
