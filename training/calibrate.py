"""Choose on dev how scores are decoded and how far an attribution is trusted; write both into the model's config.

    python -m training.calibrate MODEL DATA SCORERS

1. Decoding: each setting in turn, over a small grid, by the mean of detection, exact and end-to-end F1 on PolNeAR dev.
   The bias of each entity label likewise, by exact micro F1 on newswire dev.
2. Confidence: logistic regression on PolNeAR dev, from FEATURES to "people marked it too" (token IoU of at least 0.5).
3. The confidence that a row must have. For thoughts, and for what holds quotation marks: the best detection F1 on
   PolNeAR dev. For indirect statements: the best for the Gender Gap Tracker's articles with the smallest ids (mean of
   quote F1 at 0.3 and at 0.8; the other half is never looked at here) among those that leave PolNeAR dev a cue overlap
   of MIN_CUE_OVERLAP, above what people have with one another (0.690).

All texts are cleaned first, as the product does, and rows judged by their offsets into the text before.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpora.documents import clean_text
from onrecord.transforms.reader.attributions import (
    FEATURES,
    Calibration,
    find_candidates,
    judge,
    select,
)
from onrecord.transforms.reader.decoding import Decoding, find_spans, group_words
from onrecord.transforms.reader.labels import ENTITIES
from onrecord.transforms.reader.model import Config, Model
from onrecord.transforms.reader.pieces import Pieces, cut_into_pieces
from onrecord.transforms.reader.scores import Scores, score
from onrecord.transforms.records import Article, Attribution
from training.evaluate import as_ggt_rows, as_row, load_scorer, newswire_dev

GRID: dict[str, list[Any]] = {
    "sentence_border_factor": [1.0, 0.7, 0.5, 0.35],
    "other_cue_factor": [1.0, 0.85, 0.7, 0.5],
    "bias": [(c, s, u) for c in (-0.2, 0.0, 0.2) for s in (0.0, 0.4) for u in (0.4, 0.8)],
    "min_cue_share": [0.15, 0.25, 0.35, 0.45],
    "min_untagged_cue": [0.05, 0.1, 0.2, 0.3, 0.9],
    "min_fragment_score": [0.0, 0.6, 0.7, 0.8],
    "min_untagged_source": [0.02, 0.05, 0.1, 0.2, 0.9],
}
THRESHOLDS = [round(0.2 + 0.025 * k, 3) for k in range(26)]
FINE_THRESHOLDS = [round(0.6 + 0.005 * k, 3) for k in range(51)]
MIN_CUE_OVERLAP = 0.7005
ENTITY_BIAS = (0.0, 0.3, 0.6, 1.0)
Scored = dict[str, tuple[str, Pieces, list[range], Scores]]
Judged = dict[str, tuple[str, list[Attribution]]]
Articles = Mapping[str, Article]


def read_all(model: Model, texts: dict[str, str]) -> Scored:
    out = {}
    for name, text in texts.items():
        pieces = cut_into_pieces(text, model.tokenizer)
        scores = score(pieces, model.network, size=model.config.window, overlap=model.config.overlap)
        out[name] = text, pieces, group_words(pieces, text), scores
    return out


def judge_all(scored: Scored, how: Decoding, calibration: Calibration) -> Judged:
    return {d: (text, judge(find_candidates(s, p, w, text, how), calibration)) for d, (text, p, w, s) in scored.items()}


def reported(judged: Judged, articles: Articles, calibration: Calibration) -> dict[str, list[dict[str, Any]]]:
    """What the product would report, as the scorer's rows."""
    return {
        d: [as_row(a, articles[d]) for a in select(attributions, text, calibration)]
        for d, (text, attributions) in judged.items()
    }


def choose_decoding(scored: Scored, articles: Articles, gold: dict, scorer: Any) -> Decoding:
    def sum_of_f1(how: Decoding) -> float:
        no_threshold = Calibration()
        figures = scorer.score(gold, reported(judge_all(scored, how, no_threshold), articles, no_threshold))
        return sum(figures[name]["f1"] for name in ("detection", "exact", "end_to_end"))

    how, best = Decoding(), 0.0
    for name, values in GRID.items():
        tried = {value: sum_of_f1(replace(how, **{name: value})) for value in values}
        value = max(tried, key=tried.__getitem__)
        how, best = replace(how, **{name: value}), tried[value]
        print(f"{name} = {value}: {best / 3:.4f}", flush=True)
    return how


def choose_entity_bias(model: Model, data: Path, how: Decoding) -> Decoding:
    """Each label in turn, the more frequent first, by exact micro F1 over all labels."""
    documents = {d.name: d for d in newswire_dev(data)}
    scored = read_all(model, {name: d.text for name, d in documents.items()})

    def micro_f1(tried: Decoding) -> float:
        right = total = 0
        for name, (_, pieces, words, scores) in scored.items():
            spans = find_spans(tried.biased_entities(scores.entities), words, set(pieces.paragraphs))
            entities = {
                (pieces.starts[p.pieces.start], pieces.ends[p.pieces.stop - 1], ENTITIES[p.label]) for p in spans
            }
            gold = set(documents[name].entities or ())
            right, total = right + len(entities & gold), total + len(entities) + len(gold)
        return 2 * right / total

    count = Counter(label for d in documents.values() for _, _, label in d.entities or ())
    for label in sorted(ENTITIES, key=lambda name: -count[name]):
        at = ENTITIES.index(label)
        tried = [replace(how, entity_bias=(*how.entity_bias[:at], b, *how.entity_bias[at + 1 :])) for b in ENTITY_BIAS]
        how = max(tried, key=micro_f1)
    print(f"entity bias {how.entity_bias}: exact micro F1 on newswire dev {micro_f1(how):.4f}", flush=True)
    return how


def examples(
    scored: Scored, how: Decoding, articles: Articles, gold: dict, scorer: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Features ``[n, len(FEATURES)]`` of all candidates, and whether each matches a gold attribution, one to one."""
    features, labels = [], []
    for name, (text, pieces, words, scores) in scored.items():
        candidates = find_candidates(scores, pieces, words, text, how)
        tokens = scorer.tokens(gold[name][0])
        gold_contents = [scorer.cover(tokens, r["content"]) for r in gold[name][1]]
        contents = [scorer.cover(tokens, as_row(a, articles[name])["content"]) for a, _ in candidates]
        matched = match(contents, gold_contents)
        features += [f for _, f in candidates]
        labels += [i in matched for i in range(len(candidates))]
    return np.array(features), np.array(labels, dtype=float)


def match(contents: list[frozenset], gold: list[frozenset]) -> set[int]:
    """Indices of the contents that overlap a gold one by at least half, best first, one to one."""
    pairs = sorted(
        ((len(c & g) / len(c | g), i, j) for i, c in enumerate(contents) for j, g in enumerate(gold) if c & g),
        reverse=True,
    )
    used: set[int] = set()
    used_gold: set[int] = set()
    for share, i, j in pairs:
        if share >= 0.5 and i not in used and j not in used_gold:
            used.add(i)
            used_gold.add(j)
    return used


def fit(features: np.ndarray, labels: np.ndarray, *, ridge: float = 1.0, rounds: int = 50) -> Calibration:
    """Logistic regression by Newton's method, with a small ridge."""
    x = np.hstack([features, np.ones((len(features), 1))])
    w = np.zeros(x.shape[1])
    penalty = ridge * np.eye(len(w))
    penalty[-1, -1] = 0.0
    for _ in range(rounds):
        p = 1.0 / (1.0 + np.exp(-x @ w))
        gradient = x.T @ (labels - p) - penalty @ w
        w += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, gradient)
    return Calibration(weights=tuple(round(float(v), 4) for v in w[:-1]), bias=round(float(w[-1]), 4))


def calibration_error(confidence: Iterable[float], labels: np.ndarray, *, bins: int = 10) -> float:
    """Expected calibration error: mean distance of confidence and share matched, over equal bins of confidence."""
    confidence = np.array(list(confidence))
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[bin_of == b].mean() - labels[bin_of == b].mean()) * (bin_of == b).mean() for b in set(bin_of)
    ]
    return float(sum(gaps))


def choose_thresholds(
    polnear: Judged, ggt: Judged, articles: Articles, calibration: Calibration, gold: dict, half: list, scorers: Any
) -> Calibration:
    def score_polnear(tried: Calibration) -> dict[str, Any]:
        figures: dict[str, Any] = scorers[0].score(gold, reported(polnear, articles, tried))
        return figures

    def quote_f1(tried: Calibration) -> float:
        kept = {
            d: as_ggt_rows(select(attributions, text, tried), articles[d]) for d, (text, attributions) in ggt.items()
        }
        figures = scorers[1].score(half, kept)
        return float(figures["at_0.3"]["quote"]["f1"] + figures["at_0.8"]["quote"]["f1"]) / 2

    for name in ("min_thought_confidence", "min_quoted_confidence"):
        variants = [replace(calibration, **{name: threshold}) for threshold in reversed(THRESHOLDS)]
        calibration = max(variants, key=lambda tried: float(score_polnear(tried)["detection"]["f1"]))
    best, best_f1 = calibration, 0.0
    for tried in (replace(calibration, min_indirect_confidence=threshold) for threshold in FINE_THRESHOLDS):
        figures, f1 = score_polnear(tried), quote_f1(tried)
        detection, cue = figures["detection"]["f1"], figures["cue"]["f1"]
        print(
            f"threshold {tried.min_indirect_confidence}: "
            f"PolNeAR dev detection {detection}, cue {cue}, tracker (first half) {f1:.4f}"
        )
        if cue >= MIN_CUE_OVERLAP and f1 > best_f1:
            best, best_f1 = tried, f1
    return best


def calibrate(folder: Path, data: Path, scorer_folder: Path) -> Config:
    model = Model.load(folder)
    attribution, ggt_scorer = load_scorer(scorer_folder, "score_attribution"), load_scorer(scorer_folder, "score_ggt")
    gold = attribution.read_gold(data / "polnear/dev")
    tracker = [json.loads(line) for line in (data / "ggt/visible.jsonl").read_text(encoding="utf-8").splitlines()]
    half = sorted(tracker, key=lambda article: article["id"])[: len(tracker) // 2]
    articles = {name: clean_text(text) for name, (text, _) in gold.items()}
    articles |= {article["id"]: clean_text(article["text"]) for article in half}
    polnear = read_all(model, {name: articles[name].text for name in gold})
    ggt = read_all(model, {article["id"]: articles[article["id"]].text for article in half})
    how = choose_decoding(polnear, articles, gold, attribution)
    how = choose_entity_bias(model, data, how)
    features, labels = examples(polnear, how, articles, gold, attribution)
    calibration = fit(features, labels)
    error = calibration_error((calibration.confidence(f) for f in features), labels)
    print(f"{len(labels)} candidates, {labels.mean():.3f} matched, calibration error {error:.4f}")
    print("\n".join(f"  {name}: {weight}" for name, weight in zip(FEATURES, calibration.weights, strict=True)))
    judged = judge_all(polnear, how, calibration), judge_all(ggt, how, calibration)
    calibration = choose_thresholds(*judged, articles, calibration, gold, half, (attribution, ggt_scorer))
    return replace(model.config, decoding=how, calibration=calibration)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("scorers", type=Path)
    given = parser.parse_args()
    (given.model / "config.json").write_bytes(calibrate(given.model, given.data, given.scorers).to_bytes())


if __name__ == "__main__":
    main()
