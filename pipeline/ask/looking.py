"""What a few words may mean in a data set, an article or a speaker, and all that is shown of it.

An id is that one alone; else an input or address; else a speaker of that name; else the end of an input's address, as
when a data set has come from another machine; else words of a title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import duckdb

from onrecord.pipeline.ask import views
from onrecord.pipeline.ask.query import look_at
from onrecord.pipeline.ask.rows import named_rows
from onrecord.pipeline.errors import UsageError

Kind = Literal["article", "speaker"]
Row = dict[str, Any]

#: The columns of articles by which one is chosen.
CHOICE = "article_id AS id, coalesce(title, uri || if(record = '', '', ':' || record)) AS name, published::DATE AS day"
#: Speakers as the quotes name them: the view of speakers knows more of each, and takes longer.
SPEAKERS = """
    SELECT id, arg_max(name, n) AS name, sum(n)::BIGINT AS n_quotes FROM (
        SELECT speaker_id AS id, speaker AS name, count(*) AS n FROM quotes WHERE speaker_id IS NOT NULL GROUP BY ALL)
    WHERE {matches} GROUP BY id ORDER BY n_quotes DESC, id"""
#: What words may mean, the surest first; the first that is anything is taken.
MEANINGS: tuple[tuple[Kind, str], ...] = (
    ("article", f"SELECT {CHOICE} FROM articles WHERE article_id = $words"),
    ("speaker", SPEAKERS.format(matches="id = $words")),
    (
        "article",
        f"""SELECT {CHOICE} FROM articles WHERE $words IN (url, uri, record, uri || ':' || record)
            OR $path IN (uri, uri || ':' || record) ORDER BY uri, record""",
    ),
    (
        "speaker",
        SPEAKERS.format(
            matches="""list_has_all(
                string_split(_onrecord.words(name), ' '), string_split(_onrecord.words($words), ' '))"""
        ),
    ),
    (
        "article",
        f"""SELECT {CHOICE} FROM articles
            WHERE ends_with(uri, '/' || $words) OR ends_with(uri || ':' || record, '/' || $words)
            ORDER BY uri, record""",
    ),
    (
        "article",
        f"""SELECT {CHOICE} FROM articles WHERE list_has_all(
                regexp_extract_all(strip_accents(lower(title)), '[\\pL\\pN]+'),
                regexp_extract_all(strip_accents(lower($words)), '[\\pL\\pN]+'))
            ORDER BY published DESC NULLS LAST, id""",
    ),
)
ABOUT_ARTICLE = "SELECT * FROM articles WHERE article_id = $id"
ITS_QUOTES = "SELECT * FROM quotes WHERE article_id = $id ORDER BY index"
ITS_SEGMENTS = "SELECT * FROM segments WHERE article_id = $id ORDER BY index"
ABOUT_SPEAKER = views.SPEAKERS.format(parts="(SELECT * FROM quotes WHERE speaker_id = $id)")
SAID = """
    SELECT q.*, a.title, a.publisher AS outlet, a.url, a.uri, a.record,
        count(*) OVER () AS total
    FROM quotes q JOIN articles a USING (article_id) WHERE q.speaker_id = $id
    ORDER BY q.published DESC NULLS LAST, a.uri, a.record, q.index LIMIT {limit:d} OFFSET {offset:d}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle:
    """An article as its row, with its quotes and segments in order."""

    article: Row
    quotes: tuple[Row, ...]
    segments: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSpeaker:
    """A speaker as the row of the view, with a page of the ``total`` quotations, the newest first.

    ``others`` are less quoted ones of such a name: (id, name, number of quotations) of each.
    """

    speaker: Row
    quotes: tuple[Row, ...]
    total: int
    others: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Several of one kind are meant: (id, name, day or number of quotations) of each."""

    kind: Kind
    candidates: tuple[tuple[str, str, Any], ...]


def look_up(
    words: str,
    data: str | Path,
    *,
    kind: Kind | None = None,
    path: str = "",
    aliases_file: str | Path | None = None,
    version: int | None = None,
    limit: int = 50,
    page: int = 1,
) -> ShownArticle | ShownSpeaker | Choice:
    """The article or speaker that ``words`` mean; ``path`` is how they are spelled as an absolute address.

    Raises UsageError when they mean nothing in the data set, and what ``connect`` raises.
    """

    def look(connection: duckdb.DuckDBPyConnection) -> ShownArticle | ShownSpeaker | Choice:
        return _look_up(connection, words, path, kind, (limit, limit * (page - 1)))

    return look_at(data, look, aliases_file, version)


def _look_up(
    connection: duckdb.DuckDBPyConnection, words: str, path: str, kind: Kind | None, window: tuple[int, int]
) -> ShownArticle | ShownSpeaker | Choice:
    for meant, candidates in _meanings(connection, words, path, kind):
        if meant == "speaker" and _is_sure(candidates):
            first, *others = candidates
            return replace(_speaker(connection, first[0], window), others=tuple(others))
        if len(candidates) > 1:
            return Choice(kind=meant, candidates=candidates)
        if candidates:
            return _article(connection, candidates[0][0])
    raise UsageError(f"nothing by {words!r}: give an id, a file, an address, a speaker's name or words of a title")


def _is_sure(speakers: tuple[tuple[str, str, int], ...]) -> bool:
    """Is the first of them quoted more often than all others together?"""
    return bool(speakers) and 2 * speakers[0][2] > sum(n for _, _, n in speakers)


def _meanings(
    connection: duckdb.DuckDBPyConnection, words: str, path: str, kind: Kind | None
) -> Iterator[tuple[Kind, tuple[tuple[str, str, Any], ...]]]:
    for meant, sql in MEANINGS:
        if kind in (None, meant):
            params = {"words": words, "path": path} if "$path" in sql else {"words": words}
            yield meant, tuple(connection.execute(sql, params).fetchall())


def _article(connection: duckdb.DuckDBPyConnection, article_id: str) -> ShownArticle:
    (article,) = _rows(connection, ABOUT_ARTICLE, article_id)
    quotes, segments = (tuple(_rows(connection, sql, article_id)) for sql in (ITS_QUOTES, ITS_SEGMENTS))
    return ShownArticle(article=article, quotes=quotes, segments=segments)


def _speaker(connection: duckdb.DuckDBPyConnection, speaker_id: str, window: tuple[int, int]) -> ShownSpeaker:
    limit, offset = window
    (speaker,) = _rows(connection, ABOUT_SPEAKER, speaker_id)
    quotes = tuple(_rows(connection, SAID.format(limit=limit, offset=offset), speaker_id))
    return ShownSpeaker(speaker=speaker, quotes=quotes, total=speaker["n_quotes"])


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, of: str) -> list[Row]:
    return named_rows(connection.execute(sql, {"id": of}))
