"""Does cleaning cut what readers marked? Counted in letters and digits of gold spans, which must all stay in the body.

    python -m benchmarks.cleaning_loss [--polnear FOLDER]... [--ggt FILE]... [--newswire FILE]... [--show N]

FOLDER holds ``text`` and ``attributions`` (brat standoff), a GGT FILE is JSON lines with quotes, a newswire FILE is
gzip of token TAB label, laid out here as tokens with blanks between all and a sentence a line: of such a text, not a
token may be cut or changed. Exits 1 when anything is lost.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from onrecord.transforms.cleaning import clean
from onrecord.transforms.cleaning.lines import INVISIBLE
from onrecord.transforms.records import Article, RawArticle

Gold = tuple[str, str, list[tuple[int, int]]]  # name, text, what is marked in it
MARKED = re.compile(r"(T\d+)\t\w+ ([\d ;]+)\t")


def polnear(folder: Path) -> Iterator[Gold]:
    for path in sorted((folder / "attributions").glob("*.ann")):
        text = (folder / "text" / f"{path.stem.rsplit('_', 1)[0]}.txt").read_bytes().decode()
        lines = path.read_text(encoding="utf-8").splitlines()
        tied = {name for line in lines if line.startswith("E") for name in re.findall(r":(T\d+)", line)}
        marked = (m for line in lines if (m := MARKED.match(line)) and m[1] in tied)  # others mark no attribution
        parts = [part.split() for m in marked for part in m[2].split(";")]
        yield path.stem, text, [(int(start), int(end)) for start, end in parts]


def ggt(file: Path) -> Iterator[Gold]:
    for line in file.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        parts = [
            part for quote in article["quotes"] for part in (quote, quote.get("speaker"), quote.get("verb")) if part
        ]
        yield str(article["id"]), article["text"], [(part["start"], part["end"]) for part in parts if "start" in part]


def newswire(file: Path) -> Iterator[Gold]:
    lines = gzip.decompress(file.read_bytes()).decode().split("\n")
    name, sentences = "", [[]]
    for line in [*lines, "# doc end"]:
        if line.startswith("# doc "):
            text = "\n".join(" ".join(sentence) for sentence in sentences if sentence)
            if text:
                yield name, text, [(0, len(text))]
            name, sentences = line[6:], [[]]
        elif line.strip():
            sentences[-1].append(line.split("\t")[0])
        else:
            sentences.append([])


def lost(text: str, spans: list[tuple[int, int]]) -> tuple[int, list[str]]:
    """How many letters and digits the spans hold, and the pieces that cleaning cut out of them."""
    marked = bytearray(len(text))
    for start, end in spans:
        marked[start:end] = b"\1" * (end - start)
    article = clean(RawArticle(uri="a", text=text, raw_sha256="", n_bytes=0))
    cut = [s.span for s in article.segments if s.kind != "paragraph"] if isinstance(article, Article) else []
    hurt = [
        "".join(text[at] for at in range(span.raw_start, span.raw_end) if marked[at] and text[at].isalnum())
        for span in cut
    ]
    if not isinstance(article, Article):
        hurt.append(text)
    return sum(char.isalnum() for at, char in enumerate(text) if marked[at]), [piece for piece in hurt if piece]


def changed(text: str) -> bool:
    """Has a text of tokens other tokens after cleaning, invisible characters aside?"""
    article = clean(RawArticle(uri="a", text=text, raw_sha256="", n_bytes=0))
    seen = INVISIBLE.sub("", text).split()
    return not isinstance(article, Article) or article.text.split() != seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("polnear", "ggt", "newswire"):
        parser.add_argument(f"--{name}", type=Path, action="append", default=[])
    parser.add_argument("--show", type=int, default=10, help="print at most N pieces that were cut")
    given = parser.parse_args()
    bad = 0
    for read in (polnear, ggt, newswire):
        for path in getattr(given, read.__name__):
            letters = articles = n_changed = 0
            pieces: list[str] = []
            for name, text, spans in read(path):
                n, hurt = lost(text, spans)
                letters, articles = letters + n, articles + 1
                pieces += [f"{name}: {piece}" for piece in hurt]
                n_changed += read is newswire and changed(text)
            n_lost = sum(len(piece.split(": ", 1)[1]) for piece in pieces)
            print(f"{path}: {articles} articles, {letters:,} letters marked, {n_lost} cut, {n_changed} changed")
            for piece in pieces[: given.show]:
                print(f"  {piece[:150]}")
            bad += n_lost + n_changed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
