"""``clean``: a raw article in, the article with its body, segments and fixes out.

The steps are applied again and again until nothing changes: what a cut uncovers is seen, and cleaning a clean text
changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeAlias, TypeVar

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import blocks, bylines, datelines, head, markdown, page_boundaries
from onrecord.transforms.cleaning.blocks import Cut
from onrecord.transforms.cleaning.flags import find_flags
from onrecord.transforms.cleaning.steps import (
    BASICS,
    MARKDOWN,
    STEPS,
    TITLE,
    TITLE_DESCRIPTION,
    TOKENISED_STEPS,
    CleaningStep,
    CutStep,
    FixStep,
)
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

Lines: TypeAlias = tuple[str, ...]
T = TypeVar("T")
#: So many cuts over a story are read for what they tell of it, and so many under it.
MAX_TELLING_CUTS = 100
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
    dateline = _first_cut(draft, "dateline")
    place, agency = datelines.place_and_agency(dateline) if dateline else (None, None)
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
        title=raw.title or _first_cut(draft, "title"),
        byline=_byline(raw, facts),
        publisher=raw.publisher or facts.publisher,
        published=published[0],
        published_precision=published[1],
        modified=raw.modified or (facts.modified.time if facts.modified else None),
        url=raw.url or facts.url,
        dateline_place=place,
        agency=agency or _signing_agency(draft),
    )


def _first_cut(draft: Draft, kind: SegmentKind) -> str | None:
    return next((" ".join(cut.text.split()) for cut in draft.cuts if cut.kind == kind), None)


def _signing_agency(draft: Draft) -> str | None:
    """The agency that a byline or a line of the page names as the source of the article."""
    lines = [cut.text for cut in draft.cuts if cut.kind in ("boilerplate", "byline")]
    return next(filter(None, map(page_boundaries.signing_agency, _outermost(lines))), None)


def _telling_cuts(raw: RawArticle, own: Draft) -> list[RemovedSpan]:
    """The cuts that tell of the article: those over it, its bylines, and who reported it as told under it.

    What else was cut from a page may tell of other articles.
    """
    first = own.text.raw_range(0, len(own.text))[0] if own.text.text else 0
    of_text = (c for c in own.cuts if c.raw_start < first or c.kind == "byline" or bylines.CREDIT.match(c.text.strip()))
    ordered = _outermost(sorted(of_text, key=lambda cut: cut.raw_start))
    return [cut for cut in raw.removed_spans if cut.kind == "byline"] + ordered


def _outermost(cuts: list[T]) -> list[T]:
    """The first and the last of very many."""
    few = len(cuts) <= 2 * MAX_TELLING_CUTS
    return cuts if few else [*cuts[:MAX_TELLING_CUTS], *cuts[-MAX_TELLING_CUTS:]]


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
    gaps: list[tuple[int, int, str]] = []
    for cut, limit in zip(spans, [*(cut.start for cut in spans[1:]), len(whole)], strict=True):
        start = gaps.pop()[0] if gaps and gaps[-1][1] == cut.start else cut.start
        gaps.append((start, min(_after_space(whole, cut.end), limit), ""))
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
