"""What a source says of its speaker: a name that heads it, a body's own voice, a pronoun, a description, nothing.

"Mayor Jane Doe, 61,"               named: Jane Doe
"an aide to Doe", "Doe supporters"  nobody named
"the press service of Acme"         voice: Acme
"the mayor", "she", "who", ""       to be resolved from the text around
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.transforms.identities.clusters.entity_cluster import EntityClusterBuilder
from onrecord.transforms.identities.names.descriptions import describe, is_person_noun, is_role
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.lexicon.cues import SPEECH_LEMMAS, candidates
from onrecord.transforms.lexicon.people import BODIES, OWN_VOICES, RELATIONS, SPOKESPEOPLE
from onrecord.transforms.lexicon.pronouns import INDEFINITE, PERSONAL
from onrecord.transforms.records import Attribution

Range = tuple[int, int]
SourceKind = Literal[
    "named", "relay", "beside", "voice", "pronoun", "first", "relative", "nominal", "label", "unnamed", "none"
]
#: Behind a name that heads its phrase: the end, a mark, or a clause about it ("Doe, who …"); not "Doe supporters".
HEADS = re.compile(
    r"['’]?\s*(?:$|[,;:(–—\"“-]|(?:who|himself|herself|itself|of|from|in|at|with|told|according|on|this|last|earlier"
    r"|later|today|yesterday|also|\w+day)\b)"
)
PREPOSITION = re.compile(
    r"\b(?:to|of|for|from|at|in|with|by|on|under|near|against|about|among|including|quoting|citing|behind|close)\s",
    re.IGNORECASE,
)
WORD = re.compile(r"\w[\w.’'‑-]*")
#: Cues of what is passed on; between it and the quotation there may stand who uttered it.
RELAY = re.compile(r"(?:according to|citing|as quoted|quoted|as reported|reported|reports)\b", re.IGNORECASE)
LONGEST_TAG = 90
#: Behind a name in apposition, and between it and the description that follows it.
ENDED = re.compile(r"[,.;)”\"]|\s(?:says|said|told)\b|$")
APPOSED = re.compile(r",\s(?:\d+,\s)?")
QUESTION_LABELS, ANSWER_LABELS = ("q", "question"), ("a", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``known``: the identity that a ``named`` source or a ``voice`` names, by index; ``place``: where its head is."""

    kind: SourceKind
    place: Range | None = None
    known: int | None = None


class Names:
    """The mentions of the identities by place."""

    def __init__(self, known: Sequence[EntityClusterBuilder]) -> None:
        self.known = known
        self.places = sorted((a, b, i, score) for i, one in enumerate(known) for a, b, score in one.mentions)

    def within(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """``(start, end, identity)`` of the mentions inside ``[start, end)``."""
        i = bisect_left(self.places, (start,))
        found = []
        while i < len(self.places) and self.places[i][0] < end:
            if self.places[i][1] <= end:
                found.append(self.places[i][:3])
            i += 1
        return found

    def score(self, place: Range) -> float:
        i = bisect_left(self.places, (*place,))
        return self.places[i][3] if i < len(self.places) and self.places[i][:2] == place else 0.0


def read_source(text: str, attribution: Attribution, names: Names) -> Source:
    """Classify a source by its words and the names in it and right beside it."""
    if relayed := _relayed(text, attribution, names):
        return relayed
    parts: Sequence[Range] = attribution.source
    parts = [(a, b) for a, b in parts if text[a:b].strip()]
    if not parts:
        return Source(kind="none")
    for part in parts:
        if found := _named(text, part, names) or _voice(text, part, names):
            return found
    start, end = parts[0]
    words = WORD.findall(text[start:end].lower())
    if not words:
        return Source(kind="none")
    if len(words) == 1 and text[end : end + 1] == ":" and words[0] in (*QUESTION_LABELS, *ANSWER_LABELS):
        return Source(kind="label" if words[0] in ANSWER_LABELS else "unnamed", place=(start, end))
    features = PERSONAL.get(words[0])
    if features and all(w.endswith(("self", "selves")) or w in ("too", "also", "then", "alone") for w in words[1:]):
        return Source(kind="first" if features.person == 1 else "pronoun", place=_word_place(text, start, end))
    if words[0] in ("who", "which"):
        return Source(kind="relative", place=(start, end))
    return _beside(text, (start, end), names) or Source(kind="nominal", place=(start, end))


def _relayed(text: str, attribution: Attribution, names: Names) -> Source | None:
    """Who uttered what another passes on: "…," said Doe, according to Acme; Doe said, Acme reported, citing …"""
    if not attribution.cue or not RELAY.match(text[slice(*attribution.cue[0])]):
        return None
    cue = attribution.cue[0][0]
    content = max((b for _, b in attribution.content if b <= cue), default=None)
    if content is None or cue - content > LONGEST_TAG:
        return None
    for a, b, one in names.within(content, cue):
        around = WORD.findall(text[content:a].lower())[:1] + WORD.findall(text[b:cue].lower())[:1]
        if names.known[one].speaks and any(lemma in SPEECH_LEMMAS for word in around for lemma in candidates(word)):
            return Source(kind="relay", place=(a, b), known=one)
    return None


def _word_place(text: str, start: int, end: int) -> Range:
    word = WORD.search(text, start, end)
    return word.span() if word else (start, end)


def _named(text: str, part: Range, names: Names) -> Source | None:
    """The person, else the body, whose name heads a part: in "Acme spokeswoman Jane Doe" the person speaks."""
    start, end = part
    inside = [m for m in names.within(start, end) if names.known[m[2]].speaks]
    for label in ("PERSON", "ORG"):
        for a, b, one in inside:
            if names.known[one].label == label and _heads(text, (a, b), part, person=label == "PERSON"):
                return Source(kind="named", place=(a, b), known=one)
    return None


def _heads(text: str, name: Range, part: Range, *, person: bool) -> bool:
    before, behind = text[part[0] : name[0]], text[name[1] : part[1]]
    if re.match(r"['’]s\b", behind) or re.match(r"['’]\s", behind) or text[name[1] - 2 : name[1]] in ("'s", "’s"):
        return False
    if re.match(r"\s(?:and|&)\s", behind) or re.search(r"(?:\band|&)\s$", before):
        return False
    if governed(before) or (not person and governed(before, BODIES)):
        return False
    if person:
        return bool(HEADS.match(behind)) or not behind.strip()
    words = [fold(w) for w in WORD.findall(before)]
    plain = not words or words == ["the"] or before.rstrip().endswith(",") or words[-1] in BODIES
    return plain and (bool(HEADS.match(behind)) or _ends_as_body(behind))


def _ends_as_body(behind: str) -> bool:
    """Do only the words of a body's kind follow its name ("TASS news agency")?"""
    words = WORD.findall(behind.split(",")[0])
    return 0 < len(words) <= 3 and fold(words[-1]) in BODIES and all(w.islower() for w in words)


def governed(before: str, kinds: Collection[str] = ()) -> bool:
    """Is a name behind these words an object in its phrase: "an aide to [President] Doe"?

    ``kinds``: words that may stand between the preposition and the name, beside roles ("in the journal Field Notes").

    >>> [governed(b) for b in ("an aide to ", "an aide to President ", "the Minister of Defense ", "the head of it, ")]
    [True, True, False, False]
    """
    last = before.rsplit(",", 1)[-1]
    prepositions = list(PREPOSITION.finditer(" " + last))
    if not prepositions:
        return False
    between = WORD.findall((" " + last)[prepositions[-1].end() :])
    plain = [w for w in between if w.lower() not in ("the", "a", "an", "his", "her", "their", "its")]
    if not plain:
        return True
    last_word = fold(plain[-1])
    return last_word in kinds or is_role(last_word) or is_person_noun(last_word)


def _voice(text: str, part: Range, names: Names) -> Source | None:
    """The body that speaks through its press service, its reporters or an unnamed spokesperson."""
    start, end = part
    whole = text[start:end]
    description = describe(whole)
    if description is None:
        return None
    plain = [fold(w) for w in WORD.findall(whole)]
    if any(w in INDEFINITE or w in ("former", "ex") for w in plain):
        return None  # "several former Acme journalists"
    words = " ".join(plain)
    spokes = description.head in SPOKESPEOPLE
    if not spokes and not any(re.search(rf"\b{voice}\b", words) for voice in OWN_VOICES):
        return None
    for a, b, one in names.within(start, end):
        behind = [fold(w) for w in WORD.findall(text[b:end])]
        direct = re.search(r"\b(?:of|for|at|from|with)\s(?:the\s)?$", text[start:a], re.IGNORECASE)
        if names.known[one].label == "ORG" and (behind or direct) and len(behind) < 4:
            return Source(kind="voice", place=(a, b), known=one)
    return None


def _beside(text: str, part: Range, names: Names) -> Source | None:
    """The name in apposition right behind or before a description that the reader cut off from it."""
    start, end = part
    description = describe(text[start:end])
    if description is None or description.plural:
        return None
    if not (is_person_noun(description.head) or description.head in RELATIONS):
        return None
    gap = re.match(r",?\s+", text[end : end + 3])
    if gap and (text[end - 1] == "," or gap.group().startswith(",") or description.determiner != "definite"):
        at = end + gap.end()
        for a, b, one in names.within(at, at + 60):
            if a == at and names.known[one].label == "PERSON" and ENDED.match(text, b):
                return Source(kind="beside", place=(a, b), known=one)
    back = names.within(max(0, start - 60), start)
    if back and "," in (text[end - 1], text[end : end + 1]):  # "Doe, the mayor, said"; not "To Doe, the mayor said"
        a, b, one = back[-1]
        if APPOSED.fullmatch(text, b, start) and names.known[one].label == "PERSON":
            return Source(kind="beside", place=(a, b), known=one)
    return None
