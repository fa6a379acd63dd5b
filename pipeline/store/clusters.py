"""Near-duplicates among all articles of a data set, found anew from their fingerprints, and committed.

Only fingerprints are read, never texts. How, is in ``near_duplicates``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.ask.snapshot import OWN, Snapshot, current, newest
from onrecord.pipeline.places import place, readable, replace_file
from onrecord.pipeline.store.near_duplicates import Fingerprints, TextHashes, cluster
from onrecord.pipeline.store.parts import write_empty, write_rows
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target, commit_lock
from onrecord.pipeline.store.versions.commits import TableChange, VersionTaken, change, finish, next_commit, publish

#: So often it is begun anew when other runs commit meanwhile; whichever of them is the last does it.
MAX_TRIES = 5
#: Fingerprints that are read at a time.
CHUNK_ROWS = 4096
PRINT_COLUMNS = ["article_id", "text_sha256", "published", "n_shingles", "signature"]
HASH_COLUMNS = ["article_id", "shingles", "details"]


def update_clusters(target: Target) -> None:
    """Bring the table ``clusters`` up to the articles of the newest version; nothing is committed when it is.

    Which fingerprints were looked at last is noted beside the commits, so that the same are not compared again.
    """
    for _ in range(MAX_TRIES):
        seen = current(target.folder)
        if seen is None or is_done(seen, target):
            return
        try:
            name, rows = _write_clusters(seen, target)
        except FileNotFoundError:
            if newest(target.folder) == seen.number:
                raise
            continue  # its parts were replaced meanwhile
        with commit_lock(target.folder):
            finish(target.folder)
            if newest(target.folder) != seen.number:
                continue  # another run has committed meanwhile: its articles count, too
            try:
                _commit(change(seen.parts["clusters"], {name: rows}, seen.parts["clusters"]), seen, target)
            except VersionTaken:
                continue
            replace_file(_note(target), _digest(seen.parts["fingerprints"], [name]).encode())
            return


def _commit(new: TableChange, before: Snapshot, target: Target) -> None:
    if new.add or new.remove:
        tables = {table: new if table == "clusters" else TableChange() for table in SCHEMAS}
        publish(target.folder, next_commit(before, tables, target, "cluster"))


def _note(target: Target) -> Path:
    return place(target.folder) / OWN / "clustered"


def is_done(seen: Snapshot, target: Target) -> bool:
    """Whether the clusters of a version are those of its articles."""
    made = _digest(seen.parts["fingerprints"], seen.parts["clusters"])
    return _note(target).exists() and _note(target).read_text() == made


def note_done(seen: Snapshot, target: Target) -> None:
    """Note it for a version whose articles and clusters are those of one for which it was so, in other parts."""
    replace_file(_note(target), _digest(seen.parts["fingerprints"], seen.parts["clusters"]).encode())


def _digest(fingerprints: Iterable[str], clusters: Iterable[str]) -> str:
    """Of the parts that were compared, and of those that came of it."""
    return sha256(repr((list(fingerprints), list(clusters))).encode()).hexdigest()


def _write_clusters(seen: Snapshot, target: Target) -> tuple[str, int]:
    """The part of ``clusters`` for a version: its name and its rows."""
    parts = [target.part("fingerprints", name) for name in seen.parts["fingerprints"]]
    prints = [each for path in parts for each in _fingerprints(path)]

    def load_hashes(ids: Iterable[str]) -> Mapping[str, TextHashes]:
        wanted = set(ids)
        return SpooledHashes(_hashes(parts, wanted) if wanted else ())

    rows = [asdict(row) for row in cluster(prints, load_hashes)]
    if not rows:
        return write_empty("clusters", target), 0
    return write_rows("clusters", pa.Table.from_pylist(rows, schema=SCHEMAS["clusters"]), target)


def _fingerprints(path: Path) -> Iterator[Fingerprints]:
    for rows in _read(path, PRINT_COLUMNS):
        yield Fingerprints(
            article_ids=tuple(rows["article_id"].to_pylist()),
            text_hashes=tuple(rows["text_sha256"].to_pylist()),
            published=tuple(rows["published"].to_pylist()),
            runs=tuple(rows["n_shingles"].to_pylist()),
            signatures=rows["signature"].flatten().to_numpy().reshape(rows.num_rows, -1).view(np.uint32),
        )


def _hashes(parts: Iterable[Path], wanted: set[str]) -> Iterator[tuple[str, TextHashes]]:
    for path in parts:
        for rows in _read(path, HASH_COLUMNS):
            # parts of earlier versions have no details
            details = rows["details"] if "details" in rows.schema.names else [None] * rows.num_rows
            for article_id, shingles, known in zip(
                rows["article_id"].to_pylist(), rows["shingles"], details, strict=True
            ):
                if article_id in wanted:
                    yield article_id, TextHashes(shingles=shingles.values.to_numpy(), details=_to_numpy(known))


def _to_numpy(hashes: Any) -> Any:
    return None if hashes is None or not hashes.is_valid else hashes.values.to_numpy()


class SpooledHashes(Mapping[str, TextHashes]):
    """Hashes of many texts in a file without a name: memory holds only where those of a text begin."""

    def __init__(self, articles: Iterable[tuple[str, TextHashes]]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as this
        self._ranges: dict[str, tuple[int, int, int | None]] = {}
        offset = 0
        for article_id, hashes in articles:
            data = hashes.shingles.tobytes() + (b"" if hashes.details is None else hashes.details.tobytes())
            self._file.write(data)
            size = None if hashes.details is None else hashes.details.size
            self._ranges[article_id] = (offset, hashes.shingles.size, size)
            offset += len(data)
        self._file.flush()

    def __getitem__(self, article_id: str) -> TextHashes:
        offset, n_shingles, n_details = self._ranges[article_id]
        data = os.pread(self._file.fileno(), (n_shingles + (n_details or 0)) * 4, offset)
        hashes = np.frombuffer(data, dtype=np.int32)
        details = None if n_details is None else hashes[n_shingles:]
        return TextHashes(shingles=hashes[:n_shingles], details=details)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)


def _read(part: Path, columns: list[str]) -> Iterator[Any]:
    """Those of the columns that a part has, some rows at a time."""
    with pq.ParquetFile(readable(part)) as file:
        there = [name for name in columns if name in file.schema_arrow.names]
        yield from file.iter_batches(batch_size=CHUNK_ROWS, columns=there)
