"""Which names are one body: spellings of one key, acronyms, and short forms of a fuller name."""

from __future__ import annotations

import re
from collections import defaultdict

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.names.parsing import (
    ACRONYM,
    acronyms_of,
    bare,
    is_acronym,
    letters_of,
    organization_key,
    organization_words,
)
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.lexicon.nations import NATION_OF
from onrecord.transforms.lexicon.people import BODIES
from onrecord.transforms.records import Entity

PARENTHESIS = re.compile(r"\s*\((?:the\s)?[\"“]?(?:the\s)?(?P<short>[A-Z][\w.&-]{1,11})[\"”]?\)")


def cluster_organizations(text: str, entities: list[Entity]) -> list[EntityClusterBuilder]:
    by_key: dict[str, EntityClusterBuilder] = {}
    shorts: dict[str, str] = {}
    for entity in entities:
        written = text[entity.start : entity.end]
        key = organization_key(re.sub(r"\s*\([^)]*\)?$", "", written))
        one = by_key.setdefault(key, EntityClusterBuilder(label="ORG", name=""))
        one.add(text, entity)
        said = PARENTHESIS.search(written) or PARENTHESIS.match(text, entity.end)
        if said and not ACRONYM.match(bare(written)):
            shorts.setdefault(fold(said["short"]), key)
    bodies = _Bodies(by_key)
    merged = {key: _full_body(key, one, by_key, shorts, bodies) for key, one in by_key.items()}
    out: dict[str, EntityClusterBuilder] = {}
    for key in by_key:
        target = key
        while merged[target] not in (None, target) and merged[target] in by_key:
            target = merged[target] or target
            if target == key:
                break
        into = out.setdefault(target, EntityClusterBuilder(label="ORG", name=""))
        for place in by_key[key].mentions:
            into.mention(*place)
        for alias, count in by_key[key].aliases.items():
            into.aliases[alias] = into.aliases.get(alias, 0) + count
    for one in out.values():
        forms = [(re.sub(r"\s*\([^)]*\)?$", "", alias), count) for alias, count in one.aliases.items()]
        one.name = max(forms, key=lambda form: (len(organization_words(form[0])), form[1], len(form[0])))[0]
    return list(out.values())


class _Bodies:
    """The names of bodies by how they may be cut short."""

    def __init__(self, by_key: dict[str, EntityClusterBuilder]) -> None:
        self.by_first: dict[str, set[str]] = defaultdict(set)
        self.by_last: dict[str, set[str]] = defaultdict(set)
        self.by_letters: dict[str, set[str]] = defaultdict(set)
        for key, body in by_key.items():
            for full in body.aliases:
                words = organization_words(full)
                self.by_first[words[0]].add(key)
                self.by_last[words[-1]].add(key)
                for letters in acronyms_of(full):
                    self.by_letters[letters].add(key)

    def fuller(self, alias: str) -> set[str]:
        """The keys of the names that an alias may be short for."""
        if is_acronym(alias):
            return self.by_letters[letters_of(alias)]
        words = organization_words(alias)
        return self.by_first[words[0]] | self.by_last[words[-1]]


def _full_body(
    key: str,
    one: EntityClusterBuilder,
    by_key: dict[str, EntityClusterBuilder],
    shorts: dict[str, str],
    bodies: _Bodies,
) -> str | None:
    """The key of the fuller name that a body's name is short for, when there is exactly one."""
    alias = min(one.aliases, key=len)
    short = organization_words(alias)
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
    words = organization_words(full)
    if len(words) <= len(short):
        return False
    if words[: len(short)] == short:
        return short[0] not in NATION_OF and not (len(short) == 1 and short[0] in BODIES)
    return words[-len(short) :] == short and (len(short) > 1 or short[0] in BODIES)
