"""``onrecord show`` and ``onrecord find``: answers without SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from onrecord.pipeline.addresses import absolute_address, data_folder
from onrecord.pipeline.commands.flags import ALIASES, AS_OF, DATA, HELP, S3_ENDPOINT, Command
from onrecord.pipeline.errors import UsageError

PAGE = click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of them.")
FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


class Day(click.DateTime):
    """A day, as 2024-05-07; other orders may be two days."""

    name = "day"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day as 2024-05-07 is", param, ctx)


def look_flags(command: Command) -> Command:
    """The flags of all that shows a page of a data set."""
    return PAGE(DATA(FORMAT(ALIASES(AS_OF(command)))))


@click.command("show", context_settings=HELP)
@S3_ENDPOINT
@click.argument("words", nargs=-1, required=True)
@click.option("--article", "kind", flag_value="article", help="An article is meant.")
@click.option("--speaker", "kind", flag_value="speaker", help="A speaker is meant.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Quotations on a page.")
@look_flags
def show_command(
    words: tuple[str, ...],
    kind: Any,
    limit: int,
    page: int,
    data: str,
    form: str,
    aliases: str | None,
    as_of: int | None,
) -> None:
    """Show one article with its quotations marked, or what one speaker said.

    WORDS are an id, a file, an address, a speaker's name or words of a title.
    """
    from onrecord.pipeline.ask import display
    from onrecord.pipeline.ask.formats import print_document
    from onrecord.pipeline.ask.looking import Choice, ShownArticle, look_up
    from onrecord.pipeline.console import stdout

    what = " ".join(words)
    shown = look_up(
        what,
        data_folder(data),
        kind=kind,
        path=absolute_address(what),
        aliases_file=aliases,
        version=as_of,
        limit=limit,
        page=page,
    )
    if isinstance(shown, Choice):
        display.show_choice(shown, stdout())
        raise UsageError(f"{what!r} may be {len(shown.candidates):,} {shown.kind}s")
    if form == "json":
        print_document(shown)
    elif isinstance(shown, ShownArticle):
        display.show_article(shown, stdout())
    else:
        display.show_speaker(shown, stdout(), first=limit * (page - 1) + 1)


@click.command("find", context_settings=HELP)
@S3_ENDPOINT
@click.argument("words", nargs=-1)
@click.option("--speaker", default="", metavar="NAME", help="Said by: words of a name, or a speaker_id.")
@click.option("--about", default="", metavar="NAME", help="In which somebody or something of that name is spoken of.")
@click.option("--outlet", default="", metavar="NAME", help="Published by: words of its name or address.")
@click.option("--kind", type=click.Choice(["direct", "mixed", "indirect"]), default=None)
@click.option("--since", type=Day(), metavar="DAY", help="Published on that day (2024-03-04) or later.")
@click.option("--until", type=Day(), metavar="DAY", help="Published on that day or before.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Quotations on a page.")
@look_flags
def find_command(
    words: tuple[str, ...],
    speaker: str,
    about: str,
    outlet: str,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    page: int,
    data: str,
    form: str,
    aliases: str | None,
    as_of: int | None,
) -> None:
    """Find quotations whose content has all of the WORDS, the best match first.

    Capitals and accents do not matter. In one argument: 'budget "two words side by side" begin* -without'. Without
    words, the newest of those that the flags ask for.
    """
    from onrecord.pipeline.ask import display
    from onrecord.pipeline.ask.formats import print_document
    from onrecord.pipeline.ask.search import Search, find
    from onrecord.pipeline.console import stdout

    search = Search(
        words=_spelled(words),
        speaker=speaker,
        about=about,
        outlet=outlet,
        kind=kind or "",
        since=since,
        until=until,
    )
    found = find(search, data_folder(data), aliases_file=aliases, version=as_of, limit=limit, page=page)
    if form == "json":
        print_document(found.hits)
    else:
        display.show_found(found, stdout(), first=limit * (page - 1) + 1)


def _spelled(words: tuple[str, ...]) -> str:
    """The words as one text: what the shell gave as one argument with blanks in it is a phrase, unless it is alone.

    >>> _spelled(("border wall",)), _spelled(("border wall", "cost"))
    ('border wall', '"border wall" cost')
    """
    if len(words) == 1:
        return words[0]
    return " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
