"""What the reader costs: beside its bare ONNX session, and a word of a long text beside a word of a short one.

    python -m benchmarks.speed_reader ARTICLES [--times 3]

ARTICLES is a folder of text files. Prints one JSON object of processor seconds on one thread; all ratios are medians of
measurements taken in turn:

- ``reader_to_session``: the reader's words a second beside the session alone on the same windows;
- ``long_to_short``: what a word costs in one article repeated to LONG_WORDS, beside the article by itself;
- ``joined_to_parts``: what a word costs in so many different articles joined to one text, beside the same articles in
  parts of SHORT_WORDS.

``benchmarks.speed`` runs it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed_rivals import count_words, read_texts
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import Annotation, Article, RawArticle

#: Articles on which the reader is compared with the session.
SAMPLE_ARTICLES = 100
#: Words of a text of common length, and of a very long one.
SHORT_WORDS, LONG_WORDS = 1_400, 160_000
#: How often the short article is annotated, so that the clock can tell.
SHORT_ROUNDS = 10
#: Of a text's words, the share that cleaning must leave, or the cost of a word would say nothing.
MIN_KEPT = 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--long-words", type=int, default=LONG_WORDS)
    given = parser.parse_args()
    annotator = Annotator()
    texts = read_texts(given.articles)
    figures = measure_session(texts[:SAMPLE_ARTICLES], annotator, given.times)
    print(json.dumps(figures | measure_length(texts, annotator, given.times, given.long_words)))


class _Recorder:
    """Stands before the session and keeps the calls that it passes on."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.calls: list[tuple[Any, Any]] = []

    def run(self, names: Any, feed: Any) -> Any:
        self.calls.append((names, feed))
        return self.session.run(names, feed)


def measure_session(texts: Sequence[str], annotator: Annotator, times: int) -> dict[str, Any]:
    """The reader over clean texts beside the session alone over the windows that the reader made of them."""
    sample = list(clean_articles(texts, annotator))
    words = sum(count_words(article.text) for article in sample)
    network = annotator.nlp.get_pipe("onrecord_reader").model.network
    session = network._session

    def read() -> None:
        for article in sample:
            annotator.read(article)

    def run_session() -> None:
        for names, feed in recorder.calls:
            session.run(names, feed)

    recorder = network._session = _Recorder(session)
    read()
    network._session = session
    pairs = [(cpu_seconds(read), cpu_seconds(run_session)) for _ in range(times)]
    return {
        "reader_words_a_second": round(median(words / whole for whole, _ in pairs)),
        "session_words_a_second": round(median(words / bare for _, bare in pairs)),
        "reader_to_session": round(median(bare / whole for whole, bare in pairs), 3),
    }


def clean_articles(texts: Sequence[str], annotator: Annotator) -> Iterator[Article]:
    cleaned = (annotator.clean(RawArticle.of(text, f"{number}.txt")) for number, text in enumerate(texts))
    return (article for article in cleaned if isinstance(article, Article))


def measure_length(texts: Sequence[str], annotator: Annotator, times: int, long_words: int) -> dict[str, Any]:
    """The cost of a word by the length of the text that it stands in."""
    short = min(texts, key=lambda text: abs(count_words(text) - SHORT_WORDS))
    repeated = repeat(short, long_words)
    parts = list(parts_of(texts, long_words))
    joined = "\n\n".join(parts)
    pairs = [(cost([short] * SHORT_ROUNDS, annotator), cost([repeated], annotator)) for _ in range(times)]
    joined_pairs = [(cost(parts, annotator), cost([joined], annotator)) for _ in range(times)]
    return {
        "short_words": count_words(short),
        "long_words": count_words(repeated),
        "short_microseconds_a_word": round(1e6 * median(alone for alone, _ in pairs), 1),
        "long_microseconds_a_word": round(1e6 * median(long for _, long in pairs), 1),
        "long_to_short": round(median(long / alone for alone, long in pairs), 3),
        "joined_words": count_words(joined),
        "parts_microseconds_a_word": round(1e6 * median(part for part, _ in joined_pairs), 1),
        "joined_microseconds_a_word": round(1e6 * median(whole for _, whole in joined_pairs), 1),
        "joined_to_parts": round(median(whole / part for part, whole in joined_pairs), 3),
    }


def repeat(text: str, words: int) -> str:
    """The text laid end to end up to about so many words."""
    return "\n\n".join([text] * max(1, round(words / count_words(text))))


def parts_of(texts: Sequence[str], words: int) -> Iterator[str]:
    """Articles joined to parts of SHORT_WORDS or a little more, up to so many words in all."""
    part: list[str] = []
    in_part = in_all = 0
    for text in texts:
        part.append(text)
        in_part += count_words(text)
        if in_part >= SHORT_WORDS:
            yield "\n\n".join(part)
            in_all += in_part
            part, in_part = [], 0
        if in_all >= words:
            return
    if not in_all:
        yield "\n\n".join(part)


def cost(texts: Sequence[str], annotator: Annotator) -> float:
    """Processor seconds a word; SystemExit when a text is not read as it stands."""
    results: list[Annotation] = []

    def annotate() -> None:
        for number, text in enumerate(texts):
            result = annotator.annotate(RawArticle.of(text, f"{number}.txt"))
            if not isinstance(result, Annotation) or result.article.fault:
                raise SystemExit(f"a text of {count_words(text):,} words was not read: {result}"[:300])
            results.append(result)

    seconds = cpu_seconds(annotate)
    words = sum(map(count_words, texts))
    kept = sum(count_words(result.article.text) for result in results)
    if kept < MIN_KEPT * words:
        raise SystemExit(f"cleaning left {kept:,} of {words:,} words; give articles without boilerplate")
    return seconds / words


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor seconds: all runs on one thread, so what others do meanwhile does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
