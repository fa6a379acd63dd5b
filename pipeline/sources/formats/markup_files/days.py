"""The day that a header names among other words, in English or French: "Economy, mardi 5 mars 2024, p. 3"."""

from __future__ import annotations

import re

from onrecord.transforms.dates import Moment, read_date

#: Months in English and French, shortened as CLDR has them.
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("january jan janvier janv", "february feb février fevrier févr", "march mar mars", "april apr avril avr"),
            *(
                "may mai",
                "june jun juin",
                "july jul juillet juil",
                "august aug août aout",
                "september sept sep septembre",
            ),
            *("october oct octobre", "november nov novembre", "december dec décembre decembre déc"),
        ),
        1,
    )
    for name in names.split()
}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY = re.compile(
    rf"""\b(?:
        (?P<day>\d{{1,2}}) (?:er|st|nd|rd|th)? \s (?P<month>{MONTH}) \.?,? \s        # mardi 5 mars 2024
      | (?P<month_first>{MONTH}) \.? \s (?P<day_second>\d{{1,2}}) (?:st|nd|rd|th)?, \s  # Tuesday, March 5, 2024
    ) (?P<year>(?:19|20)\d\d) \b
    (?: [\s,–-]+ (?P<hour>[01]?\d|2[0-3]) (?:\s?h\s?|:) (?P<minute>[0-5]\d) \s?
        (?P<zone>(?:UTC|GMT)(?:\s?[+-]\d\d:?\d\d)?) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def find_moment(header: str) -> Moment | None:
    """The day in a header, and the time that follows it.

    >>> find_moment("Sports, mardi 5 mars 2024, p. 3").time.isoformat()
    '2024-03-05T00:00:00+00:00'
    >>> find_moment("Friday, August 1, 2008 14:05 UTC +02:00").time.isoformat()
    '2008-08-01T12:05:00+00:00'
    """
    m = DAY.search(header)
    if m is None:
        return None
    month = MONTHS[(m["month"] or m["month_first"]).lower()]
    date = f"{m['year']}-{month:02}-{int(m['day'] or m['day_second']):02}"
    if m["zone"] is None:
        return read_date(date)
    offset = re.sub(r"[^\d+:-]", "", m["zone"]) or "+00:00"
    return read_date(f"{date}T{int(m['hour']):02}:{m['minute']}{offset}")
