"""Find the dateline at the head of an article: where it was filed, when, and which agency sent it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.transforms.cleaning.blocks import Block, Cut, find_blocks
from onrecord.transforms.cleaning.stamps import MONTH
from onrecord.transforms.lexicon.boilerplate import AGENCIES, NEWS_OUTLET_WORDS, NOT_PLACES
from onrecord.transforms.lexicon.places import CITIES, REGIONS

UPPER = "A-ZÀ-ÖØ-Þ"
AGENCIES_VERBOSE = AGENCIES.replace(" ", r"[ ]")  # blanks count for nothing in a verbose pattern
DATELINE = re.compile(
    rf"""
    (?P<place>
        (?! {MONTH}\ \d )
        [{UPPER}a-z][\w./’'-]*                                                            # afrol
        (?:[ ](?:(?:of|de|du|del|es|and|&)[ ])?[{UPPER}][\w./’'-]*){{0,4}}                  # St. Louis, PORT-AU-PRINCE
        (?:[ ]?,[ ][{UPPER}][\w.’'-]*(?:[ ][{UPPER}][\w.’'-]*){{0,3}}(?=[\s,:/(.–—-]))??  # , Serbia / , N.Y.
    )?
    (?P<date>
        (?(place)[ ]?,?[ ])
        \(?
        (?: {MONTH}[ ]\d{{1,2}}(?:,?[ ]\d{{4}})? | \d{{1,2}}[ ]{MONTH}(?:[ ]\d{{4}})? | {MONTH}[ ]\d{{4}} )
        \)? (?!\w)
    )?
    (?:
        (?(place)[ ]?[,.]?[ ]?|(?(date)[ ]))
        (?: \((?P<agency>[^()\n]{{2,40}})\) | /(?P<slashed>[{UPPER}]{{2,20}})/ | (?P<bare>{AGENCIES_VERBOSE})\b )
    )?
    (?P<separator>
        (?:[ ](?:—|–|―|--)[ ]?|\.?(?:—|–|―|--?)[ ]|[ ]-[ ]) (?:\d{{1,2}}[ ]{MONTH}[ ]\d{{4}}:[ ])?
      | (?P<tight>(?:—|--))                                                               # SEOUL—Foreign
      | (?P<colon>:)[ ]
      | (?(slashed)\.?[ ]|(?!))
      | (?P<blank>(?(agency)[ ]|(?!)))                                                    # TODAY LIMA (EFE) The
    )
    (?= [{UPPER}\d"“‘'«„$€£] | [a-z][{UPPER}] )                                           # eCommerce
    """,
    re.VERBOSE,
)
#: The dateline is looked for in the first paragraph, or after a title and a byline.
MAX_DATELINE_PARAGRAPHS = 3


def find_dateline(text: str) -> Iterator[Cut]:
    """The dateline of an article, when there surely is one.

    >>> [(c.start, c.end) for c in find_dateline("BELGRADE, Serbia (AP) — Cooperation has reached a new level.")]
    [(0, 23)]
    >>> list(find_dateline("Pat Caddell: Voters are worried about this."))
    []
    """
    blocks = find_blocks(text)
    for number, block in enumerate(blocks[:MAX_DATELINE_PARAGRAPHS]):
        m = DATELINE.match(block.text)
        if m and len(block.text) - m.end() >= 20 and _is_surely_dateline(m, block, first=number == 0, blocks=blocks):
            yield Cut("dateline", block.start, block.start + len(m.group().rstrip()))
            return


def place_and_agency(dateline: str) -> tuple[str | None, str | None]:
    """Place and agency as a dateline names them; a news outlet's name where a place should be is its agency.

    >>> place_and_agency("BELGRADE, Serbia (AP) —")
    ('BELGRADE, Serbia', 'AP')
    >>> place_and_agency("ST. LOUIS, March 4")
    ('ST. LOUIS', None)
    >>> place_and_agency("BELGRADE")  # as a field of its own
    ('BELGRADE', None)
    """
    m = DATELINE.match(f"{dateline} A") or DATELINE.match(f"{dateline} — A")
    if m is None:
        return None, None
    place = (m["place"] or "").strip(" ,-") or None
    agency = m["agency"] or m["slashed"] or m["bare"]
    if place and _is_news_outlet(place):
        place, agency = None, agency or place
    return place, agency.strip() if agency else None


def _is_surely_dateline(m: re.Match[str], block: Block, *, first: bool, blocks: tuple[Block, ...]) -> bool:
    """A known place, an agency or a date makes it sure; so do capitals alone, unless they name something else."""
    place = (m["place"] or "").strip()
    if any(word.upper() in NOT_PLACES for word in _letters(place)):
        return False
    if m["blank"] is not None:  # "TODAY LIMA (EFE) The council …"
        is_known = _is_news_outlet(place) or _is_known_place(place)
        return place.isupper() and is_known and _is_known_agency(m["agency"])
    city, _, region = place.partition(",")
    if m["tight"] is not None and not (city.isupper() and (region or m["tight"] == "--" or _is_known_place(place))):
        return False
    if region and city.isupper() and len(city) > 2 and m["colon"] is None and not m["agency"]:
        return True
    if not place and not m["date"]:
        return _is_known_agency(m["agency"])  # "(AP) — …"
    if _is_news_outlet(place):
        return bool(m["date"] or m["agency"]) or (place.isupper() and m["colon"] is None)
    if place[:1].islower():
        return False
    if m["date"] or m["slashed"] or _is_agency(m["agency"]) or m["bare"]:
        return bool(m["agency"] or m["slashed"] or m["bare"]) or place.isupper() or _is_known_place(place)
    if m["agency"]:
        return False  # "Sen. Jane Doe (D) – …"
    return _is_known_place(place) or _is_place_in_capitals(m, block, first=first, blocks=blocks)


def _is_place_in_capitals(m: re.Match[str], block: Block, *, first: bool, blocks: tuple[Block, ...]) -> bool:
    """Can capitals of which nothing else is known only be a place: no title, and nobody in a transcript?"""
    place = m["place"].strip()
    words = _letters(place)
    if not place.isupper() or len(max(words, key=len, default="")) < 3:
        return False
    if len(words) > 3 or _is_title_case(block.text[m.end() :]):
        return False
    is_transcript = sum(bool(re.match(rf"[{UPPER}][{UPPER} .’'-]+:", b.text)) for b in blocks) > 1
    return (first and not is_transcript) or m["colon"] is None


def _letters(place: str) -> list[str]:
    """The words of a place, of letters only."""
    return re.findall(r"[^\W\d_]+", place)


def _is_title_case(line: str) -> bool:
    """Does each long word but a few open with a capital?"""
    words: list[str] = re.findall(r"[^\W\d_]{4,}", line)
    return sum(word[0].isupper() for word in words) * 3 >= len(words) * 2


def _is_known_place(place: str) -> bool:
    city, _, region = (part.strip() for part in place.casefold().partition(","))
    return city in CITIES if not region else region in REGIONS or (city in CITIES and region in CITIES)


def _is_news_outlet(place: str) -> bool:
    return bool(NEWS_OUTLET_WORDS.intersection(place.casefold().split()) or re.fullmatch(AGENCIES, place.strip(".")))


def _is_known_agency(name: str | None) -> bool:
    return bool(re.fullmatch(AGENCIES, (name or "").strip()))


def _is_agency(name: str | None) -> bool:
    """A known agency, or capitals that may be one."""
    name = (name or "").strip()
    return _is_known_agency(name) or (name.isupper() and 3 <= len(name) <= 10)
