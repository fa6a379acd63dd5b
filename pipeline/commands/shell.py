"""``onrecord shell``: questions one after the other, in SQL or by name, over one data set."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import ALIASES, AS_OF, DATA, HELP, S3_ENDPOINT
from onrecord.pipeline.console import print_line
from onrecord.pipeline.errors import OnRecordError, UsageError

PROMPT, MORE = "onrecord> ", "     ...> "
FORMATS = ("table", "vertical", "csv", "tsv", "json", "jsonl", "markdown")
MAX_HISTORY = 1000
USAGE = """\
SQL over as many lines as it takes, to the ;
.tables              tables and views
.questions           questions that are ready
.run NAME n=10       ask one of them
.show NAME           its SQL
.format csv          how answers are printed: {formats}
.quit                leave, as Ctrl-D does; Ctrl-C drops what is typed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is asked, and how answers are printed."""

    data: str
    aliases: str | None
    as_of: int | None
    form: str = "table"


@click.command("shell", context_settings=HELP)
@S3_ENDPOINT
@DATA
@ALIASES
@AS_OF
def shell_command(data: str, aliases: str | None, as_of: int | None) -> None:
    """Ask the tables one question after the other; .help says how. Nothing can be changed.

    Each question sees the newest version. Where lines come from a pipe, the first error is the last line.
    """
    from onrecord.pipeline.ask import ask

    session = Session(data=data_folder(data), aliases=aliases, as_of=as_of)
    ask("SELECT 1", session.data, aliases, as_of)  # raises what is wrong with the folder, before anything is typed
    if not sys.stdin.isatty():
        return _read_all(session, input_line=_read_line, stop_at_errors=True)
    with suppress(ImportError):
        _keep_history()
    print_line("SQL ends with ; .help shows more")
    return _read_all(session, input_line=input, stop_at_errors=False)


def _read_all(session: Session, input_line: Callable[[str], str], *, stop_at_errors: bool) -> None:
    """Take lines to the end or to ``.quit``."""
    typed = ""
    while True:
        try:
            line = input_line(MORE if typed else PROMPT)
            if not typed and line.strip() in (".quit", ".exit"):
                return None
            typed = f"{typed}{line}\n" if typed or line.strip() else ""
            if typed.startswith(".") or sqlite3.complete_statement(typed):
                text, typed = typed.strip(), ""
                session = _answer(session, text)
        except EOFError:
            return _end(session, typed) if stop_at_errors and typed else print_line("")
        except KeyboardInterrupt:
            typed = ""
            print_line("")
        except OnRecordError as error:
            typed = ""
            if stop_at_errors:
                raise
            print_line(str(error))


def _end(session: Session, typed: str) -> None:
    """The last statement of a pipe needs no semicolon."""
    _answer(session, typed.strip())


def _read_line(prompt: str) -> str:
    if not (line := sys.stdin.readline()):
        raise EOFError
    return line.rstrip("\n")


def _answer(session: Session, text: str) -> Session:
    """Print the answer to SQL, or do what a command that begins with a dot says; the session as it is then."""
    if not text.startswith("."):
        _ask(session, text, {})
        return session
    name, *words = text.removesuffix(";").split()
    if name not in COMMANDS:
        raise UsageError(f"{name}: no such command; .help shows all")
    return COMMANDS[name](session, words)


def _ask(session: Session, text: str, given: Mapping[str, str]) -> None:
    from onrecord.pipeline.ask import questions
    from onrecord.pipeline.ask.formats import hide_offsets, lines, print_lines
    from onrecord.pipeline.ask.query import stream

    question = questions.load(text) if given or questions.NAME.fullmatch(text) else questions.parse("", text)
    params = questions.bind(question, given)
    answer, _ = hide_offsets(stream(question.sql, session.data, session.aliases, session.as_of, params), question.sql)
    print_lines(lines(answer, session.form))


def _tables(session: Session, words: list[str]) -> Session:
    from onrecord.pipeline.ask.connect import TABLES, VIEWS

    print_line(f"tables  {', '.join(TABLES)}")
    print_line(f"views   {', '.join(VIEWS)}")
    return session


def _questions(session: Session, words: list[str]) -> Session:
    from onrecord.pipeline.ask import questions

    for name in questions.names():
        print_line(f"{name:<22}{questions.load(name).sentence}")
    return session


def _run(session: Session, words: list[str]) -> Session:
    if not words:
        raise UsageError(".run NAME parameter=value …")
    name, *pairs = words
    _ask(session, name, dict(pair.split("=", 1) for pair in pairs if "=" in pair))
    return session


def _show(session: Session, words: list[str]) -> Session:
    from onrecord.pipeline.ask import questions

    print_line(questions.load(words[0] if words else "").sql.rstrip())
    return session


def _format(session: Session, words: list[str]) -> Session:
    if words[:1] == [] or words[0] not in FORMATS:
        raise UsageError(f".format takes one of {', '.join(FORMATS)}")
    return replace(session, form=words[0])


def _help(session: Session, words: list[str]) -> Session:
    print_line(USAGE.format(formats=", ".join(FORMATS)))
    return session


COMMANDS: Mapping[str, Callable[[Session, list[str]], Session]] = {
    ".tables": _tables, ".questions": _questions, ".run": _run, ".show": _show, ".format": _format, ".help": _help,
}  # fmt: skip


def _keep_history() -> None:
    """What was typed before can be called up again, also of earlier sessions."""
    import atexit
    import readline

    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "onrecord"
    history = state / "history"
    with suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(MAX_HISTORY)

    def keep() -> None:
        with suppress(OSError):
            state.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(history)

    atexit.register(keep)
