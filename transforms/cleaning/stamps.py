"""Days and times as pages write them beside a story: "Published: 4 March 2024 18:05 GMT | Updated 9 March 2024"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onrecord.transforms.dates import Moment, read_date

StampKind = Literal["published", "modified", "other", "bare"]
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
#: "6:05 pm ET", "18.05 GMT", "10:05 AM (PST)", "6pm", "07:30 +0100"; the point after the hour only with two digits.
CLOCK = (
    r"(?:\d{1,2}[:.h]\d\d(?::\d\d)?(?:\.\d{1,9})?\s?(?:[AaPp]\.?[Mm]\b\.?)?|\d{1,2}\s?[AaPp]\.?[Mm]\b\.?)"
    r"(?:\s?\(?(?:GMT|UTC|Z|IST|BST|CET|CEST|HKT|SGT|JST|MSK|WAT|CAT|SAST|[A-Z]{1,3}[SD]T|ET|PT|CT|MT)?"
    r"(?:\s?[+-]\d\d?:?(?:\d\d)?)?\b\)?)?(?:\s?[Hh](?:rs|ours)\b)?"
)
WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?,?\s)?"
DAY_OF_YEAR = (
    rf"(?:(?i:{MONTH})\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d|\d{{1,2}}(?:st|nd|rd|th)?[\s-](?i:{MONTH}),?[\s-](?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d)(?![^\W_T]|T(?!\d))"
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LABELS: dict[str, StampKind] = {
    "published": "published",
    "posted": "published",
    "issued": "published",
    "released": "published",
    "uploaded": "published",
    "date": "published",
    "time": "published",
    "updated": "modified",
    "modified": "modified",
    "edited": "modified",
    "revised": "modified",
    "accessed": "other",
    "retrieved": "other",
    "downloaded": "other",
    "printed": "other",
    "created": "other",
}
STAMP = re.compile(
    rf"""
    (?P<label> (?<![^\W_])(?i:
        (?:first\s|last\s|originally\s|date\s|time\s|article\s|publication\s|release\s|pub(?:lish)?[.]?\s)?
        (?P<word>{"|".join(LABELS)})(?:\s(?:on|at|date|time))?\s?[:–—-]?\s? ) )?
    (?:\b(?i:on|at)\s)?
    (?: (?P<early>{CLOCK}),?\s(?:(?i:on)\s)? )?
    (?P<day> {WEEKDAY.replace(" ", "[ ]")}{DAY_OF_YEAR} )
    (?: (?:,?\s(?i:at)|\s?[|/–—•·,-]|T)?\s?(?P<late>{CLOCK}) )?
    """,
    re.VERBOSE,
)
#: There is no day without one.
YEAR = re.compile(r"(?:19|20)\d\d")
BETWEEN = re.compile(r"[\s|/•·,;()\[\]–—-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A day, and a time where there is one, at ``[start, end)`` of a line; ``kind`` is what its label says it is of."""

    start: int
    end: int
    kind: StampKind
    day: str
    clock: str

    def read(self) -> Moment | None:
        """The moment; the day alone where the time cannot be read, None where the day cannot, or is another weekday."""
        clock = re.sub(r"(?i)([ap])\.?(m)\.?", r"\1\2", self.clock)
        clock = re.sub(r"^(\d{1,2})[.h](\d\d)", r"\1:\2", clock).replace("(", "").replace(")", "")
        full = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", self.day)
        day = re.sub(rf"^{WEEKDAY}", "", full)
        wanted = (f"{full} {clock}", f"{day} {clock}") if clock else ()
        return next(filter(None, map(self._read_fitting, (*wanted, full, day))), None)

    def _read_fitting(self, text: str) -> Moment | None:
        moment = read_date(text)
        weekday = re.match(r"(?i)mon|tue|wed|thu|fri|sat|sun", self.day)
        if moment is None or weekday is None:
            return moment
        off = (moment.time.weekday() - WEEKDAYS.index(weekday.group().casefold())) % 7
        return moment if off == 0 or (moment.precision != "day" and off in (1, 6)) else None  # UTC may be a day beside


def find_stamps(line: str) -> Iterator[Stamp]:
    """The days and times in a line.

    >>> [(s.kind, s.day, s.clock) for s in find_stamps("Posted March 4, 2024 at 6:05 pm | Updated 5 March 2024")]
    [('published', 'March 4, 2024', '6:05 pm'), ('modified', '5 March 2024', '')]
    """
    for m in STAMP.finditer(line) if YEAR.search(line) else ():
        kind = LABELS[m["word"].casefold()] if m["word"] else "bare"
        clock = (m["late"] or m["early"] or "").strip(" ,")
        yield Stamp(start=m.start(), end=m.end(), kind=kind, day=m["day"], clock=clock)


def read_stamp_line(line: str) -> list[Stamp]:
    """The days and times of a line that holds nothing else; none of another line.

    >>> len(read_stamp_line("Mon 4 Mar 2024 18.05 GMT")), len(read_stamp_line("March 4, 2024 was a Monday"))
    (1, 0)
    """
    stamps = list(find_stamps(line))
    borders = [0, *(at for stamp in stamps for at in (stamp.start, stamp.end)), len(line)]
    rest = zip(borders[::2], borders[1::2], strict=True)
    return stamps if stamps and all(BETWEEN.fullmatch(line, *part) for part in rest) else []
