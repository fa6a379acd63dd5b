"""Printing for people: on a terminal as wide as it is, elsewhere as wide as a page, and never what could steer it."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

#: Columns of a table on something that is no terminal (a file, a pipe, a page of documentation).
PLAIN_WIDTH = 120
#: Control characters as their pictures: text from a file must not steer the terminal.
PICTURES = {n: 0x2400 + n for n in range(0x20) if chr(n) not in "\n\t"} | dict.fromkeys(range(0x7F, 0xA0), 0x2421)
#: Signs of direction, with which a text can look like another one; line ends that are none here; what is no character.
UNSEEN = {0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF}
SHOWN: dict[int, int | str] = PICTURES | {n: f"<U+{n:04X}>" for n in UNSEEN}


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, for which a reader that has enough is no error."""
        raise BrokenPipeError


def stdout() -> Console:
    return _Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)


def visible(text: str) -> str:
    r"""Text as it may be shown on a terminal.

    >>> visible("\x1b[31mred")
    '␛[31mred'
    >>> visible("txt.\u202egpj")
    'txt.<U+202E>gpj'
    """
    return text.translate(SHOWN)


def print_line(line: str) -> None:
    """Print one line, however long it is."""
    stdout().print(Text(visible(line)), soft_wrap=True)


def command() -> str:
    """How this command is called from here, so that a printed hint works as it is pasted.

    ``onrecord`` where that is found and is this one; else the path that was typed, or ``python -m onrecord``.
    """
    typed = Path(sys.argv[0])
    own = typed if typed.name == "onrecord" else Path(sys.executable).with_name("onrecord")
    found = shutil.which("onrecord")
    if found and own.exists() and Path(found).samefile(own):
        return "onrecord"
    return shlex.quote(sys.argv[0]) if typed.name == "onrecord" else f"{shlex.quote(sys.executable)} -m onrecord"
