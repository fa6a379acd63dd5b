"""What a person is called beside the name: "Defense Minister X", "X, the head of the council", "the council's head, X".

A description is taken apart into its head noun and the words that narrow it; a description of somebody unnamed ("the
minister") is read the same way, so that the two can be compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.lexicon.nations import NATION_OF
from onrecord.transforms.lexicon.people import (
    FEMALE_ROLES,
    GENERIC_ORGANIZATION_NOUNS,
    GENERIC_ROLES,
    MALE_ROLES,
    NOT_PEOPLE,
    ORGANIZATION_NOUNS,
    PLURALS,
    RELATIONS,
    ROLES,
    SAME_ROLE,
    SINGULAR_ENDS,
    SMALL_WORDS,
    TITLES,
    Gender,
)

WORD = re.compile(r"[^\W_][\w.’'‑-]*")
#: Where the head of a noun phrase has passed: a preposition, a clause, a mark.
HEAD_ENDS = re.compile(
    r"\s(?:of|for|at|in|on|from|with|to|by|near|behind|who|whom|whose|that|which|and|as|about|over|under|against"
    r"|named|called|working|leading|based|whose|when|where|is|was)\b|[,;:(–—]|\s-\s"
)
DETERMINER = re.compile(
    r"^(?:(?P<definite>the|this|that)|(?P<indefinite>an?|one|another|some|any|no|every|each)"
    r"|(?P<pronoun>his|her|their|its|my|our|your|whose))\s+",
    re.IGNORECASE,
)
OWNER = re.compile(r"^(?P<owner>.*?\w)(?:['’]s|(?<=s)['’])\s+")
#: An apposition after a name: ", 58, the head of the council," up to the mark that ends it.
ROLE_BEHIND = re.compile(
    r",\s(?:(?:aged\s)?\d{1,3},\s)?"
    r"(?P<role>(?:(?:the|a|an|his|her|its|their)\s|[\w.’'-]+['’]s\s|(?=[a-z]))[^,.;:!?\n“”\"()]{2,90})"
    r"(?=[,.;:!?\n]|\s[–—-]\s|$)"
)
#: An apposition before a name: "the head of the council, X"; and words before it without a comma: "Defense Minister X".
ROLE_BEFORE = re.compile(
    r"(?:^|[\s“\"(])(?P<role>(?:the|a|an|his|her|its|their|[\w.-]+['’]s)\s[^,.;:!?\n“”\"()]{2,90}),\s$", re.IGNORECASE
)
PREMODIFIER = re.compile(r"(?:[\w.’'‑-]+\s){1,8}$")
#: "X is the head of the council": a copula and a description.
COPULA = re.compile(
    r"\s(?:is|was|became|remains)\s(?P<role>(?:the|a|an|his|her|its|their|[\w.-]+['’]s)\s[^,.;:!?\n“”\"()]{2,90})"
)
#: Words that a description in front of a name never runs over.
STOP_WORDS = frozenset(
    """
    said says say told tells asked added according to of in on at by with from for and or but when while as that than
    is was were are be been has had have will would because if after before since until did does not also like via
    including against between into over under about during through he she it they we i you his her their its who
    which where what why how there then now this
    """.split()
)
#: Lower-case words that a title in capitals may take in front.
QUALIFIERS = frozenset("former acting interim deputy senior longtime current then-prime outgoing incoming late".split())
#: Characters on either side of a name in which its roles are looked for.
ROLE_WINDOW = 120
#: Endings of nouns that name people, beside those on the lists.
PERSON_ENDINGS = ("er", "or", "ist", "ian", "eer", "-old", "man")


@dataclass(frozen=True, slots=True)
class Description:
    """``text`` as worded; ``head`` its noun, folded and singular; ``words`` the words that narrow it, normalized."""

    text: str
    head: str
    words: frozenset[str] = frozenset()
    determiner: str = ""
    plural: bool = False
    owner: str = ""

    @property
    def gender(self) -> Gender | None:
        return "male" if self.head in MALE_ROLES else "female" if self.head in FEMALE_ROLES else None


@lru_cache(maxsize=4096)
def parse_description(text: str) -> Description | None:
    """Read a noun phrase as a description of somebody; None when it holds no noun.

    >>> d = parse_description("Serbia's pro-Russian defense minister")
    >>> d.head, sorted(d.words), d.owner
    ('minister', ['defense', 'pro-russian', 'serbia'], 'Serbia')
    >>> parse_description("The officials").plural, parse_description("the head of the republic").head
    (True, 'head')
    """
    text = " ".join(text.split()).strip(' ,;:–—-“”"')
    determined = DETERMINER.match(text)
    determiner = next((kind for kind, word in determined.groupdict().items() if word), "") if determined else ""
    phrase = text[determined.end() :] if determined else text
    owned = OWNER.match(phrase)
    if owned and HEAD_ENDS.search(owned["owner"]):
        owned = None  # "the man in Doe's house": the owner is not the phrase's
    owner = owned["owner"] if owned else ""
    inner = phrase[owned.end() :] if owned else phrase
    end = HEAD_ENDS.search(inner)
    core = WORD.findall(inner[: end.start()] if end else inner)
    if not core:
        return None
    noun = fold(core[-1])
    plural = is_plural(noun)
    head = singular(noun) if plural else noun
    around = [*WORD.findall(owner), *core[:-1], *(WORD.findall(inner[end.start() :]) if end else [])]
    words = frozenset(normalize_word(w) for w in around) - SMALL_WORDS
    return Description(text, head, words, determiner or ("owner" if owner else ""), plural, owner)


def normalize_word(word: str) -> str:
    """A word that narrows a description, without case and possessive, a nation's words as the nation.

    >>> normalize_word("Serbian"), normalize_word("Belgrade's"), normalize_word("Defence")
    ('serbia', 'serbia', 'defense')
    """
    plain = re.sub(r"['’]s?$", "", word).casefold()
    return NATION_OF.get(plain, fold(plain).replace("defence", "defense").replace("labour", "labor"))


def is_plural(noun: str) -> bool:
    """Does a folded noun name several?

    >>> is_plural("officials"), is_plural("boss"), is_plural("police")
    (True, False, True)
    """
    return noun in PLURALS or (noun.endswith("s") and not noun.endswith(SINGULAR_ENDS) and noun not in ROLES)


def singular(noun: str) -> str:
    """The singular of a regular plural."""
    return noun[:-3] + "y" if noun.endswith("ies") else noun[:-1] if noun.endswith("s") else noun


def is_role(head: str) -> bool:
    """Is a noun one of office, trade or standing? Compounds and the regular endings of trades count.

    >>> is_role("co-chair"), is_role("gynecologist"), is_role("water"), is_role("wife")
    (True, True, False, False)
    """
    last = head.rsplit("-", 1)[-1]
    return last in ROLES or last in TITLES or (last.endswith(("ologist", "ician", "woman", "person")) and len(last) > 6)


def is_person_noun(head: str) -> bool:
    """Does a head noun name a person, by its list or by its ending?

    >>> [is_person_noun(h) for h in ("brawler", "38-year-old", "letter", "study", "cyclist")]
    [True, True, False, False, True]
    """
    if head in NOT_PEOPLE or head in ORGANIZATION_NOUNS:
        return head in ROLES
    return is_role(head) or head in MALE_ROLES | FEMALE_ROLES or head.endswith(PERSON_ENDINGS)


def same_role(a: str, b: str) -> bool:
    """Can two head nouns name one office?"""
    return (
        a == b or a.rsplit("-", 1)[-1] == b.rsplit("-", 1)[-1] or any(a in roles and b in roles for roles in SAME_ROLE)
    )


def agreement(nominal: Description, role: Description) -> float:
    """How well a description fits a role that somebody has: below 0 it cannot be, 0 decides nothing, 1 is the same.

    >>> parse = parse_description
    >>> president, minister = parse("US President"), parse("Russian Foreign Minister")
    >>> agreement(parse("the Serbian president"), president) < 0 < agreement(parse("the minister"), minister)
    True
    """
    nominal_nations, role_nations = _nations(nominal), _nations(role)
    alike = same_role(nominal.head, role.head)
    if alike and nominal_nations and role_nations and not nominal_nations & role_nations:
        return -1.0
    if not alike:
        return 0.0
    shared = len(nominal.words & role.words)
    fit = (0.6 if nominal.head == role.head else 0.3) + 0.2 * min(shared, 2)
    if nominal.words and not shared and not (nominal.words <= {"country", "state", "republic", "former", "senior"}):
        fit -= 0.15  # narrowed by words that the role does not have
    return max(fit, 0.05)


def _nations(description: Description) -> frozenset[str]:
    return frozenset(w for w in description.words if w in NATION_NAMES)


NATION_NAMES = frozenset(NATION_OF.values())


def roles_at(text: str, start: int, end: int) -> list[Description]:
    """The descriptions that stand at a name: before it, after it, or after "is".

    >>> text = "It was the council's head, Ann Roe, a lawyer, who met Mayor Al Doe."
    >>> [d.head for d in roles_at(text, 27, 34)], [d.text for d in roles_at(text, 60, 66)]
    (['head', 'lawyer'], ['Mayor'])
    """
    descriptions = []
    left = text[max(0, start - ROLE_WINDOW) : start]
    before = ROLE_BEFORE.search(left)
    if before:
        descriptions.append(parse_description(before["role"]))
    elif premodifier := _premodifier(left):
        descriptions.append(parse_description(premodifier))
    right = text[end : end + ROLE_WINDOW]
    behind = ROLE_BEHIND.match(right) or COPULA.match(right)
    if behind:
        descriptions.append(parse_description(behind["role"]))
    return [
        d for d in descriptions if d and is_role(d.head) and not d.plural and d.head not in RELATIONS and _is_compact(d)
    ]


def _is_compact(role: Description) -> bool:
    """Is a role without determiner a noun phrase up to its head, no rest of a sentence ("field a candidate")?"""
    before = role.text.lower().split(role.head)[0].split() if not role.determiner else []
    return len(before) < 10 and not any(word in STOP_WORDS or word in ("a", "an", "the") for word in before[:3])


def _premodifier(left: str) -> str:
    """The words of office right before a name ("US Deputy Assistant Secretary of State"), or ""."""
    match = PREMODIFIER.search(left)
    words = match.group().split() if match else []
    if not words or not is_role(fold(words[-1].rstrip(".,"))):
        return _office_of(left)
    first, lower_allowed = len(words) - 1, 0 if words[-1][0].isupper() else 2
    while first > 0 and _modifies(words[first - 1], lower_allowed):
        first -= 1
        lower_allowed -= words[first].islower()
    return " ".join(words[first:])


def _modifies(word: str, lower_allowed: int) -> bool:
    """Can a word stand in a title in front of a name, when this many more lower-case words may?"""
    if fold(word) in STOP_WORDS or word.endswith((",", ";", ":", "–", "—", "-")):
        return False
    return (
        word[0].isupper()
        or "-" in word
        or word in QUALIFIERS
        or is_role(fold(word))
        or (lower_allowed > 0 and not word.endswith(("ed", "ing")))
    )


#: An office in capitals that ends with what it is of: "Secretary of State", "President of the Republic".
OFFICE = re.compile(
    r"(?:(?:the|[A-Z][\w.’'-]*)\s)?(?:[A-Z][\w.’'-]*\s)*[A-Za-z][\w-]+\s(?:of|for)\s(?:the\s)?"
    r"[A-Z][\w.’'-]*(?:\s(?:(?:and|of|for|the|in)\s)*[A-Z][\w.’'-]*)*\s$"
)


def _office_of(left: str) -> str:
    """The office in capitals that ends right before a name, or ""."""
    match = OFFICE.search(left)
    return match.group().strip() if match else ""


def is_generic(head: str) -> bool:
    """Does a head noun fit anybody the text has just mentioned?"""
    return (
        head in GENERIC_ROLES or head in GENERIC_ORGANIZATION_NOUNS or not (is_role(head) or head in ORGANIZATION_NOUNS)
    )
