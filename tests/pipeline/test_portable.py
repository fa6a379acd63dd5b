"""The same graph on another runner: Beam's own job service, with workers that dial in from the submitting process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from run_helpers import Run, digests, run_tables


@pytest.fixture
def job_service(tmp_path: Path) -> Iterator[str]:
    """The address of a job service in a process of its own."""
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "apache_beam.runners.portability.local_job_service_main", "--port", "0"]
    service = subprocess.Popen(
        [*command, "--port_file", str(port_file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text()):
            assert service.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"localhost:{port_file.read_text().strip()}"
    finally:
        service.terminate()
        service.wait(timeout=30)


def test_the_job_service_makes_the_same_bytes(onrecord: Run, job_service: str, articles: Path, tmp_path: Path) -> None:
    """Flags that On Record does not know go on to Beam."""
    result = onrecord(
        "run",
        articles,
        *("--output", tmp_path / "there", "--runner", "PortableRunner"),
        *("--job_endpoint", job_service, "--environment_type", "LOOPBACK"),
    )
    assert (result.returncode, result.stderr) == (0, "")
    run_tables(tmp_path / "here", articles)
    assert digests(tmp_path / "there") == digests(tmp_path / "here")
