"""The mentions of one person, organization or place, collected while the text is clustered and resolved.

``resolve`` makes an ``EntityCluster``, the frozen record that leaves, of each.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from onrecord.transforms.identities.names.descriptions import Description
from onrecord.transforms.identities.names.parsing import Name, bare
from onrecord.transforms.lexicon.people import Gender
from onrecord.transforms.records import Entity


@dataclass(slots=True, kw_only=True)
class MentionCluster:
    """``mentions``: (start, end, score), in text order once all are in; ``aliases`` with how often each occurs."""

    label: str
    name: str
    #: A person's fullest name, taken apart; None for what is no person.
    person_name: Name | None = None
    mentions: list[tuple[int, int, float]] = field(default_factory=list)
    aliases: dict[str, int] = field(default_factory=dict)
    roles: list[Description] = field(default_factory=list)
    gender: Gender | None = None
    #: Was the gender learned from pronouns only, and may be wrong?
    gender_guessed: bool = False
    #: A person's most frequent form, the steadiest over articles.
    usual_name: Name | None = None
    #: Where a person is named in full.
    full_name_starts: list[int] = field(default_factory=list)
    #: Where a surname alone may be another's: the probability that it is this person's, by start.
    share_at: dict[int, float] = field(default_factory=dict)
    #: Where the first mention starts, and the highest score of a mention.
    first_start: int = sys.maxsize
    max_score: float = 0.0

    def add(self, text: str, entity: Entity) -> None:
        """Add a name that the reader marked, as a mention and an alias."""
        self.add_mention(entity.start, entity.end, entity.score)
        alias = bare(text[entity.start : entity.end])
        self.aliases[alias] = self.aliases.get(alias, 0) + 1

    def add_mention(self, start: int, end: int, score: float) -> None:
        self.mentions.append((start, end, score))
        self.first_start = min(self.first_start, start)
        self.max_score = max(self.max_score, score)

    @property
    def speaks(self) -> bool:
        """Can it be a speaker? People and organizations are; places and peoples are not."""
        return self.label in ("PERSON", "ORG")
