"""``onrecord query``: a question in SQL, its answer as a table for people or in a format for programs."""

from __future__ import annotations

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import HELP, S3_ENDPOINT


@click.command("query", context_settings=HELP)
@S3_ENDPOINT
@click.argument("sql")
@click.option(
    "-d", "--data", default="output", show_default=True, help="The data set: a folder, or s3://…, gs://…, az://…."
)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--aliases", metavar="FILE", help="CSV or Parquet with name, alias, id: who is who, over our guesses.")
@click.option("--as-of", type=int, metavar="VERSION", help="An older version; onrecord history shows which there are.")
def query_command(sql: str, data: str, form: str, aliases: str | None, as_of: int | None) -> None:
    """Ask the tables a question in SQL: articles, segments, quotes, mentions, speakers, clusters, rejects.

    Nothing can be changed. An alias is a name, or a speaker_id; quotes and speakers then show its name and id.
    """
    from onrecord.pipeline.ask import ask
    from onrecord.pipeline.ask.formats import print_answer

    print_answer(ask(sql, data_folder(data), aliases, as_of), form)
