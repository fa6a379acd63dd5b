"""The reference of the tables as a page, made from the schemas: run it as a module
and write what it prints to ``docs/tables.md``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from onrecord.pipeline.ask.views import ARTICLE_COLUMNS, DOUBTFUL_COLUMNS, QUOTATION_COLUMNS, SPEAKER_COLUMNS
from onrecord.pipeline.store.schema import EDITS, SCHEMAS, SPAN, SPANS, STRINGS, TABLES_VERSION
from onrecord.transforms.cleaning import STEP_DESCRIPTIONS
from onrecord.transforms.identities.explain import METHOD_MEANINGS
from onrecord.transforms.reasons import REASONS

INTRODUCTION = f"""# The tables

Version {TABLES_VERSION}. Parquet, one folder a table; the schemas themselves carry these descriptions, and stand in
[`pipeline/store/schema.py`](../pipeline/store/schema.py), from which this page is made.

- A **span** is `struct<start, end, raw_start, raw_end>`, half-open, counted in Unicode code points: `start` and `end`
  index `articles.text`, `raw_start` and `raw_end` the record as decoded, before cleaning. In SQL:
  `a.text[span.start + 1 : span."end"]` is the text of a span.
- **spans** is a list of them in text order: for a content, cue or source that is not in one
  piece, or that runs over something cut out.
- `articles.edits` tells every change that cleaning made: applying it to the raw text gives `articles.text`.
- Scores are between 0 and 1, with four decimals. Ids are the same on every run over the same input.
- Every record ends as one row of `articles` or one row of `rejects`.
"""
ALIASES = """\
With `onrecord query … --aliases FILE` a person's own list wins over what was found. The file is CSV or Parquet and has
the columns `name`, `alias` and `id`: a speaker whom articles call `alias` (or `name`), blind to case and accents, gets
that `name` and `id` in `quotes` and `speakers`. A `speaker_id` may stand as `alias` where two people share a name. An
alias with two ids, or an id with two names, is an error.
"""
DOUBTFUL = """\
A view of pairs of speakers that may be one, to be read by a person; nothing is merged for standing here. Its first
columns are those of a file of aliases: write it out, delete the rows of two people, and give the file back. An alias
that two names claim (a surname alone) has to be decided: with both rows it is an error. A decided pair is not shown.

```console
$ onrecord query "FROM doubtful_speakers" --format csv > aliases.csv
$ onrecord query "FROM speakers" --aliases aliases.csv
```
"""
QUOTATIONS = """\
A view for people who want one sheet: a row for each quotation, with its article and a link to the place.
"""
NAMES = {
    STRINGS: "list of string",
    SPAN: "span",
    SPANS: "list of spans",
    EDITS: "list of struct<raw_start, raw_end, text>",
}


def page() -> str:
    tables = (line for name, schema in SCHEMAS.items() for line in _table(name, schema))
    return "\n".join(
        [
            INTRODUCTION,
            *tables,
            *_glossary("Reasons", "reason", REASONS),
            *_glossary("Cleaning steps", "step", STEP_DESCRIPTIONS),
            *_glossary("Speaker methods", "method", METHOD_MEANINGS),
            *_speakers(),
        ]
    )


def _table(name: str, schema: pa.Schema) -> Iterator[str]:
    yield f"## {name}\n"
    yield "| column | type | null | meaning |"
    yield "|---|---|---|---|"
    for field in schema:
        kind = NAMES.get(field.type, str(field.type))
        yield f"| {field.name} | {kind} | {'yes' if field.nullable else ''} | {description(field)} |"
    yield ""
    if name == "articles":
        yield "In SQL and from Python, `articles` has four more columns, by which each story is read once:\n"
        yield from _view(ARTICLE_COLUMNS)


def _glossary(title: str, word: str, meanings: Mapping[str, str]) -> Iterator[str]:
    """The words that a column may hold."""
    yield f"### {title}\n"
    yield f"| {word} | what it means |"
    yield "|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in meanings.items())
    yield ""


def _speakers() -> Iterator[str]:
    """The views that are no tables on disk."""
    yield "## speakers\n"
    yield "A view of `onrecord query`, computed over all articles, most quotes first; there are no parts of it.\n"
    yield from _view(SPEAKER_COLUMNS)
    yield ALIASES
    yield "## doubtful_speakers\n"
    yield DOUBTFUL
    yield from _view(DOUBTFUL_COLUMNS)
    yield "## quotations\n"
    yield QUOTATIONS
    yield from _view(QUOTATION_COLUMNS)


def _view(columns: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    yield from (f"| {name} | {kind} | {meaning} |" for name, (kind, meaning) in columns.items())
    yield ""


def description(field: pa.Field) -> str:
    return str(field.metadata[b"description"], "utf-8")


if __name__ == "__main__":
    print(page(), end="")
