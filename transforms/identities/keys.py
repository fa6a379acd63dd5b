"""What makes one identity the same in all articles: a key from its name alone, so that no shuffle is needed."""

from __future__ import annotations

from transforms.identities.gather import Known
from transforms.identities.names import body_key, parse_name, person_key


def key_of(known: Known) -> str:
    """The key of an identity among those of its label.

    >>> key_of(Known(label="PERSON", name="Jane Doe")) == key_of(Known(label="PERSON", name="JANE DÖE"))
    True
    """
    if known.label == "PERSON":
        return person_key(known.person or parse_name(known.name))
    return body_key(known.name)
