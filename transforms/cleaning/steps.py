"""The steps of cleaning, in order. What each looks for stands in the room of its kind.

characters and lines ──► cut what is no body ──► torn lines, headings, dateline ──► quotation marks ──► paragraphs
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.cleaning import (
    blocks,
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

Fix = Callable[[AlignedText], AlignedText]


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
