"""Does memory grow with the input? The peak of a run on a large file, beside a small one of the same articles.

    python -m benchmarks.memory ARTICLES [--small 200] [--large 2000] [--packing jsonl.gz] [--rejected]

ARTICLES is a folder of text files. They are written over and over, numbered, into a file of JSON lines of so many MB
and into a gzip of one member that holds as many, and each goes through sources, decoding, cleaning, language, tables.
The reader is replaced, here only, by one that finds nothing: it would take days. Articles are not compared
(``--no-clusters``): each stands here hundreds of times, and what comparing takes grows with their number. With
``--rejected`` the reader is the product's own, and all but a twentieth of the articles are in another language, so that
it has little to read.
Exits with 1 when a large file takes more than 1.25 times the memory of a small one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.command import measure, onrecord
from onrecord.transforms.records import Reading

MAX_RATIO = 1.25
PACKINGS = ("jsonl", "jsonl.gz")
MEGABYTE = 10**6
#: A paragraph that makes a text surely German; nineteen of twenty articles are nothing else.
OTHER_LANGUAGE = (
    "Der Rat der Stadt kam am Montag zusammen und sprach lange über das Geld für die Schulen. Die Bürgermeisterin "
    "sagte, dass im Frühjahr noch einmal darüber beraten werde. Viele Eltern waren da, um ihre Fragen zu stellen.\n\n"
)
#: One article in so many is in English when the others are to be rejected.
ENGLISH_EVERY = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--small", type=int, default=200, help="megabytes")
    parser.add_argument("--large", type=int, default=2000, help="megabytes")
    parser.add_argument("--packing", choices=PACKINGS, action="append", help="one or more; all by default")
    parser.add_argument("--rejected", action="store_true")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.into:
        run_without_reader(given.articles, given.into)
        return 0
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(given.articles.rglob("*.txt"))]
    figures: dict[str, Any] = {"articles": len(texts), "rejected": given.rejected}
    packings = given.packing or PACKINGS
    for packing in packings:
        small, large = (megabytes(texts, size, packing, rejected=given.rejected) for size in (given.small, given.large))
        figures[packing] = {f"{given.small} MB": small, f"{given.large} MB": large, "ratio": round(large / small, 3)}
        print(json.dumps({packing: figures[packing]}), file=sys.stderr)
    print(json.dumps(figures, indent=1))
    return 1 if any(figures[packing]["ratio"] > MAX_RATIO for packing in packings) else 0


def megabytes(texts: list[str], size: int, packing: str, *, rejected: bool) -> int:
    """The peak memory of a run over a file of this size."""
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder) / f"news.{packing}", Path(folder) / "output"
        with gzip.open(path, "wb", compresslevel=1) if packing.endswith(".gz") else path.open("wb") as file:
            for line in lines(texts, size * MEGABYTE, rejected=rejected):
                file.write(line)
        product = onrecord("run", path, "--output", output, "--no-clusters")
        without_reader = [sys.executable, "-m", "benchmarks.memory", str(path), "--into", str(output)]
        return round(measure(product if rejected else without_reader).megabytes)


def lines(texts: Iterable[str], size: int, *, rejected: bool) -> Iterator[bytes]:
    """Numbered articles up to so many bytes; of those to be rejected, one in twenty is in English."""
    written = 0
    texts = list(texts)
    for number in count():
        text = texts[number % len(texts)]
        if rejected and number % ENGLISH_EVERY:
            text = OTHER_LANGUAGE * (len(text) // len(OTHER_LANGUAGE) + 1)
        line = json.dumps({"id": number, "title": f"No. {number}", "text": f"{text}\nNo. {number}."}).encode() + b"\n"
        written += len(line)
        if written > size:
            return
        yield line


class NoReader:
    """Stands for the spaCy pipeline and finds nothing."""

    def __call__(self, text: str) -> str:
        return text

    def memory_zone(self) -> nullcontext[None]:
        return nullcontext()


def run_without_reader(file: Path, output: Path) -> None:
    """The run of the command line, but for the reader."""
    import onrecord.transforms.reader
    from onrecord.pipeline.commands.run import run_here
    from onrecord.pipeline.options import Options

    onrecord.transforms.reader.load_reader = NoReader  # type: ignore[assignment]
    onrecord.transforms.reader.reading = lambda doc: Reading()  # type: ignore[assignment]
    run_here([str(file)], Options(output=str(output), clusters=False))


if __name__ == "__main__":
    sys.exit(main())
