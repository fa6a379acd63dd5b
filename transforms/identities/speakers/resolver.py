"""For each attribution, its speaker: the text is read once in order, names noted and all that stands for them resolved.

A second pass follows when the first has shown somebody's gender ("… she said" of a name that shows none).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.names.descriptions import Description, is_person_noun, parse_description
from onrecord.transforms.identities.speakers.discourse import (
    Anaphor,
    Discourse,
    Distribution,
    TextLayout,
    nominal_anaphor,
    pronoun_anaphor,
    role_fit,
)
from onrecord.transforms.identities.speakers.sources import NameIndex, Range, Source, read_source
from onrecord.transforms.identities.speakers.weights import WEIGHTS
from onrecord.transforms.lexicon.people import SPOKESPEOPLE, Gender
from onrecord.transforms.records import Attribution, Reading

#: He or she is taken to be a man or a woman when the pronouns that mean him or her say so by this factor and mass.
GENDER_RATIO, GENDER_MASS = 2.0, 0.2
#: A description that no cluster before it fits may be of somebody named within this many sentences.
MAX_SENTENCES_AHEAD = 3
#: So many names are looked at for that.
MAX_NAMES_AHEAD = 8
#: The head of an article, in sentences: only here somebody may be mentioned before any sign of who it is.
LEAD_SENTENCES = 3
#: The kinds of sources that name their speaker or have the name beside them; each is also the method that finds it.
KINDS_WITH_NAME = ("named", "apposition", "voice", "relay")
#: A source that wants to stay unnamed, and the writer's ways to say "I".
ANONYMOUS = re.compile(
    r"^[Tt]his (?:author|columnist|correspondent|journalist|newspaper|paper|publication|reporter|writer)\b|"
    r"\bnot (?:to )?be(?:ing)? (?:named|identified)|\banonym|\bwithh?eld\b"
)
#: An indefinite description that does not set somebody apart from another.
PLAIN_INDEFINITE = re.compile(r"an?\s(?!(?:additional|different|further|new|second|third)\b)", re.IGNORECASE)
#: The reader may leave the clause that asks for anonymity out of the source: so many characters after it are searched.
ANONYMITY_WINDOW = 50
#: A quotation of so many words is a statement, even without a mark of punctuation.
MIN_STATEMENT_WORDS = 6
#: A cue in the passive names no one in particular ("is expected").
PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be)\s(?:\w+\s)?\w+(?:ed|en|aid|old)\b")
#: Between a name and the "who" that is about it.
NAME_TO_WHO = re.compile(r"[\s,]*(?:\d{1,3},\s)?(?:\([^)]*\),?\s)?")
#: How sure: a factor for a name beside the source, passed on or of the organization; scores of the other methods.
NOT_NAMED_FACTOR, NAMED_NEXT_SCORE, RELATIVE_SCORE, INTERVIEW_SCORE = 0.9, 0.5, 0.8, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerDecision:
    """The speaker of an attribution (a cluster's index, or None): by which method, how surely, and where to see it."""

    cluster_index: int | None = None
    method: str | None = None
    score: float = 0.0
    evidence: tuple[Range, ...] = ()


Event = tuple[int, int, Callable[..., None], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a pass gives: a decision for each attribution, whom each span means, and the clusters' genders.

    ``pointer_mass``: for each pronoun the mass of the reader's pointer on names. ``genders``: one for each cluster,
    from its names, else learned from pronouns.
    """

    decisions: tuple[SpeakerDecision, ...]
    referents: Mapping[Range, Distribution]
    pointer_mass: Mapping[Range, Distribution]
    genders: tuple[Gender | None, ...]


def resolve_speakers(text: str, reading: Reading, clusters: Sequence[MentionCluster]) -> Resolution:
    """The speakers of a text's attributions, in the reading's order."""
    layout = TextLayout.of(text, reading.sentence_starts)
    resolution = SpeakerResolver(layout, reading, clusters).run()
    genders = learn_genders(text, clusters, resolution)
    if genders:
        resolution = SpeakerResolver(layout, reading, with_genders(clusters, genders)).run()
    return resolution


def learn_genders(text: str, clusters: Sequence[MentionCluster], resolution: Resolution) -> dict[int, Gender]:
    """The genders of people whose names show none, by cluster index, from the pronouns that mean them."""
    votes: dict[int, dict[str, float]] = defaultdict(lambda: {"male": 0.0, "female": 0.0})
    pointer_mass = resolution.pointer_mass
    for (start, end), referents in resolution.referents.items():
        anaphor = pronoun_anaphor(text, start, end)
        if anaphor and anaphor.features and anaphor.features.gender in ("male", "female"):
            # the pointer's own mass on names, not the choice, which may have had nobody else to choose
            mass = pointer_mass.get((start, end), {})
            for index, share in referents.items():
                votes[index][anaphor.features.gender] += share * mass.get(index, 0.0)
    genders: dict[int, Gender] = {}
    for index, vote in votes.items():
        if index < len(clusters) and clusters[index].gender is None and clusters[index].label == "PERSON":
            high, low = max(vote.values()), min(vote.values())
            if high >= GENDER_MASS and high >= GENDER_RATIO * low:
                genders[index] = "male" if vote["male"] > vote["female"] else "female"
    return genders


def with_genders(clusters: Sequence[MentionCluster], genders: Mapping[int, Gender]) -> list[MentionCluster]:
    """The clusters, those with a learned gender as copies that have it."""
    return [
        replace(cluster, gender=genders[index], gender_guessed=True) if index in genders else cluster
        for index, cluster in enumerate(clusters)
    ]


class SpeakerResolver:
    """One pass over a text from its first to its last word."""

    def __init__(self, layout: TextLayout, reading: Reading, clusters: Sequence[MentionCluster]) -> None:
        self.layout, self.reading, self.clusters = layout, reading, clusters
        self.names = NameIndex(clusters)
        self.discourse = Discourse(layout, clusters, reading.links)
        self.pointer_mass: dict[Range, Distribution] = {}
        self.interviewee: SpeakerDecision | None = None
        self.evidence: dict[int, Range] = {}
        self.decisions: list[SpeakerDecision] = [SpeakerDecision()] * len(reading.attributions)
        self.sources = [read_source(layout.text, a, self.names) for a in reading.attributions]

    def run(self) -> Resolution:
        for _, _, step, arguments in sorted(self._events(), key=lambda event: event[:2]):
            step(*arguments)
        self._resolve_named_next()
        self._resolve_first_person()
        referents = {
            span: {index: share for index, share in distribution.items() if index < len(self.clusters)}
            for span, distribution in self.discourse.referents.items()
        }
        genders = tuple(cluster.gender for cluster in self.clusters)
        return Resolution(tuple(self.decisions), referents, self.pointer_mass, genders)

    def _events(self) -> Iterator[Event]:
        """``(offset, order, step, arguments)``: names before pronouns before sources that stand at one offset."""
        for start, end, cluster_index in self.names.mentions:
            yield start, 0, self._visit_name, (start, end, cluster_index)
        for link in self.reading.links:
            if anaphor := pronoun_anaphor(self.layout.text, link.start, link.end):
                yield link.start, 1, self._visit_pronoun, (anaphor,)
        for index, (attribution, source) in enumerate(zip(self.reading.attributions, self.sources, strict=True)):
            at = source.span[0] if source.span else attribution.content[0][0]
            yield at, 2, self._visit_attribution, (index, attribution, source)

    def _visit_name(self, start: int, end: int, cluster_index: int) -> None:
        self.discourse.add_mention(start, end, {cluster_index: 1.0})

    def _visit_pronoun(self, anaphor: Anaphor) -> None:
        self.pointer_mass[anaphor.start, anaphor.end] = self.discourse.pointer_mass(anaphor, min_share=1.0)
        self.discourse.add_mention(anaphor.start, anaphor.end, self.discourse.resolve(anaphor, WEIGHTS))

    def _visit_attribution(self, index: int, attribution: Attribution, source: Source) -> None:
        decision = self._decide(attribution, source)
        self.decisions[index] = decision
        for span in attribution.source:  # the reader's later pointers go to the whole source
            if span not in self.discourse.referents and decision.cluster_index is not None:
                self.discourse.referents[span] = {decision.cluster_index: decision.score}
        if decision.cluster_index is not None and decision.score >= 0.5:
            self.discourse.last_speaker = decision.cluster_index
        elif source.kind in ("nominal", "question_label"):
            self.discourse.last_speaker = None

    def _decide(self, attribution: Attribution, source: Source) -> SpeakerDecision:
        if source.kind in KINDS_WITH_NAME and source.cluster_index is not None:
            name = source.span or attribution.source[0]
            score = self._name_score(source.cluster_index, name) * (1.0 if source.kind == "named" else NOT_NAMED_FACTOR)
            evidence = (self._find_evidence(source.cluster_index),)
            return SpeakerDecision(
                cluster_index=source.cluster_index,
                method=source.kind,
                score=score,
                evidence=evidence,
            )
        if source.kind == "pronoun" and source.span:
            return self._choose_likeliest(self.discourse.referents.get(source.span, {}), "pronoun")
        if source.kind == "relative" and source.span:
            return self._decide_relative(source.span)
        if source.kind == "nominal" and source.span:
            return self._decide_nominal(attribution.source[0])
        if source.kind == "answer_label" and source.span:
            return self._decide_interview()
        if source.kind == "missing":
            anaphor = Anaphor(start=attribution.content[0][0], end=attribution.content[0][1], kind="quotation")
            cue = " ".join(self.layout.text[a:b] for a, b in attribution.cue)
            if attribution.kind == "indirect" or PASSIVE.search(cue) or not self._is_statement(attribution):
                return SpeakerDecision()
            return self._choose_likeliest(self.discourse.resolve(anaphor, WEIGHTS), "continuation")
        return SpeakerDecision()

    def _is_statement(self, attribution: Attribution) -> bool:
        """Is a quotation without a source more than a word or a name in marks?"""
        content = " ".join(self.layout.text[a:b] for a, b in attribution.content)
        return len(content.split()) >= MIN_STATEMENT_WORDS or bool(re.search(r"[.,!?…]", content))

    def _decide_nominal(self, span: Range) -> SpeakerDecision:
        """A description: of a cluster mentioned before, or of somebody who is introduced without a name."""
        if span in self.discourse.referents:  # a second attribution of the same source
            return self._choose_likeliest(self.discourse.referents[span], "nominal")
        description = parse_description(self.layout.text[span[0] : span[1]])
        anaphor = nominal_anaphor(self.layout.text, *span)
        if description and description.determiner == "owner" and self._is_owned_by_person(span, description):
            anaphor = None  # "Doe's lawyer" is somebody else
        if ANONYMOUS.search(self.layout.text[span[0] : span[1] + ANONYMITY_WINDOW]):
            anaphor = None  # somebody who wants to stay unnamed, or the writer
        referents = self.discourse.resolve(anaphor, WEIGHTS) if anaphor else {}
        if description is None:
            return SpeakerDecision()
        if max(referents.values(), default=0.0) < 0.5 and (description.plural or is_person_noun(description.head)):
            self.discourse.introduce(*span, description)
        else:
            self.discourse.add_mention(*span, referents)
        return self._choose_likeliest(referents, "nominal")

    def _is_owned_by_person(self, span: Range, description: Description) -> bool:
        owners = self.names.within(span[0], span[0] + len(description.owner) + 6)
        return any(self.clusters[cluster_index].label == "PERSON" for _, _, cluster_index in owners)

    def _name_score(self, cluster_index: int, name: Range) -> float:
        """How surely this is a name, by the cluster's best mention, and the cluster's, by ``share_at``."""
        cluster = self.clusters[cluster_index]
        share = cluster.share_at.get(name[0], 1.0)
        return (0.5 + 0.5 * cluster.max_score) * (share if share > 0.6 else share / 2)

    def _choose_likeliest(self, referents: Distribution, method: str) -> SpeakerDecision:
        if not referents:
            return SpeakerDecision()
        cluster_index, score = min(referents.items(), key=lambda pair: (-pair[1], pair[0]))
        if cluster_index >= len(self.clusters) or not self.clusters[cluster_index].speaks:
            return SpeakerDecision()
        evidence = (self._find_evidence(cluster_index),)
        return SpeakerDecision(
            cluster_index=cluster_index,
            method=method,
            score=score,
            evidence=evidence,
        )

    def _decide_relative(self, span: Range) -> SpeakerDecision:
        """ "…, who": whom the words right before it name."""
        for a, b, cluster_index in reversed(self.names.within(max(0, span[0] - 60), span[0])):
            if self.clusters[cluster_index].speaks and NAME_TO_WHO.fullmatch(self.layout.text[b : span[0]]):
                return SpeakerDecision(
                    cluster_index=cluster_index, method="relative", score=RELATIVE_SCORE, evidence=((a, b),)
                )
        return SpeakerDecision()

    def _decide_interview(self) -> SpeakerDecision:
        """ "A:" is the person whom the text before the first question mentions most."""
        if self.interviewee is None:
            first = min(
                (s.span[0] for s in self.sources if s.kind in ("answer_label", "question_label") and s.span), default=0
            )
            counts = [
                (sum(1 for a, _, _ in cluster.mentions if a < first), -cluster.first_start, i)
                for i, cluster in enumerate(self.clusters)
                if cluster.label == "PERSON"
            ]
            count, _, cluster_index = max(counts, default=(0, 0, 0))
            self.interviewee = (
                SpeakerDecision(cluster_index=cluster_index, method="interview", score=INTERVIEW_SCORE)
                if count
                else SpeakerDecision()
            )
        if self.interviewee.cluster_index is None:
            return self.interviewee
        return replace(self.interviewee, evidence=(self._find_evidence(self.interviewee.cluster_index),))

    def _find_evidence(self, cluster_index: int) -> Range:
        """The mention that shows who somebody is: the first that is more than a word, else the first."""
        if cluster_index not in self.evidence:
            spans = [(start, end) for start, end, _ in self.clusters[cluster_index].mentions]
            full = (span for span in spans if " " in self.layout.text[slice(*span)].strip())
            self.evidence[cluster_index] = next(full, spans[0])
        return self.evidence[cluster_index]

    def _resolve_named_next(self) -> None:
        """A description at the head of an article may be of somebody who is named only in the next sentences."""
        speakers = {d.cluster_index for d in self.decisions if d.method == "named" and d.cluster_index is not None}
        for index, source in enumerate(self.sources):
            if self.decisions[index].score >= 0.3 or source.kind != "nominal" or source.span is None:
                continue
            cluster_index = self._find_named_next(source.span, speakers)
            if cluster_index is not None:
                evidence = (self.clusters[cluster_index].mentions[0][:2],)
                self.decisions[index] = SpeakerDecision(
                    cluster_index=cluster_index, method="named_next", score=NAMED_NEXT_SCORE, evidence=evidence
                )

    def _find_named_next(self, span: Range, speakers: Collection[int]) -> int | None:
        """The speaker of another attribution whose first mention follows soon and whom the description may be of."""
        sentence = self.layout.sentence(span[0])
        in_lead = sentence < LEAD_SENTENCES
        description = parse_description(self.layout.text[slice(*span)])
        if description is None or not may_be_named_next(description, in_lead=in_lead):
            return None
        first = bisect_left(self.names.mentions, (span[1],))
        for start, _, cluster_index in self.names.mentions[first : first + MAX_NAMES_AHEAD]:
            n_sentences = self.layout.sentence(start) - sentence
            if n_sentences > MAX_SENTENCES_AHEAD:
                break
            cluster = self.clusters[cluster_index]
            is_introduced = n_sentences > 0 and cluster.first_start == start and self.layout.quote(start) is None
            if is_introduced and cluster_index in speakers and may_describe(description, cluster, in_lead=in_lead):
                return cluster_index
        return None

    def _resolve_first_person(self) -> None:
        """ "I" within a quotation is who speaks it."""
        contents = sorted(
            (a, b, i) for i, attribution in enumerate(self.reading.attributions) for a, b in attribution.content
        )
        for index, source in enumerate(self.sources):
            if source.kind != "first_person" or source.span is None or self.layout.quote(source.span[0]) is None:
                continue
            behind = bisect_left(contents, (source.span[0] + 1,))
            for _, b, i in reversed(contents[max(0, behind - 4) : behind]):
                if i != index and source.span[0] < b and self.decisions[i].cluster_index is not None:
                    self.decisions[index] = replace(self.decisions[i], method="first_person")
                    break


def may_be_named_next(description: Description, *, in_lead: bool) -> bool:
    """May a description be of a person who is named only after it? An indefinite one only at the head of an article.

    >>> descriptions = [parse_description(text) for text in ("the mayor", "a mayor", "a second mayor")]
    >>> [may_be_named_next(description, in_lead=True) for description in descriptions]
    [True, True, False]
    """
    if description.plural or not is_person_noun(description.head):
        return False
    if description.determiner == "indefinite":
        is_plain = PLAIN_INDEFINITE.match(description.text) is not None
        return in_lead and is_plain and description.head not in SPOKESPEOPLE
    return description.determiner in ("definite", "owner")


def may_describe(description: Description, cluster: MentionCluster, *, in_lead: bool) -> bool:
    """May a description be of this person? At the head of an article also of one of whom nothing else is said."""
    if cluster.label != "PERSON" or (description.gender and cluster.gender not in (None, description.gender)):
        return False
    fit = role_fit(description, cluster)
    is_unknown = not cluster.roles or description.determiner == "indefinite"
    return fit > 0 or (in_lead and fit == 0 and is_unknown)
