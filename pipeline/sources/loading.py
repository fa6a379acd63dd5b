"""A reference becomes entries, an entry becomes a raw article or a reject that says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields, replace

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.contents import find_slicer, read_entries
from onrecord.pipeline.sources.entries import Entry, ExtractedText, Refused, printable
from onrecord.pipeline.sources.filesystems import open_input
from onrecord.pipeline.sources.references import Reference
from onrecord.pipeline.sources.streams import peek
from onrecord.transforms.records import RawArticle, Rejected


def split(reference: Reference, size: int) -> list[Reference]:
    """Slices of about ``size`` bytes where the file's format allows it, for workers to share; else the whole file."""
    if reference.fault or reference.size <= size:
        return [reference]
    try:
        with closing(open_input(reference.uri)) as stream:
            head, stream = peek(stream)
            slicer = find_slicer(head, reference.uri)
            slices = list(slicer(stream, reference.size, size)) if slicer else []
    except Exception:
        return [reference]  # the error is reported when it is read
    if len(slices) < 2:
        return [reference]
    share = reference.size // len(slices)
    return [replace(reference, slice=input_slice, size=share) for input_slice in slices]


def find_entries(
    reference: Reference, options: Options, pass_over: Callable[[], None] = lambda: None
) -> Iterator[Entry]:
    """The entries of a file or slice, as they are counted; a file that cannot be opened is one refused entry.

    ``pass_over`` is called for each system file in an archive, which is none.
    """
    record_name = f"from {reference.slice.first}" if reference.slice.first > 1 else ""
    if reference.fault:
        yield Entry.refused(record_name, *reference.fault)
        return
    try:
        stream = open_input(reference.uri)
    except Refused as refused:
        yield Entry.refused(record_name, refused.reason, refused.detail)
    except FileNotFoundError:
        yield Entry.refused(record_name, "missing", "no such file")
    except Exception as error:  # every file system has errors of its own
        message = error.strerror if isinstance(error, OSError) else None
        yield Entry.refused(record_name, "unreadable", (message or f"{type(error).__name__}: {error}")[:500])
    else:
        with closing(stream):
            yield from read_entries(
                stream,
                reference.uri,
                options,
                named=reference.named,
                input_slice=reference.slice,
                pass_over=pass_over,
            )


def read_entry(uri: str, entry: Entry, max_characters: int, *, address: str = "") -> RawArticle | Rejected:
    """The raw article of an entry. Whatever reading it raises costs this one record.

    ``uri`` is what the tables show of its input, ``address`` (``uri`` where empty) by what that is known.
    """
    try:
        extracted = entry.read()
        _check_length(extracted, max_characters)
    except Refused as refused:
        return _rejected(uri, address, entry, refused.reason, refused.detail)
    except Exception as error:
        return _rejected(uri, address, entry, "error", f"{type(error).__name__}: {error}"[:500])
    values = {field.name: getattr(extracted, field.name) for field in fields(extracted)}
    return RawArticle(
        uri=uri,
        address=address,
        record=entry.record_name,
        raw_sha256=entry.sha256 or "",
        n_bytes=entry.n_bytes or 0,
        **values,
    )


def _check_length(extracted: ExtractedText, max_characters: int) -> None:
    """Raise Refused for a text that is too long to be an article's: the reader's time grows with it."""
    dropped = sum(edit.end - edit.start - len(edit.replacement) for edit in extracted.edits)
    if len(extracted.text) - dropped > max_characters:
        raise Refused("too_large", f"{len(extracted.text) - dropped:,} characters; the limit is {max_characters:,}")


def _rejected(uri: str, address: str, entry: Entry, reason: str, detail: str) -> Rejected:
    return Rejected(
        uri=uri,
        address=address,
        record=entry.record_name,
        step="load",
        reason=reason,
        detail=printable(detail),
        raw_sha256=entry.sha256,
        n_bytes=entry.n_bytes,
    )
