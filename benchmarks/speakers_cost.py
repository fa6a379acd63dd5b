"""What identities and speakers cost beside the reader, and that the cost grows with an article's length and no faster.

    python -m benchmarks.speakers_cost FILE.txt [FILE.txt …]

One run on one core: each article is read and resolved, the best of three times counts. Then the article with the
most attributions is laid end to end 1 to 64 times, and the time to resolve it is printed per thousand characters.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import Annotation, Article, Attribution, RawArticle, Reading, Rejected

#: How often an article is laid end to end.
COPIES = (1, 2, 4, 8, 16, 32, 64)
ROUNDS = 3


def best_of(work: Callable[[], object]) -> float:
    """Seconds of the fastest of ROUNDS runs."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def read_article(path: Path, annotator: Annotator) -> tuple[Article, Reading]:
    article = annotator.clean(RawArticle.of(path.read_bytes().decode(), path.name))
    if isinstance(article, Rejected):
        raise SystemExit(f"{path}: {article.reason}")
    return annotator.read(article)


def resolve(annotator: Annotator, article: Article, reading: Reading) -> Annotation:
    """What the annotator resolves, which must not be a failure."""
    annotation = annotator.resolve(article, reading)
    if annotation.article.fault:
        raise SystemExit(f"{article.raw.uri}: {annotation.article.fault}")
    return annotation


def repeat(article: Article, reading: Reading, times: int) -> tuple[Article, Reading]:
    """The article laid end to end, with its reading."""
    text = "\n\n".join([article.text] * times)
    step = len(article.text) + 2
    copies = [_move(reading, step * k) for k in range(times)]
    body = AlignedText.of(text)
    whole = replace(article, raw=replace(article.raw, text=text), body=body, segments=())
    merged = Reading(
        sentence_starts=tuple(s for c in copies for s in c.sentence_starts),
        entities=tuple(e for c in copies for e in c.entities),
        attributions=tuple(a for c in copies for a in c.attributions),
        links=tuple(link for c in copies for link in c.links),
    )
    return whole, merged


def _move(reading: Reading, by: int) -> Reading:
    def moved(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((a + by, b + by) for a, b in ranges)

    def move_attribution(attribution: Attribution) -> Attribution:
        content, cue, source = map(moved, (attribution.content, attribution.cue, attribution.source))
        return replace(attribution, content=content, cue=cue, source=source)

    return Reading(
        sentence_starts=tuple(s + by for s in reading.sentence_starts),
        entities=tuple(replace(e, start=e.start + by, end=e.end + by) for e in reading.entities),
        attributions=tuple(map(move_attribution, reading.attributions)),
        links=tuple(
            replace(k, start=k.start + by, end=k.end + by, targets=tuple((a + by, b + by, p) for a, b, p in k.targets))
            for k in reading.links
        ),
    )


def repeat_renamed(article: Article, reading: Reading, times: int) -> tuple[Article, Reading]:
    """The repeated article in which each copy has names of its own: their last letters differ."""
    whole, merged = repeat(article, reading, times)
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
    annotator = Annotator()
    pairs = [read_article(path, annotator) for path in paths]
    read_seconds = best_of(lambda: [annotator.read(article) for article, _ in pairs])
    resolve_seconds = best_of(lambda: [resolve(annotator, *pair) for pair in pairs])
    longest = max(pairs, key=lambda pair: len(pair[1].attributions))
    growth = {}
    for name, grow in (("same_people", repeat), ("other_people", repeat_renamed)):
        rates = {}
        for copies in COPIES:
            grown = grow(*longest, copies)
            seconds = best_of(lambda pair=grown: resolve(annotator, *pair))  # type: ignore[misc]
            rates[copies] = round(1e6 * seconds / len(grown[0].text), 2)
        growth[name] = rates
    return {
        "articles": len(pairs),
        "reader_seconds": round(read_seconds, 3),
        "speakers_seconds": round(resolve_seconds, 3),
        "share_of_reader": round(resolve_seconds / read_seconds, 4),
        "milliseconds_per_1000_characters": growth,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", help="articles as plain text")
    print(json.dumps(measure(parser.parse_args().files), indent=1))


if __name__ == "__main__":
    main()
