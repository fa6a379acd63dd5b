"""``onrecord engines``: which of Beam's engines can be used from here, and what the graph is that they are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.commands.flags import HELP
from onrecord.pipeline.console import print_line
from onrecord.pipeline.engines.catalogue import ENGINES, find_engine
from onrecord.pipeline.errors import UsageError

if TYPE_CHECKING:
    from onrecord.pipeline.engines.contract import Verdict
    from onrecord.pipeline.engines.description import Build


def bounded_graph(job: Any) -> None:
    """The graph of ``onrecord run``, for a plan of a few keys; it is only looked at."""
    from onrecord.pipeline.graph.assembly import build_bounded
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.store.target import Target

    build_bounded(job, 4, Options(), Target(folder="output", run="", made_by="", id_rule=()))


def unbounded_graph(job: Any) -> None:
    """The graph of ``onrecord watch --runner``, for one folder; it is only looked at."""
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.stream.job import put_graph
    from onrecord.pipeline.watch.options import WatchOptions

    put_graph(job, ("news",), "", Options(), WatchOptions())


def notified_graph(job: Any) -> None:
    """The same where a store tells what comes; it is only looked at."""
    from onrecord.pipeline.options import Options
    from onrecord.pipeline.stream.job import put_graph
    from onrecord.pipeline.watch.options import WatchOptions

    habits = WatchOptions(notifications="projects/project/subscriptions/name")
    put_graph(job, ("gs://bucket/news",), "", Options(), habits)


#: The graphs of the product, by name.
GRAPHS: Mapping[str, Build] = {"bounded": bounded_graph, "unbounded": unbounded_graph, "notified": notified_graph}


@click.command("engines", context_settings=HELP)
@click.option("--check", "name", metavar="ENGINE", help="Whether this engine can be given the graph, rule by rule.")
@click.option("--explain", is_flag=True, help="Print the graph: what goes into each step, and what comes out.")
@click.option("--graph", type=click.Choice(list(GRAPHS)), default="bounded", show_default=True, help="Which graph.")
def engines_command(name: str | None, explain: bool, graph: str) -> None:
    """List the engines that `onrecord run --runner` can name: what is here, and what brings the others.

    Nothing is started, and nothing is downloaded.
    """
    if explain:
        _print_outline(GRAPHS[graph])
    if name is not None:
        _print_check(GRAPHS[graph], name)
    elif not explain:
        _print_engines()


def _print_engines() -> None:
    from onrecord.pipeline.engines.presence import bring, presences

    found = presences()
    rows = [
        (
            each.engine.name,
            "no" if each.missing else "its client" if each.engine.needs else "yes",
            each.version,
            ", ".join(" or ".join(group) for group in each.engine.needs),
        )
        for each in found
    ]
    _print_table(("engine", "here", "version", "a run needs"), rows)
    for each in found:
        if each.missing:
            print_line(f"{each.engine.name}: {each.missing}; this brings it:\n    {bring(each.engine)}")
        elif each.engine.bring and each.engine.needs and not each.engine.package:
            print_line(f"{each.engine.name}: this starts a job server:\n    {bring(each.engine)}")


def _print_check(graph: Build, name: str) -> None:
    """Print a verdict on each feature; raises EngineUnfit when one is against the graph."""
    from onrecord.pipeline.engines.contract import check, require
    from onrecord.pipeline.engines.dataflow import build_for_dataflow
    from onrecord.pipeline.logging_setup import suppress_beam_output

    engine = find_engine(name)
    if engine is None:
        raise UsageError(f"--check {name}: no such engine; there are {', '.join(each.name for each in ENGINES)}")
    with suppress_beam_output():
        verdicts = check(graph, engine)
    _print_verdicts(verdicts)
    require(verdicts, engine)
    if engine.name == "dataflow":
        with suppress_beam_output():
            line = build_for_dataflow(graph)
        print_line(line)


def _print_verdicts(verdicts: list[Verdict]) -> None:
    rows = [(each.feature, len(each.steps), each.steps[0], "no" if each.why else "yes") for each in verdicts]
    _print_table(("feature", "steps", "the first", "allowed"), rows)
    for each in verdicts:
        if each.why:
            print_line(f"{each.feature}: {each.why} ({', '.join(each.steps)})")


def _print_outline(graph: Build) -> None:
    from onrecord.pipeline.engines.description import describe
    from onrecord.pipeline.engines.outline import outline
    from onrecord.pipeline.logging_setup import suppress_beam_output

    with suppress_beam_output():
        steps = outline(describe(graph))
    rows = [(step.name, step.takes, step.gives, "shuffled" if step.shuffles else "") for step in steps]
    _print_table(("step", "takes", "gives", ""), rows)


def _print_table(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from onrecord.pipeline.ask.formats import print_table
    from onrecord.pipeline.ask.query import Answer

    print_table(Answer(columns=columns, rows=rows), counted=False)
