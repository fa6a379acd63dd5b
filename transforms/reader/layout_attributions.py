"""Attributions shown by layout, not language: signed quotations, turns of a transcript, standalone quotations.

    “Nobody asked us.” — Ana Ruiz, baker              MODERATOR: Why now?
    └──── content ───┘ ↑ └── source ───┘              └─ source ┘↑ └ content
                      cue                                       cue

They are rare in running news, so the network has hardly seen them, and regular enough for patterns to find them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from onrecord.transforms.lexicon.characters import CLOSING, CLOSING_SINGLE, NEUTRAL, OPENING
from onrecord.transforms.lexicon.patterns import WORD
from onrecord.transforms.quotation import Quotation
from onrecord.transforms.records import Attribution

Range = tuple[int, int]
PARAGRAPH = re.compile(r"[^\n]+")
# A dash, then a name and perhaps a role, up to the paragraph's end; no sentence in it.
SIGNED_BY = re.compile(
    r"""
    \s*(?P<dash>[\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}]|--?)\s*
    (?P<name>[^\W\d_a-z][^\n.!?:;“”"]{2,80}(?:\.[^\n.!?:;“”"]{2,60}){0,3}?)\.?\s*$
    """,
    re.VERBOSE,
)
# "WALLACE: …", "Q: …", "Dr. JANE DOE (on tape): …": names in capitals, or the letters of an interview.
SPEAKER_LABEL = re.compile(
    r"(?P<name>Q|A|(?:(?:Dr|Mr|Mrs|Ms|Gov|Sen|Rep)\.\s)?[A-Z][A-Z.'’-]+(?:\s[A-Z][A-Z.'’-]+){0,4})"
    r"(?:\s\([^)\n]{1,30}\))?(?P<colon>:)\s+(?=\S)"
)
#: Speakers of a transcript who have several turns, and the share of its paragraphs that open a turn: "READ MORE: …" now
#: and then makes none.
MIN_RETURNING_SPEAKERS = 2
MIN_TURN_SHARE = 0.5
LAYOUT_CONFIDENCE = 0.95
#: Confidence in a standalone quotation: in 320 scraped articles the network passed over four, all of them speech; in
#: PolNeAR dev over seven, five of them speech.
STANDALONE_CONFIDENCE = 0.7
MIN_STANDALONE_WORDS = 5
#: Characters before a quotation in which the end of the sentence before it is looked for.
MAX_CHARS_BEFORE = 12
SENTENCE_BEFORE = re.compile(rf"(?:\A|\n|(?<!\b\w)(?<!\b\w\w)[.?!…][{CLOSING}{NEUTRAL}{CLOSING_SINGLE})]*)\s*\Z")
SENTENCE_IN_MARKS = re.compile(rf"[{OPENING}{NEUTRAL}]\W{{0,2}}(?=[A-Z]).*[.?!…][{CLOSING}{NEUTRAL}]", re.DOTALL)
SENTENCE_BEHIND = re.compile(rf"\s*(?:\n|$)|\s+[A-Z{OPENING}{NEUTRAL}(\[]")


def find_layout_attributions(text: str, quotations: Iterable[Quotation]) -> list[Attribution]:
    """The signed quotations and the transcript turns of a text, in text order."""
    return sorted([*signed_quotations(text, quotations), *transcript_turns(text)], key=lambda a: a.content)


def signed_quotations(text: str, quotations: Iterable[Quotation]) -> Iterator[Attribution]:
    """Quotations that fill a paragraph but for a dash and a name after them.

    >>> text = '“Nobody asked us.” — Ana Ruiz, baker'
    >>> [text[slice(*a.source[0])] for a in signed_quotations(text, [Quotation(start=0, end=18)])]
    ['Ana Ruiz, baker']
    """
    for quotation in quotations:
        starts = quotation.start == 0 or text[quotation.start - 1] == "\n"
        end = text.find("\n", quotation.end)
        signature = SIGNED_BY.match(text, quotation.end, end if end >= 0 else len(text))
        if starts and quotation.closed and signature:
            yield _make_attribution(
                (quotation.start, quotation.end), signature.span("dash"), signature.span("name"), direct=True
            )


def transcript_turns(text: str) -> list[Attribution]:
    """The turns of a transcript: paragraphs that begin with a speaker's name, each with those up to the next turn.

    >>> text = "A: Why?\\n\\nHOST: So.\\n\\nA: Yes.\\n\\nHOST: Thanks."
    >>> [(text[slice(*a.source[0])], text[slice(*a.content[0])]) for a in transcript_turns(text)][:2]
    [('A', 'Why?'), ('HOST', 'So.')]
    """
    openings = [SPEAKER_LABEL.match(text, p.start(), p.end()) for p in PARAGRAPH.finditer(text)]
    if not _is_transcript(openings):
        return []
    labels = [label for label in openings if label]
    ends = [following.start() for _, following in pairwise(labels)]
    turns = []
    for label, end in zip(labels, [*ends, None], strict=True):
        first = PARAGRAPH.match(text, label.end())
        whole = text[label.end() : end].rstrip()
        # after the last turn the article may go on in its own voice
        stop = label.end() + len(whole) if end is not None else (first.end() if first else label.end())
        turns.append(_make_attribution((label.end(), stop), label.span("colon"), label.span("name"), direct=False))
    return turns


def standalone_quotations(text: str, quotations: Iterable[Quotation]) -> Iterator[Attribution]:
    """Quotations that are whole sentences, where the sentences before and after end and begin outside of them.

    In news they are somebody's words, also where nothing near says whose. What stands after a colon is left to the
    network, and so is what may be a title.

    >>> text = "It is the only shop. “If you want more, you can leave.” So far, “We want more.” is all they heard."
    >>> [text[slice(*a.content[0])] for a in standalone_quotations(text, [Quotation(start=21, end=55)])]
    ['“If you want more, you can leave.”']
    """
    for quotation in quotations:
        quoted = text[quotation.start : quotation.end]
        before = text[max(quotation.start - MAX_CHARS_BEFORE, 0) : quotation.start]
        if (
            quotation.closed
            and len(WORD.findall(quoted)) >= MIN_STANDALONE_WORDS
            and SENTENCE_IN_MARKS.fullmatch(quoted)
            and SENTENCE_BEFORE.search(before)
            and SENTENCE_BEHIND.match(text, quotation.end)
            and not _looks_like_title(quoted)
        ):
            yield _make_attribution((quotation.start, quotation.end), direct=True, confidence=STANDALONE_CONFIDENCE)


def _looks_like_title(quoted: str) -> bool:
    """Whether most longer words after the first have a capital, as in the title of a song."""
    longer = [word for word in WORD.findall(quoted)[1:] if len(word) > 3]
    capitals = [word for word in longer if word[0].isupper()]
    return 2 * len(capitals) > len(longer)


def _is_transcript(labels: list[re.Match[str] | None]) -> bool:
    """``labels``: of each paragraph, the name it opens with, or None."""
    turns = [i for i, label in enumerate(labels) if label]
    names = Counter(label["name"] for label in labels if label)
    returning = sum(count > 1 for count in names.values())
    return returning >= MIN_RETURNING_SPEAKERS and len(turns) >= MIN_TURN_SHARE * (turns[-1] - turns[0] + 1)


def _make_attribution(
    content: Range,
    cue: Range | None = None,
    source: Range | None = None,
    *,
    direct: bool,
    confidence: float = LAYOUT_CONFIDENCE,
) -> Attribution:
    return Attribution(
        content=(content,),
        cue=(cue,) if cue else (),
        source=(source,) if source else (),
        kind="direct" if direct else "indirect",
        act="statement",
        confidence=confidence,
        flags=("layout",),
    )
