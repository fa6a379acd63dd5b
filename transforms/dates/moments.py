"""What a date is read as, and what the user has said about dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from onrecord.transforms.dates.zones import region_zone
from onrecord.transforms.records import Precision

ZONE_GUESSED, ORDER_GUESSED, UNREAD = "date_zone_guessed", "date_order_guessed", "date_unread"
#: What each flag of a date means, for the tables' page.
DATE_FLAGS = {
    ZONE_GUESSED: "the zone of a date's clock is a guess: none is named, or one that means several",
    ORDER_GUESSED: "day and month of a date in digits are told apart by its dots alone",
    UNREAD: "there is a date of publication that could not be read; `published` is empty",
}
#: Years that are read. Before them hardly any paper was printed; after them stand overflows and placeholders.
MIN_YEAR, MAX_YEAR = 1600, 2100
ORDERS = ("DMY", "MDY", "YMD")
#: A day in one zone may be the day before or after it in another: the widest that zones lie apart.
ZONE_SPREAD = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRules:
    """What the user knows about the dates: ``order`` of a day in digits (DMY, MDY, YMD), ``time_zone`` of a clock.

    Empty: neither is known. A date that says more itself is read as it says. Raises ValueError for what is neither.
    """

    order: str = ""
    time_zone: str = ""

    def __post_init__(self) -> None:
        if self.order and self.order not in ORDERS:
            raise ValueError(f"--date-order {self.order}: give {', '.join(ORDERS)}")
        if self.time_zone and region_zone(self.time_zone) is None:
            raise ValueError(f"--time-zone {self.time_zone}: give a name as Europe/London or UTC")


NO_RULES = DateRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment in UTC, and how exact it is; of a day it is the first.

    ``flags`` tell what was guessed: ``date_zone_guessed``, ``date_order_guessed``.
    """

    time: datetime
    precision: Precision
    flags: tuple[str, ...] = ()

    @classmethod
    def of_day(cls, day: date, flags: tuple[str, ...] = ()) -> Moment:
        """A day of which no clock is known."""
        return cls(time=datetime.combine(day, time(), UTC), precision="day", flags=flags)

    @property
    def is_readable(self) -> bool:
        return MIN_YEAR <= self.time.year <= MAX_YEAR

    @property
    def vagueness(self) -> tuple[bool, bool]:
        """Sorts the surest first."""
        return self.precision == "day", bool(self.flags)

    def agrees_with(self, other: Moment) -> bool:
        """May both be the same moment, as far as they are sure?"""
        apart = abs(self.time - other.time)
        if "day" in (self.precision, other.precision):
            return apart <= ZONE_SPREAD + timedelta(days=1)
        return apart <= (ZONE_SPREAD if self.flags or other.flags else timedelta(minutes=1))

    def sharpened(self, others: tuple[Moment, ...]) -> Moment:
        """The surest of those that say the same as this one, this one where none is surer."""
        return min((self, *filter(self.agrees_with, others)), key=lambda moment: moment.vagueness)

    def with_flags(self, *flags: str) -> Moment:
        return replace(self, flags=tuple(sorted({*self.flags, *flags})))
