"""What can go wrong for a user, each with one line that says what to do and an exit code of its own.

    OnRecordError               1   the run broke; with --debug the traceback is shown
    ├── UsageError              2   an invalid flag or value of an option
    │   └── EngineUnfit         2   the engine that is named cannot run this graph
    ├── NothingToRead           3   no input holds an article file
    ├── NoDataset               4   no tables in the folder that was asked
    ├── QueryError              5   DuckDB cannot answer the question
    │   └── QueryRefused        6   the question would change or reach something: questions only read
    ├── TooManyRejects          7   more records were refused than --max-rejects allows; the tables stand
    ├── TablesDamaged           8   a part of the tables cannot be read
    │   └── AuditFailed         8   the tables are not in order
    ├── InputMissing            9   a named input is not there; the others were read and the tables stand
    ├── NoArticles             10   no record became an article; the tables stand
    ├── DuplicateIds           11   two records have one id; the tables are as they were
    ├── NotWatching            12   no watcher is at work, or it says nothing
    ├── AlreadyWatched         13   another watcher is at work for this data set
    └── EngineEnded            14   an engine has ended a job that was to go on

A bad article is none of these: it becomes a row of ``rejects`` and the run goes on. An interrupt (Ctrl-C) exits
with 130.
"""

from __future__ import annotations

from typing import ClassVar


class OnRecordError(Exception):
    """The root; its text is one line for the user."""

    exit_code: ClassVar[int] = 1


class UsageError(OnRecordError):
    exit_code = 2


class EngineUnfit(UsageError):
    exit_code = 2


class NothingToRead(OnRecordError):
    exit_code = 3


class NoDataset(OnRecordError):
    exit_code = 4


class QueryError(OnRecordError):
    exit_code = 5


class QueryRefused(QueryError):
    exit_code = 6


class TooManyRejects(OnRecordError):
    exit_code = 7


class TablesDamaged(OnRecordError):
    exit_code = 8


class AuditFailed(TablesDamaged):
    exit_code = 8


class InputMissing(OnRecordError):
    exit_code = 9


class NoArticles(OnRecordError):
    exit_code = 10


class DuplicateIds(OnRecordError):
    exit_code = 11


class NotWatching(OnRecordError):
    exit_code = 12


class AlreadyWatched(OnRecordError):
    exit_code = 13


class EngineEnded(OnRecordError):
    exit_code = 14
