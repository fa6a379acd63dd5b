"""A run from the command line: find the inputs, run the graph, show how far it is, and say what was found."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline.console import print_summary
from pipeline.errors import NothingToRead, OnRecordError, TooManyRejects, UsageError
from pipeline.options import Options
from pipeline.quiet import hushed
from pipeline.sources import Reference, exists, find

POLL_SECONDS = 0.5


def run_here(inputs: Sequence[str], options: Options) -> None:
    """Run over the inputs and print the summary. Raises NothingToRead when no input holds an article file."""
    started = time.monotonic()
    _check_languages(options.languages)
    references = list(find(inputs))
    _check_inputs(references, inputs)
    _check_output(Path(options.output))
    with _progress(options.output), hushed():
        from pipeline.assembly import run

        run(references, options)
    print_summary(options.output, time.monotonic() - started)
    _check_rejects(options)


def _check_languages(codes: tuple[str, ...]) -> None:
    """Raises UsageError for a code that no language has, which would have every article refused."""
    from transforms.language import languages

    for code in codes if codes != ("en",) else ():  # asking takes half a second
        if code not in languages():
            raise UsageError(f"--languages {code}: no such language; give ISO 639 codes as en,de, or all")


def _check_inputs(references: Sequence[Reference], inputs: Sequence[str]) -> None:
    if any(map(exists, references)):
        return
    told = "; ".join(f"{r.uri}: {r.fault[1] if r.fault else 'no such file or folder'}" for r in references[:3])
    raise NothingToRead(f"nothing to read: {told or ', '.join(inputs)}")


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


@contextmanager
def _progress(output: str) -> Iterator[None]:
    """How far it is, on the terminal, while the run works: a shard is done when its part stands in the work folder."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    columns = (SpinnerColumn(), TextColumn("reading, {task.completed} shards done"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        watcher = threading.Thread(target=_watch, args=(bar, task, output, done), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _watch(bar: Progress, task: object, output: str, done: threading.Event) -> None:
    work = Path(output) / "_onrecord" / "work"
    while not done.wait(POLL_SECONDS):
        parts = {path.name for path in work.glob("*/part-*.parquet")}
        bar.update(task, completed=len(parts))  # type: ignore[arg-type]
