"""When an article was published, from the dates that people and programs write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from onrecord.transforms.records import Precision

#: Dates as people write them; 3/4 is not read, for it may be either of two days.
DATE_FORMATS = (
    *("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%d.%m.%Y", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S"),
    *("%Y%m%d%H%M%S", "%Y%m%d%H%M"),
)
#: Seconds since 1970 up to the year 2286, or thousandths of them.
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment in UTC, and how exact it is; of a day it is the first.

    ``flags`` tell what was guessed: ``date_zone_guessed``, ``date_order_guessed``.
    """

    time: datetime
    precision: Precision
    flags: tuple[str, ...] = ()


def read_date(value: object) -> Moment | None:
    """The moment that a value names; without a zone it is taken as UTC. None when it cannot be read.

    >>> read_date("2017-03-07T10:00:00+01:00").time == read_date("Tue, 07 Mar 2017 09:00:00 GMT").time
    True
    >>> read_date("March 7, 2017").precision, read_date("last week")
    ('day', None)
    """
    try:
        moment = _to_datetime(value)
        aware = moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
        if aware is None:
            return None
        precision: Precision = "day" if not re.search(r"\d:\d\d|\d{8}", str(value)) else "second"
        return Moment(time=aware.astimezone(UTC), precision=precision)
    except (ValueError, OverflowError, OSError):
        return None


def _to_datetime(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text) / (1 if float(text) < 10**11 else 1000), UTC)
    return _parse_date(text)


def _parse_date(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text)
        except ValueError:
            continue
    for date_format in DATE_FORMATS:
        try:
            return datetime.strptime(text, date_format)
        except ValueError:
            continue
    return None
