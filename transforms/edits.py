"""Edits of a text, and a list of them in its shortest form: none idle or too wide, touching ones of a kind joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Edit(NamedTuple):  # a text may have hundreds of thousands
    """``raw[start:end]`` became ``replacement``. ``start == end`` puts text in, an empty replacement drops it."""

    start: int
    end: int
    replacement: str


class EditList:
    """Edits of ``raw`` in order, and where what each puts in starts and ends in the text that they make."""

    __slots__ = ("_border", "edits", "ends", "raw", "starts")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.edits: list[Edit] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self._border = -1  # where the last edit ends in the raw text

    def add(self, edit: Edit, at: int) -> None:
        """Put an edit behind the others; what it puts in stands at ``at``."""
        start, end, new = edit
        if (start < end) == bool(new):  # no plain drop or insertion, of which there are most
            narrow = narrowed(self.raw, edit)
            if narrow is None:
                return
            if narrow is not edit:
                edit, at = Edit(*narrow), at + narrow[0] - start
                start, end, new = edit
        if start == self._border and _same_kind(self.edits[-1], edit):
            start, _, before = self.edits.pop()
            edit, new, at = Edit(start, end, before + new), before + new, self.starts.pop()
            self.ends.pop()
        self.edits.append(edit)
        self.starts.append(at)
        self.ends.append(at + len(new))
        self._border = end

    def extend(self, edits: Sequence[Edit], starts: Sequence[int], ends: Sequence[int], moved: int) -> None:
        """Put a run that is in its shortest form behind the others; its places have moved by so many characters.

        Only its first edit can be joined to what stands before.
        """
        if edits:
            self.add(edits[0], starts[0] + moved)
        if len(edits) > 1:
            self.edits += edits[1:]
            self.starts += [at + moved for at in starts[1:]]
            self.ends += [at + moved for at in ends[1:]]
            self._border = edits[-1].end


def _same_kind(left: tuple[int, int, str], right: tuple[int, int, str]) -> bool:
    """Whether both edits drop text, or both insert it."""
    both_drop = not left[2] and not right[2]
    return both_drop or (left[0] == left[1] and right[0] == right[1])


def narrowed(text: str, change: tuple[int, int, str]) -> tuple[int, int, str] | None:
    """The change without the beginning and end that old and new text share; None when nothing is left of it."""
    start, end, new = change
    if not new or start == end:
        return change if new or start < end else None
    old = text[start:end]
    if old == new:
        return None
    head = common_prefix_length(old, new)
    if not head and len(old) == len(new) == 1:
        return change
    tail = common_prefix_length(old[head:][::-1], new[head:][::-1])
    start, end, new = start + head, end - tail, new[head : len(new) - tail]
    return (start, end, new) if start < end or new else None


def common_prefix_length(left: str, right: str) -> int:
    """How many characters two texts share at their beginning."""
    if left[:1] != right[:1]:
        return 0
    shorter = min(len(left), len(right))
    if left[:shorter] == right[:shorter]:
        return shorter
    return next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), shorter)
