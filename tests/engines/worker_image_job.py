"""The job that runs where there is no network: python worker_image_job.py PYTHON BOOT ARTICLES OUTPUT FOLDER.

Prism, a pool of the image's workers, which Beam's boot program starts, and a run that is sent from the image.
"""

from __future__ import annotations

import sys
from pathlib import Path

from engine_processes import onrecord, prism, running, worker_pool


def main(python: Path, boot: Path, articles: Path, output: Path, folder: Path) -> None:
    with prism(folder) as (_, flags), worker_pool(folder, python=python, boot=boot) as (pool, more):
        command = onrecord("run", articles, "-o", output, *flags, *more, python=python)
        with running(command, folder / "run.log") as process:
            assert process.popen.wait() == 0, process.said()[-4000:]
        assert f"Starting worker with command ['{boot}'" in pool.said()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
