"""Questions that are ready: a file of SQL each, which says in comments what it answers, its parameters, an example.

-- Who is quoted most.                                   the sentence
--
-- n INTEGER = 20: how many speakers                     name, type, default (none: it has to be given), meaning
--
-- needs: quotes.speaker_gender                          a column that may be empty so far
-- $ onrecord query top-speakers -p n=10                 an example
SELECT …
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from onrecord.pipeline.console import command
from onrecord.pipeline.errors import UsageError

FOLDER = Path(__file__).parent
NAME = re.compile(r"[\w-]+")
PARAMETER = re.compile(r"-- (\w+) ([A-Z]+)(?: = ([^:\n]*))?: (.+)")
NEEDS = re.compile(r"-- needs: (\w+)\.(\w+)")
EXAMPLE = re.compile(r"-- \$ (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that is bound to ``$name``; without a default it has to be given."""

    name: str
    kind: str
    default: str | None
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question in SQL with what its comments say.

    ``needs`` are the table and column that it lives from; ``body`` is the SQL without the comments that open it.
    """

    name: str
    sentence: str
    parameters: tuple[Parameter, ...]
    needs: tuple[str, str] | None
    example: str
    sql: str
    body: str


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def load(name: str) -> Question:
    """The question of this name. Raises UsageError when there is none, with the name that may be meant."""
    if name not in names():
        close = "".join(f"; did you mean {match}?" for match in get_close_matches(name, names(), 1))
        raise UsageError(f"no question is named {name!r}{close} ({command()} query lists them)")
    return parse(name, (FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def find(text: str) -> Question:
    """The question that a text means: the name of one, or SQL."""
    return load(text) if NAME.fullmatch(text) else parse("", text)


def parse(name: str, text: str) -> Question:
    """A question from SQL and the comments that open it; SQL without comments has no sentence and no parameters.

    >>> question = parse("few", "-- A few.\\n--\\n-- n INTEGER = 3: how many\\nFROM quotes LIMIT $n")
    >>> question.sentence, question.parameters
    ('A few.', (Parameter(name='n', kind='INTEGER', default='3', meaning='how many'),))
    """
    head = re.match(r"(?:--.*\n)*", text)
    comments = head[0].splitlines() if head else []
    needs = next(filter(None, map(NEEDS.fullmatch, comments)), None)
    example = next(filter(None, map(EXAMPLE.fullmatch, comments)), None)
    return Question(
        name=name,
        sentence=comments[0].removeprefix("-- ") if comments else "",
        parameters=tuple(_parameter(match) for match in map(PARAMETER.fullmatch, comments) if match),
        needs=(needs[1], needs[2]) if needs else None,
        example=example[1] if example else "",
        sql=text,
        body=text[head.end() :] if head else text,
    )


def bind(question: Question, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the question's parameters, of the types that it names; of SQL that names none, as they are given.

    Raises UsageError for one that it does not have, that is missing, or that its type cannot hold.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    if not known and not question.name:
        return dict(given)
    if unknown := next(iter(given.keys() - known), None):
        raise UsageError(f"-p {unknown}: this question takes {', '.join(known) or 'no parameters'}")
    return {
        parameter.name: _value(parameter, given.get(parameter.name, parameter.default)) for parameter in known.values()
    }


def usage(parameter: Parameter) -> str:
    """How a parameter is given, with its default.

    >>> usage(Parameter(name="n", kind="INTEGER", default="20", meaning="how many"))
    'n=20'
    >>> usage(Parameter(name="since", kind="DATE", default=None, meaning="the first day"))
    'since=DATE'
    """
    return f"{parameter.name}={parameter.kind if parameter.default is None else parameter.default}"


def _parameter(match: re.Match[str]) -> Parameter:
    name, kind, default, meaning = match.groups()
    return Parameter(name=name, kind=kind, default=None if default is None else default.strip("'"), meaning=meaning)


def _value(parameter: Parameter, text: str | None) -> Any:
    if text is None:
        raise UsageError(f"-p {parameter.name}=… is missing: {parameter.meaning}")
    try:
        with duckdb.connect() as connection:
            return connection.execute(f"SELECT CAST($1 AS {parameter.kind})", [text]).fetchall()[0][0]
    except duckdb.Error as error:
        raise UsageError(f"-p {parameter.name}={text}: no {parameter.kind}; {parameter.meaning}") from error
