"""Aligned text: a clean text and its exact map to the raw one.

The map is the list of edits that were made, in raw coordinates; everything else follows from it::

    raw    I go ,  ”he  said\\r\\n         edits  (4, 5, "")  drop a blank      (6, 8, "")  drop two
    clean  I go,” he said                          (9, 9, " ")  put a blank in    …

Steps of cleaning use offsets of the text as it stands (``text.drop(4, 5)``); the class translates them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from operator import gt, itemgetter

from onrecord.transforms.edits import Edit, EditList, narrowed

START, END = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True)
class AlignedText:
    """``raw`` with ``edits`` applied is ``text``. Edits are in order and do not overlap.

    Equality, hash and pickle rest on ``raw`` and ``edits``; the rest is computed from them in one pass.

    >>> text = AlignedText.of("certain cases, ”the diplomat said").drop(14, 15).insert(15, " ")
    >>> text.text
    'certain cases,” the diplomat said'
    >>> text.raw_range(0, 15)
    (0, 16)
    >>> text.replay(0, 16)
    'certain cases,”'
    """

    raw: str
    edits: tuple[Edit, ...] = ()
    text: str = field(init=False, compare=False, repr=False)
    _starts: tuple[int, ...] = field(init=False, compare=False, repr=False)  # where each replacement stands in text …
    _ends: tuple[int, ...] = field(init=False, compare=False, repr=False)  # … and where it ends
    _is_tidy: bool = field(init=False, compare=False, repr=False)  # whether the edits are known to be in shortest form

    def __post_init__(self) -> None:
        starts: list[int] = []
        ends: list[int] = []
        clean = raw = 0
        for start, end, replacement in self.edits:
            clean += start - raw
            starts.append(clean)
            clean, raw = clean + len(replacement), end
            ends.append(clean)
        self._set(_changed(self.raw, self.edits), starts, ends, is_tidy=not starts)

    def _set(self, text: str, starts: Iterable[int], ends: Iterable[int], *, is_tidy: bool) -> None:
        """Set what follows from the text and its edits."""
        for name, value in (("text", text), ("_starts", tuple(starts)), ("_ends", tuple(ends)), ("_is_tidy", is_tidy)):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[type[AlignedText], tuple[str, tuple[Edit, ...]]]:
        return AlignedText, (self.raw, self.edits)

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def of(cls, raw: str) -> AlignedText:
        """A text without edits."""
        return cls(raw)

    # ---- offsets, clean to raw --------------------------------------------------------------------------------------

    def raw_range(self, start: int, end: int) -> tuple[int, int]:
        """The raw range of ``text[start:end]``: its ends are what became the span's first and last character.

        A character that was inserted has no width in the raw text. An empty span gives an empty range.
        """
        if start >= end:
            at = self._raw_of(start)[0] if start < len(self.text) else self._raw_end()
            return at, at
        if not self.edits:
            return start, end
        k = bisect_right(self._starts, start)
        if k == bisect_left(self._starts, end, k) and (shift := self._shift_behind(k - 1, start)) is not None:
            return start + shift, end + shift  # no edit is in it
        return self._raw_of(start)[0], self._raw_of(end - 1)[1]

    def position(self, raw: int) -> int:
        """Where in ``text`` the raw offset stands; inside something replaced, where the replacement begins.

        >>> AlignedText.of("a  b").drop(1, 2).position(2), AlignedText.of("a  b").drop(1, 2).position(3)
        (1, 2)
        """
        k = bisect_left(self.edits, (raw + 1,)) - 1
        if k < 0:
            return raw
        edit = self.edits[k]
        return self._starts[k] if raw < edit.end else self._ends[k] + raw - edit.end

    def edits_between(self, raw_start: int, raw_end: int) -> tuple[Edit, ...]:
        """The edits that lie in the raw range, those at its very borders included."""
        first = bisect_left(self.edits, (raw_start,))  # an edit is a tuple, and its start comes first
        last = bisect_left(self.edits, (raw_end + 1,), first)
        return tuple(edit for edit in self.edits[first:last] if edit.end <= raw_end)

    def replay(self, raw_start: int, raw_end: int, *, lead: bool | None = None, tail: bool | None = None) -> str:
        """The clean text of a raw range, made again from the raw text and the edits.

        ``lead`` and ``tail`` say whether text put in exactly at ``raw_start`` and ``raw_end`` belongs to it, which raw
        offsets alone do not say. None takes it without outer white space: what spans look like.
        """
        if not self.edits:
            return self.raw[raw_start:raw_end]
        parts: list[str] = []
        at = raw_start
        for edit in self.edits_between(raw_start, raw_end):
            new = edit.replacement
            if edit.start == edit.end == raw_start:
                new = new.lstrip() if lead is None else new * lead
            if edit.start == edit.end == raw_end:
                new = new.rstrip() if tail is None else new * tail
            parts += (self.raw[at : edit.start], new)
            at = edit.end
        return "".join([*parts, self.raw[at:raw_end]])

    def explains(self, start: int, end: int) -> bool:
        """Does replaying the edits on the raw range of ``text[start:end]`` give it back? The check of ``audit``.

        False only for a span that cuts through a replacement of several characters.
        """
        raw_start, raw_end = self.raw_range(start, end)
        wanted = self.text[start:end]
        options = product((None, True, False), repeat=2)
        return any(self.replay(raw_start, raw_end, lead=lead, tail=tail) == wanted for lead, tail in options)

    def _shift_behind(self, k: int, at: int) -> int | None:
        """How far the raw text is shifted behind edit ``k``; None when ``text[at]`` is part of what the edit put in."""
        if k < 0:
            return 0
        return self.edits[k].end - self._ends[k] if at >= self._ends[k] else None

    def _raw_of(self, at: int) -> tuple[int, int]:
        """The raw range of the one character ``text[at]``."""
        k = bisect_right(self._starts, at) - 1
        if k < 0:
            return at, at + 1
        start, end, _ = self.edits[k]
        behind = at - self._ends[k]
        return (start, end) if behind < 0 else (end + behind, end + behind + 1)

    def _raw_end(self) -> int:
        return self._raw_of(len(self.text) - 1)[1] if self.text else 0

    # ---- edits ------------------------------------------------------------------------------------------------------

    def edit(self, changes: Iterable[tuple[int, int, str]]) -> AlignedText:
        """Make ``(start, end, replacement)`` changes; offsets are of the text as it stands, disjoint, in any order.

        A beginning and an end that a change leaves as they were stay aligned with their raw characters. Raises
        ValueError when changes overlap or leave the text.
        """
        whole = self.text
        narrow = (narrowed(whole, change) for change in changes)
        ordered = sorted(change for change in narrow if change is not None)
        if not ordered:
            return self
        if ordered[0][0] < 0 or ordered[-1][1] > len(self.text):
            raise ValueError(f"a change outside the text of {len(self.text)} characters: {ordered[0]}, {ordered[-1]}")
        if any(map(gt, map(END, ordered), islice(map(START, ordered), 1, None))):
            raise ValueError("changes overlap")
        made = self._composed(self._widened(ordered) if self.edits else ordered)
        edited = object.__new__(AlignedText)
        object.__setattr__(edited, "raw", self.raw)
        object.__setattr__(edited, "edits", tuple(made.edits))
        edited._set(_changed(whole, ordered), made.starts, made.ends, is_tidy=True)
        return edited

    def replace(self, start: int, end: int, replacement: str) -> AlignedText:
        return self.edit([(start, end, replacement)])

    def drop(self, start: int, end: int) -> AlignedText:
        return self.edit([(start, end, "")])

    def insert(self, at: int, text: str) -> AlignedText:
        return self.edit([(at, at, text)])

    def sub(self, pattern: str | re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> AlignedText:
        r"""``re.sub`` that keeps the map.

        >>> AlignedText.of("a  b").sub(r" +", " ").edits
        (Edit(start=2, end=3, replacement=''),)
        """
        matches = re.finditer(pattern, self.text)
        if isinstance(replacement, str) and "\\" not in replacement:
            return self.edit((*m.span(), replacement) for m in matches)
        make = replacement if callable(replacement) else lambda match: match.expand(replacement)
        return self.edit((*m.span(), make(m)) for m in matches)

    def _composed(self, changes: Iterable[tuple[int, int, str]]) -> EditList:
        """The old edits and the changes as raw edits; between two changes the old ones move as one."""
        old, starts, ends = self.edits, self._starts, self._ends
        made = EditList(self.raw)
        n_old, n_done, moved = len(old), 0, 0
        shift = 0  # how far the raw text is shifted behind the old edits that are done
        for start, end, new in changes:
            raw_start, raw_end = start + shift, end + shift
            if n_done < n_old:
                # what was dropped right at the change stays before it
                first = bisect_right(ends, start, n_done) if ends[n_done] <= start else n_done
                last = bisect_left(starts, end, first) if first < n_old and starts[first] < end else first
                if first > n_done:
                    self._keep(n_done, first, moved, made)
                    raw_start = start + old[first - 1].end - ends[first - 1]
                if last > n_done:
                    n_done, shift = last, old[last - 1].end - ends[last - 1]
                    raw_end = end + shift
            made.add(Edit(raw_start, raw_end, new), start + moved)
            moved += len(new) - (end - start)
        self._keep(n_done, n_old, moved, made)
        return made

    def _keep(self, first: int, last: int, moved: int, made: EditList) -> None:
        """Put the old edits ``first`` to ``last`` behind those that are made."""
        runs = ((first, last),) if self._is_tidy else ((k, k + 1) for k in range(first, last))
        for run in runs:
            here = slice(*run)
            made.extend(self.edits[here], self._starts[here], self._ends[here], moved)

    def _widened(self, changes: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
        """The changes, each extended over old replacements that it cuts through; those that cut the same one joined."""
        if max(map(int.__sub__, self._ends, self._starts)) <= 1:  # one character cannot be cut through
            yield from changes
            return

        def cut(at: int) -> tuple[int, int]:
            """The old replacement that has ``at`` strictly inside, as ``(start, end)``; else ``(at, at)``."""
            k = bisect_right(self._ends, at)
            return (self._starts[k], self._ends[k]) if k < len(self._ends) and self._starts[k] < at else (at, at)

        joined: list[tuple[int, int, str]] = []
        for start, end, new in changes:
            if joined and start < cut(joined[-1][1])[1]:
                before, at, old = joined.pop()
                start, new = before, old + self.text[at:start] + new
            joined.append((start, end, new))
        for start, end, new in joined:
            left, right = cut(start)[0], cut(end)[1]
            yield left, right, self.text[left:start] + new + self.text[end:right]


def _changed(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """The text with ordered changes made."""
    parts: list[str] = []
    done = 0
    for start, end, new in changes:
        parts.append(text[done:start])
        parts.append(new)
        done = end
    return "".join([*parts, text[done:]])
