"""From the names of a text to its identities: which of them are one person or one body.

Full names come first, the longest before the shorter ones; single words ("Doe"), acronyms and short forms then find the
full name that they stand for. Each step only ever joins what can be the same; two that share a surname stay two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.clusters.organizations import cluster_organizations
from onrecord.transforms.identities.clusters.people import cluster_people, describe_person
from onrecord.transforms.identities.names.descriptions import STOPS, is_plural
from onrecord.transforms.identities.names.parsing import (
    ACRONYM,
    acronyms_of,
    bare,
    is_acronym,
    letters_of,
    organization_key,
    parse_name,
)
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.lexicon.given_names import GENDER_OF
from onrecord.transforms.lexicon.nations import NATION_OF
from onrecord.transforms.lexicon.people import BODIES, GENDERED_TITLES, ROLES, SEATS, SMALL_WORDS, TITLES
from onrecord.transforms.lexicon.pronouns import PRONOUNS
from onrecord.transforms.records import Entity

Range = tuple[int, int]
CAPITALIZED = re.compile(r"\b[A-Z][\w’'-]*[^\W_]")
FULL_NAME = re.compile(r"\b([A-Z][\w-]+)\s(?=([A-Z][\w’'-]*\w))\2")
#: A source of nothing but capitalized words, with an article or none.
NAME_ONLY = re.compile(
    r"(?:[Tt]he\s)?(?P<name>[A-Z][\w’'.-]*(?:\s(?:(?:de|van|von|der|la|al|bin)\s)*[A-Z][\w’'.-]*){0,3}),?"
)
#: A word that is a source this often, with a capital inside a sentence, and is no common noun, is a name.
OFTEN = 3
NO_NAMES = frozenset(NATION_OF) | BODIES | ROLES | PRONOUNS | SMALL_WORDS | STOPS
TOKEN = re.compile(r"\w[\w’'&.-]*")
OTHERS = ("LOC", "NORP", "FAC", "PRODUCT", "MISC")
#: Confidence that an unmarked word is the name that it is spelled like.
UNMARKED = 0.5


def cluster_mentions(
    text: str, entities: Sequence[Entity], sources: Iterable[Range] = ()
) -> list[EntityClusterBuilder]:
    """The identities of a text, in the order of their first mention. ``sources``: where attributions have theirs."""
    entities = _with_full_names(text, entities)
    entities = _with_sources(text, entities, sources)
    people, bodies, others = _sorted_by_kind(text, entities)
    known = cluster_people(text, people)
    known += cluster_organizations(text, bodies)
    known += _gather_others(text, others)
    _find_unmarked(text, entities, known)
    for one in known:
        one.mentions.sort()
        if one.person:
            describe_person(text, one)
    return sorted(known, key=lambda one: one.first)


def _with_full_names(text: str, entities: Sequence[Entity]) -> Sequence[Entity]:
    """Add full names that the reader did not mark: a given name and a word that it marks as a person elsewhere."""
    surnames = {_plain(text, e).split()[-1] for e in entities if e.label == "PERSON" and _plain(text, e)}
    taken = sorted((e.start, e.end) for e in entities)
    found = []
    for pair in FULL_NAME.finditer(text):
        at = bisect_left(taken, (pair.end(),))
        free = at == 0 or taken[at - 1][1] <= pair.start()
        if free and fold(pair[1]) in GENDER_OF and fold(pair[2]) in surnames:
            found.append(Entity(start=pair.start(), end=pair.end(), label="PERSON", score=UNMARKED))
    return sorted((*entities, *found), key=lambda e: e.start) if found else entities


def _with_sources(text: str, entities: Sequence[Entity], sources: Iterable[Range]) -> Sequence[Entity]:
    """Add the sources that are names by their look where the reader marked none: "Mr. Roe", "the WGF", "Roe" thrice."""
    surnames = {_plain(text, e).split()[-1] for e in entities if e.label == "PERSON" and _plain(text, e)}
    taken = sorted((e.start, e.end) for e in entities)
    places = [found.span("name") for a, b in sorted(set(sources)) if (found := NAME_ONLY.fullmatch(text, a, b))]
    free = [(a, b) for a, b in places if not (at := bisect_left(taken, (b,))) or taken[at - 1][1] <= a]
    often = Counter(fold(text[a:b]) for a, b in places)
    inner = {fold(text[a:b]) for a, b in places if not _opens_sentence(text, a)}
    known = surnames | {word for word in inner if often[word] >= OFTEN}
    added = [
        Entity(start=a, end=b, label=label, score=UNMARKED)
        for a, b in free
        if (label := _label_by_look(text[a:b], known))
    ]
    return sorted((*entities, *added), key=lambda e: e.start) if added else entities


def _label_by_look(written: str, known: Collection[str]) -> str:
    """PERSON or ORG for a source of capitalized words that can only be that, or "". ``known``: words that name people.

    >>> [_label_by_look(name, ()) for name in ("Mr. Roe", "WGF", "Bay Trust", "Officials", "Berlin", "Ann Roe")]
    ['PERSON', 'ORG', 'ORG', '', '', 'PERSON']
    """
    if is_acronym(written) and written.isupper():
        return "ORG"
    name = parse_name(written)
    first, last = fold(name.words[0]), fold(name.words[-1])
    if len(name.words) > 1 and last in BODIES and first not in NO_NAMES:
        return "ORG"
    if last in NO_NAMES or first in NO_NAMES or is_plural(last):
        return ""
    full = len(name.words) > 1 and first in GENDER_OF
    return "PERSON" if name.titles or full or last in known else ""


def _sorted_by_kind(text: str, entities: Iterable[Entity]) -> tuple[list[Entity], list[Entity], list[Entity]]:
    """People, bodies and the rest; one word in several labels goes with the most frequent one ("Baxter" as a place)."""
    spelled = [(e, _plain(text, e)) for e in entities if e.label in ("PERSON", "ORG", *OTHERS)]
    spelled = [(e, plain) for e, plain in spelled if plain not in GENDERED_TITLES]  # a title that lost its name
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


def _gather_others(text: str, entities: list[Entity]) -> list[EntityClusterBuilder]:
    by_key: dict[tuple[str, str], EntityClusterBuilder] = {}
    for entity in entities:
        name = bare(text[entity.start : entity.end])
        label = entity.label if entity.label in OTHERS else "LOC"  # a nation that the reader took for a person
        one = by_key.setdefault((label, organization_key(name)), EntityClusterBuilder(label=label, name=name))
        one.add(text, entity)
    return list(by_key.values())


def _find_unmarked(text: str, entities: Sequence[Entity], known: Sequence[EntityClusterBuilder]) -> None:
    """Add surnames and acronyms of the identities where the reader marked nothing."""
    words: dict[str, list[EntityClusterBuilder]] = defaultdict(list)
    letters: dict[str, list[EntityClusterBuilder]] = defaultdict(list)
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
            words[word][0].mention(start, end, UNMARKED)
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
