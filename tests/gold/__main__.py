"""Print the figures on the gold articles: ``python -m tests.gold [--misses] [ID…]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from .load import GoldArticle, GoldAttribution, digest, load
from .read import read
from .score import PredictedArticle, PredictedAttribution, match, score


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.gold", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="articles to read; all by default")
    parser.add_argument(
        "--misses", action="store_true", help="also list what was missed and what was reported beside it"
    )
    options = parser.parse_args()
    pairs = read([article for article in load() if not options.ids or article.id in options.ids])
    if options.misses:
        for article, predicted in pairs:
            print("\n".join([f"== {article.id}", *misses(article, predicted)]))
    json.dump({"digest": digest(), "figures": score(pairs)}, sys.stdout, indent=1)
    print()


def misses(article: GoldArticle, predicted_article: PredictedArticle) -> Iterator[str]:
    """A line for each attribution without a partner (- missed, + reported beside) and each pair that differs (~)."""
    gold, predicted = article.attributions, predicted_article.attributions
    pairs = match(article.text, [a.content for a in gold], [a.content for a in predicted])
    matched_gold, matched_predicted = {i for i, _, _ in pairs}, {j for _, j, _ in pairs}
    for i, attribution in enumerate(gold):
        if i not in matched_gold:
            yield f" - {attribution.kind} {_quoted(article.text, attribution)}"
    for j, attribution in enumerate(predicted):
        if j not in matched_predicted:
            yield f" + {attribution.kind} {_quoted(article.text, attribution)}"
    for i, j, iou in pairs:
        a, b = gold[i], predicted[j]
        if iou < 1 or (a.kind, a.act) != (b.kind, b.act):
            yield f" ~ {iou:.2f} {a.kind}/{b.kind} {a.act}/{b.act}"
            yield f"     {_quoted(article.text, a)}"
            yield f"     {_quoted(article.text, b)}"


def _quoted(text: str, attribution: GoldAttribution | PredictedAttribution) -> str:
    """The words of source, cue and content."""
    parts = (attribution.source, attribution.cue, attribution.content)
    return " | ".join(" … ".join(text[start:end] for start, end in ranges) for ranges in parts)


if __name__ == "__main__":
    main()
