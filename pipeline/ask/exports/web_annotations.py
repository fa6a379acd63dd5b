"""W3C Web Annotations as lines of JSON-LD: a quote is an annotation of the page, its target what is said.

(https://www.w3.org/TR/annotation-model/)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from onrecord.pipeline.ask.exports.markup import QuoteMarkup, Range, quote_markup
from onrecord.pipeline.ask.exports.selection import Document, Row

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
#: Characters before and after a passage by which it is told from others.
AROUND = 32
#: What an address may hold beside letters and digits.
RESERVED = "%/:?#[]@!$&'()*+,;=~-._"


def annotation_lines(document: Document) -> Iterator[str]:
    """The quotes of an article, an annotation a line."""
    for row in document.quotes:
        yield json.dumps(annotation(document.article, row), ensure_ascii=False, default=str) + "\n"


def annotation(article: Row, row: Row) -> dict[str, Any]:
    """A quote: what is said is the target; speaker, kind, and where source and cue stand are bodies."""
    said, text, source = quote_markup(row), article["text"], page_address(article)
    return {
        "@context": CONTEXT,
        "id": f"urn:onrecord:quote:{said.quote_id}",
        "type": "Annotation",
        "motivation": "identifying",
        "body": [*_names(said), *_passages(said, text, source)],
        "target": [_resource(text, place, source) for place in said.content],
    }


def page_address(article: Row) -> str:
    """Where the article was published, else the input, as an address.

    >>> page_address({"url": None, "uri": "/news/a b.txt"})
    'file:///news/a%20b.txt'
    """
    url = article["url"] or ""
    address = url if url.startswith(("http://", "https://")) else article["uri"]
    if "://" in address:
        return quote(address, safe=RESERVED)
    return ("file://" if address.startswith("/") else "") + quote(address)


def _names(said: QuoteMarkup) -> Iterator[dict[str, str]]:
    yield {"type": "TextualBody", "purpose": "classifying", "value": said.kind}
    if said.speaker:
        yield {"type": "TextualBody", "purpose": "identifying", "value": said.speaker}


def _passages(said: QuoteMarkup, text: str, source: str) -> Iterator[dict[str, Any]]:
    for ranges, purpose in ((said.source, "identifying"), (said.cue, "describing")):
        yield from ({**_resource(text, place, source), "purpose": purpose} for place in ranges)


def _resource(text: str, place: Range, source: str) -> dict[str, Any]:
    """A passage of the page, by its words and by its place in the clean text."""
    start, end = place
    words = {
        "exact": text[start:end],
        "prefix": text[max(start - AROUND, 0) : start],
        "suffix": text[end : end + AROUND],
    }
    return {
        "type": "SpecificResource",
        "source": source,
        "selector": [
            {"type": "TextQuoteSelector", **words},
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }
