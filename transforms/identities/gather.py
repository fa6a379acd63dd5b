"""From the names of a text to its identities: which of them are one person or one body.

Full names come first, the longest before the shorter ones; single words ("Doe"), acronyms and short forms then find the
full name that they stand for. Each step only ever joins what can be the same; two that share a surname stay two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from transforms.identities.names import (
    ACRONYM,
    Name,
    acronyms_of,
    bare,
    body_key,
    body_words,
    is_acronym,
    letters_of,
    parse_name,
    part_of,
    same_person,
)
from transforms.identities.roles import Description, roles_at
from transforms.identities.spelling import NICKNAMED, fold, given_key, sound
from transforms.lexicon.nations import NATION_OF
from transforms.lexicon.people import BODIES, GENDERED_TITLES, PARTICLES, SEATS, TITLES, Gender
from transforms.records import Entity

Range = tuple[int, int]
PARENTHESIS = re.compile(r"\s*\((?:the\s)?[\"“]?(?:the\s)?(?P<short>[A-Z][\w.&-]{1,11})[\"”]?\)")
TITLE_BEFORE = re.compile(r"([A-Za-z][\w-]*\.?)\s$")
CAPITALIZED = re.compile(r"\b[A-Z][\w’'-]*[^\W_]")
TOKEN = re.compile(r"\w[\w’'&.-]*")
IN_MARKS = re.compile(r"\s[\"“‘(][A-Z][\w .'-]{1,20}[\"”’)]\s[A-Z][\w’'-]*\w")
OTHERS = ("LOC", "NORP", "FAC", "PRODUCT", "MISC")
#: Confidence that an unmarked word is the name that it is spelled like.
UNMARKED = 0.5
#: A full name this many characters before a surname claims it.
JUST_BEFORE = 300


@dataclass(slots=True, kw_only=True)
class Known:
    """An identity while it is gathered: its mentions as (start, end, score), in text order when all is done."""

    label: str
    name: str
    person: Name | None = None
    mentions: list[tuple[int, int, float]] = field(default_factory=list)
    aliases: dict[str, int] = field(default_factory=dict)
    roles: list[Description] = field(default_factory=list)
    gender: Gender | None = None
    #: A person's most frequent form, the steadiest over articles.
    usual: Name | None = None
    #: Where a person is named in full.
    full: list[int] = field(default_factory=list)
    #: Where a surname alone may be another's: the probability that it is this one's, by place.
    shares: dict[int, float] = field(default_factory=dict)

    def add(self, text: str, entity: Entity) -> None:
        self.mentions.append((entity.start, entity.end, entity.score))
        alias = bare(text[entity.start : entity.end])
        self.aliases[alias] = self.aliases.get(alias, 0) + 1

    @property
    def first(self) -> int:
        return min(start for start, _, _ in self.mentions)

    @property
    def speaks(self) -> bool:
        """Can it be a speaker? People and bodies are; places and peoples are not."""
        return self.label in ("PERSON", "ORG")


def gather(text: str, entities: Sequence[Entity]) -> list[Known]:
    """The identities of a text, in the order of their first mention."""
    people, bodies, others = _sorted_by_kind(text, entities)
    known = _gather_people(text, people)
    known += _gather_bodies(text, bodies)
    known += _gather_others(text, others)
    _find_unmarked(text, entities, known)
    for one in known:
        one.mentions.sort()
        if one.person:
            _describe(text, one)
    return sorted(known, key=lambda one: one.first)


def _sorted_by_kind(text: str, entities: Iterable[Entity]) -> tuple[list[Entity], list[Entity], list[Entity]]:
    """People, bodies and the rest; one word in several labels goes with the most frequent one ("Baxter" as a place)."""
    spelled = [(e, _plain(text, e)) for e in entities if e.label in ("PERSON", "ORG", *OTHERS)]
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    surnames = {plain.split()[-1] for e, plain in spelled if e.label == "PERSON" and " " in plain}
    for entity, plain in spelled:
        votes[plain][entity.label] += 1
        if entity.label == "PERSON":
            for word in set(plain.split()[-1:]) - {plain}:
                votes[word]["PERSON"] += 2  # the surname of a full name is a person's when it stands alone
    kinds: dict[str, list[Entity]] = {"PERSON": [], "ORG": [], "": []}
    for entity, plain in spelled:
        label = max(votes[plain], key=lambda one: (votes[plain][one], one == entity.label, one))
        if plain in SEATS:
            label = "ORG"
        elif plain in NATION_OF and plain != "eu" and plain not in surnames:
            label = "LOC"
        kinds[label if label in kinds else ""].append(entity)
    return kinds["PERSON"], kinds["ORG"], kinds[""]


def _plain(text: str, entity: Entity) -> str:
    return " ".join(fold(w) for w in TOKEN.findall(bare(text[entity.start : entity.end])))


# People


class _People:
    """The people found so far, by the sounds of their names' words."""

    def __init__(self) -> None:
        self.all: list[Known] = []
        self.by_word: dict[str, list[Known]] = defaultdict(list)

    def add(self, name: Name) -> Known:
        one = Known(label="PERSON", name=name.text, person=name)
        self.all.append(one)
        for key in {k for word in name.words for k in (sound(word), given_key(word))} | _given_forms(name.words[0]):
            self.by_word[key].append(one)
        return one

    def with_word(self, word: str) -> list[Known]:
        """Those whose name has a word of this sound, or a given name that it is short for, in the order found."""
        found = {id(one): one for key in (sound(word), given_key(word)) for one in self.by_word.get(key, ())}
        return list(found.values())


def _given_forms(given: str) -> set[str]:
    return {sound(form) for form in NICKNAMED.get(fold(given), ())}


def _gather_people(text: str, entities: list[Entity]) -> list[Known]:
    named = [(e, _name_at(text, e)) for e in (_with_surname(text, e) for e in entities)]
    people = _People()
    full = ((e, n) for e, n in named if len(n.words) > 1)
    for entity, name in sorted(full, key=lambda pair: (-len(pair[1].words), pair[0].start)):
        near = people.with_word(name.words[-1])
        fitting = [one for one in near if one.person and same_person(one.person, name)]
        exact = [one for one in fitting if one.person and one.person.words == name.words]
        one = (exact or fitting or [people.add(name)])[0]
        one.add(text, entity)
        one.full.append(entity.start)
        _learn_gender(one, name)
    alone = Counter(n.surname for _, n in named if len(n.words) == 1)
    for one in people.all:
        one.full.sort()
        _choose_spelling(one, alone)
    for entity, name in sorted(((e, n) for e, n in named if len(n.words) == 1), key=lambda pair: pair[0].start):
        bearer, share = _bearer(people, name, entity.start)
        one = bearer or people.add(name)
        one.add(text, entity)
        if share < 1.0:
            one.shares[entity.start] = share
        _learn_gender(one, name)
    return people.all


def _with_surname(text: str, entity: Entity) -> Entity:
    """The entity with the surname behind a nickname in marks that the reader stopped at: Ann "Moose" Roe."""
    behind = IN_MARKS.match(text, entity.end)
    return replace(entity, end=behind.end()) if behind else entity


def _name_at(text: str, entity: Entity) -> Name:
    """The entity's name with a title that the reader left outside it."""
    name = parse_name(text[entity.start : entity.end])
    before = TITLE_BEFORE.search(text, max(0, entity.start - 16), entity.start)
    if before and before[1][0].isupper() and fold(before[1]) in TITLES:
        name = Name(words=name.words, titles=(before[1], *name.titles), suffix=name.suffix)
    return name


def _learn_gender(one: Known, name: Name) -> None:
    titled = any(fold(t) in GENDERED_TITLES for t in name.titles)
    if name.gender and (titled or one.gender is None):
        one.gender = name.gender


def _bearer(people: _People, name: Name, place: int) -> tuple[Known | None, float]:
    """Whom a single word names, and how surely: the one of that surname, else of that given name.

    Among several, who is told of most is called by the surname alone, unless another was named in full just before.
    """
    fits = [(part_of(name.words[0], one.person), one) for one in people.with_word(name.words[0]) if one.person]
    best = max((fit for fit, _ in fits), default=0)
    candidates = [one for fit, one in fits if fit == best > 0]
    titled = next((GENDERED_TITLES[fold(t)] for t in name.titles if fold(t) in GENDERED_TITLES), None)
    candidates = [one for one in candidates if titled is None or one.gender in (None, titled)] or candidates
    if len(candidates) < 2:
        return (candidates[0] if candidates else None), 1.0
    votes = [_claim(one, place) for one in candidates]
    share, one = max(zip(votes, candidates, strict=True), key=lambda pair: (pair[0], -pair[1].first))
    return one, share / sum(votes)


def _claim(one: Known, place: int) -> float:
    """How much of a claim somebody has to a bare surname at a place: full names in all, and one just before."""
    before = bisect_left(one.full, place)
    if not before:
        return 0.1
    return len(one.full) + 2.0 * (place - one.full[before - 1] < JUST_BEFORE)


def _choose_spelling(one: Known, alone: Counter[str]) -> None:
    """The fullest form, of several the most frequent, is the name, and the most frequent form the one for the key.

    Of two surnames that the reader gives, by a word too many or too few, the one that stands ``alone`` more often counts.
    """
    forms = Counter[Name]()
    for alias, count in one.aliases.items():
        forms[parse_name(alias)] += count
    surnames = Counter[str]()
    for name, count in forms.items():
        surnames[name.surname] += count
    surname = max(surnames, key=lambda s: (surnames[s] + alone[s], s))
    fitting = [name for name in forms if name.surname == surname]
    one.person = full = max(fitting, key=lambda name: (len(name.words), forms[name]))
    inner = {*map(fold, full.words[1:]), *PARTICLES}
    whole = [name for name in fitting if fold(name.words[0]) not in inner] or [full]  # not "Garcia Marquez", "de Waal"
    one.usual = max(whole, key=lambda name: (forms[name], len(name.words)))
    one.name = one.person.text


def _describe(text: str, one: Known) -> None:
    """Learn the roles that stand at the mentions, and the gender that they tell."""
    seen = set()
    for start, end, _ in one.mentions:
        for role in roles_at(text, start, end):
            if role.text.casefold() not in seen:
                seen.add(role.text.casefold())
                one.roles.append(role)
                one.gender = one.gender or role.gender


# Bodies


def _gather_bodies(text: str, entities: list[Entity]) -> list[Known]:
    by_key: dict[str, Known] = {}
    shorts: dict[str, str] = {}
    for entity in entities:
        written = text[entity.start : entity.end]
        key = body_key(re.sub(r"\s*\([^)]*\)?$", "", written))
        one = by_key.setdefault(key, Known(label="ORG", name=""))
        one.add(text, entity)
        said = PARENTHESIS.search(written) or PARENTHESIS.match(text, entity.end)
        if said and not ACRONYM.match(bare(written)):
            shorts.setdefault(fold(said["short"]), key)
    bodies = _Bodies(by_key)
    merged = {key: _full_body(key, one, by_key, shorts, bodies) for key, one in by_key.items()}
    out: dict[str, Known] = {}
    for key in by_key:
        target = key
        while merged[target] not in (None, target) and merged[target] in by_key:
            target = merged[target] or target
            if target == key:
                break
        into = out.setdefault(target, Known(label="ORG", name=""))
        into.mentions += by_key[key].mentions
        for alias, count in by_key[key].aliases.items():
            into.aliases[alias] = into.aliases.get(alias, 0) + count
    for one in out.values():
        forms = [(re.sub(r"\s*\([^)]*\)?$", "", alias), count) for alias, count in one.aliases.items()]
        one.name = max(forms, key=lambda form: (len(body_words(form[0])), form[1], len(form[0])))[0]
    return list(out.values())


class _Bodies:
    """The names of bodies by how they may be cut short."""

    def __init__(self, by_key: dict[str, Known]) -> None:
        self.by_first: dict[str, set[str]] = defaultdict(set)
        self.by_last: dict[str, set[str]] = defaultdict(set)
        self.by_letters: dict[str, set[str]] = defaultdict(set)
        for key, body in by_key.items():
            for full in body.aliases:
                words = body_words(full)
                self.by_first[words[0]].add(key)
                self.by_last[words[-1]].add(key)
                for letters in acronyms_of(full):
                    self.by_letters[letters].add(key)

    def fuller(self, alias: str) -> set[str]:
        """The keys of the names that an alias may be short for."""
        if is_acronym(alias):
            return self.by_letters[letters_of(alias)]
        words = body_words(alias)
        return self.by_first[words[0]] | self.by_last[words[-1]]


def _full_body(key: str, one: Known, by_key: dict[str, Known], shorts: dict[str, str], bodies: _Bodies) -> str | None:
    """The key of the fuller name that a body's name is short for, when there is exactly one."""
    alias = min(one.aliases, key=len)
    short = body_words(alias)
    if len(short) == 1 and short[0] in shorts and shorts[short[0]] != key:
        return shorts[short[0]]
    fuller = [
        other
        for other in sorted(bodies.fuller(alias) - {key})
        if is_acronym(alias) or any(_short_for(short, full) for full in by_key[other].aliases)
    ]
    return fuller[0] if len(fuller) == 1 else None


def _short_for(short: tuple[str, ...], full: str) -> bool:
    """Is a body's name a short form of another: "Luminet" of "Luminet Energy", "the Post" of "the Evening Post"?"""
    words = body_words(full)
    if len(words) <= len(short):
        return False
    if words[: len(short)] == short:
        return short[0] not in NATION_OF and not (len(short) == 1 and short[0] in BODIES)
    return words[-len(short) :] == short and (len(short) > 1 or short[0] in BODIES)


# The rest


def _gather_others(text: str, entities: list[Entity]) -> list[Known]:
    by_key: dict[tuple[str, str], Known] = {}
    for entity in entities:
        name = bare(text[entity.start : entity.end])
        label = entity.label if entity.label in OTHERS else "LOC"  # a nation that the reader took for a person
        one = by_key.setdefault((label, body_key(name)), Known(label=label, name=name))
        one.add(text, entity)
    return list(by_key.values())


def _find_unmarked(text: str, entities: Sequence[Entity], known: Sequence[Known]) -> None:
    """Add surnames and acronyms of the identities where the reader marked nothing."""
    words: dict[str, list[Known]] = defaultdict(list)
    letters: dict[str, list[Known]] = defaultdict(list)
    for one in known:
        if one.person and len(one.person.words) > 1:
            words[one.person.words[-1]].append(one)
        elif one.label == "ORG":
            for alias in one.aliases:
                if ACRONYM.match(alias):
                    words[alias].append(one)
            for acronym in acronyms_of(one.name):
                letters[acronym].append(one)
    covered = sorted((e.start, e.end) for e in entities)
    at = 0
    for found in CAPITALIZED.finditer(text):
        word = re.sub(r"['’]s?$", "", found.group())
        if word not in words and is_acronym(word):
            words[word] = letters.get(letters_of(word), [])
        elif word not in words and len(word) > 3 and word.isupper():
            words[word] = words.get(word.capitalize(), [])  # "ROE:" in a transcript
        if len(words.get(word, ())) != 1:
            continue
        start, end = found.start(), found.start() + len(word)
        while at < len(covered) and covered[at][1] <= start:
            at += 1
        inside = at < len(covered) and covered[at][0] < end
        if not inside and not _in_longer_name(text, start, end):
            words[word][0].mentions.append((start, end, UNMARKED))
            words[word][0].aliases.setdefault(word, 1)


def _in_longer_name(text: str, start: int, end: int) -> bool:
    """Does a capitalized word stand next to the word, so that both may be another name?"""
    before = re.search(r"([A-Z][\w’'-]*)\s$", text[max(0, start - 30) : start])
    behind = re.match(r"\s[A-Z]", text[end : end + 2])
    if behind or before is None or fold(before[1]) in TITLES:
        return bool(behind)
    return not _opens_sentence(text, start - len(before.group()))


def _opens_sentence(text: str, place: int) -> bool:
    left = text[max(0, place - 40) : place].rstrip(" “\"'‘")
    return not left or left[-1] in ".!?\n:"
