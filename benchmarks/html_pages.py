"""How well the story is found in web pages: pages in eight designs around the articles of a folder.

    python -m benchmarks.html_pages FOLDER [--pages 60] [--show N]

Takes text files (a first line that is only an address is left away), spreads them over the designs of
``page_designs`` and compares, by words, the clean body of the page with the clean body of the paragraphs that were put
in. ``furniture`` is the share of the other words of the page that end in segments. Exits 1 below 0.95.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import fmean

from benchmarks.page_designs import DESIGNS, Story
from onrecord.pipeline.sources.web.html import HtmlArticle, read_html
from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle

FLOOR = 0.95
SITES = ("The Daily Example", "Example Times", "Morning Gazette", "News of the Coast")
NAMES = ("Jane Doe", "John Roe", "Ada Brook", "Mary Poe")
REMARKS = (
    "I have lived here for forty years and nothing ever changes, whoever is in charge.",
    "Why is nobody asking who will pay for all of this in the end?",
    "Great reporting, thank you. Please keep us informed about what happens next.",
    "This is nonsense. The numbers in the third paragraph cannot be right.",
    "Finally somebody says it!",
    "My neighbour told me the same thing last week and nobody believed him.",
)
WORD = re.compile(r"\w+")


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text))


def paragraphs(path: Path) -> list[str]:
    lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return lines[1:] if lines and re.fullmatch(r"\S+://\S+", lines[0]) else lines


def stories(folder: Path, pages: int) -> list[Story]:
    """Of all articles of some length, so many, evenly spread over the names."""
    texts = [found for path in sorted(folder.glob("*.txt")) if len(found := paragraphs(path)) >= 5]
    texts = [text for text in texts if 120 <= len(" ".join(text).split()) <= 3000]
    chance = Random(7)
    teasers = [" ".join(text[0].split()[:16]) for text in texts]
    step = max(1, len(texts) // pages)
    return [
        Story(
            title=" ".join(re.sub(r"[^\w\s]", "", text[1]).split()[:9]).title(),
            byline=chance.choice(NAMES),
            date=f"2022-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            site=chance.choice(SITES),
            paragraphs=text,
            teasers=chance.sample(teasers, 40),
            comments=chance.sample(REMARKS, 4),
            chance=Random(number),
        )
        for number, text in enumerate(texts[::step][:pages])
    ]


def cleaned(article: HtmlArticle | Story) -> Article:
    """The page, or the story alone, as the product's article."""
    if isinstance(article, Story):
        raw = RawArticle(uri="a", text="\n\n".join(article.paragraphs), raw_sha256="", n_bytes=0)
    else:
        page = article.body
        raw = RawArticle(
            uri="a",
            text=page.raw,
            raw_sha256="",
            n_bytes=0,
            title=article.title,
            edits=page.edits,
            removed_spans=article.removed_spans,
        )
    made = clean(raw)
    assert isinstance(made, Article), made
    return made


def measure(story: Article, page: Article) -> tuple[float, float, float]:
    """Precision and recall of the page's body, and the share of its other words that are in segments."""
    wanted, got = words(story.text), words(page.text)
    right = (wanted & got).total()
    out = words(" ".join(s.span.text for s in page.segments if s.kind != "paragraph")).total()
    wrong = (got - wanted).total()
    return right / max(1, got.total()), right / wanted.total(), out / max(1, out + wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--show", type=int, default=0, help="print what is wrong in the N worst pages")
    given = parser.parse_args()
    found = []
    for story, design in zip(stories(given.folder, given.pages), cycle(DESIGNS), strict=False):
        article = read_html(design(story))
        found.append((design.__name__, *measure(cleaned(story), cleaned(article)), story, article))
    print(
        f"{'design':<12}{'pages':>6}{'precision':>11}{'recall':>9}{'furniture':>11}{'title':>7}{'byline':>8}{'date':>6}"
    )
    for name in [*(design.__name__ for design in DESIGNS), "all"]:
        mine = [row for row in found if name in (row[0], "all")]
        meta = [
            fmean(bool(a.title and s.title.split()[0] in a.title) for *_, s, a in mine),
            fmean(s.byline in (a.byline or cleaned(a).byline or "") for *_, s, a in mine),
            fmean(a.published is not None and str(a.published.date()) == s.date for *_, s, a in mine),
        ]
        scores = [fmean(row[column] for row in mine) for column in (1, 2, 3)]
        print(f"{name:<12}{len(mine):>6}{scores[0]:>11.3f}{scores[1]:>9.3f}{scores[2]:>11.3f}", end="")
        print(f"{meta[0]:>7.2f}{meta[1]:>8.2f}{meta[2]:>6.2f}")
    for name, precision, recall, _, story, article in sorted(found, key=lambda row: row[1] + row[2])[: given.show]:
        body = cleaned(article).text
        print(f"\n{name}: precision {precision:.3f}, recall {recall:.3f}, {article.flags}")
        whole = set("\n".join(story.paragraphs).split("\n"))
        print("  lost: ", [p[:90] for p in story.paragraphs if p[:40] not in body][:8])
        print(
            "  extra:",
            [line[:90] for line in body.split("\n") if line.strip() and " ".join(line.split()) not in whole][:8],
        )
    precision, recall = (fmean(row[column] for row in found) for column in (1, 2))
    return 0 if min(precision, recall) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
