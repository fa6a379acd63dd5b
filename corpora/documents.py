"""The training sets as plain documents: a text and whatever is marked in it, as character ranges.

Each set marks something else; what a set does not mark is None, and the heads that would need it do not learn from it.
"""

from __future__ import annotations

import gzip
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import Article, RawArticle

Range = tuple[int, int]

NER_LABELS = {
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One gold attribution: the ranges of its parts."""

    content: tuple[Range, ...]
    cue: tuple[Range, ...]
    source: tuple[Range, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text with its marks. ``chains``: the mentions (their head words) of one entity, in text order."""

    name: str
    text: str
    relations: tuple[Relation, ...] | None = None
    entities: tuple[tuple[int, int, str], ...] | None = None
    sentences: tuple[int, ...] | None = None
    chains: tuple[tuple[Range, ...], ...] | None = None


def clean_text(text: str) -> Article:
    """The text as the product's cleaning leaves it, with its way back."""
    article = clean(RawArticle(uri="", text=text, raw_sha256="", n_bytes=0))
    assert isinstance(article, Article)
    return article


def clean_document(document: Document) -> Document:
    """A document with attributions as the product would read it: cleaned, its ranges moved along."""
    body = clean_text(document.text).body

    def move(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
        places = ((body.position(start), body.position(end)) for start, end in ranges)
        return tuple((start, end) for start, end in places if start < end)

    relations = (
        Relation(content=move(r.content), cue=move(r.cue), source=move(r.source)) for r in document.relations or ()
    )
    return replace(document, text=body.text, relations=tuple(r for r in relations if r.content))


# --- PolNeAR: brat standoff -------------------------------------------------------------------------------------------


def read_polnear(folder: Path) -> dict[str, list[Document]]:
    """Article name -> one document for each annotator, in the order of the annotators' names."""
    documents: dict[str, list[Document]] = defaultdict(list)
    for path in sorted((folder / "attributions").glob("*.ann")):
        name = path.stem.rsplit("_", 1)[0]
        text = (folder / "text" / f"{name}.txt").read_bytes().decode()
        relations = tuple(read_brat(path.read_text(encoding="utf-8").splitlines()))
        documents[name].append(Document(name=name, text=text, relations=relations))
    return documents


def read_brat(lines: Iterable[str]) -> Iterator[Relation]:
    spans: dict[str, list[Range]] = {}
    for line in lines:
        columns = line.split("\t")
        if re.match(r"T\d+\t\w+ \d", line):
            offsets = columns[1].split(" ", 1)[1]
            spans[columns[0]] = [(int(a), int(b)) for a, b in (part.split() for part in offsets.split(";"))]
        elif re.match(r"E\d+\t", line):
            parts: dict[str, list[Range]] = {"content": [], "cue": [], "source": []}
            for argument in columns[1].split():
                role, reference = argument.split(":")
                role = role.rstrip("0123456789").lower()
                if role in parts and reference in spans:
                    parts[role] += spans[reference]
            if parts["content"]:
                yield Relation(**{role: tuple(sorted(ranges)) for role, ranges in parts.items()})


# --- Worldwide newswire: token TAB BIO --------------------------------------------------------------------------------

Sentence = list[tuple[str, str]]
GLUED_TO_THE_LEFT = re.compile(r"[,.;:!?)\]%…”]$|n['’]t$|['’](s|re|ve|ll|d|m)$", re.IGNORECASE)
GLUED_TO_THE_RIGHT = re.compile(r"^[(\[$£€“#]$")


def read_newswire(path: Path) -> Iterator[tuple[str, list[Sentence]]]:
    name, sentences = "", [[]]
    for line in gzip.decompress(path.read_bytes()).decode().split("\n"):
        if line.startswith("# doc "):
            if name:
                yield name, [s for s in sentences if s]
            name, sentences = line[6:], [[]]
        elif not line.strip():
            sentences.append([])
        else:
            token, tag = ([*line.split("\t"), "O"])[:2]
            sentences[-1].append((token, tag))
    if name:
        yield name, [s for s in sentences if s]


def lay_out(name: str, sentences: list[Sentence], *, as_tokens: bool, rng: random.Random) -> Document:
    """The tokens as a text. ``as_tokens``: blanks between all, a paragraph a sentence; else set as in a newspaper."""
    text, starts, entities = "", [], []
    left = 0
    for sentence in sentences:
        if text:
            left -= 1
            new_paragraph = as_tokens or left <= 0
            text += "\n\n" if new_paragraph else " "
            left = rng.randint(1, 3) if new_paragraph else left
        starts.append(len(text))
        open_mark, glue, current = False, True, None
        for token, tag in sentence:
            if token == '"':
                glued, open_mark = (open_mark, not open_mark)
            else:
                glued = bool(GLUED_TO_THE_LEFT.search(token))
            text += "" if glue or (glued and not as_tokens) else " "
            start = len(text)
            text += token
            glue = not as_tokens and (bool(GLUED_TO_THE_RIGHT.match(token)) or (token == '"' and open_mark))
            glue = glue or text.endswith("\n")
            position, _, label = tag.partition("-")
            label = NER_LABELS.get(label, label)
            if not label:
                current = None
            elif position in "IE" and current == label:
                entities[-1] = (entities[-1][0], len(text), label)
            else:
                entities.append((start, len(text), label))
                current = label
        glue = False
    return Document(name=name, text=text, entities=tuple(entities), sentences=tuple(starts))


# An opening bracket with the mention's fields, or a closing one, with the entity's number unless it closes at once.
BRACKET = re.compile(r"\((?P<opened>[^()]+)|(?P<closed>[^()]*)\)")
#: Where the head words stand among a mention's fields, behind its entity's number.
MINSPAN = 4

# --- GUM and EWT: CoNLL-U ---------------------------------------------------------------------------------------------


def read_conllu(path: Path, *, with_chains: bool) -> Iterator[Document]:
    """Documents with sentence starts and, from GUM's ``Entity=`` brackets, coreference chains."""
    for block in re.split(r"(?m)^(?=# newdoc id = )", gzip.decompress(path.read_bytes()).decode()):
        if block.startswith("# newdoc"):
            yield read_conllu_document(block.split("\n"), with_chains=with_chains)


def read_conllu_document(lines: list[str], *, with_chains: bool) -> Document:
    name = lines[0].split(" = ")[1].strip()
    text, words, starts, gap = "", [], [], ""
    open_mentions: list[tuple[str, int, str]] = []
    mentions: dict[str, list[Range]] = defaultdict(list)
    surface_until = 0
    for line in lines:
        if line.startswith("# newpar"):
            gap = "\n\n" if text else ""
        elif line.startswith("# sent_id"):
            starts.append(-1)
        if not line[:1].isdigit():
            continue
        columns = line.split("\t")
        number, form, misc = columns[0], columns[1], columns[9]
        if "." in number:
            continue
        if "-" in number:  # a contraction: its surface form stands here, its words have none
            surface_until = int(number.split("-")[1])
        elif int(number) <= surface_until and surface_until:
            words.append(words[-1])
            _brackets(misc, words, open_mentions, mentions)
            surface_until = 0 if int(number) == surface_until else surface_until
            continue
        text += gap
        if starts and starts[-1] == -1:
            starts[-1] = len(text)
        words.append((len(text), len(text) + len(form)))
        text += form
        gap = "" if "SpaceAfter=No" in misc else " "
        if "-" in number:
            continue
        _brackets(misc, words, open_mentions, mentions)
    chains = tuple(tuple(sorted(set(m))) for m in mentions.values() if len(set(m)) > 0)
    return Document(
        name=name, text=text, sentences=tuple(s for s in starts if s >= 0), chains=chains if with_chains else None
    )


def _brackets(misc: str, words: list[Range], open_mentions: list, mentions: dict[str, list[Range]]) -> None:
    """Follow GUM's ``Entity=(1-person-…-minspan-link(2-…)2)``: record the head words of each mention that closes."""
    field = next((f.removeprefix("Entity=") for f in misc.split("|") if f.startswith("Entity=")), "")
    for bracket in BRACKET.finditer(field):
        if bracket["opened"]:
            entity, *rest = bracket["opened"].split("-")
            open_mentions.append((entity, len(words) - 1, rest[MINSPAN] if len(rest) > MINSPAN else "1"))
            continue
        name = bracket["closed"].split("-")[0]
        at = next((i for i in reversed(range(len(open_mentions))) if name in ("", open_mentions[i][0])), None)
        if at is None:  # a mention in several pieces ("1[2/2]"): its first piece has been counted
            continue
        entity, first, minspan = open_mentions.pop(at)
        heads = [first + int(k) - 1 for k in minspan.split(",") if k.isdigit()]
        heads = [h for h in heads if h < len(words)] or [first]
        mentions[entity].append((words[min(heads)][0], words[max(heads)][1]))
