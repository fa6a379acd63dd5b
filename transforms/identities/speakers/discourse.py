"""Who is meant where no name stands: pronouns and descriptions, resolved in reading order.

    name ── name ── he ── the minister ── his ── (a quotation)
      ▲              │         │            │
      └──────────────┴─────────┴────────────┘   the reader's pointers, followed along the chain

Each anaphor gets a distribution over the candidate clusters and "nobody named". Three things speak for a cluster: the
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

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.names.descriptions import (
    Description,
    agreement,
    is_generic,
    is_person_noun,
    parse_description,
)
from onrecord.transforms.identities.names.parsing import organization_words
from onrecord.transforms.lexicon.people import NAMED_ORGANIZATION_NOUNS, ORGANIZATION_NOUNS, ROLES
from onrecord.transforms.lexicon.pronouns import PERSONAL, Features
from onrecord.transforms.quotation import find_quotations
from onrecord.transforms.records import Link

Range = tuple[int, int]
Kind = Literal["person", "thing", "nominal", "quotation"]
#: A cluster is a candidate for this many sentences after its last mention, if it is among the last that were mentioned.
MAX_SENTENCES_BACK, MAX_RECENT = 12, 10
#: Of so many that were mentioned last, one is a candidate by its role, however far back.
MAX_REMEMBERED = 40
#: Descriptions that take up somebody mentioned before; "his lawyer" and "a lawyer" bring in somebody else.
ANAPHORIC = ("definite", "owner")
#: Between a name or pronoun and what it is said to be.
APPOSITION = re.compile(
    r"(?P<tie>,\s(?:\d{1,3},\s)?|(?:,?\swho)?(?:['’]s|\s(?:is|was|became|remains|am))\s(?:\w+ly\s|also\s|now\s)?)$"
)
#: How surely it is the same then.
APPOSITION_SCORE = 0.9
FEATURES = (
    "pointer", "here_first", "here_later", "before_first", "before_later", "two_back", "further", "last_speaker",
    "often", "gender", "quoted", "paragraph", "latest", "role", "misfit", "other_role", "no_role", "unnamed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weights:
    """``features``: a weight each for a cluster; ``nobody`` and ``new`` (times the pointer's) for "nobody named"."""

    features: tuple[float, ...]
    nobody: float
    new: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Anaphor:
    """A pronoun, a description or a quotation without a source, to be resolved to an entity cluster.

    ``features`` of a pronoun, ``description`` of a nominal.
    """

    start: int
    end: int
    kind: Kind
    features: Features | None = None
    description: Description | None = None


@dataclass(slots=True)
class Trace:
    """Where a cluster was last mentioned, and how often so far; ``first``: before all others of that sentence."""

    start: int = -1
    sentence: int = -1
    first: bool = False
    quoted: bool = False
    count: int = 0


@dataclass(slots=True)
class TextLayout:
    """The layout of a text: its sentences, paragraphs and quotations, looked up by offset."""

    text: str
    sentences: list[int]
    paragraphs: list[int] = field(default_factory=list)
    quotes: list[Range] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, sentence_starts: Iterable[int]) -> TextLayout:
        paragraphs = [0, *(m.end() for m in re.finditer(r"\n\s*", text))]
        starts = sorted({0, *sentence_starts, *paragraphs})
        return cls(text, starts, paragraphs, [(q.start, q.end) for q in find_quotations(text)])

    def sentence(self, offset: int) -> int:
        """The number of the sentence that holds ``offset``."""
        return bisect_right(self.sentences, offset) - 1

    def paragraph(self, offset: int) -> int:
        """The number of the paragraph that holds ``offset``."""
        return bisect_right(self.paragraphs, offset) - 1

    def quote(self, offset: int) -> int | None:
        """The number of the quotation around ``offset``."""
        i = bisect_right(self.quotes, (offset, len(self.text) + 1)) - 1
        return i if i >= 0 and offset < self.quotes[i][1] else None


#: Probabilities by the index of an entity cluster; what is missing to 1 is "nobody named".
Distribution = dict[int, float]


class Discourse:
    """The entity clusters of a text as they are mentioned: filled and asked in reading order."""

    def __init__(self, layout: TextLayout, clusters: Sequence[MentionCluster], links: Iterable[Link]) -> None:
        self.layout = layout
        self.clusters = list(clusters)
        self.links: dict[Range, Link] = {(link.start, link.end): link for link in links}
        self.referents: dict[Range, Distribution] = {}
        self.span_by_end: dict[int, Range] = {}
        self.traces: dict[int, Trace] = {}
        self.recent: list[int] = []
        self.last_speaker: int | None = None
        self.seen_in_sentence: tuple[int, set[int]] = (-1, set())

    def add_mention(self, start: int, end: int, referents: Distribution) -> None:
        """Note whom ``[start, end)`` means."""
        self.referents[start, end] = referents
        self.span_by_end[end] = (start, end)
        for index, share in referents.items():
            if share >= 0.5:
                self._update_trace(index, start)

    def _update_trace(self, index: int, start: int) -> None:
        sentence = self.layout.sentence(start)
        if self.seen_in_sentence[0] != sentence:
            self.seen_in_sentence = (sentence, set())
        seen = self.seen_in_sentence[1]
        trace = self.traces.setdefault(index, Trace())
        first = index in seen and trace.first if trace.sentence == sentence else not seen
        seen.add(index)
        trace.start, trace.sentence, trace.first = start, sentence, first
        trace.quoted = self.layout.quote(start) is not None
        trace.count += 1
        if index in self.recent:
            self.recent.remove(index)
        self.recent = [*self.recent[-MAX_REMEMBERED:], index]

    def introduce(self, start: int, end: int, description: Description) -> int:
        """Add a cluster for somebody without a name ("a witness", "two aides"): later pronouns may mean him."""
        label = "GROUP" if description.plural else "PERSON"
        self.clusters.append(MentionCluster(label=label, name="", roles=[description], gender=description.gender))
        self.add_mention(start, end, {len(self.clusters) - 1: 1.0})
        return len(self.clusters) - 1

    def candidates(self, anaphor: Anaphor) -> list[int]:
        """The indices of the clusters that an anaphor may mean: recent ones, the pointer's, those of fitting role."""
        sentence = self.layout.sentence(anaphor.start)
        mass = self.pointer_mass(anaphor)
        near = [i for i in self.recent[-MAX_RECENT:] if self.traces[i].sentence >= sentence - MAX_SENTENCES_BACK]
        far = [i for i, share in mass.items() if share >= 0.1 and i not in near]
        roles = [i for i in self.recent if i not in near and i not in far and self._role_fit(anaphor, i) >= 0.6]
        return [i for i in (*near, *far, *roles) if fits(self.clusters[i], anaphor)]

    def _role_fit(self, anaphor: Anaphor, index: int) -> float:
        return role_fit(anaphor.description, self.clusters[index]) if anaphor.description else 0.0

    def pointer_mass(self, anaphor: Anaphor, *, min_share: float = 0.0) -> Distribution:
        """The pointer's mass on each cluster, through earlier spans that mean it by ``min_share`` or more."""
        link = self.links.get((anaphor.start, anaphor.end))
        total: Distribution = {}
        for start, end, mass in link.targets if link else ():
            for index, share in self.referents.get((start, end), {}).items():
                if share >= min_share:
                    total[index] = total.get(index, 0.0) + mass * share
        return total

    def _find_apposition(self, anaphor: Anaphor) -> Distribution:
        """Whom the words right before a description say it is: "Doe, a lawyer", "she is the mayor"."""
        match = APPOSITION.search(self.layout.text, max(0, anaphor.start - 24), anaphor.start)
        if match is None:
            return {}
        referents = self.referents.get(self.span_by_end.get(match.start(), (-1, -1)), {})
        by_comma = match["tie"].startswith(",")
        if by_comma and not re.match(r"[,.;)]|\s[–—]|$", self.layout.text[anaphor.end : anaphor.end + 2]):
            return {}  # "In Oslo, the minister said"
        return {i: share * APPOSITION_SCORE for i, share in referents.items() if fits(self.clusters[i], anaphor)}

    def features(self, anaphor: Anaphor) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Each candidate's index with its features, in the order of FEATURES."""
        layout = self.layout
        sentence, paragraph = layout.sentence(anaphor.start), layout.paragraph(anaphor.start)
        quoted = layout.quote(anaphor.start) is not None
        pointer_mass = self.pointer_mass(anaphor)
        candidates = self.candidates(anaphor)
        specific = anaphor.description is not None and not is_generic(anaphor.description.head)
        latest = next((index for index in reversed(self.recent) if index in candidates), None)
        for index in candidates:
            trace, cluster = self.traces[index], self.clusters[index]
            back = sentence - trace.sentence
            fit = self._role_fit(anaphor, index)
            gender = anaphor.features.gender if anaphor.features else _gender_of(anaphor.description)
            yield (
                index,
                (
                    math.log1p(50 * pointer_mass.get(index, 0.0)),
                    float(back == 0 and trace.first),
                    float(back == 0 and not trace.first),
                    float(back == 1 and trace.first),
                    float(back == 1 and not trace.first),
                    float(back == 2),
                    math.log(back) if back > 2 else 0.0,
                    float(self.last_speaker == index),
                    math.log(trace.count),
                    _gender_agreement(cluster, gender),
                    float(trace.quoted and not quoted),
                    float(layout.paragraph(trace.start) == paragraph),
                    float(index == latest),
                    max(fit, 0.0),
                    float(fit < 0),
                    float(specific and fit == 0 and bool(cluster.roles)),
                    float(specific and fit == 0 and not cluster.roles),
                    float(not cluster.name),
                ),
            )

    def resolve(self, anaphor: Anaphor, weights: Mapping[Kind, Weights]) -> Distribution:
        """Whom an anaphor means: probabilities of clusters; the rest to one is "nobody named"."""
        if anaphor.description:
            apposition = self._find_apposition(anaphor)
            if apposition:
                return apposition
            if not names_somebody(anaphor.description) or anaphor.description.determiner not in ANAPHORIC:
                return {}
        weight = weights[anaphor.kind]
        link = self.links.get((anaphor.start, anaphor.end))
        scores = {
            index: sum(w * f for w, f in zip(weight.features, features, strict=True))
            for index, features in self.features(anaphor)
        }
        if not scores:
            return {}
        nobody = weight.nobody + weight.new * (link.new if link else 0.5)
        top = max(*scores.values(), nobody)
        total = math.exp(nobody - top) + sum(math.exp(s - top) for s in scores.values())
        return {index: math.exp(s - top) / total for index, s in scores.items()}


def fits(cluster: MentionCluster, anaphor: Anaphor) -> bool:
    """May an anaphor mean this cluster, by label, number and gender?"""
    person = cluster.label == "PERSON"
    if cluster.label == "GROUP":
        return anaphor.features is not None and anaphor.features.gender == "any"
    if not cluster.speaks:
        return False
    if anaphor.features:
        gender = anaphor.features.gender
        if gender in ("male", "female"):
            return person and (cluster.gender_guessed or cluster.gender in (None, gender))
        return not person or gender == "any"
    if anaphor.description:
        if is_organization_noun(anaphor.description.head) and anaphor.description.head not in ROLES:
            return not person and (
                anaphor.description.head not in NAMED_ORGANIZATION_NOUNS or role_fit(anaphor.description, cluster) > 0
            )
        return person and (
            cluster.gender_guessed or anaphor.description.gender in (None, cluster.gender) or cluster.gender is None
        )
    return True


def _gender_of(description: Description | None) -> str | None:
    return description.gender if description else None


def _gender_agreement(cluster: MentionCluster, gender: str | None) -> float:
    """1 where genders agree, -2 where a guessed one does not, 0 where nothing is known."""
    if cluster.gender is None or gender not in ("male", "female"):
        return 0.0
    return 1.0 if cluster.gender == gender else -2.0


def is_organization_noun(head: str) -> bool:
    """Does a head noun name an organization?"""
    return head in ORGANIZATION_NOUNS


def role_fit(description: Description, cluster: MentionCluster) -> float:
    """How well a description fits what is known of somebody, from -1 to 1; see ``agreement``."""
    if cluster.label != "PERSON":
        return _organization_fit(description, cluster)
    scores = [agreement(description, role) for role in cluster.roles]
    return max(scores, key=abs, default=0.0) if not any(s > 0 for s in scores) else max(scores)


def _organization_fit(description: Description, cluster: MentionCluster) -> float:
    """An organization fits a noun of its own name ("the commission")."""
    return 0.8 if any(description.head in organization_words(alias) for alias in cluster.aliases) else 0.0


def pronoun_anaphor(text: str, start: int, end: int) -> Anaphor | None:
    """A pronoun of the third person as an anaphor; None for any other word."""
    features = PERSONAL.get(text[start:end].lower())
    if features is None or features.person != 3:
        return None
    kind: Kind = "person" if features.gender in ("male", "female") else "thing"
    return Anaphor(start=start, end=end, kind=kind, features=features)


def nominal_anaphor(text: str, start: int, end: int) -> Anaphor | None:
    """A description of one ("the minister", "a company") as an anaphor; None for several."""
    description = parse_description(text[start:end])
    if description is None or description.plural:
        return None
    return Anaphor(start=start, end=end, kind="nominal", description=description)


def names_somebody(description: Description) -> bool:
    """Is a description one of a person or an organization ("the minister"), and not of a thing ("the study")?"""
    return is_person_noun(description.head) or is_organization_noun(description.head)
