"""One frozen Options for a run; the command line makes it, the rest of the product takes it."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import UsageError

#: Beam runners that mean "in this process, or in worker processes of this machine".
LOCAL_RUNNERS = ("FnApiRunner", "DirectRunner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run. ``beam_flags`` go on to Beam untouched; ``workers`` counts processes of the local runner.

    Articles that are surely in none of the ``languages`` (ISO 639 codes) are refused; none of them means all are kept.

    Raises UsageError for values that cannot be.

    >>> Options(output="tables").local
    True
    >>> Options(output="tables", workers=0)
    Traceback (most recent call last):
    ...
    pipeline.errors.UsageError: --workers 0: a run needs at least one worker
    """

    output: str = "output"
    workers: int = 1
    runner: str = "FnApiRunner"
    languages: tuple[str, ...] = ("en",)
    beam_flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError(f"--workers {self.workers}: a run needs at least one worker")
        if odd := [code for code in self.languages if not (code.isascii() and code.isalpha() and code.islower())]:
            raise UsageError(f"--languages {odd[0]!r}: give codes as en,de, or all")
        if self.workers > 1 and not self.local:
            raise UsageError(f"--workers is for the local runner; {self.runner} has its own flag for parallelism")

    @property
    def local(self) -> bool:
        return self.runner in LOCAL_RUNNERS
