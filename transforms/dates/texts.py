"""A date in words and digits: its clock and zone are taken out, what is left has to be a day and nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from onrecord.transforms.dates.days import read_day
from onrecord.transforms.dates.moments import NO_RULES, ORDER_GUESSED, ZONE_GUESSED, DateRules, Moment
from onrecord.transforms.dates.zones import GUESSED_ZONE, RFC_NAMES, ZONE, Zone, find_zone, region_zone
from onrecord.transforms.records import Precision

#: No date is longer; longer text is prose.
MAX_CHARS = 120
#: ISO 8601 and what is like it, as nearly all programs write it: read without further ado.
ISO = re.compile(
    r"(?:\+00)?(\d{4})-?(\d\d)-?(\d\d)(?:[T\s](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,12}))?)?)?\s?(Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
#: The day of XML Schema has a zone, which changes nothing about the day.
ZONED_DAY = re.compile(r"^(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$")
RFC_DATE = re.compile(r"(?:[a-z]{3}, ?)?\d{1,2} [a-z]{3} (?:\d\d|\d{4}) \d\d:\d\d(?::\d\d)? [a-z]+", re.IGNORECASE)
CLOCK = re.compile(
    r"""(?<![\d.]) (?:
      (?P<h1>\d{1,2}) : (?P<m1>\d\d) (?: : (?P<s1>\d\d) (?: [.,] (?P<fraction>\d{1,12}) )? )? (?![\d:])
    | (?P<h2>\d{1,2}) (?: \.(?=\d\d(?![\d.])) | \s?[hH]\s?(?=\d\d(?!\d)) ) (?P<m2>\d\d)               # 18.05, 18h05
    | (?P<h3>\d{1,2}) (?= \s?[ap]\.?\s?m\b | \s?(?:h|uhr)\b )                                         # 6 pm, 18 Uhr
    | (?P<h4>\d\d) (?P<m4>\d\d) (?= \s?(?:GMT|UTC|hrs|hours)\b )                                       # 1805 GMT
    | (?:12\s)? (?P<word>noon|midnight) \b
    )
    (?: \s?,?\s? (?P<half>[ap]) \.?\s?m\b\.? )? (?: \s?(?:hrs?|hours|h|uhr)\b\.? )?""",
    re.VERBOSE | re.IGNORECASE,
)
INITIALS = re.compile(r"\b([A-Z])\.\s?([A-Z])\.(?:\s?([A-Z])\.)?(?![a-z])")
COMMENT = re.compile(r"\([^()]*\)")
EXIF = re.compile(r"^(\d{4}):(\d\d):(\d\d)\b")
MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{NON-BREAKING HYPHEN}": "-", "\N{ZERO WIDTH SPACE}": None})
#: Words between a day and its clock, in the languages that are read.
JOINTS = re.compile(r"(?:^|(?<=[\s,]))(?:à|a las|às|alle(?: ore)?|ore|um|kl\.?|om|at|в)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time since midnight, and how exact it is."""

    time: timedelta
    precision: Precision


def read_text(text: str, rules: DateRules = NO_RULES) -> Moment | None:
    """The moment that a text without a label names; None for what is none, or more than one.

    >>> read_text("6:05 p.m. ET, March 4, 2024").time.isoformat(), read_text("4 March 2024").precision
    ('2024-03-04T23:05:00+00:00', 'day')
    """
    text = normalise(text)
    if len(text) > MAX_CHARS or not any(map(str.isdigit, text)):
        return None
    try:
        return _read_iso(text, rules) if ISO.fullmatch(text) else _read_words(text, rules)
    except OverflowError:
        return None


def normalise(text: str) -> str:
    """The text with one blank for each run, plain digits and minus signs, and E.S.T. as EST."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text[: 4 * MAX_CHARS]).translate(MINUS)
    text = " ".join(text[: 4 * MAX_CHARS].split()).strip("\"'“”")
    return INITIALS.sub(lambda m: "".join(filter(None, m.groups())), text)


def local_moment(
    local: datetime, precision: Precision, zone: Zone | None, rules: DateRules, flags: tuple[str, ...] = ()
) -> Moment:
    """The moment of a clock; without a zone in that of the rules, else in UTC, which is a guess."""
    zone = zone or (region_zone(rules.time_zone) if rules.time_zone else None) or GUESSED_ZONE
    moment, sure = zone.to_utc(local)
    return Moment(time=moment, precision=precision, flags=flags).with_flags(*(() if sure else (ZONE_GUESSED,)))


def _read_iso(text: str, rules: DateRules) -> Moment | None:
    m = ISO.fullmatch(text)
    assert m
    try:
        day = datetime(int(m[1]), int(m[2]), int(m[3]))
    except ValueError:
        return None
    if m[4] is None:
        return Moment.of_day(day.date())
    clock = _clock(m[4], m[5], m[6], m[7])
    zone = ZONE.fullmatch(m[8]) if m[8] else None
    found = find_zone(zone) if zone else None
    if clock is None or (m[8] and found is None):
        return None
    return local_moment(day + clock.time, clock.precision, found, rules)


def _read_words(text: str, rules: DateRules) -> Moment | None:
    text = ZONED_DAY.sub(r"\1", EXIF.sub(r"\1-\2-\3", text))
    text = re.sub(r"(?<=\d)T(?=\d\d)", " ", text)
    comments, outside = COMMENT.findall(text), COMMENT.sub(" ", text)
    m = CLOCK.search(outside)
    if m is None:
        day = read_day(" ".join(outside.split()), rules.order)
        return Moment.of_day(day.day, (ORDER_GUESSED,) * day.guessed) if day else None
    clock = _matched_clock(m)
    zone_match, rest = _take_zone(outside, m, comments)
    zone = find_zone(zone_match) if zone_match else None
    day = read_day(rest, rules.order)
    if clock is None or day is None or (zone_match and zone is None):
        return None
    if zone_match and (zone_match["name"] or "").lower() in RFC_NAMES and RFC_DATE.fullmatch(text):
        assert zone
        zone = Zone(hours=zone.hours, region=zone.region)
    local = datetime.combine(day.day, time()) + clock.time
    return local_moment(local, clock.precision, zone, rules, (ORDER_GUESSED,) * day.guessed)


def _take_zone(text: str, clock: re.Match[str], comments: list[str]) -> tuple[re.Match[str] | None, str]:
    """The zone behind the clock, else at the end, else in parentheses; and what is left without it and the clock."""
    before, after = JOINTS.sub("", text[: clock.start()].rstrip()), text[clock.end() :].lstrip()
    if m := ZONE.match(after):
        return m, f"{before} {after[m.end() :]}"
    words = after.split(" ")
    for n in range(1, min(5, len(words)) + 1):
        if m := ZONE.fullmatch(" ".join(words[-n:])):
            return m, f"{before} {' '.join(words[:-n])}"
    zones = (ZONE.fullmatch(comment) for comment in comments)
    return next(filter(None, zones), None), f"{before} {after}"


def _matched_clock(m: re.Match[str]) -> Clock | None:
    if m["word"]:
        return Clock(timedelta(hours=12 if m["word"].lower() == "noon" else 0), "minute")
    hour = int(m["h1"] or m["h2"] or m["h3"] or m["h4"])
    half = (m["half"] or "").lower()
    if half and (hour > 12 if half == "a" else hour == 0):
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return _clock(str(hour), m["m1"] or m["m2"] or m["m4"], m["s1"], m["fraction"])


def _clock(hour: str, minute: str | None, second: str | None, fraction: str | None) -> Clock | None:
    """The clock, up to 24:00 and the leap second."""
    elapsed = timedelta(
        hours=int(hour),
        minutes=int(minute or 0),
        seconds=int(second or 0),
        microseconds=int((fraction or "0").ljust(6, "0")[:6]),
    )
    if int(minute or 0) > 59 or int(second or 0) > 60 or elapsed > timedelta(days=1):
        return None
    return Clock(elapsed, "second" if second else "minute")
