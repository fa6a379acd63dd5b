"""Patterns that several modules share: a word, a line, and how a line ends."""

from __future__ import annotations

import re

WORD = re.compile(r"\w+")
LINE = re.compile(r"[^\n]+")


def line_end(marks: str, *, bare: str = '"”') -> re.Pattern[str]:
    """Finds the end of a line in one of ``marks``, quotation marks and brackets closing after it, or one of ``bare``.

    >>> end = line_end(".!?")
    >>> [bool(end.search(line)) for line in ("(He left.)", "He said “no”", "A plan:", "A new plan")]
    [True, True, False, False]
    """
    return re.compile(rf"[{re.escape(marks)}][\"'”’»)\]]*$|[{re.escape(bare)}]$")


#: A sentence ends, or a quotation.
SENTENCE_END = line_end(".!?…")
#: … or a clause, before a colon or a semicolon: the next line does not go on in mid-sentence.
CLAUSE_END = line_end(".!?…:;")
#: … or a clause before a comma: prose, unlike the text of a link.
PROSE_END = line_end(".!?…:;,")
#: The same without the colon, which may announce a list of links.
PROSE_END_BUT_COLON = line_end(".!?…;,")
#: Any mark or dash, but no bare quotation mark: no headline or heading ends so, unless it is a quotation as a whole.
PUNCTUATED_END = line_end(".!?…:;,", bare="-–—")
