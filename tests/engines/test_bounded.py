"""A run on each engine, to a disk and to a store, makes the bytes that a run on this machine makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from engine_processes import HERE, dask, onrecord, prism, python_of, running, store, wait_for, worker_pool
from tables_made import Tables, tables_of

Environment = Mapping[str, str]


@contextmanager
def on_prism(folder: Path, environment: Environment) -> Iterator[list[str]]:
    """The workers are threads of the process that has sent the job."""
    with prism(folder) as (_, flags):
        yield flags


@contextmanager
def on_prism_with_pool(folder: Path, environment: Environment) -> Iterator[list[str]]:
    with prism(folder) as (_, flags), worker_pool(folder, environment) as (_, pool):
        yield [*flags, *pool]


@contextmanager
def on_dask(folder: Path, environment: Environment) -> Iterator[list[str]]:
    with dask(folder, environment) as (_, _, flags):
        yield flags


ENGINES_TRIED: list[Any] = [
    pytest.param(on_prism, HERE, id="prism-loopback"),
    pytest.param(on_prism_with_pool, HERE, id="prism-external"),
    pytest.param(on_dask, python_of("cluster"), id="dask"),
]


@pytest.mark.parametrize("place", ["disk", "store"])
@pytest.mark.parametrize(("engine", "python"), ENGINES_TRIED)
def test_an_engine_makes_the_same_bytes(
    engine: Callable[[Path, Environment], Any],
    python: Path,
    place: str,
    articles: Path,
    expected: Tables,
    tmp_path: Path,
) -> None:
    with store(tmp_path) if place == "store" else nullcontext((None, {})) as (_, environment):
        output = "s3://data/out" if place == "store" else tmp_path / "out"
        with engine(tmp_path, environment) as flags:
            command = onrecord("run", articles, "-o", output, *flags, python=python)
            with running(command, tmp_path / "run.log", environment=environment) as run:
                assert run.popen.wait() == 0, run.said()
    made = tables_of(tmp_path / "buckets" / "data" / "out" if place == "store" else tmp_path / "out")
    assert made.rows == expected.rows
    assert made.parts == expected.parts


def test_a_dask_worker_that_dies_costs_nothing(articles: Path, expected: Tables, tmp_path: Path) -> None:
    with dask(tmp_path) as (_, workers, flags):
        command = onrecord("run", articles, "-o", tmp_path / "out", *flags, python=python_of("cluster"))
        with running(command, tmp_path / "run.log") as run:
            wait_for(lambda: any((tmp_path / "out").glob("_onrecord/work/*/shards/*.json")), run)
            workers[0].kill()
            assert run.popen.wait() == 0, run.said()
    assert tables_of(tmp_path / "out") == expected
