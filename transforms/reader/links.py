"""From the third pointer to links: what pronouns and sources refer back to."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from onrecord.transforms.lexicon.pronouns import PERSONAL
from onrecord.transforms.reader.pieces import Pieces, pieces_of
from onrecord.transforms.reader.scores import Pointer
from onrecord.transforms.records import Attribution, Entity, Link

Range = tuple[int, int]
THIRD_PERSON = tuple(word for word, features in PERSONAL.items() if features.person == 3)
PRONOUN = re.compile(rf"\b(?:{'|'.join(THIRD_PERSON)})\b", re.IGNORECASE)
#: Targets with less are left out of a link.
MIN_POINTER_MASS = 0.02


def find_pronouns(text: str) -> list[Range]:
    """The ranges of the personal pronouns of the third person."""
    return [match.span() for match in PRONOUN.finditer(text)]


def find_links(
    pointer: Pointer,
    pieces: Pieces,
    pronouns: Iterable[Range],
    entities: Iterable[Entity],
    attributions: Iterable[Attribution],
) -> tuple[Link, ...]:
    """A link for each pronoun and each source, to the earlier names, sources and pronouns it points to."""
    origins = sorted({*pronouns, *(span for a in attributions for span in a.source)})
    targets = sorted({*origins, *((e.start, e.end) for e in entities)})
    target_pieces = [pieces_of(pieces, target) for target in targets]
    links = []
    for origin in origins:
        view = pointer.view(pieces_of(pieces, origin))
        if not view.count:
            continue
        first = bisect_left(target_pieces, view.reachable.start, key=lambda target: target.start)
        earlier = range(first, bisect_left(targets, origin))
        masses = [(targets[k], view.mass(target_pieces[k])) for k in earlier if targets[k][1] <= origin[0]]
        links.append(
            Link(
                start=origin[0],
                end=origin[1],
                targets=tuple((a, b, round(mass, 4)) for (a, b), mass in masses if mass >= MIN_POINTER_MASS),
                new=round(view.nowhere, 4),
            )
        )
    return tuple(links)
