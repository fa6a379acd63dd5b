"""Corrections by people come into a data set and leave it. Whoever changes the file of overrides holds the commit lock.

One file has all of them: the next one is put whole under the next number, then those before it are deleted. On a store,
where there is no lock, a number that is taken sends back to the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from onrecord.pipeline.ask.connect import connect, open_connection, read_parts
from onrecord.pipeline.ask.overrides import Override, load, resolve
from onrecord.pipeline.ask.overrides.records import newest_file, overrides_folder, to_lines
from onrecord.pipeline.ask.reviews.differences import Identify, Review, overrides_of
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.places import list_names, place, put_if_absent
from onrecord.pipeline.store.target import commit_lock
from onrecord.pipeline.store.upkeep.forgotten import Forgotten
from onrecord.transforms.ids import speaker_id

Change = Callable[[Sequence[Override]], Iterable[Override]]
#: The speaker of that name, that of the article first.
SPEAKER = """
    SELECT speaker_id, speaker_label FROM quotes WHERE lower(speaker) = lower($name) AND speaker_id IS NOT NULL
    GROUP BY ALL ORDER BY bool_or(article_id = $article) DESC, count(*) DESC, speaker_id LIMIT 1"""
LABEL = """
    SELECT label FROM mentions WHERE article_id = $article AND form = 'name' AND lower(text) = lower($name)
    AND label IS NOT NULL GROUP BY label ORDER BY count(*) DESC, label LIMIT 1"""
HELD = "SELECT unnest([article_id, text_sha256]) FROM {articles} WHERE article_id IN (SELECT unnest($names))" + (
    " OR text_sha256 IN (SELECT unnest($names))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """The overrides of a review, how many articles it had, and those that the data set does not have any more."""

    overrides: tuple[Override, ...]
    articles: int
    unknown: tuple[str, ...]


def take_in(reviews: Iterable[Review], folder: str) -> TakenIn:
    """Keep what reviews have changed. What came before in the same way comes last now.

    An article that is not there any more is left out: it may have been forgotten. Raises UsageError for a review that
    cannot be, and then nothing is kept.
    """
    made: list[Override] = []
    articles = 0
    with connect(folder) as connection:
        identify = _identifier(connection)
        for review in reviews:
            articles += 1
            try:
                made += overrides_of(review, identify)
            except ValueError as error:
                raise UsageError(f"{review.where}: {error}") from error
    with commit_lock(folder):
        kept = _of_held(made, folder)
        ids = {override.id for override in kept}
        replace_overrides(folder, lambda before: [*(each for each in before if each.id not in ids), *kept])
        still = _of_held(kept, folder)
        if gone := ids - {override.id for override in still}:  # forgotten meanwhile, on a store, which has no lock
            replace_overrides(folder, lambda before: [each for each in before if each.id not in gone])
    unknown = {override.article_id for override in made} - {override.article_id for override in still}
    return TakenIn(overrides=still, articles=articles, unknown=tuple(sorted(unknown)))


def take_out(ids: Sequence[str], folder: str) -> None:
    """Drop overrides. Raises UsageError when one of the ids is of none, and then all stay."""
    with commit_lock(folder):
        if missing := sorted(set(ids) - {override.id for override in load(folder)}):
            raise UsageError(f"there is no override {missing[0]}")
        replace_overrides(folder, lambda before: [each for each in before if each.id not in ids])


def states(folder: str) -> list[tuple[Override, bool]]:
    """All overrides, and whether each is applied; the others have lost their place."""
    overrides, parts = load(folder), read_parts(folder)
    with open_connection(place(folder)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        applied = {each for *_, reviewed in resolve(connection, parts, overrides) for each in reviewed.applied}
    return [(override, override.id in applied) for override in overrides]


def forget_overrides(forgotten: Forgotten, folder: str) -> None:
    """Drop those of what is forgotten, and of articles that are not there any more: they may be of the same text.

    The caller holds the lock.
    """
    held = _held(load(folder), folder)

    def is_kept(override: Override) -> bool:
        of = override.article_id
        return _is_about(override, held) and not forgotten.has_any([("record", of), ("article", of)])

    replace_overrides(folder, lambda before: filter(is_kept, before))


def replace_overrides(folder: str | Path, change: Change) -> None:
    """Put what ``change`` makes of the overrides in their place, and delete all files before. With the lock."""
    while True:
        number, _ = newest_file(folder)
        before = load(folder)
        after = tuple(change(before))
        if after == before or put_if_absent(overrides_folder(folder) / f"{number + 1}.jsonl", to_lines(after)):
            break
    newest = newest_file(folder)[1]
    for name in list_names(overrides_folder(folder)):
        if newest is not None and name != newest.name:
            (overrides_folder(folder) / name).unlink(missing_ok=True)


def _held(overrides: Sequence[Override], folder: str) -> set[str]:
    """Which ids of articles and hashes of texts that overrides name are in the data set."""
    names = sorted({name for override in overrides for name in (override.article_id, override.text_sha256)})
    if not names:
        return set()
    with open_connection(place(folder)) as connection:
        rows = connection.execute(HELD.format(**read_parts(folder)), {"names": names}).fetchall()
    return {name for (name,) in rows}


def _of_held(overrides: Sequence[Override], folder: str) -> tuple[Override, ...]:
    held = _held(overrides, folder)
    return tuple(override for override in overrides if _is_about(override, held))


def _is_about(override: Override, held: set[str]) -> bool:
    return bool(held & {override.article_id, override.text_sha256})


def _identifier(connection: duckdb.DuckDBPyConnection) -> Identify:
    """Who somebody of a name is: the speaker of that name, else one by the name alone."""

    def identify(name: str, article: str) -> tuple[str, str]:
        params = {"name": name, "article": article}
        for known, label in connection.execute(SPEAKER, params).fetchall():
            return known, label
        label = next((label for (label,) in connection.execute(LABEL, params).fetchall()), "PERSON")
        return speaker_id(label, name), label

    return identify
