"""Pronouns as news writes them, with what each agrees with, and the form of a source.

Closed classes after Quirk et al. (1985), *A Comprehensive Grammar of the English Language*, chapter 6.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from onrecord.transforms.lexicon.word_sets import word_set
from onrecord.transforms.records import Form


class Features(NamedTuple):
    """What a pronoun agrees with; ``any`` where its form does not say."""

    person: Literal[1, 2, 3]
    number: Literal["singular", "plural", "any"]
    gender: Literal["male", "female", "neuter", "any"]


def _forms(words: str, features: Features) -> dict[str, Features]:
    return dict.fromkeys(words.split(), features)


#: Personal, possessive and reflexive forms.
PERSONAL: dict[str, Features] = {
    **_forms("i me my mine myself", Features(1, "singular", "any")),
    **_forms("we us our ours ourselves", Features(1, "plural", "any")),
    **_forms("you your yours yourself yourselves", Features(2, "any", "any")),
    **_forms("he him his himself", Features(3, "singular", "male")),
    **_forms("she her hers herself", Features(3, "singular", "female")),
    **_forms("it its itself", Features(3, "singular", "neuter")),
    # plural, an organization, or one person whose gender is not given
    **_forms("they them their theirs themselves themself", Features(3, "any", "any")),
}
RELATIVE = word_set("who whom whose which that")
DEMONSTRATIVE = word_set("this that these those")
#: Stand for people already spoken of, or for nobody in particular; never given a speaker by agreement.
INDEFINITE = word_set(
    """
    all another any anybody anyone both each either everybody everyone few many most much neither nobody none noone one
    other others several some somebody someone
    """
)
PRONOUNS = frozenset(PERSONAL) | RELATIVE | DEMONSTRATIVE | INDEFINITE
#: Words that may stand beside a pronoun without making it a description: "they both", "he himself", "she, too".
COMPANIONS = word_set("too also alone all both each together")
TOKEN = re.compile(r"[^\W\d_]+")


def form_of(source_text: str, has_name: bool) -> Form:
    """How a source speaks of somebody: by ``name``, by description (``nominal``), by ``pronoun``, or not at all.

    ``has_name`` says that a named entity of the article stands in the source as its head or part.

    >>> [form_of(s, has_name=False) for s in ("he", "They all", "the diplomat", "those close to her", "")]
    ['pronoun', 'pronoun', 'nominal', 'nominal', 'none']
    """
    words = TOKEN.findall(source_text.lower())
    if not words:
        return "none"
    if has_name:
        return "name"
    first, *rest = words
    if first in PRONOUNS and all(word in COMPANIONS or word.endswith(("self", "selves")) for word in rest):
        return "pronoun"
    return "nominal"
