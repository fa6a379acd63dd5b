"""What a run has to do: the inputs as they are now, against what they looked like when they were last read.

    listing ─┐
             ├─► todo: new, changed, or to be tried again, dealt out to keys
    inputs ──┤   known: what the ledger has of these inputs
    ledger ──┘   going: records that a mirror removes;  inputs: what they look like now

Nothing is opened, and no list of all inputs is held: they pass through files in the run's work folder and DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.addresses import REMOTE, canonical_address, relative_address
from onrecord.pipeline.ask.snapshot import Snapshot, current
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.graph.shards import Deal, deal_count
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, printable
from onrecord.pipeline.store.reuse.inputs import known_inputs
from onrecord.pipeline.store.target import Target
from onrecord.pipeline.store.versions.commit import check_version
from onrecord.pipeline.store.versions.ledger import held_parts, ledger

#: References that are held at a time, and written as a row group.
CHUNK_ROWS = 8192
#: A mirror removes more than this share of the records only when told to.
MAX_GONE = 0.2
LISTING = pa.schema(
    [
        ("identity", pa.binary()),  # a file's name may be no text
        ("address", pa.string()),
        ("uri", pa.binary()),
        ("size", pa.int64()),
        ("version", pa.string()),
        ("named", pa.bool_()),
        ("reason", pa.string()),
        ("detail", pa.string()),
    ]
)
#: What each listed input is, against how it was.
STATES = """
    SELECT l.*, CASE
        WHEN l.reason IS NOT NULL THEN 'faulty'
        WHEN l.version = '' AND i.address IS NOT NULL AND NOT contains(l.address, '://') THEN 'missing'
        WHEN i.address IS NULL THEN 'new'
        WHEN l.version = '' OR l.version <> i.version OR l.size <> i.size THEN 'changed'
        WHEN l.address IN (SELECT address FROM again) THEN 'again'
        WHEN {verify} THEN 'verify' ELSE 'same' END AS state
    FROM (SELECT DISTINCT ON (identity) * FROM listing ORDER BY identity, uri) l
    LEFT JOIN inputs i ON i.address = l.address
"""
#: Inputs whose records are read again though they are as they were.
AGAIN = """
    SELECT DISTINCT address FROM held WHERE made_by <> '{made_by}' AND ({rebuild} OR reason = 'language')
    UNION SELECT DISTINCT address FROM held WHERE reason IN ('missing', 'unreadable')
"""
#: Dealt out as cards are, forth and back, the largest first: about equally many bytes and inputs to each key.
TODO = """
    SELECT * EXCLUDE (n, card), if(card < {keys}, card, 2 * {keys} - 1 - card) AS key
    FROM (SELECT *, n % (2 * {keys}) AS card FROM (
        SELECT *, row_number() OVER (ORDER BY size DESC, identity) - 1 AS n FROM states
        WHERE state NOT IN ('same', 'missing')))
    ORDER BY key, identity
"""
#: A file that was renamed keeps its size, its time and its number.
MOVED = """
    SELECT count(*) FROM states s WHERE state = 'new' AND version <> '' AND EXISTS (
        SELECT 1 FROM inputs i JOIN gone USING (address) WHERE i.size = s.size AND i.version = s.version)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What there is to do: ``keys`` to which ``n_bytes`` of inputs are dealt.

    ``states`` counts the inputs: new, same, changed, moved (of the new), again, verify, faulty, gone. ``other_version``
    counts records that another version or other options made, and that stay as they are; ``mirrored`` those that leave.
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
    before = None if options.fresh else current(target.folder)
    check_version(target)
    _check_rule(before, options)
    target.planned("").parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET memory_limit = '1GB'")
    connection.execute(f"SET temp_directory = '{_sql(target.work / 'spill')}'")
    target.planned_version.write_text(str(before.number if before else 0))
    _write_listing(references, options, target.planned("listing"))
    _view(connection, "listing", f"read_parquet('{_sql(target.planned('listing'))}')")
    _view(connection, "inputs", known_inputs(target.folder, before.inputs if before else ()))
    _view(connection, "held", ledger(held_parts(before, target)))
    _table(connection, "again", AGAIN.format(made_by=target.made_by, rebuild=options.rebuild))
    _table(connection, "states", STATES.format(verify=options.verify))
    _table(connection, "gone", _gone_sql(roots, options))
    states = dict(connection.execute("SELECT state, count(*) FROM states GROUP BY state").fetchall())
    count, n_bytes = connection.execute(
        "SELECT count(*), sum(size) FROM states WHERE state NOT IN ('same', 'missing')"
    ).fetchone() or (0, 0)
    keys = deal_count(count, int(n_bytes or 0))
    _copy(connection, TODO.format(keys=keys), target.planned("todo"))
    known = """SELECT * FROM held WHERE address IN (
        SELECT address FROM states WHERE state NOT IN ('same', 'missing', 'new')) ORDER BY address"""
    if states.keys() - {"same", "missing", "new"}:
        _copy(connection, known, target.planned("known"))
    if states.get("new") or states.keys() - {"same", "missing", "faulty"}:
        _plan_carry(connection, target)
    mirrored = _plan_mirror(connection, roots, options, target) if options.mirror and before else 0
    seen = f"""SELECT address, size, version, false AS is_gone FROM states
        WHERE state NOT IN ('same', 'missing', 'faulty')
        UNION ALL SELECT address, 0, '', true FROM gone WHERE {bool(mirrored)}"""
    if states.keys() - {"same", "missing", "faulty"} or mirrored:
        _copy(connection, seen, target.planned("inputs"))
    return Plan(
        keys=keys,
        inputs=count,
        n_bytes=int(n_bytes or 0),
        states=states | {"moved": _one(connection, MOVED), "gone": _one(connection, "SELECT count(*) FROM gone")},
        other_version=_one(connection, f"SELECT count(*) FROM held WHERE made_by <> '{target.made_by}'"),
        mirrored=mirrored,
    )


def read_deal(key: int, keys: int, target: Target) -> Deal:
    """What was dealt to a key."""
    rows = pq.read_table(target.planned("todo"), filters=[("key", "==", key)])
    return Deal(key=key, count=keys, references=tuple(map(_reference, rows.to_pylist())))


def _write_listing(references: Iterable[Reference], options: Options, path: Path) -> None:
    stream = iter(references)
    with pq.ParquetWriter(path, LISTING) as writer:
        while chunk := list(islice(stream, CHUNK_ROWS)):
            writer.write_table(pa.Table.from_pylist([_listed(each, options) for each in chunk], schema=LISTING))


def _listed(reference: Reference, options: Options) -> dict[str, Any]:
    return {
        "identity": _bytes(reference.identity),
        "address": printable(relative_address(reference.identity, options.base)),
        "uri": _bytes(reference.uri),
        "size": reference.size,
        "version": reference.version,
        "named": reference.named,
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


def _gone_sql(roots: Sequence[str], options: Options) -> str:
    """Inputs that were read from the folders and files that are named, and are not there any more."""
    below = []
    for root in roots:
        address = printable(relative_address(canonical_address(root), options.base)) if root != options.base else ""
        folder = f"{address.rstrip('/')}/" if address else ""
        below.append(f"address = '{_sql(address)}' OR starts_with(address, '{_sql(folder)}')")
    return f"""SELECT address FROM inputs WHERE ({" OR ".join(below) or "false"})
        AND address NOT IN (SELECT address FROM listing)"""


def _plan_carry(connection: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Write from which records rows may be carried over: those whose inputs are gone, or are read again."""
    sources = f"""SELECT raw_sha256, record_id, article_id, address, record, part,
            address IN (SELECT address FROM gone) AS is_gone FROM held
        WHERE outcome = 'article' AND made_by = '{target.made_by}' AND (address IN (SELECT address FROM gone)
            OR address IN (SELECT address FROM states WHERE state NOT IN ('same', 'missing')))"""
    if _one(connection, f"SELECT count(*) FROM ({sources})"):
        _copy(connection, f"{sources} ORDER BY raw_sha256", target.planned("carry"))


def _plan_mirror(connection: duckdb.DuckDBPyConnection, roots: Sequence[str], options: Options, target: Target) -> int:
    """Write which records leave because their input is gone; how many they are."""
    for root in roots:
        if REMOTE not in root and not any(Path(canonical_address(root)).glob("*")):
            raise UsageError(f"--mirror: {root} is no folder with files in it; nothing is removed")
    faults = connection.execute("SELECT address, detail FROM states WHERE reason = 'unreadable' LIMIT 1").fetchone()
    if faults:
        raise UsageError(f"--mirror: {faults[0]} cannot be listed ({faults[1]}); nothing is removed")
    going = "SELECT record_id FROM held WHERE address IN (SELECT address FROM gone)"
    count, total = _one(connection, f"SELECT count(*) FROM ({going})"), _one(connection, "SELECT count(*) FROM held")
    if count > MAX_GONE * total and not options.sure:
        raise UsageError(f"--mirror would remove {count:,} of {total:,} records; --yes if that is meant")
    if count:
        _copy(connection, going, target.planned("going"))
    return count


def _check_rule(before: Snapshot | None, options: Options) -> None:
    if before is not None and before.totals["id_rule"] != options.id_rule:
        rule = before.totals["id_rule"]
        was = f"{'with' if rule['base'] else 'without'} --base, and with --id-field {rule['id_field'] or '(none)'}"
        raise UsageError(f"ids of this data set are made {was}: do the same, or start anew with --fresh")


def _view(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {sql}")


def _table(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
    connection.execute(f"CREATE TABLE {name} AS {sql}")


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    connection.execute(f"COPY ({sql}) TO '{_sql(path)}' (FORMAT parquet, ROW_GROUP_SIZE {CHUNK_ROWS})")


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    ((value,),) = connection.execute(sql).fetchall()
    return int(value or 0)


def _sql(path: Path | str) -> str:
    return str(path).replace("'", "''")
