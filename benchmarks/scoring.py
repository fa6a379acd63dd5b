"""Handing the product's tables to scorers that live outside the repository."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def output_folder(kept: Path | None) -> Iterator[Path]:
    """The folder to keep tables in, or one that is gone afterwards."""
    if kept:
        yield kept
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "output"


def predictions(scorers: Path, output: Path, shape: str) -> str:
    """The tables as the scorer's JSON lines."""
    command = [sys.executable, str(scorers / "predictions.py"), str(output), shape]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def score(scorer: Path, gold: Path, predicted: str) -> int:
    """Run a scorer that takes gold and, on standard input, predictions; its figures go to standard output."""
    return subprocess.run([sys.executable, str(scorer), str(gold), "-"], input=predicted, text=True).returncode
