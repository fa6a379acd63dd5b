"""Real engines and a real store as processes of this machine: each is ended by who started it, whatever happens.

All listen on the loopback alone. ``$ONRECORD_ENGINES`` is where ``make engines`` has put them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ENGINES = Path(os.environ.get("ONRECORD_ENGINES", "/nowhere"))
HERE = Path(sys.executable)
#: Seconds that an engine may take to come up on a busy machine.
PATIENCE = 120.0
#: No numerical library may take more threads than one for each worker.
QUIET = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def _die_with_parent() -> None:
    """On Linux: a test that is killed leaves no engine behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A process in a session of its own, with a log."""

    def __init__(self, command: Sequence[object], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.command, self.log, self.environment = [*map(str, command)], log, dict(environment or {})
        self._start()

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                env=os.environ | QUIET | self.environment,
            )

    def restart(self) -> None:
        self.kill()
        self._start()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it with all that it has started, at once by default."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)
        self.popen.wait()

    def tell(self, number: int) -> None:
        """Send a signal to the process alone."""
        self.popen.send_signal(number)

    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def running(
    command: Sequence[object], log: Path, *, port: int = 0, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A process until the end of the block; with ``port`` it is up when somebody listens there."""
    process = Process(command, log, environment)
    try:
        if port:
            wait_for(lambda: listens(port), process)
        yield process
    finally:
        process.kill()


def wait_for(is_so: Callable[[], bool], *processes: Process, seconds: float = PATIENCE) -> None:
    """Wait until it is so; AssertionError when it takes too long, or one of the processes has ended."""
    deadline = time.monotonic() + seconds
    while not is_so():
        for process in processes:
            assert process.is_alive(), process.said()[-4000:]
        assert time.monotonic() < deadline, "".join(process.said()[-4000:] for process in processes)
        time.sleep(0.2)


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def onrecord(*arguments: object, python: Path = HERE) -> list[str]:
    return [str(python), "-P", "-m", "onrecord", *map(str, arguments)]


def python_of(name: str) -> Path:
    """The interpreter of an environment that has only the wheel, and what its engine needs."""
    return ENGINES / name / "bin" / "python"


@contextmanager
def prism(folder: Path, port: int | None = None) -> Iterator[tuple[Process, list[str]]]:
    """Prism in a process of its own, and the flags that send a job there."""
    port = port or free_port()
    command = [ENGINES / "bin" / "prism", "--job_port", port, "--serve_http=false", "--log_level=warn"]
    with running(command, folder / "prism.log", port=port) as process:
        yield process, ["--runner", "prism", "--job_endpoint", f"localhost:{port}"]


@contextmanager
def worker_pool(
    folder: Path, environment: Mapping[str, str] | None = None, python: Path | None = None, boot: Path | None = None
) -> Iterator[tuple[Process, list[str]]]:
    """A pool of workers that have only the wheel, and the flags by which an engine asks it for them.

    Each is started by Beam's ``boot`` program where there is one, as in a container.
    """
    port, python = free_port(), python or python_of("worker")
    command: list[object] = [python, "-m", "apache_beam.runners.worker.worker_pool_main", "--service_port", port]
    command += ["--container_executable", boot] if boot else []
    path = {"PATH": f"{python.parent}:{os.environ['PATH']}"}  # it starts whatever python is there
    with running(command, folder / "pool.log", port=port, environment=path | dict(environment or {})) as process:
        yield process, ["--environment_type", "EXTERNAL", "--environment_config", f"localhost:{port}"]


@contextmanager
def dask(
    folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Process, list[Process], list[str]]]:
    """A scheduler and two workers of one thread each, and the flags that send a job there."""
    python, port = python_of("cluster"), free_port()
    scheduler = [
        python,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--no-dashboard",
    ]
    worker = [python, "-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}"]
    worker += ["--nthreads", 1, "--no-nanny", "--no-dashboard", "--memory-limit", "3GiB", "--host", "127.0.0.1"]
    with (
        running(scheduler, folder / "scheduler.log", port=port, environment=environment) as leader,
        running([*worker, "--name", "a"], folder / "worker-a.log", environment=environment) as first,
        running([*worker, "--name", "b"], folder / "worker-b.log", environment=environment) as second,
    ):
        for each in (first, second):
            wait_for(lambda each=each: "Registered to" in each.said(), each)
        yield leader, [first, second], ["--runner", "dask", "--dask_client_address", f"tcp://127.0.0.1:{port}"]


@contextmanager
def store(folder: Path, port: int | None = None) -> Iterator[tuple[Process, dict[str, str]]]:
    """A server that keeps buckets as folders, an empty one named ``data``; the environment that leads to it."""
    port = port or free_port()
    (folder / "buckets" / "data").mkdir(parents=True)
    command = [ENGINES / "bin" / "versitygw", "--port", f"127.0.0.1:{port}", "--access", "somebody"]
    command += ["--secret", "something", "--quiet", "posix", folder / "buckets"]
    with running(command, folder / "store.log", port=port) as process:
        yield (
            process,
            {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "somebody",
                "AWS_SECRET_ACCESS_KEY": "something",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        )
