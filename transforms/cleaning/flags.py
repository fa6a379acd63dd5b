"""Flags of a clean text: damage that is left in it because no rule is sure how to fix it.

Each is a test of the clean text; the name of one that is true becomes a flag of the article.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from onrecord.transforms.cleaning.characters import has_mojibake
from onrecord.transforms.cleaning.decoding import has_escapes
from onrecord.transforms.lexicon.characters import DOUBLE
from onrecord.transforms.lexicon.patterns import PUNCTUATED_END
from onrecord.transforms.quotation import find_quotations

#: "govern- ment", but not "pre- and post-war".
TORN_WORD = re.compile(r"- (?<=[^\W\d_]{2}- )(?!(?:and|or|to|nor|but|und)\b)[a-z]{2,}")
#: Tags, control words of rich text, keys of JSON.
MARKUP = re.compile(
    r"</?(?:p|div|span|br|a|b|i|em|strong|img|script)\b[^<>]*>|\\(?:rtf1|par|pard|f\d|fs\d+|cf\d)\b"
    r"|\"\w+\":\s*[\"{\[]"
)


def has_replacement_characters(text: str) -> bool:
    """Does U+FFFD stand in the text, for a character that somebody, or reading itself, could not decode?"""
    return "\N{REPLACEMENT CHARACTER}" in text


def has_markup(text: str) -> bool:
    """Are there two tags or more? A single one may be what the text is about.

    >>> has_markup("He wrote <b>no</b>."), has_markup("Use <b> for bold.")
    (True, False)
    """
    return len(MARKUP.findall(text)) >= 2


def has_torn_words(text: str) -> bool:
    """Is a word torn in two after a hyphen?

    >>> has_torn_words("The govern- ment fell."), has_torn_words("Pre- and post-war plans.")
    (True, False)
    """
    return bool(TORN_WORD.search(text))


def has_unpaired_marks(text: str) -> bool:
    """Is a quotation opened and closed nowhere?

    >>> has_unpaired_marks("“No, he said."), has_unpaired_marks("“One.\\n\\n“Two.”")
    (True, False)
    """
    return any(text[q.start] in DOUBLE and not (q.closed or q.continued) for q in find_quotations(text))


def has_unsure_head(text: str) -> bool:
    """May the first line be a title, a name or a place: short, without a final mark, a paragraph after it?

    >>> has_unsure_head("Jane Doe\\n\\nThe council met on Monday."), has_unsure_head("The council met on Monday.")
    (True, False)
    """
    first, _, rest = text.partition("\n")
    return bool(rest) and len(first) < 80 and not PUNCTUATED_END.search(first)


FLAGS: dict[str, Callable[[str], bool]] = {
    "mojibake": has_mojibake,
    "escapes": has_escapes,
    "undecoded": has_replacement_characters,
    "markup": has_markup,
    "torn_words": has_torn_words,
    "unpaired_marks": has_unpaired_marks,
    "unsure_head": has_unsure_head,
}


def find_flags(text: str) -> tuple[str, ...]:
    """The names of the flags that a clean text has."""
    return tuple(name for name, applies in FLAGS.items() if applies(text))
