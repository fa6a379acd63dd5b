"""How well pronouns and descriptions find the named person or organization, on GUM test with its mentions given.

    python -m benchmarks.gum_coreference DATA/gum/gum-test.conllu.gz

A mention of a person or organization that GUM names somewhere before it is right when it is resolved to that entity; an
abstention counts as wrong. Two baselines are measured in the same run: the nearest earlier name of fitting label (and
gender, where a title or given name shows it), and the subject of the last sentence.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpora.documents import Range
from corpora.given_mentions import Case, GivenMentionsResolver, anaphor_of, prepare
from corpora.gum import GumMention, read_gum
from onrecord.transforms.identities.speakers.discourse import TextLayout, fits
from onrecord.transforms.identities.speakers.resolver import learn_genders, with_genders
from onrecord.transforms.lexicon.pronouns import PERSONAL
from onrecord.transforms.reader.model import Model

#: Below this the product abstains here.
MIN_SCORE = 0.3


def answers(case: Case) -> dict[Range, int]:
    """The product's cluster for each mention; absent where it abstains."""
    resolver = GivenMentionsResolver(case)
    if genders := learn_genders(case.document.text, case.clusters, resolver.run()):
        resolver = GivenMentionsResolver(replace(case, clusters=with_genders(case.clusters, genders)))
        resolver.run()
    chosen = {}
    for place, referents in resolver.answers.items():
        best = max(referents, key=lambda cluster: referents[cluster], default=None)
        if best is not None and best < len(case.clusters) and referents[best] >= MIN_SCORE:
            chosen[place] = best
    return chosen


def nearest_name(case: Case) -> dict[Range, int]:
    """Baseline: the cluster of the nearest earlier name whose label and known gender fit."""
    names = sorted((start, index) for index, cluster in enumerate(case.clusters) for start, _, _ in cluster.mentions)
    chosen = {}
    for mention in case.mentions_to_resolve():
        for start, cluster in reversed(names):
            if start < mention.start and _label_fits(case, mention, cluster):
                chosen[mention.start, mention.end] = cluster
                break
    return chosen


def last_subject(case: Case) -> dict[Range, int]:
    """Baseline: the subject of the last sentence, by GUM's syntax; one that is no name passes on its own answer."""
    layout = TextLayout.of(case.document.text, case.document.sentences)
    cluster_at = {(a, b): index for index, cluster in enumerate(case.clusters) for a, b, _ in cluster.mentions}
    subjects: dict[int, list[GumMention]] = {}
    for mention in case.document.mentions:
        if mention.subject and mention.label:
            subjects.setdefault(layout.sentence(mention.start), []).append(mention)
    chosen: dict[Range, int] = {}
    for mention in case.document.mentions:
        if mention.form == "name" and mention.name in cluster_at:
            chosen[mention.start, mention.end] = cluster_at[mention.name]
            continue
        for subject in subjects.get(layout.sentence(mention.start) - 1, ()):
            cluster = chosen.get((subject.start, subject.end))
            if cluster is not None and _label_fits(case, mention, cluster):
                chosen[mention.start, mention.end] = cluster
                break
    return chosen


def _label_fits(case: Case, mention: GumMention, cluster: int) -> bool:
    anaphor = anaphor_of(case.document.text, mention)
    if anaphor and anaphor.features:
        return fits(case.clusters[cluster], anaphor)
    return case.clusters[cluster].label == mention.label


def kind_of(case: Case, mention: GumMention) -> str:
    if mention.form == "nominal":
        return "nominal"
    features = PERSONAL.get(case.document.text[mention.start : mention.end].lower())
    return "pronoun_3rd" if features and features.person == 3 else "pronoun_other"


def measure(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Shares of mentions resolved to the right entity; ``all`` is the third-person pronouns and descriptions."""
    systems = {"product": answers, "nearest_name": nearest_name, "last_subject": last_subject}
    figures: dict[str, dict[str, float]] = {}
    for name, system in systems.items():
        right: Counter[str] = Counter()
        total: Counter[str] = Counter()
        filled: Counter[str] = Counter()
        for case in cases:
            chosen = system(case)
            for mention in case.mentions_to_resolve():
                cluster = chosen.get((mention.start, mention.end))
                kinds = [kind_of(case, mention), "every_person"]
                kinds += ["all"] if kinds[0] != "pronoun_other" else []
                total.update(kinds)
                if cluster is not None:
                    filled.update(kinds)
                    right.update(kinds if case.gold_entities[cluster] == mention.entity else ())
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
