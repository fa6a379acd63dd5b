"""Choose ``onrecord.transforms.identities.resolve.MIN_SPEAKER_SCORE``: how sure a speaker must be to be reported.

    python -m training.choose_speaker_threshold DATA/ggt/visible.jsonl

The threshold is chosen on the 14 Gender Gap Tracker articles with the smallest ids: the highest that keeps KEEP of the
right speakers, for texts of other kinds have more to be unsure about. The other 14 are reported beside it and choose
nothing. ``right`` counts over all quotations whose speaker is a person of the article (the scorer's ``named`` at 0.3),
``wrong`` over the speakers reported.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.transforms.annotate import Annotator
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Annotation, Quote, RawArticle

KEEP = 0.99
CHOSEN_ON = 14
THRESHOLDS = tuple(round(0.05 * k, 2) for k in range(20))


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """``[start, end)`` of the raw text, and who says it; ``person``: one of the people of the article."""

    start: int
    end: int
    reference: str
    person: bool


def words(name: str | None) -> list[str]:
    return [fold(w) for w in (name or "").replace("’s", "").replace("'s", "").split()]


def same(speaker: str | None, reference: str) -> bool:
    """Is one name the other's, words left out on one side only? A surname alone is not a full name."""
    left, right = set(words(speaker)), set(words(reference))
    if not left or not right:
        return False
    return left == right or (len(left) > 1 and (left <= right or right <= left)) or (len(right) == 1 and right <= left)


def match(gold: Sequence[GoldQuote], quotes: Sequence[Quote]) -> dict[int, Quote]:
    """The best quote for each gold one, one to one, that covers more than 0.3 of it."""
    parts = [(span.raw_start, span.raw_end, quote) for quote in quotes for span in quote.content_spans]
    pairs = sorted(
        ((min(g.end, b) - max(g.start, a)) / (g.end - g.start), i, j)
        for i, g in enumerate(gold)
        for j, (a, b, _) in enumerate(parts)
        if min(g.end, b) - max(g.start, a) > 0.3 * (g.end - g.start)
    )
    matches: dict[int, Quote] = {}
    used: set[int] = set()
    for _, i, j in reversed(pairs):
        if i not in matches and j not in used:
            matches[i] = parts[j][2]
            used.add(j)
    return matches


def curve(articles: Iterable[tuple[Annotation, list[GoldQuote]]]) -> dict[float, tuple[float, float]]:
    """For each threshold, the share of gold persons that are rightly reported and of wrong speakers among all.

    The annotations report every speaker, however unsure.
    """
    outcomes: list[tuple[float, bool, bool]] = []  # score, right, gold is a person
    persons = 0
    for annotation, gold in articles:
        statements = [quote for quote in annotation.quotes if quote.act == "statement"]
        persons += sum(g.person for g in gold)
        for i, quote in match(gold, statements).items():
            if quote.speaker:
                outcomes.append((quote.speaker_score or 0.0, same(quote.speaker, gold[i].reference), gold[i].person))
    points = {}
    for threshold in THRESHOLDS:
        reported = [outcome for outcome in outcomes if outcome[0] >= threshold]
        right = sum(is_right and is_person for _, is_right, is_person in reported)
        wrong = sum(not is_right for _, is_right, _ in reported)
        points[threshold] = (round(right / max(1, persons), 4), round(wrong / max(1, len(reported)), 4))
    return points


def choose(points: dict[float, tuple[float, float]]) -> float:
    """The highest threshold that still keeps nearly all right speakers.

    >>> choose({0.0: (0.800, 0.20), 0.5: (0.795, 0.05), 0.9: (0.40, 0.01)})
    0.5
    """
    best = max(right for right, _ in points.values())
    return max(threshold for threshold, (right, _) in points.items() if right >= KEEP * best)


def load(path: Path) -> list[tuple[Annotation, list[GoldQuote]]]:
    """Each article of a file of JSON lines, by id, as the product annotates it, with its gold quotes."""
    rows = sorted((json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()), key=lambda r: r["id"])
    annotator = Annotator(AnnotatorOptions(languages=(), min_speaker_score=0.0))
    results = annotator.annotate_all(RawArticle.of(row["text"], row["id"]) for row in rows)
    return [
        (result, gold_quotes(row)) for result, row in zip(results, rows, strict=True) if isinstance(result, Annotation)
    ]


def gold_quotes(row: dict[str, Any]) -> list[GoldQuote]:
    def is_person(reference: str) -> bool:
        return any(same(person, reference) for person in row["people"])

    return [GoldQuote(q["start"], q["end"], q["reference"], is_person(q["reference"])) for q in row["quotes"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ggt", type=Path, help="the visible articles as JSON lines")
    articles = load(parser.parse_args().ggt)
    chosen_on, others = curve(articles[:CHOSEN_ON]), curve(articles[CHOSEN_ON:])
    print(f"score   right wrong ({CHOSEN_ON} articles)   right wrong (the other {len(articles) - CHOSEN_ON})")
    for score in THRESHOLDS:
        print(f"{score:.2f}", *(f"  {right:.4f} {wrong:.4f}" for right, wrong in (chosen_on[score], others[score])))
    print(f"MIN_SPEAKER_SCORE = {choose(chosen_on)}")


if __name__ == "__main__":
    main()
