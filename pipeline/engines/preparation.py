"""What a run needs to be told for its engine, so that nobody learns it the hard way.

Beam downloads what it does not find, without asking: Prism's binary from GitHub, a job server for Flink or Spark from
Maven. Here that is refused, with the command that brings it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from onrecord.pipeline.engines.catalogue import ENDPOINT, Engine, find_engine, flag_value
from onrecord.pipeline.engines.presence import bring, find_prism, presence
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Options

#: Beam's client leaves a job, bounded or not, when its job server's stream of states has lasted 300 s.
TIMEOUT_FLAGS, TIMEOUT_SECONDS = ("--job_server_timeout", "--job-server-timeout"), 10 * 365 * 24 * 3600
PRISM_FLAG = "--prism_location"
#: By default 128 elements of a ``Create`` are one partition, and one worker has them all; each of ours is a shard.
DASK_FLAGS, DASK_DEFAULT = ("--dask_npartitions", "--dask_partition_size"), "--dask_partition_size=1"
PLACE = re.compile(r"(?P<host>[\w.-]+):(?P<port>\d{1,5})")
CONNECT_SECONDS = 10.0


def prepare(options: Options) -> Options:
    """The options with the runner by the name that Beam wants, and the flags that its engine should have.

    Raises UsageError in one line for what the engine needs and does not have. A runner that is not in the catalogue is
    left to Beam.
    """
    engine = find_engine(options.runner)
    if engine is None:
        return options
    _check(engine, options.beam_flags)
    flags = (*options.beam_flags, *_defaults(engine, options.beam_flags))
    return replace(options, runner=engine.runner, beam_flags=flags)


def _check(engine: Engine, flags: tuple[str, ...]) -> None:
    for group in engine.needs:
        if not flag_value(flags, *group):
            command = f"; {bring(engine)} starts one" if engine.bring and ENDPOINT in group else ""
            raise UsageError(f"--runner {engine.name} needs {' or '.join(group)}{command}")
    endpoint = flag_value(flags, ENDPOINT)
    if endpoint:
        _check_endpoint(endpoint)
    elif not flag_value(flags, PRISM_FLAG) and (missing := presence(engine).missing):
        own = f", or name it with {PRISM_FLAG}" if engine.program else ""
        raise UsageError(f"--runner {engine.name}: {missing}; {bring(engine)} brings it{own}")
    for flag in (PRISM_FLAG, *(flag for group in engine.needs for flag in group if flag.endswith("_jar"))):
        named = flag_value(flags, flag)
        if named and "://" not in named and not Path(named).is_file():
            raise UsageError(f"{flag} {named}: no such file")


def _check_endpoint(endpoint: str) -> None:
    """Raise UsageError where nobody listens: Beam would wait for the whole of its timeout."""
    match = PLACE.fullmatch(endpoint)
    if not match:  # "embed", or an address of another kind, which is gRPC's to judge
        return
    try:
        socket.create_connection((match["host"], int(match["port"])), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UsageError(f"{ENDPOINT} {endpoint}: no job server answers there ({error})") from error


def _defaults(engine: Engine, flags: tuple[str, ...]) -> Iterator[str]:
    """Flags that the user did not give."""
    if engine.portable and flag_value(flags, *TIMEOUT_FLAGS) is None:
        yield f"{TIMEOUT_FLAGS[0]}={TIMEOUT_SECONDS}"
    if engine.program and not flag_value(flags, PRISM_FLAG) and not flag_value(flags, ENDPOINT):
        yield f"{PRISM_FLAG}={find_prism()}"
    if engine.name == "dask" and flag_value(flags, *DASK_FLAGS) is None:
        yield DASK_DEFAULT
