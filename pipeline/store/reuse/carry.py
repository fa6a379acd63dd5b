"""Rows that are carried over: a record that was renamed, moved, or shifted by an inserted row is not read again.

What was read of it, text and metadata, is what was read of a record that the ledger has, made by the same code, model
and options: so its rows are the same but for the ids. These are made anew as ``transforms.ids`` makes them; how each
was made is found out on the old row, where the same recipe has to give the old id. Where that fails the article is
read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.places import readable
from onrecord.pipeline.store.reuse.plan_file import PlanFile
from onrecord.pipeline.store.rows import Row, conform, record_row_of
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target, write_note
from onrecord.transforms.ids import article_id, mention_id, quote_id
from onrecord.transforms.records import RawArticle, Rejected

TABLES = ("articles", "segments", "quotes", "mentions", "fingerprints")
COLUMNS = ["read_sha256", "raw_sha256", "record_id", "article_id", "part", "is_gone"]
#: The roles of which mentions' ids are made.
ROLES = ("name", "source")
#: Parts that are held: the records of a batch come from few of them, and the next batch from the same.
MAX_PARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A record of the ledger whose rows may be carried over."""

    record_id: str
    article_id: str
    part: str
    is_gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The rows of a record under its new ids, and where they come from."""

    source: Source
    rows: Mapping[str, Sequence[Row]]


class CarrySources:
    """The records from which rows may be carried over, as the plan of a run has them; often none."""

    def __init__(self, shard: str, target: Target) -> None:
        self.shard, self.target = shard, target
        self._sources = PlanFile(target.planned("carry"))
        self._parts: dict[str, dict[str, pa.Table]] = {}
        self._moved: list[str] = []

    def carry(self, raws: Sequence[RawArticle | Rejected]) -> dict[int, Carried]:
        """Of these records those whose rows can be carried over, by their place in the sequence."""
        sources = self._find({n: raw for n, raw in enumerate(raws) if isinstance(raw, RawArticle)})
        try:
            rows = self._read_rows(list(sources.values()))
        except FileNotFoundError:  # another run has replaced a part meanwhile
            return {}
        carried = {}
        for place, source in sources.items():
            raw = raws[place]
            assert isinstance(raw, RawArticle)
            if new := _with_new_ids(rows.get(source.article_id, {}), source, raw):
                carried[place] = Carried(source=source, rows=new)
        self._moved += [each.source.record_id for each in carried.values() if each.source.is_gone]
        return carried

    def close(self) -> None:
        """Leave a note for the commit of which records have moved, so that they are no longer where they were."""
        write_note(self.target, "moved", self.shard, self._moved)

    def _find(self, raws: Mapping[int, RawArticle]) -> dict[int, Source]:
        """The record from which the rows of each may come: one that is gone first, since it has moved."""
        hashes = {place: (raw.read_sha256, raw.raw_sha256) for place, raw in raws.items()}
        wanted = sorted({read for read, _ in hashes.values()})
        sources: dict[tuple[str, str], list[Source]] = {}
        for row in self._sources.look_up("read_sha256", wanted, COLUMNS):
            sources.setdefault((row.pop("read_sha256"), row.pop("raw_sha256")), []).append(Source(**row))
        best = {key: min(some, key=lambda each: (not each.is_gone, each.record_id)) for key, some in sources.items()}
        return {place: best[key] for place, key in hashes.items() if key in best}

    def _read_rows(self, sources: Sequence[Source]) -> dict[str, dict[str, list[Row]]]:
        """The rows of the sources' articles, by article and table, in the order of the table."""
        rows: dict[str, dict[str, list[Row]]] = {}
        for part in sorted({source.part for source in sources}):
            wanted = {source.article_id for source in sources if source.part == part}
            for table, found in self._part(part).items():
                is_wanted = pa.array([each in wanted for each in found["article_id"].to_pylist()], type=pa.bool_())
                for row in found.filter(is_wanted).to_pylist():
                    rows.setdefault(row["article_id"], {}).setdefault(table, []).append(row)
        return rows

    def _part(self, name: str) -> dict[str, pa.Table]:
        """The tables of a part. Raises FileNotFoundError when it is not there, or goes meanwhile."""
        if name not in self._parts:
            paths = {table: self.target.part(table, name) for table in TABLES}
            tables = {
                table: conform(pq.read_table(readable(path)), SCHEMAS[table])
                for table, path in paths.items()
                if path.exists()
            }
            if not paths["articles"].exists():  # it is the first to go
                raise FileNotFoundError(paths["articles"])
            while len(self._parts) >= MAX_PARTS:
                self._parts.pop(next(iter(self._parts)))
            self._parts[name] = tables
        return self._parts[name]


def _with_new_ids(old: Mapping[str, list[Row]], source: Source, raw: RawArticle) -> dict[str, list[Row]] | None:
    """The rows as they would be made for the record; None where it cannot be told how an id was made."""
    articles = old.get("articles", [])
    if len(articles) != 1:
        return None
    new = article_id(raw.address or raw.uri, raw.record, raw.key)
    try:
        entities = dict(_entity_ids(old.get("mentions", []), source.article_id, new))
        return {
            "articles": [articles[0] | {"article_id": new, "uri": raw.uri, "record": raw.record}],
            "segments": [row | {"article_id": new} for row in old.get("segments", [])],
            "quotes": [_new_quote(row, source.article_id, new) for row in old.get("quotes", [])],
            "mentions": [_new_mention(row, source.article_id, new, entities) for row in old.get("mentions", [])],
            "fingerprints": [row | {"article_id": new} for row in old.get("fingerprints", [])],
            "records": [record_row_of(raw, outcome="article", article=new, made_by=articles[0]["made_by"])],
        }
    except LookupError:
        return None


def _new_quote(row: Row, old: str, new: str) -> Row:
    spans = _raw_spans((*row["content_spans"], *row["cue_spans"]))
    if quote_id(old, spans) != row["quote_id"]:
        raise LookupError(row["quote_id"])
    return row | {"article_id": new, "quote_id": quote_id(new, spans)}


def _new_mention(row: Row, old: str, new: str, entities: Mapping[str, str]) -> Row:
    spans = _raw_spans([row["span"]])
    role = _first(role for role in ROLES if mention_id(old, spans, role) == row["mention_id"])
    entity = entities[row["entity_id"]] if row["entity_id"] else None
    return row | {"article_id": new, "mention_id": mention_id(new, spans, role), "entity_id": entity}


def _entity_ids(mentions: Sequence[Row], old: str, new: str) -> Iterator[tuple[str, str]]:
    """The old id of each entity with the new one: an entity's id is made of its first mention and label."""
    for entity in {row["entity_id"] for row in mentions if row["entity_id"]}:
        recipes = (
            (_raw_spans([row["span"]]), f"entity {row['label']}") for row in mentions if row["entity_id"] == entity
        )
        spans, role = _first(recipe for recipe in recipes if mention_id(old, *recipe) == entity)
        yield entity, mention_id(new, spans, role)


def _raw_spans(spans: Iterable[Mapping[str, int]]) -> list[tuple[int, int]]:
    return [(span["raw_start"], span["raw_end"]) for span in spans]


def _first(matches: Iterator[Any]) -> Any:
    for match in matches:
        return match
    raise LookupError("no recipe gives the id")


def as_tables(carried: Sequence[Carried]) -> dict[str, pa.Table]:
    """The carried rows as Arrow tables."""
    names = (*TABLES, "records")
    return {
        name: pa.Table.from_pylist([row for each in carried for row in each.rows[name]], schema=SCHEMAS[name])
        for name in names
    }
