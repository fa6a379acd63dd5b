"""The command ``onrecord``, and how what goes wrong becomes one line and an exit code.

Exit codes stand in ``onrecord.pipeline.errors``.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from io import TextIOWrapper
from textwrap import shorten
from typing import Any

import click

from onrecord.pipeline.commands import COMMANDS
from onrecord.pipeline.commands.flags import HELP
from onrecord.pipeline.console import command, visible
from onrecord.pipeline.errors import OnRecordError
from onrecord.pipeline.logging_setup import DEBUG, is_debugging

INTERRUPTED = 130
#: Of what a library says about an error.
MAX_LINE_CHARS = 400


class NobodyReads(Exception):
    """Who read the output has enough of it, as ``head`` does; click would take the error of the pipe for a failure."""


class Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise NobodyReads from error


@click.group(cls=Commands, context_settings=HELP, no_args_is_help=True)
@click.version_option(version("onrecord"), "-V", "--version", message="onrecord %(version)s")
@click.option("--debug", is_flag=True, help="Show tracebacks and what Beam logs.")
def app(debug: bool) -> None:
    """News articles in; clean text, entities, quotations and their speakers out, as tables for DuckDB."""
    if debug:
        os.environ[DEBUG] = "1"


for each in COMMANDS:
    app.add_command(each)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a user's mistake is one line on standard error and an exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack a character; that is no error
    try:
        code = app.main(arguments, prog_name="onrecord", standalone_mode=False)
        sys.stdout.flush()  # where nobody reads on, this tells it here, not when the interpreter ends
    except Exception as error:
        code = _exit_code(error)
    except KeyboardInterrupt:
        code = _print_error("stopped", INTERRUPTED)
    sys.exit(code)


def _exit_code(error: Exception) -> int:
    if is_debugging():
        traceback.print_exc()
    if isinstance(error, OnRecordError):
        return _print_error(str(error), error.exit_code)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    if isinstance(error, click.Abort):
        return _print_error("stopped", INTERRUPTED)
    if isinstance(error, click.ClickException):
        return _print_error(f"{error.format_message()} ({command()} -h tells more)", error.exit_code)
    if isinstance(error, NobodyReads | BrokenPipeError):
        return _stop_writing()
    return _print_error(
        f"the run broke: {_last_line(error)} ({command()} --debug … shows where)", OnRecordError.exit_code
    )


def _stop_writing() -> int:
    """Let the interpreter end in peace, which writes out what is still held back."""
    sys.stderr.close()
    with suppress(OSError, ValueError):  # a stream of a test has no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _print_error(line: str, code: int) -> int:
    click.echo(f"onrecord: {visible(line)}", err=True)
    return code


def _last_line(error: Exception) -> str:
    """Beam puts a worker's whole traceback into the message; its last line says what happened, elsewhere all do."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" ^~")]
    if any(line.startswith("Traceback ") for line in lines):
        return lines[-1]
    return shorten(f"{type(error).__name__}: {' '.join(lines)}", MAX_LINE_CHARS, placeholder=" …")
