"""The end of a run: its parts join the tables, in one commit; what they stand in place of leaves in the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import Snapshot, current
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.places import place
from onrecord.pipeline.store.outcome import Outcome, write_outcome
from onrecord.pipeline.store.parts import EMPTY, ShardParts, write_empty
from onrecord.pipeline.store.reuse.inputs import changed_inputs, clear_inputs, keep_inputs
from onrecord.pipeline.store.schema import SCHEMAS, TABLES_VERSION
from onrecord.pipeline.store.target import Target, bounded_connection
from onrecord.pipeline.store.upkeep.withholding import withhold
from onrecord.pipeline.store.versions.commits import Commit, TableChange, change, in_turn, publish
from onrecord.pipeline.store.versions.ledger import Changes, column_of, find_changes, notes
from onrecord.pipeline.store.versions.rewriting import Leaving, holds_any, rewrite, rows_by_part


@dataclass(slots=True)
class Exchange:
    """Parts that come, by table with their rows, and parts that leave, by table; bytes of parts written anew."""

    add: dict[str, dict[str, int]] = field(default_factory=lambda: {table: {} for table in SCHEMAS})
    remove: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in SCHEMAS})
    rewritten: int = 0


def commit(shards: Iterable[ShardParts], target: Target) -> None:
    """Make the shards' parts part of the data set, all at once. Doing it again changes nothing.

    A table without rows has one empty part, so that a glob or a view over it never fails. Raises DuplicateIds, with
    nothing changed, when two records have one id; RuntimeError when a record is neither article nor reject.
    """
    made = sorted({shard.name: shard for shard in shards}.values(), key=lambda shard: shard.name)
    write_outcome(in_turn(target.folder, lambda: _join(made, target)), target)


def _join(made: Sequence[ShardParts], target: Target) -> Outcome:
    """Commit the parts to the newest version, which nobody else changes meanwhile; what came of it."""
    check_version(target)
    made = withhold(made, target)
    before = current(target.folder)
    changes = find_changes(made, before, target)
    exchange = _exchange(made, changes.leaving, before, target)
    tables = {table: _change(table, exchange, before, target) for table in SCHEMAS}
    if before is None or _changes_anything(tables, before, target):
        new = _commit(tables, changes, before, target)
        return _outcome(new.number, new.totals, made, changes, exchange)
    return _outcome(0, before.totals, made, changes, exchange)


def _changes_anything(tables: Mapping[str, TableChange], before: Snapshot, target: Target) -> bool:
    """Whether there is something to commit: parts that come or go, or inputs that look otherwise."""
    if any(each.add or each.remove for each in tables.values()):
        return True
    changed = changed_inputs(target, before, _seen(target))
    with bounded_connection(target) as connection:
        return bool(connection.execute(f"SELECT 1 FROM ({changed}) LIMIT 1").fetchall())


def _commit(tables: Mapping[str, TableChange], changes: Changes, before: Snapshot | None, target: Target) -> Commit:
    inputs = keep_inputs(target, before, _seen(target))
    new = Commit(
        number=before.number + 1 if before else 1,
        tables=tables,
        work=target.work_name,
        totals=totals(before, changes, target),
        inputs=inputs,
        keep_history=target.keep_history,
        command="run",
    )
    publish(target.folder, new)
    clear_inputs(target.folder, before.inputs if before else (), inputs)
    return new


def _outcome(
    number: int, after: Mapping[str, Any], made: Sequence[ShardParts], changes: Changes, exchange: Exchange
) -> Outcome:
    return Outcome(
        number=number,
        articles=changes.articles,
        rejects=changes.rejects,
        reasons=changes.reasons,
        rows=_rows_of(made),
        left=changes.left_articles + changes.left_rejects,
        kept=changes.kept,
        unread=changes.unread,
        withheld=changes.withheld,
        passed_over=sum(shard.passed_over for shard in made),
        rewritten=exchange.rewritten,
        totals=after,
    )


def _rows_of(made: Iterable[ShardParts]) -> dict[str, int]:
    rows: Counter[str] = Counter()
    for shard in made:
        rows.update(dict(shard.rows))
    return dict(sorted(rows.items()))


def is_old(folder: str | Path) -> bool:
    """Whether a data set was made by a version that kept no ledger."""
    snapshot = current(folder)
    if snapshot is None:
        return any(place(folder).glob("articles/part-*.parquet"))
    return "records" not in snapshot.parts


def check_version(target: Target) -> None:
    """Raises UsageError for a data set that an older version made, and that a run cannot add to."""
    if not target.fresh and is_old(target.folder):
        raise UsageError(f"{target.folder} was made by an older version, which kept no ledger: --rebuild makes it anew")


def totals(before: Snapshot | None, changes: Changes, target: Target) -> dict[str, Any]:
    """What the data set holds after the changes. ``ids`` is the sum of the ids of all records, in hex."""
    old: Mapping[str, Any] = before.totals if before and not target.fresh else {"articles": 0, "rejects": 0, "ids": "0"}
    articles = old["articles"] + changes.articles - changes.left_articles
    rejects = old["rejects"] + changes.rejects - changes.left_rejects
    ids = (int(old["ids"], 16) + changes.ids) % 2**64
    versions = sorted({*old.get("tables_versions", ()), TABLES_VERSION}, key=int)
    about = {"id_rule": dict(target.id_rule), "made_by": target.made_by, "tables_versions": versions}
    return {"records": articles + rejects, "articles": articles, "rejects": rejects, "ids": f"{ids:016x}", **about}


def _exchange(
    made: Sequence[ShardParts], leaving: Mapping[str, Leaving], before: Snapshot | None, target: Target
) -> Exchange:
    """The parts that come and those that they stand in place of."""
    exchange = Exchange()
    for shard in made:
        for table, rows in shard.rows:
            exchange.add[table][shard.name] = rows
    parts = before.parts if before and not target.fresh else {}
    for name, tables in rows_by_part(parts).items():
        if name in leaving:
            _rewrite(name, tables, leaving[name], exchange, target)
    articles = frozenset().union(*(each.articles for each in leaving.values()))
    for name in parts.get("clusters", ()) if articles else ():  # its parts hold articles of many shards
        if holds_any(target.part("clusters", name), articles):
            _rewrite(name, ["clusters"], Leaving(records=articles, articles=articles), exchange, target)
    return exchange


def _rewrite(name: str, tables: Sequence[str], leaving: Leaving, exchange: Exchange, target: Target) -> None:
    for table in tables:
        exchange.remove[table].append(name)
    for table, (new, rows) in rewrite(name, tables, leaving, target).items():
        exchange.add[table][new] = rows
        exchange.rewritten += target.find(table, new).stat().st_size


def _change(table: str, exchange: Exchange, before: Snapshot | None, target: Target) -> TableChange:
    held = _held(before, target, table)
    add, remove = dict(exchange.add[table]), [*exchange.remove[table]]
    if before is None or target.fresh:
        remove += held
    if add:
        remove.append(EMPTY)
    elif not set(held) - set(remove):
        add[write_empty(table, target)] = 0
    return change(held, add, remove)


def _held(before: Snapshot | None, target: Target, table: str) -> Sequence[str]:
    """The parts of a table so far; those of a version without commits are whatever lies there."""
    if before is not None:
        return before.parts.get(table, ())
    return [path.name for path in (place(target.folder) / table).glob("part-*.parquet")]


def _seen(target: Target) -> str:
    """SQL: what the run's inputs looked like when they were listed.

    Those that it could not read stay as they were; those of which nothing is left, or taken in, are forgotten.
    """
    listed = target.planned("inputs")
    columns = "address, size, version, is_gone"
    forgotten = column_of("address", target.planned("forgotten"), target.planned("withheld"))
    inputs = column_of(columns, listed)
    return f"""
        SELECT address, size::BIGINT AS size, version, is_gone OR address IN ({forgotten}) AS is_gone FROM ({inputs})
        WHERE address NOT IN ({notes(target, "unread", "address")})
        UNION ALL
        SELECT address, 0, '', true FROM ({forgotten}) WHERE address NOT IN (SELECT address FROM ({inputs}))"""
