"""Is a data set in order? Its commits, its files, its rows, its spans, and, where they are there, its inputs.

commits ──► parts on disk ──► rows of the parts that can be read, a group of parts at a time ──► inputs, read again
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from onrecord.pipeline.ask.snapshot import Snapshot, current, numbers
from onrecord.pipeline.errors import NoDataset
from onrecord.pipeline.places import place
from onrecord.pipeline.store.audit import commit_files, made_ids, part_files, raw_ranges
from onrecord.pipeline.store.audit.against_inputs import Input, Reader, Reading, input_findings
from onrecord.pipeline.store.audit.findings import Fault, Finding, add_up, count_faults
from onrecord.pipeline.store.audit.row_questions import GROUP_QUESTIONS, WHOLE_QUESTIONS, total_findings
from onrecord.pipeline.store.audit.span_questions import SPAN_QUESTIONS
from onrecord.pipeline.store.audit.tables import ask_each, bounded_tables, groups, look_at
from onrecord.pipeline.store.schema import SCHEMAS

__all__ = ["Finding", "Input", "Reader", "Reading", "check"]

#: So often it is looked at anew when runs commit meanwhile, and what they replaced seems to be missing.
MAX_TRIES = 5


def check(output: str | Path, read: Reader | None = None, base: str = "") -> list[Finding]:
    """Each thing that has to hold, how often it does not, and where first.

    With ``read`` the inputs that are still there are read again; ``base`` is where they lie now, if ids do not tell.
    Raises NoDataset where there are no tables, or those of a version that kept no ledger.
    """
    for _ in range(MAX_TRIES):
        before = numbers(output, "done")
        findings = add_up(_check(place(output), read, base))
        if numbers(output, "done") == before or not any(each.is_fault and each.count for each in findings):
            break
    return findings


def _check(folder: Path, read: Reader | None, base: str) -> Iterator[Finding]:
    if not numbers(folder, "json") and not numbers(folder, "done"):
        raise NoDataset(f"{folder} has no ledger of what the sources counted: onrecord run --rebuild makes it anew")
    yield from count_faults(commit_files.CHECKS, commit_files.commit_faults(folder))
    try:
        snapshot = current(folder)
        parts = list(part_files.listed_parts(folder, snapshot)) if snapshot else []
    except (DeltaError, *commit_files.READ_ERRORS):
        return  # what is wrong with the commits stands above
    if snapshot is None:
        return
    faults = [(part, fault) for part in parts for fault in part_files.part_faults(part)]
    yield from count_faults(part_files.CHECKS, (fault for _, fault in faults))
    yield from count_faults((), part_files.stray_faults(folder, snapshot))
    yield from count_faults((), part_files.input_file_faults(folder, snapshot))
    yield from count_faults((), part_files.override_faults(folder))
    broken = {part.path for part, (what, _) in faults if what in part_files.BROKEN}
    sound = {
        table: [part.path for part in parts if part.table == table and part.path not in broken] for table in SCHEMAS
    }
    with bounded_tables(folder) as connection:
        yield from _row_findings(connection, sound, snapshot)
        if read is not None:
            yield from input_findings(connection, sound, folder, snapshot, read, base)


def _row_findings(
    connection: duckdb.DuckDBPyConnection, sound: Mapping[str, Sequence[Path]], snapshot: Snapshot
) -> Iterator[Finding]:
    """What holds of all rows, and of those of each group of parts."""
    look_at(connection, sound)
    yield from total_findings(connection, snapshot)
    yield from ask_each(connection, WHOLE_QUESTIONS)
    of_places = not snapshot.totals["id_rule"]["id_field"]
    for group in groups(sound):
        look_at(connection, group)
        yield from ask_each(connection, GROUP_QUESTIONS)
        yield from count_faults(made_ids.CHECKS, made_ids.id_faults(connection, of_places=of_places))
        yield from ask_each(connection, SPAN_QUESTIONS)
        yield from count_faults(raw_ranges.CHECKS, _raw_faults(connection))


def _raw_faults(connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    for row in made_ids.stream(connection, raw_ranges.ALL_ARTICLES):
        yield from raw_ranges.raw_faults(*row)
