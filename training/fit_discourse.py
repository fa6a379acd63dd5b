"""Fit the weights of ``onrecord.transforms.identities.speakers.discourse`` on GUM's coreference.

    python -m training.fit_discourse DATA/gum/gum-dev.conllu.gz

A softmax over the identities in sight and "nobody named", one set of weights for each kind of place, with a Gaussian
prior around weights set by hand (GUM dev is small, and its genres are not all news). The reader's
pointer was trained on GUM train, so its weight can only be learned from documents that it has not seen: use dev.
Prints the new rows for ``transforms/identities/weights.py``. Descriptions that are sources are rare in GUM, and
quotations without a source are not in it; their weights stay as set by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.gum_coreference import Case, GivenMentionsResolver, prepare
from corpora.gum import read_gum
from onrecord.transforms.identities.speakers.discourse import FEATURES, Kind, Place
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
Example = tuple[
    np.ndarray, np.ndarray, float
]  # features [candidates, n]; is it right [candidates]; the pointer's "new"


class TaughtResolver(GivenMentionsResolver):
    """A walk that notes what speaks for each candidate, and is then told the truth."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.examples: dict[Kind, list[Example]] = {"person": [], "thing": [], "nominal": []}
        gold_at = {(m.start, m.end): m.entity for m in case.document.mentions}
        self.truth = {place: self._identity(case, entity) for place, entity in gold_at.items()}

    @staticmethod
    def _identity(case: Case, entity: str) -> int | None:
        found = [i for i, gold in enumerate(case.gold_of) if gold == entity]
        return found[0] if found else None

    def _given(self, place: Place) -> None:
        self.pointer_mass[place.start, place.end] = self.discourse.pointer_mass(place)
        link = self.discourse.links.get((place.start, place.end))
        candidates = list(self.discourse.features(place))
        truth = self.truth.get((place.start, place.end))
        if candidates:
            right = np.array([float(one == truth) for one, _ in candidates])
            features = np.array([values for _, values in candidates])
            self.examples[place.kind].append((features, right, link.new if link else 0.5))
        seen = truth is not None and truth in self.discourse.traces
        self.discourse.mention(place.start, place.end, {truth: 1.0} if seen else {})  # type: ignore[dict-item]


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
    """Of the log-probability of the truth; nobody is also whoever came into sight unnamed."""
    given = _probabilities(weights, features, new)
    unnamed = features[:, FEATURES.index("unnamed")]
    truth = np.append(right, 0.0) if right.any() else np.append(unnamed, 1.0)
    wanted = given * truth / max((given * truth).sum(), 1e-9)
    slope = np.zeros_like(weights)
    slope[:-2] = (wanted - given)[:-1] @ features
    slope[-2] = (wanted - given)[-1]
    slope[-1] = slope[-2] * new
    return slope


def loss(weights: np.ndarray, examples: Iterable[Example]) -> float:
    total, count = 0.0, 0
    for features, right, new in examples:
        given = _probabilities(weights, features, new)
        unnamed = features[:, FEATURES.index("unnamed")]
        truth = np.append(right, 0.0) if right.any() else np.append(unnamed, 1.0)
        total -= float(np.log(max((given * truth).sum(), 1e-9)))
        count += 1
    return total / max(count, 1)


def fit_all(cases: Iterable[Case]) -> None:
    walks = [TaughtResolver(case) for case in cases]
    for walk in walks:
        walk.run()
    for kind, prior in PRIOR.items():
        examples = [example for walk in walks for example in walk.examples[kind]]
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
