"""For each attribution, who is its speaker: the text is walked once in reading order, names told, the rest resolved.

A second walk follows when the first has told the gender of somebody ("… she said" of a name that tells none).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.names.descriptions import Description, describe, is_person_noun
from onrecord.transforms.identities.speakers.discourse import (
    Discourse,
    Distribution,
    Kind,
    Place,
    TextLayout,
    Weights,
    nominal_place,
    pronoun_place,
    role_fit,
)
from onrecord.transforms.identities.speakers.sources import Names, Range, Source, read_source
from onrecord.transforms.identities.speakers.weights import WEIGHTS
from onrecord.transforms.lexicon.people import SPOKESPEOPLE
from onrecord.transforms.records import Attribution, Reading

#: He or she is taken to be a man or a woman when the pronouns that mean him or her say so by this factor and mass.
GENDER_RATIO, GENDER_MASS = 2.0, 0.2
#: A description that no identity before it fits may be of somebody named within this many sentences.
AHEAD = 3
#: The head of a story, in sentences: only here somebody may be told of before any sign of who it is.
LEAD = 3
#: How a speaker is found when the text names him in the source or beside it.
METHODS = {"named": "named", "beside": "apposition", "voice": "voice", "relay": "relay"}
#: A source that wants to stay unnamed, and the writer's ways to say "I".
UNNAMED = re.compile(
    r"^[Tt]his (?:author|columnist|correspondent|journalist|newspaper|paper|publication|reporter|writer)\b|"
    r"\bnot (?:to )?be(?:ing)? (?:named|identified)|\banonym|\bwithh?eld\b"
)
#: An indefinite description that does not set somebody apart from another.
FIRST = re.compile(r"an?\s(?!(?:additional|different|further|new|second|third)\b)", re.IGNORECASE)
#: The reader may leave the clause that says so out of the source.
BEHIND = 50
#: Words of a quotation that says something without a mark of punctuation.
SAYING = 6
#: A cue in the passive tells of no one in particular ("is expected").
PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be)\s(?:\w+\s)?\w+(?:ed|en|aid|old)\b")
#: Between a name and the "who" that is about it.
BETWEEN = re.compile(r"[\s,]*(?:\d{1,3},\s)?(?:\([^)]*\),?\s)?")
BESIDE, AHEAD_SCORE, RELATIVE_SCORE, INTERVIEW_SCORE = 0.9, 0.5, 0.8, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerDecision:
    """The speaker of one attribution, the index of an identity or None: how found, how surely, and where it shows.

    ``others``: the next likely identities, for people who ask why.
    """

    known: int | None = None
    method: str | None = None
    score: float = 0.0
    evidence: tuple[Range, ...] = ()
    others: tuple[tuple[int, float], ...] = ()


Event = tuple[int, int, Callable[..., None], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a walk found: a decision for each attribution, and whom each place means."""

    decisions: tuple[SpeakerDecision, ...]
    referents: Mapping[Range, Distribution]
    pointer_mass: Mapping[Range, Distribution]


def resolve_speakers(
    text: str, reading: Reading, known: Sequence[EntityClusterBuilder], weights: Mapping[Kind, Weights] = WEIGHTS
) -> Resolution:
    """The speakers of a text's attributions, in the reading's order."""
    page = TextLayout.of(text, reading.sentence_starts)
    told = SpeakerResolver(page, reading, known, weights).run()
    if _learn_genders(text, known, told):
        told = SpeakerResolver(page, reading, known, weights).run()
    return told


def _learn_genders(text: str, known: Sequence[EntityClusterBuilder], told: Resolution) -> bool:
    """Give a gender to people whom the pronouns of one gender mean; True if anybody got one."""
    votes: dict[int, dict[str, float]] = defaultdict(lambda: {"male": 0.0, "female": 0.0})
    pointer_mass = told.pointer_mass
    for (start, end), who in told.referents.items():
        place = pronoun_place(text, start, end)
        if place and place.features and place.features.gender in ("male", "female"):
            # the pointer's own mass on names, not the choice, which may have had nobody else to choose
            link = pointer_mass.get((start, end), {})
            for one, share in who.items():
                votes[one][place.features.gender] += share * link.get(one, 0.0)
    changed = False
    for one, vote in votes.items():
        if one < len(known) and known[one].gender is None and known[one].label == "PERSON":
            high, low = max(vote.values()), min(vote.values())
            if high >= GENDER_MASS and high >= GENDER_RATIO * low:
                known[one].gender = "male" if vote["male"] > vote["female"] else "female"
                known[one].guessed = True
                changed = True
    return changed


class SpeakerResolver:
    """One reading of a text from its first to its last word."""

    def __init__(
        self, page: TextLayout, reading: Reading, known: Sequence[EntityClusterBuilder], weights: Mapping[Kind, Weights]
    ) -> None:
        self.page, self.reading, self.known, self.weights = page, reading, known, weights
        self.names = Names(known)
        self.discourse = Discourse(page, known, reading.links)
        self.pointer_mass: dict[Range, Distribution] = {}
        self.guest: SpeakerDecision | None = None
        self.evidence: dict[int, Range] = {}
        self.decisions: list[SpeakerDecision] = [SpeakerDecision()] * len(reading.attributions)
        self.sources = [read_source(page.text, a, self.names) for a in reading.attributions]

    def run(self) -> Resolution:
        for _, _, step, arguments in sorted(self._events(), key=lambda event: event[:2]):
            step(*arguments)
        self._look_ahead()
        self._look_inside()
        named = {
            place: {one: share for one, share in who.items() if one < len(self.known)}
            for place, who in self.discourse.referents.items()
        }
        return Resolution(tuple(self.decisions), named, self.pointer_mass)

    def _events(self) -> Iterator[Event]:
        """``(place, order, step, arguments)``: names before pronouns before sources that stand at one place."""
        for start, end, one, _ in self.names.places:
            yield start, 0, self._name, (start, end, one)
        for link in self.reading.links:
            if place := pronoun_place(self.page.text, link.start, link.end):
                yield link.start, 1, self._pronoun, (place,)
        for index, (attribution, source) in enumerate(zip(self.reading.attributions, self.sources, strict=True)):
            at = source.place[0] if source.place else attribution.content[0][0]
            yield at, 2, self._attribution, (index, attribution, source)

    def _name(self, start: int, end: int, one: int) -> None:
        self.discourse.mention(start, end, {one: 1.0})

    def _pronoun(self, place: Place) -> None:
        self.pointer_mass[place.start, place.end] = self.discourse.pointer_mass(place, least=1.0)
        self.discourse.mention(place.start, place.end, self.discourse.resolve(place, self.weights))

    def _attribution(self, index: int, attribution: Attribution, source: Source) -> None:
        decision = self._decided(attribution, source)
        self.decisions[index] = decision
        for part in attribution.source:  # the reader's later pointers go to the whole source
            if part not in self.discourse.referents and decision.known is not None:
                self.discourse.referents[part] = {decision.known: decision.score}
        if decision.known is not None and decision.score >= 0.5:
            self.discourse.last_speaker = decision.known
        elif source.kind in ("nominal", "unnamed"):
            self.discourse.last_speaker = None

    def _decided(self, attribution: Attribution, source: Source) -> SpeakerDecision:
        if source.kind in METHODS and source.known is not None:
            named_at = source.place or attribution.source[0]
            sure = self._sure(source.known, named_at) * (1.0 if source.kind == "named" else BESIDE)
            evidence = (self._evidence(source.known),)
            return SpeakerDecision(known=source.known, method=METHODS[source.kind], score=sure, evidence=evidence)
        if source.kind == "pronoun" and source.place:
            return self._chosen(self.discourse.referents.get(source.place, {}), "pronoun")
        if source.kind == "relative" and source.place:
            return self._relative(source.place)
        if source.kind == "nominal" and source.place:
            return self._nominal(attribution.source[0])
        if source.kind == "label" and source.place:
            return self._interviewee()
        if source.kind == "none":
            place = Place(start=attribution.content[0][0], end=attribution.content[0][1], kind="quotation")
            cue = " ".join(self.page.text[a:b] for a, b in attribution.cue)
            if attribution.kind == "indirect" or PASSIVE.search(cue) or not self._says_something(attribution):
                return SpeakerDecision()
            return self._chosen(self.discourse.resolve(place, self.weights), "continuation")
        return SpeakerDecision()

    def _says_something(self, attribution: Attribution) -> bool:
        """Is a quotation without a source more than a word or a name in marks?"""
        content = " ".join(self.page.text[a:b] for a, b in attribution.content)
        return len(content.split()) >= SAYING or bool(re.search(r"[.,!?…]", content))

    def _nominal(self, part: Range) -> SpeakerDecision:
        """A description: of an identity in sight, or of somebody who comes into sight unnamed."""
        if part in self.discourse.referents:  # a second attribution of the same source
            return self._chosen(self.discourse.referents[part], "nominal")
        description = describe(self.page.text[part[0] : part[1]])
        place = nominal_place(self.page.text, *part, source=True)
        if description and description.determiner == "owner" and self._persons_owner(part, description):
            place = None  # "Doe's lawyer" is somebody else
        if UNNAMED.search(self.page.text[part[0] : part[1] + BEHIND]):
            place = None  # somebody who wants to stay unnamed, or the writer
        who = self.discourse.resolve(place, self.weights) if place else {}
        if description is None:
            return SpeakerDecision()
        if max(who.values(), default=0.0) < 0.5 and (description.plural or is_person_noun(description.head)):
            self.discourse.introduce(*part, description)
        else:
            self.discourse.mention(*part, who)
        return self._chosen(who, "nominal")

    def _persons_owner(self, part: Range, description: Description) -> bool:
        owners = self.names.within(part[0], part[0] + len(description.owner) + 6)
        return any(self.known[one].label == "PERSON" for _, _, one in owners)

    def _sure(self, one: int, place: Range) -> float:
        """How surely a name is a name and this identity's: its best mention tells the first, ``shares`` the second."""
        known = self.known[one]
        share = known.shares.get(place[0], 1.0)
        return (0.5 + 0.5 * known.sure) * (share if share > 0.6 else share / 2)

    def _chosen(self, who: Distribution, method: str) -> SpeakerDecision:
        ranked = sorted(who.items(), key=lambda pair: (-pair[1], pair[0]))
        if not ranked:
            return SpeakerDecision()
        one, score = ranked[0]
        if one >= len(self.known) or not self.known[one].speaks:
            return SpeakerDecision()
        evidence = (self._evidence(one),)
        return SpeakerDecision(
            known=one,
            method=method,
            score=score,
            evidence=evidence,
            others=tuple((o, p) for o, p in ranked[1:4] if o < len(self.known)),
        )

    def _relative(self, place: Range) -> SpeakerDecision:
        """ "…, who": whom the words right before it name."""
        for a, b, one in reversed(self.names.within(max(0, place[0] - 60), place[0])):
            if self.known[one].speaks and BETWEEN.fullmatch(self.page.text[b : place[0]]):
                return SpeakerDecision(known=one, method="relative", score=RELATIVE_SCORE, evidence=((a, b),))
        return SpeakerDecision()

    def _interviewee(self) -> SpeakerDecision:
        """ "A:" is whom the text before the first question tells of most."""
        if self.guest is None:
            first = min((s.place[0] for s in self.sources if s.kind in ("label", "unnamed") and s.place), default=0)
            told = [
                (sum(1 for a, _, _ in one.mentions if a < first), -one.first, i)
                for i, one in enumerate(self.known)
                if one.label == "PERSON"
            ]
            count, _, one = max(told, default=(0, 0, 0))
            self.guest = (
                SpeakerDecision(known=one, method="interview", score=INTERVIEW_SCORE) if count else SpeakerDecision()
            )
        if self.guest.known is None:
            return self.guest
        return replace(self.guest, evidence=(self._evidence(self.guest.known),))

    def _evidence(self, one: int) -> Range:
        """The mention that shows who somebody is: the first that is more than a word, else the first."""
        if one not in self.evidence:
            places = [(start, end) for start, end, _ in self.known[one].mentions]
            full = (place for place in places if " " in self.page.text[slice(*place)].strip())
            self.evidence[one] = next(full, places[0])
        return self.evidence[one]

    def _look_ahead(self) -> None:
        """A description at the head of a story may be of somebody who is named only in the next sentences."""
        speakers = {d.known for d in self.decisions if d.method == "named" and d.known is not None}
        for index, source in enumerate(self.sources):
            if self.decisions[index].score >= 0.3 or source.kind != "nominal" or source.place is None:
                continue
            one = self._named_next(source.place, speakers)
            if one is not None:
                evidence = (self.known[one].mentions[0][:2],)
                self.decisions[index] = SpeakerDecision(
                    known=one, method="named_next", score=AHEAD_SCORE, evidence=evidence
                )

    def _named_next(self, place: Range, speakers: Collection[int]) -> int | None:
        description = describe(self.page.text[slice(*place)])
        if description is None or description.plural or not is_person_noun(description.head):
            return None
        sentence = self.page.sentence(place[0])
        lead = sentence < LEAD
        if description.determiner not in ("definite", "owner") and not (
            lead and description.determiner == "indefinite"
        ):
            return None
        if description.determiner == "indefinite" and (
            description.head in SPOKESPEOPLE or not FIRST.match(description.text)
        ):
            return None
        first = bisect_left(self.names.places, (place[1],))
        for start, _, one, _ in self.names.places[first : first + 8]:
            if self.page.sentence(start) > sentence + AHEAD:
                break
            known = self.known[one]
            new = known.label == "PERSON" and known.first == start and self.page.quote(start) is None
            if not new or (self.page.sentence(start) == sentence):
                continue
            fit = role_fit(description, known)
            gender = description.gender is None or known.gender in (None, description.gender)
            unknown = lead and fit == 0 and (not known.roles or description.determiner == "indefinite")
            if one in speakers and gender and (fit > 0 or unknown):
                return one
        return None

    def _look_inside(self) -> None:
        """ "I" within a quotation is who speaks it."""
        contents = sorted((a, b, index) for index, one in enumerate(self.reading.attributions) for a, b in one.content)
        for index, source in enumerate(self.sources):
            if source.kind != "first" or source.place is None or self.page.quote(source.place[0]) is None:
                continue
            behind = bisect_left(contents, (source.place[0] + 1,))
            for _, b, i in reversed(contents[max(0, behind - 4) : behind]):
                if i != index and source.place[0] < b and self.decisions[i].known is not None:
                    self.decisions[index] = replace(self.decisions[i], method="first_person")
                    break
