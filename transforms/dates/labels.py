"""What a line says its dates are: "Published: 14:05 BST, 3 June 2024 | Updated: 18:20 BST, 3 June 2024"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from onrecord.transforms.dates.moments import NO_RULES, DateRules, Moment
from onrecord.transforms.dates.texts import MAX_CHARS, read_text

LabelKind = Literal["published", "modified", ""]
#: Words before a date, in the languages that are read. A word alone is none: "on", "am".
LABEL = re.compile(
    r"""(?<![\w-]) (?: (?:first|last|originally|article|story|page|this|was|date|time|zuletzt|zuerst) \s+ )*
    (?:
      (?P<modified> updated? | modified | edited | changed | revised | amended | corrected | reviewed | update[ ]date
        | modification[ ]date | aktualisiert | geändert | mis[ ]à[ ]jour | modifié | actualizado | actualizada
        | modificado | aggiornato | atualizado | bijgewerkt | uppdaterad | opdateret )
    | (?P<published> published | posted | created | filed | issued | released | printed | aired | broadcast | uploaded
        | dated? | publication[ ]date | release[ ]date | publish[ ]date | pubdate
        | veröffentlicht | erschienen | publié | paru | publicado | publicada | pubblicato | gepubliceerd | publicerad )
    )
    (?: \s+ (?:online|date|time) )* (?: \s+ (?:on|at|am|le|el|il|em|op|den) (?=\s) )?
    \s* (?: :(?!\d) | -(?=\s) )? \s*""",
    re.VERBOSE | re.IGNORECASE,
)

SEPARATORS = " \t\n|•·,;/–—-"
#: Who wrote or posted it, before the date or behind it.
BY_NAME = re.compile(
    r"""^(?:written\s)?by\s[^\d|•·]{2,80}?
    (?: \s+(?:on|at)\s+ | \s*[,|•·–—]\s* | \s+-\s+
      | \s+(?= \d | (?:mon|tues|wednes|thurs|fri|satur|sun)day\b | (?:mon|tue|wed|thu|fri|sat|sun)[,.]?\s\d
          | (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s\d ) )
    | [\s|•·–—-]+by\s[^\d|•·]{2,80}$""",
    re.VERBOSE | re.IGNORECASE,
)


def split_labels(line: str) -> Iterator[tuple[LabelKind, str]]:
    """The parts of a line, each with what its label says it is; "" before the first label.

    >>> list(split_labels("Published: 3 June 2024 | Updated: 4 June 2024"))
    [('published', '3 June 2024'), ('modified', '4 June 2024')]
    """
    kind: LabelKind = ""
    start = 0
    for m in LABEL.finditer(line):
        yield from _part(kind, line[start : m.start()])
        kind, start = ("modified" if m["modified"] else "published"), m.end()
    yield from _part(kind, line[start:])


def _part(kind: LabelKind, text: str) -> Iterator[tuple[LabelKind, str]]:
    """The part without separators at its ends, half of a parenthesis, and the name of who wrote or posted it."""
    part = text.strip(SEPARATORS).removesuffix("(").strip(SEPARATORS)
    part = part if "(" in part else part.strip(SEPARATORS + ")")
    if part := BY_NAME.sub("", part).strip(SEPARATORS):
        yield kind, part


def read_labelled(line: str, rules: DateRules = NO_RULES) -> dict[LabelKind, Moment | None]:
    """What each label of a line is followed by: None where that is no date that can be read. The first counts.

    >>> moments = read_labelled("Published 3 June 2024. Updated: soon")
    >>> moments["published"].time.isoformat(), moments["modified"]
    ('2024-06-03T00:00:00+00:00', None)
    """
    moments: dict[LabelKind, Moment | None] = {}
    for kind, part in split_labels(line[: 2 * MAX_CHARS]):
        moments.setdefault(kind, read_text(part, rules))
    return moments
