"""How well a reading of the gold articles agrees with them; pure functions over raw offsets.

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
SILENT = frozenset("\"“”„‟«»‹›‘’‚'`,.")
#: Two contents are the same quotation when they share at least this part of their tokens.
SAME = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An attribution as the product reports it, in raw offsets."""

    content: Ranges
    source: Ranges = ()
    cue: Ranges = ()
    kind: str = "direct"
    act: str = "statement"
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the product found in one gold article."""

    attributions: tuple[Found, ...] = ()
    entities: tuple[tuple[int, int, str], ...] = ()


def score(pairs: Iterable[tuple[GoldArticle, Reading]]) -> dict[str, float]:
    """All figures, micro-averaged over the articles; shares from 0 to 1, ``not_quotes_reported`` is a count."""
    total: Counter[str] = Counter()
    for article, reading in pairs:
        total += _attribution_counts(article, reading) + _entity_counts(article, reading)
    kinds = {f"{kind}_f1": _f1(total, f"{kind}_recalled", f"{kind}_right", kind) for kind in KINDS}
    return {
        "detection_precision": _share(total["matched"], total["found"]),
        "detection_recall": _share(total["matched"], total["gold"]),
        "detection_f1": _f1(total, "matched", "matched", ""),
        "exact_f1": _f1(total, "exact", "exact", ""),
        "end_to_end_f1": _f1(total, "with_source", "with_source", ""),
        **kinds,
        "kind_accuracy": _share(total["kind_right"], total["matched"]),
        "act_accuracy": _share(total["act_right"], total["matched"]),
        "speaker_accuracy": _share(total["speaker_right"], total["matched"]),
        "named_speaker_accuracy": _share(total["named_speaker_right"], total["matched_named"]),
        "entity_f1": _share(2 * total["entities_right"], total["entities_gold"] + total["entities_found"]),
        "not_quotes_reported": float(total["not_quotes"]),
    }


def match(text: str, gold: Sequence[Ranges], found: Sequence[Ranges]) -> list[tuple[int, int, float]]:
    """Pairs (gold, found, token IoU) of contents at least SAME alike, one to one, the most alike first."""
    words = tokens(text)
    gold_words, found_words = ([cover(words, ranges) for ranges in side] for side in (gold, found))
    alike = sorted(
        (-len(one & other) / len(one | other), i, j)
        for i, one in enumerate(gold_words)
        for j, other in enumerate(found_words)
        if one & other
    )
    pairs: list[tuple[int, int, float]] = []
    for negative, i, j in alike:
        if -negative >= SAME and not any(i == a or j == b for a, b, _ in pairs):
            pairs.append((i, j, -negative))
    return pairs


def tokens(text: str) -> list[Range]:
    """The places of the tokens that count.

    >>> tokens('“No,” I said.')
    [(1, 3), (6, 7), (8, 12)]
    """
    return [(m.start(), m.end()) for m in TOKEN.finditer(text) if m.group() not in SILENT]


def cover(words: Sequence[Range], ranges: Ranges) -> frozenset[int]:
    """The numbers of the tokens that ranges touch."""
    return frozenset(i for i, (start, end) in enumerate(words) for a, b in ranges if start < b and end > a)


def same_name(found: str | None, accepted: Sequence[str]) -> bool:
    """Is a speaker one of the accepted names? Case, marks and a leading article do not count; nobody equals nobody.

    >>> same_name("the Weather Service", ["Weather Service"]), same_name("Roe", ["Anthea Roe"]), same_name(None, [])
    (True, False, True)
    """
    if not accepted or not found:
        return not accepted and not found
    return _plain(found) in {_plain(name) for name in accepted}


def _plain(name: str) -> tuple[str, ...]:
    words = tuple(re.findall(r"\w+", name.casefold()))
    return words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words


def _attribution_counts(article: GoldArticle, reading: Reading) -> Counter[str]:
    gold, found = article.attributions, reading.attributions
    counts = Counter(gold=len(gold), found=len(found))
    counts.update(f"gold_{one.kind}" for one in gold)
    counts.update(f"found_{one.kind}" for one in found)
    words = tokens(article.text)
    for i, j, iou in match(article.text, [one.content for one in gold], [one.content for one in found]):
        counts.update(_agreement(words, gold[i], found[j], iou))
    not_quotes: list[Ranges] = [(place,) for place in article.not_quotes]
    counts["not_quotes"] = len(match(article.text, not_quotes, [one.content for one in found]))
    return counts


def _agreement(words: Sequence[Range], gold: GoldAttribution, found: Found, iou: float) -> Iterable[str]:
    """The names of what is right in a matched pair."""
    yield from ("matched", f"{gold.kind}_recalled", f"{found.kind}_right")
    gold_source, found_source = cover(words, gold.source), cover(words, found.source)
    if gold_source & found_source or not (gold_source or found_source):
        yield "with_source"
    speaker_right = same_name(found.speaker, gold.speakers)
    if gold.speakers:
        yield "matched_named"
    rights = {
        "exact": iou == 1.0,
        "kind_right": gold.kind == found.kind,
        "act_right": gold.act == found.act,
        "speaker_right": speaker_right,
        "named_speaker_right": speaker_right and bool(gold.speakers),
    }
    yield from (name for name, right in rights.items() if right)


def _entity_counts(article: GoldArticle, reading: Reading) -> Counter[str]:
    """Exact spans with their labels, on articles that carry entities; silent characters at the edges do not count."""
    if article.entities is None:
        return Counter()
    words = tokens(article.text)
    gold, found = (
        {(cover(words, ((start, end),)), label) for start, end, label in side}
        for side in (article.entities, reading.entities)
    )
    return Counter(entities_gold=len(gold), entities_found=len(found), entities_right=len(gold & found))


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _f1(total: Counter[str], recalled: str, right: str, kind: str) -> float:
    """F1 of recall over gold and precision over what was found, of one kind or ("") of all."""
    gold, found = (total[f"gold_{kind}"], total[f"found_{kind}"]) if kind else (total["gold"], total["found"])
    recall, precision = (total[recalled] / gold if gold else 0.0), (total[right] / found if found else 0.0)
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0
