"""The wheel holds all that reading an article needs, the weights included, and nothing of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("onrecord-*.whl")
    ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


def test_it_holds_the_product_alone(unpacked: Path) -> None:
    assert {path.name for path in unpacked.iterdir() if "dist-info" not in path.name} == {"pipeline", "transforms"}
    (licence,) = unpacked.glob("*.dist-info/licenses/LICENSE")
    assert "Apache License" in licence.read_text()


def test_it_reads_an_article(unpacked: Path, articles: Path, tmp_path: Path) -> None:
    """From its own files, outside the checkout."""
    code = "import pipeline.cli as c, transforms.reader as r; print(c.__file__, r.__file__); c.main()"
    result = subprocess.run(
        [sys.executable, "-P", "-c", code, "run", str(articles), "--output", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
    )
    first, *summary = result.stdout.splitlines()
    assert first == f"{unpacked}/pipeline/cli.py {unpacked}/transforms/reader/__init__.py"
    assert result.stderr == ""
    assert summary[0] == "articles  4"
