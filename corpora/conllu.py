"""CoNLL-U, the format of GUM and EWT: the text that the words of a document make, with its syntax and its mentions.

    # newdoc id = …    # newpar    # sent_id = …
    1-2   don't    _                                             a contraction stands in the text …
    1     do       AUX   3  aux     Entity=(1-person-…           … and its words have none of their own
    2     n't      PART  3  advmod  Entity=1)

Words are parted as ``SpaceAfter=No`` says, paragraphs by an empty line.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpora.documents import Document, Range

#: An opening bracket with the mention's fields, or a closing one, with its entity unless it closes at once.
BRACKET = re.compile(r"\((?P<opened>[^()]+)|(?P<closed>[^()]*)\)")
#: Where a mention's fields say which of its words head it.
MINSPAN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """``[start, end)`` in the text; the words of a contraction all have its range. ``head``: index of a word, or -1.

    ``row``: index among the rows of the document, in which a contraction has one of its own.
    """

    start: int
    end: int
    tag: str
    head: int
    relation: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityMention:
    """Words ``first`` to ``last`` (indices, both included) mean an entity; ``minspan``: its head words, from 1."""

    entity: str
    kind: str
    first: int
    last: int
    minspan: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConlluDocument:
    """``rows``: the range of each row, contractions included; ``sentences``: where they start; mentions as they end."""

    name: str
    text: str
    words: tuple[Word, ...]
    rows: tuple[Range, ...]
    sentences: tuple[int, ...]
    mentions: tuple[EntityMention, ...]


def read_treebank(path: Path, *, with_chains: bool) -> Iterator[Document]:
    """Documents to learn from: sentence starts and, if asked for, coreference chains."""
    for document in read_conllu(path):
        chains = tuple(find_chains(document)) if with_chains else None
        yield Document(name=document.name, text=document.text, sentences=document.sentences, chains=chains)


def find_chains(document: ConlluDocument) -> Iterator[tuple[Range, ...]]:
    """The head words of the mentions of each entity, in text order.

    They are counted in rows, as when the shipped weights were trained: behind a contraction, a word too early.
    """
    heads: dict[str, set[Range]] = defaultdict(set)
    for mention in document.mentions:
        first, last = document.words[mention.first].row, document.words[mention.last].row
        rows = [first + k - 1 for k in mention.minspan if first + k - 1 <= last] or [first]
        heads[mention.entity].add((document.rows[min(rows)][0], document.rows[max(rows)][1]))
    return (tuple(sorted(ranges)) for ranges in heads.values())


def read_conllu(path: Path) -> Iterator[ConlluDocument]:
    """The documents of a gzipped file."""
    for block in re.split(r"(?m)^(?=# newdoc id = )", gzip.decompress(path.read_bytes()).decode()):
        if block.startswith("# newdoc"):
            yield parse_document(block.split("\n"))


def parse_document(lines: Iterable[str]) -> ConlluDocument:
    r"""The document that lines of CoNLL-U make; the first line names it.

    >>> rows = ["1-2\tcan't" + 8 * "\t_", "1\tca\t_\tAUX\t_\t_\t3\taux\t_\t_", "2\tn't\t_\tPART\t_\t_\t3\tadvmod\t_\t_"]
    >>> rows += ["3\twait\t_\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No", "4\t.\t_\tPUNCT\t_\t_\t3\tpunct\t_\t_"]
    >>> document = parse_document(["# newdoc id = a", "# newpar", "# sent_id = 1", *rows])
    >>> document.text, document.sentences, [(word.start, word.end, word.head) for word in document.words]
    ("can't wait.", (0,), [(0, 5, 2), (0, 5, 2), (6, 10, -1), (10, 11, 2)])
    """
    builder = _DocumentBuilder()
    for line in lines:
        if line.startswith("#"):
            builder.add_comment(line)
        elif line[:1].isdigit():
            builder.add_row(line.split("\t"))
    return builder.build()


class _DocumentBuilder:
    """A document in the making, row by row."""

    def __init__(self) -> None:
        self.name = self.text = self.gap = ""
        self.words: list[Word] = []
        self.rows: list[Range] = []
        self.sentences: list[int] = []
        self.mentions: list[EntityMention] = []
        self.open_mentions: list[tuple[str, str, int, tuple[int, ...]]] = []  # entity, kind, first word, minspan
        self.opens_sentence = False
        self.sentence_offset = 0  # words before this sentence: heads count within it
        self.contraction_end = 0  # number of the last word of a contraction

    def add_comment(self, line: str) -> None:
        if line.startswith("# newdoc"):
            self.name = line.split(" = ")[1].strip()
        elif line.startswith("# newpar"):
            self.gap = "\n\n" if self.text else ""
        elif line.startswith("# sent_id"):
            self.opens_sentence, self.sentence_offset, self.contraction_end = True, len(self.words), 0

    def add_row(self, columns: list[str]) -> None:
        number, form, tag, head, relation, misc = (columns[i] for i in (0, 1, 3, 6, 7, 9))
        if "." in number:  # an empty node
            return
        if "-" in number:
            self._write(form, misc)
            self.contraction_end = int(number.split("-")[1])
            return
        if int(number) > self.contraction_end:
            self._write(form, misc)
        else:
            self.rows.append(self.rows[-1])
        start, end = self.rows[-1]
        index = int(head) + self.sentence_offset - 1 if head != "0" else -1
        self.words.append(Word(start=start, end=end, tag=tag, head=index, relation=relation, row=len(self.rows) - 1))
        self._follow_brackets(misc)

    def build(self) -> ConlluDocument:
        return ConlluDocument(
            name=self.name,
            text=self.text,
            words=tuple(self.words),
            rows=tuple(self.rows),
            sentences=tuple(self.sentences),
            mentions=tuple(self.mentions),
        )

    def _write(self, form: str, misc: str) -> None:
        self.text += self.gap
        if self.opens_sentence:
            self.sentences.append(len(self.text))
            self.opens_sentence = False
        self.rows.append((len(self.text), len(self.text) + len(form)))
        self.text += form
        self.gap = "" if "SpaceAfter=No" in misc else " "

    def _follow_brackets(self, misc: str) -> None:
        """Follow GUM's ``Entity=(1-person-…-minspan-link(2-…)2)``: brackets open and close mentions."""
        brackets = next((field.removeprefix("Entity=") for field in misc.split("|") if field.startswith("Entity=")), "")
        for bracket in BRACKET.finditer(brackets):
            if bracket["opened"]:
                self._open(bracket["opened"].split("-"))
            else:
                self._close(bracket["closed"].split("-")[0])

    def _open(self, fields: list[str]) -> None:
        minspan = fields[MINSPAN].split(",") if len(fields) > MINSPAN else ()
        numbers = tuple(int(number) for number in minspan if number.isdigit())
        self.open_mentions.append((fields[0], fields[1], len(self.words) - 1, numbers))

    def _close(self, name: str) -> None:
        """End the innermost mention of the entity of this name; without a name, the innermost of all."""
        indices = reversed(range(len(self.open_mentions)))
        at = next(i for i in indices if name in ("", self.open_mentions[i][0]))
        entity, kind, first, minspan = self.open_mentions.pop(at)
        last = len(self.words) - 1
        self.mentions.append(EntityMention(entity=entity, kind=kind, first=first, last=last, minspan=minspan))
