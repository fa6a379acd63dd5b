"""The image of the workers names the versions that the package has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "deploy" / "worker.Dockerfile").read_text(encoding="utf-8")


def test_beam_is_the_pinned_one_and_python_one_that_is_supported() -> None:
    """Beam's boot program belongs to one version of Beam."""
    (python,) = re.findall(r"^FROM python:(3\.\d+)-slim$", DOCKERFILE, re.MULTILINE)
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    assert f"Programming Language :: Python :: {python}" in supported
    beam = re.search(r"^apache-beam==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert beam
    assert f"COPY --from=apache/beam_python{python}_sdk:{beam[1]} " in DOCKERFILE


def test_dask_is_the_one_that_is_tested() -> None:
    tested = re.search(r"^DASK := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert tested
    assert f'ARG NEEDS="{tested[1]}"' in DOCKERFILE
