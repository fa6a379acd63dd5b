"""A data set from Python: its tables and views as DuckDB relations, and questions in SQL."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from onrecord.pipeline.ask.connect import TABLES, VIEWS, check_parts, connect, one_line
from onrecord.pipeline.ask.overrides import stamp
from onrecord.pipeline.ask.query import check_question
from onrecord.pipeline.ask.snapshot import newest
from onrecord.pipeline.errors import QueryError, QueryRefused
from onrecord.pipeline.places import place


class Dataset:
    """The data set in a folder. Only reads: neither its files nor any others can be changed or reached.

    ``data.sql("SELECT …")`` and ``data.quotes`` are DuckDB relations: ``.df()`` gives pandas, ``.pl()`` Polars,
    ``.arrow()`` Arrow, ``.fetchall()`` rows; they can be filtered, joined and asked on. Times are in UTC.

    Each question sees one version, the newest, of all tables. A relation sees the version that it was made of; its rows
    are to be fetched soon, since parts that are replaced meanwhile are deleted after a second. With ``as_of`` it is
    always that version: its parts have to be on the disk still (``onrecord history`` tells). Quotes are as people have
    corrected them (``onrecord review``), unless ``overrides`` is false.

    Raises NoDataset when there are no tables or no such version, TablesDamaged when one of them cannot be read.
    """

    def __init__(
        self, folder: str | Path, *, aliases: str | Path | None = None, as_of: int | None = None, overrides: bool = True
    ) -> None:
        self.folder, self._aliases, self._as_of, self._overrides = place(folder), aliases, as_of, overrides
        self._seen = self._state()
        self._connection = connect(folder, aliases, as_of, corrected=overrides)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection to the newest version, or to the one that was asked for, as people have corrected it by now."""
        if (state := self._state()) != self._seen:
            self._seen = state
            self._connection = connect(self.folder, self._aliases, self._as_of, corrected=self._overrides)
        return self._connection

    def _state(self) -> tuple[int, int]:
        """What a connection shows: the version, and how often it was corrected."""
        version = newest(self.folder) if self._as_of is None else self._as_of
        return version, stamp(self.folder) if self._overrides else 0

    def sql(self, question: str, params: Any = None) -> duckdb.DuckDBPyRelation:
        """The answer to a question, computed when its rows are asked for.

        ``params`` fill the ``?``, ``$1`` or ``$name`` of the question. Raises QueryRefused for one that does more than
        read, QueryError for one that DuckDB cannot answer.
        """
        try:
            connection = self.connection
            check_question(connection, question, params)
            return connection.sql(question, params=params)
        except duckdb.PermissionException as error:
            raise QueryRefused(one_line(error)) from error
        except duckdb.Error as error:
            check_parts(self.folder, error, self._as_of)
            raise QueryError(one_line(error)) from error

    def __getattr__(self, name: str) -> duckdb.DuckDBPyRelation:
        if name not in (*TABLES, *VIEWS):
            raise AttributeError(f"no table or view {name!r}; there are {', '.join((*TABLES, *VIEWS))}")
        return self.connection.view(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *TABLES, *VIEWS})

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r})"

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Dataset:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
