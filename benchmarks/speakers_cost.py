"""What identities and speakers cost beside the reader, and that the cost grows with an article's length and no faster.

    python -m benchmarks.speakers_cost FILE.txt [FILE.txt …]

One run on one core: each article is read and resolved, the best of three times counts. Then the reading of the first
article is laid end to end 1 to 64 times, and the time to resolve it is told per thousand characters.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import clean
from onrecord.transforms.identities.resolve import resolve
from onrecord.transforms.reader import load_reader, reading
from onrecord.transforms.records import Article, Attribution, RawArticle, Reading

TIMES = (1, 2, 4, 8, 16, 32, 64)
ROUNDS = 3


def best_of(work: Callable[[], object]) -> float:
    """Seconds of the fastest of ROUNDS runs."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def article_of(path: Path) -> Article:
    data = path.read_bytes()
    raw = RawArticle(uri=path.name, text=data.decode(), raw_sha256="", n_bytes=len(data))
    article = clean(raw)
    if not isinstance(article, Article):
        raise SystemExit(f"{path}: {article.reason}")
    return article


def repeated(article: Article, found: Reading, times: int) -> tuple[Article, Reading]:
    """The article laid end to end, with its reading; from the second copy on, every full name is another's."""
    text = "\n\n".join([article.text] * times)
    step = len(article.text) + 2
    copies = [_moved(found, step * k) for k in range(times)]
    body = AlignedText.of(text)
    whole = replace(article, raw=replace(article.raw, text=text), body=body, segments=())
    merged = Reading(
        sentence_starts=tuple(s for c in copies for s in c.sentence_starts),
        entities=tuple(e for c in copies for e in c.entities),
        attributions=tuple(a for c in copies for a in c.attributions),
        links=tuple(link for c in copies for link in c.links),
    )
    return whole, merged


def _moved(found: Reading, by: int) -> Reading:
    def moved(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((a + by, b + by) for a, b in ranges)

    def attribution(one: Attribution) -> Attribution:
        return replace(one, content=moved(one.content), cue=moved(one.cue), source=moved(one.source))

    return Reading(
        sentence_starts=tuple(s + by for s in found.sentence_starts),
        entities=tuple(replace(e, start=e.start + by, end=e.end + by) for e in found.entities),
        attributions=tuple(map(attribution, found.attributions)),
        links=tuple(
            replace(k, start=k.start + by, end=k.end + by, targets=tuple((a + by, b + by, p) for a, b, p in k.targets))
            for k in found.links
        ),
    )


def renamed(article: Article, found: Reading, times: int) -> tuple[Article, Reading]:
    """The repeated article in which each copy has people and bodies of its own: the last letters of names differ."""
    whole, merged = repeated(article, found, times)
    text = list(whole.text)
    letters = "bcdfghklmnprstvz"
    step = len(article.text) + 2
    for entity in merged.entities:
        copy = entity.start // step
        for k, place in enumerate(range(max(entity.start, entity.end - 2), entity.end)):
            text[place] = letters[(copy >> (4 * k)) % 16]
    changed = "".join(text)
    return replace(whole, raw=replace(whole.raw, text=changed), body=AlignedText.of(changed)), merged


def measure(paths: list[Path]) -> dict[str, object]:
    nlp = load_reader()
    articles = [article_of(path) for path in paths]
    found = [reading(nlp(article.text)) for article in articles]
    pairs = list(zip(articles, found, strict=True))
    read = best_of(lambda: [reading(nlp(article.text)) for article in articles])
    resolved = best_of(lambda: [resolve(article, one) for article, one in pairs])
    longest = max(pairs, key=lambda pair: len(pair[1].attributions))
    growth = {}
    for name, grow in (("same_people", repeated), ("other_people", renamed)):
        rates = {}
        for times in TIMES:
            article, one = grow(*longest, times)
            seconds = best_of(lambda a=article, o=one: resolve(a, o))  # type: ignore[misc]
            rates[times] = round(1e6 * seconds / len(article.text), 2)
        growth[name] = rates
    return {
        "articles": len(articles),
        "reader_seconds": round(read, 3),
        "speakers_seconds": round(resolved, 3),
        "share_of_reader": round(resolved / read, 4),
        "milliseconds_per_1000_characters": growth,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", help="articles as plain text")
    print(json.dumps(measure(parser.parse_args().files), indent=1))


if __name__ == "__main__":
    main()
