"""Fit the weights of ``onrecord.transforms.identities.speakers.discourse`` on GUM's coreference.

    python -m training.fit_discourse DATA/gum/gum-dev.conllu.gz

A softmax over the clusters in sight and "nobody named", one set of weights for each kind of place, with a Gaussian
prior around weights set by hand (GUM dev is small, and its genres are not all news). The reader's
pointer was trained on GUM train, so its weight can only be learned from documents that it has not seen: use dev.
Prints the new rows for ``transforms/identities/speakers/weights.py``. Descriptions that are sources are rare in GUM,
and quotations without a source are not in it; their weights stay as set by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from corpora.documents import Range
from corpora.given_mentions import Case, GivenMentionsResolver, prepare
from corpora.gum import read_gum
from onrecord.transforms.identities.speakers.discourse import FEATURES, Anaphor, Kind
from onrecord.transforms.reader.model import Model

#: The prior's mean, in the order of FEATURES, then "nobody" and "new".
PRIOR: dict[Kind, tuple[float, ...]] = {
    "person": (1.0, 1.5, 0.5, 1.2, 0.4, 0.0, -0.8, 1.0, 0.3, 0.7, -1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0),
    "thing": (1.0, 1.0, 0.5, 0.8, 0.4, 0.0, -0.8, 0.8, 0.3, 0.0, -1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 1.5),
}
#: Its width. Who spoke last says less in GUM, where few speak, than in news: that weight stays near its mean.
WIDTHS = np.array([0.7] * (len(FEATURES) + 2))
WIDTHS[FEATURES.index("last_speaker")] = 0.2
STEPS, RATE = 400, 0.05
#: Features ``[candidates, n]``; which candidate is right ``[candidates]``; the pointer's "new".
Example = tuple[np.ndarray, np.ndarray, float]


class SupervisedResolver(GivenMentionsResolver):
    """Notes the features of each candidate, and goes on with the gold cluster in place of its own choice."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.examples: dict[Kind, list[Example]] = {"person": [], "thing": [], "nominal": []}
        clusters = list(case.gold_entities)
        self.gold: dict[Range, int | None] = {
            (m.start, m.end): clusters.index(m.entity) if m.entity in clusters else None for m in case.document.mentions
        }

    def _visit_given(self, anaphor: Anaphor) -> None:
        span = anaphor.start, anaphor.end
        self.pointer_mass[span] = self.discourse.pointer_mass(anaphor)
        link = self.discourse.links.get(span)
        candidates = list(self.discourse.features(anaphor))
        gold = self.gold.get(span)
        if candidates:
            right = np.array([float(cluster == gold) for cluster, _ in candidates])
            features = np.array([values for _, values in candidates])
            self.examples[anaphor.kind].append((features, right, link.new if link else 0.5))
        is_in_sight = gold is not None and gold in self.discourse.traces
        self.discourse.add_mention(*span, {gold: 1.0} if is_in_sight else {})  # type: ignore[dict-item]


def fit(examples: list[Example], start: np.ndarray) -> np.ndarray:
    """Weights of the features, of "nobody" and of the pointer's "new", by gradient ascent from the prior's mean."""
    weights, momentum = start.copy(), np.zeros_like(start)
    for _ in range(STEPS):
        gradient = -(weights - start) / WIDTHS**2
        for features, right, new in examples:
            gradient += _slope(weights, features, right, new)
        momentum = 0.9 * momentum + gradient / len(examples)
        weights += RATE * momentum
    return weights


def _probabilities(weights: np.ndarray, features: np.ndarray, new: float) -> np.ndarray:
    """Of the candidates and, last, of nobody."""
    scores = np.append(features @ weights[:-2], weights[-2] + weights[-1] * new)
    odds: np.ndarray = np.exp(scores - scores.max())
    return np.asarray(odds / odds.sum())


def _slope(weights: np.ndarray, features: np.ndarray, right: np.ndarray, new: float) -> np.ndarray:
    """The gradient of the log-probability of what is right."""
    probabilities = _probabilities(weights, features, new)
    right_mass = probabilities * _right_answers(features, right)
    target = right_mass / max(right_mass.sum(), 1e-9)
    slope = np.zeros_like(weights)
    slope[:-2] = (target - probabilities)[:-1] @ features
    slope[-2] = (target - probabilities)[-1]
    slope[-1] = slope[-2] * new
    return slope


def _right_answers(features: np.ndarray, right: np.ndarray) -> np.ndarray:
    """1 for each candidate, and last for nobody, that is right; nobody is also whoever came into sight unnamed."""
    unnamed = features[:, FEATURES.index("unnamed")]
    return np.append(right, 0.0) if right.any() else np.append(unnamed, 1.0)


def loss(weights: np.ndarray, examples: Iterable[Example]) -> float:
    total, count = 0.0, 0
    for features, right, new in examples:
        probabilities = _probabilities(weights, features, new)
        total -= float(np.log(max((probabilities * _right_answers(features, right)).sum(), 1e-9)))
        count += 1
    return total / max(count, 1)


def fit_all(cases: Iterable[Case]) -> None:
    resolvers = [SupervisedResolver(case) for case in cases]
    for resolver in resolvers:
        resolver.run()
    for kind, prior in PRIOR.items():
        examples = [example for resolver in resolvers for example in resolver.examples[kind]]
        start = np.array(prior)
        weights = fit(examples, start)
        print(f"# {kind}: {len(examples)} places, loss {loss(start, examples):.4f} -> {loss(weights, examples):.4f}")
        named = ", ".join(f"{w:.2f}" for w in weights[:-2])
        print(f'    "{kind}": Weights(({named}), {weights[-2]:.2f}, {weights[-1]:.2f}),')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gum", type=Path, nargs="+", help="CoNLL-U files of GUM, gzipped")
    model = Model.load()
    fit_all([prepare(document, model) for path in parser.parse_args().gum for document in read_gum(path)])


if __name__ == "__main__":
    main()
