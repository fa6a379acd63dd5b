"""The zones that stand beside clocks: how far from UTC, and how sure that is.

Source: the abbreviations of the IANA time zone database, and those that newspapers print beside them (ET, MEZ, WIB).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

MAX_OFFSET = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone as it is written: ``hours`` from UTC, or, where None, as the clocks of the ``region`` go.

    With both the hours are unsure on days when the region has others: CET in July. Not ``sure``: it has other meanings.
    """

    hours: float | None = None
    region: str = ""
    sure: bool = True

    def to_utc(self, local: datetime) -> tuple[datetime, bool]:
        """The moment of a clock in this zone, and whether it can be no other."""
        if self.hours is None:
            first, second = (local.replace(tzinfo=ZoneInfo(self.region), fold=fold) for fold in (0, 1))
            return first.astimezone(UTC), self.sure and first.utcoffset() == second.utcoffset()
        offset = timedelta(hours=self.hours)
        moment = local.replace(tzinfo=timezone(offset)).astimezone(UTC)
        in_force = not self.region or moment.astimezone(ZoneInfo(self.region)).utcoffset() == offset
        return moment, self.sure and in_force


#: Where no zone is named and the user knows none.
GUESSED_ZONE = Zone(hours=0, sure=False)

#: Abbreviations, hours from UTC, and the region in which that holds for a part of the year.
SURE_ZONES = """
UTC GMT UT Z CUT  0
CET MEZ  1  Europe/Paris
CEST MESZ  2  Europe/Paris
EET  2  Europe/Athens
EEST  3  Europe/Athens
WET  0  Europe/Lisbon
WEST  1  Europe/Lisbon
MSK  3
EDT  -4  America/New_York
CDT  -5  America/Chicago
MDT  -6  America/Denver
PDT  -7  America/Los_Angeles
AKST  -9  America/Anchorage
AKDT  -8  America/Anchorage
HST  -10
NDT  -2.5  America/St_Johns
ADT  -3  America/Halifax
IDT  3  Asia/Jerusalem
JST KST WIT  9
HKT SGT MYT PHT PHST WITA AWST  8
WIB ICT  7
PKT  5
NPT  5.75
AEST CHST  10
AEDT  11  Australia/Sydney
ACST  9.5
ACDT  10.5  Australia/Adelaide
NZST  12  Pacific/Auckland
NZDT  13  Pacific/Auckland
EAT  3
SAST CAT  2
WAT  1
BRT  -3
COT  -5
"""
#: Those that mean several: the likeliest. The others: Israel, Ireland (IST); Bangladesh (BST); Australia (EST); China,
#: Cuba (CST); Malaysia (MST); the Philippines, Pakistan (PST); Arabia (AST); Nepal (NST); Singapore (SST); …
UNSURE_ZONES = """
IST  5.5
BST  1  Europe/London
EST  -5  America/New_York
CST  -6  America/Chicago
MST  -7  America/Denver
PST  -8  America/Los_Angeles
AST  -4  America/Halifax
NST  -3.5  America/St_Johns
SST  -11
GST  4
WST  8
ART  -3
CLT  -4  America/Santiago
TRT  3
"""
#: Names in full, which mean one zone; "-" is the clock of the region, in summer as in winter.
LONG_ZONES = """
et/eastern_time/us_eastern_time  -  America/New_York
ct/central_time  -  America/Chicago
mt/mountain_time  -  America/Denver
pt/pacific_time  -  America/Los_Angeles
akt/alaska_time  -  America/Anchorage
eastern_standard_time  -5  America/New_York
eastern_daylight_time  -4  America/New_York
central_standard_time  -6  America/Chicago
central_daylight_time  -5  America/Chicago
mountain_standard_time  -7  America/Denver
mountain_daylight_time  -6  America/Denver
pacific_standard_time  -8  America/Los_Angeles
pacific_daylight_time  -7  America/Los_Angeles
greenwich_mean_time/coordinated_universal_time/universal_time  0
british_summer_time  1  Europe/London
uk_time/london_time  -  Europe/London
central_european_time/central_european_standard_time  1  Europe/Paris
central_european_summer_time  2  Europe/Paris
india_standard_time/indian_standard_time  5.5
israel_standard_time  2  Asia/Jerusalem
japan_standard_time  9
"""


def _parse_table(table: str, *, sure: bool) -> Iterator[tuple[str, Zone]]:
    for line in table.strip().splitlines():
        names, hours, *region = line.split("  ")
        zone = Zone(hours=None if hours == "-" else float(hours), region="".join(region), sure=sure)
        yield from ((name.replace("_", " ").lower(), zone) for name in re.split(r"[ /]", names))


NAMED_ZONES: Mapping[str, Zone] = {
    **dict(_parse_table(SURE_ZONES, sure=True)),
    **dict(_parse_table(UNSURE_ZONES, sure=False)),
    **dict(_parse_table(LONG_ZONES, sure=True)),
    "local time": GUESSED_ZONE,
}
#: Fixed by the standard where a date has its form. Source: RFC 2822, 4.3.
RFC_NAMES = frozenset(("est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt"))
ZONE = re.compile(
    rf"""\(?(?:
      (?:\[?(?P<region>[A-Z][A-Za-z]+(?:/[A-Za-z_+-]+\d*){{1,2}})\]?)  # Europe/Paris
    | (?P<offset>(?:(?:GMT|UTC|UT)\s?[+-]\s?\d{{1,2}}|[+-]\d\d)(?::?\d\d)?)(?![\d/.:-])
      (?:\s?\[[\w/+-]+\]|\s?\(?[A-Z]{{2,5}}\b\)?(?!\s?[+-]?\d))?  # +0100 CET, [Europe/Paris]
    | (?P<name>{"|".join(sorted(map(re.escape, NAMED_ZONES), key=len, reverse=True))})\b(?!\s?/)
      (?:\[[\w/+-]+\])?
    )\)?""",
    re.VERBOSE | re.IGNORECASE,
)


def find_zone(m: re.Match[str]) -> Zone | None:
    """The zone that a match of ``ZONE`` names; None for one that cannot be."""
    if m["region"]:
        return region_zone(m["region"])
    if m["name"]:
        return NAMED_ZONES[" ".join(m["name"].lower().split())]
    digits = re.sub(r"\D", "", m["offset"])
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > MAX_OFFSET:
        return None
    return Zone(hours=offset / timedelta(hours=1) * (-1 if "-" in m["offset"] else 1))


@lru_cache(maxsize=1024)
def region_zone(name: str) -> Zone | None:
    """The zone of a region in the IANA database, as ``Europe/London``; None where it has none of that name.

    >>> region_zone("Europe/London"), region_zone("London")
    (Zone(hours=None, region='Europe/London', sure=True), None)
    """
    if "/" not in name and name != "UTC":  # others may be this machine's: localtime
        return None
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, a path, no such name
        return None
    return Zone(region=name)
