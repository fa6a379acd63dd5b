"""On Record: news articles in; who said what, where exactly, and how we know, out.

>>> import onrecord
>>> annotation = onrecord.read('"We will rebuild the harbour," Mayor Ines Okafor said on Tuesday.')
>>> [(quote.speaker, quote.cue, quote.content) for quote in annotation.quotes]
[('Ines Okafor', 'said', '"We will rebuild the harbour,"')]

``read`` annotates one text, ``read_all`` many, ``tables`` makes Arrow tables of annotations, ``open`` opens a data set
that ``onrecord run`` has made, ``onrecord.beam`` has the steps for Beam pipelines, and the spaCy component is called
``onrecord_reader``. ``onrecord.pipeline`` and ``onrecord.transforms`` are the rooms behind; their folders stand at the
top level of the repository and are linked in here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onrecord.api import ArticleRejected, open, read, read_all, tables
    from onrecord.pipeline.ask.dataset import Dataset
    from onrecord.transforms.annotate import Annotator
    from onrecord.transforms.options import AnnotatorOptions
    from onrecord.transforms.records import (
        Annotation,
        Article,
        EntityCluster,
        Mention,
        Quote,
        RawArticle,
        Rejected,
        Segment,
        Span,
    )

#: Where each public name is: loaded when it is asked for, so that the command starts at once.
_HOMES = {
    **dict.fromkeys(("ArticleRejected", "open", "read", "read_all", "tables"), "onrecord.api"),
    "Dataset": "onrecord.pipeline.ask.dataset",
    "Annotator": "onrecord.transforms.annotate",
    "AnnotatorOptions": "onrecord.transforms.options",
    **dict.fromkeys(
        ("Annotation", "Article", "EntityCluster", "Mention", "Quote", "RawArticle", "Rejected", "Segment", "Span"),
        "onrecord.transforms.records",
    ),
}

__all__ = [
    "Annotation",
    "Annotator",
    "AnnotatorOptions",
    "Article",
    "ArticleRejected",
    "Dataset",
    "EntityCluster",
    "Mention",
    "Quote",
    "RawArticle",
    "Rejected",
    "Segment",
    "Span",
    "open",
    "read",
    "read_all",
    "tables",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'onrecord' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
