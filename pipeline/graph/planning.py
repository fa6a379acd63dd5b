"""What a run has to do: the inputs as they are now, against what they looked like when they were last read.

    listing ─┐
             ├─► todo: new, changed, or to be tried again, dealt out to keys
    inputs ──┤   known: what the ledger has of these inputs
    ledger ──┘   going: records that a mirror removes;  inputs: what they look like now

Nothing is opened. What is listed passes through files in the run's work folder and DuckDB.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from glob import has_magic
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.addresses import REMOTE, canonical_address, local_path, relative_address
from onrecord.pipeline.ask.connect import sql_text
from onrecord.pipeline.ask.snapshot import Snapshot, again_if_replaced, current
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.graph.shards import Deal, deal_count
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, printable
from onrecord.pipeline.store.reuse.inputs import known_inputs
from onrecord.pipeline.store.target import Target, bounded_connection, create_view, new_plan
from onrecord.pipeline.store.upkeep.forgotten import load_forgotten
from onrecord.pipeline.store.versions.commit import check_version
from onrecord.pipeline.store.versions.ledger import held_parts, ledger

#: References that are held at a time, and rows of a row group of what workers look up.
CHUNK_ROWS, LOOKUP_ROWS = 8192, 2048
LISTING_FILE = "listing.parquet"
#: A mirror removes more than this share of the records below a folder only when told to.
MAX_GONE = 0.2
LISTING = pa.schema(
    [
        ("identity", pa.binary()),  # a file's name may be no text
        ("address", pa.string()),
        ("uri", pa.binary()),
        ("size", pa.int64()),
        ("version", pa.string()),
        ("named", pa.bool_()),
        ("is_local", pa.bool_()),
        ("reason", pa.string()),
        ("detail", pa.string()),
    ]
)
#: An input that is listed twice counts once; those that are not pass through without being held.
LISTED = """
    SELECT * FROM listing WHERE identity NOT IN (SELECT identity FROM twice)
    UNION ALL (
        SELECT DISTINCT ON (identity) * FROM listing WHERE identity IN (SELECT identity FROM twice)
        ORDER BY identity, named DESC, uri)
"""
TWICE = "SELECT identity FROM listing GROUP BY identity HAVING count(*) > 1"
#: What is held of those listed inputs that have a fault.
HELD_FAULTS = """
    SELECT DISTINCT h.address, h.reason FROM held h
    WHERE h.address IN (SELECT address FROM listing WHERE reason IS NOT NULL)
"""
#: The fault of an input that is there and is not to be looked at now, whatever the data set knows of it.
WAITING = ("waiting", "to be read later")
#: What each listed input is, against how it was. Only the addresses of the inputs are held for that.
STATES = """
    SELECT l.*, CASE
        WHEN l.reason = 'waiting' THEN 'waiting'
        WHEN l.reason = 'missing' AND l.address IN (SELECT address FROM held_faults) THEN 'missing'
        WHEN l.reason IS NOT NULL AND (l.address, l.reason) IN (SELECT (address, reason) FROM held_faults) THEN 'same'
        WHEN l.reason IS NOT NULL THEN 'faulty'
        WHEN l.version = '' AND i.address IS NOT NULL AND l.is_local THEN 'missing'
        WHEN i.address IS NULL THEN 'new'
        WHEN l.version = '' OR l.version <> i.version OR l.size <> i.size THEN 'changed'
        WHEN l.address IN (SELECT address FROM again) THEN 'again'
        WHEN {verify} THEN 'verify' ELSE 'same' END AS state
    FROM listed l LEFT JOIN inputs i ON i.address = l.address
"""
#: Inputs whose records are read again though they are as they were: other options may let in what was refused, where
#: that was for its language or is all that the input holds; another version may read them otherwise, and what the
#: system refused it may give by now.
AGAIN = """
    SELECT DISTINCT address FROM held WHERE
        (made_by <> '{made_by}' AND ({rebuild} OR reason = 'language' OR (reason NOT IN ('timeout', 'crash')
            AND address NOT IN (SELECT address FROM held WHERE outcome = 'article'))))
        OR reason IN ('missing', 'unreadable') OR ({rebuild} AND reason IN ('timeout', 'crash'))
        OR (reason = 'format' AND address IN (SELECT address FROM listing WHERE named))
"""
UNTOUCHED = "('same', 'missing', 'waiting')"
TODO = f"SELECT * FROM states WHERE state NOT IN {UNTOUCHED}"
#: Dealt out as cards are, forth and back, the largest first: about equally many bytes and inputs to each key.
DEALT = f"""
    SELECT * EXCLUDE (n, card), if(card < {{keys}}, card, 2 * {{keys}} - 1 - card) AS key
    FROM (SELECT *, n % (2 * {{keys}}) AS card FROM (
        SELECT *, row_number() OVER (ORDER BY size DESC, identity) - 1 AS n FROM ({TODO})))
    ORDER BY key, identity
"""
#: What was read below what is named, and is not there any more.
GONE = """
    SELECT DISTINCT address FROM (SELECT address FROM inputs UNION ALL SELECT address FROM held) k
    WHERE ({below}) AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.address = k.address)
"""
#: A file that was renamed keeps its size, its time and its number.
MOVED = """
    SELECT count(*) FROM states s WHERE state = 'new' AND version <> '' AND EXISTS (
        SELECT 1 FROM inputs i JOIN gone USING (address) WHERE i.size = s.size AND i.version = s.version)
"""
#: Records from which rows may be carried over: their inputs are gone, or are read again.
CARRY = f"""
    SELECT raw_sha256, read_sha256, record_id, article_id, part, address IN (SELECT address FROM gone) AS is_gone
    FROM held WHERE outcome = 'article' AND made_by = '{{made_by}}' AND (
        address IN (SELECT address FROM gone) OR address IN (SELECT address FROM ({TODO})))
    ORDER BY read_sha256
"""
#: Records that stay as another version or other options made them.
OTHER_VERSION = f"""
    SELECT count(*) FROM held WHERE made_by <> '{{made_by}}' AND address NOT IN (SELECT address FROM ({TODO}))
"""
KNOWN = f"SELECT * FROM held WHERE address IN (SELECT address FROM ({TODO})) ORDER BY record_id"
#: What the inputs look like now; one of which nothing can be told is forgotten.
SEEN = f"""
    SELECT address, size, version, state = 'faulty' AS is_gone FROM ({TODO})
    UNION ALL SELECT address, 0, '', true FROM gone WHERE {{mirror}}
"""
#: Records that leave since their inputs are gone; that a folder is empty is no longer so when it is not.
GOING = """
    SELECT record_id FROM held WHERE address IN (SELECT address FROM gone) AND ({mirror} OR reason = 'no_articles')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is to do: ``keys`` to which ``n_bytes`` of inputs are dealt.

    ``states`` counts the inputs: new, same, changed, moved (of the new), again, verify, faulty, missing, waiting, gone,
    those that are forgotten and so withheld, and what systems leave beside files.
    ``other_version`` counts records that another version or other options made, and that stay as they are;
    ``mirrored`` those that leave.
    """

    keys: int
    inputs: int
    n_bytes: int
    states: dict[str, int]
    other_version: int
    mirrored: int


def plan(references: Iterable[Reference], roots: Sequence[str], options: Options, target: Target) -> Plan:
    """Write the plan of a run into its work folder. ``roots`` are the inputs as they were named.

    Raises UsageError where ids would be made by another rule, where the data set is of another version, and where a
    mirror would remove too much.
    """
    check_version(target)
    with new_plan(target):
        withheld = _write_listing(references, options, target)
        return again_if_replaced(target.folder, lambda: _plan(roots, withheld, options, target))


def _plan(roots: Sequence[str], withheld: int, options: Options, target: Target) -> Plan:
    before = None if target.fresh else current(target.folder)
    _check_rule(before, options)
    target.planned_version.write_text(str(before.number if before else 0))
    with _connect(before, target) as connection:
        _find_states(connection, roots, options, target)
        mirrors = options.mirror and before is not None
        if mirrors:
            _check_mirror(connection, roots, options)
        count, n_bytes = connection.execute(f"SELECT count(*), coalesce(sum(size), 0) FROM ({TODO})").fetchall()[0]
        keys = deal_count(count, int(n_bytes))
        _copy(connection, DEALT.format(keys=keys), target.planned("todo"))
        going = _copy(connection, GOING.format(mirror=mirrors), target.planned("going"))
        seen = _copy(connection, SEEN.format(mirror=mirrors), target.planned("inputs"))
        if not seen:
            target.planned("inputs").unlink()
        _copy(connection, KNOWN, target.planned("known"))
        _copy(connection, CARRY.format(made_by=target.made_by), target.planned("carry"))
        states = dict(connection.execute("SELECT state, count(*) FROM states GROUP BY state").fetchall())
        states |= {"withheld": withheld} if withheld else {}
        return Plan(
            keys=keys,
            inputs=count,
            n_bytes=int(n_bytes),
            states=states | {"moved": _one(connection, MOVED), "gone": _one(connection, "SELECT count(*) FROM gone")},
            other_version=_one(connection, OTHER_VERSION.format(made_by=target.made_by)),
            mirrored=going,
        )


def _connect(before: Snapshot | None, target: Target) -> duckdb.DuckDBPyConnection:
    """A connection with the listing, the inputs as they were, and the ledger."""
    connection = bounded_connection(target)
    connection.execute(f"CREATE VIEW listing AS FROM read_parquet({sql_text(target.scratch / LISTING_FILE)})")
    held = held_parts(before, target)
    create_view(
        connection, "inputs", f"SELECT * FROM {known_inputs(target.folder, before.inputs if before else ())}", target
    )
    create_view(connection, "held", f"SELECT * FROM {ledger(held)}", target, files=len(held))
    return connection


def _find_states(connection: duckdb.DuckDBPyConnection, roots: Sequence[str], options: Options, target: Target) -> None:
    below = " OR ".join(_below(root, options) for root in roots) or "false"
    for name, sql in (
        ("again", AGAIN.format(made_by=target.made_by, rebuild=options.rebuild)),
        ("twice", TWICE),
        ("held_faults", HELD_FAULTS),
    ):
        connection.execute(f"CREATE TABLE {name} AS {sql}")
    connection.execute(f"CREATE VIEW listed AS {LISTED}")
    for name, sql, path in (
        ("states", STATES.format(verify=options.verify), target.scratch / "states.parquet"),
        ("gone", GONE.format(below=below), target.planned("gone")),
    ):
        _copy(connection, sql, path)  # as long as the listing, and so on the disk
        connection.execute(f"CREATE VIEW {name} AS FROM read_parquet({sql_text(path)})")


def _below(root: str, options: Options) -> str:
    """SQL: whether an address is that of a named input, or lies below it."""
    address = printable(relative_address(canonical_address(root), options.base))
    folder = f"{address.rstrip('/')}/" if address else ""
    return f"(address = {sql_text(address)} OR starts_with(address, {sql_text(folder)}))"


def _check_mirror(connection: duckdb.DuckDBPyConnection, roots: Sequence[str], options: Options) -> None:
    """Raises UsageError for a root that looks as if it were not there, or of which too much is gone."""
    for address, detail in connection.execute(
        "SELECT address, detail FROM states WHERE reason = 'unreadable' LIMIT 1"
    ).fetchall():
        raise UsageError(f"--mirror: {address} cannot be listed ({detail}); nothing is removed")
    for root in roots:
        path = local_path(root)
        if has_magic(root) and not (path and os.path.lexists(path)):
            raise UsageError(f"--mirror looks at folders and files by their names; {root} is a pattern")
        below = _below(root, options)
        if not _one(
            connection,
            f"SELECT count(*) FROM states WHERE reason IS NULL AND (version <> '' OR NOT is_local) AND {below}",
        ):
            raise UsageError(f"--mirror: {root} is not there, or there are no files in it; nothing is removed")
        total = _one(connection, f"SELECT count(*) FROM held WHERE {below}")
        gone = _one(connection, f"SELECT count(*) FROM held WHERE {below} AND address IN (SELECT address FROM gone)")
        if gone > MAX_GONE * total and not options.sure:
            raise UsageError(
                f"--mirror would remove {gone:,} of {total:,} records below {root}; --yes if that is meant"
            )


def read_deal(key: int, keys: int, target: Target) -> Deal:
    """What was dealt to a key."""
    rows = pq.read_table(target.planned("todo"), filters=[("key", "==", key)])
    return Deal(key=key, count=keys, references=tuple(map(_reference, rows.to_pylist())))


def _write_listing(references: Iterable[Reference], options: Options, target: Target) -> int:
    """Write down what is listed, but for inputs that are forgotten; how many these are."""
    forgotten, withheld, stream = load_forgotten(target), 0, iter(references)
    with pq.ParquetWriter(target.scratch / LISTING_FILE, LISTING) as writer:
        while chunk := list(islice(stream, CHUNK_ROWS)):
            listed = [_listed(each, options) for each in chunk]
            rows = [row for row in listed if not forgotten.has_input(row["address"])] if forgotten else listed
            withheld += len(listed) - len(rows)
            writer.write_table(pa.Table.from_pylist(rows, schema=LISTING))
    return withheld


def _listed(reference: Reference, options: Options) -> dict[str, Any]:
    return {
        "identity": _bytes(reference.identity),
        "address": printable(relative_address(reference.identity, options.base)),
        "uri": _bytes(reference.uri),
        "size": reference.size,
        "version": reference.version,
        "named": reference.named,
        "is_local": REMOTE not in reference.identity,
        "reason": reference.fault and reference.fault[0],
        "detail": reference.fault and printable(reference.fault[1]),
    }


def _reference(row: dict[str, Any]) -> Reference:
    identity, uri = (row[name].decode("utf-8", "surrogateescape") for name in ("identity", "uri"))
    return Reference(
        uri,
        fault=(row["reason"], row["detail"]) if row["reason"] else None,
        size=row["size"],
        named=row["named"],
        address=identity if identity != uri else "",
        version=row["version"],
    )


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _check_rule(before: Snapshot | None, options: Options) -> None:
    if before is not None and before.totals["id_rule"] != options.id_rule:
        rule = before.totals["id_rule"]
        was = f"{'with' if rule['base'] else 'without'} --base, and with --id-field {rule['id_field'] or '(none)'}"
        raise UsageError(f"ids of this data set are made {was}: do the same, or start anew with --fresh")


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> int:
    """Write the rows; how many they are."""
    ((rows,),) = connection.execute(
        f"COPY ({sql}) TO {sql_text(path)} (FORMAT parquet, ROW_GROUP_SIZE {LOOKUP_ROWS})"
    ).fetchall()
    return int(rows)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    ((value,),) = connection.execute(sql).fetchall()
    return int(value or 0)
