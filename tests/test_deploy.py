"""The image of the workers, the manifests and their page name the versions that the package has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "worker.Dockerfile").read_text(encoding="utf-8")
MANIFESTS = "".join(path.read_text(encoding="utf-8") for path in sorted(DEPLOY.glob("*.yaml")))
PAGE = (ROOT / "docs" / "running-at-scale.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def named(pattern: str, text: str) -> set[str]:
    """What a pattern finds in a text, and it must find something."""
    found = set(re.findall(pattern, text, re.MULTILINE))
    assert found, pattern
    return found


def test_python_is_one_that_is_supported() -> None:
    pythons = named(r"^FROM python:(3\.\d+)-slim$", DOCKERFILE) | named(r"beam_python(3\.\d+)_sdk", DOCKERFILE)
    (python,) = pythons | named(r"^python(3\.\d+) -m venv", PAGE)
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]


def test_beam_is_the_pinned_one() -> None:
    """Beam's boot program, its job server and Prism belong to one version of Beam."""
    beam = named(r"^apache-beam==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"))
    assert named(r"COPY --from=apache/beam_\w+[.]\d+_sdk:(\S+)", DOCKERFILE) == beam
    assert named(r"job_server:(\S+)", MANIFESTS) == beam
    assert named(r"prism@v(\S+)", PAGE) == named(r"apache-beam\[gcp\]==([\d.]+)", PAGE) == beam


def test_dask_and_spark_are_those_that_are_tested() -> None:
    (dask,) = named(r"^DASK := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"))
    (spark,) = named(r"^SPARK := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert named(r'^ARG NEEDS="(.+)"$', DOCKERFILE) == {dask}
    assert named(r"dask==\S+ distributed==[\d.]+", PAGE) == {dask}
    assert named(r"pyspark==\S+ pandas==[\d.]+", PAGE) == {spark}


def test_the_image_has_the_version_of_the_package() -> None:
    assert named(r"onrecord-worker:([\d.]+)", MANIFESTS + PAGE) == {PROJECT["version"]}
