"""The image of ``deploy/worker.Dockerfile``: its steps can be done, and its workers annotate without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_processes import ENGINES, HERE
from given_texts import texts
from tables_made import tables_of
from worker_image import Image, build, run_in

ROOT = Path(__file__).parents[2]
JOB = Path(__file__).with_name("worker_image_job.py")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Its context is what ``.dockerignore`` lets in: the constraints and the wheel."""
    context, root = tmp_path_factory.mktemp("context"), tmp_path_factory.mktemp("root")
    (context / "constraints.txt").symlink_to(ROOT / "constraints.txt")
    (context / "dist").symlink_to(ENGINES / "wheel")
    return build(ROOT / "deploy" / "worker.Dockerfile", context, root)


def test_nothing_is_left_to_be_fetched_or_unpacked(image: Image) -> None:
    assert [path.name for path in (image.root / "opt/onrecord").iterdir() if path.suffix == ".whl"] == []
    arrays = list((image.root / "opt/onrecord/cache/onrecord").glob("py3langid-*/*.npy"))
    assert len(arrays) == 6
    assert all(path.parent.stat().st_mode & 0o005 == 0o005 for path in arrays)  # it is root who has unpacked it
    assert all(path.stat().st_mode & 0o004 for path in arrays)
    assert image.environment["OMP_NUM_THREADS"] == "1"
    assert image.entry_point == (f"{image.root}/opt/apache/beam/boot",)


def test_a_pool_of_the_image_makes_the_tables(image: Image, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    for name, text in texts(12).items():
        (tmp_path / "articles" / name).write_text(text)
    arguments = [image.python, *image.entry_point, tmp_path / "articles", tmp_path / "out", tmp_path]
    done = run_in(image, ["env", f"ONRECORD_ENGINES={ENGINES}", HERE, JOB, *arguments])
    assert done.returncode == 0, done.stderr[-4000:]
    rows = tables_of(tmp_path / "out").rows
    assert len(rows["articles"]) == 12
    assert any("Ines Okafor" in row for row in rows["quotes"])
