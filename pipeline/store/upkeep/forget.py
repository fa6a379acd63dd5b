"""Takedowns: articles leave a data set, all that was kept of them leaves the disk, and they are never taken in again.

    names ──match──► records ──remember──► hashes in _onrecord/forgotten      from here on it is decided
                                   └──finish──► one commit without the rows; then purge: old parts, notes, dead runs

All that follows the hashes is done from them alone, and may be done again: who comes after a kill finishes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.connect import glob_literal, sql_text
from onrecord.pipeline.ask.snapshot import Snapshot, current
from onrecord.pipeline.places import readable, sync
from onrecord.pipeline.store.clusters import is_done, update_clusters
from onrecord.pipeline.store.parts import EMPTY, write_empty
from onrecord.pipeline.store.reuse.inputs import inputs_folder, known_inputs
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target, bounded_connection
from onrecord.pipeline.store.upkeep.forgotten import Forgotten, Trait, clear_pending, load_pending, remember
from onrecord.pipeline.store.upkeep.purge import purge
from onrecord.pipeline.store.upkeep.withholding import Row, leaving_of, ledger_rows
from onrecord.pipeline.store.versions.commits import Commit, TableChange, change, in_turn, publish
from onrecord.pipeline.store.versions.ledger import ledger
from onrecord.pipeline.store.versions.rewriting import Leaving, rewrite, rows_by_part

#: Records by what they are called, and whether that is the address of their input or of their article.
MATCHES = """
    SELECT n.name, 'id' AS called, r.* FROM names n JOIN held r ON r.article_id = n.name
    UNION ALL SELECT n.name, 'id', r.* FROM names n JOIN held r ON r.record_id = n.name
    UNION ALL SELECT n.name, 'address', r.* FROM names n JOIN held r ON r.address = n.name
    UNION ALL SELECT n.name, 'address', r.* FROM names n JOIN held r ON r.uri = n.name AND r.uri <> r.address
    UNION ALL SELECT n.name, 'url', r.* FROM names n JOIN urls u ON u.url = n.name JOIN held r USING (article_id)
"""
#: What was read of a record tells it from others, unless nothing was.
HAS_CONTENT = "(outcome = 'article' OR (read_sha256 IS NOT NULL AND reason <> 'empty_text'))"
#: Other records of the same bytes, or of which the same was read.
COPIES = f"""
    SELECT '' AS name, 'copy' AS called, r.* FROM held r WHERE {HAS_CONTENT}
        AND record_id NOT IN (SELECT record_id FROM matches) AND (
            raw_sha256 IN (SELECT raw_sha256 FROM matches WHERE {HAS_CONTENT})
            OR read_sha256 IN (SELECT read_sha256 FROM matches WHERE {HAS_CONTENT}))
"""
#: Articles that have the same text, in a record that is another one.
SAME_TEXT = """
    SELECT DISTINCT article_id FROM texts WHERE text_sha256 IN (
        SELECT text_sha256 FROM texts WHERE article_id IN (SELECT article_id FROM matches))
    AND article_id NOT IN (SELECT article_id FROM matches WHERE article_id IS NOT NULL) ORDER BY article_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What was forgotten: how many records, ``copies`` of them that nobody named, and the names that match nothing.

    ``same_text`` are articles that were not named and that tell the same, word for word: they stay. ``has_finished``:
    what an earlier one had begun was still to be done.
    """

    records: int
    copies: int
    unmatched: tuple[str, ...]
    same_text: tuple[str, ...]
    has_finished: bool


def forget(names: Sequence[str], target: Target) -> Forgetting:
    """Forget what has these ids (of articles or records) or addresses (of inputs or articles), and exact copies of it.

    When it returns, nothing of it is on the disk. Stories that were told with it are found anew.
    """
    snapshot = current(target.folder)
    was_clustered = snapshot is not None and is_done(snapshot, target)
    has_begun = bool(load_pending(target))
    in_turn(target.folder, lambda: finish_forgetting(target))
    rows, same_text = in_turn(target.folder, lambda: _forget(names, target))
    if was_clustered:
        update_clusters(target)
    matched = {row["name"] for row in rows}
    return Forgetting(
        records=len({row["record_id"] for row in rows}),
        copies=sum(row["called"] == "copy" for row in rows),
        unmatched=tuple(name for name in dict.fromkeys(names) if name not in matched),
        same_text=same_text,
        has_finished=has_begun,
    )


def _forget(names: Sequence[str], target: Target) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Remember what has these names, and remove it; what ``_match`` found. The caller holds the lock."""
    rows, same_text = _match(names, target)
    if rows:
        never = (trait for row in rows for trait in lasting_traits(row))
        remember(never, (("record", row["record_id"]) for row in rows), target)
        finish_forgetting(target)
    return rows, same_text


def finish_forgetting(target: Target) -> None:
    """Do what is not done yet of what is forgotten. The caller holds the lock."""
    pending = load_pending(target)
    snapshot = current(target.folder) if pending else None
    if snapshot:
        if leaving := _find_leaving(pending, snapshot, target):
            publish(target.folder, _commit(leaving, snapshot, target))
        purge(pending, target)
        clear_pending(target)


def lasting_traits(row: Row) -> Iterator[Trait]:
    """The traits by which a record is not taken in again.

    Its place, unless that is a number, which is another row's tomorrow; its bytes and what was read of them; the id
    that a field gives it; and the address by which it was called, be it that of the input or of the article.
    """
    if not is_number(row["record"]):
        yield "place", row["record_id"]
    if row["has_content"]:
        yield from (("raw", row["raw_sha256"]), ("read", row["read_sha256"]))
    if row["article_id"] not in (None, row["record_id"]):
        yield "article", row["article_id"]
    if row["called"] == "address":
        yield "address", row["address"]
    if row["called"] == "url":
        yield "url", row["name"]


def is_number(record: str) -> bool:
    """Whether a record is known by its number in a file, or in a member of an archive.

    >>> is_number("7"), is_number("news.jsonl:7"), is_number("a.txt"), is_number("")
    (True, True, False, False)
    """
    return record.rpartition(":")[2].isdecimal()


def _match(names: Sequence[str], target: Target) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The rows of the ledger that are meant, and those of exact copies; articles that have the same text."""
    snapshot = current(target.folder)
    if snapshot is None:
        return [], ()
    columns = (
        f"name, called, record_id, address, uri, record, article_id, raw_sha256, read_sha256,"
        f" {HAS_CONTENT} AS has_content"
    )
    with bounded_connection(target) as connection:
        connection.register("names", pa.table({"name": pa.array(sorted(set(names)), type=pa.string())}))
        connection.execute(f"CREATE VIEW held AS SELECT * FROM {ledger(_paths('records', snapshot, target))}")
        for name, column, table in (("urls", "url", "articles"), ("texts", "text_sha256", "fingerprints")):
            connection.execute(f"CREATE VIEW {name} AS {_column(column, _paths(table, snapshot, target))}")
        connection.execute(f"CREATE TABLE matches AS {MATCHES}")
        connection.execute(f"INSERT INTO matches {COPIES}")
        found = connection.execute(f"SELECT {columns} FROM matches ORDER BY record_id, called, name")
        keys = [column[0] for column in found.description]
        rows = [dict(zip(keys, row, strict=True)) for row in found.fetchall()]
        return rows, tuple(article for (article,) in connection.execute(SAME_TEXT).fetchall())


def _find_leaving(pending: Forgotten, snapshot: Snapshot, target: Target) -> dict[str, list[Row]]:
    """The rows of the ledger that are to go, by part."""
    found = {
        path.name: [row for row in ledger_rows(path) if pending.has(("record", row["record_id"]))]
        for path in _paths("records", snapshot, target)
    }
    return {name: rows for name, rows in found.items() if rows}


def _commit(leaving: Mapping[str, Sequence[Row]], before: Snapshot, target: Target) -> Commit:
    rows = [row for some in leaving.values() for row in some]
    articles = sum(row["article_id"] is not None for row in rows)
    counts = {
        "records": before.totals["records"] - len(rows),
        "articles": before.totals["articles"] - articles,
        "rejects": before.totals["rejects"] - (len(rows) - articles),
    }
    ids = (int(before.totals["ids"], 16) - sum(int(row["record_id"], 16) for row in rows)) % 2**64
    return Commit(
        number=before.number + 1,
        tables=_table_changes(leaving, before, target),
        work=target.work_name,
        totals={**before.totals, **counts, "ids": f"{ids:016x}"},
        inputs=_keep_inputs(rows, before, target),
        command="forget",
    )


def _table_changes(leaving: Mapping[str, Sequence[Row]], before: Snapshot, target: Target) -> Mapping[str, TableChange]:
    """The parts of the rows are written anew without them; stories that were told with them are found anew later."""
    add: dict[str, dict[str, int]] = {table: {} for table in SCHEMAS}
    remove: dict[str, list[str]] = {table: [] for table in SCHEMAS}
    stories = _stories([row["article_id"] for rows in leaving.values() for row in rows], before, target)
    shards = {table: names for table, names in before.parts.items() if table != "clusters"}
    tables = rows_by_part(shards)
    todo = [(name, tables[name], leaving_of(rows)) for name, rows in leaving.items()]
    for name, names, each in [*todo, *((name, ["clusters"], each) for name, each in stories.items())]:
        for table in names:
            remove[table].append(name)
        for table, (new, n) in rewrite(name, names, each, target).items():
            add[table][new] = n
    for table in SCHEMAS:
        if not add[table] and not set(before.parts.get(table, ())) - set(remove[table]):
            add[table][write_empty(table, target)] = 0
    return {table: change(before.parts.get(table, ()), add[table], remove[table]) for table in SCHEMAS}


def _stories(articles: Iterable[str | None], before: Snapshot, target: Target) -> dict[str, Leaving]:
    """The rows of ``clusters`` that tell a story with one of the articles, by part: they name one another."""
    gone = set(articles)
    parts = {}
    for path in _paths("clusters", before, target):
        rows = pq.read_table(readable(path), columns=["article_id", "cluster_id"]).to_pylist()
        told = {row["cluster_id"] for row in rows if row["article_id"] in gone}
        ids = frozenset(row["article_id"] for row in rows if row["cluster_id"] in told)
        if ids:
            parts[path.name] = Leaving(records=ids, articles=ids)
    return parts


def _keep_inputs(rows: Collection[Row], before: Snapshot, target: Target) -> tuple[str, ...]:
    """What the inputs look like without those of which nothing is left, in a file that replaces the others."""
    name = f"{target.run}.parquet"
    path = inputs_folder(target.folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with bounded_connection(target) as connection:
        gone = {column: [row[column] for row in rows] for column in ("record_id", "address")}
        connection.register("gone", pa.table({key: pa.array(some, type=pa.string()) for key, some in gone.items()}))
        kept = f"""
            SELECT address FROM {ledger(_paths("records", before, target))}
            WHERE address IN (SELECT address FROM gone) AND record_id NOT IN (SELECT record_id FROM gone)"""
        inputs = f"""
            SELECT *, false AS is_gone FROM {known_inputs(target.folder, before.inputs)}
            WHERE address NOT IN (SELECT address FROM gone) OR address IN ({kept}) ORDER BY address"""
        connection.execute(f"COPY ({inputs}) TO {sql_text(path)} (FORMAT parquet)")
    sync(path)
    sync(path.parent)
    return (name,)


def _paths(table: str, snapshot: Snapshot, target: Target) -> list[Path]:
    return [target.part(table, name) for name in snapshot.parts.get(table, ()) if name != EMPTY]


def _column(name: str, paths: Sequence[Path]) -> str:
    """SQL: a column of these parts, with the ids of the articles."""
    if not paths:
        return f"SELECT '' AS article_id, '' AS {name} WHERE false"
    files = ", ".join(sql_text(glob_literal(path)) for path in paths)
    return f"SELECT article_id, {name} FROM read_parquet([{files}], union_by_name = true)"
