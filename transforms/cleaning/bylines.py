"""Who wrote an article, from the many ways in which a byline is written; no date, time, job or place in their place.

Posted by Ada Finn and MARKO LIND, Staff Writers | The Echo | March 4, 2024      ──►   Ada Finn, MARKO LIND
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from onrecord.transforms.cleaning.stamps import Stamp, find_stamps
from onrecord.transforms.lexicon.boilerplate import AGENCIES, NEWS_OUTLET_WORDS
from onrecord.transforms.lexicon.byline_words import (
    CALENDAR,
    JOB_WORDS,
    JOBS,
    NOT_NAMES,
    OPENERS,
    OTHER_WORK,
    OUTLET_WORDS,
)
from onrecord.transforms.lexicon.given_names import GENDER_OF
from onrecord.transforms.lexicon.people import PARTICLES, SUFFIXES
from onrecord.transforms.lexicon.places import CITIES, REGIONS

MAX_BYLINE_CHARS = 160
OPENER = re.compile(rf"\s*[-–—|(\[]*\s*(?:{OPENERS})\s*", re.IGNORECASE)
INNER_OPENER = re.compile(rf"(?:^|[\s|,–—-])(?:{OPENERS})\s", re.IGNORECASE)
OTHERS = re.compile(rf"[;,.|(]?\s*\b{OTHER_WORK}", re.IGNORECASE)
CONTACT = re.compile(
    r"\(?\s*(?:\S+@\S+|(?<!\S)@\w+|https?://\S+|www\.\S+|\b(?:twitter|email|e-mail|x)\s?:)\s*\)?", re.IGNORECASE
)
#: No contact is without one.
SIGNS_OF_CONTACT = ("@", ":", ".")
#: "(Reporting by", as stands under a story.
CREDIT = re.compile(
    r"[(\[]?(?:additional )?(?:reporting|writing|written|words|story|compiled)(?: and \w+)? by\b", re.IGNORECASE
)
BREAK = re.compile(r"\s*(?:[|•·;/\n]|\s[-–—]+\s|[-–—]+$|^[-–—]+|,\s?|\s&\s|\s(?:and|with)\s)\s*", re.IGNORECASE)
#: Behind a name: where they were, whom they wrote for.
WHERE = re.compile(
    r"\s(?P<word>in|at|from|for|of|special to)\s(?P<place>.+)$|^(?:special to\s|of\sthe\s(?=.*\bstaff$))(?P<only>.+)$",
    re.IGNORECASE,
)
AGENCY = re.compile(rf"(?:the\s)?(?:{AGENCIES})(?:\snews)?|(?-i:[A-Z]{{2,5}}\s(?:News|Sport))", re.IGNORECASE)
FINAL_STOP = re.compile(r"(?<=[^\W\d_]{4})\.$")
WORD_OF_NAME = re.compile(r"(?:[a-z]{1,2}['’-])?[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[.'’-][^\W\d_]*)*")
Part = Literal["person", "agency", "outlet", "job", "place", "when", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """What a byline tells: ``names`` are the reporters', else the agency's or outlet's that signs.

    ``opened``: a word says that it is a byline; ``located``: a known place stands behind a name; ``contact``: an
    address.
    """

    names: tuple[str, ...]
    kinds: frozenset[Part]
    stamps: tuple[Stamp, ...]
    opened: bool
    located: bool
    contact: bool

    @property
    def is_sure(self) -> bool:
        """Is the line nothing but a byline? One without an opening word has more than names in it."""
        who = self.kinds & {"person", "agency"}
        beside = self.kinds & {"agency", "job", "place"} or self.stamps or self.contact
        opened_by_job = self.opened and self.kinds == {"job"}
        return not self.kinds & {"other", "when"} and bool(
            who or opened_by_job if self.opened else "person" in who and beside
        )

    @property
    def is_known_person(self) -> bool:
        """Is the line nothing but names that open with known given names?"""
        return self.kinds == {"person"} and all(name.split()[0].casefold() in GENDER_OF for name in self.names)

    @property
    def is_aside(self) -> bool:
        """Does the line hold nothing but jobs, agencies and contacts, as stands under a byline?"""
        beside = {"job", "agency"} & self.kinds or self.contact
        return not self.opened and not self.kinds - {"job", "agency", "place", "outlet"} and bool(beside)


@lru_cache(maxsize=256)
def read_byline(line: str) -> Byline:
    """The parts of a byline.

    >>> read_byline("Ada Finn in Oslo | Reuters").names, read_byline("By the Associated Press").names
    (('Ada Finn',), ('Associated Press',))
    """
    stamps = tuple(find_stamps(line))
    dateless = _without(line, [(stamp.start, stamp.end) for stamp in stamps])
    has_contact = any(sign in dateless for sign in SIGNS_OF_CONTACT) and bool(CONTACT.search(dateless))
    opened, words = _after_opener(CONTACT.sub(" ", dateless) if has_contact else dateless)
    others = OTHERS.search(words) if ":" in words or "by" in words.casefold() else None
    parts = [part for part in map(_read_part, _split(words[: others.start()] if others else words)) if part]
    by_kind = {
        kind: [name for found, name, _ in parts if found == kind] for kind in ("person", "other", "agency", "outlet")
    }
    names = by_kind["person"] + by_kind["other"] or by_kind["agency"] or by_kind["outlet"]
    return Byline(
        names=tuple(dict.fromkeys(names)),
        kinds=frozenset(kind for kind, *_ in parts),
        stamps=stamps,
        opened=opened,
        located=any(located for *_, located in parts),
        contact=has_contact,
    )


def clean_byline(value: str | None) -> str | None:
    """The names of the reporters in a byline, or of the agency or outlet that signs alone; None without any.

    >>> clean_byline("Posted by Ada Finn on March 4, 2024 at 6:05 pm"), clean_byline("ADA FINN and Li Lind, Editors")
    ('Ada Finn', 'ADA FINN, Li Lind')
    >>> clean_byline("Staff Reporter"), clean_byline("March 4, 2024")
    (None, None)
    """
    line = " ".join((value or "").split())
    return line if len(line) > 10 * MAX_BYLINE_CHARS else ", ".join(read_byline(line).names) or None


@lru_cache(maxsize=256)
def is_byline(line: str) -> bool:
    """Is a line nothing but a byline? A sentence is none.

    >>> [is_byline(line) for line in ("By Ada Finn", "Ada Finn", "By Monday the river rose", "By Ada Finn, who left")]
    [True, False, False, False]
    """
    if len(line) > MAX_BYLINE_CHARS or re.search(r"[!?:;“”\"]$", line):
        return False
    byline = read_byline(line)
    if not byline.opened and FINAL_STOP.search(line):
        return False
    if byline.is_sure or not byline.opened:
        return byline.is_sure
    names = re.split(r"\s[|/]\s", line, maxsplit=1)
    return len(names) > 1 and len(names[1]) <= 40 and read_byline(names[0]).is_sure


def _without(line: str, spans: list[tuple[int, int]]) -> str:
    borders = [0, *(at for span in spans for at in span), len(line)]
    return " | ".join(line[start:end] for start, end in zip(borders[::2], borders[1::2], strict=True))


def _after_opener(words: str) -> tuple[bool, str]:
    """What follows the word that opens a byline, which stands at its head or after nothing but marks."""
    if m := OPENER.match(words):
        return True, words[m.end() :]
    m = INNER_OPENER.search(words)
    if m and not re.search(r"\w", words[: m.start()]):
        return True, words[m.end() :]
    return False, words


def _split(words: str) -> Iterator[str]:
    """The parts between commas, bars, dashes and "and"; "Jr." goes with its name."""
    parts = [FINAL_STOP.sub("", part.strip(" ()[]*_'\"“”,:")) for part in BREAK.split(words.strip(" ()[]*_"))]
    joined: list[str] = []
    for part in filter(None, parts):
        if joined and part.casefold().strip(".") in SUFFIXES:
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    return iter(joined)


def _read_part(part: str) -> tuple[Part, str, bool] | None:
    """What a part names, its words, and whether a place stands behind a name; None for marks alone."""
    if not re.search(r"\w", part):
        return None
    where = WHERE.search(part)
    if where and where["only"]:
        return "job", part, False
    words = part[: where.start()] if where else part
    kind, name = _classify(words)
    if where and not where["place"][0].isupper() and not where["place"].startswith("the "):
        return "other", part, False
    is_known_place = where is not None and where["word"].casefold() == "in" and _is_place(where["place"].split(",")[0])
    return kind, name, is_known_place


def _classify(words: str) -> tuple[Part, str]:
    if AGENCY.fullmatch(words):
        return "agency", re.sub(r"(?i)^the\s", "", words)
    if re.search(r"\d", words) or CALENDAR.issuperset(words.casefold().replace(",", " ").split()):
        return "when", words
    name = _without_job(words.split())
    if not name:
        return "job", words
    if _is_place(words):
        return "place", words
    if agency := next((n for n in (1, 2, 3) if len(name) > n + 1 and AGENCY.fullmatch(" ".join(name[-n:]))), 0):
        name = name[:-agency]
    if _is_outlet(name):
        return "outlet", words
    return ("person", " ".join(name)) if _is_person(name) else ("other", words)


def _is_place(words: str) -> bool:
    return words.casefold() in CITIES or words.casefold() in REGIONS


def _without_job(words: list[str]) -> list[str]:
    """The words without a job before or after the name: "Staff Writer Ada Finn", "Ada Finn Political Editor"."""
    folded = [word.casefold().strip(".,") for word in words]
    last = max((at for at, word in enumerate(folded) if word in JOBS), default=-1)
    if last < 0:
        return words
    first = last
    while first and (folded[first - 1] in JOBS or folded[first - 1] in JOB_WORDS):
        first -= 1
    if first and last + 1 < len(words):
        return words  # "the Chief of Staff of": more than a job beside a name
    return words[:first] or words[last + 1 :]


def _is_outlet(words: list[str]) -> bool:
    folded = [word.casefold() for word in words]
    return folded[0] == "the" or bool(
        (NEWS_OUTLET_WORDS | OUTLET_WORDS).intersection(folded[1:]) and folded[0] not in GENDER_OF
    )


def _is_person(words: list[str]) -> bool:
    """Two to six words with capitals, particles between them; no word of the calendar."""
    folded = [word.casefold().strip(".,") for word in words]
    names = [word for word, small in zip(words, folded, strict=True) if small not in PARTICLES or word[0].isupper()]
    return (
        len(names) >= 2
        and len(words) <= 6
        and not NOT_NAMES.intersection(folded)
        and all(WORD_OF_NAME.fullmatch(word.rstrip(",")) for word in names)
    )
