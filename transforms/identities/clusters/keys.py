"""What makes one identity the same in all articles: a key from its name alone, so that no shuffle is needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.names.parsing import organization_key, parse_name, person_key
from onrecord.transforms.identities.names.spelling import fold


def key_of(known: EntityClusterBuilder) -> str:
    """The key of an identity among those of its label.

    >>> people = [EntityClusterBuilder(label="PERSON", name=name) for name in ("Jane Doe", "JANE DÖE")]
    >>> len({key_of(person) for person in people})
    1
    """
    if known.label == "PERSON":
        return person_key(known.usual or known.person or parse_name(known.name))
    return organization_key(known.name)


def keys_of(known: Sequence[EntityClusterBuilder]) -> list[str]:
    """The keys of an article's identities, no two of one label alike.

    What a key leaves out ("Jane A. Doe") comes back where the article itself has somebody else of that key.

    >>> keys_of([EntityClusterBuilder(label="PERSON", name=name) for name in ("Jane A. Doe", "Jane B. Doe", "Al Roe")])
    ['jane a doe', 'jane b doe', 'al roe']
    """
    keys = [key_of(one) for one in known]
    counts = Counter((one.label, key) for one, key in zip(known, keys, strict=True))
    told: Counter[tuple[str, str]] = Counter()
    out = []
    for one, key in zip(known, keys, strict=True):
        own = key if counts[one.label, key] == 1 else " ".join(map(fold, one.name.split()))
        told[one.label, own] += 1
        again = told[one.label, own]
        out.append(own if again == 1 else f"{own} {again}")
    return out
