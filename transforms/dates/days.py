"""The day that a date names: all days that its words and digits may mean, and the one that is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

MONTHS = ("january february march april may june july august september october november december").split()
WEEKDAYS = ("monday tuesday wednesday thursday friday saturday sunday").split()
MONTH_NUMBERS = {name[:n]: at for at, name in enumerate(MONTHS, 1) for n in (3, len(name))} | {"sept": 9}
WEEKDAY_NUMBERS = {name[:n]: at for at, name in enumerate(WEEKDAYS) for n in (3, len(name))}
WEEKDAY_NUMBERS |= {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
#: Words that say nothing about which day it is.
FILLERS = frozenset(("of", "the", "on", "at", "day"))
TOKEN = re.compile(r"\d+|[^\W\d_]+")
NUMERIC = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})")
ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
ISO_WEEK = re.compile(r"(\d{4})-?W(\d\d)-?([1-7])", re.IGNORECASE)
ISO_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
EAST_ASIAN = re.compile(r"(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]\s?(?:\(?\w?(?:曜日|요일)?\)?)?")
#: Marks that stand between the parts of a date; any other makes it something else.
PUNCTUATION = re.compile(r"[\s,./|•·;:'’()\[\]@–—-]*")
#: Two-digit years where the user has said the order. Source: POSIX, strptime %y.
PIVOT = 69
#: Languages whose month names do not contradict each other: their dates are given to dateparser.
LANGUAGES = "de fr es it pt nl sv da nb fi pl cs ru uk tr el hu ro id".split()
#: A sample day, to ask dateparser for the month that a wording means.
SAMPLE_DAY, SAMPLE_YEAR = 4, 2004
MAX_FOREIGN_WORDS = 6


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and whether its order was guessed by its dots."""

    day: date
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    order: str
    day: date


def read_day(text: str, order: str = "") -> Day | None:
    """The one day that a text without a clock means, None where that is no or more than one day.

    A weekday beside the day has to be right, and decides where the digits leave it open.

    >>> read_day("March 4th, 2024"), read_day("Mon 3/4/2024") == read_day("4/3/2024", "DMY"), read_day("3/4/2024")
    (Day(day=datetime.date(2024, 3, 4), guessed=False), True, None)
    """
    text = ORDINAL.sub("", text.strip(" ,;|•·:–—-."))
    if iso := _iso_day(text):
        return Day(iso)
    if not PUNCTUATION.fullmatch(TOKEN.sub("", text)):
        return None
    tokens = [token for token in TOKEN.findall(text.lower()) if token not in FILLERS]
    weekdays = {WEEKDAY_NUMBERS[token] for token in tokens if token in WEEKDAY_NUMBERS}
    words = [token for token in tokens if not token.isdigit() and token not in WEEKDAY_NUMBERS]
    numbers = [token for token in tokens if token.isdigit()]
    month = MONTH_NUMBERS.get(words[0]) if len(words) == 1 else None
    if words and month is None:
        return _read_foreign_day(text, numbers)
    candidates = _named_candidates(numbers, month) if month else _numeric_candidates(text, numbers)
    return _choose([c for c in candidates if not weekdays or weekdays == {c.day.weekday()}], order, text)


def _choose(candidates: list[Candidate], order: str, text: str) -> Day | None:
    days = {candidate.day for candidate in candidates}
    if len(days) > 1 and order:
        days = {c.day for c in candidates if c.order == order} or days
        days = {day for day in days if len(days) == 1 or 1900 + PIVOT <= day.year < 2000 + PIVOT}
    if len(days) == 1:
        return Day(days.pop())
    dotted = {c.day for c in candidates if c.order == "DMY"} if re.search(r"\d\.\d+\.\d{4}", text) else set()
    return Day(dotted.pop(), guessed=True) if len(dotted) == 1 else None


def _iso_day(text: str) -> date | None:
    if m := ISO_WEEK.fullmatch(text):
        return _of(date.fromisocalendar, *map(int, m.groups()))
    if m := ISO_ORDINAL.fullmatch(text):
        first = _of(date, int(m[1]), 1, 1)
        day = first and _of(date.fromordinal, first.toordinal() + int(m[2]) - 1)
        return day if day and day.year == int(m[1]) else None
    m = EAST_ASIAN.fullmatch(text)
    return _of(date, *map(int, m.groups())) if m else None


def _named_candidates(numbers: list[str], month: int) -> Iterator[Candidate]:
    if len(numbers) != 2:
        return
    first, second = numbers
    for orders, day, year in ((("DMY", "MDY"), first, second), (("YMD",), second, first)):
        yield from (c for order in orders for c in _candidates(order, year, month, day))


def _numeric_candidates(text: str, numbers: list[str]) -> Iterator[Candidate]:
    m = NUMERIC.search(text)
    if m is None or len(numbers) != 3:
        return
    first, second, third = m[1], m[3], m[4]
    if len(first) <= 2:
        yield from _candidates("DMY", third, int(second), first)
        yield from _candidates("MDY", third, int(first), second)
    yield from _candidates("YMD", first, int(second), third)


def _candidates(order: str, year: str, month: int, day: str) -> Iterator[Candidate]:
    """The days of these parts; a year of two digits is one of the last or of this century."""
    if len(day) > 2 or len(year) not in (2, 4):
        return
    for number in [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]:
        if found := _of(date, number, month, int(day)):
            yield Candidate(order, found)


def _of(make: Any, *parts: int) -> date | None:
    try:
        made: date = make(*parts)
    except (ValueError, OverflowError):
        return None
    return made


def _read_foreign_day(text: str, numbers: list[str]) -> Day | None:
    """A day in another language: the month is what dateparser says of its words, day and year are its digits."""
    days, years = ([n for n in numbers if len(n) in lengths] for lengths in ((1, 2), (4,)))
    if len(numbers) != 2 or len(days) != 1 or len(years) != 1 or len(text.split()) > MAX_FOREIGN_WORDS + 2:
        return None
    wording = re.sub(r"\d+", lambda m: str(SAMPLE_YEAR if len(m[0]) == 4 else SAMPLE_DAY), text.lower())
    month = _month_of(" ".join(wording.split()))
    day = month and _of(date, int(years[0]), month, int(days[0]))
    return Day(day) if day else None


@lru_cache(maxsize=4096)
def _month_of(wording: str) -> int | None:
    """The month that a wording around the sample day means; asked once, for that takes milliseconds."""
    found = _date_parser().get_date_data(wording)
    day = found.date_obj
    if day is None or found.period != "day" or (day.day, day.year) != (SAMPLE_DAY, SAMPLE_YEAR):
        return None
    return int(day.month)


@cache
def _date_parser() -> Any:
    from dateparser.date import DateDataParser

    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"], "DATE_ORDER": "DMY"}
    return DateDataParser(languages=LANGUAGES, settings=settings)
