"""Choose ``onrecord.transforms.identities.resolve.MIN_SPEAKER_SCORE``: how sure a speaker must be to be told.

    python -m training.choose_speaker_threshold DATA/ggt/visible.jsonl

The threshold is chosen on the 14 Gender Gap Tracker articles with the smallest ids: the highest that keeps KEEP of the
right speakers, for texts of other kinds have more to be unsure about. The other 14 are reported beside it and choose
nothing. ``right`` counts over all quotations whose speaker is a person of the article (the scorer's ``named`` at 0.3),
``wrong`` over the speakers told.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.transforms.annotate import Batch, ReadArticle, clean_batch, read_batch
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.identities.resolve import resolve
from onrecord.transforms.reader import load_reader
from onrecord.transforms.records import Quote, RawArticle

KEEP = 0.99
CHOSEN_ON = 14
THRESHOLDS = tuple(round(0.05 * k, 2) for k in range(20))


@dataclass(frozen=True, slots=True)
class GoldQuote:
    start: int
    end: int
    reference: str
    person: bool


def words(name: str | None) -> list[str]:
    return [fold(w) for w in (name or "").replace("’s", "").replace("'s", "").split()]


def same(told: str | None, reference: str) -> bool:
    """Is one name the other's, words left out on one side only? A surname alone is not a full name."""
    one, other = set(words(told)), set(words(reference))
    if not one or not other:
        return False
    return one == other or (len(one) > 1 and (one <= other or other <= one)) or (len(other) == 1 and other <= one)


def match(gold: Sequence[GoldQuote], quotes: Sequence[Quote]) -> dict[int, Quote]:
    """The best quote for each gold one, one to one, that covers more than 0.3 of it."""
    parts = [(span.raw_start, span.raw_end, quote) for quote in quotes for span in quote.content_spans]
    pairs = sorted(
        ((min(g.end, b) - max(g.start, a)) / (g.end - g.start), i, j)
        for i, g in enumerate(gold)
        for j, (a, b, _) in enumerate(parts)
        if min(g.end, b) - max(g.start, a) > 0.3 * (g.end - g.start)
    )
    found: dict[int, Quote] = {}
    used: set[int] = set()
    for _, i, j in reversed(pairs):
        if i not in found and j not in used:
            found[i] = parts[j][2]
            used.add(j)
    return found


def curve(articles: Iterable[tuple[ReadArticle, list[GoldQuote]]]) -> dict[float, tuple[float, float]]:
    """For each threshold, the share of gold persons rightly told and the share of wrong ones among those told."""
    outcomes: list[tuple[float, bool, bool]] = []  # score, right, gold is a person
    persons = 0
    for read, gold in articles:
        annotation = resolve(read.article, read.reading, least=0.0)
        statements = [quote for quote in annotation.quotes if quote.act == "statement"]
        persons += sum(g.person for g in gold)
        for i, quote in match(gold, statements).items():
            if quote.speaker:
                outcomes.append((quote.speaker_score or 0.0, same(quote.speaker, gold[i].reference), gold[i].person))
    found = {}
    for least in THRESHOLDS:
        told = [o for o in outcomes if o[0] >= least]
        right = sum(o[1] and o[2] for o in told)
        wrong = sum(not o[1] for o in told)
        found[least] = (round(right / max(1, persons), 4), round(wrong / max(1, len(told)), 4))
    return found


def choose(points: dict[float, tuple[float, float]]) -> float:
    """The highest threshold that still keeps nearly all right speakers.

    >>> choose({0.0: (0.800, 0.20), 0.5: (0.795, 0.05), 0.9: (0.40, 0.01)})
    0.5
    """
    most = max(right for right, _ in points.values())
    return max(least for least, (right, _) in points.items() if right >= KEEP * most)


def load(path: Path) -> list[tuple[ReadArticle, list[GoldQuote]]]:
    rows = sorted((json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()), key=lambda r: r["id"])
    raws = tuple(RawArticle(uri=r["id"], text=r["text"], raw_sha256="", n_bytes=len(r["text"].encode())) for r in rows)
    read = read_batch(clean_batch(Batch(shard="ggt", records=raws)), load_reader())
    gold = {
        r["id"]: [
            GoldQuote(q["start"], q["end"], q["reference"], any(same(p, q["reference"]) for p in r["people"]))
            for q in r["quotes"]
        ]
        for r in rows
    }
    return [(one, gold[one.article.raw.uri]) for one in read.records]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ggt", type=Path, help="the visible articles as JSON lines")
    articles = load(parser.parse_args().ggt)
    chosen_on, others = curve(articles[:CHOSEN_ON]), curve(articles[CHOSEN_ON:])
    print(f"least   right wrong ({CHOSEN_ON} articles)   right wrong (the other {len(articles) - CHOSEN_ON})")
    for least in THRESHOLDS:
        print(f"{least:.2f}", *(f"  {right:.4f} {wrong:.4f}" for right, wrong in (chosen_on[least], others[least])))
    print(f"MIN_SPEAKER_SCORE = {choose(chosen_on)}")


if __name__ == "__main__":
    main()
