"""How well predictions for the gold articles agree with them; pure functions over raw offsets.

Tokens are runs of word characters or single symbols; quotation marks, commas, full stops and white space never count,
so that it does not matter on which side of a mark a span ends.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .load import KINDS, GoldArticle, GoldAttribution, Range, Ranges

TOKEN = re.compile(r"\w+|[^\w\s]")
IGNORED = frozenset("\"“”„‟«»‹›‘’‚'`,.")
#: Two contents are the same quotation when their tokens overlap at least so much (IoU).
MIN_OVERLAP = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedAttribution:
    """An attribution as the product reports it, in raw offsets."""

    content: Ranges
    source: Ranges = ()
    cue: Ranges = ()
    kind: str = "direct"
    act: str = "statement"
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedArticle:
    """What the product reports of one gold article."""

    attributions: tuple[PredictedAttribution, ...] = ()
    entities: tuple[tuple[int, int, str], ...] = ()


def score(pairs: Iterable[tuple[GoldArticle, PredictedArticle]]) -> dict[str, float]:
    """All figures, micro-averaged over the articles; shares from 0 to 1, ``not_quotes_reported`` is a count."""
    total: Counter[str] = Counter()
    for article, predicted in pairs:
        total += _attribution_counts(article, predicted) + _entity_counts(article, predicted)
    kinds = {f"{kind}_f1": _f1(total, f"{kind}_recalled", f"{kind}_right", kind) for kind in KINDS}
    return {
        "detection_precision": _share(total["matched"], total["predicted"]),
        "detection_recall": _share(total["matched"], total["gold"]),
        "detection_f1": _f1(total, "matched", "matched", ""),
        "exact_f1": _f1(total, "exact", "exact", ""),
        "end_to_end_f1": _f1(total, "with_source", "with_source", ""),
        **kinds,
        "kind_accuracy": _share(total["kind_right"], total["matched"]),
        "act_accuracy": _share(total["act_right"], total["matched"]),
        "speaker_accuracy": _share(total["speaker_right"], total["matched"]),
        "named_speaker_accuracy": _share(total["named_speaker_right"], total["matched_named"]),
        "entity_f1": _share(2 * total["entities_right"], total["entities_gold"] + total["entities_predicted"]),
        "not_quotes_reported": float(total["not_quotes"]),
    }


def match(text: str, gold: Sequence[Ranges], predicted: Sequence[Ranges]) -> list[tuple[int, int, float]]:
    """Pairs (gold, predicted, token IoU) of contents that overlap at least MIN_OVERLAP, one to one, the best first."""
    words = tokens(text)
    gold_words, predicted_words = ([cover(words, ranges) for ranges in side] for side in (gold, predicted))
    overlaps = sorted(
        (-len(a & b) / len(a | b), i, j)
        for i, a in enumerate(gold_words)
        for j, b in enumerate(predicted_words)
        if a & b
    )
    pairs: list[tuple[int, int, float]] = []
    for negative, i, j in overlaps:
        if -negative >= MIN_OVERLAP and not any(i == a or j == b for a, b, _ in pairs):
            pairs.append((i, j, -negative))
    return pairs


def tokens(text: str) -> list[Range]:
    """The places of the tokens that count.

    >>> tokens('“No,” I said.')
    [(1, 3), (6, 7), (8, 12)]
    """
    return [(m.start(), m.end()) for m in TOKEN.finditer(text) if m.group() not in IGNORED]


def cover(words: Sequence[Range], ranges: Ranges) -> frozenset[int]:
    """The numbers of the tokens that ranges touch."""
    return frozenset(i for i, (start, end) in enumerate(words) for a, b in ranges if start < b and end > a)


def same_name(predicted: str | None, accepted: Sequence[str]) -> bool:
    """Is a speaker one of the accepted names? Case, marks and a leading article do not count; nobody equals nobody.

    >>> same_name("the Weather Service", ["Weather Service"]), same_name("Roe", ["Anthea Roe"]), same_name(None, [])
    (True, False, True)
    """
    if not accepted or not predicted:
        return not accepted and not predicted
    return _plain(predicted) in {_plain(name) for name in accepted}


def _plain(name: str) -> tuple[str, ...]:
    words = tuple(re.findall(r"\w+", name.casefold()))
    return words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words


def _attribution_counts(article: GoldArticle, predicted_article: PredictedArticle) -> Counter[str]:
    gold, predicted = article.attributions, predicted_article.attributions
    counts = Counter(gold=len(gold), predicted=len(predicted))
    counts.update(f"gold_{attribution.kind}" for attribution in gold)
    counts.update(f"predicted_{attribution.kind}" for attribution in predicted)
    words = tokens(article.text)
    gold_contents = [attribution.content for attribution in gold]
    contents = [attribution.content for attribution in predicted]
    for i, j, iou in match(article.text, gold_contents, contents):
        counts.update(_agreement(words, gold[i], predicted[j], iou))
    not_quotes: list[Ranges] = [(span,) for span in article.not_quotes]
    counts["not_quotes"] = len(match(article.text, not_quotes, contents))
    return counts


def _agreement(
    words: Sequence[Range], gold: GoldAttribution, predicted: PredictedAttribution, iou: float
) -> Iterable[str]:
    """The names of what is right in a matched pair."""
    yield from ("matched", f"{gold.kind}_recalled", f"{predicted.kind}_right")
    gold_source, source = cover(words, gold.source), cover(words, predicted.source)
    if gold_source & source or not (gold_source or source):
        yield "with_source"
    speaker_right = same_name(predicted.speaker, gold.speakers)
    if gold.speakers:
        yield "matched_named"
    checks = {
        "exact": iou == 1.0,
        "kind_right": gold.kind == predicted.kind,
        "act_right": gold.act == predicted.act,
        "speaker_right": speaker_right,
        "named_speaker_right": speaker_right and bool(gold.speakers),
    }
    yield from (name for name, is_right in checks.items() if is_right)


def _entity_counts(article: GoldArticle, predicted_article: PredictedArticle) -> Counter[str]:
    """Exact spans with their labels, on articles that carry entities; ignored characters at the edges do not count."""
    if article.entities is None:
        return Counter()
    words = tokens(article.text)
    gold, predicted = (
        {(cover(words, ((start, end),)), label) for start, end, label in side}
        for side in (article.entities, predicted_article.entities)
    )
    right = len(gold & predicted)
    return Counter(entities_gold=len(gold), entities_predicted=len(predicted), entities_right=right)


def _share(part: float, whole: float) -> float:
    return round(_ratio(part, whole), 4)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _f1(total: Counter[str], recalled: str, right: str, kind: str) -> float:
    """F1 of recall over gold and precision over what was found, of one kind or ("") of all."""
    suffix = f"_{kind}" if kind else ""
    n_gold, n_predicted = total[f"gold{suffix}"], total[f"predicted{suffix}"]
    recall, precision = _ratio(total[recalled], n_gold), _ratio(total[right], n_predicted)
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
