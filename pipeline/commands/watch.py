"""``onrecord watch``: keep a data set up to date with folders, for as long as it is let."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import data_folder, local_path
from onrecord.pipeline.commands.flags import HELP, S3_ENDPOINT, input_flags, input_options
from onrecord.pipeline.commands.run import check_components, check_languages, check_output, split_arguments
from onrecord.pipeline.console import print_line
from onrecord.pipeline.engines.catalogue import runner_name
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Options

if TYPE_CHECKING:
    from onrecord.pipeline.watch.loop import Show
    from onrecord.pipeline.watch.options import WatchOptions
    from onrecord.pipeline.watch.status import Status
    from onrecord.pipeline.watch.stopping import Stop

#: The fields of ``Options`` that are flags of this command, and those of ``WatchOptions``.
RUN_FLAGS = ("workers", "runner", "mirror", "sure", "clusters", "keep_history")
WATCH_FLAGS = (
    "settle",
    "batch_files",
    "batch_bytes",
    "poll",
    "sweep_every",
    "cluster_every",
    "once",
    "window",
    "notifications",
)
#: Seconds between two listings, here and by an engine, where a listing is a step of the job.
POLL, ENGINE_POLL = 0.5, 5.0
#: Seconds between two lines in a log.
LOG_SECONDS = 30.0


@click.command("watch", context_settings=HELP | {"ignore_unknown_options": True})
@S3_ENDPOINT
@click.argument("folders", nargs=-1, type=click.UNPROCESSED, metavar="[FOLDER]...")
@click.option(
    "-o", "--output", default="output", show_default=True, help="The data set: a folder, or s3://…, gs://…, az://…."
)
@click.option("--once", is_flag=True, help="End when what has settled is read; for cron.")
@click.option("--status", "only_status", is_flag=True, help="Print how the watcher is; exit with 12 when none is well.")
@click.option("-w", "--workers", default=1, show_default=True, help="Worker processes.")
@click.option("--mirror", is_flag=True, help="Remove what is gone from the folders.")
@click.option("--yes", "sure", is_flag=True, help="With --mirror, also when that is more than a fifth.")
@click.option("--settle", default=2.0, show_default=True, help="Seconds that a file must stay as it is to be read.")
@click.option("--batch-files", default=128, show_default=True, help="Files that a turn takes at most.")
@click.option("--batch-bytes", default=4 * 2**20, show_default=True, help="Bytes that a turn takes at most.")
@click.option(
    "--poll", type=float, help=f"Seconds between two listings.  [default: {POLL}; on an engine {ENGINE_POLL:.0f}]"
)
@click.option(
    "--runner",
    default="FnApiRunner",
    callback=lambda _, __, name: runner_name(name),
    help="An engine that does it as an unbounded job, as prism; by default this process does.",
)
@click.option(
    "--notifications",
    default="",
    metavar="SUBSCRIPTION",
    help="On Dataflow: Pub/Sub's subscription to what comes to FOLDERs of gs://, in place of listings.",
)
@click.option("--window", default=60.0, show_default=True, help="On an engine: seconds between two commits.")
@click.option("--sweep-every", default=600.0, show_default=True, help="Seconds between two looks at all that is known.")
@click.option(
    "--cluster-every", default=600.0, show_default=True, help="Seconds until stories are compared under load."
)
@click.option(
    "--clusters/--no-clusters", default=True, help="Mark stories told twice, or do not compare. [default: mark]"
)
@click.option("--keep-history", is_flag=True, help="Leave what is replaced on the disk, for earlier versions.")
@input_flags
def watch_command(folders: tuple[str, ...], output: str, only_status: bool, **flags: Any) -> None:
    """Keep a data set up to date with FOLDERs: what comes or changes is read within seconds, until this is stopped.

    A file that is moved into place is read at once, any other when it has not been written for --settle seconds. Names
    like .x, x.tmp, x.part and x~ are passed over. Ctrl-C and SIGTERM end it after its turn, a second one at once.

    With --runner an engine does it, window by window, and FOLDER may be an address like s3://bucket/news. From the
    first flag that is not one of these on, arguments go on to Beam:

    onrecord watch news -o tables --runner PrismRunner --window 60
    """
    if only_status:
        print_status(data_folder(output))
        return
    from onrecord.pipeline.watch.options import WatchOptions

    named, beam_flags = split_arguments(folders)
    own = {name: flags.pop(name) for name in RUN_FLAGS}
    habits = {name: flags.pop(name) for name in WATCH_FLAGS}
    options = Options(output=data_folder(output), beam_flags=tuple(beam_flags), **own, **input_options(**flags))
    if habits["poll"] is None:
        habits["poll"] = POLL if options.is_local else ENGINE_POLL
    watch_here(named, options, WatchOptions(**habits))


def print_status(output: str) -> None:
    """Print the status file. Raises NotWatching when no watcher is at work, or it says nothing."""
    from onrecord.pipeline.watch.status import check_alive, read_status

    status = read_status(output)
    print_line(status.rstrip())
    check_alive(status, output)


def watch_here(folders: list[str], options: Options, habits: WatchOptions) -> None:
    """Check what was asked for, and watch."""
    from onrecord.pipeline.watch.loop import watch
    from onrecord.pipeline.watch.stopping import stop_at_signals

    if not folders:
        raise UsageError("name the folders to watch")
    check_languages(options.languages)
    check_components(options)
    check_output(options.output, folders)
    if options.is_local:
        if options.beam_flags:
            raise UsageError(f"no such option: {options.beam_flags[0]} (without --runner nothing goes on to Beam)")
        with stop_at_signals() as stop, show_status() as show:
            watch([_local(folder) for folder in folders], options, habits, stop, show)
    elif habits.once:
        raise UsageError("--once is for this machine alone; onrecord run does the same on an engine")
    else:
        with stop_at_signals(patience=None) as stop, show_status() as show:
            _watch_on_engine(folders, options, habits, stop, show)


def _watch_on_engine(folders: list[str], options: Options, habits: WatchOptions, stop: Stop, show: Show) -> None:
    from onrecord.pipeline.logging_setup import silence_loggers

    silence_loggers()
    from onrecord.pipeline.stream.job import watch_on_engine

    watch_on_engine(folders, options, habits, stop, show)


@contextmanager
def show_status() -> Iterator[Show]:
    """Show the status on standard error: a line that changes on a terminal, a line now and then elsewhere."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from onrecord.pipeline.console import visible

    console = Console(file=sys.stderr)
    if console.is_terminal:
        with Live(Text("starting"), console=console, auto_refresh=False) as live:
            yield lambda status: live.update(Text(visible(status.line())), refresh=True)
        return
    told = 0.0, ""

    def log(status: Status) -> None:
        nonlocal told
        error = str(status.error.get("text", "")) + status.mirror
        if time.monotonic() - told[0] >= LOG_SECONDS or error != told[1] or status.state == "stopped":
            told = time.monotonic(), error
            console.print(Text(f"onrecord: {visible(status.line())}"), soft_wrap=True)

    yield log


def _local(folder: str) -> str:
    path = local_path(folder)
    if path is None:
        raise UsageError(f"{folder}: folders of this machine can be watched only, unless an engine does it (--runner)")
    return path
