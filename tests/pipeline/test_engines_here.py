"""Engines go by name, what they need is asked for in one line, and nothing is downloaded."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from run_helpers import Run

from onrecord.pipeline.engines import presence
from onrecord.pipeline.engines.catalogue import ENGINES
from onrecord.pipeline.engines.preparation import TIMEOUT_SECONDS, prepare
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Options

TIMEOUT = f"--job_server_timeout={TIMEOUT_SECONDS}"


def installed(package: str) -> str:
    return "2.77.0"


def not_installed(package: str) -> str:
    if package == "apache-beam":
        return "2.77.0"
    raise PackageNotFoundError(package)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which there is no engine."""
    for name in ("GOBIN", "GOPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(presence, "version", not_installed)
    return tmp_path


@pytest.fixture
def endpoint() -> Iterator[str]:
    """An address at which somebody listens."""
    with socket.create_server(("localhost", 0)) as server:
        yield f"localhost:{server.getsockname()[1]}"


def put_prism(folder: Path, content: bytes = b"\tgithub.com/apache/beam/sdks/v2\tv2.77.0\th1:x") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "prism"
    path.write_bytes(content)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["prism", "dask", "flink", "spark", "dataflow", "portable"])
def test_what_is_missing_is_one_line_that_says_what_brings_it(onrecord_here: Run, home: Path, name: str) -> None:
    (home / "a.txt").write_text("Rain fell on Monday.")
    result = onrecord_here("run", "a.txt", "-o", "out", "--runner", name.capitalize(), cwd=home)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert {
        "prism": "no program prism on the PATH, in Go's bin or in Beam's cache; go install github.com/apache/beam/",
        "dask": "no Python package distributed; pip install 'apache-beam[dask]==2.77.0' brings it",
        "flink": "needs --job_endpoint or --flink_job_server_jar; docker run",
        "spark": "needs --job_endpoint or --spark_job_server_jar; docker run",
        "dataflow": "needs --project",
        "portable": "needs --job_endpoint",
    }[name] in line


def test_dataflows_package_is_asked_for_when_its_flags_are_there(home: Path) -> None:
    flags = ("--project=p", "--region", "r", "--temp_location=gs://b/t")
    with pytest.raises(UsageError, match=r"no Python package google-cloud-dataflow-client; pip install"):
        prepare(Options(runner="dataflow", beam_flags=flags))


@pytest.mark.parametrize("folder", ["bin", "go/bin", ".apache_beam/cache/prism/bin"])
def test_prism_is_found_where_it_is_put(home: Path, folder: str) -> None:
    """On the PATH, where ``go install`` puts it, in Beam's cache; its version is read, and it is not started."""
    prism = put_prism(home / folder)
    options = prepare(Options(runner="prism"))
    assert options.runner == "PrismRunner"
    assert options.beam_flags == (TIMEOUT, f"--prism_location={prism}")
    assert presence.presences()[1].version == "Prism v2.77.0"
    assert presence.binary_version(str(put_prism(home, b""))) == "unknown"


def test_what_beam_left_in_its_cache_is_found_and_not_the_archive(home: Path) -> None:
    cached = home / ".apache_beam/cache/prism/bin"
    put_prism(cached).rename(cached / "apache_beam-v2.77.0-prism-linux-amd64")
    (cached / "apache_beam-v2.77.0-prism-linux-amd64.zip").write_bytes(b"")
    assert presence.find_prism() == str(cached / "apache_beam-v2.77.0-prism-linux-amd64")


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ((), ("--dask_partition_size=1",)),
        (("--dask_npartitions", "8"), ()),
        (("--dask_partition_size=2",), ()),
    ],
)
def test_each_key_is_a_partition_of_dasks(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], added: tuple[str, ...]
) -> None:
    monkeypatch.setattr(presence, "version", installed)
    options = prepare(Options(runner="DASK", beam_flags=given))
    assert options.runner == "apache_beam.runners.dask.dask_runner.DaskRunner"
    assert options.beam_flags == given + added


@pytest.mark.parametrize("name", ["flink", "spark", "portable", "prism"])
def test_a_job_of_a_job_server_is_not_left_after_300_seconds(home: Path, endpoint: str, name: str) -> None:
    """Unless that is asked for; Prism's own binary is not needed where an endpoint is given."""
    given = ("--job_endpoint", endpoint)
    assert prepare(Options(runner=name, beam_flags=given)).beam_flags == (*given, TIMEOUT)
    given += ("--job-server-timeout", "60")
    assert prepare(Options(runner=name, beam_flags=given)).beam_flags == given


@pytest.mark.parametrize(
    ("runner", "flags", "line"),
    [
        ("flink", ("--flink_job_server_jar=gone.jar",), "--flink_job_server_jar gone.jar: no such file"),
        ("prism", ("--prism_location=gone",), "--prism_location gone: no such file"),
        ("portable", ("--job_endpoint=localhost:1",), "--job_endpoint localhost:1: no job server answers there"),
        ("portable", ("--job_endpoint=localhost:99999",), "no job server answers there"),
    ],
)
def test_what_is_named_and_not_there_is_told_at_once(
    home: Path, runner: str, flags: tuple[str, ...], line: str
) -> None:
    with pytest.raises(UsageError, match=line):
        prepare(Options(runner=runner, beam_flags=flags))


def test_other_runners_are_left_to_beam() -> None:
    options = Options(runner="my.own.Runner", beam_flags=("--flag",))
    assert prepare(options) == options


def test_the_local_engine_has_several_names(onrecord_here: Run, home: Path) -> None:
    """By any of them it takes ``--workers``."""
    (home / "a.txt").write_text("Rain fell on Monday.")
    for name in ("local", "direct", "fnapirunner"):
        result = onrecord_here("run", "a.txt", "-o", "out", "--runner", name, "-w", 2, "--dry-run", cwd=home)
        assert (result.returncode, result.stderr) == (0, "")


def test_the_list_says_what_is_here_and_what_brings_the_rest(onrecord_here: Run, home: Path) -> None:
    put_prism(home / "bin")
    result = onrecord_here("engines")
    assert result.returncode == 0
    rows = [line.split() for line in result.stdout.splitlines() if line.startswith(" ") and "─" not in line]
    told = {row[0]: row[1] for row in rows if row and row[0] in {engine.name for engine in ENGINES}}
    assert told == {
        "local": "yes",
        "prism": "yes",
        "dask": "no",
        "flink": "its",
        "spark": "its",
        "dataflow": "no",
        "portable": "its",
    }
    assert "    pip install 'apache-beam[gcp]==2.77.0'" in result.stdout
    assert "go install" not in result.stdout
