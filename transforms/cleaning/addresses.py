"""What an address tells of its page: the outlet, by its host, and the day, by its path.

https://echo.example/2024/03/04/pier   ──►   echo.example, 4 March 2024
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from onrecord.transforms.cleaning.stamps import MONTH
from onrecord.transforms.dates import Moment

#: The day in an address, as whole parts of it: /2024/03/04/, /2024/mar/4/, /2024-03-04-pier, /20240304/,
#: /202403040123.html (a number of the day behind it), /27/03/2024/ where it can be no month.
URL_DAY = re.compile(
    rf"""
    (?<=[/=]) (?: (?P<year>(?:19|20)\d\d) (?P<gap>[/-]?) (?P<month>\d\d?|(?i:{MONTH})) (?P=gap) (?P<day>\d\d?)
        (?: (?<=\d{{8}})(?:\d{{4}}|\d{{6}}) | (?=-(?<=-\d\d-)) )? (?=[/?&#.]|$|-(?<=-\d\d-))
    | (?P<first>1[3-9]|2\d|3[01])/(?P<second>\d\d?)/(?P<last>(?:19|20)\d\d) (?=/) )
    """,
    re.VERBOSE,
)
PATH_MONTH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>\d\d?)(?=[/?#]|$)")
ARCHIVED = re.compile(r"https?://web\.archive\.org/web/\w+/(?P<url>https?://.+)", re.IGNORECASE)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAY_AND_MONTH = re.compile(
    rf"(?P<month>{MONTH})\s(?P<day>\d{{1,2}})(?!\d)|(?P<day2>\d{{1,2}})\s(?P<month2>{MONTH})(?!\w)", re.IGNORECASE
)


def names_host(line: str, url: str) -> bool:
    """Is a line the name of the outlet at an address, with or without "the" and "news"?

    >>> names_host("The Tolen Echo", "https://www.tolenecho.example/pier"), names_host("The pier", "https://e.example/")
    (True, False)
    """
    host = host_of(url) or ""
    name = re.sub(r"[^\w.]", "", line.casefold())
    labels = {label for label in host.split(".") if len(label) > 2}
    return name == host or any(
        name.replace(".", "") in (f"{a}{label}{b}" for a in ("", "the") for b in ("", "news", "online"))
        for label in labels
    )


def host_of(url: str) -> str | None:
    """The host of an address without www; of a copy in the Internet Archive, that of the original.

    >>> host_of("https://www.bbc.co.uk/news/1"), host_of("www.echo.example"), host_of("https://[")
    ('bbc.co.uk', 'echo.example', None)
    """
    archived = ARCHIVED.match(url)
    url = archived["url"] if archived else url
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return None
    return re.sub(r"^www\d?\.", "", host.split("%")[0]) or None


def day_in_url(url: str) -> Moment | None:
    """The day in the path of an address.

    >>> [day and str(day.time.date()) for day in map(day_in_url, ("https://e.org/2019/03/12/a", "https://e.org/2019/13/1"))]
    ['2019-03-12', None]
    """
    days = {day for m in URL_DAY.finditer(_path(url)) if (day := _url_day(m))}
    return Moment(time=days.pop(), precision="day") if len(days) == 1 else None


def _url_day(m: re.Match[str]) -> datetime | None:
    if m["last"]:
        return _day(m["last"], m["second"], m["first"])
    is_whole = m["gap"] or len(m["month"]) == len(m["day"]) == 2
    return _day(m["year"], m["month"], m["day"]) if is_whole else None


def day_of_dateline(dateline: str, url: str | None) -> Moment | None:
    """The day of a dateline without a year, in the year and month that the address gives.

    >>> day_of_dateline("LIMA, March 4 (AP) —", "https://e.example/2024/03/pier").time.day
    4
    >>> day_of_dateline("LIMA, March 4 (AP) —", "https://e.example/2024/05/pier")
    """
    m, months = DAY_AND_MONTH.search(dateline), PATH_MONTH.search(_path(url or ""))
    if m is None or months is None:
        return None
    day = _day(months["year"], m["month"] or m["month2"], m["day"] or m["day2"])
    return Moment(time=day, precision="day") if day and day.month == int(months["month"]) else None


def _path(url: str) -> str:
    return re.sub(r"^(?:https?://)?[^/]*", "", url)


def _day(year: str, month: str, day: str) -> datetime | None:
    number = int(month) if month.isdigit() else MONTHS.index(month[:3].casefold()) + 1
    try:
        return datetime(int(year), number, int(day), tzinfo=UTC)
    except ValueError:
        return None
