"""Full-text search over what was said: quotations whose content has the words, the best match first.

    wall funding        both words, anywhere in the content, whatever their case and accents
    "border wall"       these words side by side
    immigra*            a word that begins so
    -mexico             not this word

Ranked by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) in DuckDB's own functions: no index
is kept, no extension loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

import duckdb

from onrecord.pipeline.ask.connect import sql_text
from onrecord.pipeline.ask.query import look_at
from onrecord.pipeline.ask.rows import named_rows
from onrecord.pipeline.errors import UsageError

#: A term of a search: not, a phrase in marks or a word.
TERM = re.compile(r"(?P<excluded>-?)(?:[\"“”](?P<phrase>[^\"“”]*)[\"“”]?|(?P<word>\S+))")
WORD = re.compile(r"[^\W_]+")
#: What parts two words, for RE2, whose ``\b`` knows ASCII alone.
GAP = r"[^\pL\pN]"
#: BM25: how soon a word said again counts no more, and how much a long content counts against it.
K1, B = 1.2, 0.75
FOLD = "CREATE OR REPLACE TEMP MACRO folded(text) AS strip_accents(lower(text))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a content has to have, or not to have: ``words`` side by side; of a ``prefix`` the last one goes on."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False

    @property
    def pattern(self) -> str:
        """RE2 that finds it in folded text."""
        end = "" if self.is_prefix else f"(?:{GAP}|$)"
        return f"(?:^|{GAP}){f'{GAP}+'.join(self.words)}{end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; empty texts and None ask for nothing.

    ``speaker`` is a speaker_id or words of a name, ``about`` words of a name of whom the content speaks, ``outlet``
    words of the publisher's name or address. ``since`` and ``until`` are days, both included.
    """

    words: str = ""
    speaker: str = ""
    about: str = ""
    outlet: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of ``hits``, rows of what was found by column, out of ``total``; ``terms`` are what they all have."""

    hits: tuple[dict[str, Any], ...]
    total: int
    terms: tuple[Term, ...]


HITS = """
    SELECT q.quote_id, q.article_id, q.speaker, q.speaker_id, q.speaker_role AS role, q.source, q.cue, q.kind,
        q.content, q.confidence, a.published, a.publisher AS outlet, a.title, a.url, a.uri, a.record
    FROM quotes q JOIN articles a USING (article_id) WHERE q.quote_id IN ({ids})"""
#: A name in the article stands for all mentions of its entity.
ABOUT = """
    WITH meant AS (SELECT DISTINCT article_id, entity_id FROM mentions
        WHERE entity_id IS NOT NULL AND form = 'name' AND {matches})
    SELECT DISTINCT q.quote_id FROM (SELECT quote_id, article_id, unnest(content_spans) AS s FROM quotes) q
        JOIN mentions m ON m.article_id = q.article_id AND m.span.start >= q.s.start AND m.span."end" <= q.s."end"
        JOIN meant ON meant.article_id = m.article_id AND meant.entity_id = m.entity_id"""


def find(
    search: Search,
    data: str | Path,
    *,
    aliases_file: str | Path | None = None,
    version: int | None = None,
    limit: int = 20,
    page: int = 1,
) -> Found:
    """The quotations that are looked for, ``limit`` on a page, the first page being 1.

    Without words the newest come first. Raises UsageError when nothing is asked for, and what ``connect`` raises.
    """
    terms = parse_terms(search.words)
    if search == Search():
        raise UsageError("nothing to find: give words, or --speaker, --about, --outlet, --kind, --since, --until")
    if search.words.strip() and not any(not term.is_excluded for term in terms):
        raise UsageError(f"{search.words!r}: give a word that is to be found")

    def look(connection: duckdb.DuckDBPyConnection) -> Found:
        return _find(connection, search, terms, limit, limit * (page - 1))

    return look_at(data, look, aliases_file, version)


def parse_terms(words: str) -> tuple[Term, ...]:
    """The terms of a search, in small letters.

    >>> [(term.words, term.is_excluded) for term in parse_terms('wall "of the border" -mexico')]
    [(('wall',), False), (('of', 'the', 'border'), False), (('mexico',), True)]
    >>> parse_terms("immigra*")[0].is_prefix, parse_terms("don't")[0].words
    (True, ('don', 't'))
    """
    return tuple(_parse_terms(words.lower()))


def _parse_terms(words: str) -> Iterator[Term]:
    for match in TERM.finditer(words):
        text = match["phrase"] if match["phrase"] is not None else match["word"]
        if tokens := tuple(WORD.findall(text)):
            yield Term(words=tokens, is_prefix=text.endswith("*"), is_excluded=bool(match["excluded"]))


def fold(text: str) -> str:
    """Small letters without accents, as the macro ``folded`` gives them.

    >>> fold("Édith")
    'edith'
    """
    return "".join(char for char in normalize("NFKD", text.lower()) if not combining(char))


def _find(
    connection: duckdb.DuckDBPyConnection, search: Search, terms: Sequence[Term], limit: int, offset: int
) -> Found:
    connection.execute(FOLD)
    wanted = [_fold(connection, term) for term in terms if not term.is_excluded]
    unwanted = [_fold(connection, term) for term in terms if term.is_excluded]
    filters, params = _filters(connection, search)
    is_hit = " AND ".join(["true", *map(_has, wanted), f"NOT ({_any(unwanted)})"])
    sql = f"""
        WITH said AS (SELECT quote_id, published, folded(content) AS said FROM quotes q WHERE {filters}),
        scope AS MATERIALIZED (
            SELECT quote_id, published, length(said) AS long {_parts(wanted)}, {is_hit} AS is_hit,
                if(is_hit, said, '') AS said FROM said),
        numbers AS (SELECT count(*) AS n, avg(long) AS mean {_frequencies(wanted)} FROM scope),
        near AS (SELECT quote_id, published, long {_times(wanted)} FROM scope WHERE is_hit)
        SELECT quote_id, {_score(wanted)} AS score, count(*) OVER () AS total FROM near, numbers
        ORDER BY score DESC, published DESC NULLS LAST, quote_id LIMIT {limit:d} OFFSET {offset:d}"""
    best = connection.execute(sql, params).fetchall()
    if offset and not best:  # behind the last page
        return replace(_find(connection, search, terms, 1, 0), hits=())
    return Found(
        hits=tuple(_rows(connection, {quote_id: score for quote_id, score, _ in best})),
        total=best[0][2] if best else 0,
        terms=tuple(wanted),
    )


def _rows(connection: duckdb.DuckDBPyConnection, scores: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """What people want to know of the best, in their order. Looked up by a list of ids, few parts are read for it."""
    if not scores:
        return
    found = named_rows(connection.execute(HITS.format(ids=", ".join(map(sql_text, scores)))))
    rows = {row["quote_id"]: row for row in found}
    for quote_id, score in scores.items():
        yield rows[quote_id] | {"score": score}


def _filters(connection: duckdb.DuckDBPyConnection, search: Search) -> tuple[str, dict[str, Any]]:
    """SQL of what else a quotation has to be, and its parameters."""
    filters, params = ["true"], {}
    if search.speaker:
        filters.append(f"(q.speaker_id = $speaker OR {_names(connection, search.speaker, 'q.speaker', '--speaker')})")
        params["speaker"] = search.speaker
    if search.about:
        matches = _names(connection, search.about, "text", "--about")
        filters.append(f"q.quote_id IN ({ABOUT.format(matches=matches)})")
    if search.outlet:
        outlet = _names(connection, search.outlet, "concat_ws(' ', publisher, url)", "--outlet")
        filters.append(f"q.article_id IN (SELECT article_id FROM articles WHERE {outlet})")
    for name, sql in (("kind", "q.kind = $kind"), ("since", "q.published >= $since"), ("until", UNTIL)):
        if value := getattr(search, name):
            filters.append(sql)
            params[name] = value
    return " AND ".join(filters), params


UNTIL = "q.published < $until + INTERVAL 1 DAY"


def _names(connection: duckdb.DuckDBPyConnection, words: str, column: str, flag: str) -> str:
    """SQL: whether a column has all of the words, in any order."""
    terms = [_fold(connection, Term(words=(word,))) for word in WORD.findall(words.lower())]
    if not terms:
        raise UsageError(f"{flag} {words!r}: give a name")
    return " AND ".join(f"regexp_matches(folded({column}), '{term.pattern}')" for term in terms)


def _fold(connection: duckdb.DuckDBPyConnection, term: Term) -> Term:
    """The term as the macro folds text. Its words are letters and digits alone: SQL may hold them as they are."""
    folded = connection.execute("SELECT list_transform($words, lambda w: folded(w))", {"words": list(term.words)})
    ((words,),) = folded.fetchall()
    kept = tuple(found[0] for word in words if (found := WORD.findall(word)))
    return Term(words=kept, is_prefix=term.is_prefix, is_excluded=term.is_excluded)


def _contains(term: Term) -> str:
    """SQL: whether the text has the words of a term, wherever: it is quick, and most texts have not."""
    words = " AND ".join(f"contains(said, '{word}')" for word in term.words)
    return f"({words})"


def _has(term: Term) -> str:
    """SQL: whether the text has the term."""
    return f"({_contains(term)} AND regexp_matches(said, '{term.pattern}'))"


def _any(terms: Sequence[Term]) -> str:
    """SQL: whether the text has one of the terms."""
    return " OR ".join(map(_has, terms)) or "false"


def _times(terms: Sequence[Term]) -> str:
    """SQL: how often the text has each of the terms."""
    times = (f"len(regexp_extract_all(said, '{term.pattern}'))" for term in terms)
    return "".join(f", {sql} AS tf{n}" for n, sql in enumerate(times))


def _frequencies(terms: Sequence[Term]) -> str:
    """SQL: in how many texts the words of each term stand, be it inside of others: that tells how rare it is."""
    return "".join(f", count(*) FILTER (WHERE has{n}) AS df{n}" for n in range(len(terms)))


def _parts(terms: Sequence[Term]) -> str:
    """SQL: whether a text has the words of each term, be it inside of others."""
    return "".join(f", {_contains(term)} AS has{n}" for n, term in enumerate(terms))


def _score(terms: Sequence[Term]) -> str:
    """SQL of BM25 over the terms; lengths are in characters, as words are about equally long everywhere."""
    return " + ".join(map(_weight, range(len(terms)))) or "0.0"


def _weight(n: int) -> str:
    rarity = f"ln(1 + (n - df{n} + 0.5) / (df{n} + 0.5))"
    return f"{rarity} * tf{n} * {K1 + 1} / (tf{n} + {K1} * ({1 - B} + {B} * long / mean))"
