"""Patterns that several modules share: a word, a line, and how a line ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD = re.compile(r"\w+")
LINE = re.compile(r"[^\n]+")
#: What may stand behind the mark that ends a line.
CLOSERS = "\"'”’»)]"


@dataclass(frozen=True, slots=True)
class LineEnd:
    """Finds the end of a line in one of ``marks``, quotation marks and brackets closing after it, or one of ``bare``.

    It looks from the end: what a long line costs is nothing beside what a pattern would.

    >>> end = LineEnd((".", "!", "?"))
    >>> [end.search(line) for line in ("(He left.)", "He said “no”", "A plan:", "A new plan", "”")]
    [True, True, False, False, True]
    """

    marks: tuple[str, ...]
    bare: tuple[str, ...] = ('"', "”")

    def search(self, line: str) -> bool:
        return line.endswith(self.bare) or line.rstrip(CLOSERS).endswith(self.marks)


#: A sentence ends, or a quotation.
SENTENCE_END = LineEnd(tuple(".!?…"))
#: … or a clause, before a colon or a semicolon: the next line does not go on in mid-sentence.
CLAUSE_END = LineEnd(tuple(".!?…:;"))
#: … or a clause before a comma: prose, unlike the text of a link.
PROSE_END = LineEnd(tuple(".!?…:;,"))
#: The same without the colon, which may announce a list of links.
PROSE_END_BUT_COLON = LineEnd(tuple(".!?…;,"))
#: Any mark or dash, but no bare quotation mark: no headline or heading ends so, unless it is a quotation as a whole.
PUNCTUATED_END = LineEnd(tuple(".!?…:;,"), bare=("-", "–", "—"))
