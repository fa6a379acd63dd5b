"""spaCy's Docs in DocBin files: words, entities, the attributions of the reader, and who speaks.

A Doc is as ``make_doc`` gives it, as far as the tables know: they have no sentences, so that these are unknown, and no
links. ``doc.spans["attributions"].attrs["quotes"]`` are the quotes with their speakers, in the order of the
attributions; ``doc.user_data["onrecord"]`` says which article it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.pipeline.ask.exports.markup import quote_markup
from onrecord.pipeline.ask.exports.selection import Document, Row
from onrecord.pipeline.ask.exports.writing import beside

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from onrecord.transforms.records import Reading

#: A DocBin holds all its Docs in memory.
DOCS_OF_A_FILE = 1000
OF_QUOTE = ("quote_id", "kind", "speaker", "speaker_id", "speaker_label", "speaker_role")
OF_ARTICLE = ("article_id", "title", "url", "uri", "record")


def write_docbins(documents: Iterable[Document], target: Path) -> int:
    """A folder of files ``00001.spacy``, …; how many Docs."""
    from spacy.tokens import DocBin

    count, rest = 0, iter(documents)
    with beside(target) as folder:
        folder.mkdir()
        for number, first in enumerate(rest, 1):
            some = list(map(make_doc, chain([first], islice(rest, DOCS_OF_A_FILE - 1))))
            DocBin(store_user_data=True, docs=some).to_disk(folder / f"{number:05}.spacy")
            count += len(some)
    return count


def make_doc(document: Document) -> Doc:
    """The Doc of an article."""
    import numpy as np

    from onrecord.transforms.reader.doc import SPAN_GROUP, annotate_doc, blank_doc

    doc = annotate_doc(blank_doc(document.article["text"]), _reading(document))
    unknown: Any = np.zeros((len(doc), 1), dtype=np.uint64)
    doc.from_array(["SENT_START"], unknown)
    doc.spans[SPAN_GROUP].attrs["quotes"] = [{name: row[name] for name in OF_QUOTE} for row in document.quotes]
    doc.user_data["onrecord"] = {name: document.article[name] for name in OF_ARTICLE}
    return doc


def _reading(document: Document) -> Reading:
    from onrecord.transforms.records import Reading

    return Reading(entities=tuple(_entities(document.mentions)), attributions=tuple(_attributions(document.quotes)))


def _entities(mentions: Iterable[Row]) -> Iterator[Any]:
    from onrecord.transforms.records import Entity

    for row in mentions:
        if row["form"] == "name" and row["label"]:
            yield Entity(start=row["span"]["start"], end=row["span"]["end"], label=row["label"], score=row["score"])


def _attributions(quotes: Iterable[Row]) -> Iterator[Any]:
    from onrecord.transforms.records import Attribution

    for row in quotes:
        said = quote_markup(row)
        yield Attribution(
            content=said.content, cue=said.cue, source=said.source, kind=row["kind"], act=row["act"],
            confidence=row["confidence"], flags=tuple(row["flags"]),
        )  # fmt: skip
