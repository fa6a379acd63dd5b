"""An identity while it is gathered: a person, body or place with its mentions."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from onrecord.transforms.identities.names.descriptions import Description
from onrecord.transforms.identities.names.parsing import Name, bare
from onrecord.transforms.lexicon.people import Gender
from onrecord.transforms.records import Entity


@dataclass(slots=True, kw_only=True)
class EntityClusterBuilder:
    """``mentions``: (start, end, score), in text order when all is done; ``aliases`` with how often they stand."""

    label: str
    name: str
    person: Name | None = None
    mentions: list[tuple[int, int, float]] = field(default_factory=list)
    aliases: dict[str, int] = field(default_factory=dict)
    roles: list[Description] = field(default_factory=list)
    gender: Gender | None = None
    #: Was the gender learned from pronouns only, and may be wrong?
    guessed: bool = False
    #: A person's most frequent form, the steadiest over articles.
    usual: Name | None = None
    #: Where a person is named in full.
    full: list[int] = field(default_factory=list)
    #: Where a surname alone may be another's: the probability that it is this one's, by place.
    shares: dict[int, float] = field(default_factory=dict)
    #: Where it is mentioned first, and the surest mention's score.
    first: int = sys.maxsize
    sure: float = 0.0

    def add(self, text: str, entity: Entity) -> None:
        """Take a name of the reader's in."""
        self.mention(entity.start, entity.end, entity.score)
        alias = bare(text[entity.start : entity.end])
        self.aliases[alias] = self.aliases.get(alias, 0) + 1

    def mention(self, start: int, end: int, score: float) -> None:
        self.mentions.append((start, end, score))
        self.first = min(self.first, start)
        self.sure = max(self.sure, score)

    @property
    def speaks(self) -> bool:
        """Can it be a speaker? People and bodies are; places and peoples are not."""
        return self.label in ("PERSON", "ORG")
