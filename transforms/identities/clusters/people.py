"""Which names are one person: full names first, then surnames and given names that stand alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.names.descriptions import roles_at
from onrecord.transforms.identities.names.parsing import (
    ACRONYM,
    WORD,
    Name,
    NamePart,
    find_name_part,
    parse_name,
    same_person,
)
from onrecord.transforms.identities.names.spelling import GIVEN_NAME_VARIANTS, fold, given_name_key, phonetic_key
from onrecord.transforms.lexicon.given_names import GENDER_OF
from onrecord.transforms.lexicon.people import GENDERED_TITLES, ORGANIZATION_NOUNS, PARTICLES, TITLES
from onrecord.transforms.records import Entity

TITLE_BEFORE = re.compile(r"([A-Za-z][\w-]*\.?)\s$")
GIVEN_BEFORE = re.compile(r"\b([A-Z][\w’'-]+)\s$")
#: A nickname in marks and the surname after it, right after the given name that the reader marked.
NICKNAME_AND_SURNAME = re.compile(r"\s[\"“‘(][A-Z][\w .'-]{1,20}[\"”’)]\s[A-Z][\w’'-]*\w")
#: A full name within this many characters before a bare surname claims it.
MAX_CHARS_TO_FULL_NAME = 300


class _PersonIndex:
    """The people of a text so far, by the keys of their names' words."""

    def __init__(self) -> None:
        self.clusters: list[MentionCluster] = []
        self.by_word: dict[str, list[MentionCluster]] = defaultdict(list)

    def add(self, name: Name) -> MentionCluster:
        cluster = MentionCluster(label="PERSON", name=name.text, person_name=name)
        self.clusters.append(cluster)
        for key in {*chain.from_iterable(map(_keys, name.words)), *_variant_keys(name.words[0])}:
            self.by_word[key].append(cluster)
        return cluster

    def with_word(self, word: str) -> list[MentionCluster]:
        """Those whose name has a word of the same key, or a given name that it is short for, in the order added."""
        clusters = {id(c): c for key in _keys(word) for c in self.by_word.get(key, ())}
        return list(clusters.values())


def _keys(word: str) -> tuple[str, str]:
    """The keys of a word as a surname and as a given name."""
    return phonetic_key(word), given_name_key(word)


def _variant_keys(given: str) -> set[str]:
    return {phonetic_key(form) for form in GIVEN_NAME_VARIANTS.get(fold(given), ())}


def cluster_people(text: str, entities: list[Entity]) -> list[MentionCluster]:
    """The people whom these names stand for, each with all mentions, in the order of the fullest names."""
    named = [(e, _name_at(text, e)) for e in (_fix_boundaries(text, e) for e in entities)]
    single_words = [(entity, name) for entity, name in named if len(name.words) == 1]
    people = _PersonIndex()
    _add_full_names(text, people, [(entity, name) for entity, name in named if len(name.words) > 1])
    counts = Counter(name.surname_key for _, name in single_words)
    for cluster in people.clusters:
        cluster.full_name_starts.sort()
        _choose_spelling(cluster, counts)
    _add_single_words(text, people, single_words)
    return people.clusters


def _add_full_names(text: str, people: _PersonIndex, named: Sequence[tuple[Entity, Name]]) -> None:
    """Names of two words and more, the longest first: to the person of the same words, else to one that they fit."""
    for entity, name in sorted(named, key=lambda pair: (-len(pair[1].words), pair[0].start)):
        namesakes = people.with_word(name.words[-1])
        fitting = [c for c in namesakes if c.person_name and same_person(c.person_name, name)]
        exact = [c for c in fitting if c.person_name and c.person_name.words == name.words]
        cluster = (exact or fitting or [people.add(name)])[0]
        cluster.add(text, entity)
        cluster.full_name_starts.append(entity.start)
        _update_gender(cluster, name)


def _add_single_words(text: str, people: _PersonIndex, named: Sequence[tuple[Entity, Name]]) -> None:
    """Surnames and given names that stand alone, in text order: to who bears them, else to somebody new."""
    for entity, name in sorted(named, key=lambda pair: pair[0].start):
        bearer, share = _find_bearer(people, name, entity.start)
        cluster = bearer or people.add(name)
        cluster.add(text, entity)
        if share < 1.0:
            cluster.share_at[entity.start] = share
        _update_gender(cluster, name)


def _fix_boundaries(text: str, entity: Entity) -> Entity:
    """The entity without an organization before it, and with a given name or a surname that the reader left off."""
    words = list(WORD.finditer(text, entity.start, entity.end))
    while len(words) > 2 and (fold(words[0].group()) in ORGANIZATION_NOUNS or ACRONYM.match(words[0].group())):
        entity = replace(entity, start=words[1].start())  # "of the [Federation Ann Roe]"
        words.pop(0)
    before = GIVEN_BEFORE.search(text, max(0, entity.start - 20), entity.start)
    if before and fold(before[1]) in GENDER_OF and " " not in text[entity.start : entity.end]:
        entity = replace(entity, start=before.start(1))
    behind = NICKNAME_AND_SURNAME.match(text, entity.end)
    return replace(entity, end=behind.end()) if behind else entity


def _name_at(text: str, entity: Entity) -> Name:
    """The entity's name with a title that the reader left outside it."""
    name = parse_name(text[entity.start : entity.end])
    before = TITLE_BEFORE.search(text, max(0, entity.start - 16), entity.start)
    if before and before[1][0].isupper() and fold(before[1]) in TITLES:
        name = Name(words=name.words, titles=(before[1], *name.titles), suffix=name.suffix)
    return name


def _update_gender(cluster: MentionCluster, name: Name) -> None:
    """Take over the gender of a name, where it has one; that of a title replaces what was known."""
    titled = any(fold(t) in GENDERED_TITLES for t in name.titles)
    if name.gender and (titled or cluster.gender is None):
        cluster.gender = name.gender


def _find_bearer(people: _PersonIndex, name: Name, start: int) -> tuple[MentionCluster | None, float]:
    """Whom a single word names, and how surely: the person of that surname, else of that given name.

    Among several, who is mentioned first and is called by it most, unless another was named in full just before.
    """
    namesakes = people.with_word(name.words[0])
    parts = [(find_name_part(name.words[0], c.person_name), c) for c in namesakes if c.person_name]
    best = max((part for part, _ in parts), default=NamePart.NONE)
    candidates = [c for part, c in parts if part == best != NamePart.NONE]
    titled = next((GENDERED_TITLES[fold(t)] for t in name.titles if fold(t) in GENDERED_TITLES), None)
    candidates = [c for c in candidates if titled is None or c.gender in (None, titled)] or candidates
    if len(candidates) < 2:
        return (candidates[0] if candidates else None), 1.0
    first = min(candidates, key=lambda c: c.first_start)
    votes = [_surname_votes(c, start) + (c is first) for c in candidates]
    vote, cluster = max(zip(votes, candidates, strict=True), key=lambda pair: (pair[0], -pair[1].first_start))
    return cluster, vote / sum(votes)


def _surname_votes(cluster: MentionCluster, start: int) -> float:
    """How much speaks for a person as the bearer of a bare surname: full names before it, and one just before."""
    before = bisect_left(cluster.full_name_starts, start)
    if not before:
        return 0.1
    return len(cluster.full_name_starts) + 2.0 * (start - cluster.full_name_starts[before - 1] < MAX_CHARS_TO_FULL_NAME)


def _choose_spelling(cluster: MentionCluster, single_words: Counter[str]) -> None:
    """The fullest form, of several the most frequent, is the name, and the most frequent form the one for the key.

    Of two surnames that the reader gives, the one that stands alone (``single_words``) more often counts.
    """
    forms = Counter[Name]()
    for alias, count in cluster.aliases.items():
        forms[parse_name(alias)] += count
    surnames = Counter[str]()
    for name, count in forms.items():
        surnames[name.surname_key] += count
    surname = max(surnames, key=lambda s: (len(s) > 1, surnames[s] + single_words[s]))
    fitting = [name for name in forms if name.surname_key == surname]
    cluster.person_name = full = max(fitting, key=lambda name: (len(name.words), forms[name]))
    inner = {*map(fold, full.words[1:]), *PARTICLES}
    whole = [name for name in fitting if fold(name.words[0]) not in inner] or [full]  # not "Garcia Marquez", "de Waal"
    cluster.usual_name = max(whole, key=lambda name: (forms[name], len(name.words)))
    cluster.name = cluster.person_name.text


def learn_roles(text: str, cluster: MentionCluster) -> None:
    """Add the roles that stand at a person's mentions, and the gender that they show."""
    seen = set()
    for start, end, _ in cluster.mentions:
        # a title that the reader took with the name is a role, too
        bare_start = max(start, text.find(parse_name(text[start:end]).words[0], start, end))
        for role in roles_at(text, bare_start, end):
            if role.text.casefold() not in seen:
                seen.add(role.text.casefold())
                cluster.roles.append(role)
                cluster.gender = cluster.gender or role.gender
