"""Near-duplicates among the articles of parts become a part of ``clusters``; how, is in ``near_duplicates``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.pipeline.store.near_duplicates import Fingerprints, cluster
from onrecord.pipeline.store.parts import Part, write_rows
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.pipeline.store.target import Target
from onrecord.transforms.fingerprints import Shingles, shingles, signatures

#: Articles that are held with their texts at a time.
CHUNK_ROWS = 512


def fingerprint(part: Part, target: Target) -> Iterator[Fingerprints]:
    """The fingerprints of the articles of a part; none for a part of another table."""
    if part.table != "articles":
        return
    for rows in _read(part.name, target, ["article_id", "text_sha256", "published", "text"]):
        articles = shingles(rows["text"])
        yield Fingerprints(
            part=part.name,
            article_ids=tuple(rows["article_id"]),
            text_hashes=tuple(rows["text_sha256"]),
            published=tuple(rows["published"]),
            runs=tuple(article.size for article in articles),
            signatures=signatures(articles),
        )


def write_clusters(prints: Sequence[Fingerprints], target: Target) -> Iterator[Part]:
    """The part of ``clusters``, if any articles are near-duplicates."""
    part_of = {article_id: part.part for part in prints for article_id in part.article_ids}

    def load_shingles(ids: Iterable[str]) -> Mapping[str, Shingles]:
        wanted = set(ids)
        return SpooledShingles(
            (article_id, text)
            for part in sorted({part_of[article_id] for article_id in wanted})
            for rows in _read(part, target, ["article_id", "text"])
            for article_id, text in zip(rows["article_id"], rows["text"], strict=True)
            if article_id in wanted
        )

    rows = [asdict(row) for row in cluster(prints, load_shingles)]
    if rows:
        yield write_rows("clusters", pa.Table.from_pylist(rows, schema=SCHEMAS["clusters"]), target)


class SpooledShingles(Mapping[str, Shingles]):
    """Shingles of many texts in a file without a name: each text is read once, and memory holds where its own begin."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as this
        self._ranges: dict[str, tuple[int, int]] = {}
        offset = 0
        for article_id, text in texts:
            (article,) = shingles([text])
            self._file.write(article.tobytes())
            self._ranges[article_id] = (offset, article.size)
            offset += article.nbytes
        self._file.flush()

    def __getitem__(self, article_id: str) -> Shingles:
        offset, size = self._ranges[article_id]
        return np.frombuffer(os.pread(self._file.fileno(), size * 8, offset), dtype=np.uint64)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)


def _read(part: str, target: Target, columns: list[str]) -> Iterator[dict[str, list[Any]]]:
    """The columns of a part, some rows at a time."""
    with pq.ParquetFile(target.find("articles", part)) as file:
        for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=columns):
            yield batch.to_pydict()
