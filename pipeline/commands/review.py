"""``onrecord review``: what people have corrected in an export comes back, is listed, and can be taken out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.pipeline.commands.flags import DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.commands.upkeep import open_target
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import UsageError

if TYPE_CHECKING:
    from onrecord.pipeline.ask.overrides import Override


@click.command("review", context_settings=HELP)
@S3_ENDPOINT
@click.option("--apply", "path", metavar="FILE|FOLDER", help="Take in what was corrected in an export.")
@click.option("--remove", "ids", multiple=True, metavar="ID", help="Take a correction out; may be given often.")
@DATA
def review_command(path: str | None, ids: tuple[str, ...], data: str) -> None:
    """Correct quotes by hand: export --brat or --jsonl, correct there, then review --apply what came back.

    Corrections of quotes are kept beside the tables, which stay as they are, and show in all answers. Without a flag,
    list them: whether each is applied, or has lost its place since the article or its reading is another one.
    """
    if path is not None and ids:
        raise UsageError("give --apply or --remove, not both")
    folder = open_target(data).folder
    if path is not None:
        return _apply(Path(path), folder)
    if ids:
        from onrecord.pipeline.store.upkeep.overrides import take_out

        take_out(ids, folder)
        return print_line(f"{len(set(ids)):,} corrections are taken out")
    return _list(folder)


def _apply(path: Path, folder: str) -> None:
    from onrecord.pipeline.ask.reviews import read_reviews
    from onrecord.pipeline.store.upkeep.overrides import take_in

    taken = take_in(read_reviews(path), folder)
    counts = Counter(override.action for override in taken.overrides)
    print_line(
        f"{taken.articles:,} articles: {counts['change']:,} quotes changed, {counts['add']:,} added, "
        f"{counts['delete']:,} deleted; marks of mentions are not taken back"
    )
    if taken.unknown:
        raise UsageError(f"{len(taken.unknown):,} articles are not in {folder} any more, as {taken.unknown[0]}")


def _list(folder: str) -> None:
    from onrecord.pipeline.ask.formats import print_table
    from onrecord.pipeline.ask.query import Answer
    from onrecord.pipeline.store.upkeep.overrides import states

    rows = [
        (override.id, "applied" if is_applied else "lost", override.action, override.article_id, _words(override))
        for override, is_applied in states(folder)
    ]
    print_table(Answer(columns=("id", "state", "action", "article_id", "quote"), rows=rows))


def _words(override: Override) -> str:
    anchors = (override.before.content if override.before else override.content) or ()
    words = " ".join(anchor.exact for anchor in anchors)
    return words if len(words) <= 80 else f"{words[:79]}…"
