"""``onrecord run``: find the inputs, run the graph, show how far it is, and say what was found."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from onrecord.pipeline.commands.flags import HELP, reading_flags, reading_options
from onrecord.pipeline.errors import NothingToRead, OnRecordError, TooManyRejects, UsageError
from onrecord.pipeline.options import Options


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
@reading_flags
def run_command(
    inputs: tuple[str, ...],
    output: str,
    workers: int,
    runner: str,
    max_rejects: float,
    clusters: bool,
    **reading: Any,
) -> None:
    """Read articles into tables: files, folders, globs, and addresses like s3://bucket/news. Default INPUT: seeds.

    Text, HTML, JSON lines, JSON, CSV, TSV, Parquet and WARC, each also as gzip, zstd or bzip2, in zip and in tar.

    The tables of an earlier run in the same folder are replaced. A record that cannot be read becomes a row of the
    table rejects. From the first flag that is not one of these on, arguments go on to Beam:

    onrecord run articles --runner PortableRunner --job_endpoint=localhost:8099 --environment_type=LOOPBACK
    """
    paths, beam_flags = split_arguments(inputs)
    options = Options(
        output=output,
        workers=workers,
        runner=runner,
        max_rejects=max_rejects,
        clusters=clusters,
        beam_flags=tuple(beam_flags),
        **reading_options(**reading),
    )
    run_here(paths or ["seeds"], options)


def run_here(inputs: Sequence[str], options: Options) -> None:
    """Run over the inputs and print the summary. Raises NothingToRead when no input holds an article file."""
    from onrecord.pipeline.commands.progress import show_progress
    from onrecord.pipeline.commands.summary import print_summary
    from onrecord.pipeline.logging_setup import suppress_beam_output
    from onrecord.pipeline.sources import find

    started = time.monotonic()
    check_languages(options.languages)
    references = list(find(inputs))
    _check_inputs(references, inputs)
    _check_output(Path(options.output))
    with show_progress(options.output), suppress_beam_output():
        from onrecord.pipeline.graph.engines import run

        run(references, options)
    print_summary(options.output, time.monotonic() - started)
    _check_rejects(options)


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs, and from the first flag on what goes to Beam.

    >>> split_arguments(["a.txt", "b", "--environment_type", "LOOPBACK"])
    (['a.txt', 'b'], ['--environment_type', 'LOOPBACK'])
    """
    first = next((at for at, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    return list(arguments[:first]), list(arguments[first:])


def check_languages(codes: tuple[str, ...]) -> None:
    """Raises UsageError for a code that no language has, which would have every article refused."""
    from onrecord.transforms.language import languages

    for code in codes if codes != ("en",) else ():  # asking takes half a second
        if code not in languages():
            raise UsageError(f"--languages {code}: no such language; give ISO 639 codes as en,de, or all")


def _check_inputs(references: Sequence[Any], inputs: Sequence[str]) -> None:
    from onrecord.pipeline.sources import exists

    if any(map(exists, references)):
        return
    faults = "; ".join(f"{r.uri}: {r.fault[1] if r.fault else 'no such file or folder'}" for r in references[:3])
    raise NothingToRead(f"nothing to read: {faults or ', '.join(inputs)}")


def _check_rejects(options: Options) -> None:
    """Raises TooManyRejects beyond the share that is allowed; the tables stand all the same."""
    counts = json.loads((Path(options.output) / "_onrecord" / "ledger.json").read_text(encoding="utf-8"))
    share = counts["rejects"] / max(counts["records"], 1)
    if share > options.max_rejects:
        raise TooManyRejects(f"{share:.1%} of the records were refused; --max-rejects allows {options.max_rejects:.1%}")


def _check_output(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OnRecordError(f"cannot write to {output}: {error.strerror}") from error
