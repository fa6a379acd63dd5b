"""Print the figures on the gold articles: ``python -m tests.gold [--misses] [ID…]``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator

from .load import GoldArticle, Ranges, digest, load
from .read import read
from .score import Reading, match, score


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.gold", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="articles to read; all by default")
    parser.add_argument("--misses", action="store_true", help="also list what was missed and what was found beside it")
    options = parser.parse_args()
    pairs = read([article for article in load() if not options.ids or article.id in options.ids])
    if options.misses:
        for article, reading in pairs:
            print("\n".join([f"== {article.id}", *misses(article, reading)]))
    json.dump({"digest": digest(), "figures": score(pairs)}, sys.stdout, indent=1)
    print()


def misses(article: GoldArticle, reading: Reading) -> Iterator[str]:
    """One line for each attribution without a partner (- missed, + found beside) and each pair that differs (~)."""
    gold, found = article.attributions, reading.attributions
    pairs = match(article.text, [one.content for one in gold], [one.content for one in found])
    matched_gold, matched_found = {i for i, _, _ in pairs}, {j for _, j, _ in pairs}
    for i, one in enumerate(gold):
        if i not in matched_gold:
            yield f" - {one.kind} {_told(article.text, one.source, one.cue, one.content)}"
    for j, other in enumerate(found):
        if j not in matched_found:
            yield f" + {other.kind} {_told(article.text, other.source, other.cue, other.content)}"
    for i, j, iou in pairs:
        one, other = gold[i], found[j]
        if iou < 1 or (one.kind, one.act) != (other.kind, other.act):
            yield f" ~ {iou:.2f} {one.kind}/{other.kind} {one.act}/{other.act}"
            yield f"     {_told(article.text, one.source, one.cue, one.content)}"
            yield f"     {_told(article.text, other.source, other.cue, other.content)}"


def _told(text: str, *roles: Ranges) -> str:
    return " | ".join(" … ".join(text[start:end] for start, end in ranges) for ranges in roles)


if __name__ == "__main__":
    main()
