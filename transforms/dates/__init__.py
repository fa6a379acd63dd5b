"""When an article was published: moments in UTC, from the dates that people and programs write.

value ──values──► text ──labels──► "Mon, 4 March 2024 6:05 p.m. ET" ──texts──► day (days) + clock + zone (zones)
               └► epochs, objects of databases
"""

from onrecord.transforms.dates.labels import read_labelled
from onrecord.transforms.dates.moments import DATE_FLAGS, NO_RULES, UNREAD, DateRules, Moment
from onrecord.transforms.dates.values import read_date

__all__ = ["DATE_FLAGS", "NO_RULES", "UNREAD", "DateRules", "Moment", "read_date", "read_labelled"]
