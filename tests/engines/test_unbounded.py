"""The unbounded job on Prism takes every file once, in its last version, whatever is killed on the way."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from engine_processes import Process, onrecord, running, wait_for
from given_texts import texts
from streaming import Feed, Job, watching
from tables_made import tables_of

FILES, REMOVED = 24, 2


def feed(folder: Path, files: int, seed: int, seconds: float) -> Feed:
    return Feed(
        news=folder / "news",
        texts=texts(files),
        seconds=seconds,
        rewritten=3,
        removed=REMOVED,
        slow=2,
        chance=Random(seed),
    )


def assert_holds(job: Job, folder: Path, files: int) -> None:
    """Stopped, the data set is in order and has the rows of one run over what is in the folder."""
    job.wait_until_quiet(files)
    assert job.faults() == []
    with running(onrecord("run", folder / "news", "-o", folder / "fresh"), folder / "fresh.log") as run:
        assert run.popen.wait() == 0, run.said()
    assert tables_of(job.tables).rows == tables_of(folder / "fresh").rows


@pytest.mark.parametrize(("pooled", "stored"), [(False, False), (True, True)], ids=["disk", "pool-store"])
def test_every_file_is_taken_once_in_its_last_version(pooled: bool, stored: bool, tmp_path: Path) -> None:
    with watching(tmp_path, pooled=pooled, stored=stored) as job:
        feed(tmp_path, FILES, seed=1, seconds=20.0).run()
        job.wait_until_quiet(FILES - REMOVED)
        latency = job.status()["latency"]
        assert latency["files"] >= FILES
        assert 0 < latency["p50"] <= latency["p99"]
        assert_holds(job, tmp_path, FILES - REMOVED)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_dies_on_the_way_costs_nothing(seed: int, tmp_path: Path) -> None:
    """Engine, launcher, pool or store are killed at random moments, and begun again."""
    chance = Random(seed)
    with watching(tmp_path, pooled=True, stored=True) as job:
        kills = dict(zip(chance.sample(range(3, FILES), 2), chance.sample(victims(job), 2), strict=True))

        def kill(n: int) -> None:
            if n in kills:
                kills[n].kill()
                time.sleep(chance.uniform(0.0, 8.0))
                job.restart(kills[n])

        feed(tmp_path, FILES, seed=seed, seconds=30.0).run(kill)
        assert_holds(job, tmp_path, FILES - REMOVED)


def victims(job: Job) -> list[Process]:
    assert job.pool
    assert job.store
    return [job.engine, job.launcher, job.pool, job.store]


def test_an_engine_that_dies_is_told_in_one_line(tmp_path: Path) -> None:
    with watching(tmp_path, pooled=True, stored=False) as job:
        job.engine.kill()
        wait_for(lambda: not job.launcher.is_alive())
        last = job.launcher.said().strip().splitlines()[-1]
        assert (job.launcher.popen.returncode, last.startswith("onrecord: the engine has ended the job")) == (14, True)


def test_a_commit_that_was_cut_off_is_finished_by_the_next_job(tmp_path: Path) -> None:
    """Killed between N.json and N.done."""
    with watching(tmp_path, pooled=False, stored=False) as job:
        feed(tmp_path, 6, seed=4, seconds=2.0).run()
        job.wait_until_quiet(4)
        job.launcher.kill()
        done = max((job.tables / "_onrecord" / "commits").glob("*.done"), key=lambda path: int(path.stem))
        done.unlink()
        job.restart()
        assert_holds(job, tmp_path, 4)
