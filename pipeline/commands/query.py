"""``onrecord query``: a question in SQL or by its name, its answer for people or in a format for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import data_folder
from onrecord.pipeline.commands.flags import ALIASES, AS_OF, HELP, S3_ENDPOINT
from onrecord.pipeline.console import command, print_line, visible
from onrecord.pipeline.errors import OnRecordError, UsageError

if TYPE_CHECKING:
    from onrecord.pipeline.ask.query import Stream
    from onrecord.pipeline.ask.questions import Question

FORMATS = ("table", "vertical", "csv", "tsv", "json", "jsonl", "markdown", "parquet", "xlsx")
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of which data, and how the answer is wanted."""

    question: Question
    params: dict[str, Any]
    data: list[str]
    aliases: str | None
    as_of: int | None
    form: str
    spans: bool
    defuse: bool
    corrected: bool


@click.command("query", context_settings=HELP)
@S3_ENDPOINT
@click.argument("sql", required=False)
@click.option("-f", "--file", metavar="FILE", help="A file with the SQL; - is standard input.")
@click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help="The value of $NAME in the SQL.")
@click.option(
    "-d", "--data", multiple=True, default=["output"], show_default=True,
    help="The data set: a folder, or s3://…, gs://…, az://…; several are asked as one, with a column dataset.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(FORMATS), help="By default as the file's name ends, else table.")
@click.option("-o", "--output", metavar="FILE", help="Write the answer here; parquet and xlsx need it.")
@click.option("--force", is_flag=True, help="Replace the file, if there is one.")
@click.option("--spans", is_flag=True, help="Show columns of offsets, too, that the SQL does not name.")
@click.option("--defuse", is_flag=True, help="CSV and TSV for spreadsheets: no cell is a formula.")
@click.option("--show", metavar="NAME", help="Print the SQL of a question that is ready.")
@click.option("--no-overrides", is_flag=True, help="Quotes as the reader made them, not as people corrected them.")
@ALIASES
@AS_OF
def query_command(
    sql: str | None, file: str | None, params: tuple[str, ...], data: tuple[str, ...], form: str | None,
    output: str | None, force: bool, spans: bool, defuse: bool, show: str | None, aliases: str | None,
    as_of: int | None, no_overrides: bool,
) -> None:  # fmt: skip
    """Ask the tables a question in SQL, or one that is ready by its name; without either, list those.

    Tables: articles, segments, quotes, mentions, clusters, rejects; views: quotations, speakers. Nothing can be
    changed. SQL is also taken from standard input, for which - stands. An alias is a name, or a speaker_id; quotes and
    speakers then show its name and id.
    """
    from onrecord.pipeline.ask import questions
    from onrecord.pipeline.ask.formats import BINARY, format_of, print_lines

    if show is not None:
        return print_lines(iter([questions.load(show).sql]))
    text = _read_sql(sql, file)
    if text is None:
        return _list_questions()
    target = _target(output, data, force) if output else None
    form = form or (format_of(target) if target else "table")
    if form in BINARY and target is None:
        raise UsageError(f"--format {form} is no text: name a file with -o")
    question = questions.find(text)
    request = Request(
        question=question, params=questions.bind(question, _parse_params(params)),
        data=list(dict.fromkeys(map(data_folder, data))), aliases=aliases, as_of=as_of, form=form, spans=spans,
        defuse=defuse, corrected=not no_overrides,
    )  # fmt: skip
    _warn_if_empty(request)
    if target is None:
        return _print(request)
    return _save(request, target)


def _read_sql(sql: str | None, file: str | None) -> str | None:
    if sql is not None and file is not None:
        raise UsageError("give the SQL once: as an argument, or with -f FILE")
    if STANDARD_INPUT in (sql, file):
        return sys.stdin.read()
    if file is None:
        return sql
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"-f {file}: {getattr(error, 'strerror', None) or 'no text in UTF-8'}") from error


def _parse_params(params: tuple[str, ...]) -> dict[str, str]:
    pairs = [param.partition("=") for param in params]
    for name, equals, _ in pairs:
        if not equals or not name.isidentifier():
            raise UsageError(f"-p {name}: write NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _target(output: str, data: tuple[str, ...], force: bool) -> Path:
    """The file to write. Raises UsageError where that would harm a data set, or a file that is there."""
    target = Path(output).absolute()
    if target.exists() and not force:
        raise UsageError(f"{output} is there already; --force replaces it")
    if target.is_dir() or not target.parent.is_dir():
        raise UsageError(f"{output}: {'this is a folder' if target.is_dir() else 'there is no such folder'}")
    for folder in data:
        if target.resolve().is_relative_to(Path(data_folder(folder)).resolve()):
            raise UsageError(f"{output} lies in the data set {folder}; answers go elsewhere")
    return target


def _list_questions() -> None:
    from onrecord.pipeline.ask import questions
    from onrecord.pipeline.ask.formats import print_table
    from onrecord.pipeline.ask.query import Answer

    each = [questions.load(name) for name in questions.names()]
    rows: list[tuple[Any, ...]] = [(q.name, q.sentence, ", ".join(map(questions.usage, q.parameters))) for q in each]
    print_table(Answer(columns=("question", "what it answers", "parameters"), rows=rows), counted=False)
    print_line(f"{command()} query NAME -p PARAMETER=VALUE asks one; --show NAME prints its SQL")


def _warn_if_empty(request: Request) -> None:
    """Say on standard error that a question lives from a column in which there is nothing."""
    from onrecord.pipeline.ask import ask

    if request.question.needs is None:
        return
    table, column = request.question.needs
    if not ask(f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL LIMIT 1", request.data, None, request.as_of).rows:
        _note(f"{table}.{column} is empty in these tables, so that this question has no real answer")


def _stream(request: Request) -> Stream:
    """The answer, with what has to be said about it on standard error."""
    from onrecord.pipeline.ask.formats import FOR_PEOPLE, hide_offsets
    from onrecord.pipeline.ask.query import stream

    answer = stream(
        request.question.sql, request.data, request.aliases, request.as_of, request.params, corrected=request.corrected
    )
    if answer.shared:
        _note(
            f"{answer.shared:,} articles are in several of the data sets: they are taken from the first that has them"
        )
    if request.form not in FOR_PEOPLE or request.spans:
        return answer
    shown, hidden = hide_offsets(answer, request.question.sql)
    if hidden and sys.stderr.isatty():
        _note(f"not shown without --spans: {', '.join(hidden)}")
    return shown


def _print(request: Request) -> None:
    from onrecord.pipeline.ask.formats import lines, print_lines

    print_lines(lines(_stream(request), request.form, defused=request.defuse))


def _save(request: Request, target: Path) -> None:
    """Write the answer beside its place and move it there when it is whole."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        rows = _WRITERS.get(request.form, _save_text)(request, beside)
        beside.replace(target)
    except OSError as error:
        raise OnRecordError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)
    _note(f"{rows} in {target}")


def _save_text(request: Request, file: Path) -> str:
    from onrecord.pipeline.ask.formats import lines

    encoding = "utf-8-sig" if request.defuse else "utf-8"  # by which Excel knows it
    with file.open("w", encoding=encoding, newline="") as text:
        text.writelines(lines(_stream(request), request.form, defused=request.defuse))
    return "the answer is"


def _save_parquet(request: Request, file: Path) -> str:
    from onrecord.pipeline.ask.query import save_parquet

    rows = save_parquet(
        request.question.sql,
        request.data,
        file,
        request.aliases,
        request.as_of,
        request.params,
        corrected=request.corrected,
    )
    return f"{rows:,} rows are"


def _save_workbook(request: Request, file: Path) -> str:
    from onrecord.pipeline.ask.formats.workbook import save_workbook

    rows, cut = save_workbook(_stream(request), file)
    return f"{rows:,} rows{f', {cut:,} cells cut to what Excel can hold,' if cut else ''} are"


_WRITERS: dict[str, Callable[[Request, Path], str]] = {"parquet": _save_parquet, "xlsx": _save_workbook}


def _note(line: str) -> None:
    click.echo(f"onrecord: {visible(line)}", err=True)
