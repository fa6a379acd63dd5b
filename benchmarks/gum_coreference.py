"""How well pronouns and descriptions find their named person or body, on GUM test with its mention spans given.

    python -m benchmarks.gum_coreference DATA/gum/gum-test.conllu.gz

A mention of a person or body that GUM names somewhere before it is right when it is resolved to that entity; an
abstention counts as wrong. Two baselines are measured in the same run: the nearest earlier name of fitting label (and
gender, where a title or given name tells), and the subject of the last sentence. Names are gathered into identities by
the product; each stands for the gold entity that most of its mentions have.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpora.gum import GumDocument, GumMention, read_gum
from onrecord.transforms.identities.clusters.cluster_mentions import cluster_mentions
from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.speakers.discourse import (
    Distribution,
    Place,
    TextLayout,
    fits,
    nominal_place,
    pronoun_place,
)
from onrecord.transforms.identities.speakers.resolver import SpeakerResolver
from onrecord.transforms.identities.speakers.weights import WEIGHTS
from onrecord.transforms.lexicon.pronouns import features_of
from onrecord.transforms.reader.links import find_links, pieces_of
from onrecord.transforms.reader.model import Model
from onrecord.transforms.reader.pieces import cut_into_pieces
from onrecord.transforms.reader.scores import score
from onrecord.transforms.records import Entity, Reading


@dataclass(frozen=True, slots=True)
class Case:
    """A document as the product sees it when the mentions are given."""

    document: GumDocument
    reading: Reading
    known: Sequence[EntityClusterBuilder]
    gold_of: Sequence[str]

    def asked(self) -> Iterator[GumMention]:
        """Pronouns and descriptions of people and bodies that a name has come before."""
        named: dict[str, int] = {}
        for one, gold in zip(self.known, self.gold_of, strict=True):
            named[gold] = min(one.first, named.get(gold, one.first))
        for mention in self.document.mentions:
            if mention.form != "name" and mention.label and named.get(mention.entity, 1 << 60) < mention.start:
                yield mention


class GivenMentionsResolver(SpeakerResolver):
    """A walk over given mentions: those that are no names are places to be resolved."""

    def __init__(self, case: Case) -> None:
        page = TextLayout.of(case.document.text, case.document.sentences)
        super().__init__(page, case.reading, case.known, WEIGHTS)
        self.places = [place for m in case.document.mentions if (place := place_of(case.document.text, m))]
        self.answers: dict[tuple[int, int], Distribution] = {}

    def _events(self):  # type: ignore[no-untyped-def]
        for event in super()._events():
            if event[2] != self._pronoun:
                yield event
        for place in self.places:
            yield place.start, 1, self._given, (place,)

    def _given(self, place: Place) -> None:
        self.pointer_mass[place.start, place.end] = self.discourse.pointer_mass(place, least=1.0)
        who = self.discourse.resolve(place, self.weights)
        self.answers[place.start, place.end] = who
        self.discourse.mention(place.start, place.end, who)


def place_of(text: str, mention: GumMention) -> Place | None:
    if mention.form == "pronoun":
        return pronoun_place(text, mention.start, mention.end)
    return nominal_place(text, mention.start, mention.end) if mention.form == "nominal" and mention.label else None


def prepare(document: GumDocument, model: Model) -> Case:
    """Read a document, with its own names for the reader's and pointers from each of its mentions."""
    text = document.text
    entities = tuple(
        Entity(start=m.name[0], end=m.name[1], label=m.label, score=1.0)
        for m in document.mentions
        if m.name and m.label
    )
    found = model.read(text)
    pieces = cut_into_pieces(text, model.tokenizer)
    places = [(m.start, m.end) for m in document.mentions if m.form == "pronoun" or (m.label and m.form == "nominal")]
    wanted = {i for place in places for i in pieces_of(pieces, place)}
    scores = score(
        pieces, model.network, size=model.config.window, overlap=model.config.overlap, pronouns=sorted(wanted)
    )
    links = find_links(scores.antecedent_of, pieces, places, entities, found.attributions)
    reading = replace(found, entities=entities, links=links, sentence_starts=document.sentences)
    known = cluster_mentions(text, entities)
    return Case(document, reading, known, gold_identities(document, known))


def gold_identities(document: GumDocument, known: Sequence[EntityClusterBuilder]) -> list[str]:
    """For each identity the gold entity of most of its names, "" for one that GUM has no name of."""
    entity_at = {place: m.entity for m in document.mentions if m.name for place in range(*m.name)}
    return [Counter(entity_at.get(b - 1, "") for _, b, _ in one.mentions).most_common(1)[0][0] for one in known]


def answer(case: Case) -> dict[tuple[int, int], int]:
    """The product's identity for each mention; absent where it abstains."""
    from onrecord.transforms.identities.speakers.resolver import _learn_genders

    walk = GivenMentionsResolver(case)
    told = walk.run()
    if _learn_genders(case.document.text, case.known, told):
        walk = GivenMentionsResolver(case)
        walk.run()
    chosen = {}
    for place, who in walk.answers.items():
        best = max(who, key=lambda one: who[one], default=None)
        if best is not None and best < len(case.known) and who[best] >= 0.3:
            chosen[place] = best
    return chosen


def nearest_name(case: Case) -> dict[tuple[int, int], int]:
    """Baseline: the identity of the nearest earlier name whose label and known gender fit."""
    names = sorted((a, i) for i, one in enumerate(case.known) for a, _, _ in one.mentions)
    chosen = {}
    for mention in case.asked():
        for start, one in reversed(names):
            if start < mention.start and _label_fits(case, mention, one):
                chosen[mention.start, mention.end] = one
                break
    return chosen


def last_subject(case: Case) -> dict[tuple[int, int], int]:
    """Baseline: the subject of the last sentence, by GUM's syntax; one that is no name passes on its own answer."""
    page = TextLayout.of(case.document.text, case.document.sentences)
    entity_at = {(a, b): i for i, one in enumerate(case.known) for a, b, _ in one.mentions}
    subjects: dict[int, list[GumMention]] = {}
    for mention in case.document.mentions:
        if mention.subject and mention.label:
            subjects.setdefault(page.sentence(mention.start), []).append(mention)
    referents: dict[tuple[int, int], int] = {}
    for mention in case.document.mentions:
        if mention.form == "name" and mention.name in entity_at:
            referents[mention.start, mention.end] = entity_at[mention.name]
            continue
        for subject in subjects.get(page.sentence(mention.start) - 1, ()):
            one = referents.get((subject.start, subject.end))
            if one is not None and _label_fits(case, mention, one):
                referents[mention.start, mention.end] = one
                break
    return referents


def _label_fits(case: Case, mention: GumMention, one: int) -> bool:
    place = place_of(case.document.text, mention)
    if place and place.features:
        return fits(case.known[one], place)
    return case.known[one].label == mention.label


def kind_of(case: Case, mention: GumMention) -> str:
    text = case.document.text[mention.start : mention.end]
    if mention.form == "nominal":
        return "nominal"
    features = features_of(text)
    return "pronoun_3rd" if features and features.person == 3 else "pronoun_other"


def measure(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Shares of mentions resolved to the right entity; ``all`` is the third-person pronouns and descriptions."""
    systems = {"product": answer, "nearest_name": nearest_name, "last_subject": last_subject}
    figures: dict[str, dict[str, float]] = {}
    for name, system in systems.items():
        right: Counter[str] = Counter()
        total: Counter[str] = Counter()
        filled: Counter[str] = Counter()
        for case in cases:
            chosen = system(case)
            for mention in case.asked():
                one = chosen.get((mention.start, mention.end))
                kinds = [kind_of(case, mention), "every_person"]
                kinds += ["all"] if kinds[0] != "pronoun_other" else []
                for kind in kinds:
                    total[kind] += 1
                    filled[kind] += one is not None
                    right[kind] += one is not None and case.gold_of[one] == mention.entity
        figures[name] = {kind: round(right[kind] / total[kind], 4) for kind in sorted(total)}
        figures[name] |= {f"{kind}_filled": round(filled[kind] / total[kind], 4) for kind in sorted(total)}
    figures["mentions"] = dict(sorted(total.items()))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gum", type=Path, help="a CoNLL-U file of GUM, gzipped")
    model = Model.load()
    cases = [prepare(document, model) for document in read_gum(parser.parse_args().gum)]
    print(json.dumps(measure(cases), indent=1))


if __name__ == "__main__":
    main()
