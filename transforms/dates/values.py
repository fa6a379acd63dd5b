"""The moment in a value of a record: text, a number, an object as a database exports it, a date of Python's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from onrecord.transforms.dates.labels import LabelKind, read_labelled
from onrecord.transforms.dates.moments import NO_RULES, DateRules, Moment
from onrecord.transforms.dates.texts import ISO, MAX_CHARS, local_moment, normalise, read_text
from onrecord.transforms.dates.zones import ZONE, find_zone, region_zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NUMBER = re.compile(r"(\d{8,19})(?:\.(\d+))?")
#: Microseconds in a unit of an epoch with so many digits: seconds, thousandths, and so on, from 1973 to 2286.
EPOCH_UNITS = {9: 10**6, 10: 10**6, 13: 10**3, 16: 1}
NANOSECOND_DIGITS = 19
#: The shell of MongoDB, JavaScript, and JSON of .NET: ISODate("…"), new Date(…), /Date(…)/.
WRAPPED = re.compile(r"""\\?/?(?:new\s)?(?:ISO)?Date\(\s?["']?([^"'()]+)["']?\s?\)\\?/?""")
NET_MILLISECONDS = re.compile(r"(-?\d{1,15})(?:[+-]\d{4})?")
#: Of several dates in a text the one that counts.
KINDS: tuple[LabelKind, ...] = ("published", "", "modified")
#: Keys of objects that hold a date. Source: MongoDB Extended JSON; JSON-LD; PHP's DateTime; Microsoft Graph; Parse;
#: xmltodict.
DATE_KEYS = ("$date", "@value", "date", "datetime", "dateTime", "iso", "value", "$t", "#text")
ZONE_KEYS = ("timezone", "timeZone", "tz")
#: Objects of seconds and nanoseconds. Source: Firestore, protobuf.
SECONDS_KEYS = ("seconds", "_seconds")
MAX_DEPTH = 4


def read_date(value: object, rules: DateRules = NO_RULES) -> Moment | None:
    """The moment that a value names, in UTC. None when it names none, or cannot be told from another.

    What is not said is guessed with a flag (a zone), or not at all (the order of 3/4/2024, years of two digits).

    >>> read_date("2017-03-07T10:00:00+01:00").time == read_date("Tue, 07 Mar 2017 09:00:00 GMT").time
    True
    >>> read_date("March 7, 2017").precision, read_date("last week"), read_date("2017-03-07 10:00").flags
    ('day', None, ('date_zone_guessed',))
    """
    try:
        moment = _read_value(value, rules, MAX_DEPTH)
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment.is_readable else None


def _read_value(value: object, rules: DateRules, depth: int) -> Moment | None:
    match value:
        case datetime():
            return _read_datetime(value, rules)
        case date():
            return Moment.of_day(value)
        case str():
            return _read_string(value, rules)
        case int() | float() if not isinstance(value, bool):
            return _read_number(str(int(value) if value == int(value) else value))
        case Mapping() if depth:
            return _read_object(value, rules, depth - 1)
        case [item] if depth:
            return _read_value(item, rules, depth - 1)
    return None


def _read_datetime(value: datetime, rules: DateRules) -> Moment | None:
    """Also a ``Timestamp`` of pandas, of which only the parts are taken; its missing value is unlike itself."""
    if value != value:
        return None
    if value.tzinfo is not None and value.utcoffset() is not None:
        return Moment(time=datetime(*value.utctimetuple()[:6], value.microsecond, tzinfo=UTC), precision="second")
    local = datetime(*value.timetuple()[:6], value.microsecond)
    return local_moment(local, "second", None, rules)


def _read_string(text: str, rules: DateRules) -> Moment | None:
    text = text.strip()
    if NUMBER.fullmatch(text):
        return _read_number(text)
    if ISO.fullmatch(text):
        return read_text(text, rules)
    if len(text) > 2 * MAX_CHARS:
        return None
    if m := WRAPPED.fullmatch(text):
        milliseconds = NET_MILLISECONDS.fullmatch(m[1])
        return _from_epoch(int(milliseconds[1]), 10**3) if milliseconds else read_text(m[1], rules)
    moments = read_labelled(normalise(text), rules)
    return next((moments[kind] for kind in KINDS if kind in moments), None)


def _read_number(digits: str) -> Moment | None:
    """An epoch, or a day and its clock without marks: 20240304, 20240304180500. One that may be both is neither.

    >>> _read_number("1709575500") == _read_number("1709575500000"), _read_number("20240304").precision
    (True, 'day')
    """
    m = NUMBER.fullmatch(digits)
    if m is None:
        return None
    n = len(m[1])
    compact = _read_compact(m[1]) if n in (8, 10, 12, 14) and not m[2] else None
    if n == NANOSECOND_DIGITS:
        return _from_epoch(int(m[1]) // 10**3, 1)
    if n in EPOCH_UNITS:
        epoch = _from_epoch(int(m[1]), EPOCH_UNITS[n])
        fraction = int((m[2] or "0").ljust(6, "0")[:6]) if EPOCH_UNITS[n] == 10**6 else 0
        return None if compact else replace(epoch, time=epoch.time + timedelta(microseconds=fraction))
    if n == 12 and compact is None:
        return _from_epoch(int(m[1]), 10**3)  # before September 2001
    return compact


def _read_compact(digits: str) -> Moment | None:
    text = f"{digits[:8]}T{digits[8:]}" if len(digits) > 8 else digits
    moment = read_text(text)
    return moment if moment and moment.is_readable else None


def _from_epoch(number: int, unit: int) -> Moment:
    return Moment(time=EPOCH + timedelta(microseconds=number * unit), precision="second")


def _read_object(value: Mapping[object, object], rules: DateRules, depth: int) -> Moment | None:
    if "$date" in value and (milliseconds := _milliseconds(value["$date"])) is not None:
        return _from_epoch(milliseconds, 10**3)
    if seconds := next((value[key] for key in SECONDS_KEYS if isinstance(value.get(key), int | str)), None):
        return _from_epoch(int(str(seconds)), 10**6)
    zone = next((name for key in ZONE_KEYS if isinstance(name := value.get(key), str)), None)
    if zone is not None and region_zone(zone):
        rules = replace(rules, time_zone=zone)
    date_value = next((value[key] for key in DATE_KEYS if value.get(key) is not None), None)
    moment = _read_value(date_value, rules, depth)
    offset = ZONE.fullmatch(zone) if zone and not region_zone(zone) else None
    if moment and moment.flags and offset and isinstance(date_value, str):
        return read_text(f"{date_value} {zone}", rules) if find_zone(offset) else None
    return moment


def _milliseconds(value: object) -> int | None:
    """A date of MongoDB as a number, which is of milliseconds whatever its size."""
    if isinstance(value, Mapping):
        value = value.get("$numberLong")
        return int(value) if isinstance(value, str | int) else None
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
