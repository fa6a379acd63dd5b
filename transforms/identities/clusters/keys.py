"""The key that one entity has in all articles: made from its name alone, so that no shuffle is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.names.parsing import organization_key, parse_name, person_key
from onrecord.transforms.identities.names.spelling import fold


def key_of(cluster: MentionCluster) -> str:
    """The key of an entity cluster among those of its label.

    >>> people = [MentionCluster(label="PERSON", name=name) for name in ("Jane Doe", "JANE DÖE")]
    >>> len({key_of(person) for person in people})
    1
    """
    if cluster.label == "PERSON":
        return person_key(cluster.usual_name or cluster.person_name or parse_name(cluster.name))
    return organization_key(cluster.name)


def keys_of(clusters: Sequence[MentionCluster]) -> list[str]:
    """The keys of an article's entity clusters, no two of one label alike.

    What a key leaves out ("Jane A. Doe") comes back where the article itself has somebody else of that key.

    >>> keys_of([MentionCluster(label="PERSON", name=name) for name in ("Jane A. Doe", "Jane B. Doe", "Al Roe")])
    ['jane a doe', 'jane b doe', 'al roe']
    """
    keys = [key_of(cluster) for cluster in clusters]
    counts = Counter((cluster.label, key) for cluster, key in zip(clusters, keys, strict=True))
    used: Counter[tuple[str, str]] = Counter()
    unique_keys = []
    for cluster, key in zip(clusters, keys, strict=True):
        distinct_key = key if counts[cluster.label, key] == 1 else " ".join(map(fold, cluster.name.split()))
        used[cluster.label, distinct_key] += 1
        occurrence = used[cluster.label, distinct_key]
        unique_keys.append(distinct_key if occurrence == 1 else f"{distinct_key} {occurrence}")
    return unique_keys
