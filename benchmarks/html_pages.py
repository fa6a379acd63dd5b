"""How well the article is found in web pages: pages in eight designs around the articles of a folder.

    python -m benchmarks.html_pages FOLDER [--pages 60] [--show N]

Takes text files (a first line that is only an address is left away), spreads them over the designs of
``page_designs`` and compares, by words, the clean body of the page with the clean body of the paragraphs that were put
in. ``boilerplate`` is the share of the other words of the page that end in segments. Exits 1 below 0.95.
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

from benchmarks.page_designs import DESIGNS, PageArticle
from onrecord.pipeline.sources.web.html import HtmlArticle, read_html
from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle, Rejected

MIN_MEAN = 0.95
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


def choose_articles(folder: Path, pages: int) -> list[PageArticle]:
    """Of all articles of some length, so many, evenly spread over the file names."""
    texts = [text for path in sorted(folder.glob("*.txt")) if len(text := paragraphs(path)) >= 5]
    texts = [text for text in texts if 120 <= len(" ".join(text).split()) <= 3000]
    rng = Random(7)
    teasers = [" ".join(text[0].split()[:16]) for text in texts]
    step = max(1, len(texts) // pages)
    return [
        PageArticle(
            title=" ".join(re.sub(r"[^\w\s]", "", text[1]).split()[:9]).title(),
            byline=rng.choice(NAMES),
            date=f"2022-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            site=rng.choice(SITES),
            paragraphs=text,
            teasers=rng.sample(teasers, 40),
            comments=rng.sample(REMARKS, 4),
            rng=Random(number),
        )
        for number, text in enumerate(texts[::step][:pages])
    ]


def clean_page(page: HtmlArticle) -> Article:
    """The article that the product makes of a page."""
    metadata = {"title": page.title, "edits": page.body.edits, "removed_spans": page.removed_spans}
    return _checked(clean(RawArticle.of(page.body.raw, **metadata)))


def clean_alone(article: PageArticle) -> Article:
    """The article that the product makes of the paragraphs without a page around them."""
    return _checked(clean(RawArticle.of("\n\n".join(article.paragraphs))))


def _checked(article: Article | Rejected) -> Article:
    assert isinstance(article, Article), article
    return article


def measure(gold: Article, page: Article) -> tuple[float, float, float]:
    """Precision and recall of the page's body, and the share of its other words that are in segments."""
    gold_words, page_words = words(gold.text), words(page.text)
    right = (gold_words & page_words).total()
    cut = words(" ".join(s.span.text for s in page.segments if s.kind != "paragraph")).total()
    wrong = (page_words - gold_words).total()
    return right / max(1, page_words.total()), right / gold_words.total(), cut / max(1, cut + wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--show", type=int, default=0, help="print what is wrong in the N worst pages")
    given = parser.parse_args()
    rows = []
    for article, design in zip(choose_articles(given.folder, given.pages), cycle(DESIGNS), strict=False):
        page = read_html(design(article))
        rows.append((design.__name__, *measure(clean_alone(article), clean_page(page)), article, page))
    columns = f"{'precision':>11}{'recall':>9}{'boilerplate':>13}{'title':>7}{'byline':>8}{'date':>6}"
    print(f"{'design':<12}{'pages':>6}{columns}")
    for name in [*(design.__name__ for design in DESIGNS), "all"]:
        of_design = [row for row in rows if name in (row[0], "all")]
        metadata = [
            fmean(bool(page.title and article.title.split()[0] in page.title) for *_, article, page in of_design),
            fmean(article.byline in (page.byline or clean_page(page).byline or "") for *_, article, page in of_design),
            fmean(
                page.published is not None and str(page.published.date()) == article.date
                for *_, article, page in of_design
            ),
        ]
        scores = [fmean(row[column] for row in of_design) for column in (1, 2, 3)]
        print(f"{name:<12}{len(of_design):>6}{scores[0]:>11.3f}{scores[1]:>9.3f}{scores[2]:>13.3f}", end="")
        print(f"{metadata[0]:>7.2f}{metadata[1]:>8.2f}{metadata[2]:>6.2f}")
    for name, precision, recall, _, article, page in sorted(rows, key=lambda row: row[1] + row[2])[: given.show]:
        body = clean_page(page).text
        print(f"\n{name}: precision {precision:.3f}, recall {recall:.3f}, {page.flags}")
        gold_lines = set("\n".join(article.paragraphs).split("\n"))
        print("  lost: ", [p[:90] for p in article.paragraphs if p[:40] not in body][:8])
        body_lines = [line for line in body.split("\n") if line.strip()]
        print("  extra:", [line[:90] for line in body_lines if " ".join(line.split()) not in gold_lines][:8])
    precision, recall = (fmean(row[column] for row in rows) for column in (1, 2))
    return 0 if min(precision, recall) >= MIN_MEAN else 1


if __name__ == "__main__":
    sys.exit(main())
