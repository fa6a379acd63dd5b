"""Keeping Beam's chatter from people: its advice at import, its log, the tracebacks that it prints by itself."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

#: Set by ``onrecord --debug``; worker processes inherit it.
DEBUG = "ONRECORD_DEBUG"


def is_debugging() -> bool:
    return bool(os.environ.get(DEBUG))


def silence_loggers() -> None:
    """Send log records nowhere, unless debugging: what matters is raised, and said in one line."""
    if not is_debugging():
        logging.getLogger().addHandler(logging.NullHandler())
        logging.getLogger("apache_beam").setLevel(logging.CRITICAL)


@contextmanager
def suppress_beam_output() -> Iterator[None]:
    """The same for what is printed to standard error meanwhile."""
    silence_loggers()
    if is_debugging():
        yield
        return
    with redirect_stderr(io.StringIO()):
        yield
