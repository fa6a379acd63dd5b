"""How well near-duplicates are found, in clusters made from the articles of a folder; and what many texts cost.

    python -m benchmarks.near_duplicates FOLDER [--clusters 300] [--many 100000]

Each cluster is an article and up to five copies of it, of which 5 to 60 % is changed: sentences cut, written anew or
taken from other articles, words replaced, agency lines added, paragraphs merged. A pair of one cluster is to be found
when its texts are at least 70 % alike, measured in two ways: by the runs of three words they share (Jaccard), and by
the share of words that stay in place (the longer text counts). Exits 1 when precision of pairs falls below 0.98 or
recall, by runs, below 0.95. Stories written from one template (results, matches, weather, police, obituaries), each
with two edited copies, are to be as many clusters as stories: the means of several draws, precision of pairs not below
0.9, recall not below 0.95.
``--many`` clusters so many signatures, 5 % of them copies, and prints time and memory.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

from onrecord.pipeline.store.near_duplicates import Fingerprints, Membership, TextHashes, cluster
from onrecord.transforms.fingerprints import SIGNATURE_SIZE, Shingles, details, jaccard, shingles, signatures

FLOORS = {"precision": 0.98, "recall": 0.95, "template precision": 0.9, "template recall": 0.95}
#: Pairs at least so similar are to be found.
MIN_SIMILARITY = 0.7
SENTENCE = re.compile(r"(?<=[.!?”\"])\s+")
AGENCY_LINES = (
    "(Reporting by Jane Doe; Editing by John Roe)",
    "LIMA (Reuters) – ",
    "With files from The Example.",
    "Photo: AP",
)


#: Frames of stories that are written for many firms, teams and days; what stands in braces differs from one to another.
TEMPLATES = {
    "results": """
        Shares of {A} rose {n} percent on {day} after the company reported earnings for the third quarter. {A}
        said its profit was {n} million dollars, or {x} a share. The results beat what analysts had expected.
        Revenue was {m} million in the period. {A}, based in {B}, expects full-year earnings in the range of
        {x} to {x} a share.
    """,
    "match": """
        {A} beat {B} by {n} to {n} in the second division on {day} to stay in the race for promotion. {C}
        opened the scoring after {n} minutes with a header from a corner, and {D} added a second before the
        break. {B} pulled one back through {E} in the second half, but the home side held on in front of {m}
        fans. {A} meet {G} next week.
    """,
    "weather": """
        {day} will be cloudy with rain by evening and a high of {n}. Winds will be from the west at {n} miles
        an hour. The chance of rain is {n} percent. The sun sets at {n}:{m}. The coldest place last night was
        {A} at {n} degrees, the weather office said. It has issued no warnings for the coast.
    """,
    "police": """
        A {n}-year-old man was arrested on {day} on suspicion of burglary after officers were called to {A}
        Street at about {n}:{m}. {C}, of {B}, was taken into custody without incident and is due in court on
        {day}. Police ask anyone who saw something to call {m}-{m} and to leave a message. The case number is
        {m}.
    """,
    "obituary": """
        {C}, {n}, of {A}, passed away peacefully at home on {day}, {month} {n}, surrounded by family. Born in
        {B} on {month} {n}, 19{n}, {C} was a teacher at {E} School and loved gardening, fishing and time with
        friends. Survivors include two children, {D} and {G}, and {n} grandchildren. A service will be held at
        {n} a.m. at the funeral home. In place of flowers the family asks for gifts to the hospice.
    """,
}
SYLLABLES = "bal cor den fal gar hol kin lam mor nev ost per quil ros sand tam ulv ver wick yar".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April June July August".split()


def fill(template: str, rng: Random) -> str:
    """A story of a template: its names are the same throughout, each number and day is drawn anew."""
    name = {letter: "".join(rng.choices(SYLLABLES, k=2)).capitalize() for letter in "ABCDEG"}
    drawn = {
        "n": lambda: str(rng.randrange(2, 99)),
        "m": lambda: str(rng.randrange(100, 9999)),
        "x": lambda: f"{rng.random() * 9:.2f}",
        "day": lambda: rng.choice(DAYS),
        "month": lambda: rng.choice(MONTHS),
    }
    text = " ".join(template.split())
    return re.sub(r"\{(\w+)\}", lambda m: name[m[1]] if m[1] in name else drawn[m[1]](), text)


def edit(text: str, rng: Random) -> str:
    """A copy as newsrooms make them: a sentence less, another order at the end, an agency's line, another number."""
    sentences = SENTENCE.split(text)
    del sentences[rng.randrange(1, len(sentences))]
    sentences[-2:] = reversed(sentences[-2:])
    text = " ".join([*sentences, rng.choice(AGENCY_LINES)])
    m = rng.choice([*re.finditer(r"\d+", text)])
    return f"{text[: m.start()]}{rng.randrange(2, 99)}{text[m.end() :]}"


def template_quality(seeds: Sequence[int] = range(8)) -> dict[str, float]:
    """Precision and recall of pairs, the mean and the worst of several draws of stories."""
    draws = [_template_pairs(seed) for seed in seeds]
    precision, recall = ([draw[n] for draw in draws] for n in (0, 1))
    return {
        "template precision": sum(precision) / len(draws),
        "template precision, worst": min(precision),
        "template recall": sum(recall) / len(draws),
        "template recall, worst": min(recall),
    }


def _template_pairs(seed: int, stories: int = 40) -> tuple[float, float]:
    """Precision and recall of pairs among stories of each template, each with two copies."""
    rng = Random(seed)
    articles: dict[str, str] = {}
    for kind, template in TEMPLATES.items():
        for number in range(stories):
            articles[f"{kind}-{number}/0"] = text = fill(template, rng)
            articles |= {f"{kind}-{number}/{copy}": edit(text, rng) for copy in (1, 2)}
    gold = {pair for pair in combinations(sorted(articles), 2) if pair[0][:-2] == pair[1][:-2]}
    hashes = hashes_of(articles)
    predicted = pairs_of(cluster([fingerprints(hashes)], lambda ids: hashes))
    return len(predicted & gold) / max(1, len(predicted)), len(predicted & gold) / len(gold)


def texts_of(folder: Path) -> list[str]:
    texts = [path.read_text(encoding="utf-8").partition("\n")[2].strip() for path in sorted(folder.glob("*.txt"))]
    return sorted({text for text in texts if len(text.split()) >= 80})


def change(text: str, share: float, texts: Sequence[str], words: Sequence[str], rng: Random) -> str:
    """A copy of the text with about that share of it changed, in one of the ways of newsrooms or in several."""
    paragraphs = [SENTENCE.split(paragraph) for paragraph in text.split("\n") if paragraph.strip()]
    places = [(p, s) for p, sentences in enumerate(paragraphs) for s in range(len(sentences))]
    total, done = len(text), 0
    ways = rng.choice([("cut",), ("anew",), ("words",), ("cut", "anew"), ("cut", "anew", "words")])
    for p, s in rng.sample(places, len(places)):
        if done >= share * total:
            break
        sentence = paragraphs[p][s]
        way = rng.choice(ways)
        if way == "cut":
            paragraphs[p][s] = ""
        elif way == "anew":
            paragraphs[p][s] = rng.choice(SENTENCE.split(rng.choice(texts)))
        else:
            paragraphs[p][s] = " ".join(rng.choice(words) if rng.random() < 0.5 else word for word in sentence.split())
        done += len(sentence) * (0.5 if way == "words" else 1)
    lines = [" ".join(filter(None, sentences)) for sentences in paragraphs]
    lines = [line for line in lines if line]
    if rng.random() < 0.5:
        lines.insert(rng.choice([0, len(lines)]), rng.choice(AGENCY_LINES))
    return rng.choice(["\n\n", "\n", " "]).join(lines)


def share_in_place(left: str, right: str) -> float:
    """The share of words that stand in both texts in the same order, of the longer text."""
    a, b = left.split(), right.split()
    same = sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())
    return same / max(len(a), len(b))


def hashes_of(articles: Mapping[str, str]) -> dict[str, TextHashes]:
    return {
        name: TextHashes(shingles=runs, details=details(text))
        for (name, text), runs in zip(articles.items(), shingles(articles.values()), strict=True)
    }


def fingerprints(hashes: Mapping[str, TextHashes]) -> Fingerprints:
    return Fingerprints(
        article_ids=tuple(hashes),
        text_hashes=tuple(hashes),
        published=(None,) * len(hashes),
        runs=tuple(each.shingles.size for each in hashes.values()),
        signatures=signatures([each.shingles for each in hashes.values()]),
    )


def pairs_of(rows: Sequence[Membership]) -> set[tuple[str, str]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.cluster_id].append(row.article_id)
    return {pair for members in groups.values() for pair in combinations(sorted(members), 2)}


def quality(texts: Sequence[str], clusters: int) -> dict[str, float]:
    """Precision and recall of pairs, over generated clusters among all the articles."""
    rng = Random(11)
    words = sorted({word for text in texts for word in text.split()})
    articles = {f"{n:05}-0": text for n, text in enumerate(texts)}
    for n in rng.sample(range(len(texts)), min(clusters, len(texts))):
        for copy in range(1, rng.randint(2, 6)):
            articles[f"{n:05}-{copy}"] = change(texts[n], rng.uniform(0.05, 0.6), texts, words, rng)
    hashes = hashes_of(articles)
    shingles_of = {name: each.shingles for name, each in hashes.items()}
    predicted = pairs_of(cluster([fingerprints(hashes)], lambda ids: hashes))
    groups = defaultdict(list)
    for name in articles:
        groups[name[:5]].append(name)
    gold = {pair for members in groups.values() for pair in combinations(sorted(members), 2)}
    # articles that were alike before anything was done to them are near-duplicates as well
    wrong = {(a, b) for a, b in predicted - gold if jaccard(shingles_of[f"{a[:5]}-0"], shingles_of[f"{b[:5]}-0"]) < 0.2}
    by_runs = {(a, b) for a, b in gold if jaccard(shingles_of[a], shingles_of[b]) >= MIN_SIMILARITY}
    by_words = {pair for pair in gold if share_in_place(articles[pair[0]], articles[pair[1]]) >= MIN_SIMILARITY}
    return {
        "articles": len(articles),
        "pairs": len(gold),
        "pairs found": len(predicted),
        "precision": 1 - len(wrong) / max(1, len(predicted)),
        "precision, strict": len(predicted & gold) / max(1, len(predicted)),
        "pairs alike by runs": len(by_runs),
        "recall": len(by_runs & predicted) / max(1, len(by_runs)),
        "pairs alike by words": len(by_words),
        "recall by words": len(by_words & predicted) / max(1, len(by_words)),
        "recall of all": len(gold & predicted) / max(1, len(gold)),
    }


def measure_cost(number: int) -> tuple[float, float]:
    """Seconds and MiB that clustering takes, for signatures of which one in twenty is a copy with 30 % changed."""
    tracemalloc.start()
    started = time.monotonic()
    clusters = cluster_copies(number)
    seconds, peak = time.monotonic() - started, tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"{number:,} signatures: {clusters:,} clusters, {seconds:.1f} s, {peak:.0f} MiB")
    return seconds, peak


def cluster_copies(number: int) -> int:
    """How many clusters there are of so many signatures, of which one in twenty is a copy with 30 % changed."""
    rng = np.random.default_rng(5)
    drawn = rng.integers(0, 2**32, size=(number, SIGNATURE_SIZE), dtype=np.uint32)
    copies = np.arange(0, number - 1, 20)
    drawn[copies + 1] = np.where(rng.random((len(copies), SIGNATURE_SIZE)) < 0.7, drawn[copies], drawn[copies + 1])
    names = tuple(f"{n:016x}" for n in range(number))
    prints = Fingerprints(
        article_ids=names, text_hashes=names, published=(None,) * number, runs=(300,) * number, signatures=drawn
    )
    runs = np.arange(400, dtype=np.uint64)

    def shingles_of(name: str) -> Shingles:
        return runs + np.uint64(int(name, 16) // 20 * 10_000 + int(name, 16) % 20 * 70)

    def load_hashes(ids: Sequence[str]) -> dict[str, TextHashes]:
        """Shingles and details as many as real ones; a copy shares 0.7 of them with its source."""
        return {
            name: TextHashes(shingles=found, details=found[::8].astype(np.int32))
            for name, found in zip(ids, map(shingles_of, ids), strict=True)
        }

    return len({row.cluster_id for row in cluster([prints], load_hashes)})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clusters", type=int, default=300)
    parser.add_argument("--many", type=int, default=0)
    given = parser.parse_args()
    figures = quality(texts_of(given.folder), given.clusters) | template_quality()
    for name, figure in figures.items():
        print(f"{name:<22}{figure:>10,.3f}" if isinstance(figure, float) else f"{name:<22}{figure:>10,}")
    if given.many:
        _, quarter = measure_cost(given.many // 4)
        _, whole = measure_cost(given.many)
        print(f"four times as many take {whole / quarter:.2f} times the memory")
    return 0 if all(figures[name] >= floor for name, floor in FLOORS.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
