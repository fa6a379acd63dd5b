"""The worldwide newswire set: tokens with BIO labels of entities, and the texts that are laid out of them.

# doc NAME
Jane <tab> B-Person
Doe <tab> I-Person                (an empty line ends a sentence)
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from pathlib import Path

from corpora.documents import Document

Sentence = list[tuple[str, str]]  # tokens and their labels
#: The set's names of labels that have another name in the product.
LABELS = {
    "Person": "PERSON",
    "Organization": "ORG",
    "Location": "LOC",
    "NORP": "NORP",
    "Facility": "FAC",
    "Product": "PRODUCT",
    "Date": "DATE",
    "Money": "MONEY",
    "Misc": "MISC",
    "Miscellaneous": "MISC",
}
GLUED_TO_THE_LEFT = re.compile(r"[,.;:!?)\]%…”]$|n['’]t$|['’](s|re|ve|ll|d|m)$", re.IGNORECASE)
GLUED_TO_THE_RIGHT = re.compile(r"^[(\[$£€“#]$")


def read_newswire(path: Path) -> Iterator[tuple[str, list[Sentence]]]:
    """The name and the sentences of each document of a gzipped file."""
    name, sentences = "", [[]]
    for line in gzip.decompress(path.read_bytes()).decode().split("\n"):
        if line.startswith("# doc "):
            if name:
                yield name, [s for s in sentences if s]
            name, sentences = line[6:], [[]]
        elif not line.strip():
            sentences.append([])
        else:
            token, label = ([*line.split("\t"), "O"])[:2]
            sentences[-1].append((token, label))
    if name:
        yield name, [s for s in sentences if s]


def lay_out(name: str, sentences: list[Sentence], *, as_tokens: bool, rng: random.Random) -> Document:
    """The tokens as a text. ``as_tokens``: blanks between all, a paragraph a sentence; else set as in a newspaper."""
    text, starts, entities = "", [], []
    sentences_left = 0  # in this paragraph
    for sentence in sentences:
        if text:
            sentences_left -= 1
            opens_paragraph = as_tokens or sentences_left <= 0
            text += "\n\n" if opens_paragraph else " "
            sentences_left = rng.randint(1, 3) if opens_paragraph else sentences_left
        starts.append(len(text))
        in_quotation, glued_to_last, current = False, True, None
        for token, tag in sentence:
            if token == '"':
                glued, in_quotation = (in_quotation, not in_quotation)
            else:
                glued = bool(GLUED_TO_THE_LEFT.search(token))
            text += "" if glued_to_last or (glued and not as_tokens) else " "
            start = len(text)
            text += token
            glued_to_last = not as_tokens and (bool(GLUED_TO_THE_RIGHT.match(token)) or (token == '"' and in_quotation))
            glued_to_last = glued_to_last or text.endswith("\n")
            position, _, label = tag.partition("-")
            label = LABELS.get(label, label)
            if not label:
                current = None
            elif position in "IE" and current == label:
                entities[-1] = (entities[-1][0], len(text), label)
            else:
                entities.append((start, len(text), label))
                current = label
    return Document(name=name, text=text, entities=tuple(entities), sentences=tuple(starts))
