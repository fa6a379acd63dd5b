"""``onrecord compact``, ``vacuum`` and ``history``: what keeps a data set small, and what it was before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import NoDataset, UsageError

if TYPE_CHECKING:
    from onrecord.pipeline.store.target import Target
    from onrecord.pipeline.store.upkeep.history import Version


def open_target(data: str, **options: Any) -> Target:
    """What a command writes to, in a data set that is there. Raises NoDataset for another, or one that is too old."""
    from onrecord.pipeline.ask import ask
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.store.target import Target
    from onrecord.pipeline.store.versions.commit import is_old

    folder = data_folder(data)
    ask("SELECT 1", folder)  # raises what is wrong with the folder, before anything is written there
    if is_old(folder):
        raise NoDataset(f"{data} was made by an older version, which kept no ledger: onrecord run --rebuild")
    return Target.of(Options(output=folder, **options))


@click.command("compact", context_settings=HELP)
@S3_ENDPOINT
@DATA
@click.option("--keep-history", is_flag=True, help="Leave the small parts on the disk, for earlier versions.")
def compact_command(data: str, keep_history: bool) -> None:
    """Put small parts of the tables together to few large ones, so that questions are answered sooner.

    The rows stay the same, and nothing is read or compared anew. Earlier versions can then not be opened any more,
    unless with --keep-history.
    """
    from onrecord.pipeline.store.target import commit_lock, run_alive
    from onrecord.pipeline.store.upkeep.compact import compact
    from onrecord.pipeline.store.versions.commits import delete_removed

    target = open_target(data, keep_history=keep_history)
    with run_alive(target):
        done = compact(target)
        with commit_lock(target.folder):
            delete_removed(target.folder)
    if not done.number:
        print_line("nothing to put together")
        return
    print_line(f"{done.parts_before:,} parts are {done.parts_after:,} now, in version {done.number:,}")
    print_line(f"{_megabytes(done.bytes_before)} of small parts are {_megabytes(done.bytes_after)}")


@click.command("vacuum", context_settings=HELP)
@S3_ENDPOINT
@DATA
@click.option(
    "--older-than", type=click.FloatRange(min=0), metavar="SECONDS", help="Only what was last changed so long ago."
)
@click.option("--history-before", type=int, metavar="VERSION", help="Also the history before this version.")
@click.option("--drop-history", is_flag=True, help="Also all of the history.")
@click.option("--dry-run", is_flag=True, help="Print what would go, and remove nothing.")
def vacuum_command(
    data: str, older_than: float | None, history_before: int | None, drop_history: bool, dry_run: bool
) -> None:
    """Remove what no version needs: parts that none names, what killed runs left, notes that no longer hold.

    Parts of earlier versions that can still be opened (--keep-history) stay, unless you say which of them go, too.
    """
    from onrecord.pipeline.ask.snapshot import newest
    from onrecord.pipeline.store.target import commit_lock
    from onrecord.pipeline.store.upkeep.vacuum import default_grace, find_waste, remove
    from onrecord.pipeline.store.versions.commits import delete_removed, finish

    folder = open_target(data).folder
    if history_before is not None and (drop_history or not 1 <= history_before <= newest(folder)):
        raise UsageError(f"--history-before {history_before}: give a version, 1 to {newest(folder)}; or --drop-history")
    oldest = newest(folder) if drop_history else history_before or 1
    grace = default_grace(folder) if older_than is None else older_than
    total = 0
    with commit_lock(folder):
        if not dry_run:
            finish(folder)
            delete_removed(folder)
        for waste in list(find_waste(folder, grace=grace, oldest=oldest)):
            if not dry_run:
                remove(waste)
            total += waste.n_bytes
            print_line(f"{waste.n_bytes:>14,}  {waste.kind:<10}  {waste.path.relative_to(folder)}")
    print_line(f"{total:>14,}  bytes {'would be' if dry_run else 'are'} removed")


@click.command("history", context_settings=HELP)
@S3_ENDPOINT
@DATA
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def history_command(data: str, as_json: bool) -> None:
    """Show the versions of a data set, and which of them `query --as-of` can open.

    Each command that changes something makes a version. What is replaced stays on the disk with --keep-history only.
    Rows of articles that came and went are those of parts: rows of a part that was written anew count in both.
    """
    from onrecord.pipeline.ask.formats import print_answer
    from onrecord.pipeline.ask.query import Answer
    from onrecord.pipeline.store.upkeep.history import history

    versions = history(open_target(data).folder)
    rows = [_row(version) for version in versions]
    answer = Answer(columns=tuple(rows[0]), rows=[tuple(row.values()) for row in rows])
    print_answer(answer, "json" if as_json else "table")


def _row(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(version.seconds)),
        "by": version.command,
        "articles": version.articles,
        "rejects": version.rejects,
        "came": version.came,
        "went": version.went,
        "parts_in": version.parts_added,
        "parts_out": version.parts_removed,
        "as_of": "yes" if version.can_be_opened else "no",
    }


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
