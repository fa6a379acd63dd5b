"""The order of cleaning, and ``clean``: a raw article in, the article with its body, segments and fixes out.

characters and lines ──► cut what is no body ──► torn lines, headings, dateline ──► quotation marks ──► paragraphs
      again, until nothing changes: what a cut laid bare is seen, and cleaning a clean text changes nothing
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from transforms.alignment import AlignedText
from transforms.cleaning import blocks, characters, datelines, ends, lines, marks
from transforms.cleaning.blocks import Cut
from transforms.cleaning.flags import find_flags
from transforms.ids import article_id
from transforms.records import Article, Piece, RawArticle, Rejected, Segment, SegmentKind, Span

Mend = Callable[[AlignedText], AlignedText]


@dataclass(frozen=True, slots=True)
class Cutting:
    """A step that cuts out what ``find`` finds."""

    find: Callable[[str], Iterable[Cut]]


#: For every text.
BASICS: tuple[Mend, ...] = (
    characters.mend_mojibake,  # first: it is made of characters that the others drop
    lines.normalise_line_ends,
    lines.join_soft_hyphens,
    lines.drop_invisible,
    lines.squeeze_blanks,
)
#: For text as people read it. Text split into tokens ("said , \" It is \" .") has no page around it,
#: and its marks stand free.
STEPS: tuple[Mend | Cutting, ...] = (
    characters.read_entities,
    characters.drop_escapes,
    characters.join_doubled_marks,
    characters.read_rare_marks,
    Cutting(blocks.find_address),
    Cutting(ends.find_menus),
    Cutting(ends.find_comments),
    Cutting(ends.find_pointers),
    Cutting(blocks.find_notices),
    Cutting(blocks.find_captions),
    characters.mend_apostrophes,
    lines.tie_stops,
    lines.join_hyphens,
    lines.unwrap_lines,
    lines.part_paragraphs,
    lines.mend_parentheses,
    lines.rejoin_lines,
    lines.part_sentences,
    Cutting(ends.find_signature),
    Cutting(ends.find_dates),
    Cutting(blocks.find_byline),
    Cutting(blocks.find_head),
    Cutting(blocks.find_headings),
    Cutting(datelines.find_dateline),
    marks.reopen_quotations,
    marks.mend_slipped_marks,
    marks.pair_marks,
    marks.join_torn_quotations,
)
#: Two or three rounds are what articles need; each but the last makes the text shorter or mends a mark.
MAX_ROUNDS = 100
BLANKS = re.compile(r"\s*")
FREE_STOP = re.compile(r"\s[.,](?=\s|$)")
TIED_STOP = re.compile(r"(?<![\w.])[^\W\d_]{3,}[.,](?=\s|$)")  # "a.m." and "No." are tied anywhere


@dataclass(frozen=True, slots=True)
class Draft:
    """An article on its way: the text as the source gave it and so far, what was cut, and what changed something."""

    given: AlignedText
    text: AlignedText
    cuts: tuple[Piece, ...] = ()
    fixes: tuple[str, ...] = ()


def clean(raw: RawArticle) -> Article | Rejected:
    """The article of a raw record: its body as a reader would read it; whatever was cut out is in its segments.

    A record without any body text is rejected.
    """
    draft = clean_text(AlignedText(raw.text, raw.edits), title=raw.title)
    draft = replace(draft, cuts=raw.left_out + draft.cuts)
    if not draft.text.text:
        return Rejected(
            uri=raw.uri,
            record=raw.record,
            step="clean",
            reason="empty_text",
            detail="no body text is left" if draft.cuts else "the record has no text",
            raw_sha256=raw.raw_sha256,
            n_bytes=raw.n_bytes,
        )
    cut = {piece.kind: " ".join(piece.text.split()) for piece in reversed(draft.cuts)}
    place, agency = datelines.place_and_agency(cut["dateline"]) if "dateline" in cut else (None, None)
    signed = (ends.signing_agency(piece.text) for piece in draft.cuts if piece.kind in ("boilerplate", "byline"))
    return Article(
        article_id=article_id(raw.uri, raw.record),
        raw=raw,
        body=draft.text,
        segments=_segments(draft),
        fixes=draft.fixes,
        flags=raw.flags if is_tokenised(draft.text.text) else (*raw.flags, *find_flags(draft.text.text)),
        title=raw.title or cut.get("title"),
        byline=raw.byline or cut.get("byline"),
        dateline_place=place,
        agency=agency or next(filter(None, signed), None),
    )


def clean_text(text: AlignedText, *, title: str | None = None) -> Draft:
    """The text with every step applied, again and again until none changes it."""
    draft = Draft(text, text)
    for _ in range(MAX_ROUNDS):
        before = draft.text
        for basic in BASICS:
            draft = _mended(draft, basic)
        if is_tokenised(draft.text.text):
            draft = _mended(draft, lines.part_paragraphs)
        else:
            draft = _cut(draft, "find_title", blocks.find_title(draft.text.text, title))
            for step in STEPS:
                if isinstance(step, Cutting):
                    draft = _cut(draft, step.find.__name__, step.find(draft.text.text))
                else:
                    draft = _mended(draft, step)
        if draft.text == before:
            break
    return draft


def is_tokenised(text: str) -> bool:
    """Is the text split into tokens, its stops standing free?

    >>> is_tokenised("He said , and left . It is late ."), is_tokenised("He said, and left. It is late.")
    (True, False)
    """
    free = len(FREE_STOP.findall(text))
    return free >= 2 and free > len(TIED_STOP.findall(text))


def _mended(draft: Draft, step: Mend) -> Draft:
    text = step(draft.text)
    return (
        draft
        if text is draft.text or text == draft.text
        else replace(draft, text=text, fixes=_with(draft, step.__name__))
    )


def _cut(draft: Draft, name: str, cuts: Iterable[Cut]) -> Draft:
    """The draft without the pieces, each with the white space behind it; neighbours keep one line end between them."""
    pieces = list(cuts)
    if not pieces:
        return draft
    whole = draft.text.text
    ends = [*(cut.start for cut in pieces[1:]), len(whole)]
    gaps = [(cut.start, min(_behind_blanks(whole, cut.end), end), "") for cut, end in zip(pieces, ends, strict=True)]
    cut_out = tuple(_piece(draft, cut) for cut in pieces)
    return replace(draft, text=draft.text.edit(gaps), cuts=draft.cuts + cut_out, fixes=_with(draft, name))


def _behind_blanks(text: str, at: int) -> int:
    return m.end() if (m := BLANKS.match(text, at)) else at


def _piece(draft: Draft, cut: Cut) -> Piece:
    start, end = draft.text.raw_range(cut.start, cut.end)
    return Piece(kind=cut.kind, raw_start=start, raw_end=end, text=draft.given.replay(start, end))


def _with(draft: Draft, name: str) -> tuple[str, ...]:
    return draft.fixes if name in draft.fixes else (*draft.fixes, name)


def _segments(draft: Draft) -> tuple[Segment, ...]:
    """Paragraphs and cut pieces in the order in which they stand in the raw text."""
    body = draft.text
    found: list[tuple[SegmentKind, Span]] = []
    for m in re.finditer(r"[^\n]+", body.text):
        raw_start, raw_end = body.raw_range(m.start(), m.end())
        found.append(
            ("paragraph", Span(start=m.start(), end=m.end(), raw_start=raw_start, raw_end=raw_end, text=m.group()))
        )
    for piece in draft.cuts:
        at = body.position(piece.raw_start)
        span = Span(start=at, end=at, raw_start=piece.raw_start, raw_end=piece.raw_end, text=piece.text)
        found.append((piece.kind, span))
    found.sort(key=lambda piece: (piece[1].raw_start, piece[1].raw_end))
    return tuple(Segment(index=index, kind=kind, span=span) for index, (kind, span) in enumerate(found))
