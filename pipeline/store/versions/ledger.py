"""The ledger ``records``, asked at the moment of a commit: which records leave, and whether two have one id.

A record leaves when its input was read again and it was not found as it was, when the same record came anew, when it
moved, or when it is gone and the data set mirrors its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from onrecord.pipeline.ask.connect import glob_literal, sql_text
from onrecord.pipeline.ask.snapshot import Snapshot
from onrecord.pipeline.errors import DuplicateIds
from onrecord.pipeline.places import local_copies, make_folder, place
from onrecord.pipeline.store.parts import EMPTY, ShardParts
from onrecord.pipeline.store.target import Target, bounded_connection, create_view
from onrecord.pipeline.store.versions.rewriting import Leaving

COLUMNS = "record_id, address, uri, record, outcome, article_id, reason, raw_sha256, read_sha256, made_by"
NO_RECORDS = f"SELECT {', '.join(f'NULL::VARCHAR AS {name}' for name in COLUMNS.split(', '))}, '' AS part WHERE false"
#: Records of the data set that leave with what a run found; a part that comes again is the same.
LEAVING = """
    SELECT r.* FROM held r WHERE part NOT IN (SELECT part FROM come) AND (
        record_id IN (SELECT record_id FROM come)
        OR (address IN (SELECT address FROM todo) AND record_id NOT IN (SELECT record_id FROM kept))
        OR (address IN (SELECT address FROM gone) AND article_id IN (SELECT article_id FROM come))
        OR record_id IN (SELECT record_id FROM going))
"""
SAME_ID = """
    SELECT article_id, min(place), max(place) FROM (
        SELECT article_id, trim(uri || ' ' || record) AS place FROM come WHERE article_id IS NOT NULL
        UNION ALL
        SELECT article_id, trim(uri || ' ' || record) FROM held
        WHERE article_id IN (SELECT article_id FROM come) AND part NOT IN (SELECT part FROM come)
            AND record_id NOT IN (SELECT record_id FROM leaving))
    GROUP BY article_id HAVING count(*) > 1 ORDER BY article_id LIMIT 1
"""


#: Inputs of which the data set holds nothing any more, or of which a record that was to stay is gone meanwhile: they
#: are read as new ones when they are seen again.
FORGOTTEN = """
    SELECT DISTINCT address FROM leaving
    WHERE address NOT IN (SELECT address FROM come) AND address NOT IN (
        SELECT address FROM held WHERE record_id NOT IN (SELECT record_id FROM leaving))
    UNION
    SELECT DISTINCT address FROM known
    WHERE record_id IN (SELECT record_id FROM kept) AND record_id NOT IN (SELECT record_id FROM held)
"""
#: Inputs of which nothing is taken in since it is forgotten: nothing of them stays, not even what they looked like.
WITHHELD = """
    SELECT DISTINCT address FROM withheld
    WHERE address NOT IN (SELECT address FROM come) AND address NOT IN (
        SELECT address FROM held WHERE record_id NOT IN (SELECT record_id FROM leaving))
"""
#: Articles and rejects that come with new parts, and the sum of the ids of their records.
COMING = """
    SELECT count(article_id), count(*) - count(article_id), coalesce(sum(('0x' || record_id)::UBIGINT::HUGEINT), 0)
    FROM come WHERE part NOT IN (SELECT part FROM held)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a commit does to the ledger: the records of each part that leave, and how many articles and rejects come.

    ``reasons`` counts the rejects that come, ``kept`` those that were read again and stay, ``unread`` inputs that could
    not be read, ``withheld`` records that are forgotten; ``ids`` is the sum of the ids that come, less those that
    leave, modulo 2**64.
    """

    leaving: dict[str, Leaving]
    articles: int
    rejects: int
    reasons: dict[str, int]
    kept: int
    unread: int
    withheld: int
    ids: int

    @property
    def left_articles(self) -> int:
        return sum(len(each.articles) for each in self.leaving.values())

    @property
    def left_rejects(self) -> int:
        return sum(len(each.rejects) for each in self.leaving.values())


def ledger(paths: Sequence[Path]) -> str:
    """SQL: the records in these parts, each with the name of its part."""
    if not paths:
        return f"({NO_RECORDS})"
    files = ", ".join(sql_text(glob_literal(path)) for path in paths)
    return f"(SELECT {COLUMNS}, parse_filename(filename) AS part FROM read_parquet([{files}], filename = true))"


def held_parts(before: Snapshot | None, target: Target) -> list[Path]:
    """The parts of the ledger of a data set, on this machine."""
    names = before.parts.get("records", ()) if before and not target.fresh else ()
    return local_copies(place(target.folder) / "records", [name for name in names if name != EMPTY])


def find_changes(shards: Iterable[ShardParts], before: Snapshot | None, target: Target) -> Changes:
    """What leaves and what comes. Raises DuplicateIds when two records would have one id."""
    made = list(shards)
    with bounded_connection(target) as connection:
        _open_views(connection, made, before, target)
        connection.execute(f"CREATE TABLE leaving AS {LEAVING}")
        for article_id, *records in connection.execute(SAME_ID).fetchall():
            raise DuplicateIds(f"two records have the id {article_id}: {' and '.join(filter(None, records))}")
        leaving = connection.execute("SELECT part, record_id, article_id, uri, record FROM leaving").fetchall()
        ((articles, rejects, ids),) = connection.execute(COMING).fetchall()
        reasons = "SELECT reason, count(*) FROM come WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"
        make_folder(target.planned("forgotten").parent)
        for name, sql in (("forgotten", FORGOTTEN), ("withheld", WITHHELD)):
            connection.execute(f"COPY ({sql}) TO {sql_text(target.planned(name))} (FORMAT parquet)")
        return Changes(
            leaving=_by_part(leaving),
            articles=articles,
            rejects=rejects,
            reasons=dict(connection.execute(reasons).fetchall()),
            kept=connection.execute("SELECT count(DISTINCT record_id) FROM kept").fetchall()[0][0],
            unread=connection.execute("SELECT count(DISTINCT address) FROM unread").fetchall()[0][0],
            withheld=connection.execute("SELECT count(*) FROM withheld").fetchall()[0][0],
            ids=(int(ids) - sum(int(row[1], 16) for row in leaving)) % 2**64,
        )


def _open_views(
    connection: duckdb.DuckDBPyConnection, made: Sequence[ShardParts], before: Snapshot | None, target: Target
) -> None:
    """What the data set holds, what comes, and what the run has planned and noted."""
    come = [target.find("records", shard.name) for shard in made if dict(shard.rows).get("records")]
    held = held_parts(before, target)
    create_view(connection, "held", f"SELECT * FROM {ledger(held)}", target, files=len(held))
    for name, sql in (
        ("come", ledger(come)),
        ("known", column_of("record_id, address", target.planned("known"))),
        ("going", f"{column_of('record_id', target.planned('going'))} UNION ALL {notes(target, 'moved', 'record_id')}"),
        ("kept", notes(target, "kept", "record_id")),
        ("unread", notes(target, "unread", "address")),
        ("withheld", notes(target, "withheld", "address")),
        ("gone", column_of("address", target.planned("gone"))),
        ("todo", column_of("address", target.planned("todo"))),
    ):
        create_view(connection, name, sql if sql.startswith("SELECT") else f"SELECT * FROM {sql}", target)


def _by_part(rows: Iterable[tuple[str, str, str | None, str, str]]) -> dict[str, Leaving]:
    parts: dict[str, list[tuple[str, str, str | None, str, str]]] = {}
    for row in rows:
        parts.setdefault(row[0], []).append(row)
    return {
        part: Leaving(
            records=frozenset(row[1] for row in group),
            articles=frozenset(row[2] for row in group if row[2]),
            rejects=frozenset((row[3], row[4]) for row in group if not row[2]),
        )
        for part, group in parts.items()
    }


def notes(target: Target, kind: str, column: str) -> str:
    """SQL: what the shards of a run have noted, as a column of this name."""
    return column_of(f"id AS {column}", *sorted((target.work / kind).glob("*.parquet")))


def column_of(columns: str, *files: Path) -> str:
    """SQL: columns of those of the files that are there."""
    there = [sql_text(glob_literal(file)) for file in files if file.exists()]
    if not there:
        names = (name.rpartition(" AS ")[2].strip() for name in columns.split(","))
        return f"SELECT {', '.join(f'NULL::VARCHAR AS {name}' for name in names)} WHERE false"
    return f"SELECT {columns} FROM read_parquet([{', '.join(there)}])"
