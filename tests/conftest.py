"""What all tests share: how Hypothesis hunts, and the run over the seeds that several look at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# In CI the same change gives the same verdict; elsewhere Hypothesis hunts anew each time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def seeds_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``seeds`` in it, where a test may run the README's commands."""
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "seeds").symlink_to(Path(__file__).parents[1] / "seeds")
    return folder


@pytest.fixture(scope="session")
def tables_of_seeds(seeds_folder: Path, onrecord_on_seeds: dict[str, str]) -> Path:
    return seeds_folder / onrecord_on_seeds["tables"]


@pytest.fixture(scope="session")
def onrecord_on_seeds(seeds_folder: Path) -> dict[str, str]:
    """The summary of ``onrecord run seeds``, line by line; its tables go to a folder named as by default."""
    folder = seeds_folder
    command = [sys.executable, "-P", "-m", "onrecord", "run", "seeds", "--output", "output"]
    result = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    return dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
