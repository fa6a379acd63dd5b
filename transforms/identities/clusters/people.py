"""Which names are one person: full names first, then surnames and given names that stand alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import replace

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.names.descriptions import roles_at
from onrecord.transforms.identities.names.parsing import ACRONYM, WORD, Name, parse_name, part_of, same_person
from onrecord.transforms.identities.names.spelling import NICKNAMED, fold, given_key, sound
from onrecord.transforms.lexicon.given_names import GENDER_OF
from onrecord.transforms.lexicon.people import BODIES, GENDERED_TITLES, PARTICLES, TITLES
from onrecord.transforms.records import Entity

TITLE_BEFORE = re.compile(r"([A-Za-z][\w-]*\.?)\s$")
GIVEN_BEFORE = re.compile(r"\b([A-Z][\w’'-]+)\s$")
IN_MARKS = re.compile(r"\s[\"“‘(][A-Z][\w .'-]{1,20}[\"”’)]\s[A-Z][\w’'-]*\w")
#: A full name this many characters before a surname claims it.
JUST_BEFORE = 300


class _People:
    """The people found so far, by the sounds of their names' words."""

    def __init__(self) -> None:
        self.all: list[EntityClusterBuilder] = []
        self.by_word: dict[str, list[EntityClusterBuilder]] = defaultdict(list)

    def add(self, name: Name) -> EntityClusterBuilder:
        one = EntityClusterBuilder(label="PERSON", name=name.text, person=name)
        self.all.append(one)
        for key in {k for word in name.words for k in (sound(word), given_key(word))} | _given_forms(name.words[0]):
            self.by_word[key].append(one)
        return one

    def with_word(self, word: str) -> list[EntityClusterBuilder]:
        """Those whose name has a word of this sound, or a given name that it is short for, in the order found."""
        found = {id(one): one for key in (sound(word), given_key(word)) for one in self.by_word.get(key, ())}
        return list(found.values())


def _given_forms(given: str) -> set[str]:
    return {sound(form) for form in NICKNAMED.get(fold(given), ())}


def cluster_people(text: str, entities: list[Entity]) -> list[EntityClusterBuilder]:
    named = [(e, _name_at(text, e)) for e in (_whole(text, e) for e in entities)]
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


def _whole(text: str, entity: Entity) -> Entity:
    """The entity without a body before it, and with a given name or a surname that the reader left off."""
    words = list(WORD.finditer(text, entity.start, entity.end))
    while len(words) > 2 and (fold(words[0].group()) in BODIES or ACRONYM.match(words[0].group())):
        entity = replace(entity, start=words[1].start())  # "of the [Federation Ann Roe]"
        words.pop(0)
    before = GIVEN_BEFORE.search(text, max(0, entity.start - 20), entity.start)
    if before and fold(before[1]) in GENDER_OF and " " not in text[entity.start : entity.end]:
        entity = replace(entity, start=before.start(1))
    behind = IN_MARKS.match(text, entity.end)
    return replace(entity, end=behind.end()) if behind else entity


def _name_at(text: str, entity: Entity) -> Name:
    """The entity's name with a title that the reader left outside it."""
    name = parse_name(text[entity.start : entity.end])
    before = TITLE_BEFORE.search(text, max(0, entity.start - 16), entity.start)
    if before and before[1][0].isupper() and fold(before[1]) in TITLES:
        name = Name(words=name.words, titles=(before[1], *name.titles), suffix=name.suffix)
    return name


def _learn_gender(one: EntityClusterBuilder, name: Name) -> None:
    titled = any(fold(t) in GENDERED_TITLES for t in name.titles)
    if name.gender and (titled or one.gender is None):
        one.gender = name.gender


def _bearer(people: _People, name: Name, place: int) -> tuple[EntityClusterBuilder | None, float]:
    """Whom a single word names, and how surely: the one of that surname, else of that given name.

    Among several, who is told of first and most is called by it, unless another was named in full just before.
    """
    fits = [(part_of(name.words[0], one.person), one) for one in people.with_word(name.words[0]) if one.person]
    best = max((fit for fit, _ in fits), default=0)
    candidates = [one for fit, one in fits if fit == best > 0]
    titled = next((GENDERED_TITLES[fold(t)] for t in name.titles if fold(t) in GENDERED_TITLES), None)
    candidates = [one for one in candidates if titled is None or one.gender in (None, titled)] or candidates
    if len(candidates) < 2:
        return (candidates[0] if candidates else None), 1.0
    first = min(candidates, key=lambda one: one.first)
    votes = [_claim(one, place) + (one is first) for one in candidates]
    share, one = max(zip(votes, candidates, strict=True), key=lambda pair: (pair[0], -pair[1].first))
    return one, share / sum(votes)


def _claim(one: EntityClusterBuilder, place: int) -> float:
    """How much of a claim somebody has to a bare surname at a place: full names in all, and one just before."""
    before = bisect_left(one.full, place)
    if not before:
        return 0.1
    return len(one.full) + 2.0 * (place - one.full[before - 1] < JUST_BEFORE)


def _choose_spelling(one: EntityClusterBuilder, alone: Counter[str]) -> None:
    """The fullest form, of several the most frequent, is the name, and the most frequent form the one for the key.

    Of two surnames that the reader gives, the one that stands ``alone`` more often counts.
    """
    forms = Counter[Name]()
    for alias, count in one.aliases.items():
        forms[parse_name(alias)] += count
    surnames = Counter[str]()
    for name, count in forms.items():
        surnames[name.surname] += count
    surname = max(surnames, key=lambda s: (len(s) > 1, surnames[s] + alone[s]))
    fitting = [name for name in forms if name.surname == surname]
    one.person = full = max(fitting, key=lambda name: (len(name.words), forms[name]))
    inner = {*map(fold, full.words[1:]), *PARTICLES}
    whole = [name for name in fitting if fold(name.words[0]) not in inner] or [full]  # not "Garcia Marquez", "de Waal"
    one.usual = max(whole, key=lambda name: (forms[name], len(name.words)))
    one.name = one.person.text


def describe_person(text: str, one: EntityClusterBuilder) -> None:
    """Learn the roles that stand at the mentions, and the gender that they tell."""
    seen = set()
    for start, end, _ in one.mentions:
        # a title that the reader took with the name is a role, too
        bare_start = max(start, text.find(parse_name(text[start:end]).words[0], start, end))
        for role in roles_at(text, bare_start, end):
            if role.text.casefold() not in seen:
                seen.add(role.text.casefold())
                one.roles.append(role)
                one.gender = one.gender or role.gender
