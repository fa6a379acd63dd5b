"""The ledger ``records``, asked at the moment of a commit: which records leave, and whether two have one id.

A record leaves when its input was read again and it was not found as it was, when the same record came anew, when it
moved, or when it is gone and the data set mirrors its inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from onrecord.pipeline.ask.connect import glob_literal
from onrecord.pipeline.ask.snapshot import Snapshot
from onrecord.pipeline.errors import DuplicateIds
from onrecord.pipeline.store.parts import EMPTY, ShardParts
from onrecord.pipeline.store.target import Target
from onrecord.pipeline.store.versions.rewriting import Leaving

COLUMNS = "record_id, address, uri, record, outcome, article_id, reason, raw_sha256, made_by"
NO_RECORDS = f"SELECT {', '.join(f'NULL::VARCHAR AS {name}' for name in COLUMNS.split(', '))}, '' AS part WHERE false"
#: Records of the data set that leave with what a run found; a part that comes again is the same.
LEAVING = """
    SELECT r.* FROM held r WHERE part NOT IN (SELECT part FROM come) AND (
        record_id IN (SELECT record_id FROM come)
        OR record_id IN (SELECT record_id FROM known WHERE record_id NOT IN (SELECT record_id FROM kept))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a commit does to the ledger: the records of each part that leave, and how many articles and rejects come.

    ``reasons`` counts the rejects that come, ``kept`` those that were read again and stay; ``ids`` is the sum of the
    ids that come, less those that leave, modulo 2**64.
    """

    leaving: dict[str, Leaving]
    articles: int
    rejects: int
    reasons: dict[str, int]
    kept: int
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
    files = ", ".join(_quoted(glob_literal(path)) for path in paths)
    return f"(SELECT {COLUMNS}, parse_filename(filename) AS part FROM read_parquet([{files}], filename = true))"


def held_parts(before: Snapshot | None, target: Target) -> list[Path]:
    """The parts of the ledger of a data set."""
    names = before.parts.get("records", ()) if before and not target.fresh else ()
    return [target.part("records", name) for name in names if name != EMPTY]


def find_changes(shards: Iterable[ShardParts], before: Snapshot | None, target: Target) -> Changes:
    """What leaves and what comes. Raises DuplicateIds when two records would have one id."""
    connection = duckdb.connect()
    come = [target.find("records", shard.name) for shard in shards if dict(shard.rows).get("records")]
    held = held_parts(before, target)
    for name, sql in (
        ("held", ledger(held)),
        ("come", ledger(come)),
        ("known", f"({ids_in(target.planned('known'))})"),
        ("going", f"({ids_in(target.planned('going'))} UNION ALL {notes(target, 'moved')})"),
        ("kept", f"({notes(target, 'kept')})"),
    ):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {sql}")
    connection.execute(f"CREATE TABLE leaving AS {LEAVING}")
    for article_id, *records in connection.execute(SAME_ID).fetchall():
        raise DuplicateIds(f"two records have the id {article_id}: {' and '.join(filter(None, records))}")
    gone = connection.execute("SELECT part, record_id, article_id, uri, record FROM leaving ORDER BY ALL").fetchall()
    again = {path.name for path in held}
    new = connection.execute("SELECT part, record_id, article_id, reason FROM come").fetchall()
    new = [row for row in new if row[0] not in again]
    return Changes(
        leaving=_by_part(gone),
        articles=sum(1 for row in new if row[2]),
        rejects=sum(1 for row in new if not row[2]),
        reasons=dict(sorted(Counter(row[3] for row in new if row[3]).items())),
        kept=len(connection.execute("SELECT record_id FROM kept").fetchall()),
        ids=(sum(int(row[1], 16) for row in new) - sum(int(row[1], 16) for row in gone)) % 2**64,
    )


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


def notes(target: Target, kind: str) -> str:
    """SQL: what the shards of a run have noted."""
    return ids_in(*sorted((target.work / kind).glob("*.parquet")), column="id")


def ids_in(*files: Path, column: str = "record_id") -> str:
    """SQL: the ids in those of the files that are there, as ``record_id``."""
    there = [_quoted(glob_literal(file)) for file in files if file.exists()]
    if not there:
        return "SELECT '' AS record_id WHERE false"
    return f"SELECT {column} AS record_id FROM read_parquet([{', '.join(there)}])"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
