"""From the names of a text to its entity clusters: which of them are one person or one organization.

Full names come first, the longest before the shorter ones; single words ("Doe"), acronyms and short forms then find the
full name that they stand for. Each step only ever joins what can be the same; two that share a surname stay two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.clusters.organizations import cluster_organizations
from onrecord.transforms.identities.clusters.people import cluster_people, learn_roles
from onrecord.transforms.identities.names.descriptions import STOP_WORDS, is_plural
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
from onrecord.transforms.lexicon.people import (
    GENDERED_TITLES,
    ORGANIZATION_NOUNS,
    ROLES,
    SEATS,
    SMALL_WORDS,
    TITLES,
)
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
MIN_SOURCE_COUNT = 3
NO_NAMES = frozenset(NATION_OF) | ORGANIZATION_NOUNS | ROLES | PRONOUNS | SMALL_WORDS | STOP_WORDS
TOKEN = re.compile(r"\w[\w’'&.-]*")
#: Labels of what does not speak.
OTHER_LABELS = ("LOC", "NORP", "FAC", "PRODUCT", "MISC")
#: Confidence that a word which the reader did not mark is the name that it is spelled like.
UNMARKED_SCORE = 0.5


def cluster_mentions(text: str, entities: Sequence[Entity], sources: Iterable[Range] = ()) -> list[MentionCluster]:
    """The entity clusters of a text, in the order of their first mention. ``sources``: the spans of all sources."""
    entities = _with_full_names(text, entities)
    entities = _with_sources(text, entities, sources)
    people, organizations, others = _sort_by_kind(text, entities)
    clusters = cluster_people(text, people)
    clusters += cluster_organizations(text, organizations)
    clusters += _cluster_others(text, others)
    _add_unmarked_mentions(text, entities, clusters)
    for cluster in clusters:
        cluster.mentions.sort()
        if cluster.person_name:
            learn_roles(text, cluster)
    return sorted(clusters, key=lambda cluster: cluster.first_start)


def _with_full_names(text: str, entities: Sequence[Entity]) -> Sequence[Entity]:
    """Add full names that the reader did not mark: a given name and a word that it marks as a person elsewhere."""
    surnames = {_folded(text, e).split()[-1] for e in entities if e.label == "PERSON" and _folded(text, e)}
    taken = sorted((e.start, e.end) for e in entities)
    added = []
    for pair in FULL_NAME.finditer(text):
        at = bisect_left(taken, (pair.end(),))
        free = at == 0 or taken[at - 1][1] <= pair.start()
        if free and fold(pair[1]) in GENDER_OF and fold(pair[2]) in surnames:
            added.append(Entity(start=pair.start(), end=pair.end(), label="PERSON", score=UNMARKED_SCORE))
    return sorted((*entities, *added), key=lambda e: e.start) if added else entities


def _with_sources(text: str, entities: Sequence[Entity], sources: Iterable[Range]) -> Sequence[Entity]:
    """Add the sources that are names by their look where the reader marked none: "Mr. Roe", "the WGF", "Roe" thrice."""
    surnames = {_folded(text, e).split()[-1] for e in entities if e.label == "PERSON" and _folded(text, e)}
    taken = sorted((e.start, e.end) for e in entities)
    spans = [match.span("name") for a, b in sorted(set(sources)) if (match := NAME_ONLY.fullmatch(text, a, b))]
    free = [(a, b) for a, b in spans if not (at := bisect_left(taken, (b,))) or taken[at - 1][1] <= a]
    counts = Counter(fold(text[a:b]) for a, b in spans)
    inner = {fold(text[a:b]) for a, b in spans if not _opens_sentence(text, a)}
    person_words = surnames | {word for word in inner if counts[word] >= MIN_SOURCE_COUNT}
    added = [
        Entity(start=a, end=b, label=label, score=UNMARKED_SCORE)
        for a, b in free
        if (label := _label_by_look(text[a:b], person_words))
    ]
    return sorted((*entities, *added), key=lambda e: e.start) if added else entities


def _label_by_look(written: str, person_words: Collection[str]) -> str:
    """PERSON or ORG for a source of capitalized words that can only be that, or "". ``person_words`` name people.

    >>> [_label_by_look(name, ()) for name in ("Mr. Roe", "WGF", "Bay Trust", "Officials", "Berlin", "Ann Roe")]
    ['PERSON', 'ORG', 'ORG', '', '', 'PERSON']
    """
    if is_acronym(written) and written.isupper():
        return "ORG"
    name = parse_name(written)
    first, last = fold(name.words[0]), fold(name.words[-1])
    if len(name.words) > 1 and last in ORGANIZATION_NOUNS and first not in NO_NAMES:
        return "ORG"
    if last in NO_NAMES or first in NO_NAMES or is_plural(last):
        return ""
    full = len(name.words) > 1 and first in GENDER_OF
    return "PERSON" if name.titles or full or last in person_words else ""


def _sort_by_kind(text: str, entities: Iterable[Entity]) -> tuple[list[Entity], list[Entity], list[Entity]]:
    """People, organizations, the rest; a word with several labels goes by the most frequent ("Baxter" as a place)."""
    named = [(e, _folded(text, e)) for e in entities if e.label in ("PERSON", "ORG", *OTHER_LABELS)]
    named = [(e, folded) for e, folded in named if folded not in GENDERED_TITLES]  # a title that lost its name
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    surnames = {folded.split()[-1] for e, folded in named if e.label == "PERSON" and " " in folded}
    for entity, folded in named:
        votes[folded][entity.label] += 1
        if entity.label == "PERSON":
            for word in set(folded.split()[-1:]) - {folded}:
                votes[word]["PERSON"] += 2  # the surname of a full name is a person's when it stands alone
    kinds: dict[str, list[Entity]] = {"PERSON": [], "ORG": [], "": []}
    for entity, folded in named:
        label = max(votes[folded], key=lambda label: (votes[folded][label], label == entity.label, label))
        if folded in SEATS:
            label = "ORG"
        elif folded in NATION_OF and folded != "eu" and folded not in surnames:
            label = "LOC"
        kinds[label if label in kinds else ""].append(entity)
    return kinds["PERSON"], kinds["ORG"], kinds[""]


def _folded(text: str, entity: Entity) -> str:
    """The entity's name, folded, without article and possessive."""
    return " ".join(fold(w) for w in TOKEN.findall(bare(text[entity.start : entity.end])))


def _cluster_others(text: str, entities: list[Entity]) -> list[MentionCluster]:
    """Places, peoples, products and the like: a cluster for each label and name, whatever the order of its words."""
    by_key: dict[tuple[str, str], MentionCluster] = {}
    for entity in entities:
        name = bare(text[entity.start : entity.end])
        label = entity.label if entity.label in OTHER_LABELS else "LOC"  # a nation that the reader took for a person
        cluster = by_key.setdefault((label, organization_key(name)), MentionCluster(label=label, name=name))
        cluster.add(text, entity)
    return list(by_key.values())


def _add_unmarked_mentions(text: str, entities: Sequence[Entity], clusters: Sequence[MentionCluster]) -> None:
    """Add to each cluster its surname and acronyms where the reader marked nothing."""
    by_word: dict[str, list[MentionCluster]] = defaultdict(list)
    by_letters: dict[str, list[MentionCluster]] = defaultdict(list)
    for cluster in clusters:
        if cluster.person_name and len(cluster.person_name.words) > 1:
            by_word[cluster.person_name.words[-1]].append(cluster)
        elif cluster.label == "ORG":
            for alias in cluster.aliases:
                if ACRONYM.match(alias):
                    by_word[alias].append(cluster)
            for acronym in acronyms_of(cluster.name):
                by_letters[acronym].append(cluster)
    covered = sorted((e.start, e.end) for e in entities)
    at = 0
    for match in CAPITALIZED.finditer(text):
        word = re.sub(r"['’]s?$", "", match.group())
        if word not in by_word and is_acronym(word):
            by_word[word] = by_letters.get(letters_of(word), [])
        elif word not in by_word and len(word) > 3 and word.isupper():
            by_word[word] = by_word.get(word.capitalize(), [])  # "ROE:" in a transcript
        if len(by_word.get(word, ())) != 1:
            continue
        start, end = match.start(), match.start() + len(word)
        while at < len(covered) and covered[at][1] <= start:
            at += 1
        inside = at < len(covered) and covered[at][0] < end
        if not inside and not _in_longer_name(text, start, end):
            by_word[word][0].add_mention(start, end, UNMARKED_SCORE)
            by_word[word][0].aliases.setdefault(word, 1)


def _in_longer_name(text: str, start: int, end: int) -> bool:
    """Does a capitalized word stand next to the word, so that both may be another name?"""
    before = re.search(r"([A-Z][\w’'-]*)\s$", text[max(0, start - 30) : start])
    behind = re.match(r"\s[A-Z]", text[end : end + 2])
    if behind or before is None or fold(before[1]) in TITLES:
        return bool(behind)
    return not _opens_sentence(text, start - len(before.group()))


def _opens_sentence(text: str, start: int) -> bool:
    """Does a sentence or a quotation begin at ``start``?"""
    left = text[max(0, start - 40) : start].rstrip(" “\"'‘")
    return not left or left[-1] in ".!?\n:"
