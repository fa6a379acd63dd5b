"""What an engine cannot do, on the engine: a strict xfail tells loudly when it can, and what it does instead is told.

The claims are those of ``docs/engines.md`` and ``onrecord.pipeline.engines.contract``, as far as they can be tried on
this machine: on Dask, on Prism, and in this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
import grpc
import pytest
from apache_beam.io.watch import PollResult, Watch
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_job_api_pb2 as messages
from apache_beam.portability.api import beam_job_api_pb2_grpc as services
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms import trigger, window
from engine_processes import HERE, Process, prism, python_of, wait_for

from onrecord.pipeline.commands.engines import GRAPHS
from onrecord.pipeline.engines import features as f
from onrecord.pipeline.engines.catalogue import find_engine
from onrecord.pipeline.engines.contract import REFUSED_BY, check, refusal
from onrecord.pipeline.engines.description import describe

#: Beam's client reads in threads of its own what an engine says, and they break when a job is left.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
DASK_GRAPHS = Path(__file__).with_name("dask_limits.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one of Dask's graphs should come to, and what it comes to ``instead``."""

    graph: str
    wanted: Any
    instead: Any
    reason: str


def refused(graph: str, *, wanted: Any, instead: Any) -> Limit:
    """A limit that the contract has a rule for, by the same name."""
    engine = find_engine("dask")
    assert engine
    return Limit(graph=graph, wanted=wanted, instead=instead, reason=refusal(graph, engine))


NO_INPUT = "AttributeError: 'NoneType' object has no attribute 'map'"
LIMITS = [
    refused(f.FINISH_BUNDLE, wanted=[0, 1, 2, 3, 4], instead=[1, 2, 3, 4]),
    refused(f.SEVERAL_ENDS, wanted=[10, 20, 30, 40, 100, 200, 300, 400], instead=[100, 200, 300, 400]),
    refused(f.FIXED_WINDOWS, wanted=[[1], [2, 3], [4]], instead=[[1, 2, 3, 4]]),
    refused(f.LATE_PANES, wanted=[[1], [2]], instead=NO_INPUT),
    refused(f.TAGGED_OUTPUTS, wanted=[1, 3], instead=[1, 2, 3, 4]),
    refused(f.PARDO_SUBCLASS, wanted=[10, 20, 30, 40], instead=[1, 2, 3, 4]),
    refused(f.BARE_IMPULSE, wanted=[1], instead=NO_INPUT),
    refused(f.SPLITTABLE, wanted=[1, 2, 3, 4, 10, 20, 30, 40], instead=[1, 2, 3, 4]),
    refused(f.POLLING, wanted=["0", "1", "2"], instead=["0"]),
    refused(f.STATE, wanted=[1, 2, 3, 4], instead="AssertionError"),
    refused(f.TIMERS, wanted=[0, 0, 0, 0], instead="AssertionError"),
    Limit(graph="set-ups", wanted=[1], instead=[4], reason="Dask's runner sets a DoFn up for each partition"),
    Limit(graph="partitions by default", wanted=[4], instead=[1], reason="128 elements are one partition"),
    Limit(
        graph="counters",
        wanted=[4],
        instead="NotImplementedError: collecting metrics will come later!",
        reason="Dask's runner has no metrics",
    ),
]
#: What it can do, by the same script.
CONTROLS = {
    f.PARDO: [10, 20, 30, 40],
    "partitions": [4],
    "ParDo of a class of its own": [10, 20, 30, 40],
}


@pytest.fixture(scope="module")
def on_dask(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What each graph came to on a cluster of one worker."""
    folder = tmp_path_factory.mktemp("dask")
    command = [python_of("cluster"), DASK_GRAPHS, folder]
    environment = os.environ | {"TMPDIR": str(folder)}
    job = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, env=environment)
    assert job.returncode == 0, job.stderr[-3000:]
    observed: Mapping[str, Any] = json.loads(job.stdout)
    return observed


def wanted_of(limit: Limit) -> Any:
    marks = pytest.mark.xfail(strict=True, raises=AssertionError, reason=limit.reason)
    return pytest.param(limit.graph, limit.wanted, marks=marks, id=limit.graph)


@pytest.mark.parametrize(("graph", "wanted"), [wanted_of(limit) for limit in LIMITS])
def test_dask_can(graph: str, wanted: Any, on_dask: Mapping[str, Any]) -> None:
    assert on_dask[graph] == wanted


def test_what_dask_does_instead(on_dask: Mapping[str, Any]) -> None:
    """And what it does as it should; no rule of the contract for it was left untried."""
    assert on_dask == CONTROLS | {limit.graph: limit.instead for limit in LIMITS}
    assert REFUSED_BY["dask"].keys() <= on_dask.keys()


#: Seconds for which the local runner is let poll, at so many seconds from poll to poll.
POLLING, INTERVAL = 1.0, 0.5


def poll(log: str) -> PollResult[int]:
    """A number more each time, each in a window of its own, which is over when the poll is."""
    polls = [json.loads(line)[1] for line in Path(log).read_text().splitlines() if "poll" in line]
    started, number = min(polls, default=time.time()), len(polls)
    note(log, "poll", time.time())
    result = PollResult.incomplete([number], timestamp=10 * number).with_watermark(10 * number + 10)
    return PollResult.complete([number], timestamp=10 * number) if time.time() - started > POLLING else result


def note(log: str, *what: object) -> None:
    with Path(log).open("a") as file:
        file.write(json.dumps(what) + "\n")


@pytest.fixture(scope="module")
def polled_here(tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    """What happens in the local runner, in its order: polls with their times, and panes of fixed windows."""
    log = tmp_path_factory.mktemp("local") / "log"
    log.touch()
    with beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([])) as job:
        (
            job
            | beam.Create([str(log)], reshuffle=False)
            | Watch(poll, INTERVAL)
            | beam.WindowInto(window.FixedWindows(10))
            | beam.GroupByKey()
            | beam.MapTuple(lambda log, numbers: note(log, "pane", *numbers))
        )
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=REFUSED_BY["local"][f.POLLING])
def test_the_local_runner_waits_from_poll_to_poll(polled_here: list[list[Any]]) -> None:
    assert sum(what == "poll" for what, *_ in polled_here) <= POLLING / INTERVAL + 2


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=REFUSED_BY["local"][f.LATE_PANES])
def test_the_local_runner_fires_a_window_before_the_end(polled_here: list[list[Any]]) -> None:
    assert "pane" in [what for what, *_ in polled_here[: last_poll(polled_here)]]


def last_poll(happened: list[list[Any]]) -> int:
    return max(n for n, (what, *_) in enumerate(happened) if what == "poll")


def test_the_local_runner_hands_on_all_that_was_polled(polled_here: list[list[Any]]) -> None:
    polls = last_poll(polled_here) + 1
    assert [what for what, *_ in polled_here] == ["poll"] * polls + ["pane"] * polls
    assert sorted(numbers for _, *numbers in polled_here[polls:]) == [[n] for n in range(polls)]


@pytest.fixture(scope="module")
def prism_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, str]]:
    """A Prism and its address."""
    with prism(tmp_path_factory.mktemp("prism")) as (process, flags):
        yield process, flags[-1]


@pytest.fixture(scope="module")
def engine(prism_here: tuple[Process, str]) -> str:
    return prism_here[1]


def submit(proto: Any, engine: str) -> None:
    """Have Prism look at a job; grpc.RpcError when it refuses it."""
    with grpc.insecure_channel(engine) as channel:
        services.JobServiceStub(channel).Prepare(messages.PrepareJobRequest(job_name="job", pipeline=proto))


@pytest.mark.parametrize("name", GRAPHS)
def test_prism_takes_the_graphs_that_the_contract_gives_it(name: str, engine: str) -> None:
    """And no other: what is for Dataflow alone Prism refuses by itself."""
    prism_engine = find_engine("prism")
    assert prism_engine
    verdicts = check(GRAPHS[name], prism_engine)
    if all(not verdict.why for verdict in verdicts):
        submit(describe(GRAPHS[name]).proto, engine)
    else:
        assert [verdict.feature for verdict in verdicts if verdict.why] == [f.NOTIFICATIONS]
        with pytest.raises(grpc.RpcError, match="pubsub_read"):
            submit(describe(GRAPHS[name]).proto, engine)


def stable_input() -> Any:
    """A run whose pipeline asks for stable input, which Beam's Python has no word for."""
    proto = describe(GRAPHS["bounded"]).proto
    proto.requirements.append("beam:requirement:pardo:stable_input:v1")
    return proto


def sessions(**more: Any) -> Any:
    def build(job: beam.Pipeline) -> None:
        job | beam.Create([(1, 2)]) | beam.WindowInto(window.Sessions(10), **more) | beam.GroupByKey()

    return describe(build).proto


def sessions_with_a_trigger() -> Any:
    late = trigger.AfterWatermark(late=trigger.AfterCount(1))
    return sessions(trigger=late, accumulation_mode=trigger.AccumulationMode.DISCARDING, allowed_lateness=60)


def side_input_with_a_trigger() -> Any:
    def build(job: beam.Pipeline) -> None:
        often = trigger.Repeatedly(trigger.AfterCount(1))
        into = beam.WindowInto(
            window.GlobalWindows(), trigger=often, accumulation_mode=trigger.AccumulationMode.DISCARDING
        )
        beside = job | "Folders" >> beam.Create(["log"]) | Watch(poll, 1) | into
        job | beam.Create([1]) | beam.Map(lambda n, all: n, beam.pvalue.AsIter(beside))

    return describe(build).proto


#: Jobs by what Prism says of them.
PRISM_REFUSES = {
    "beam:requirement:pardo:stable_input:v1": stable_input,
    "stateful triggers with merging windows isn't currently supported": sessions_with_a_trigger,
    "Sideinputs are only ready at end of window": side_input_with_a_trigger,
}


@pytest.mark.parametrize("job", [*PRISM_REFUSES.values()], ids=lambda job: job.__name__)
@pytest.mark.xfail(strict=True, raises=grpc.RpcError, reason="Prism refuses a job that asks for it")
def test_prism_can_be_given(job: Any, engine: str) -> None:
    submit(job(), engine)


@pytest.mark.parametrize(
    ("said", "job"), [*PRISM_REFUSES.items()], ids=[job.__name__ for job in PRISM_REFUSES.values()]
)
def test_why_prism_refuses(said: str, job: Any, engine: str) -> None:
    with pytest.raises(grpc.RpcError, match=said):
        submit(job(), engine)


#: Starts a Python worker as Beam's containers do.
BOOT = """#!/bin/sh
export WORKER_ID="$(echo "${1#--id=}"%s)"
export CONTROL_API_SERVICE_DESCRIPTOR="url: \\"${2#--provision_endpoint=}\\""
export LOGGING_API_SERVICE_DESCRIPTOR="$CONTROL_API_SERVICE_DESCRIPTOR"
exec %s -m apache_beam.runners.worker.sdk_worker_main
"""
WITHOUT_QUOTES = """ | tr -d "'" """


NOT_KNOWN = "read from context metadata but not registered in worker pool"


def start_by_command(engine: str, folder: Path, clean: str = "") -> Any:
    """A job on Prism whose worker is started by a command, which may clean the name that it is given."""
    boot = folder / "boot"
    boot.write_text(BOOT % (clean, HERE))
    boot.chmod(0o755)
    flags = ["--job_endpoint", engine, "--environment_type", "PROCESS"]
    flags += ["--environment_config", json.dumps({"command": str(boot)})]
    job = beam.Pipeline(runner="PrismRunner", options=PipelineOptions(flags))
    job | beam.Create([str(folder / "arrived")], reshuffle=False) | beam.Map(lambda path: Path(path).touch())
    return job.run()


@pytest.mark.xfail(
    strict=True, raises=TimeoutError, reason="Prism puts the worker's name in quotes, and then does not know it"
)
def test_prism_can_start_workers_by_a_command(prism_here: tuple[Process, str], tmp_path: Path) -> None:
    process, engine = prism_here
    job = start_by_command(engine, tmp_path)
    wait_for(lambda: job.state == "DONE" or NOT_KNOWN in process.said(), process)
    if job.wait_until_finish(duration=2000) != "DONE":
        job.cancel()
        raise TimeoutError


def test_prism_can_start_workers_by_a_command_that_takes_the_quotes_away(engine: str, tmp_path: Path) -> None:
    assert start_by_command(engine, tmp_path, clean=WITHOUT_QUOTES).wait_until_finish() == "DONE"
    assert (tmp_path / "arrived").exists()


@pytest.mark.xfail(strict=True, raises=grpc.RpcError, reason="Beam's client gives a job up after --job_server_timeout")
def test_beams_client_waits_longer_than_its_timeout(engine: str) -> None:
    flags = ["--job_endpoint", engine, "--job_server_timeout", "1"]
    with beam.Pipeline(runner="PrismRunner", options=PipelineOptions(flags)) as job:
        job | beam.Create([3], reshuffle=False) | beam.Map(time.sleep)
