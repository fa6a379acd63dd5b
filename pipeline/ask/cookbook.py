"""Each question that is ready, with its SQL and its answer on a data set, as a page: run it as a module with the tables
of ``seeds/`` and write what it prints to ``docs/sql-cookbook.md``."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask import ask, questions
from onrecord.pipeline.ask.formats import tables
from onrecord.pipeline.ask.query import stream
from onrecord.pipeline.console import PLAIN_WIDTH

INTRODUCTION = """\
# Questions that are ready

`onrecord query` lists them, `onrecord query NAME -p PARAMETER=VALUE` asks one, `--show NAME` prints its SQL, to begin
your own with: `onrecord query --show NAME > mine.sql`, then `onrecord query -f mine.sql`. Values of parameters are
bound and never part of the SQL. The answers below are those of the two articles in `seeds/`, which have neither dates
nor outlets: what hangs on these is empty here. `_onrecord` holds small functions that the questions share. This page is
made by `python -m onrecord.pipeline.ask.cookbook TABLES`.

The answer goes to the terminal, to a program, or to a file:

```console
$ onrecord query top-speakers --format csv
$ onrecord query "FROM quotations" -o quotations.xlsx
$ onrecord query "SELECT speaker, content FROM quotes WHERE confidence > $least" -p least=0.9 -o sure.parquet
$ onrecord query -f mine.sql -d monday -d tuesday
$ onrecord shell
$ onrecord export --views tables.duckdb
```

Rows that do not fit the terminal are shown one under another, and columns of offsets only where the SQL names them, or
with `--spans`. CSV, TSV and JSON hold what is in the tables, unchanged; `--defuse` writes CSV that a spreadsheet can
open without running a cell, and in xlsx every text is text. A file that is there is replaced with `--force` only. Of an
article that several data sets have (`-d` more than once) the rows of the first are taken, and a line says so.
"""
#: In place of the folder of the seeds, which differs from machine to machine.
FOLDER = "/news"
MOST_QUOTED = "SELECT speaker, count(*) FROM quotes WHERE speaker <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"


def page(data: str | Path) -> str:
    """The page, with the answers over these tables."""
    ((speaker, *_),) = ask(MOST_QUOTED, data).rows
    uris = [Path(uri).parent for (uri,) in ask("SELECT uri FROM articles", data).rows]
    each = (_section(questions.load(name), data, str(speaker), os.path.commonpath(uris)) for name in questions.names())
    return "\n".join([INTRODUCTION, *("\n".join(section) for section in each)])


def _section(question: questions.Question, data: str | Path, speaker: str, folder: str) -> Iterator[str]:
    given = example_params(question, speaker)
    words = ["onrecord", "query", question.name, *(word for pair in given.items() for word in ("-p", "=".join(pair)))]
    answer = stream(question.sql, data, params=questions.bind(question, given))
    shown = replace(answer, rows=(tuple(_moved(value, folder) for value in row) for row in answer.rows))
    yield f"## {question.name}\n\n{question.sentence}\n"
    if question.parameters:
        yield "\n".join(f"- `{questions.usage(each)}`: {each.meaning}" for each in question.parameters) + "\n"
    yield f"```console\n$ {shlex.join(words)}"
    yield "".join(tables.table(shown, PLAIN_WIDTH)).strip("\n")
    yield f"```\n\n```sql\n{question.body}```\n"


def example_params(question: questions.Question, speaker: str) -> dict[str, str]:
    """The parameters of the question's example; whose it asks for is one who is quoted in these tables."""
    words = shlex.split(question.example)
    given = dict(value.split("=", 1) for flag, value in pairwise(words) if flag == "-p")
    return given | ({"speaker": speaker} if "speaker" in given else {})


def _moved(value: Any, folder: str) -> Any:
    return value.replace(folder, FOLDER) if isinstance(value, str) else value


if __name__ == "__main__":
    print(page(sys.argv[1]), end="")
