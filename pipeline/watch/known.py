"""What the data set knows of the files in the watched folders, as two numbers for each.

About 150 bytes of memory a file, whatever is in it. It is a guess that saves work: what is to be done is decided by the
plan of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from onrecord.pipeline.addresses import relative_address
from onrecord.pipeline.ask.connect import open_connection
from onrecord.pipeline.ask.snapshot import again_if_replaced, current, newest
from onrecord.pipeline.places import place
from onrecord.pipeline.sources import Reference, printable
from onrecord.pipeline.store.reuse.inputs import known_inputs, seen_inputs

CHUNK_ROWS = 10_000


class Known:
    """Of each file, by a hash of its address, a hash of how it looked when it was taken.

    Where one of several folders is listed, ``below`` is its canonical address: what lies elsewhere and is not listed
    has not vanished.
    """

    def __init__(self, folder: str, base: str, *, below: str = "") -> None:
        self.folder, self.base = folder, base
        self.vanished = 0  # files that were known at the last listing, and were not there
        self._below = f"{relative_address(below, base).rstrip('/')}/".lstrip("/" if base else "") if below else ""
        self._looks: dict[int, int] = {}
        self._elsewhere: set[int] = set()  # of those that no listing has been asked about yet
        self._version = 0
        self._files: tuple[str, ...] = ()  # of what the data set has seen, those that were read
        self.follow()

    def follow(self) -> None:
        """Take up what the data set has come to know since it was last asked, whoever brought it."""
        if (version := newest(self.folder)) == self._version:
            return
        files, rows = again_if_replaced(self.folder, lambda: _read_news(self.folder, self._files))
        for address, size, of, is_gone in _values(rows):
            if is_gone:
                self._looks.pop(hash(address), None)
                continue
            self._looks[hash(address)] = hash((size, of, None))
            if not address.startswith(self._below):
                self._elsewhere.add(hash(address))
        self._version, self._files = version, files

    def __len__(self) -> int:
        return len(self._looks)

    def address(self, reference: Reference) -> str:
        return printable(relative_address(reference.identity, self.base))

    def has(self, reference: Reference) -> bool:
        """Whether a file looks as it did when it was taken."""
        return self._looks.get(hash(self.address(reference))) == _look(reference)

    def is_new(self, reference: Reference) -> bool:
        """Whether nothing is known of a file by that name."""
        return hash(self.address(reference)) not in self._looks

    def may_be_renamed(self, references: Iterable[Reference]) -> list[Reference]:
        """Of the files those that are new and look as another does: a renamed file keeps size, time and number."""
        new = {_look(reference): reference for reference in references if self.is_new(reference)}
        return [new[look] for look in new.keys() & self._looks.values()]

    def add(self, references: Iterable[Reference]) -> None:
        for reference in references:
            self._looks[hash(self.address(reference))] = _look(reference)

    def sift(self, listing: Iterable[Reference]) -> Iterator[Reference]:
        """Of all that is listed, what is new or changed. At the end what is not listed any more is forgotten."""
        there: dict[int, int] = {}
        for reference in listing:
            address = hash(self.address(reference))
            look = self._looks.get(address)
            if look is not None:
                there[address] = look
            if look != _look(reference):
                yield reference
        self.vanished = len(self._looks.keys() - there.keys() - self._elsewhere)
        self._looks = there
        self._elsewhere.clear()


def read_inputs(folder: str, where: str = "true") -> Iterator[tuple[str, int, str]]:
    """Address, size and version of the inputs that a data set knows, as of one version, whoever commits meanwhile."""
    yield from _values(again_if_replaced(folder, lambda: _read_inputs(folder, where)))


def _read_inputs(folder: str, where: str) -> pa.Table:
    before = current(folder)
    return _ask(folder, f"SELECT * FROM {known_inputs(folder, before.inputs if before else ())} WHERE {where}")


def _read_news(folder: str, known: tuple[str, ...]) -> tuple[tuple[str, ...], pa.Table]:
    """The files of what the newest version has seen, and what those of them say that are not known."""
    before = current(folder)
    files = before.inputs if before else ()
    new = files[len(known) :] if files[: len(known)] == known else files  # of many files one was made
    return files, _ask(folder, f"SELECT * FROM {seen_inputs(folder, new)}")


def _ask(folder: str, question: str) -> pa.Table:
    with open_connection(place(folder)) as connection:
        return connection.sql(question).to_arrow_table()


def _values(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in rows.to_batches(max_chunksize=CHUNK_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _look(reference: Reference) -> int:
    return hash((reference.size, reference.version, reference.fault and reference.fault[0]))
