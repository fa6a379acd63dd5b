"""``onrecord run``: find the inputs, run the graph, show how far it is, and say what was found."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import canonical_address, local_folder, relative_address
from onrecord.pipeline.commands.flags import HELP, input_flags, input_options
from onrecord.pipeline.errors import InputMissing, NoArticles, NothingToRead, OnRecordError, TooManyRejects, UsageError
from onrecord.pipeline.options import Options

if TYPE_CHECKING:
    from onrecord.pipeline.sources import Reference


@click.command("run", context_settings=HELP | {"ignore_unknown_options": True})
@click.argument("inputs", nargs=-1, type=click.UNPROCESSED, metavar="[INPUT]...")
@click.option("-o", "--output", default="output", show_default=True, help="Folder for the tables.")
@click.option("-w", "--workers", default=1, show_default=True, help="Worker processes of the local runner.")
@click.option(
    "--runner", default="FnApiRunner", show_default=True, help="Beam runner; DirectRunner is the local one too."
)
@click.option("--max-rejects", default=1.0, metavar="SHARE", help="Exit with 7 when a larger share is refused.")
@click.option(
    "--clusters/--no-clusters", default=True, help="Mark stories told twice, or do not compare. [default: mark]"
)
@input_flags
def run_command(
    inputs: tuple[str, ...],
    output: str,
    workers: int,
    runner: str,
    max_rejects: float,
    clusters: bool,
    **about_inputs: Any,
) -> None:
    """Read articles into tables: files, folders, globs, and addresses like s3://bucket/news. Default INPUT: seeds.

    Text, HTML, JSON lines, JSON, CSV, TSV, Parquet and WARC, each also as gzip, zstd or bzip2, in zip and in tar.

    The tables of an earlier run in the same folder are replaced. A record that cannot be read becomes a row of the
    table rejects. From the first flag that is not one of these on, arguments go on to Beam:

    onrecord run articles --runner PortableRunner --job_endpoint=localhost:8099 --environment_type=LOOPBACK
    """
    paths, beam_flags = split_arguments(inputs)
    options = Options(
        output=local_folder(output),
        workers=workers,
        runner=runner,
        max_rejects=max_rejects,
        clusters=clusters,
        beam_flags=tuple(beam_flags),
        **input_options(**about_inputs),
    )
    run_here(paths or ["seeds"], options)


def run_here(inputs: Sequence[str], options: Options) -> None:
    """Run over the inputs and print the summary.

    Raises NothingToRead when no input holds an article file; once the tables stand, NoArticles when no record became
    an article, InputMissing when a named input is not there, TooManyRejects beyond ``--max-rejects``.
    """
    from onrecord.pipeline.commands.progress import show_progress
    from onrecord.pipeline.commands.summary import print_summary
    from onrecord.pipeline.logging_setup import suppress_beam_output
    from onrecord.pipeline.sources import exists, find
    from onrecord.pipeline.store.target import Target

    started = time.monotonic()
    check_languages(options.languages)
    references = list(find(inputs))
    missing = _find_missing(references)
    if not any(map(exists, references)):
        raise NothingToRead(f"nothing to read: {'; '.join(missing[:3]) or ', '.join(inputs)}")
    check_output(Path(options.output), inputs)
    for reference in references:
        relative_address(reference.identity, options.base)
    target = Target.of(options)
    with show_progress(target, sum(r.size for r in references)), suppress_beam_output():
        from onrecord.pipeline.graph.engines import run

        run(references, options, target)
    print_summary(options.output, time.monotonic() - started)
    _check_result(options, missing)


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs, and what goes on to Beam; Beam is asked only when there is a flag that is not ours."""
    if not any(word.startswith("-") for word in arguments):
        return list(arguments), []
    from onrecord.pipeline.logging_setup import suppress_beam_output

    with suppress_beam_output():
        from onrecord.pipeline.graph import beam_flags

    return beam_flags.split_arguments(arguments)


def check_languages(codes: tuple[str, ...]) -> None:
    """Raises UsageError for a code that no language has, which would have every article refused."""
    from onrecord.transforms.language import languages

    for code in codes if codes != ("en",) else ():  # asking takes half a second
        if code not in languages():
            raise UsageError(f"--languages {code}: no such language; give ISO 639 codes as en,de, or all")


def check_output(output: Path, inputs: Sequence[str]) -> None:
    """Raises UsageError when the tables would stand among the inputs, OnRecordError when they cannot be written."""
    from onrecord.pipeline.store.schema import SCHEMAS

    target = output.resolve()
    own = [target / name for name in (*SCHEMAS, "_onrecord")]
    for given in inputs:
        path = Path(canonical_address(given))
        if (path == target and path.is_dir()) or any(folder in (path, *path.parents) for folder in own):
            raise UsageError(f"--output {output}: the input {given} lies there; give the tables a folder of their own")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OnRecordError(f"cannot write to {output}: {error.strerror}") from error


def _find_missing(references: Sequence[Reference]) -> list[str]:
    """What the user named and is not there, or holds no file, each with what is wrong with it."""
    from onrecord.pipeline.sources import exists

    return [
        f"{reference.uri}: {reference.fault[1] if reference.fault else 'no such file or folder'}"
        for reference in references
        if reference.named and not exists(reference)
    ]


def _check_result(options: Options, missing: Sequence[str]) -> None:
    """Raise for what was asked for and is not done; the tables stand all the same."""
    from onrecord.pipeline.ask.snapshot import current

    snapshot = current(options.output)
    assert snapshot is not None
    counts = snapshot.totals
    if not counts["articles"]:
        raise NoArticles(f"none of {counts['records']:,} records became an article; the table rejects says why")
    if missing:
        raise InputMissing(f"not all inputs are there: {'; '.join(missing[:3])}")
    share = counts["rejects"] / max(counts["records"], 1)
    if share > options.max_rejects:
        raise TooManyRejects(f"{share:.1%} of the records were refused; --max-rejects allows {options.max_rejects:.1%}")
