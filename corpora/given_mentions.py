"""GUM's documents as the product's resolver sees them when the mentions are given: to fit and to measure it alone.

Names are clustered by the product; each cluster stands for the gold entity that most of its names have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpora.documents import Range
from corpora.gum import GumDocument, GumMention
from onrecord.transforms.identities.clusters.cluster_mentions import cluster_mentions
from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.speakers.discourse import (
    Anaphor,
    Distribution,
    TextLayout,
    nominal_anaphor,
    pronoun_anaphor,
)
from onrecord.transforms.identities.speakers.resolver import SpeakerResolver
from onrecord.transforms.identities.speakers.weights import WEIGHTS
from onrecord.transforms.reader.links import find_links, pieces_of
from onrecord.transforms.reader.model import Model
from onrecord.transforms.reader.pieces import cut_into_pieces
from onrecord.transforms.reader.scores import score
from onrecord.transforms.records import Entity, Link, Reading


@dataclass(frozen=True, slots=True)
class Case:
    """A document, its reading with the names and mentions of GUM, and its clusters with the gold entity of each."""

    document: GumDocument
    reading: Reading
    clusters: Sequence[MentionCluster]
    gold_entities: Sequence[str]

    def mentions_to_resolve(self) -> Iterator[GumMention]:
        """Pronouns and descriptions of people and organizations that a name has come before."""
        first_named: dict[str, int] = {}
        for cluster, entity in zip(self.clusters, self.gold_entities, strict=True):
            first_named[entity] = min(cluster.first_start, first_named.get(entity, cluster.first_start))
        for mention in self.document.mentions:
            if mention.form != "name" and mention.label and first_named.get(mention.entity, 1 << 60) < mention.start:
                yield mention


class GivenMentionsResolver(SpeakerResolver):
    """Resolves given mentions, in place of the pronouns that the product finds: those that are no names."""

    def __init__(self, case: Case) -> None:
        layout = TextLayout.of(case.document.text, case.document.sentences)
        super().__init__(layout, case.reading, case.clusters)
        self.anaphors = [a for m in case.document.mentions if (a := anaphor_of(case.document.text, m))]
        self.answers: dict[Range, Distribution] = {}

    def _events(self):  # type: ignore[no-untyped-def]
        for event in super()._events():
            if event[2] != self._visit_pronoun:
                yield event
        for anaphor in self.anaphors:
            yield anaphor.start, 1, self._visit_given, (anaphor,)

    def _visit_given(self, anaphor: Anaphor) -> None:
        span = anaphor.start, anaphor.end
        self.pointer_mass[span] = self.discourse.pointer_mass(anaphor, min_share=1.0)
        self.answers[span] = self.discourse.resolve(anaphor, WEIGHTS)
        self.discourse.add_mention(*span, self.answers[span])


def anaphor_of(text: str, mention: GumMention) -> Anaphor | None:
    """A mention as the resolver is asked about it; None for a name and for what it does not resolve."""
    if mention.form == "pronoun":
        return pronoun_anaphor(text, mention.start, mention.end)
    return nominal_anaphor(text, mention.start, mention.end) if mention.form == "nominal" and mention.label else None


def prepare(document: GumDocument, model: Model) -> Case:
    """Read a document, with its own names for the reader's and pointers from each of its mentions."""
    entities = tuple(
        Entity(start=m.name[0], end=m.name[1], label=m.label, score=1.0)
        for m in document.mentions
        if m.name and m.label
    )
    reading = model.read(document.text)
    links = _find_links(document, model, entities, reading)
    reading = replace(reading, entities=entities, links=links, sentence_starts=document.sentences)
    clusters = cluster_mentions(document.text, entities)
    return Case(document, reading, clusters, find_gold_entities(document, clusters))


def _find_links(document: GumDocument, model: Model, entities: Sequence[Entity], reading: Reading) -> tuple[Link, ...]:
    """The reader's pointers from each pronoun and description of GUM's."""
    pieces = cut_into_pieces(document.text, model.tokenizer)
    places = [(m.start, m.end) for m in document.mentions if m.form == "pronoun" or (m.label and m.form == "nominal")]
    asked = {i for place in places for i in pieces_of(pieces, place)}
    size, overlap = model.config.window, model.config.overlap
    scores = score(pieces, model.network, size=size, overlap=overlap, pronouns=sorted(asked))
    return find_links(scores.antecedent_of, pieces, places, entities, reading.attributions)


def find_gold_entities(document: GumDocument, clusters: Sequence[MentionCluster]) -> list[str]:
    """For each cluster the gold entity of most of its names, "" for one that GUM has no name of."""
    entity_at = {place: m.entity for m in document.mentions if m.name for place in range(*m.name)}
    names = ([entity_at.get(end - 1, "") for _, end, _ in cluster.mentions] for cluster in clusters)
    return [Counter(entities).most_common(1)[0][0] for entities in names]
