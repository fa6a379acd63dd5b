"""What the data set knows of the files in the watched folders, as two numbers for each.

About 150 bytes of memory a file, whatever is in it. It is a guess that saves work: what is to be done is decided by the
plan of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from onrecord.pipeline.addresses import relative_address
from onrecord.pipeline.ask.connect import open_connection
from onrecord.pipeline.ask.snapshot import again_if_replaced, current
from onrecord.pipeline.places import place
from onrecord.pipeline.sources import Reference, printable
from onrecord.pipeline.store.reuse.inputs import known_inputs

CHUNK_ROWS = 10_000


class Known:
    """Of each file, by a hash of its address, a hash of how it looked when it was taken."""

    def __init__(self, folder: str, base: str) -> None:
        self.base = base
        self.vanished = 0  # files that were there at the listing before the last, and are no longer
        self._looks: dict[int, int] = {}
        for address, size, version in read_inputs(folder):
            self._looks[hash(address)] = hash((size, version, None))

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
        self.vanished = len(self._looks) - len(there)
        self._looks = there


def read_inputs(folder: str, where: str = "true") -> Iterator[tuple[str, int, str]]:
    """Address, size and version of the inputs that a data set knows, as of one version, whoever commits meanwhile."""
    for rows in again_if_replaced(folder, lambda: _read_inputs(folder, where)).to_batches(max_chunksize=CHUNK_ROWS):
        yield from zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _read_inputs(folder: str, where: str) -> pa.Table:
    before = current(folder)
    inputs = known_inputs(folder, before.inputs if before else ())
    with open_connection(place(folder)) as connection:
        return connection.sql(f"SELECT address, size, version FROM {inputs} WHERE {where}").to_arrow_table()


def _look(reference: Reference) -> int:
    return hash((reference.size, reference.version, reference.fault and reference.fault[0]))
