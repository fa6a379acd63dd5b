"""A name as the text writes it, taken apart into titles, words, suffix; and when two names can be one person's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from onrecord.transforms.identities.names.spelling import fold, given_name_key, phonetic_key, same_given_name
from onrecord.transforms.lexicon.given_names import GENDER_OF
from onrecord.transforms.lexicon.people import (
    GENDERED_TITLES,
    LEGAL_FORMS,
    NO_ACRONYMS,
    PARTICLES,
    ROLES,
    SMALL_WORDS,
    SUFFIXES,
    TITLES,
    Gender,
)

WORD = re.compile(r"[\w&@][\w&.’'‑-]*")
POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
QUOTED = re.compile(r"\s*[\"“”‘(][^\"“”’)]*[\"“”’)]\s*")
#: What a reader may take with a name: "Doe of Vermont".
OF_SOMEWHERE = re.compile(r"(?<=\w)\s(?:of|in|from|at|for)\s.*$")
INITIALS = re.compile(r"\w|(?:\w\.)+")
ACRONYM = re.compile(r"^[A-Z][A-Z.&]{1,7}$")


class NamePart(IntEnum):
    """The words of a full name; the higher, the surer does a person go by it alone."""

    NONE, MIDDLE, GIVEN, SURNAME = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A person's name: ``words`` without titles and suffix, as written; ``gender`` by title or given name."""

    words: tuple[str, ...]
    titles: tuple[str, ...] = ()
    suffix: str = ""

    @property
    def text(self) -> str:
        return " ".join((*self.words, *([self.suffix] if self.suffix else [])))

    @property
    def surname_key(self) -> str:
        """The phonetic key of the last word."""
        return phonetic_key(self.words[-1])

    @property
    def gender(self) -> Gender | None:
        titled = [GENDERED_TITLES[t] for t in map(fold, self.titles) if t in GENDERED_TITLES]
        if titled:
            return titled[0]
        return GENDER_OF.get(fold(self.words[0])) if len(self.words) > 1 else None


def bare(text: str) -> str:
    """A name on one line, without article and possessive.

    >>> bare("the Acme\\nGroup’s")
    'Acme Group'
    """
    return POSSESSIVE.sub("", ARTICLE.sub("", " ".join(text.split()))).strip(' ,;:"“”')


def parse_name(text: str) -> Name:
    """Take a person's name apart. A title alone is a name ("Prince").

    >>> parse_name("Sen. Jane A. Doe Jr.’s")
    Name(words=('Jane', 'A.', 'Doe'), titles=('Sen.',), suffix='Jr')
    """
    words = WORD.findall(OF_SOMEWHERE.sub("", QUOTED.sub(" ", bare(text)))) or [bare(text) or text]
    suffix = ""
    if len(words) > 1 and fold(words[-1]) in SUFFIXES:
        suffix = words.pop().rstrip(".")
    first = max((k + 1 for k in range(len(words) - 2) if _ends_titles(words[k], words[k + 1])), default=0)
    while first < len(words) - 1 and fold(words[first]) in TITLES:
        first += 1
    return Name(words=tuple(_normalize_case(w) for w in words[first:]), titles=tuple(words[:first]), suffix=suffix)


def _ends_titles(word: str, following: str) -> bool:
    """Does a word with two more after it end what stands in front of a name: "Vermont Sen.", "Beekeeper"?

    Not when an initial follows it: "Hunter S. Doe".
    """
    return fold(word) in TITLES | ROLES and not INITIALS.fullmatch(following)


def _normalize_case(word: str) -> str:
    """A word of a name without a stray mark; capitals in full become a name's case ("DOE", but "JR", "al-Rashidi")."""
    word = word.strip("’'‑-")
    return word.capitalize() if len(word) > 3 and word.isupper() else word


def same_person(a: Name, b: Name) -> bool:
    """Can two names, each of two words or more, be one person's?

    Equal surnames, no two suffixes, and given names that agree as far as both are given.

    >>> names = [parse_name(n) for n in ("Jane Doe", "J. Doe", "Jane Ann Doe", "John Doe", "Jane Doe Jr.")]
    >>> [same_person(names[0], n) for n in names]
    [True, True, True, False, False]
    """
    if a.suffix.lower() != b.suffix.lower():
        return False
    short, long = sorted((a, b), key=lambda n: len(n.words))
    if short.surname_key != long.surname_key:
        return (
            _is_subsequence(short.words, long.words[:-1]) and len(short.words) > 1
        )  # "Gabriel Garcia" … "Garcia Marquez"
    given_short = [w for w in short.words[:-1] if fold(w) not in PARTICLES]
    given_long = [w for w in long.words[:-1] if fold(w) not in PARTICLES]
    if not given_short or not given_long:
        return True
    if len(given_short) > 1 and len(given_long) > 1 and not same_given_name(given_short[1], given_long[1]):
        return False  # "Jane A. Doe", "Jane B. Doe"
    return same_given_name(given_short[0], given_long[0]) or (
        len(given_short) == 1 and any(same_given_name(given_short[0], w) for w in given_long[1:])
    )


def _is_subsequence(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Do the words of ``short`` stand in ``long`` in the same order, by their phonetic keys?"""
    rest = iter(map(phonetic_key, long))
    return all(phonetic_key(word) in rest for word in short)


def find_name_part(word: str, name: Name) -> NamePart:
    """Which word of a full name a single word can be.

    >>> [find_name_part(word, parse_name("William A. Doe")).name for word in ("Doe", "Bill", "Roe")]
    ['SURNAME', 'GIVEN', 'NONE']
    """
    if name.words == (word,):
        return NamePart.SURNAME
    keys = [phonetic_key(w) for w in name.words]
    key = phonetic_key(word)
    if key not in keys or len(fold(word)) < 2:
        is_short_form = len(keys) > 1 and len(fold(word)) > 2 and same_given_name(word, name.words[0])
        return NamePart.GIVEN if is_short_form else NamePart.NONE
    return NamePart.SURNAME if key == keys[-1] else NamePart.GIVEN if key == keys[0] else NamePart.MIDDLE


def person_key(name: Name) -> str:
    """The text that a person's id is made of: given name, surname and suffix, however spelled, whatever is between.

    >>> same = ("Konstantin Babic", "President Constantine A. BABIĆ")
    >>> len({person_key(parse_name(n)) for n in same}), person_key(parse_name("Al Roe Jr."))
    (1, 'al roe jr')
    """
    initials = [w for w in name.words[1:-1] if INITIALS.fullmatch(w)]
    middle = "".join(fold(w) for w in initials)
    parts = [given_name_key(name.words[0]), *([name.surname_key] if len(name.words) > 1 else []), name.suffix.lower()]
    # one initial comes and goes ("John F. Doe"); two distinguish a father from a son
    return " ".join(part for part in (*parts, middle if len(middle) > 1 else "") if part)


@lru_cache(maxsize=4096)
def organization_words(text: str) -> tuple[str, ...]:
    """The words of an organization's name that distinguish it from others, folded.

    >>> organization_words("the U.S. Department of Justice"), organization_words("Acme Corp.’s")
    (('us', 'department', 'justice'), ('acme',))
    """
    words = [fold(w).replace("&", "and") for w in WORD.findall(bare(text))]
    distinctive = [w for w in words if w not in SMALL_WORDS and w not in LEGAL_FORMS]
    return tuple(distinctive or words or [fold(text)])


def organization_key(text: str) -> str:
    """The text that an organization's id is made of; "Justice Department" and "Department of Justice" are one.

    >>> organization_key("Justice Department") == organization_key("the Department of Justice")
    True
    """
    return " ".join(sorted(organization_words(text)))


def acronyms_of(full: str) -> frozenset[str]:
    """The acronyms that an organization's name may have, folded: small words, legal form and hyphens in or out.

    >>> sorted(acronyms_of("the Ministry of Truth Inc."))
    ['mot', 'moti', 'mt', 'mti']
    """
    words = [fold(w) for w in WORD.findall(bare(full))]
    parts = [w for word in words for w in re.split(r"[-‑]", word) if w]
    readings = [
        [w for w in written if w not in left_out]
        for written in (words, parts)
        for left_out in ((), SMALL_WORDS, LEGAL_FORMS, SMALL_WORDS | LEGAL_FORMS)
    ]
    return frozenset("".join(w[0] for w in reading) for reading in readings if len(reading) > 1)


def is_acronym(word: str) -> bool:
    """Are these capitals that may stand for an organization?"""
    return bool(ACRONYM.match(word)) and word.replace(".", "") not in NO_ACRONYMS and len(letters_of(word)) > 1


def letters_of(short: str) -> str:
    """The letters of an acronym, folded, without full stops and "&"."""
    return fold(short).replace("&", "")
