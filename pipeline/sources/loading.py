"""A shard becomes batches, one at a time: every entry is counted as it is found, then read or refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields

from pipeline.options import Options
from pipeline.sources.entries import Entry, Refused, Story, printable
from pipeline.sources.formats import entries_of, slicing
from pipeline.sources.places import open_input
from pipeline.sources.references import Reference, Shard, piece_size
from pipeline.sources.streams import peek
from transforms.annotate import Batch
from transforms.ids import article_id, sum_of_ids
from transforms.records import RawArticle, Rejected

#: A batch is full with so many records, or so many characters.
RECORDS, CHARACTERS = 64, 2**20


def split(reference: Reference) -> list[Reference]:
    """Slices of a large file whose format allows it, so that many workers share it; else the reference as it is."""
    piece = piece_size(reference.size)
    if reference.fault or reference.size <= piece:
        return [reference]
    try:
        with closing(open_input(reference.uri)) as stream:
            head, stream = peek(stream)
            slices = slicing(head, reference.uri)
            parts = list(slices(stream, reference.size, piece)) if slices else []
    except Exception:
        return [reference]  # what is wrong with it is told when it is read
    if len(parts) < 2:
        return [reference]
    share = reference.size // len(parts)
    return [Reference(reference.uri, part=part, size=share, named=reference.named) for part in parts]


def load(shard: Shard, options: Options | None = None) -> Iterator[Batch[RawArticle]]:
    """The shard's records in batches; the last one says so. What cannot be read is refused, with the reason."""
    options = options or Options()
    batch = _Batching(shard.name)
    for reference in shard.references:
        uri = printable(reference.uri)
        for entry in _entries(reference, options):
            batch.count(article_id(uri, entry.record))
            batch.add(_read(uri, entry, options.limits.text))
            if batch.is_full():
                yield batch.done(last=False)
                batch = _Batching(shard.name)
    yield batch.done(last=True)


class _Batching:
    """A batch in the making."""

    def __init__(self, shard: str) -> None:
        self.shard = shard
        self.ids: list[str] = []
        self.records: list[RawArticle] = []
        self.rejected: list[Rejected] = []
        self.characters = 0

    def count(self, record: str) -> None:
        """A record was found; nothing has been done to it yet."""
        self.ids.append(record)

    def add(self, read: RawArticle | Rejected) -> None:
        if isinstance(read, Rejected):
            self.rejected.append(read)
        else:
            self.records.append(read)
            self.characters += len(read.text)

    def is_full(self) -> bool:
        return len(self.ids) >= RECORDS or self.characters >= CHARACTERS

    def done(self, *, last: bool) -> Batch[RawArticle]:
        return Batch(
            shard=self.shard,
            records=tuple(self.records),
            rejected=tuple(self.rejected),
            last=last,
            counted=len(self.ids),
            ids=sum_of_ids(self.ids),
        )


def _entries(reference: Reference, options: Options) -> Iterator[Entry]:
    record = f"from {reference.part.first}" if reference.part.first > 1 else ""
    if reference.fault:
        yield Entry.refused(record, *reference.fault)
        return
    try:
        stream = open_input(reference.uri)
    except Refused as refused:
        yield Entry.refused(record, refused.reason, refused.detail)
    except FileNotFoundError:
        yield Entry.refused(record, "missing", "no such file")
    except Exception as error:  # every file system has errors of its own
        told = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
        yield Entry.refused(record, "unreadable", told[:500])
    else:
        with closing(stream):
            yield from entries_of(stream, reference.uri, options, named=reference.named, part=reference.part)


def _check_length(story: Story, limit: int) -> None:
    """Raise Refused for a text that is too long to be an article's: the reader's time grows with it."""
    cut = sum(edit.end - edit.start - len(edit.replacement) for edit in story.edits)
    if len(story.text) - cut > limit:
        raise Refused("too_large", f"{len(story.text) - cut:,} characters; the limit is {limit:,}")


def _read(uri: str, entry: Entry, limit: int) -> RawArticle | Rejected:
    """The raw article of an entry. Whatever its story raises costs this one record."""
    try:
        story = entry.story()
        _check_length(story, limit)
    except Refused as refused:
        return _rejected(uri, entry, refused.reason, refused.detail)
    except Exception as error:
        return _rejected(uri, entry, "error", f"{type(error).__name__}: {error}"[:500])
    told = {field.name: getattr(story, field.name) for field in fields(story)}
    return RawArticle(uri=uri, record=entry.record, raw_sha256=entry.sha256 or "", n_bytes=entry.n_bytes or 0, **told)


def _rejected(uri: str, entry: Entry, reason: str, detail: str) -> Rejected:
    return Rejected(
        uri=uri,
        record=entry.record,
        step="read",
        reason=reason,
        detail=printable(detail),
        raw_sha256=entry.sha256,
        n_bytes=entry.n_bytes,
    )
