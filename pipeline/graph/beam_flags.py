"""Flags that are Beam's: told from inputs on the command line, checked, and made its options."""

from __future__ import annotations

import argparse
import io
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr
from functools import cache

from apache_beam.options.pipeline_options import (
    DebugOptions,
    DirectOptions,
    PipelineOptions,
    ProfilingOptions,
    S3Options,
    StandardOptions,
    TypeOptions,
)

from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Options

#: Beam's options that the local runner looks at, or that change nothing for anybody.
LOCAL_OPTIONS = (StandardOptions, TypeOptions, DirectOptions, DebugOptions, ProfilingOptions, S3Options)
#: What people mean who use Beam's words here.
HINTS = {
    "--num_workers": "--workers counts its processes",
    "--max_num_workers": "--workers counts its processes",
    "--update": "it updates a job of Dataflow, not a data set",
}


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Inputs, and the flags that go on to Beam, each with its value where it takes one.

    A flag that Beam does not know, for a runner that does, takes the next word unless that is a flag too.

    >>> split_arguments(["a.txt", "--streaming", "b", "--environment_type", "LOOPBACK", "--job_name=x", "c"])
    (['a.txt', 'b', 'c'], ['--streaming', '--environment_type', 'LOOPBACK', '--job_name=x'])
    """
    inputs: list[str] = []
    flags: list[str] = []
    words = deque(arguments)
    while words:
        word = words.popleft()
        if not word.startswith("-"):
            inputs.append(word)
            continue
        flags.append(word)
        if "=" not in word and words and not words[0].startswith("-") and _takes_value(word):
            flags.append(words.popleft())
    return inputs, flags


def _takes_value(flag: str) -> bool:
    action = _beam_flags().get(flag)
    return action is None or action.nargs != 0


@cache
def _beam_flags(option_classes: tuple[type[PipelineOptions], ...] | None = None) -> dict[str, argparse.Action]:
    """The flags of these classes of Beam's options, of all of them by default."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False, conflict_handler="resolve")
    for options in PipelineOptions.__subclasses__() if option_classes is None else option_classes:
        options._add_argparse_args(parser)
    return {flag: action for action in parser._actions for flag in action.option_strings}


def beam_options(options: Options) -> PipelineOptions:
    """Beam's own options. Raises UsageError for what it cannot parse, and for typos where no other runner reads on."""
    flags = PipelineOptions(list(options.beam_flags))
    printed = io.StringIO()
    try:
        with redirect_stderr(printed):
            known = flags.get_all_options(retain_unknown_options=False).keys()
            unknown = sorted(flags.get_all_options(retain_unknown_options=True).keys() - known)
    except SystemExit as stop:  # argparse prints its usage and leaves
        raise UsageError(printed.getvalue().strip().rpartition("error: ")[2]) from stop
    if options.is_local:
        if unknown:
            raise UsageError(f"no such option: --{unknown[0]} (neither On Record nor Beam knows it)")
        _check_meaning(options.beam_flags)
        flags.view_as(DirectOptions).direct_num_workers = options.workers
    return flags


def _check_meaning(flags: Iterable[str]) -> None:
    """Raise UsageError for a flag that Beam knows and the local runner passes over in silence."""
    for flag in (word.partition("=")[0] for word in flags if word.startswith("-")):
        if flag in _beam_flags() and flag not in _beam_flags(LOCAL_OPTIONS):
            hint = f"; {HINTS[flag]}" if flag in HINTS else ""
            raise UsageError(f"{flag} is for other Beam runners and means nothing to the local one{hint}")
