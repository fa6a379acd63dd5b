"""What the questions that are ready, find and show cost on many articles: seconds and memory of each, as figures.

    python -m benchmarks.questions [--articles 100000] [--quotes 8] [--mentions 40] [QUESTION …]

The tables are simulated: names, words, outlets and dates by chance, speakers as uneven as people are quoted, a tenth of
the articles told twice. Each question is asked as a user asks it, by the command, start-up included; what it writes is
thrown away.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks.command import measure, onrecord

#: Values of the parameters that have no default.
GIVEN = {"speaker": "Name3 Person3", "since": "2023-06-01"}
#: Searches, and what is shown.
LOOKS = {
    "find": ("find", "w17 w1* -w4000"),
    "find about": ("find", "w17", "--about", "Place12", "--speaker", "Person3"),
    "show speaker": ("show", "Name3 Person3"),
}
WORDS = "array_to_string(list_transform(range(12 + {n} % 20), lambda w: 'w' || hash({n} * 31 + w) % 5000), ' ')"
SPAN = (
    "{{'start': {at}, 'end': {at} + {long}, 'raw_start': {at}, 'raw_end': {at} + {long}}}"
    '::STRUCT(start INT, "end" INT, raw_start INT, raw_end INT)'
)
TABLES = {
    "articles": """
        SELECT printf('%016x', i) AS article_id, '/news/' || i || '.txt' AS uri, '' AS record, 'Title ' || i AS title,
            NULL::VARCHAR AS byline, 'Outlet ' || hash(i) % 40 AS publisher,
            TIMESTAMPTZ '2022-01-01 00:00:00+00' + INTERVAL (hash(i, 1) % 1000) DAY AS published,
            NULL::VARCHAR AS url, repeat('Rain fell on the harbour again. ', 80) AS text, {quotes} AS n_quotes,
            if(hash(i, 2) % 50 = 0, ['encoding_guessed'], []::VARCHAR[]) AS flags, NULL::VARCHAR AS fault
        FROM range({articles}) t(i)""",
    "quotes": """
        SELECT printf('%016x', n) AS quote_id, printf('%016x', n // {quotes}) AS article_id, n % {quotes} AS index,
            ['direct', 'mixed', 'indirect'][1 + n % 3] AS kind, {words} AS content, [{quote_span}] AS content_spans,
            'said' AS cue, 'she' AS source, md5(who::VARCHAR)[:16] AS speaker_id,
            'Name' || who || ' Person' || who AS speaker,
            if(who % 9 = 0, 'ORG', 'PERSON') AS speaker_label,
            if(n % 3 = 0, 'Minister ' || n % 7, NULL) AS speaker_role,
            NULL::VARCHAR AS speaker_organization, if(n % 2 = 0, 'female', 'male') AS speaker_gender,
            0.5 + hash(n, 3) % 500 / 1000 AS speaker_score, hash(n, 4) % 1000 / 1000 AS confidence,
            []::VARCHAR[] AS flags,
            TIMESTAMPTZ '2022-01-01 00:00:00+00' + INTERVAL (hash(n // {quotes}, 1) % 1000) DAY AS published
        FROM (SELECT n, if(hash(n, 5) % 10 = 0, NULL, CAST(exp((hash(n, 6) % 10000) / 1000) AS INT)) AS who
            FROM range({articles} * {quotes}) t(n))""",
    "mentions": """
        SELECT printf('%016x', n) AS mention_id, printf('%016x', n // {mentions}) AS article_id,
            n % {mentions} AS index,
            'Place' || CAST(exp((hash(n, 7) % 8000) / 1000) AS INT) AS text, {mention_span} AS span,
            ['PERSON', 'ORG', 'LOC'][1 + n % 3] AS label, if(n % 3 = 0, 'pronoun', 'name') AS form,
            'e' || n % 20 AS entity_id, 0.9::DOUBLE AS score
        FROM range({articles} * {mentions}) t(n)""",
    "clusters": """
        SELECT printf('%016x', i) AS article_id, printf('%016x', i - i % 2) AS cluster_id, i % 2 = 0 AS is_cluster_head,
            1.0::DOUBLE AS similarity, NULL::VARCHAR AS duplicate_of
        FROM range({articles} // 10) t(i)""",
    "rejects": """
        SELECT '/news/r' || i AS uri, '' AS record, 'load' AS step, ['empty', 'binary', 'syntax'][1 + i % 3] AS reason,
            'it is' AS detail, NULL::VARCHAR AS raw_sha256, i AS n_bytes
        FROM range({articles} // 20) t(i)""",
    "segments": "SELECT '' AS article_id, 0 AS index WHERE false",
}  # fmt: skip


def main() -> int:
    from onrecord.pipeline.ask import questions

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", nargs="*", metavar="QUESTION")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--quotes", type=int, default=8, help="of an article")
    parser.add_argument("--mentions", type=int, default=40, help="of an article")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), given.articles, given.quotes, given.mentions)
        asked = {name: command(name) for name in questions.names()} | LOOKS
        figures = {name: ask(name, asked[name], Path(folder)) for name in given.questions or asked}
    print(json.dumps({"articles": given.articles, "quotes": given.articles * given.quotes, **figures}, indent=1))
    return 0


def simulate(folder: Path, articles: int, quotes: int, mentions: int) -> None:
    """Tables of so many articles, a part each."""
    values = {
        "articles": articles, "quotes": quotes, "mentions": mentions, "words": WORDS.format(n="n"),
        "quote_span": SPAN.format(at=f"(n % {quotes} * 200)", long=180),
        "mention_span": SPAN.format(at=f"(n % {mentions} * 40)", long=8),
    }  # fmt: skip
    with duckdb.connect() as connection:
        for table, sql in TABLES.items():
            (folder / table).mkdir()
            connection.execute(f"COPY ({sql.format(**values)}) TO '{folder / table}/part-0.parquet' (FORMAT parquet)")


def command(name: str) -> tuple[str, ...]:
    """The words that ask a question, all its parameters given."""
    from onrecord.pipeline.ask import questions

    needed = [parameter.name for parameter in questions.load(name).parameters if parameter.default is None]
    params = [word for parameter in needed for word in ("-p", f"{parameter}={GIVEN[parameter]}")]
    return ("query", name, *params, "--format", "csv")


def ask(name: str, words: tuple[str, ...], folder: Path) -> dict[str, float]:
    """Seconds and megabytes of the command that asks."""
    usage = measure(onrecord(*words, "--data", folder))
    figures = {
        "seconds": round(usage.seconds, 2),
        "cpu_seconds": round(usage.cpu_seconds, 2),
        "megabytes": round(usage.megabytes),
    }
    print(json.dumps({name: figures}), file=sys.stderr)
    return figures


if __name__ == "__main__":
    sys.exit(main())
