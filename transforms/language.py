"""The language of a text, and the probability of it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: Below this, the language is a guess. English of 20 letters and more is taken for another language with at most 0.946.
MIN_LANGUAGE_SCORE = 0.95
#: Characters looked at, half at the head and half in the middle of a text: a page may open in another language.
MAX_SAMPLE_CHARS = 4000
#: Varieties that a short text does not distinguish, by their macrolanguage in ISO 639-3; their probabilities are added.
MACROLANGUAGES = (
    frozenset({"zh", "yue", "wuu"}),
    frozenset({"ar", "arz", "ary"}),
    frozenset({"no", "nn", "da"}),  # Danish is none of them, but as hard to tell from them
    frozenset({"sr", "hr", "bs"}),
    frozenset({"ms", "id"}),
    frozenset({"uz", "uzs"}),
)
#: The code for a text without words of a language.
NO_LANGUAGE = "zxx"


def identify(text: str) -> tuple[str | None, float]:
    """The ISO 639 code of the language of ``text`` and the probability, 0 to 1; (None, 0.0) for one without words.

    A naive Bayes model over byte sequences (Lui and Baldwin 2012, "langid.py"), as trained for py3langid.

    >>> identify("The council met on Monday to talk about the new budget.")[0]
    'en'
    >>> identify("Der Rat der Stadt kam am Montag zusammen und sprach über Geld.")[0]
    'de'
    >>> identify("1 2 3")
    (None, 0.0)
    """
    if not any(char.isalpha() for char in text):
        return None, 0.0
    ranked = _identifier().rank(sample(text))
    language = str(ranked[0][0])
    if language == NO_LANGUAGE:
        return None, 0.0
    variants = next((group for group in MACROLANGUAGES if language in group), {language})
    return language, round(min(1.0, sum(float(score) for code, score in ranked if code in variants)), 4)


def is_unwanted(language: str | None, score: float, wanted: tuple[str, ...]) -> bool:
    """Is the text surely in a language that is not among the wanted ones? None wanted means all.

    >>> is_unwanted("de", 0.99, ("en",)), is_unwanted("de", 0.6, ("en",)), is_unwanted("de", 0.99, ())
    (True, False, False)
    """
    return bool(wanted) and language is not None and language not in wanted and score >= MIN_LANGUAGE_SCORE


def sample(text: str) -> str:
    """The part of a text that is looked at."""
    if len(text) <= MAX_SAMPLE_CHARS:
        return text
    half = MAX_SAMPLE_CHARS // 2
    middle = max(half, len(text) // 2 - half // 2)
    return f"{text[:half]}\n{text[middle : middle + half]}"


@cache
def languages() -> frozenset[str]:
    """The codes that ``identify`` can return."""
    return frozenset(_identifier().labels) - {NO_LANGUAGE}


@cache
def _identifier() -> LanguageIdentifier:
    """The model, loaded once a process."""
    from onrecord.transforms.language_model import load_identifier

    return load_identifier()
