"""Several data sets asked as one: rows of all, each with the name of its own, and no article twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from onrecord.pipeline.ask.views import OWN_SCHEMA

#: Of each table the SQL that reads its parts.
Parts = Mapping[str, str]
#: Articles of a later data set that an earlier one has, too: joins by article_id would count their rows twice.
SHARED = f"{OWN_SCHEMA}.shared"
#: Tables whose rows belong to an article.
OF_ARTICLES = frozenset({"articles", "segments", "quotes", "mentions", "clusters", "fingerprints"})


def unite(connection: duckdb.DuckDBPyConnection, names: Sequence[str], parts: Sequence[Parts]) -> Parts:
    """The SQL that reads each table of all data sets, with a column ``dataset``.

    An article that several have stands with its rows in the first that was named.
    """
    connection.execute(f"CREATE TABLE {SHARED} AS {_shared_articles(parts)}")
    tables = dict.fromkeys(table for each in parts for table in each)
    return {table: f"({' UNION ALL BY NAME '.join(_members(table, names, parts))})" for table in tables}


def count_shared(connection: duckdb.DuckDBPyConnection) -> int:
    """Articles that more than one of the data sets has."""
    ((count,),) = connection.execute(f"SELECT count(DISTINCT article_id) FROM {SHARED}").fetchall()
    return int(count)


def _shared_articles(parts: Sequence[Parts]) -> str:
    each = " UNION ALL ".join(
        f"SELECT {place} AS place, article_id FROM {of['articles']}" for place, of in enumerate(parts)
    )
    return f"SELECT * FROM ({each}) QUALIFY place > min(place) OVER (PARTITION BY article_id)"


def _members(table: str, names: Sequence[str], parts: Sequence[Parts]) -> Iterator[str]:
    for at, (name, of) in enumerate(zip(names, parts, strict=True)):
        if table in of:
            taken = f"SELECT article_id FROM {SHARED} WHERE place = {at}"
            only = f" WHERE article_id NOT IN ({taken})" if table in OF_ARTICLES else ""
            yield f"SELECT {_text(name)} AS dataset, * FROM {of[table]}{only}"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
