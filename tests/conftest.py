"""The run over the seeds that several tests look at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def onrecord_on_seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The summary of ``onrecord run seeds``, line by line; its tables go to a folder named as by default."""
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "seeds").symlink_to(Path(__file__).parents[1] / "seeds")
    command = [sys.executable, "-P", "-m", "pipeline", "run", "seeds", "--output", "output"]
    result = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    return dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
