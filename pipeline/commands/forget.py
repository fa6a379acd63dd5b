"""``onrecord forget``: takedowns."""

from __future__ import annotations

from collections.abc import Iterable

import click

from onrecord.pipeline.commands.flags import DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.commands.upkeep import open_target
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import UsageError


@click.command("forget", context_settings=HELP)
@S3_ENDPOINT
@click.argument("names", nargs=-1, metavar="[ID|URL]...")
@DATA
@click.option("--from", "file", type=click.File(encoding="utf-8"), metavar="FILE", help="A file with one a line.")
def forget_command(names: tuple[str, ...], data: str, file: Iterable[str] | None) -> None:
    """Remove articles from all tables, from the history and from the disk, and never take them in again.

    ID is an article_id or a record_id. URL is where articles were published (articles.url), or the address of an input
    as records have it (uri or address). Exact copies of what is named are forgotten, too. Only keyed hashes stay.
    """
    from onrecord.pipeline.store.target import commit_lock, run_alive
    from onrecord.pipeline.store.upkeep.forget import forget
    from onrecord.pipeline.store.versions.commits import delete_removed

    wanted = [*names, *(line.strip() for line in file or () if line.strip())]
    if not wanted:
        raise UsageError("give ids or addresses of what is to be forgotten, or --from FILE")
    target = open_target(data)
    with run_alive(target):
        done = forget(wanted, target)
        with commit_lock(target.folder):
            delete_removed(target.folder)
    if done.has_finished:
        print_line("what an earlier forget had begun is done now")
    if not done.records and not done.has_finished:
        raise UsageError(f"{data} has nothing by {_list(done.unmatched)}")
    print_line(f"forgot {done.records:,} records{_copies(done.copies)}; nothing of them is left")
    if done.same_text:
        print_line(
            f"{len(done.same_text):,} others have the same text, word for word, and stay: {_list(done.same_text)}"
        )
    if done.unmatched:
        print_line(f"nothing is known by {_list(done.unmatched)}")


def _copies(copies: int) -> str:
    return f" ({copies:,} of them exact copies of what was named)" if copies else ""


def _list(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return f"{', '.join(names[:10])}{more}"
