"""Names written otherwise: other case, diacritics, another transliteration, a short form of the given name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from onrecord.transforms.lexicon.people import NICKNAMES

#: Letters that Unicode does not take apart into a base letter and a mark.
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "dj", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
#: Spellings of one sound, as a pattern and the spelling that all become, applied in this order: Russian, Serbian,
#: Ukrainian, Arabic and German names as they pass through English, French and their own alphabets.
PHONETIC_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"dzh|dj|dsch", "j"),  # Dzhamal, Djamal, Jamal
        (r"tsch|tch", "k"),
        (r"kh", "h"),  # Khasan, Hasan
        (r"ph", "f"),
        (r"sch|sh|sz", "s"),  # Miloshevich, Milošević
        (r"zh", "z"),
        (r"gh", "g"),
        (r"th", "t"),
        (r"ou", "u"),  # Mahmoud, Mahmud
        (r"(?<=[ou])e(?=[^aeiouy])", ""),  # Mueller, Müller
        (r"x", "ks"),
        (r"(?<=[aeiouy])j(?![aeiou])", "i"),  # Sergej, Sergei
        (r"[iyj]+$", "i"),  # Georgiy, Georgii, Georgy
        (r"y", "i"),
        (r"w", "v"),
        (r"ch|ck|c|q", "k"),  # Petrovich, Petrović; Marc, Mark
        (r"([^aeiou])\1+", r"\1"),  # Mohammed, Mohamed
    )
)
#: Each short or full form with all that it may stand for.
GIVEN_NAME_VARIANTS: dict[str, frozenset[str]] = {
    name: frozenset().union(*(forms for forms in NICKNAMES if name in forms)) for name in frozenset().union(*NICKNAMES)
}
VOWELS = re.compile(r"(?<!^)[aeiou](?!$)")
#: A given name with this many consonants is compared by them: its vowels are where transliterations differ.
MIN_CONSONANTS = 6
CONSONANTS = re.compile(r"[^aeiou]")


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word without case, diacritics and full stops.

    >>> fold("Lučić"), fold("Łódź"), fold("U.S.")
    ('lucic', 'lodz', 'us')
    """
    plain = unicodedata.normalize("NFKD", word.casefold().translate(LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in ".'\N{RIGHT SINGLE QUOTATION MARK}")


@lru_cache(maxsize=8192)
def phonetic_key(word: str) -> str:
    """One spelling for all ways in which a name that sounds the same is transliterated.

    >>> [phonetic_key(a) == phonetic_key(b) for a, b in (("Babić", "Babich"), ("Bilyy", "Bily"), ("Hansen", "Hanson"))]
    [True, True, False]
    """
    spelling = fold(word)
    for pattern, replacement in PHONETIC_RULES:
        spelling = pattern.sub(replacement, spelling)
    return spelling


@lru_cache(maxsize=8192)
def given_name_key(word: str) -> str:
    """The phonetic key of a given name; of a long one without inner vowels, but the last, for it shows a gender.

    >>> given_name_key("Alexander") == given_name_key("Aleksandar") == given_name_key("Aleksandr")
    True
    >>> given_name_key("Alexandra") == given_name_key("Alexander"), given_name_key("Marie") == given_name_key("Mary")
    (False, False)
    """
    spelling = phonetic_key(word)
    if len(CONSONANTS.findall(spelling)) < MIN_CONSONANTS:
        return spelling
    return VOWELS.sub("", spelling.rstrip("e"))


def same_given_name(left: str, right: str) -> bool:
    """Can two given names be one person's? Equal in key, an initial of the other, or a short form of it.

    >>> same_given_name("Bill", "William"), same_given_name("J.", "Jane"), same_given_name("Jane", "Joan")
    (True, True, False)
    """
    a, b = fold(left), fold(right)
    if a == b or given_name_key(left) == given_name_key(right):
        return True
    if min(len(a), len(b)) <= 1:
        return a[:1] == b[:1]
    return b in GIVEN_NAME_VARIANTS.get(a, ())
