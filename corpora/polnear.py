"""PolNeAR: news articles with attributions in brat's standoff format, several annotators to an article.

FOLDER/text/NAME.txt      FOLDER/attributions/NAME_ANNOTATOR.ann

T1 <tab> Source 89 106 <tab> The New York Post             a span
E1 <tab> Attribution:T4 Content:T3 Cue:T2 Source:T1        an event, which ties spans together
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpora.documents import Document, Range, Relation

SPAN = re.compile(r"T\d+\t\w+ \d")
EVENT = re.compile(r"E\d+\t")
ROLES = ("content", "cue", "source")


def read_polnear(folder: Path) -> dict[str, list[Document]]:
    """Article name -> one document for each annotator, in the order of the annotators' names."""
    documents: dict[str, list[Document]] = defaultdict(list)
    for name, text, path in find_annotations(folder):
        documents[name].append(Document(name=name, text=text, relations=tuple(read_relations(read_lines(path)))))
    return documents


def find_annotations(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """``(article name, its text, annotation file)`` for each annotation file, in the order of their names."""
    for path in sorted((folder / "attributions").glob("*.ann")):
        name = path.stem.rsplit("_", 1)[0]
        yield name, (folder / "text" / f"{name}.txt").read_bytes().decode(), path


def read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def read_relations(lines: Iterable[str]) -> Iterator[Relation]:
    """The events of an annotation file that have a content.

    >>> lines = ["T1\\tSource 0 3\\tAnn", "T2\\tCue 4 8\\tsaid", "T3\\tContent 9 11;14 17\\tno … yes"]
    >>> list(read_relations([*lines, "E1\\tAttribution:T2 Content:T3 Cue:T2 Source:T1"]))
    [Relation(content=((9, 11), (14, 17)), cue=((4, 8),), source=((0, 3),))]
    """
    for event in read_events(lines):
        if event.get("content"):
            yield Relation(**{role: tuple(sorted(event.get(role, ()))) for role in ROLES})


def read_events(lines: Iterable[str]) -> Iterator[dict[str, list[Range]]]:
    """Each event: role in lower case, without its number ("Source2") -> the ranges of the spans that have it.

    A span counts only where its line stands before the event's, as nearly all do: so the shipped weights were trained.
    """
    spans: dict[str, list[Range]] = {}
    for line in lines:
        columns = line.split("\t")
        if SPAN.match(line):
            offsets = columns[1].split(" ", 1)[1]
            spans[columns[0]] = [(int(start), int(end)) for start, end in map(str.split, offsets.split(";"))]
        elif EVENT.match(line):
            event: dict[str, list[Range]] = defaultdict(list)
            for argument in columns[1].split():
                role, span = argument.split(":")
                event[role.rstrip("0123456789").lower()] += spans.get(span, ())
            yield event
