"""What becomes of a shard: its records are found, counted, read and annotated, and leave as parts of the tables.

    Shard ──load──► Batch, Batch, … ──keep what is as it was──► ──annotate──► ──write──► ShardParts

A record is counted here when its source has found it, before anything is done to it; one that is forgotten is withheld,
as if no source had it. All of this happens in one process, which tells where it is before each step that may break it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import compress, count
from operator import not_

from onrecord.pipeline.addresses import relative_address
from onrecord.pipeline.graph.shards import ANNOTATE, FIND, LOAD, WRITING, Poison, Position, Shard
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Entry, Reference, find_entries, name_of_rest, printable, read_entry
from onrecord.pipeline.store.parts import ShardParts, ShardWriter
from onrecord.pipeline.store.progress import Progress, note_progress
from onrecord.pipeline.store.reuse.adoption import adopt, write_shard_record
from onrecord.pipeline.store.reuse.carry import CarrySources
from onrecord.pipeline.store.reuse.known import KnownRecords
from onrecord.pipeline.store.tally import Tally
from onrecord.pipeline.store.target import Target
from onrecord.pipeline.store.upkeep.withholding import Withheld
from onrecord.transforms.annotate import thread_annotator
from onrecord.transforms.ids import record_id
from onrecord.transforms.records import RawArticle, Rejected

#: A batch is full with so many records, or so many characters.
BATCH_RECORDS, BATCH_CHARACTERS = 16, 2**20


Tell = Callable[[Position], None]


@dataclass(slots=True, kw_only=True)
class Batch:
    """Some records of a shard, in order, each loaded or refused, with its position.

    ``ids`` are those that their source counted; with them ``n_bytes`` of the inputs are done, and so many system files
    in archives ``passed_over``.
    """

    results: list[RawArticle | Rejected] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    characters: int = 0
    n_bytes: int = 0
    passed_over: int = 0

    def is_full(self) -> bool:
        return len(self.ids) >= BATCH_RECORDS or self.characters >= BATCH_CHARACTERS

    def without(self, is_dropped: Sequence[bool]) -> Batch:
        """The batch without some of its records."""
        if not any(is_dropped):
            return self
        stay = [not each for each in is_dropped]
        return replace(
            self,
            results=list(compress(self.results, stay)),
            positions=list(compress(self.positions, stay)),
            ids=list(compress(self.ids, stay)),
        )


def annotate_shard(
    shard: Shard, options: Options, target: Target, *, poison: Poison | None = None, tell: Tell = lambda _: None
) -> ShardParts:
    """Everything that is found in the shard, as parts in the work folder of the run.

    What a run that was killed has made of the same shard is taken over.
    """
    key = shard_key(shard, options, target)
    parts = adopt(key, target) if key else None
    if parts is None:
        parts = _annotate(shard, options, target, poison or {}, tell)
        if key:
            write_shard_record(key, shard.name, parts, target)
    return parts


def shard_key(shard: Shard, options: Options, target: Target) -> str | None:
    """A hash of what a shard is made of and by; None where it does not show whether an input has changed."""
    if not all(reference.version for reference in shard.references):
        return None
    inputs = [(*_names(each, options), each.slice, each.size, each.version) for each in shard.references]
    version = target.planned_version.read_text() if target.planned_version.exists() else ""
    made_of = (shard.name, inputs, version, target.made_by, target.id_rule, target.rebuild, target.fresh)
    return sha256(repr(made_of).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _annotate(shard: Shard, options: Options, target: Target, poison: Poison, tell: Tell) -> ShardParts:
    writer, progress = ShardWriter(shard.name, target), Progress()
    known, sources = KnownRecords(shard.name, target), CarrySources(shard.name, target)
    withheld = Withheld(shard.name, target)
    annotator = thread_annotator(options.annotator)
    for loaded in load(shard, options, poison=poison, tell=tell):
        batch = loaded.without(withheld.find(loaded.results))
        tally = Tally.of(batch.ids)
        is_kept = known.keep(batch.results)
        changed = list(compress(zip(batch.positions, batch.results, strict=True), map(not_, is_kept)))
        carried = sources.carry([raw for _, raw in changed])
        others = [each for n, each in enumerate(changed) if n not in carried]
        tell(WRITING)  # the first article loads the model, which is no article's fault
        results = list(annotator.annotate_all(_tell_each(others, poison, tell))) if others else []
        tell(WRITING)
        done = [*compress(batch.ids, is_kept), *writer.write_carried(list(carried.values()))]
        writer.write(results, tally, done=done)
        writer.passed_over += batch.passed_over
        progress += Progress(tally.records, batch.n_bytes)
        note_progress(target, shard.name, progress)
    known.close()
    sources.close()
    withheld.close()
    tell(WRITING)
    return writer.close()


def load(
    shard: Shard, options: Options | None = None, *, poison: Poison | None = None, tell: Tell = lambda _: None
) -> Iterator[Batch]:
    """The shard's records in batches. What cannot be read is refused, with the reason."""
    options, poison = options or Options(), poison or {}
    batch = Batch()

    def pass_over() -> None:
        batch.passed_over += 1

    for number, reference in enumerate(shard.references):
        uri, address = _names(reference, options)
        left = reference.size  # of its bytes
        entries = find_entries(reference, options, pass_over)
        for position, entry in _find(number, reference, entries, poison, tell):
            batch.ids.append(record_id(address, entry.record_name))
            tell(position)
            raw = read_entry(uri, entry, options.limits.text, address=address)
            batch.results.append(raw)
            batch.positions.append(position._replace(step=ANNOTATE))
            batch.characters += len(raw.text) if isinstance(raw, RawArticle) else 0
            if batch.is_full():
                done = min(batch.characters, left)
                left -= done
                batch.n_bytes += done
                yield batch
                batch = Batch()
        batch.n_bytes += left
    yield batch


def _names(reference: Reference, options: Options) -> tuple[str, str]:
    """What the tables show of an input, and by what it is known."""
    address = printable(relative_address(reference.identity, options.base))
    return address if options.base else printable(reference.uri), address


def _find(
    number: int, reference: Reference, entries: Iterator[Entry], poison: Poison, tell: Tell
) -> Iterator[tuple[Position, Entry]]:
    """The entries of a reference, in their order; one that cannot be found without harm stands for the rest."""
    last = None
    for n in count():
        position = Position(number, n, FIND)
        if position in poison:
            start = f"from {reference.slice.first}" if reference.slice.first > 1 else ""
            yield position, Entry.refused(name_of_rest(last, start), *poison[position])
            return
        tell(position)
        entry = next(entries, None)
        if entry is None:
            return
        last = entry.record_name
        position = Position(number, n, LOAD, entry.n_bytes or 0)
        if position in poison:
            entry = Entry.refused(entry.record_name, *poison[position], entry.sha256, entry.n_bytes)
        yield position, entry


def _tell_each(
    records: Iterable[tuple[Position, RawArticle | Rejected]], poison: Poison, tell: Tell
) -> Iterator[RawArticle | Rejected]:
    """The records, one by one as they are taken."""
    for position, raw in records:
        if isinstance(raw, RawArticle) and position in poison:
            yield Rejected.of(raw, ANNOTATE, *poison[position])
        else:
            tell(position)
            yield raw
