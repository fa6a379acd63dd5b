"""The steps of cleaning in order, and ``clean``: a raw article in, the article with its body, segments and fixes out.

characters and lines ──► cut what is no body ──► torn lines, headings, dateline ──► quotation marks ──► paragraphs
      again, until nothing changes: what a cut uncovers is seen, and cleaning a clean text changes nothing
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeAlias

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import (
    blocks,
    bylines,
    characters,
    datelines,
    decoding,
    head,
    lines,
    markdown,
    marks,
    page_boundaries,
)
from onrecord.transforms.cleaning.blocks import Cut
from onrecord.transforms.cleaning.flags import find_flags
from onrecord.transforms.ids import article_id
from onrecord.transforms.lexicon.patterns import LINE
from onrecord.transforms.records import (
    Article,
    Precision,
    RawArticle,
    Rejected,
    RemovedSpan,
    Segment,
    SegmentKind,
    Span,
)

Fix = Callable[[AlignedText], AlignedText]
Lines: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FixStep:
    """A step that changes the text in place. ``id`` stands in ``articles.fixes``: it never changes its meaning."""

    id: str
    description: str
    apply: Fix


@dataclass(frozen=True, slots=True)
class CutStep:
    """A step that cuts out the spans that ``find`` yields; ``id`` as above.

    ``by_lines``: what it finds rests on the lines and their order alone, however many line ends stand between them.
    """

    id: str
    description: str
    find: Callable[[str], Iterable[Cut]]
    by_lines: bool = False


CleaningStep: TypeAlias = FixStep | CutStep

#: For every text.
BASICS: tuple[FixStep, ...] = (
    FixStep(
        "escapes",  # first: all else is hidden in them
        "decodes text that was printed by a program: `b'…'`, `\\u201c`, `\\n`, `\\xe2\\x80\\x9c`, `=E2=80=9C`",
        decoding.decode_escapes,
    ),
    FixStep(
        "lost_bytes",
        "gives back marks of which a byte is lost, by their place: `â€œNo,â€? he said`",
        decoding.restore_lost_marks,
    ),
    FixStep(
        "mojibake",  # early: it is made of characters that the others drop
        "reads again what was read in the wrong encoding (`cafÃ©` is `café`), line by line; marks and ligatures stay",
        characters.fix_mojibake,
    ),
    FixStep("line_ends", "turns every kind of line end into a line feed", lines.normalize_line_ends),
    FixStep("soft_hyphens", "joins a word broken at a soft hyphen", lines.join_soft_hyphens),
    FixStep(
        "invisible_characters",
        "drops byte-order marks, zero-width characters, soft hyphens, signs of direction, control characters",
        lines.drop_invisible_characters,
    ),
    FixStep(
        "spaces",
        "turns runs of blanks, also non-breaking ones, into one; drops those at line ends",
        lines.collapse_spaces,
    ),
)
#: The only step that needs more than the text.
TITLE, TITLE_DESCRIPTION = "title", "cuts a first line that repeats the record's title"
#: For a text that is Markdown, which they need to be told: the signs that say so are gone after the first of them.
MARKDOWN: tuple[CleaningStep, ...] = (
    CutStep(
        "markdown_lines",
        "of Markdown: cuts headings, pictures, rules, targets of links",
        markdown.find_markdown_lines,
    ),
    FixStep("markdown", "of Markdown: drops the signs and the addresses of links", markdown.drop_markdown),
)
#: For text as people read it. Text split into tokens ("said , \" It is \" .") has no page around it,
#: and its marks stand free.
STEPS: tuple[CleaningStep, ...] = (
    FixStep("html_entities", "turns `&amp;`, left over from a page, into `&`", characters.decode_html_entities),
    FixStep("backslashes", 'turns `\\"`, left over from JSON, into `"`', characters.drop_backslash_escapes),
    CutStep(
        "head_lines",
        "cuts the outlet's name beside the address, lines of labels (`Title: …`, `Author: …`) and front matter",
        head.find_labelled_lines,
    ),
    CutStep("page_address", "cuts the page's address over the story", head.find_addresses),
    *MARKDOWN,
    FixStep(
        "doubled_marks",
        "turns ` ``No'' `, `‘‘No’’`, `“No’’`, `<<No>>` and `` `no' `` into quotation marks, in pairs",
        characters.join_doubled_marks,
    ),
    FixStep(
        "rare_marks",
        "turns `‚No‘`, `›No‹`, `「No」`, `″No″` into marks that English has, in pairs",
        characters.normalize_rare_marks,
    ),
    CutStep(
        "page_marks",
        "cuts numbers of pages, `Continued on Page 7`, and lines that stand over or under each page",
        page_boundaries.find_page_marks,
        by_lines=True,
    ),
    CutStep("menus", "cuts runs of words that stand in the menus of pages", page_boundaries.find_menus, by_lines=True),
    CutStep("comments", "cuts what readers wrote under the story", page_boundaries.find_comments, by_lines=True),
    CutStep(
        "related_links",
        "cuts lists of other stories with the line that opens them",
        page_boundaries.find_related_links,
        by_lines=True,
    ),
    CutStep(
        "notices",
        'cuts newsletters, consent, sharing, comments, tags, rights, "contributed to this report" …',
        blocks.find_notices,
        by_lines=True,
    ),
    CutStep(
        "captions",
        "cuts captions and credits of pictures, unless somebody is quoted in them",
        blocks.find_captions,
        by_lines=True,
    ),
    FixStep("apostrophes", "fixes apostrophes: ``don`t``, `Serbia 's`, `the '90s`", characters.fix_apostrophes),
    FixStep(
        "space_before_punctuation",
        "moves commas and stops to the word before them: `cases , he said .`",
        lines.fix_space_before_punctuation,
    ),
    FixStep("wrapped_lines", "joins hard-wrapped lines", lines.unwrap_lines),
    FixStep(
        "hyphens",
        "joins a word broken at a line's end, also `govern- ment`, where the text or the word itself shows how",
        lines.join_hyphenated_words,
    ),
    FixStep("paragraphs", "makes each line a paragraph, with an empty line before the next", lines.separate_paragraphs),
    FixStep("parentheses", "closes a parenthesis that lost a link", lines.fix_parentheses),
    FixStep("torn_lines", "joins a sentence torn over two lines", lines.join_torn_lines),
    FixStep(
        "missing_space",
        "puts back a blank lost after a comma or stop: `tired,he said.She left`",
        lines.restore_missing_space,
    ),
    CutStep(
        "agency_signature",
        "cuts the agency or the reporter's initials after the last sentence: `(Yonhap)`, `— SPA`",
        page_boundaries.find_agency_signature,
    ),
    CutStep("byline", "cuts the line that tells who wrote it", blocks.find_byline),
    CutStep("page_dates", "cuts lines that tell when the page was made", page_boundaries.find_page_dates),
    CutStep("headline", "cuts the title over the story and the line under it", blocks.find_headline),
    CutStep("headings", "cuts headings between paragraphs", blocks.find_headings),
    CutStep(
        "dateline",
        "cuts `BELGRADE, Serbia (AP) —`; place and agency go to their columns",
        datelines.find_dateline,
    ),
    FixStep(
        "opening_marks",
        'opens a quotation where it goes on without a mark: `"We tried," she said. We went home."`',
        marks.restore_opening_marks,
    ),
    FixStep(
        "slipped_marks", "moves a slipped mark back to its words: `cases, ”the diplomat said`", marks.fix_slipped_marks
    ),
    FixStep("closing_marks", 'closes a quotation as it opens: `“No," he said`', marks.match_closing_marks),
    FixStep("torn_quotations", "joins a quotation torn over paragraphs", marks.join_torn_quotations),
)
#: These alone are done to a text that is split into tokens, after the basics.
TOKENISED_STEPS = tuple(step for step in STEPS if step.id in ("page_address", "paragraphs"))
#: What each id in ``articles.fixes`` means, fixes and cuts, in the order of the steps.
STEP_DESCRIPTIONS: Mapping[str, str] = {
    **{step.id: step.description for step in BASICS},
    TITLE: TITLE_DESCRIPTION,
    **{step.id: step.description for step in STEPS},
}
#: Two or three rounds are what articles need; each but the last makes the text shorter or fixes a mark.
MAX_ROUNDS = 100
WHITE_SPACE = re.compile(r"\s*")
DETACHED_STOP = re.compile(r"\s[.,](?=\s|$)")
ATTACHED_STOP = re.compile(r"(?<![\w.])[^\W\d_]{3,}[.,](?=\s|$)")  # "a.m." and "No." are so anywhere


@dataclass(frozen=True, slots=True)
class Draft:
    """An article half cleaned: the text as given and so far, what was cut out of it, and the fixes that changed it."""

    given: AlignedText
    text: AlignedText
    cuts: tuple[RemovedSpan, ...] = ()
    fixes: tuple[str, ...] = ()


def clean(raw: RawArticle) -> Article | Rejected:
    """The article of a raw record: its body as a reader would read it; whatever was cut out is in its segments.

    A record without any body text is rejected.
    """
    own = clean_text(AlignedText(raw.text, raw.edits), title=raw.title, name=raw.record or raw.uri)
    draft = replace(own, cuts=raw.removed_spans + own.cuts)
    if not draft.text.text:
        detail = "no body text is left" if draft.cuts else "the record has no text"
        return Rejected.of(raw, "clean", "empty_text", detail)
    first_cuts = {cut.kind: " ".join(cut.text.split()) for cut in reversed(draft.cuts)}
    place, agency = datelines.place_and_agency(first_cuts["dateline"]) if "dateline" in first_cuts else (None, None)
    agencies = (page_boundaries.signing_agency(cut.text) for cut in draft.cuts if cut.kind in ("boilerplate", "byline"))
    facts = head.read_head(_telling_cuts(raw, own))
    damage = () if is_tokenised(draft.text.text) else find_flags(draft.text.text)
    published = (raw.published, raw.published_precision, ()) if raw.published else _moment(facts)
    return Article(
        article_id=article_id(raw.address or raw.uri, raw.record, raw.key),
        raw=raw,
        body=draft.text,
        segments=_segments(draft),
        fixes=draft.fixes,
        flags=tuple(dict.fromkeys((*raw.flags, *damage, *published[2]))),
        title=raw.title or first_cuts.get("title"),
        byline=_byline(raw, facts),
        publisher=raw.publisher or facts.publisher,
        published=published[0],
        published_precision=published[1],
        modified=raw.modified or (facts.modified.time if facts.modified else None),
        url=raw.url or facts.url,
        dateline_place=place,
        agency=agency or next(filter(None, agencies), None),
    )


def _telling_cuts(raw: RawArticle, own: Draft) -> list[RemovedSpan]:
    """The cuts that tell of the article: those over it, its bylines, and who reported it as told under it.

    What else was cut from a page may tell of other articles.
    """
    first = own.text.raw_range(0, len(own.text))[0] if own.text.text else 0
    of_text = (c for c in own.cuts if c.raw_start < first or c.kind == "byline" or bylines.CREDIT.match(c.text.strip()))
    ordered = sorted(of_text, key=lambda cut: cut.raw_start)
    return [cut for cut in raw.removed_spans if cut.kind == "byline"] + ordered


def _byline(raw: RawArticle, facts: head.HeadFacts) -> str | None:
    """The reporters' names: from the record, unless it has the outlet's in their place, else from the text."""
    given = bylines.clean_byline(raw.byline)
    is_outlet = bool(given and raw.publisher) and str(given).casefold() == str(raw.publisher).casefold()
    return (facts.byline or given) if is_outlet else (given or facts.byline)


def _moment(facts: head.HeadFacts) -> tuple[datetime | None, Precision | None, tuple[str, ...]]:
    published = facts.published
    return (published.time, published.precision, facts.flags) if published else (None, None, facts.flags)


def clean_text(text: AlignedText, *, title: str | None = None, name: str = "") -> Draft:
    """The text with every step applied, again and again until none changes it. ``name`` is that of its file."""
    draft, is_done, is_markdown = Draft(text, text), False, False
    met, clear = dict[str, AlignedText](), dict[str, Lines]()
    for _ in range(MAX_ROUNDS):
        before = draft.text
        draft, is_done = _apply_steps(draft, BASICS, met, clear)
        if not is_done:
            is_markdown = is_markdown or markdown.is_markdown(draft.text.text, name)
            steps = _further_steps(draft.text.text, title, is_markdown=is_markdown)
            draft, is_done = _apply_steps(draft, steps, met, clear)
        if is_done or draft.text == before:
            break
    return draft


def _further_steps(text: str, title: str | None, *, is_markdown: bool) -> Iterable[CleaningStep]:
    """The steps after the basic ones."""
    if is_tokenised(text):
        return TOKENISED_STEPS
    cut_title = CutStep(TITLE, TITLE_DESCRIPTION, partial(blocks.find_title, title=title))
    return (cut_title, *(step for step in STEPS if is_markdown or step not in MARKDOWN))


def _apply_steps(
    draft: Draft, steps: Iterable[CleaningStep], met: dict[str, AlignedText], clear: dict[str, Lines]
) -> tuple[Draft, bool]:
    """The draft after the steps, and whether it is done: a step meets the text that it left as it was a round ago.

    ``met`` has the text that each step met last, ``clear`` the lines in which a step that goes by them found nothing.
    """
    for step in steps:
        if met.get(step.id) is draft.text:
            return draft, True
        met[step.id] = draft.text
        if isinstance(step, FixStep):
            draft = _apply_fix(draft, step)
        elif step.by_lines:
            draft = _cut_by_lines(draft, step, clear)
        else:
            draft = _apply_cut(draft, step)
    return draft, False


def is_tokenised(text: str) -> bool:
    """Is the text split into tokens, with blanks before its stops?

    >>> is_tokenised("He said , and left . It is late ."), is_tokenised("He said, and left. It is late.")
    (True, False)
    """
    detached = len(DETACHED_STOP.findall(text))
    return detached >= 2 and detached > len(ATTACHED_STOP.findall(text))


def _apply_fix(draft: Draft, step: FixStep) -> Draft:
    text = step.apply(draft.text)
    if text is draft.text or text == draft.text:
        return draft
    return replace(draft, text=text, fixes=_with_fix(draft, step.id))


def _apply_cut(draft: Draft, step: CutStep) -> Draft:
    return _cut_spans(draft, step.id, step.find(draft.text.text))


def _cut_by_lines(draft: Draft, step: CutStep, clear: dict[str, Lines]) -> Draft:
    """The same, but nothing is looked for again in the lines in which nothing was found."""
    lines = blocks.find_lines(draft.text.text)
    if clear.get(step.id) == lines:
        return draft
    after = _apply_cut(draft, step)
    if after is draft:
        clear[step.id] = lines
    return after


def _cut_spans(draft: Draft, step_id: str, cuts: Iterable[Cut]) -> Draft:
    """The draft without the spans, each with the white space after it; neighbours keep one line end between them."""
    spans = list(cuts)
    if not spans:
        return draft
    whole = draft.text.text
    ends = [*(cut.start for cut in spans[1:]), len(whole)]
    gaps = [(cut.start, min(_after_space(whole, cut.end), end), "") for cut, end in zip(spans, ends, strict=True)]
    removed = tuple(_removed_span(draft, cut) for cut in spans)
    return replace(draft, text=draft.text.edit(gaps), cuts=draft.cuts + removed, fixes=_with_fix(draft, step_id))


def _after_space(text: str, at: int) -> int:
    return m.end() if (m := WHITE_SPACE.match(text, at)) else at


def _removed_span(draft: Draft, cut: Cut) -> RemovedSpan:
    start, end = draft.text.raw_range(cut.start, cut.end)
    return RemovedSpan(kind=cut.kind, raw_start=start, raw_end=end, text=draft.given.replay(start, end))


def _with_fix(draft: Draft, step_id: str) -> tuple[str, ...]:
    return draft.fixes if step_id in draft.fixes else (*draft.fixes, step_id)


def _segments(draft: Draft) -> tuple[Segment, ...]:
    """Paragraphs and cut spans in the order in which they stand in the raw text."""
    body = draft.text
    segments: list[tuple[SegmentKind, Span]] = []
    for m in LINE.finditer(body.text):
        start, end = m.span()
        raw_start, raw_end = body.raw_range(start, end)
        span = Span(start=start, end=end, raw_start=raw_start, raw_end=raw_end, text=m.group())
        segments.append(("paragraph", span))
    for cut in draft.cuts:
        at = body.position(cut.raw_start)
        span = Span(start=at, end=at, raw_start=cut.raw_start, raw_end=cut.raw_end, text=cut.text)
        segments.append((cut.kind, span))
    if draft.cuts:
        segments.sort(key=lambda segment: (segment[1].raw_start, segment[1].raw_end))
    return tuple(Segment(index=index, kind=kind, span=span) for index, (kind, span) in enumerate(segments))
