"""Who is meant where no name stands: pronouns and descriptions, resolved in reading order.

    name ── name ── he ── the minister ── his ── (a quotation)
      ▲              │         │            │
      └──────────────┴─────────┴────────────┘   the reader's pointers, followed along the chain

Each place gets a distribution over the identities in sight and "nobody named". Three things speak for an identity: the
mass of the reader's pointer that reaches it (through other pronouns too), where and how it was last mentioned, and how
well a description fits its roles. The weights are fitted by ``training.fit_discourse``.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.names.descriptions import (
    Description,
    agreement,
    describe,
    is_generic,
    is_person_noun,
)
from onrecord.transforms.identities.names.parsing import organization_words
from onrecord.transforms.lexicon.people import BODIES, NAMED_BODIES, ROLES
from onrecord.transforms.lexicon.pronouns import PERSONAL, Features
from onrecord.transforms.quotation import find_quotations
from onrecord.transforms.records import Link

Range = tuple[int, int]
Kind = Literal["person", "thing", "nominal", "quotation"]
#: An identity is in sight for this many sentences, and the last mentioned this many stay in sight.
SIGHT, NEAREST = 12, 10
#: Of so many, a role may still tell who is meant, however far back.
FAR = 40
#: Descriptions that take up somebody already told of; "his lawyer" and "a lawyer" bring in somebody else.
ANAPHORIC = ("definite", "owner")
#: Between a name or pronoun and what it is said to be.
TIED = re.compile(
    r"(?P<tie>,\s(?:\d{1,3},\s)?|(?:,?\swho)?(?:['’]s|\s(?:is|was|became|remains|am))\s(?:\w+ly\s|also\s|now\s)?)$"
)
#: How surely it is the same then.
TIE = 0.9
FEATURES = (
    "pointer", "here_first", "here_later", "before_first", "before_later", "two_back", "further", "last_speaker",
    "often", "gender", "quoted", "paragraph", "latest", "role", "misfit", "other_role", "no_role", "unnamed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """``[features]`` for an identity; ``nobody`` and ``new`` (times the pointer's) for "nobody named"."""

    named: tuple[float, ...]
    nobody: float
    new: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A pronoun or description to be resolved. ``features`` of a pronoun, ``description`` of a nominal."""

    start: int
    end: int
    kind: Kind
    features: Features | None = None
    description: Description | None = None
    source: bool = False


@dataclass(slots=True)
class Trace:
    """Where an identity was last mentioned, and how often so far."""

    start: int = -1
    sentence: int = -1
    first: bool = False
    quoted: bool = False
    count: int = 0


@dataclass(slots=True)
class TextLayout:
    """The layout of a text: its sentences, paragraphs and quotations, asked by place."""

    text: str
    sentences: list[int]
    paragraphs: list[int] = field(default_factory=list)
    quotes: list[Range] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, sentence_starts: Iterable[int]) -> TextLayout:
        paragraphs = [0, *(m.end() for m in re.finditer(r"\n\s*", text))]
        starts = sorted({0, *sentence_starts, *paragraphs})
        return cls(text, starts, paragraphs, [(q.start, q.end) for q in find_quotations(text)])

    def sentence(self, place: int) -> int:
        return bisect_right(self.sentences, place) - 1

    def paragraph(self, place: int) -> int:
        return bisect_right(self.paragraphs, place) - 1

    def quote(self, place: int) -> int | None:
        """The number of the quotation around ``place``."""
        i = bisect_right(self.quotes, (place, len(self.text) + 1)) - 1
        return i if i >= 0 and place < self.quotes[i][1] else None


Distribution = dict[int, float]


class Discourse:
    """The identities of a text as they come into sight; asked and told in reading order."""

    def __init__(self, page: TextLayout, known: Sequence[EntityClusterBuilder], links: Iterable[Link]) -> None:
        self.page = page
        self.known = list(known)
        self.links: dict[Range, Link] = {(link.start, link.end): link for link in links}
        self.referents: dict[Range, Distribution] = {}
        self.ending: dict[int, Range] = {}
        self.traces: dict[int, Trace] = {}
        self.recent: list[int] = []
        self.last_speaker: int | None = None
        self.seen_in_sentence: tuple[int, set[int]] = (-1, set())

    def mention(self, start: int, end: int, who: Distribution) -> None:
        """Note that somebody is meant at a place."""
        self.referents[start, end] = who
        self.ending[end] = (start, end)
        for one, share in who.items():
            if share >= 0.5:
                self._touch(one, start)

    def _touch(self, one: int, start: int) -> None:
        sentence = self.page.sentence(start)
        if self.seen_in_sentence[0] != sentence:
            self.seen_in_sentence = (sentence, set())
        others = self.seen_in_sentence[1]
        trace = self.traces.setdefault(one, Trace())
        first = one in others and trace.first if trace.sentence == sentence else not others
        others.add(one)
        trace.start, trace.sentence, trace.first = start, sentence, first
        trace.quoted = self.page.quote(start) is not None
        trace.count += 1
        if one in self.recent:
            self.recent.remove(one)
        self.recent = [*self.recent[-FAR:], one]

    def introduce(self, start: int, end: int, description: Description) -> int:
        """Somebody comes into sight without a name ("a witness", "two aides"): later pronouns may mean him."""
        label = "GROUP" if description.plural else "PERSON"
        self.known.append(EntityClusterBuilder(label=label, name="", roles=[description], gender=description.gender))
        self.mention(start, end, {len(self.known) - 1: 1.0})
        return len(self.known) - 1

    def candidates(self, place: Place) -> list[int]:
        sentence = self.page.sentence(place.start)
        mass = self.pointer_mass(place)
        near = [one for one in self.recent[-NEAREST:] if self.traces[one].sentence >= sentence - SIGHT]
        far = [one for one, share in mass.items() if share >= 0.1 and one not in near]
        roles = [one for one in self.recent if one not in near and one not in far and self._fit(place, one) >= 0.6]
        return [one for one in (*near, *far, *roles) if fits(self.known[one], place)]

    def _fit(self, place: Place, one: int) -> float:
        return role_fit(place.description, self.known[one]) if place.description else 0.0

    def pointer_mass(self, place: Place, *, least: float = 0.0) -> Distribution:
        """The pointer's mass on each identity, through the places in between that mean it at least so surely."""
        link = self.links.get((place.start, place.end))
        total: Distribution = {}
        for start, end, mass in link.targets if link else ():
            for one, share in self.referents.get((start, end), {}).items():
                if share >= least:
                    total[one] = total.get(one, 0.0) + mass * share
        return total

    def _beside(self, place: Place) -> Distribution:
        """Who is told right before a description to be it: "Doe, a lawyer", "she is the mayor"."""
        left = TIED.search(self.page.text, max(0, place.start - 24), place.start)
        if left is None:
            return {}
        named = self.referents.get(self.ending.get(left.start(), (-1, -1)), {})
        apposed = left["tie"].startswith(",")
        if apposed and not re.match(r"[,.;)]|\s[–—]|$", self.page.text[place.end : place.end + 2]):
            return {}  # "In Oslo, the minister said"
        return {one: share * TIE for one, share in named.items() if fits(self.known[one], place)}

    def features(self, place: Place) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Each candidate with what speaks for it, in the order of FEATURES."""
        page = self.page
        sentence, paragraph = page.sentence(place.start), page.paragraph(place.start)
        quoted = page.quote(place.start) is not None
        pointer_mass = self.pointer_mass(place)
        candidates = self.candidates(place)
        specific = place.description is not None and not is_generic(place.description.head)
        latest = next((one for one in reversed(self.recent) if one in candidates), None)
        for one in candidates:
            trace, known = self.traces[one], self.known[one]
            back = sentence - trace.sentence
            fit = self._fit(place, one)
            gender = place.features.gender if place.features else _gender_told(place.description)
            yield (
                one,
                (
                    math.log1p(50 * pointer_mass.get(one, 0.0)),
                    float(back == 0 and trace.first),
                    float(back == 0 and not trace.first),
                    float(back == 1 and trace.first),
                    float(back == 1 and not trace.first),
                    float(back == 2),
                    math.log(back) if back > 2 else 0.0,
                    float(self.last_speaker == one),
                    math.log(trace.count),
                    _gender_agreement(known, gender),
                    float(trace.quoted and not quoted),
                    float(page.paragraph(trace.start) == paragraph),
                    float(one == latest),
                    max(fit, 0.0),
                    float(fit < 0),
                    float(specific and fit == 0 and bool(known.roles)),
                    float(specific and fit == 0 and not known.roles),
                    float(not known.name),
                ),
            )

    def resolve(self, place: Place, weights: Mapping[Kind, Weights]) -> Distribution:
        """Whom a place means: probabilities of identities, the rest to one is "nobody named"."""
        if place.description:
            beside = self._beside(place)
            if beside:
                return beside
            if not names_somebody(place.description) or place.description.determiner not in ANAPHORIC:
                return {}
        weight = weights[place.kind]
        link = self.links.get((place.start, place.end))
        scores = {
            one: sum(w * f for w, f in zip(weight.named, features, strict=True))
            for one, features in self.features(place)
        }
        if not scores:
            return {}
        nobody = weight.nobody + weight.new * (link.new if link else 0.5)
        top = max(*scores.values(), nobody)
        total = math.exp(nobody - top) + sum(math.exp(s - top) for s in scores.values())
        return {one: math.exp(s - top) / total for one, s in scores.items()}


def fits(known: EntityClusterBuilder, place: Place) -> bool:
    """May a place mean this identity, by label, number and gender?"""
    person = known.label == "PERSON"
    if known.label == "GROUP":
        return place.features is not None and place.features.gender == "any"
    if not known.speaks:
        return False
    if place.features:
        gender = place.features.gender
        if gender in ("male", "female"):
            return person and (known.guessed or known.gender in (None, gender))
        return not person or gender == "any"
    if place.description:
        if is_body_noun(place.description.head) and place.description.head not in ROLES:
            return not person and (place.description.head not in NAMED_BODIES or role_fit(place.description, known) > 0)
        return person and (known.guessed or place.description.gender in (None, known.gender) or known.gender is None)
    return True


def _gender_told(description: Description | None) -> str | None:
    return description.gender if description else None


def _gender_agreement(known: EntityClusterBuilder, gender: str | None) -> float:
    """1 where genders agree, -2 where a guessed one does not, 0 where nothing is known."""
    if known.gender is None or gender not in ("male", "female"):
        return 0.0
    return 1.0 if known.gender == gender else -2.0


def is_body_noun(head: str) -> bool:
    return head in BODIES


def role_fit(description: Description, known: EntityClusterBuilder) -> float:
    """How well a description fits what is known of somebody, from -1 to 1; see ``agreement``."""
    if known.label != "PERSON":
        return _body_fit(description, known)
    fits_ = [agreement(description, role) for role in known.roles]
    return max(fits_, key=abs, default=0.0) if not any(f > 0 for f in fits_) else max(fits_)


def _body_fit(description: Description, known: EntityClusterBuilder) -> float:
    """A body fits a noun of its own name ("the commission")."""
    return 0.8 if any(description.head in organization_words(alias) for alias in known.aliases) else 0.0


def pronoun_place(text: str, start: int, end: int, *, source: bool = False) -> Place | None:
    """The place of a pronoun of the third person; None for any other word."""
    features = PERSONAL.get(text[start:end].lower())
    if features is None or features.person != 3:
        return None
    kind: Kind = "person" if features.gender in ("male", "female") else "thing"
    return Place(start=start, end=end, kind=kind, features=features, source=source)


def nominal_place(text: str, start: int, end: int, *, source: bool = False) -> Place | None:
    """The place of a description of one ("the minister", "a company"); None for several."""
    description = describe(text[start:end])
    if description is None or description.plural:
        return None
    return Place(start=start, end=end, kind="nominal", description=description, source=source)


def names_somebody(description: Description) -> bool:
    """Is a description one of a person or a body ("the minister"), and not of a thing ("the study")?"""
    return is_person_noun(description.head) or is_body_noun(description.head)
