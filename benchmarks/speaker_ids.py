"""Do the same people get the same ``speaker_id`` in every article, and namesakes different ones?

    python -m benchmarks.speaker_ids DATA/polnear/train DATA/polnear/dev [--list]

The list is made from people's annotations, not from ours: every full name (two words or more, titles aside) that the
reader marks as a person inside a source marked by PolNeAR's annotators. A name that is a source in at least three
articles should have one id in all of them; the share of its articles with its most frequent id is told. Two names with
one surname and one id are printed, to be read by eye: spellings of one person, or namesakes run together. Names with
one surname and several ids are printed with ``--list``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora.documents import read_polnear
from onrecord.transforms.annotate import Batch, annotate_batch
from onrecord.transforms.identities.names.parsing import parse_name
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.reader import load_reader
from onrecord.transforms.records import Annotation, RawArticle
from tests.gold.load import Range

LEAST_ARTICLES = 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """A full name as an article writes it in a source, and the id that the product gave it there."""

    name: str
    article: str
    speaker_id: str


def sightings(annotation: Annotation, sources: Iterable[Range]) -> Iterator[Sighting]:
    places = sorted(sources)
    for identity in annotation.identities:
        if identity.label != "PERSON" or identity.speaker_id is None:
            continue
        for span in identity.mentions:
            name = parse_name(span.text)
            if len(name.words) > 1 and any(a <= span.raw_start and span.raw_end <= b for a, b in places):
                yield Sighting(fold(name.text), annotation.article.raw.uri, identity.speaker_id)


def figures(found: Iterable[Sighting]) -> dict[str, object]:
    """Stability over the names that are sources in LEAST_ARTICLES or more, and the names that share surname or id."""
    ids: dict[str, dict[str, str]] = defaultdict(dict)
    for one in found:
        ids[one.name].setdefault(one.article, one.speaker_id)
    frequent = {name: Counter(by.values()) for name, by in ids.items() if len(by) >= LEAST_ARTICLES}
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
    nlp = load_reader()
    for name, documents in sorted(read_polnear(folder).items()):
        text = documents[0].text
        raw = RawArticle(uri=name, text=text, raw_sha256="", n_bytes=len(text.encode()))
        for annotation in annotate_batch(Batch(shard=name, records=(raw,)), nlp).records:
            yield annotation, [part for d in documents for r in d.relations or () for part in r.source]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of PolNeAR with text/ and attributions/")
    parser.add_argument("--list", action="store_true", help="print the names that share a surname but no id, too")
    options = parser.parse_args()
    found = (
        sighting
        for folder in options.folders
        for annotation, sources in annotate(folder)
        for sighting in sightings(annotation, sources)
    )
    told = figures(found)
    if not options.list:
        told.pop("one_surname_several_ids")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
