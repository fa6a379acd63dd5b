"""One frozen Options for a run; the command line makes it, the rest of the product takes it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from onrecord.pipeline.errors import UsageError

if TYPE_CHECKING:
    from onrecord.transforms.dates import DateRules
    from onrecord.transforms.options import AnnotatorOptions

#: Beam runners that mean "in this process, or in worker processes of this machine".
LOCAL_RUNNERS = ("FnApiRunner", "DirectRunner")


def _field(default: float | str, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Which field of a record holds what, by name, or by dotted path (``article.body``). Empty: guess."""

    text: str = _field("", "its text; guessed by default")
    title: str = _field("", "its title; guessed by default")
    byline: str = _field("", "who wrote it; guessed by default")
    publisher: str = _field("", "who published it; guessed by default")
    published: str = _field("", "when it was published; guessed by default")
    url: str = _field("", "where it was published; guessed by default")
    id: str = _field("", "what it is known by, in all runs; by default its address")
    keep: str = _field("", "")  # has a flag of its own: names joined by commas, or "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one input may cost. Beyond a limit a record, or the rest of its container, is refused with the reason."""

    record: int = _field(16 * 2**20, "bytes of one record: a text, a page, a line, a row")
    text: int = _field(10**6, "characters of one article; the markup of a page may have more")
    unpacked: int = _field(2**40, "bytes that may come out of one input when it is unpacked")
    ratio: int = _field(200, "bytes out of a container for each byte in it, past the first 64 MiB")
    members: int = _field(250_000, "members of all the archives in one input")
    nesting: int = _field(4, "containers in containers; a.tar.gz is two")
    seconds: float = _field(30.0, "seconds that the parser of one page may take")
    hang: float = _field(120.0, "seconds that one record may take, and one more for each 4,000 bytes of it")

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name) <= 0:
                raise UsageError(f"--max-{each.name} {getattr(self, each.name)}: a limit has to be more than nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run. ``beam_flags`` go on to Beam untouched; ``workers`` counts processes of the local runner.

    A run in which more than the share ``max_rejects`` of the records is refused ends with an error, its tables made.
    Without ``clusters`` articles are not compared: that takes about a kilobyte of memory for each of them.
    Articles confidently detected in another language than the ``languages`` (ISO 639 codes) are refused; () keeps all.
    A run adds to what the data set holds, or starts it anew when ``fresh``. Inputs that look as they did are not read,
    unless to ``verify`` them, or to ``rebuild`` what another version made. With ``mirror`` what is gone from the named
    folders leaves the tables, more than a fifth only when ``sure``. With ``keep_history`` what leaves stays on disk.
    Addresses in the tables, and the ids made of them, are relative to the folder or address ``base``.
    ``date_order`` (DMY, MDY or YMD) and ``time_zone`` (as Europe/London) are those of dates that do not say so.
    ``spacy_config`` is the absolute path of a spaCy config file, or of the folder of a pipeline, whose components run
    after the reader; what they leave stands in ``articles.extra``.

    Raises UsageError for values that cannot be.

    >>> Options(output="tables").is_local
    True
    >>> Options(output="tables", workers=0)
    Traceback (most recent call last):
    ...
    onrecord.pipeline.errors.UsageError: --workers 0: a run needs at least one worker
    """

    output: str = "output"
    base: str = ""
    workers: int = 1
    runner: str = "FnApiRunner"
    languages: tuple[str, ...] = ("en",)
    spacy_config: str = ""
    date_order: str = ""
    time_zone: str = ""
    fields: Fields = Fields()
    limits: Limits = Limits()
    max_rejects: float = 1.0
    clusters: bool = True
    fresh: bool = False
    rebuild: bool = False
    mirror: bool = False
    verify: bool = False
    sure: bool = False
    keep_history: bool = False
    beam_flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise UsageError(f"--workers {self.workers}: a run needs at least one worker")
        if not 0 <= self.max_rejects <= 1:
            raise UsageError(f"--max-rejects {self.max_rejects}: give a share between 0 and 1")
        if odd := [code for code in self.languages if not (code.isascii() and code.isalpha() and code.islower())]:
            raise UsageError(f"--languages {odd[0]!r}: give codes as en,de, or all")
        if self.date_order or self.time_zone:
            _ = self.dates
        if self.workers > 1 and not self.is_local:
            raise UsageError(f"--workers is for the local runner; {self.runner} has its own flag for parallelism")

    @property
    def is_local(self) -> bool:
        return self.runner in LOCAL_RUNNERS

    @property
    def id_rule(self) -> dict[str, str]:
        """How ids are made, stored with the data set. Where a base lies is no part of it."""
        return {"id_field": self.fields.id, "base": "relative" if self.base else ""}

    @property
    def dates(self) -> DateRules:
        """What of the options decides about dates. Raises UsageError for what is no order or zone."""
        from onrecord.transforms.dates import DateRules

        try:
            return DateRules(order=self.date_order, time_zone=self.time_zone)
        except ValueError as error:
            raise UsageError(str(error)) from error

    @property
    def annotator(self) -> AnnotatorOptions:
        """What of the options decides about an article."""
        from onrecord.transforms.options import AnnotatorOptions

        return AnnotatorOptions(languages=self.languages, spacy_config=self.spacy_config)
