"""Dates are read as their formats' documents say, flagged where something is guessed, and otherwise not read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest

from onrecord.transforms.dates import DateRules, read_date, read_labelled

ZONE, ORDER = ("date_zone_guessed",), ("date_order_guessed",)

#: What is written, the moment in UTC (a day alone: precision day), and the flags.
EXACT: list[tuple[Any, str]] = [
    # RFC 3339, 5.8
    ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000"),
    ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57"),
    ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00"),
    ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00"),
    ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000"),
    ("2021-05-06 07:08:09z", "2021-05-06T07:08:09"),
    # ISO 8601
    ("20210506T070809Z", "2021-05-06T07:08:09"),
    ("20210506T0708+0200", "2021-05-06T05:08"),
    ("2021-05-06T07:08+02", "2021-05-06T05:08"),
    ("2021-05-06T24:00Z", "2021-05-07T00:00"),
    ("2021-05-06T07:08:09,25Z", "2021-05-06T07:08:09.250000"),
    ("2021-05-06T07:08:09.123456789Z", "2021-05-06T07:08:09.123456"),
    ("2021-05-06T07:08:09−04:00", "2021-05-06T11:08:09"),
    ("2021-05-06", "2021-05-06"),
    ("20210506", "2021-05-06"),
    ("2021-W18-4", "2021-05-06"),
    ("2021W184", "2021-05-06"),
    ("2021-126", "2021-05-06"),
    ("+002021-05-06T07:08:09.000Z", "2021-05-06T07:08:09"),
    # XML Schema, W3C HTML time
    ("2021-05-06+01:00", "2021-05-06"),
    ("2021-05-06Z", "2021-05-06"),
    ("2021-05-06 07:08+0200", "2021-05-06T05:08"),
    # RFC 2822 and 822, HTTP
    ("Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06"),
    ("Thu, 13 Feb 1969 23:32:54 -0330", "1969-02-14T03:02:54"),
    ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37"),
    ("Thu, 06 May 2021 07:08:09 EDT", "2021-05-06T11:08:09"),
    ("Thu, 06 May 21 07:08 PDT", "2021-05-06T14:08"),
    ("06 May 2021 07:08:09 -0000", "2021-05-06T07:08:09"),
    # ECMAScript, Java, Go, git, Twitter, Apache, .NET
    ("Thu May 06 2021 07:08:09 GMT+0900 (JST)", "2021-05-05T22:08:09"),
    ("Thu May 06 2021 07:08:09 GMT+0200 (Central European Summer Time)", "2021-05-06T05:08:09"),
    ("Thu May 06 2021", "2021-05-06"),
    ("2021-05-06T07:08:09+02:00[Europe/Paris]", "2021-05-06T05:08:09"),
    ("Thu May 06 07:08:09 CEST 2021", "2021-05-06T05:08:09"),
    ("2021-05-06 07:08:09.25 +0200 CEST", "2021-05-06T05:08:09.250000"),
    ("Thu May 6 07:08:09 2021 +0200", "2021-05-06T05:08:09"),
    ("Thu May 06 07:08:09 +0000 2021", "2021-05-06T07:08:09"),
    ("06/May/2021:07:08:09 +0000", "2021-05-06T07:08:09"),
    ("/Date(1620284889000)/", "2021-05-06T07:08:09"),
    ("2021-05-06 07:08:09.000000 UTC", "2021-05-06T07:08:09"),
    # epochs
    (1620284889, "2021-05-06T07:08:09"),
    ("1620284889", "2021-05-06T07:08:09"),
    (1620284889.5, "2021-05-06T07:08:09.500000"),
    (1620284889000, "2021-05-06T07:08:09"),
    ("1620284889123456", "2021-05-06T07:08:09.123456"),
    (1620284889123456789, "2021-05-06T07:08:09.123456"),
    (915148800000, "1999-01-01T00:00:00"),
    # MongoDB Extended JSON, PHP, Graph, JSON-LD, Firestore
    ({"$date": "2021-05-06T07:08:09Z"}, "2021-05-06T07:08:09"),
    ({"$date": {"$numberLong": "1620284889000"}}, "2021-05-06T07:08:09"),
    ({"$date": {"$numberLong": "-86400000"}}, "1969-12-31T00:00:00"),
    ({"$date": 86400000}, "1970-01-02T00:00:00"),
    ('ISODate("2021-05-06T07:08:09Z")', "2021-05-06T07:08:09"),
    ({"date": "2021-05-06 07:08:09.000000", "timezone_type": 3, "timezone": "Europe/Rome"}, "2021-05-06T05:08:09"),
    ({"date": "2021-05-06 07:08:09.000000", "timezone_type": 1, "timezone": "+05:30"}, "2021-05-06T01:38:09"),
    ({"dateTime": "2021-05-06T07:08:09.0000000", "timeZone": "UTC"}, "2021-05-06T07:08:09"),
    ({"@type": "Date", "@value": "2021-05-06"}, "2021-05-06"),
    ({"_seconds": 1620284889, "_nanoseconds": 5}, "2021-05-06T07:08:09"),
    (["2021-05-06"], "2021-05-06"),
    # Python, pandas, Parquet
    (date(2021, 5, 6), "2021-05-06"),
    (datetime(2021, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2))), "2021-05-06T05:08:09"),
    (pd.Timestamp("2021-05-06 07:08:09", tz="Asia/Tokyo"), "2021-05-05T22:08:09"),
    # newspapers
    ("7:08 p.m. ET, May 6, 2021", "2021-05-06T23:08"),
    ("7:08 p.m. E.T., Jan. 6, 2021", "2021-01-07T00:08"),
    ("May 6, 2021 at 7:08 PM PT", "2021-05-07T02:08"),
    ("6 May 2021 19.08 GMT", "2021-05-06T19:08"),
    ("2208 GMT (0608 HKT) May 6, 2021", "2021-05-06T22:08"),
    ("First published on Thu 6 May 2021 19.08 CEST", "2021-05-06T17:08"),
    ("Published: 19:08 AEST, 6 May 2021 | Updated: 20:10 AEST, 6 May 2021", "2021-05-06T09:08"),
    ("19:08 JST on May 6th, 2021", "2021-05-06T10:08"),
    ("12 noon GMT, Thursday, 6 May 2021", "2021-05-06T12:00"),
    ("midnight UTC, 6 May 2021", "2021-05-06T00:00"),
    ("12:05 a.m. EDT, May 6, 2021", "2021-05-06T04:05"),
    ("7 pm UTC+5:30, 6 May 2021", "2021-05-06T13:30"),
    ("6 May 2021 7:08 PM Eastern Daylight Time", "2021-05-06T23:08"),
    ("6 May 2021 19:08 Europe/Madrid", "2021-05-06T17:08"),
    ("Posted by Ines Okafor on Thursday, May 6th, 2021", "2021-05-06"),
    ("May 6, 2021 Thursday", "2021-05-06"),
    ("Sept. 6, 2021", "2021-09-06"),
    ("23/5/2021", "2021-05-23"),
    ("5-23-2021", "2021-05-23"),
    ("5/5/2021", "2021-05-05"),
    ("Thu 5/6/2021", "2021-05-06"),
    ("23.05.2021", "2021-05-23"),
    ("2021/5/6", "2021-05-06"),
    # other languages
    ("jeudi 6 mai 2021", "2021-05-06"),
    ("Publié le 6 mai 2021 à 19h08 CEST", "2021-05-06T17:08"),
    ("Donnerstag, 6. Mai 2021, 19:08 Uhr MESZ", "2021-05-06T17:08"),
    ("6 de mayo de 2021", "2021-05-06"),
    ("6 мая 2021", "2021-05-06"),
    ("2021年5月6日", "2021-05-06"),
]
GUESSED: list[tuple[Any, str, tuple[str, ...]]] = [
    ("May 6, 2021, 7:08 PM EST", "2021-05-07T00:08", ZONE),
    ("6 May 2021 19:08 BST", "2021-05-06T18:08", ZONE),
    ("6 May 2021 19:08 IST", "2021-05-06T13:38", ZONE),
    ("6 July 2021 19:08 CET", "2021-07-06T18:08", ZONE),
    ("6 May 2021 19:08 local time", "2021-05-06T19:08", ZONE),
    ("Thu, 06 May 2021 07:08:09 EST", "2021-05-06T12:08:09", ZONE),  # the clocks were on summer time
    ("1:30 a.m. ET, November 7, 2021", "2021-11-07T05:30", ZONE),  # came twice that night
    ("2021-05-06T07:08:09", "2021-05-06T07:08:09", ZONE),
    ("20210506070809", "2021-05-06T07:08:09", ZONE),
    ("202105060708", "2021-05-06T07:08", ZONE),
    ("2021:05:06 07:08:09", "2021-05-06T07:08:09", ZONE),
    ("Thursday, May 06, 2021 at 7:08 pm", "2021-05-06T19:08", ZONE),
    (datetime(2021, 5, 6, 7, 8, 9), "2021-05-06T07:08:09", ZONE),
    (pd.Timestamp("2021-05-06 07:08:09"), "2021-05-06T07:08:09", ZONE),
    ("06.05.2021", "2021-05-06", ORDER),
]
UNREAD: list[Any] = [
    *("3/4/2021", "03-04-2021", "3/4/21", "06 May 21", "6 May '21", "May 2021", "2021", 2021, "2021-05", "2021-W18"),
    *("yesterday", "2 hours ago", "last Thursday", "May 6", "31 February 2021", "2021-02-30", "29 Feb 2021", "", "n/a"),
    *("Friday, May 6, 2021", "May 4-6, 2021", "4 May 2021 to 6 May 2021", "6 May 2021?", "circa 6 May 2021"),
    *("6 May 2021 25:00", "6 May 2021 19:68", "6 May 2021 13:08 AM", "6 May 2021 19:08 XQT", "2021-05-06T07:08+19:00"),
    *("6 foo 2021", "version 6.5.2021.3", "6 May 1221", "6 May 3021", "2021050607", 0, 1, True, None, float("nan")),
    *(float("inf"), 10**30, -5, b"2021-05-06", [], ["2021-05-06", "2021-05-07"], {}, {"year": 2021}, pd.NaT),
    *({"$date": True}, {"date": {"date": {"date": {"date": {"date": "2021-05-06"}}}}}, "6 May 2021 " * 50),
    *("room 12, 6 May 2021", "6 May 2021 6 May 2021", "May 6, 2021, 7:08 PM ET / 4:08 PM PT", "0000-00-00 00:00:00"),
]


def as_written(value: object, rules: DateRules | None = None) -> tuple[str, tuple[str, ...]] | None:
    moment = read_date(value, rules or DateRules())
    if moment is None:
        return None
    assert moment.time.tzinfo is UTC
    text = moment.time.replace(tzinfo=None).isoformat()
    return text[: {"day": 10, "minute": 16, "second": 26}[moment.precision]], moment.flags


@pytest.mark.parametrize(("value", "moment"), EXACT, ids=str)
def test_dates_that_say_all(value: object, moment: str) -> None:
    """The moment and its precision are those that are written, and nothing is flagged."""
    assert as_written(value) == (moment, ())


@pytest.mark.parametrize(("value", "moment", "flags"), GUESSED, ids=str)
def test_dates_that_leave_something_open(value: object, moment: str, flags: tuple[str, ...]) -> None:
    assert as_written(value) == (moment, flags)


@pytest.mark.parametrize("value", UNREAD, ids=lambda value: str(value)[:40])
def test_what_is_no_date_or_two(value: object) -> None:
    assert as_written(value) is None


@pytest.mark.parametrize(
    ("value", "rules", "moment"),
    [
        ("3/4/2021", DateRules(order="DMY"), "2021-04-03"),
        ("3/4/2021", DateRules(order="MDY"), "2021-03-04"),
        ("3.4.2021", DateRules(order="MDY"), "2021-03-04"),
        ("3/4/21", DateRules(order="DMY"), "2021-04-03"),
        ("3/4/99", DateRules(order="DMY"), "1999-04-03"),
        ("21-04-03", DateRules(order="YMD"), "2021-04-03"),
        ("23/4/2021", DateRules(order="MDY"), "2021-04-23"),  # can be read in one way only
        ("2021-04-03", DateRules(order="DMY"), "2021-04-03"),
        ("2021-07-06 19:08", DateRules(time_zone="Europe/London"), "2021-07-06T18:08"),
        ("2021-01-06 19:08", DateRules(time_zone="Europe/London"), "2021-01-06T19:08"),
        ("2021-07-06 19:08Z", DateRules(time_zone="Europe/London"), "2021-07-06T19:08"),
        ("2021-07-06", DateRules(time_zone="Asia/Tokyo"), "2021-07-06"),
        (datetime(2021, 7, 6, 19, 8), DateRules(time_zone="Asia/Tokyo"), "2021-07-06T10:08:00"),
    ],
)
def test_what_the_user_knows(value: object, rules: DateRules, moment: str) -> None:
    """The order and zone that were given decide what the date leaves open, without a flag."""
    assert as_written(value, rules) == (moment, ())


@pytest.mark.parametrize("rules", [{"order": "YDM"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}])
def test_rules_that_cannot_be(rules: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(rules.values()))):
        DateRules(**rules)


def test_labels() -> None:
    """Each label of a line has its own moment; what cannot be read is there as None."""
    line = "Posted 6 May 2021, 7:08 GMT (Updated 8 May 2021) Corrected soon"
    moments = {kind: moment and moment.time.isoformat() for kind, moment in read_labelled(line).items()}
    assert moments == {"published": "2021-05-06T07:08:00+00:00", "modified": "2021-05-08T00:00:00+00:00"}
    assert read_labelled("Published tomorrow") == {"published": None}
