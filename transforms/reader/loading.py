"""A blank spaCy pipeline with the shipped reader: its model is opened while spaCy is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from onrecord.transforms.reader.model import preload

if TYPE_CHECKING:
    from spacy.language import Language

#: What ``import spacy`` takes a third of its time for: its command line, for the one function ``spacy.info``.
COMMAND_LINE = ("spacy.cli", "spacy.cli.info")


def load_reader() -> Language:
    """A blank English pipeline with the shipped reader in it."""
    preload()
    with without_command_line():
        import spacy

    from onrecord.transforms.reader.component import add_reader

    return add_reader(spacy.blank("en"))


@contextmanager
def without_command_line() -> Iterator[None]:
    """Import spaCy in here without its command line, which is imported as ever when somebody asks for it later."""
    stand_ins = [] if "spacy" in sys.modules else list(COMMAND_LINE)
    for name in stand_ins:
        sys.modules[name] = _StandIn(name)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


class _StandIn(ModuleType):
    """A module whose ``info`` imports the real one when it is called."""

    @staticmethod
    def info(*args: Any, **kwargs: Any) -> Any:
        return import_module(COMMAND_LINE[1]).info(*args, **kwargs)
