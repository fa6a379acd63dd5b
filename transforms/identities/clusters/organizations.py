"""Which names are one organization: spellings of one key, acronyms, and short forms of a fuller name."""

from __future__ import annotations

import re
from collections import defaultdict

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
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
from onrecord.transforms.lexicon.people import ORGANIZATION_NOUNS
from onrecord.transforms.records import Entity

#: A short form in parentheses after a name: "(WHO)", "(the “Fund”)".
PARENTHESIS = re.compile(r"\s*\((?:the\s)?[\"“]?(?:the\s)?(?P<short>[A-Z][\w.&-]{1,11})[\"”]?\)")


def cluster_organizations(text: str, entities: list[Entity]) -> list[MentionCluster]:
    """The organizations that these names stand for, each with all its mentions and its fullest name."""
    by_key: dict[str, MentionCluster] = {}
    key_of_short: dict[str, str] = {}
    for entity in entities:
        written = text[entity.start : entity.end]
        key = organization_key(re.sub(r"\s*\([^)]*\)?$", "", written))
        cluster = by_key.setdefault(key, MentionCluster(label="ORG", name=""))
        cluster.add(text, entity)
        match = PARENTHESIS.search(written) or PARENTHESIS.match(text, entity.end)
        if match and not ACRONYM.match(bare(written)):
            key_of_short.setdefault(fold(match["short"]), key)
    index = _OrganizationIndex(by_key)
    full_key = {key: _find_full_key(key, cluster, by_key, key_of_short, index) for key, cluster in by_key.items()}
    merged: dict[str, MentionCluster] = {}
    for key in by_key:
        target = key
        while full_key[target] not in (None, target) and full_key[target] in by_key:
            target = full_key[target] or target
            if target == key:
                break
        into = merged.setdefault(target, MentionCluster(label="ORG", name=""))
        for mention in by_key[key].mentions:
            into.add_mention(*mention)
        for alias, count in by_key[key].aliases.items():
            into.aliases[alias] = into.aliases.get(alias, 0) + count
    for cluster in merged.values():
        forms = [(re.sub(r"\s*\([^)]*\)?$", "", alias), count) for alias, count in cluster.aliases.items()]
        cluster.name = max(forms, key=lambda form: (len(organization_words(form[0])), form[1], len(form[0])))[0]
    return list(merged.values())


class _OrganizationIndex:
    """The keys of organizations by what a short form of their names may keep: first word, last word, first letters."""

    def __init__(self, by_key: dict[str, MentionCluster]) -> None:
        self.by_first: dict[str, set[str]] = defaultdict(set)
        self.by_last: dict[str, set[str]] = defaultdict(set)
        self.by_letters: dict[str, set[str]] = defaultdict(set)
        for key, organization in by_key.items():
            for full in organization.aliases:
                words = organization_words(full)
                self.by_first[words[0]].add(key)
                self.by_last[words[-1]].add(key)
                for letters in acronyms_of(full):
                    self.by_letters[letters].add(key)

    def find_fuller(self, alias: str) -> set[str]:
        """The keys of the names that an alias may be short for."""
        if is_acronym(alias):
            return self.by_letters[letters_of(alias)]
        words = organization_words(alias)
        return self.by_first[words[0]] | self.by_last[words[-1]]


def _find_full_key(
    key: str,
    cluster: MentionCluster,
    by_key: dict[str, MentionCluster],
    key_of_short: dict[str, str],
    index: _OrganizationIndex,
) -> str | None:
    """The key of the fuller name that an organization's name is short for, when there is exactly one."""
    alias = min(cluster.aliases, key=len)
    short = organization_words(alias)
    if len(short) == 1 and short[0] in key_of_short and key_of_short[short[0]] != key:
        return key_of_short[short[0]]
    candidates = [
        candidate
        for candidate in sorted(index.find_fuller(alias) - {key})
        if is_acronym(alias) or any(_is_short_for(short, full) for full in by_key[candidate].aliases)
    ]
    return candidates[0] if len(candidates) == 1 else None


def _is_short_for(short: tuple[str, ...], full: str) -> bool:
    """Is a name a short form of another: "Luminet" of "Luminet Energy", "the Post" of "the Evening Post"?"""
    words = organization_words(full)
    if len(words) <= len(short):
        return False
    if words[: len(short)] == short:
        return short[0] not in NATION_OF and not (len(short) == 1 and short[0] in ORGANIZATION_NOUNS)
    return words[-len(short) :] == short and (len(short) > 1 or short[0] in ORGANIZATION_NOUNS)
