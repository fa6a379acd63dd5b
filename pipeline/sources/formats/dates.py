"""When an article was published, from the date formats that exporters write."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

#: Dates as people write them; 3/4 is not read, for it may be either of two days.
DATE_FORMATS = (
    *("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%d.%m.%Y", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S"),
    *("%Y%m%d%H%M%S", "%Y%m%d%H%M"),
)
#: Seconds since 1970 up to the year 2286, or thousandths of them.
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")


def to_utc(value: object) -> datetime | None:
    """The moment that a value names, in UTC; without a zone it is taken as UTC. None when it cannot be read.

    >>> to_utc("2017-03-07T10:00:00+01:00"), to_utc("Tue, 07 Mar 2017 10:00:00 GMT") == to_utc(1488880800)
    (datetime.datetime(2017, 3, 7, 9, 0, tzinfo=datetime.timezone.utc), True)
    >>> to_utc("March 7, 2017") == to_utc("2017-03-07"), to_utc("last week")
    (True, None)
    """
    try:
        moment = _to_datetime(value)
        aware = moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
        return aware.astimezone(UTC) if aware else None
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
