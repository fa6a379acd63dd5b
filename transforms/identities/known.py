"""An identity while it is gathered: a person, body or place with its mentions."""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.identities.names import Name, bare
from transforms.identities.roles import Description
from transforms.lexicon.people import Gender
from transforms.records import Entity


@dataclass(slots=True, kw_only=True)
class Known:
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

    def add(self, text: str, entity: Entity) -> None:
        self.mentions.append((entity.start, entity.end, entity.score))
        alias = bare(text[entity.start : entity.end])
        self.aliases[alias] = self.aliases.get(alias, 0) + 1

    @property
    def first(self) -> int:
        return min(start for start, _, _ in self.mentions)

    @property
    def speaks(self) -> bool:
        """Can it be a speaker? People and bodies are; places and peoples are not."""
        return self.label in ("PERSON", "ORG")
