"""The order of cleaning, and ``clean``: a raw article in, the article with its body, segments and fixes out.

characters and lines ──► cut what is no body ──► torn lines, headings, dateline ──► quotation marks ──► paragraphs
      again, until nothing changes: what a cut laid bare is seen, and cleaning a clean text changes nothing
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import blocks, characters, datelines, lines, marks, page_boundaries
from onrecord.transforms.cleaning.blocks import Cut
from onrecord.transforms.cleaning.flags import find_flags
from onrecord.transforms.ids import article_id
from onrecord.transforms.records import Article, RawArticle, Rejected, RemovedSpan, Segment, SegmentKind, Span

Fix = Callable[[AlignedText], AlignedText]


@dataclass(frozen=True, slots=True)
class FixStep:
    """A step that changes the text in place. ``id`` stands in ``articles.fixes``: it never changes its meaning."""

    id: str
    description: str
    apply: Fix


@dataclass(frozen=True, slots=True)
class CutStep:
    """A step that cuts out what ``find`` finds; ``id`` as above."""

    id: str
    description: str
    find: Callable[[str], Iterable[Cut]]


#: For every text.
BASICS: tuple[FixStep, ...] = (
    FixStep(
        "mojibake",  # first: it is made of characters that the others drop
        "`cafÃ©` was read in the wrong encoding and becomes `café`; line by line, marks and ligatures stay",
        characters.fix_mojibake,
    ),
    FixStep("line_ends", "every kind of line end is one", lines.normalize_line_ends),
    FixStep("soft_hyphens", "a word broken at a soft hyphen is whole", lines.join_soft_hyphens),
    FixStep(
        "invisible_characters",
        "byte-order marks, zero-width characters, soft hyphens, signs of direction, control characters",
        lines.drop_invisible_characters,
    ),
    FixStep("spaces", "runs of blanks, blanks at line ends, non-breaking blanks", lines.collapse_spaces),
)
#: A first line that repeats the record's title; the only step that has to know more than the text.
TITLE = "title"
#: For text as people read it. Text split into tokens ("said , \" It is \" .") has no page around it,
#: and its marks stand free.
STEPS: tuple[FixStep | CutStep, ...] = (
    FixStep("html_entities", "`&amp;` left over from a page is `&`", characters.decode_html_entities),
    FixStep("backslashes", '`\\"` left over from JSON is `"`', characters.drop_backslash_escapes),
    FixStep(
        "doubled_marks",
        "` ``No'' `, `‘‘No’’`, `“No’’`, `<<No>>` and `` `no' `` become quotation marks, in pairs",
        characters.join_doubled_marks,
    ),
    FixStep(
        "rare_marks",
        "`‚No‘`, `›No‹`, `「No」`, `″No″` become marks that English has, in pairs",
        characters.normalize_rare_marks,
    ),
    CutStep("page_address", "the page's address over the story", blocks.find_page_address),
    CutStep("menus", "runs of words that stand in the menus of pages", page_boundaries.find_menus),
    CutStep("comments", "what readers wrote under the story", page_boundaries.find_comments),
    CutStep(
        "related_links", "lists of other stories with the line that opens them", page_boundaries.find_related_links
    ),
    CutStep(
        "notices",
        'newsletters, consent, sharing, comments, tags, rights, "contributed to this report" …',
        blocks.find_notices,
    ),
    CutStep("captions", "captions and credits of pictures, unless somebody is quoted in them", blocks.find_captions),
    FixStep("apostrophes", "``don`t``, `Serbia 's`, `the '90s`", characters.fix_apostrophes),
    FixStep("space_before_punctuation", "`cases , he said .`", lines.fix_space_before_punctuation),
    FixStep(
        "hyphens",
        "a word broken at a line's end, where the text or the word itself shows how",
        lines.join_hyphenated_words,
    ),
    FixStep("wrapped_lines", "hard-wrapped lines", lines.unwrap_lines),
    FixStep("paragraphs", "one line a paragraph, an empty line between", lines.separate_paragraphs),
    FixStep("parentheses", "a parenthesis that lost a link", lines.fix_parentheses),
    FixStep("torn_lines", "a sentence torn over two lines", lines.join_torn_lines),
    FixStep("missing_space", "`tired,he said.She left`", lines.restore_missing_space),
    CutStep(
        "agency_signature",
        "`(Yonhap)`, `— SPA`, the reporter's initials",
        page_boundaries.find_agency_signature,
    ),
    CutStep("page_dates", "when the page was made", page_boundaries.find_page_dates),
    CutStep("byline", "who wrote it", blocks.find_byline),
    CutStep("headline", "the title over the story and the line under it", blocks.find_headline),
    CutStep("headings", "headings between paragraphs", blocks.find_headings),
    CutStep(
        "dateline",
        "`BELGRADE, Serbia (AP) —`; place and agency go to their columns",
        datelines.find_dateline,
    ),
    FixStep(
        "opening_marks",
        '`"We tried," she said. We went home."` goes on with a mark',
        marks.restore_opening_marks,
    ),
    FixStep("slipped_marks", "`cases, ”the diplomat said`", marks.fix_slipped_marks),
    FixStep("closing_marks", '`“No," he said` closes as it opens', marks.match_closing_marks),
    FixStep("torn_quotations", "a quotation torn over paragraphs", marks.join_torn_quotations),
)
PARAGRAPHS = next(step for step in STEPS if isinstance(step, FixStep) and step.id == "paragraphs")
#: What each id in ``articles.fixes`` means, in the order of the steps.
FIXES: Mapping[str, str] = {
    **{step.id: step.description for step in BASICS},
    TITLE: "a first line that repeats the record's title",
    **{step.id: step.description for step in STEPS},
}
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
    cuts: tuple[RemovedSpan, ...] = ()
    fixes: tuple[str, ...] = ()


def clean(raw: RawArticle) -> Article | Rejected:
    """The article of a raw record: its body as a reader would read it; whatever was cut out is in its segments.

    A record without any body text is rejected.
    """
    draft = clean_text(AlignedText(raw.text, raw.edits), title=raw.title)
    draft = replace(draft, cuts=raw.removed_spans + draft.cuts)
    if not draft.text.text:
        detail = "no body text is left" if draft.cuts else "the record has no text"
        return Rejected.of(raw, "clean", "empty_text", detail)
    cut = {piece.kind: " ".join(piece.text.split()) for piece in reversed(draft.cuts)}
    place, agency = datelines.place_and_agency(cut["dateline"]) if "dateline" in cut else (None, None)
    signed = (
        page_boundaries.signing_agency(piece.text) for piece in draft.cuts if piece.kind in ("boilerplate", "byline")
    )
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
            draft = _fixed(draft, basic)
        if is_tokenised(draft.text.text):
            draft = _fixed(draft, PARAGRAPHS)
        else:
            draft = _cut(draft, TITLE, blocks.find_title(draft.text.text, title))
            for step in STEPS:
                draft = _fixed(draft, step) if isinstance(step, FixStep) else _cut_out(draft, step)
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


def _fixed(draft: Draft, step: FixStep) -> Draft:
    text = step.apply(draft.text)
    if text is draft.text or text == draft.text:
        return draft
    return replace(draft, text=text, fixes=_with(draft, step.id))


def _cut_out(draft: Draft, step: CutStep) -> Draft:
    return _cut(draft, step.id, step.find(draft.text.text))


def _cut(draft: Draft, step_id: str, cuts: Iterable[Cut]) -> Draft:
    """The draft without the pieces, each with the white space behind it; neighbours keep one line end between them."""
    pieces = list(cuts)
    if not pieces:
        return draft
    whole = draft.text.text
    ends = [*(cut.start for cut in pieces[1:]), len(whole)]
    gaps = [(cut.start, min(_behind_blanks(whole, cut.end), end), "") for cut, end in zip(pieces, ends, strict=True)]
    removed = tuple(_removed(draft, cut) for cut in pieces)
    return replace(draft, text=draft.text.edit(gaps), cuts=draft.cuts + removed, fixes=_with(draft, step_id))


def _behind_blanks(text: str, at: int) -> int:
    return m.end() if (m := BLANKS.match(text, at)) else at


def _removed(draft: Draft, cut: Cut) -> RemovedSpan:
    start, end = draft.text.raw_range(cut.start, cut.end)
    return RemovedSpan(kind=cut.kind, raw_start=start, raw_end=end, text=draft.given.replay(start, end))


def _with(draft: Draft, step_id: str) -> tuple[str, ...]:
    return draft.fixes if step_id in draft.fixes else (*draft.fixes, step_id)


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
