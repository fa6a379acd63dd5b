"""What a source shows of its speaker: a name that heads it, an organization's voice, a pronoun, a description, nothing.

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

from onrecord.transforms.identities.clusters.mention_cluster import MentionCluster
from onrecord.transforms.identities.names.descriptions import is_person_noun, is_role, parse_description
from onrecord.transforms.identities.names.spelling import fold
from onrecord.transforms.lexicon.cues import SPEECH_LEMMAS, candidates
from onrecord.transforms.lexicon.people import ORGANIZATION_NOUNS, OWN_VOICES, RELATIONS, SPOKESPEOPLE
from onrecord.transforms.lexicon.pronouns import INDEFINITE, PERSONAL
from onrecord.transforms.records import Attribution

Range = tuple[int, int]
#: The first four hold a name or have it beside them, and go by the same words as the method that finds their speaker.
SourceKind = Literal[
    "named",
    "apposition",
    "voice",
    "relay",
    "pronoun",
    "first_person",
    "relative",
    "nominal",
    "question_label",
    "answer_label",
    "missing",
]
#: Behind a name that heads its phrase: the end, a mark, or a clause about it ("Doe, who …"); not "Doe supporters".
AFTER_HEAD = re.compile(
    r"['’]?\s*(?:$|[,;:(–—\"“-]|(?:who|himself|herself|itself|of|from|in|at|with|told|according|on|this|last|earlier"
    r"|later|today|yesterday|also|\w+day)\b)"
)
PREPOSITION = re.compile(
    r"\b(?:to|of|for|from|at|in|with|by|on|under|near|against|about|among|including|quoting|citing|behind|close)\s",
    re.IGNORECASE,
)
WORD = re.compile(r"\w[\w.’'‑-]*")
#: Cues of what is passed on; between such a cue and the quotation there may stand who uttered it.
RELAY = re.compile(r"(?:according to|citing|as quoted|quoted|as reported|reported|reports)\b", re.IGNORECASE)
#: Between a quotation and the cue of who passed it on, in characters.
MAX_RELAY_GAP = 90
#: Behind a name in apposition, and between it and the description that follows it.
APPOSITION_END = re.compile(r"[,.;)”\"]|\s(?:says|said|told)\b|$")
APPOSITION_GAP = re.compile(r",\s(?:\d+,\s)?")
QUESTION_LABELS, ANSWER_LABELS = ("q", "question"), ("a", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``span``: where its head is; ``cluster_index``: the entity cluster of its name, where it holds one."""

    kind: SourceKind
    span: Range | None = None
    cluster_index: int | None = None


class NameIndex:
    """The mentions of all entity clusters in text order, each ``(start, end, cluster index)``."""

    def __init__(self, clusters: Sequence[MentionCluster]) -> None:
        self.clusters = clusters
        self.mentions = sorted((a, b, i) for i, cluster in enumerate(clusters) for a, b, _ in cluster.mentions)

    def within(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """The mentions inside ``[start, end)``."""
        i = bisect_left(self.mentions, (start,))
        inside = []
        while i < len(self.mentions) and self.mentions[i][0] < end:
            if self.mentions[i][1] <= end:
                inside.append(self.mentions[i])
            i += 1
        return inside


def read_source(text: str, attribution: Attribution, names: NameIndex) -> Source:
    """Classify a source by its words and the names in it and right beside it."""
    if relayed := _find_relayed(text, attribution, names):
        return relayed
    spans: Sequence[Range] = attribution.source
    spans = [(a, b) for a, b in spans if text[a:b].strip()]
    if not spans:
        return Source(kind="missing")
    for span in spans:
        if source := _find_head_name(text, span, names) or _find_voice(text, span, names):
            return source
    start, end = spans[0]
    words = WORD.findall(text[start:end].lower())
    if not words:
        return Source(kind="missing")
    if len(words) == 1 and text[end : end + 1] == ":" and words[0] in (*QUESTION_LABELS, *ANSWER_LABELS):
        return Source(kind="answer_label" if words[0] in ANSWER_LABELS else "question_label", span=(start, end))
    features = PERSONAL.get(words[0])
    if features and all(w.endswith(("self", "selves")) or w in ("too", "also", "then", "alone") for w in words[1:]):
        return Source(kind="first_person" if features.person == 1 else "pronoun", span=_first_word(text, start, end))
    if words[0] in ("who", "which"):
        return Source(kind="relative", span=(start, end))
    return _find_apposition(text, (start, end), names) or Source(kind="nominal", span=(start, end))


def _find_relayed(text: str, attribution: Attribution, names: NameIndex) -> Source | None:
    """Who uttered what another passes on: "…," said Doe, according to Acme; Doe said, Acme reported, citing …"""
    if not attribution.cue or not RELAY.match(text[slice(*attribution.cue[0])]):
        return None
    cue = attribution.cue[0][0]
    content = max((b for _, b in attribution.content if b <= cue), default=None)
    if content is None or cue - content > MAX_RELAY_GAP:
        return None
    for a, b, index in names.within(content, cue):
        around = WORD.findall(text[content:a].lower())[:1] + WORD.findall(text[b:cue].lower())[:1]
        if names.clusters[index].speaks and any(
            lemma in SPEECH_LEMMAS for word in around for lemma in candidates(word)
        ):
            return Source(kind="relay", span=(a, b), cluster_index=index)
    return None


def _first_word(text: str, start: int, end: int) -> Range:
    word = WORD.search(text, start, end)
    return word.span() if word else (start, end)


def _find_head_name(text: str, span: Range, names: NameIndex) -> Source | None:
    """The person, else the organization, whose name heads a span: in "Acme spokeswoman Jane Doe" the person speaks."""
    start, end = span
    inside = [m for m in names.within(start, end) if names.clusters[m[2]].speaks]
    for label in ("PERSON", "ORG"):
        for a, b, index in inside:
            if names.clusters[index].label == label and _heads(text, (a, b), span, person=label == "PERSON"):
                return Source(kind="named", span=(a, b), cluster_index=index)
    return None


def _heads(text: str, name: Range, span: Range, *, person: bool) -> bool:
    """Is a name the head of its span, and no owner, object, member of a list or modifier in it?"""
    before, behind = text[span[0] : name[0]], text[name[1] : span[1]]
    if re.match(r"['’]s\b", behind) or re.match(r"['’]\s", behind) or text[name[1] - 2 : name[1]] in ("'s", "’s"):
        return False
    if re.match(r"\s(?:and|&)\s", behind) or re.search(r"(?:\band|&)\s$", before):
        return False
    if governed(before) or (not person and governed(before, ORGANIZATION_NOUNS)):
        return False
    if person:
        return bool(AFTER_HEAD.match(behind)) or not behind.strip()
    words = [fold(w) for w in WORD.findall(before)]
    plain = not words or words == ["the"] or before.rstrip().endswith(",") or words[-1] in ORGANIZATION_NOUNS
    return plain and (bool(AFTER_HEAD.match(behind)) or _ends_as_organization(behind))


def _ends_as_organization(behind: str) -> bool:
    """Do only the words of an organization's kind follow its name ("TASS news agency")?"""
    words = WORD.findall(behind.split(",")[0])
    return 0 < len(words) <= 3 and fold(words[-1]) in ORGANIZATION_NOUNS and all(w.islower() for w in words)


def governed(before: str, kinds: Collection[str] = ()) -> bool:
    """Is a name after these words an object in its phrase: "an aide to [President] Doe"?

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


def _find_voice(text: str, span: Range, names: NameIndex) -> Source | None:
    """The organization that speaks through its press service, its reporters or an unnamed spokesperson."""
    start, end = span
    phrase = text[start:end]
    description = parse_description(phrase)
    if description is None:
        return None
    words = [fold(w) for w in WORD.findall(phrase)]
    if any(w in INDEFINITE or w in ("former", "ex") for w in words):
        return None  # "several former Acme journalists"
    folded = " ".join(words)
    by_spokesperson = description.head in SPOKESPEOPLE
    if not by_spokesperson and not any(re.search(rf"\b{voice}\b", folded) for voice in OWN_VOICES):
        return None
    for a, b, index in names.within(start, end):
        behind = [fold(w) for w in WORD.findall(text[b:end])]
        direct = re.search(r"\b(?:of|for|at|from|with)\s(?:the\s)?$", text[start:a], re.IGNORECASE)
        if names.clusters[index].label == "ORG" and (behind or direct) and len(behind) < 4:
            return Source(kind="voice", span=(a, b), cluster_index=index)
    return None


def _find_apposition(text: str, span: Range, names: NameIndex) -> Source | None:
    """The name in apposition right after or before a description that the reader cut off from it."""
    start, end = span
    description = parse_description(text[start:end])
    if description is None or description.plural:
        return None
    if not (is_person_noun(description.head) or description.head in RELATIONS):
        return None
    gap = re.match(r",?\s+", text[end : end + 3])
    if gap and (text[end - 1] == "," or gap.group().startswith(",") or description.determiner != "definite"):
        at = end + gap.end()
        for a, b, index in names.within(at, at + 60):
            if a == at and names.clusters[index].label == "PERSON" and APPOSITION_END.match(text, b):
                return Source(kind="apposition", span=(a, b), cluster_index=index)
    before = names.within(max(0, start - 60), start)
    if before and "," in (text[end - 1], text[end : end + 1]):  # "Doe, the mayor, said"; not "To Doe, the mayor said"
        a, b, index = before[-1]
        if APPOSITION_GAP.fullmatch(text, b, start) and names.clusters[index].label == "PERSON":
            return Source(kind="apposition", span=(a, b), cluster_index=index)
    return None
