"""What one input may cost: one meter, shared by all containers in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from onrecord.pipeline.options import Limits
from onrecord.pipeline.sources.entries import InputLimitExceeded, Refused

#: A container that unpacks to no more is never taken for a bomb: it may be a short text repeated.
MAX_BYTES_AT_ANY_RATIO = 64 * 2**20


@dataclass(slots=True)
class Meter:
    """What one input has cost so far, over all its containers; ``pass_over`` is called for each member that is none."""

    limits: Limits
    unpacked: int = 0
    members: int = 0
    pass_over: Callable[[], None] = lambda: None

    def add_unpacked(self, n_bytes: int) -> None:
        """Count bytes unpacked from a container. Raises InputLimitExceeded beyond the limit."""
        self.unpacked += n_bytes
        if self.unpacked > self.limits.unpacked:
            raise InputLimitExceeded("expansion", f"more than {self.limits.unpacked:,} bytes unpacked")

    def add_member(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise InputLimitExceeded("members", f"more than {self.limits.members:,} members")

    def check_ratio(self, packed: int, unpacked: int) -> None:
        """Raise Refused when a container expands like a decompression bomb."""
        if unpacked > MAX_BYTES_AT_ANY_RATIO and unpacked > self.limits.ratio * packed:
            raise Refused("expansion", f"{packed:,} bytes became {unpacked:,} and more")
