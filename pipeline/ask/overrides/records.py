"""An override as it is kept: which quote is meant, by its words, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.snapshot import OWN
from onrecord.pipeline.errors import TablesDamaged
from onrecord.pipeline.places import list_names, place

#: Characters on either side by which a passage is found again.
CONTEXT = 32
ROLES = ("content", "cue", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A passage by its words and those around them; ``start`` is where it stood in the text that was reviewed."""

    exact: str
    prefix: str
    suffix: str
    start: int


Anchors = tuple[Anchor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a quote stands."""

    content: Anchors
    cue: Anchors = ()
    source: Anchors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A correction of one quote of an article: ``change``, ``delete`` or ``add``.

    ``before`` is where the quote stood that is changed or deleted. Of ``after`` None leaves things as they are: the
    passages of the roles, ``kind``, ``speaker`` (empty when it is nobody, with its id and label).
    """

    id: str = ""
    action: str
    article_id: str
    text_sha256: str
    before: Place | None = None
    content: Anchors | None = None
    cue: Anchors | None = None
    source: Anchors | None = None
    kind: str | None = None
    speaker: str | None = None
    speaker_id: str | None = None
    speaker_label: str | None = None


def override_of(**values: Any) -> Override:
    """An override by an id that its content gives, so that the same correction is one, however often it comes."""
    made = Override(**values)
    return replace(made, id=sha256(json.dumps(asdict(made), sort_keys=True).encode()).hexdigest()[:16])


def anchor(text: str, start: int, end: int) -> Anchor:
    """
    >>> anchor("It rains, she said.", 10, 13)
    Anchor(exact='she', prefix='It rains, ', suffix=' said.', start=10)
    """
    before, after = text[max(start - CONTEXT, 0) : start], text[end : end + CONTEXT]
    return Anchor(exact=text[start:end], prefix=before, suffix=after, start=start)


def to_lines(overrides: Iterable[Override]) -> bytes:
    return "".join(json.dumps(asdict(override)) + "\n" for override in overrides).encode()


def from_lines(data: bytes) -> tuple[Override, ...]:
    """Raises ValueError for what is no file of overrides."""
    try:
        return tuple(_from_json(json.loads(line)) for line in data.splitlines())
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is no override: {error}") from error


def overrides_folder(folder: str | Path) -> Path:
    return place(folder) / OWN / "overrides"


def newest_file(folder: str | Path) -> tuple[int, Path | None]:
    """The number of the file that holds, and the file; 0 and None where nothing was ever corrected."""
    stems = [name.removesuffix(".jsonl") for name in list_names(overrides_folder(folder)) if name.endswith(".jsonl")]
    number = max((int(stem) for stem in stems if stem.isdecimal()), default=0)
    return number, (overrides_folder(folder) / f"{number}.jsonl") if number else None


def load(folder: str | Path) -> tuple[Override, ...]:
    """All overrides of a data set, in the order in which they came. Raises TablesDamaged when they cannot be read."""
    while True:
        number, path = newest_file(folder)
        if path is None:
            return ()
        try:
            return from_lines(path.read_bytes())
        except FileNotFoundError:
            if newest_file(folder)[0] == number:
                raise
        except (OSError, ValueError) as error:
            raise TablesDamaged(f"{path} cannot be read: {error}") from error


def _from_json(value: Mapping[str, Any]) -> Override:
    before = value["before"]
    roles: dict[str, Any] = {role: None if value[role] is None else _anchors(value[role]) for role in ROLES}
    texts: dict[str, Any] = {
        name.name: value[name.name] for name in fields(Override) if name.name not in ("before", *ROLES)
    }
    if not all(text is None or isinstance(text, str) for text in texts.values()):
        raise ValueError("an override has texts")
    placed = None if before is None else Place(**{role: _anchors(before[role]) for role in ROLES})
    return Override(before=placed, **roles, **texts)


def _anchors(values: Iterable[Mapping[str, Any]]) -> Anchors:
    return tuple(
        Anchor(
            exact=str(value["exact"]), prefix=str(value["prefix"]), suffix=str(value["suffix"]),
            start=int(value["start"]),
        )
        for value in values
    )  # fmt: skip
