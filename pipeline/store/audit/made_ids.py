"""Is each id what its recipe gives? Ids are made again of the rows, as ``transforms.ids`` makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from onrecord.pipeline.store.audit.findings import Fault
from onrecord.pipeline.store.reuse.carry import ROLES
from onrecord.transforms.ids import mention_id, quote_id, record_id

RECORD = "records: record_id is not made of its place"
ARTICLE = "records: article_id is not made of its place"
QUOTE = "quotes: quote_id is not made of its article and spans"
MENTION = "mentions: mention_id is not made of its article and span"
ENTITY = "mentions: entity_id is not made of one of its mentions"
CHECKS = (RECORD, ARTICLE, QUOTE, MENTION, ENTITY)
#: Rows that are held at a time.
CHUNK_ROWS = 2048

RECORDS = "SELECT record_id, address, record, article_id FROM records"
RAW_SPANS = "list_transform({spans}, lambda s: [s.raw_start, s.raw_end])"
QUOTES = f"""
    SELECT quote_id, article_id, {RAW_SPANS.format(spans="content_spans || cue_spans")} FROM quotes"""
MENTIONS = "SELECT mention_id, article_id, [[span.raw_start, span.raw_end]] FROM mentions"
#: A mention may have another label than the entity that it is of.
ENTITIES = """
    SELECT article_id, entity_id, list([span.raw_start, span.raw_end] ORDER BY index),
        (SELECT list(DISTINCT label) FROM mentions WHERE label IS NOT NULL)
    FROM mentions WHERE entity_id IS NOT NULL GROUP BY article_id, entity_id
"""


def id_faults(connection: duckdb.DuckDBPyConnection, *, of_places: bool) -> Iterator[Fault]:
    """Ids that are not what their recipe gives. ``of_places``: articles are known by their places, not by a field."""
    for record, address, name, article in stream(connection, RECORDS):
        made = record_id(address, name)
        if made != record:
            yield RECORD, record
        if of_places and article not in (None, made):
            yield ARTICLE, article
    for quote, article, spans in stream(connection, QUOTES):
        if quote_id(article, map(tuple, spans)) != quote:
            yield QUOTE, quote
    for mention, article, spans in stream(connection, MENTIONS):
        if all(mention_id(article, map(tuple, spans), role) != mention for role in ROLES):
            yield MENTION, mention
    for article, entity, spans, labels in stream(connection, ENTITIES):
        if not _is_made(entity, article, spans, labels):
            yield ENTITY, entity


def _is_made(entity: str, article: str, spans: Sequence[Sequence[int]], labels: Sequence[str]) -> bool:
    """Whether an entity's id is made of one of its mentions and a label."""
    return any(
        mention_id(article, [(start, end)], f"entity {label}") == entity for start, end in spans for label in labels
    )


def stream(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer, some at a time. Nothing else is asked on the way: the cursor is its own."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK_ROWS):
            yield from rows
