"""The engines that a run can be given to, each with the name that Beam wants and what has to be there for it.

``find_engine`` takes the names that people use: ``prism``, ``Prism``, ``PrismRunner``.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Flags that name a job server, or bring one: without them Beam fetches one from Maven.
ENDPOINT = "--job_endpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """``runner`` is the name that Beam wants. A run needs one flag of each group in ``needs``.

    ``package`` is the Python package that the runner imports, ``program`` what it starts; ``bring`` is the one command
    that brings what is missing. A ``portable`` runner speaks to a job server.
    """

    name: str
    runner: str
    needs: tuple[tuple[str, ...], ...] = ()
    package: str = ""
    program: str = ""
    bring: str = ""
    portable: bool = False


ENGINES = (
    Engine(name="local", runner="FnApiRunner"),
    Engine(
        name="prism",
        runner="PrismRunner",
        program="prism",
        bring="go install github.com/apache/beam/sdks/v2/go/cmd/prism@v{beam}",
        portable=True,
    ),
    Engine(
        name="dask",
        runner="apache_beam.runners.dask.dask_runner.DaskRunner",  # Beam does not know it by its short name
        package="distributed",
        bring="pip install 'apache-beam[dask]=={beam}'",
    ),
    Engine(
        name="flink",
        runner="FlinkRunner",
        needs=((ENDPOINT, "--flink_job_server_jar"),),
        bring="docker run --net=host apache/beam_flink1.20_job_server:{beam} --flink-master=HOST:8081",
        portable=True,
    ),
    Engine(
        name="spark",
        runner="SparkRunner",
        needs=((ENDPOINT, "--spark_job_server_jar"),),
        bring="docker run --net=host apache/beam_spark3_job_server:{beam} --spark-master-url=spark://HOST:7077",
        portable=True,
    ),
    Engine(
        name="dataflow",
        runner="DataflowRunner",
        needs=(("--project",), ("--region",), ("--temp_location",)),
        package="google-cloud-dataflow-client",
        bring="pip install 'apache-beam[gcp]=={beam}'",
    ),
    Engine(name="portable", runner="PortableRunner", needs=((ENDPOINT,),), portable=True),
)
#: Other names of the local engine. Beam's own DirectRunner is a switch that first tries to download another runner.
LOCAL_NAMES = ("local", "fnapi", "direct")


def find_engine(name: str) -> Engine | None:
    """The engine of a name, in any case, with or without "Runner"; None for a runner that is somebody's own.

    >>> [find_engine(name).name for name in ("Prism", "DASKRunner", "apache_beam.runners.dask.dask_runner.DaskRunner")]
    ['prism', 'dask', 'dask']
    >>> find_engine("my.own.Runner")
    """
    for engine in ENGINES:
        if name == engine.runner or _short(name) == engine.name:
            return engine
    return ENGINES[0] if _short(name) in LOCAL_NAMES else None


def runner_name(name: str) -> str:
    """The name that Beam wants, or the name itself where the engine is not known here.

    >>> runner_name("flink"), runner_name("direct"), runner_name("my.own.Runner")
    ('FlinkRunner', 'FnApiRunner', 'my.own.Runner')
    """
    engine = find_engine(name)
    return engine.runner if engine else name


def flag_value(flags: tuple[str, ...], *names: str) -> str | None:
    """What a flag of one of these names was given, the last where it was given twice; None where it was not.

    >>> flag_value(("--job_endpoint=a:1", "--streaming", "--region", "x"), "--region")
    'x'
    """
    value = None
    for at, word in enumerate(flags):
        name, given, inline = word.partition("=")
        if name in names:
            value = inline if given else flags[at + 1] if at + 1 < len(flags) else ""
    return value


def _short(name: str) -> str:
    return name.lower().removesuffix("runner")
