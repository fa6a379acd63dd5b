"""What one input may cost: a meter that every container in it counts on."""

from __future__ import annotations

from dataclasses import dataclass

from onrecord.pipeline.options import Limits
from onrecord.pipeline.sources.entries import InputLimitExceeded, Refused

#: Bytes that may come out of a container at any ratio: a short text repeated is no bomb.
GRACE = 64 * 2**20


@dataclass(slots=True)
class Meter:
    """What one input has cost so far, over all its containers."""

    limits: Limits
    unpacked: int = 0
    members: int = 0

    def unpack(self, n: int) -> None:
        """Count bytes that came out of a container. Raises InputLimitExceeded beyond the limit."""
        self.unpacked += n
        if self.unpacked > self.limits.unpacked:
            raise InputLimitExceeded("expansion", f"more than {self.limits.unpacked:,} bytes unpacked")

    def member(self) -> None:
        self.members += 1
        if self.members > self.limits.members:
            raise InputLimitExceeded("members", f"more than {self.limits.members:,} members")

    def check_ratio(self, packed: int, unpacked: int) -> None:
        """Raise Refused when a container grows as bombs do."""
        if unpacked > GRACE and unpacked > self.limits.ratio * packed:
            raise Refused("expansion", f"{packed:,} bytes became {unpacked:,} and more")
