"""``onrecord run``: find the inputs, run the graph, show how far it is, and say what was found."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import canonical_address, data_folder
from onrecord.pipeline.commands.flags import HELP, S3_ENDPOINT, input_flags, input_options, load_components
from onrecord.pipeline.engines.catalogue import runner_name
from onrecord.pipeline.errors import InputMissing, NoArticles, NothingToRead, TooManyRejects, UsageError
from onrecord.pipeline.options import Options

if TYPE_CHECKING:
    from onrecord.pipeline.graph.planning import Plan
    from onrecord.pipeline.sources import Reference
    from onrecord.pipeline.store.outcome import Outcome
    from onrecord.pipeline.store.target import Target


#: The fields of ``Options`` that are flags of this command alone.
#: What is read when nothing is named, as `make run` does.
DEFAULT_INPUT = "seeds"
OWN_FLAGS = (
    "workers",
    "runner",
    "max_rejects",
    "clusters",
    "fresh",
    "rebuild",
    "mirror",
    "verify",
    "sure",
    "keep_history",
)


@click.command("run", context_settings=HELP | {"ignore_unknown_options": True})
@S3_ENDPOINT
@click.argument("inputs", nargs=-1, type=click.UNPROCESSED, metavar="[INPUT]...")
@click.option(
    "-o", "--output", default="output", show_default=True, help="The data set: a folder, or s3://…, gs://…, az://…."
)
@click.option("-w", "--workers", default=1, show_default=True, help="Worker processes of the local runner.")
@click.option(
    "--runner",
    default="FnApiRunner",
    show_default=True,
    callback=lambda _, __, name: runner_name(name),
    help="Engine or Beam runner, as prism or PrismRunner; `onrecord engines` lists them.",
)
@click.option("--dry-run", is_flag=True, help="Print what there is to do, and do nothing.")
@click.option("--mirror", is_flag=True, help="Remove what is gone from the folders that are named.")
@click.option("--yes", "sure", is_flag=True, help="With --mirror, also when that is more than a fifth.")
@click.option("--verify", is_flag=True, help="Read inputs that look unchanged too, and compare their hashes.")
@click.option("--rebuild", is_flag=True, help="Read again what another version or other options made.")
@click.option("--fresh", is_flag=True, help="Start anew: what the data set holds leaves when the new rows come.")
@click.option("--keep-history", is_flag=True, help="Leave what is replaced on the disk, for earlier versions.")
@click.option("--max-rejects", default=1.0, metavar="SHARE", help="Exit with 7 when a larger share is refused.")
@click.option(
    "--clusters/--no-clusters", default=True, help="Mark stories told twice, or do not compare. [default: mark]"
)
@input_flags
def run_command(inputs: tuple[str, ...], output: str, dry_run: bool, **flags: Any) -> None:
    """Read articles into tables: files, folders, globs, and addresses like s3://bucket/news. Default INPUT: seeds.

    Text, HTML, JSON lines, JSON, CSV, TSV, Parquet, WARC, RSS, Atom, NewsML-G2, NITF and newswire corpora in SGML, each
    also as gzip, zstd or bzip2, in zip and in tar.

    The data set grows: what is new or changed since the last run is read, what is as it was stays. A record that
    cannot be read becomes a row of the table rejects. From the first flag that is not one of these on, arguments go on
    to Beam:

    onrecord run articles --runner PortableRunner --job_endpoint=localhost:8099 --environment_type=LOOPBACK
    """
    paths, beam_flags = split_arguments(inputs)
    own = {name: flags.pop(name) for name in OWN_FLAGS}
    options = Options(output=data_folder(output), beam_flags=tuple(beam_flags), **own, **input_options(**flags))
    check_beam_flags(options)
    if not paths and not Path(DEFAULT_INPUT).exists():
        raise UsageError(f"give files or folders to read; without any it is {DEFAULT_INPUT}/, which is not here")
    run_here(paths or [DEFAULT_INPUT], options, dry_run=dry_run)


def run_here(inputs: Sequence[str], options: Options, *, dry_run: bool = False) -> None:
    """Run over the inputs and print the summary.

    Raises NothingToRead when no input holds an article file; once the tables stand, NoArticles when no record became
    an article, InputMissing when a named input is not there, TooManyRejects beyond ``--max-rejects``.
    """
    from onrecord.pipeline.commands.summary import print_plan, print_summary
    from onrecord.pipeline.store.outcome import keep_run

    started = time.monotonic()
    check_languages(options.languages)
    check_components(options)
    check_output(options.output, inputs)
    named = NamedInputs()
    with planned_run(inputs, options, named) as (target, todo):
        if not named.any_exists:
            raise NothingToRead(f"nothing to read: {'; '.join(named.missing[:3]) or ', '.join(inputs)}")
        if dry_run:
            print_plan(todo)
            return
        outcome = carry_out(todo, options, target)
        keep_run(target.folder, outcome, todo.states, options, time.monotonic() - started)
    print_summary(options.output, todo, outcome, time.monotonic() - started)
    _check_result(options, outcome, named.missing)


def run_quietly(inputs: Sequence[str], options: Options) -> Outcome:
    """Run over the inputs, whatever they are, and print nothing; what came of it."""
    with planned_run(inputs, options, NamedInputs()) as (target, todo):
        return carry_out(todo, options, target)


@contextmanager
def planned_run(inputs: Sequence[str], options: Options, named: NamedInputs) -> Iterator[tuple[Target, Plan]]:
    """The target of a new run and what there is to do; its work folder is gone afterwards."""
    from onrecord.pipeline.graph.planning import plan
    from onrecord.pipeline.sources import find
    from onrecord.pipeline.store.target import Target, commit_lock, run_alive
    from onrecord.pipeline.store.upkeep.forget import finish_forgetting
    from onrecord.pipeline.store.versions.commit import is_old
    from onrecord.pipeline.store.versions.commits import finish

    target = Target.of(options)
    if options.rebuild and is_old(target.folder):
        target = replace(target, fresh=True)
    with run_alive(target):
        with commit_lock(target.folder):
            finish(target.folder)  # what a run that was killed had committed
            finish_forgetting(target)
        todo = plan(named.watch(find(inputs, named.pass_over)), inputs, options, target)
        system_files = {"system": named.passed_over} if named.passed_over else {}
        yield target, replace(todo, states=todo.states | system_files)


def carry_out(todo: Plan, options: Options, target: Target) -> Outcome:
    """Read what is to be read, commit it, and bring the clusters up to it."""
    from onrecord.pipeline.commands.progress import show_progress
    from onrecord.pipeline.store.outcome import read_outcome
    from onrecord.pipeline.store.target import clear_work, commit_lock
    from onrecord.pipeline.store.versions.commits import delete_removed

    if todo.inputs or todo.mirrored or (options.fresh and todo.states.get("withheld")):
        from onrecord.pipeline.graph.engines import run

        with show_progress(target, todo.n_bytes):
            run(todo, options, target)
    if options.clusters:
        from onrecord.pipeline.store.clusters import update_clusters

        update_clusters(target)
    with commit_lock(target.folder):
        delete_removed(target.folder)
        clear_work(target.folder)
    return read_outcome(target)


class NamedInputs:
    """Which of the inputs that go by are named and not there, each with what is wrong; whether any is there at all.

    ``passed_over`` counts the system files between them.
    """

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.any_exists = False
        self.passed_over = 0

    def pass_over(self) -> None:
        self.passed_over += 1

    def watch(self, references: Iterable[Reference]) -> Iterator[Reference]:
        from onrecord.pipeline.sources import exists

        for reference in references:
            is_there = not reference.named or exists(reference)
            self.any_exists = self.any_exists or (is_there and reference.fault is None)
            if not is_there:
                fault = reference.fault[1] if reference.fault else "no such file or folder"
                self.missing.append(f"{reference.uri}: {fault}")
            yield reference


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs, and what goes on to Beam; Beam is asked only when there is a flag that is not ours."""
    if not any(word.startswith("-") for word in arguments):
        return list(arguments), []
    from onrecord.pipeline.logging_setup import suppress_beam_output

    with suppress_beam_output():
        from onrecord.pipeline.graph import beam_flags

    return beam_flags.split_arguments(arguments)


def check_beam_flags(options: Options) -> None:
    """Raises UsageError for flags that neither we nor Beam know, before anything is made."""
    if options.beam_flags:
        from onrecord.pipeline.graph import beam_flags

        beam_flags.beam_options(options)


def check_languages(codes: tuple[str, ...]) -> None:
    """Raises UsageError for a code that no language has, which would have every article refused."""
    from onrecord.transforms.language import languages

    for code in codes if codes != ("en",) else ():  # asking takes half a second
        if code not in languages():
            raise UsageError(f"--languages {code}: no such language; give ISO 639 codes as en,de, or all")


def check_components(options: Options) -> None:
    """Raises UsageError for people's own components that cannot work: here, before a process starts that needs them."""
    if options.spacy_config:  # for no other run is the model loaded in this process
        from onrecord.transforms.annotate import Annotator

        load_components(Annotator(options.annotator))


def check_output(output: str, inputs: Sequence[str]) -> None:
    """Raises UsageError when the tables would stand among the inputs, OnRecordError when they cannot be written."""
    from onrecord.pipeline.places import is_remote, place, reach
    from onrecord.pipeline.store.schema import SCHEMAS

    folder = place(output)
    if "%" in str(folder) or not str(folder).isprintable() or (is_remote(folder) and has_magic(output)):
        raise UsageError(f"--output {output!a}: Delta logs cannot stand in a folder of such a name")
    target = canonical_address(output)
    own = [f"{target}/{name}/" for name in (*SCHEMAS, "_onrecord")]
    for given in inputs:
        address = canonical_address(given).rstrip("/")
        if (address == target and not Path(address).is_file()) or f"{address}/".startswith(tuple(own)):
            raise UsageError(f"--output {output}: the input {given} lies there; give the tables a folder of their own")
    reach(output)


def _check_result(options: Options, outcome: Outcome, missing: Sequence[str]) -> None:
    """Raise for what was asked for and is not done; the tables stand all the same."""
    if not outcome.totals["articles"]:
        raise NoArticles(f"none of {outcome.totals['records']:,} records became an article; the table rejects says why")
    if missing:
        raise InputMissing(f"not all inputs are there: {'; '.join(missing[:3])}")
    came = outcome.articles + outcome.rejects
    share = outcome.rejects / max(came, 1)
    if share > options.max_rejects:
        raise TooManyRejects(
            f"{share:.1%} of the records of this run were refused; --max-rejects allows {options.max_rejects:.1%}"
        )
