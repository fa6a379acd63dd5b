"""References name inputs, or slices of them, without holding them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Slice(NamedTuple):
    """Of a file the bytes, members or row groups ``[start, end)`` (no end: all), and the number of its first record."""

    start: int = 0
    end: int | None = None
    first: int = 1


WHOLE = Slice()


@dataclass(frozen=True, slots=True)
class Reference:
    """One input by name. ``fault`` is set where listing was enough to see that it is no article: (reason, detail).

    ``uri`` is where it is opened, and what the tables show; ``address`` (``uri`` where empty) is its canonical address,
    by which it is known. ``named`` are inputs that the user named, by a glob or in full; the others were found in a
    folder. ``size`` is that of the slice in bytes, as far as it is known; ``version`` changes with the input (the time
    and number of a file, the etag of an object), empty where nothing tells.
    """

    uri: str
    fault: tuple[str, str] | None = None
    slice: Slice = WHOLE
    size: int = 0
    named: bool = True
    address: str = ""
    version: str = ""

    @property
    def identity(self) -> str:
        return self.address or self.uri
