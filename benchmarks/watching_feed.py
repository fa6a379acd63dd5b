"""The feed of ``benchmarks.watching``: files that come to a watched folder in bursts, and what becomes of them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

#: Of all files the share that is written slowly in its place, and how long that takes.
SLOW, SLOW_PIECES, PIECE_SECONDS = 1 / 20, 4, 1.5
#: With each file the chance that another is rewritten, renamed or removed.
REWRITTEN, RENAMED, REMOVED = 1 / 8, 1 / 16, 1 / 16
#: They lie in so many folders, which are there before.
FOLDERS = 7
#: Files of a burst, and seconds of rest after it.
BURST, REST = (20, 60), (0.0, 2.0)


@dataclass(slots=True, kw_only=True)
class Feed:
    """Hands texts over to a folder: most are written beside it and moved in, some are written slowly in place."""

    texts: Sequence[str]
    news: Path
    chance: Random
    counts: Counter[str] = field(default_factory=Counter)
    _there: list[Path] = field(default_factory=list)
    _writers: list[threading.Thread] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        for number in range(FOLDERS):
            (self.news / f"{number}").mkdir(parents=True)

    def bursts(self, files: int) -> Iterator[int]:
        """So many files, burst after burst; how many have come after each."""
        came = 0
        while came < files:
            for _ in range(min(self.chance.randint(*BURST), files - came)):
                self._hand_over()
                came += 1
            yield came
            time.sleep(self.chance.uniform(*REST))

    def move_in(self) -> Path:
        """Write the next text, and move it into the folder under a name of its own."""
        number = next(self._numbers)
        path = self.news / f"{number % FOLDERS}" / f"{number:06}.txt"
        self._write(path, self._text(number))
        self._there.append(path)
        self.counts["moved in"] += 1
        return path

    def close(self) -> None:
        """Wait for those that write slowly."""
        for writer in self._writers:
            writer.join()

    def _hand_over(self) -> None:
        if self.chance.random() < SLOW:
            number = next(self._numbers)
            writer = threading.Thread(
                target=_write_slowly, args=(self.news / f"slow-{number:06}.txt", self._text(number))
            )
            writer.start()
            self._writers.append(writer)
            self.counts["written slowly"] += 1
        else:
            self.move_in()
        for change, share in ((self._rewrite, REWRITTEN), (self._rename, RENAMED), (self._remove, REMOVED)):
            if self._there and self.chance.random() < share:
                change(self.chance.randrange(len(self._there)))

    def _rewrite(self, place: int) -> None:
        version = self.counts["rewritten"]
        text = f"{self._there[place].read_text()}\n\n“It was put right, for the {version}th time,” the editor said.\n"
        if version % 2:
            self._write(self._there[place], text)
        else:
            self._there[place].write_text(text)
        self.counts["rewritten"] += 1

    def _rename(self, place: int) -> None:
        new = self._there[place].with_name(f"renamed-{self.counts['renamed']:06}.txt")
        self._there[place] = self._there[place].rename(new)
        self.counts["renamed"] += 1

    def _remove(self, place: int) -> None:
        self._there.pop(place).unlink()
        self.counts["removed"] += 1

    def _write(self, path: Path, text: str) -> None:
        unfinished = self.news.parent / "unfinished.txt"
        unfinished.write_text(text)
        unfinished.rename(path)

    def _text(self, number: int) -> str:
        return f"{self.texts[number % len(self.texts)]}\n\n“This is article {number},” the editor said.\n"


def _write_slowly(path: Path, text: str) -> None:
    size = -(-len(text) // SLOW_PIECES)
    with path.open("w") as file:
        for first in range(0, len(text), size):
            file.write(text[first : first + size])
            file.flush()
            time.sleep(PIECE_SECONDS)
