"""Does cleaning cut what readers marked? Counted in letters and digits of gold spans, which must all stay in the body.

    python -m benchmarks.cleaning_loss [--polnear FOLDER]... [--ggt FILE]... [--newswire FILE]... [--show N]

FOLDER holds ``text`` and ``attributions`` (brat standoff), a GGT FILE is JSON lines with quotes, a newswire FILE is
gzip of token TAB label, laid out here as tokens with blanks between all and a sentence a line: of such a text, not a
token may be cut or changed. Exits 1 when anything is lost.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from corpora.documents import Range
from corpora.newswire import read_newswire
from corpora.polnear import find_annotations, read_events, read_lines
from onrecord.transforms.cleaning import clean
from onrecord.transforms.cleaning.lines import INVISIBLE
from onrecord.transforms.records import Article, RawArticle

Gold = tuple[str, str, list[Range]]  # name, text, what is marked in it


def polnear(folder: Path) -> Iterator[Gold]:
    for _, text, path in find_annotations(folder):
        lines = sorted(read_lines(path), key=lambda line: not line.startswith("T"))  # all spans before all events
        events = list(read_events(lines))  # spans of no event mark no attribution
        yield path.stem, text, [part for event in events for ranges in event.values() for part in ranges]


def ggt(file: Path) -> Iterator[Gold]:
    for line in file.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        parts = [
            part for quote in article["quotes"] for part in (quote, quote.get("speaker"), quote.get("verb")) if part
        ]
        yield str(article["id"]), article["text"], [(part["start"], part["end"]) for part in parts if "start" in part]


def newswire(file: Path) -> Iterator[Gold]:
    for name, sentences in read_newswire(file):
        text = "\n".join(" ".join(token for token, _ in sentence) for sentence in sentences)
        yield name, text, [(0, len(text))]


def find_losses(text: str, spans: list[Range]) -> tuple[int, list[str]]:
    """How many letters and digits the spans hold, and those of them that cleaning cut out, run by run."""
    marked = bytearray(len(text))
    for start, end in spans:
        marked[start:end] = b"\1" * (end - start)
    article = clean(RawArticle.of(text))
    if isinstance(article, Article):
        cuts = [s.span for s in article.segments if s.kind != "paragraph"]
        losses = [
            "".join(text[at] for at in range(cut.raw_start, cut.raw_end) if marked[at] and text[at].isalnum())
            for cut in cuts
        ]
    else:
        losses = [text]
    return sum(char.isalnum() for at, char in enumerate(text) if marked[at]), [loss for loss in losses if loss]


def changes_tokens(text: str) -> bool:
    """Has a text of tokens other tokens after cleaning, invisible characters aside?"""
    article = clean(RawArticle.of(text))
    return not isinstance(article, Article) or article.text.split() != INVISIBLE.sub("", text).split()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("polnear", "ggt", "newswire"):
        parser.add_argument(f"--{name}", type=Path, action="append", default=[])
    parser.add_argument("--show", type=int, default=10, help="print at most N of the losses")
    given = parser.parse_args()
    faults = 0
    for read in (polnear, ggt, newswire):
        for path in getattr(given, read.__name__):
            n_letters = n_articles = n_changed = n_cut = 0
            losses: list[str] = []
            for name, text, spans in read(path):
                letters, article_losses = find_losses(text, spans)
                n_letters, n_articles = n_letters + letters, n_articles + 1
                n_cut += sum(map(len, article_losses))
                losses += [f"{name}: {loss}" for loss in article_losses]
                n_changed += read is newswire and changes_tokens(text)
            print(f"{path}: {n_articles} articles, {n_letters:,} letters marked, {n_cut} cut, {n_changed} changed")
            for loss in losses[: given.show]:
                print(f"  {loss[:150]}")
            faults += n_cut + n_changed
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
