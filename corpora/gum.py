"""GUM's coreference, for fitting and measuring: texts with the mentions of people and bodies, and who each one is."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LABELS = {"person": "PERSON", "organization": "ORG"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GumMention:
    """``[start, end)`` of the whole noun phrase. ``name``: the range of the proper name in it that heads it, if any."""

    start: int
    end: int
    entity: str
    label: str
    form: str
    name: tuple[int, int] | None = None
    subject: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GumDocument:
    name: str
    text: str
    sentences: tuple[int, ...]
    mentions: tuple[GumMention, ...]


@dataclass(slots=True)
class _Word:
    start: int
    end: int
    tag: str
    head: int
    relation: str
    number: int


def read_gum(path: Path) -> Iterator[GumDocument]:
    for block in re.split(r"(?m)^(?=# newdoc id = )", gzip.decompress(path.read_bytes()).decode()):
        if block.startswith("# newdoc"):
            yield _document(block.split("\n"))


def _document(lines: list[str]) -> GumDocument:
    text, gap = "", ""
    words: list[_Word] = []
    starts: list[int] = []
    offset = 0  # words before this sentence: heads count within it
    opened: list[tuple[str, str, int, list[int]]] = []
    mentions: list[GumMention] = []
    covered = 0
    for line in lines:
        if line.startswith("# newpar"):
            gap = "\n\n" if text else ""
        elif line.startswith("# sent_id"):
            offset, covered = len(words), 0
            starts.append(-1)
        columns = line.split("\t")
        if len(columns) < 10 or "." in columns[0]:
            continue
        number, form, tag, head, relation, misc = (columns[i] for i in (0, 1, 3, 6, 7, 9))
        if "-" in number:
            text += gap
            starts[-1] = len(text) if starts[-1] < 0 else starts[-1]
            surface = (len(text), len(text) + len(form))
            text += form
            gap = "" if "SpaceAfter=No" in misc else " "
            covered = int(number.split("-")[1])
            continue
        if int(number) > covered:
            text += gap
            starts[-1] = len(text) if starts[-1] < 0 else starts[-1]
            surface = (len(text), len(text) + len(form))
            text += form
            gap = "" if "SpaceAfter=No" in misc else " "
        words.append(_Word(*surface, tag, int(head) + offset - 1 if head != "0" else -1, relation, len(words)))
        entity = next((f[7:] for f in misc.split("|") if f.startswith("Entity=")), "")
        for piece in re.findall(r"\([^()]+\)?|[^()]+\)", entity):
            if piece.startswith("("):
                parts = piece.strip("()").split("-")
                minspan = [int(k) for k in parts[5].split(",") if k.isdigit()] if len(parts) > 5 else []
                opened.append((parts[0], parts[1], len(words) - 1, minspan))
            if piece.endswith(")"):
                key = piece.strip("()").split("-")[0]
                i = max(i for i, one in enumerate(opened) if one[0] == key)
                mentions.append((*opened.pop(i), len(words) - 1))  # type: ignore[arg-type]
    made = [_mention(words, *one) for one in mentions]  # type: ignore[misc]
    made.sort(key=lambda m: (m.start, -m.end))
    return GumDocument(
        name=lines[0].split(" = ")[1].strip(),
        text=text,
        sentences=tuple(s for s in starts if s >= 0),
        mentions=tuple(made),
    )


def _mention(words: list[_Word], entity: str, kind: str, first: int, minspan: list[int], last: int) -> GumMention:
    heads = [first + k - 1 for k in minspan if first + k - 1 <= last] or [first]
    head = words[heads[0]]
    for k in heads:  # the syntactic head among the minimal span
        if words[k].head not in heads:
            head = words[k]
    form = "pronoun" if head.tag == "PRON" and first == last else "name" if head.tag == "PROPN" else "nominal"
    name = None
    if form == "name":
        left = right = head.number
        while left > first and words[left - 1].tag == "PROPN":
            left -= 1
        while right < last and words[right + 1].tag == "PROPN":
            right += 1
        if kind == "organization":  # "University of X", "Department of Justice": the minimal span may be wider
            left, right = min(left, min(heads)), max(right, max(heads))
        name = (words[left].start, words[right].end)
    return GumMention(
        start=words[first].start,
        end=words[last].end,
        entity=entity,
        label=LABELS.get(kind, ""),
        form=form,
        name=name,
        subject=head.relation.startswith("nsubj"),
    )
