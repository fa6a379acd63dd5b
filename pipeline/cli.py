"""The command ``onrecord``: run, query, explain. Beam, spaCy and DuckDB are loaded by the command that needs them.

Exit codes stand in ``pipeline.errors``.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import fields
from importlib.metadata import version
from io import TextIOWrapper
from typing import Any

import click

from pipeline.errors import OnRecordError
from pipeline.options import Fields, Limits, Options
from pipeline.quiet import DEBUG, debugging

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
INTERRUPTED = 130
Command = Callable[..., None]


@click.group(context_settings=HELP, no_args_is_help=True)
@click.version_option(version("onrecord"), "-V", "--version", message="onrecord %(version)s")
@click.option("--debug", is_flag=True, help="Show tracebacks and what Beam logs.")
def app(debug: bool) -> None:
    """News articles in; clean text, entities, quotations and their speakers out, as tables for DuckDB."""
    if debug:
        os.environ[DEBUG] = "1"


def _each(record: type[Any], name: str, metavar: str | None, told: str) -> Callable[[Command], Command]:
    """A flag for each field of a record, with the field's default and meaning."""

    def with_flags(command: Command) -> Command:
        for field in reversed(fields(record)):
            flag = name.format(field.name)
            meaning = told.format(field.metadata["told"])
            shown = bool(field.default)
            command = click.option(flag, default=field.default, show_default=shown, metavar=metavar, help=meaning)(
                command
            )
        return command

    return with_flags


@app.command("run", context_settings=HELP | {"ignore_unknown_options": True})
@click.argument("inputs", nargs=-1, type=click.UNPROCESSED, metavar="[INPUT]...")
@click.option("-o", "--output", default="output", show_default=True, help="Folder for the tables.")
@click.option("-w", "--workers", default=1, show_default=True, help="Worker processes of the local runner.")
@click.option(
    "--runner", default="FnApiRunner", show_default=True, help="Beam runner; DirectRunner is the local one too."
)
@click.option("--languages", default="en", show_default=True, help="Codes of the languages to keep, as en,de; or all.")
@click.option("--max-rejects", default=1.0, metavar="SHARE", help="Exit with 7 when a larger share is refused.")
@click.option(
    "--clusters/--no-clusters", default=True, help="Mark stories told twice, or do not compare. [default: mark]"
)
@_each(Fields, "--{}-field", "NAME", "The field of a record that holds {}; guessed by default.")
@_each(Limits, "--max-{}", None, "Limit: {}.")
def run_command(
    inputs: tuple[str, ...],
    output: str,
    workers: int,
    runner: str,
    languages: str,
    max_rejects: float,
    clusters: bool,
    **others: Any,
) -> None:
    """Read articles into tables: files, folders, globs, and addresses like s3://bucket/news. Default INPUT: seeds.

    Text, HTML, JSON lines, JSON, CSV, TSV, Parquet and WARC, each also as gzip, zstd or bzip2, in zip and in tar.

    The tables of an earlier run in the same folder are replaced. A record that cannot be read becomes a row of the
    table rejects. From the first flag that is not one of these on, arguments go on to Beam:

    onrecord run articles --runner PortableRunner --job_endpoint=localhost:8099 --environment_type=LOOPBACK
    """
    from pipeline.local import run_here

    given, beam_flags = _split(inputs)
    options = Options(
        output=output,
        workers=workers,
        runner=runner,
        languages=_codes(languages),
        fields=Fields(**{field.name: others[f"{field.name}_field"] for field in fields(Fields)}),
        limits=Limits(**{field.name: others[f"max_{field.name}"] for field in fields(Limits)}),
        max_rejects=max_rejects,
        clusters=clusters,
        beam_flags=tuple(beam_flags),
    )
    run_here(given or ["seeds"], options)


@app.command("query")
@click.argument("sql")
@click.option("-d", "--data", default="output", show_default=True, help="Folder of the tables.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--aliases", metavar="FILE", help="CSV or Parquet with name, alias, id: who is who, over our guesses.")
def query_command(sql: str, data: str, form: str, aliases: str | None) -> None:
    """Ask the tables a question in SQL: articles, segments, quotes, mentions, speakers, clusters, rejects.

    Nothing can be changed. An alias is a name, or a speaker_id; quotes and speakers then show its name and id.
    """
    from pipeline.console import print_answer
    from pipeline.query import ask

    print_answer(ask(sql, data, aliases), form)


@app.command("audit")
@click.option("-d", "--data", default="output", show_default=True, help="Folder of the tables.")
def audit_command(data: str) -> None:
    """Check that no record was lost between the inputs and the tables, and that every span gives its text."""
    from pipeline.audit import audit

    audit(data)


@app.command("explain")
@click.argument("file")
@click.argument("record", required=False)
def explain_command(file: str, record: str | None) -> None:
    """Print the way of one article: what was cut, what was mended, and each quotation that was found.

    RECORD names it inside of FILE, as in the column record of the tables; without it, the first article is told.
    """
    from pipeline.explain import explain

    explain(file, record)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a user's mistake is one line on standard error and an exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a character; that is no error
    try:
        code = app.main(arguments, prog_name="onrecord", standalone_mode=False)
    except Exception as error:
        code = _told(error)
    except KeyboardInterrupt:
        code = _say("stopped", INTERRUPTED)
    sys.exit(code)


def _told(error: Exception) -> int:
    if debugging():
        traceback.print_exc()
    if isinstance(error, OnRecordError):
        return _say(str(error), error.exit_code)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    if isinstance(error, click.Abort):
        return _say("stopped", INTERRUPTED)
    if isinstance(error, click.ClickException):
        return _say(f"{error.format_message()} (onrecord -h tells more)", error.exit_code)
    if isinstance(error, BrokenPipeError):
        sys.stderr.close()  # nobody reads on; say nothing
        return 0
    return _say(f"the run broke: {_last_line(error)} (onrecord --debug … shows where)", OnRecordError.exit_code)


def _say(line: str, code: int) -> int:
    click.echo(f"onrecord: {line}", err=True)
    return code


def _last_line(error: Exception) -> str:
    """Beam puts a worker's whole traceback into the message; its last line says what happened."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    return lines[-1] if len(lines) > 1 else f"{type(error).__name__}: {error}"


def _codes(languages: str) -> tuple[str, ...]:
    """The codes of a list; none for all.

    >>> _codes("de, en"), _codes("all")
    (('de', 'en'), ())
    """
    return () if languages.strip() == "all" else tuple(code.strip() for code in languages.split(","))


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs, and from the first flag on what goes to Beam.

    >>> _split(["a.txt", "b", "--environment_type", "LOOPBACK"])
    (['a.txt', 'b'], ['--environment_type', 'LOOPBACK'])
    """
    first = next((at for at, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    return list(arguments[:first]), list(arguments[first:])
