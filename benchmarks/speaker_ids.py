"""Do the same people get the same ``speaker_id`` in every article, and namesakes different ones?

    python -m benchmarks.speaker_ids DATA/polnear/train DATA/polnear/dev [--list]

The names come from people's annotations, not from ours: every full name (two words or more, titles aside) that the
reader marks as a person inside a source marked by PolNeAR's annotators. A name that is a source in at least three
articles should have one id in all of them; the share of its articles with its most frequent id is printed. Two names
with one surname and one id are printed, to be read by eye: spellings of one person, or namesakes run together. Names
with one surname and several ids are printed with ``--list``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora.documents import Range
from corpora.polnear import read_polnear
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.identities.names.parsing import parse_name
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.records import Annotation, RawArticle

#: Names that are sources in fewer articles are left out.
MIN_ARTICLES = 3


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A full name as an article writes it in a source, and the id that the product gave it there."""

    name: str
    article: str
    speaker_id: str


def named_sources(annotation: Annotation, sources: Iterable[Range]) -> Iterator[NamedSource]:
    """The people of an article by the full names that stand in ``sources`` (raw ranges)."""
    ranges = sorted(sources)
    for cluster in annotation.entity_clusters:
        if cluster.label != "PERSON" or cluster.speaker_id is None:
            continue
        for span in cluster.mentions:
            name = parse_name(span.text)
            if len(name.words) > 1 and any(a <= span.raw_start and span.raw_end <= b for a, b in ranges):
                yield NamedSource(fold(name.text), annotation.article.raw.uri, cluster.speaker_id)


def figures(sources: Iterable[NamedSource]) -> dict[str, object]:
    """Stability over the names that are sources in MIN_ARTICLES or more, and the names that share surname or id."""
    ids: dict[str, dict[str, str]] = defaultdict(dict)
    for source in sources:
        ids[source.name].setdefault(source.article, source.speaker_id)
    frequent = {
        name: Counter(by_article.values()) for name, by_article in ids.items() if len(by_article) >= MIN_ARTICLES
    }
    by_id: dict[str, list[str]] = defaultdict(list)
    by_surname: dict[str, list[str]] = defaultdict(list)
    for name, counts in sorted(frequent.items()):
        by_id[counts.most_common(1)[0][0]].append(name)
        by_surname[name.removesuffix(" jr").split()[-1]].append(name)
    articles = sum(counts.total() for counts in frequent.values())
    steady = sum(counts.most_common(1)[0][1] for counts in frequent.values())
    return {
        "names": len(frequent),
        "names_with_one_id": sum(len(counts) == 1 for counts in frequent.values()),
        "share_of_names_with_one_id": round(sum(len(c) == 1 for c in frequent.values()) / max(1, len(frequent)), 4),
        "share_of_articles_with_the_name's_id": round(steady / max(1, articles), 4),
        "unsteady": {name: list(counts.values()) for name, counts in sorted(frequent.items()) if len(counts) > 1},
        "one_id_several_names": [names for names in by_id.values() if len(names) > 1],
        "one_surname_several_ids": [
            names for names in by_surname.values() if len({frequent[n].most_common(1)[0][0] for n in names}) > 1
        ],
    }


def annotate(folder: Path) -> Iterator[tuple[Annotation, list[Range]]]:
    """Each article with the sources that people marked in it, by any annotator."""
    documents = [annotators for _, annotators in sorted(read_polnear(folder).items())]
    raws = (RawArticle.of(first.text, first.name) for first, *_ in documents)
    for annotators, annotation in zip(documents, Annotator().annotate_all(raws), strict=True):
        if isinstance(annotation, Annotation):
            yield annotation, [part for d in annotators for r in d.relations or () for part in r.source]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of PolNeAR with text/ and attributions/")
    parser.add_argument("--list", action="store_true", help="print the names that share a surname but no id, too")
    options = parser.parse_args()
    measured = figures(
        source
        for folder in options.folders
        for annotation, sources in annotate(folder)
        for source in named_sources(annotation, sources)
    )
    if not options.list:
        measured.pop("one_surname_several_ids")
    print(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
