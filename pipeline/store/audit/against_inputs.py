"""Are the articles what their inputs say? Each input that is still there is read again and compared with its rows.

ledger ──► inputs, by part ──read again──► records ──hash as it was──► edits replayed on the raw text = text
                │                             └──────changed──────┐
                └──not there──────────────────────────────────────┴──► not compared: told, and no fault
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import duckdb

from onrecord.pipeline.ask.snapshot import OWN, Snapshot
from onrecord.pipeline.options import Fields, Limits, Options
from onrecord.pipeline.provenance import made_by
from onrecord.pipeline.store.audit.findings import Fault, Finding, count_faults
from onrecord.pipeline.store.audit.made_ids import stream
from onrecord.pipeline.store.audit.raw_ranges import ARTICLES, range_faults
from onrecord.pipeline.store.audit.tables import look_at
from onrecord.pipeline.store.parts import record_key
from onrecord.pipeline.store.reuse.inputs import known_inputs
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit
from onrecord.transforms.ids import article_id
from onrecord.transforms.records import RawArticle, Rejected

TEXT = "inputs: the edits, replayed on the raw text, do not give the text"
RANGE = "inputs: a span is not where the edits have it in the raw text"
CUT = "inputs: a cut piece is not what stands in the raw text"
READ = "inputs: what is read of a record has another hash than the ledger says"
ID = "inputs: an article's id is not made of its place or its field"
UNKNOWN = "inputs: one that is as it was has a record that the ledger has not"
CHECKS = (TEXT, RANGE, CUT, READ, ID, UNKNOWN)
#: What is told and is no fault.
COMPARED = "articles compared with their inputs"
GONE = "articles not compared: the input is not there, or not the record in it"
CHANGED = "articles not compared: the record has changed since"
OTHERWISE = "articles not compared: read by another version, or with options that are not known"
UNSAFE = "articles not compared: reading another record of the input broke a process or took too long"
TOLD = (COMPARED, GONE, CHANGED, OTHERWISE, UNSAFE)
#: Records that are held at a time with their raw texts, and characters of them.
CHUNK_RECORDS, CHUNK_CHARACTERS = 512, 2**22

#: Inputs with who made their rows, those of one part side by side. Faults of a listing are no inputs to read.
INPUTS = """
    SELECT coalesce(r.address, i.address), coalesce(r.uri, i.address), coalesce(r.made_by, {newest}), r.n,
        i.size, i.version, coalesce(r.is_unsafe, false)
    FROM (
        SELECT address, min(uri) AS uri, made_by, min(part) AS part, count(article_id) AS n,
            bool_or(bool_or(reason IN ('timeout', 'crash'))) OVER (PARTITION BY address) AS is_unsafe
        FROM records WHERE reason IS NULL OR reason NOT IN ('missing', 'unreadable', 'no_articles', 'link', 'special')
        GROUP BY address, made_by) r
    FULL JOIN {inputs} i ON i.address = r.address
    ORDER BY r.part, 1, 3
"""
LEDGER = """
    SELECT record_id, article_id, raw_sha256, read_sha256, made_by, part FROM records
    WHERE record_id IN (SELECT unnest(?))
"""
#: Articles that are compared, of the parts that hold them.
WANTED = ARTICLES.format(wanted="article_id IN (FROM wanted)", wanted_articles="a.article_id IN (FROM wanted)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """An input as the ledger has it: ``articles`` of it were made by ``maker``; ``look`` is its size and version."""

    address: str
    uri: str
    maker: str
    articles: int
    look: tuple[int, str] | None
    is_unsafe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An input that is read again: how it looks now, and its records, a batch at a time."""

    look: tuple[int, str]
    batches: Iterator[Sequence[RawArticle | Rejected]]


#: Reads an input with options as a run does; None where it is not there.
Reader = Callable[[Input, Options], Reading | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A record that was read again. ``is_same``: its input looks as it did; ``is_exact``: so do code and options."""

    result: RawArticle | Rejected
    source: Input
    is_same: bool
    is_exact: bool


@dataclass(slots=True)
class Comparison:
    """What the articles of a data set are compared with, and what came of it so far."""

    connection: duckdb.DuckDBPyConnection
    parts: Mapping[str, Sequence[Path]]
    articles: int = 0
    told: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def tell(self, what: str, where: str, count: int = 1) -> None:
        if count:
            self.told[what] += count
            self.first.setdefault(what, where)


def input_findings(
    connection: duckdb.DuckDBPyConnection,
    parts: Mapping[str, Sequence[Path]],
    folder: Path,
    snapshot: Snapshot,
    read: Reader,
    base: str,
) -> Iterator[Finding]:
    """The findings of all inputs; ``base`` is where they lie now, if not where they did."""
    comparison = Comparison(connection, parts)
    look_at(connection, {"records": parts["records"]})
    options = OptionsOfMakers(folder, snapshot, base)
    yield from count_faults(CHECKS, _faults(list_inputs(connection, folder, snapshot), options, read, comparison))
    comparison.tell(GONE, "", comparison.articles - comparison.told.total())
    for what in TOLD:
        first = "" if what == COMPARED else comparison.first.get(what, "")
        yield Finding(what=what, count=comparison.told[what], first=first, is_fault=False)


class OptionsOfMakers:
    """With which options rows were made: as the runs of the data set say, else what most runs have."""

    def __init__(self, folder: Path, snapshot: Snapshot, base: str) -> None:
        rule = snapshot.totals["id_rule"]
        self._default = Options(fields=Fields(id=rule["id_field"]), base=base)
        self._base, self._is_relative = base, bool(rule["base"])
        self._known: dict[str, Options] = {}
        for path in sorted((folder / OWN / "runs").glob("*.json"), key=lambda path: (len(path.name), path.name)):
            run = json.loads(path.read_bytes())
            self._known[run["outcome"]["totals"]["made_by"]] = _options(run["options"])

    def of(self, maker: str) -> Options:
        """The options of a maker's runs, with the base that holds now."""
        options = self._known.get(maker, self._default)
        base = (self._base or options.base) if self._is_relative else ""
        return replace(options, base=base)

    def are_exact(self, maker: str) -> bool:
        """Whether this code with these options is what made the rows."""
        try:
            return made_by(self.of(maker)) == maker
        except OSError:  # people's own components are not there
            return False


def _options(values: Mapping[str, Any]) -> Options:
    """Options as a run wrote them down; what later versions have more is left out."""
    own = {each.name: values[each.name] for each in fields(Options) if each.name in values}
    lists = {name: tuple(value) for name, value in own.items() if isinstance(value, list)}
    return Options(**{**own, **lists, "fields": Fields(**own["fields"]), "limits": Limits(**own["limits"])})


def list_inputs(connection: duckdb.DuckDBPyConnection, folder: Path, snapshot: Snapshot) -> Iterator[Input]:
    """The inputs of the ledger, and those that were noted as read and of which it has no record."""
    newest = "'" + str(snapshot.totals["made_by"]).replace("'", "''") + "'"
    sql = INPUTS.format(newest=newest, inputs=known_inputs(folder, snapshot.inputs))
    for address, uri, maker, n, size, version, is_unsafe in stream(connection, sql):
        look = None if version is None else (size, version)
        yield Input(address=address, uri=uri, maker=maker, articles=n or 0, look=look, is_unsafe=is_unsafe)


def _faults(inputs: Iterable[Input], options: OptionsOfMakers, read: Reader, comparison: Comparison) -> Iterator[Fault]:
    chunk: list[Reread] = []
    n_characters = 0
    for batch in _reread(inputs, options, read, comparison):
        chunk += batch
        n_characters += sum(len(each.result.text) for each in batch if isinstance(each.result, RawArticle))
        if len(chunk) >= CHUNK_RECORDS or n_characters >= CHUNK_CHARACTERS:
            yield from _compare(chunk, comparison)
            chunk, n_characters = [], 0
    yield from _compare(chunk, comparison)


def _reread(
    inputs: Iterable[Input], options: OptionsOfMakers, read: Reader, comparison: Comparison
) -> Iterator[list[Reread]]:
    """All records of all inputs, batch by batch."""
    for each in inputs:
        comparison.articles += each.articles
        reading = None if each.is_unsafe else read(each, options.of(each.maker))
        if reading is None:
            comparison.tell(UNSAFE if each.is_unsafe else GONE, each.uri, each.articles)
            continue
        is_same, is_exact = reading.look == each.look and bool(each.look[1]), options.are_exact(each.maker)
        for batch in reading.batches:
            yield [Reread(result=result, source=each, is_same=is_same, is_exact=is_exact) for result in batch]


def _compare(chunk: Sequence[Reread], comparison: Comparison) -> Iterator[Fault]:
    """Some records against the ledger, and those that are as they were against their articles."""
    by_id: dict[str, list[Reread]] = {}
    for each in chunk:
        by_id.setdefault(record_key(each.result), []).append(each)
    look_at(comparison.connection, {"records": comparison.parts["records"]})
    rows = comparison.connection.execute(LEDGER, [list(by_id)]).fetchall()
    for record in by_id.keys() - {row[0] for row in rows}:
        yield from ((UNKNOWN, record) for each in by_id[record][:1] if each.is_same and each.is_exact)
    wanted: dict[str, Reread] = {}
    for record, article, raw_sha256, read_sha256, maker, _ in rows:
        for each in by_id[record]:
            if article is not None and each.source.maker == maker:
                yield from _check_record(each, article, (raw_sha256, read_sha256), wanted, comparison)
    yield from _check_articles(wanted, {row[-1] for row in rows}, comparison)


def _check_record(
    reread: Reread,
    article: str,
    hashes: tuple[str | None, str | None],
    wanted: dict[str, Reread],
    comparison: Comparison,
) -> Iterator[Fault]:
    """A record against its row of the ledger; one of the same bytes is ``wanted``, if it is still taken for one.

    What another version or other options read may be another text, and is compared in the hope that it is not.
    """
    result, is_read_so = reread.result, reread.result.read_sha256 == hashes[1]
    if result.raw_sha256 != hashes[0]:
        comparison.tell(CHANGED, reread.source.uri)
    elif isinstance(result, Rejected):
        comparison.tell(OTHERWISE, reread.source.uri)
    else:
        is_certain = is_read_so or reread.is_exact
        if not is_read_so and is_certain:
            yield READ, article
        if is_certain and article_id(result.address or result.uri, result.record, result.key) != article:
            yield ID, article
        wanted[article] = replace(reread, is_exact=is_certain)


def _check_articles(wanted: Mapping[str, Reread], parts: set[str], comparison: Comparison) -> Iterator[Fault]:
    connection = comparison.connection
    held = {table: [path for path in paths if path.name in parts] for table, paths in comparison.parts.items()}
    look_at(connection, held)
    connection.execute("CREATE OR REPLACE TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS article_id", [list(wanted)])
    for article, text, changes, spans in stream(connection, WANTED):
        reread, edits = wanted[article], tuple(Edit(*change) for change in changes)
        assert isinstance(reread.result, RawArticle)
        body = AlignedText(reread.result.text, edits)
        if body.text != text and not reread.is_exact:
            comparison.tell(OTHERWISE, reread.source.uri)
            continue
        comparison.tell(COMPARED, article)
        if body.text != text:
            yield TEXT, article
            continue
        yield from ((RANGE, where) for _, where in range_faults(article, body, spans))
        if reread.is_exact:
            yield from ((CUT, where) for where in _wrong_cuts(article, reread.result, spans))


def _wrong_cuts(article: str, raw: RawArticle, spans: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Pieces that were cut out, by a page's reader or by cleaning, and are not what the raw text has there."""
    given = AlignedText(raw.text, raw.edits)
    removed = {(each.raw_start, each.raw_end, each.text) for each in raw.removed_spans}
    for name, kind, _, _, start, end, text in spans:
        if kind == "cut" and (start, end, text) not in removed and given.replay(start, end) != text:
            yield f"{article} {name}"
