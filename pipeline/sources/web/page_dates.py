"""When a page was published and changed, by its own account: metadata, elements with a moment, lines that are read.

    linked data ► meta ► labelled elements ► labelled lines ► dates under the title ► address      the first decides

What says less than the first and agrees with it is passed over; what says more (the zone, the minute) sharpens it. A
date that is of a change, a comment, an event or another story is none of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onrecord.pipeline.sources.web.markup import Line, VisiblePage
from onrecord.pipeline.sources.web.page_metadata import Element, PageMetadata, is_article, is_page
from onrecord.transforms.dates import NO_RULES, UNREAD, DateRules, Moment, read_date
from onrecord.transforms.dates.labels import LABEL, SEPARATORS, LabelKind, split_labels
from onrecord.transforms.dates.texts import MAX_CHARS
from onrecord.transforms.lexicon.patterns import PROSE_END, WORD

#: Names of meta elements, without marks and in small letters; a draft may be created days before it is out. Source:
#: Open Graph, schema.org, Dublin Core, parse.ly, Sailthru, Chartbeat, Highwire Press, and large newspapers' pages.
PUBLISHED_META = frozenset(
    """
    articlepublishedtime ogpublishedtime ogarticlepublishedtime articlepublished articleoriginaldate datepublished
    dcdate dcdateissued dctermsdate dctermsissued parselypubdate
    sailthrudate pubdate publishdate publicationdate publisheddate publishedat published publishtime date
    cxenseparsepublishtime cxenseparserecspublishtime originalpublicationdate citationpublicationdate citationdate
    citationonlinedate displaydate articledateoriginal firstpublished ptime rnewsdatepublished publishedtime
    """.split()
)
MODIFIED_META = frozenset(
    """
    articlemodifiedtime ogupdatedtime ogmodifiedtime ogarticlemodifiedtime articlemodified articleupdated datemodified
    dctermsmodified dcdatemodified lastmodified lastmod modified updated updatedtime utime revised dateupdated
    lastupdated modifiedtime cxenseparserecsmodifiedtime
    """.split()
)
PUBLISHED_NAME = re.compile(r"datePublished|(?:^|[\s_-])(?:published|pubdate|publish|posted|dt-published)(?=[\s_-]|$)")
MODIFIED_NAME = re.compile(
    r"dateModified|(?:^|[\s_-])(?:updated|modified|dt-updated|update|lastmod|last-?modified)(?=[\s_-]|$)", re.IGNORECASE
)
#: Labels that are of a page alone; "date", "issued" and the like may be of what it tells about.
STRONG_LABEL = re.compile(r"(?:publi|post|updat|modif|veröff|erschienen|paru|pubbl|mis à jour|aktual)", re.IGNORECASE)
#: Lines of a box about an event: the days above the text are then the event's, unless they are labelled.
EVENT_LINE = re.compile(
    r"\s*(?:when|where|venue|location|time|event\w*|event (?:date|time)|place|tickets?|doors(?: open)?|admission"
    r"|starts?|ends?|deadline)\s*:.*|\s*(?:tickets|doors) .{1,40}",
    re.IGNORECASE,
)
BYLINE_LEAD = re.compile(r"\s*by\s", re.IGNORECASE)
CHUNK_END = re.compile(r"\s*[|•·]\s*|\s+[–—-]\s+")
TAG = re.compile(r"<[^<>]{0,4000}>")
#: Where newspapers' addresses have the day.
URL_DAY = re.compile(r"/(\d{4})[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?=[/_-]|$)")
MIN_PROSE_WORDS, MAX_LINE_CHARS, MAX_CHUNKS, MAX_LINKED, MIN_DIGITS = 8, 200, 6, 0.8, 3
#: Lines over the text that are looked at where the page has no title, and characters before an element for its label.
HEAD_LINES, LABEL_CHARS = 6, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDates:
    """What a page says about itself; ``flags`` are of both dates."""

    published: Moment | None = None
    modified: Moment | None = None
    flags: tuple[str, ...] = ()


@dataclass(slots=True)
class _Findings:
    """The moments found, the surest source first, and whether one that was labelled could not be read."""

    rules: DateRules
    published: list[Moment] = field(default_factory=list)
    modified: list[Moment] = field(default_factory=list)
    unread: bool = False

    def add(self, kind: LabelKind, value: object) -> None:
        moment = value if isinstance(value, Moment) else read_date(value, self.rules)
        if moment:
            (self.modified if kind == "modified" else self.published).append(moment)
        elif kind == "published" and sum(map(str.isdigit, str(value)[:MAX_CHARS])) >= MIN_DIGITS:
            self.unread = True


@dataclass(frozen=True, slots=True)
class _Head:
    """The lines from the title to the first paragraph, the one above them, and where in the markup they lie."""

    lines: tuple[Line, ...]
    above: Line | None
    start: int
    end: int
    of_event: bool


def find_page_dates(
    page: VisiblePage,
    metadata: PageMetadata,
    body: list[int],
    title: str | None,
    url: str | None,
    rules: DateRules = NO_RULES,
) -> PageDates:
    """The dates of a page whose article has the lines ``body``."""
    findings, head = _Findings(rules), _find_head(page, body)
    _add_linked_data(findings, metadata, title, url)
    _add_meta(findings, metadata)
    _add_elements(findings, metadata, page, head)
    unlabelled = _add_lines(findings, page, head)
    if not findings.published and not any(moment.agrees_with(m) for moment in unlabelled for m in findings.modified):
        findings.published += unlabelled
    if not findings.published and (day := _url_day(url)):
        findings.published.append(day)
    published = findings.published[0].sharpened((*findings.published, *unlabelled)) if findings.published else None
    modified = findings.modified[0].sharpened(tuple(findings.modified)) if findings.modified else None
    flags = {flag for moment in (published, modified) if moment for flag in moment.flags}
    unread = {UNREAD} if findings.unread and published is None else set()
    return PageDates(published=published, modified=modified, flags=tuple(sorted(flags | unread)))


def _find_head(page: VisiblePage, body: list[int]) -> _Head:
    prose = (n for n in body if len(page.lines[n].text.split()) >= MIN_PROSE_WORDS and _ends_as_prose(page.lines[n]))
    first = next(prose, body[0] if body else 0)
    titles = [n for n in range(first) if page.lines[n].context.kind == "title"]
    top = titles[-1] if titles else max(0, first - HEAD_LINES)
    lines = page.lines[top:first]
    start, end = (
        page.text.raw_range(page.lines[n].start, page.lines[n].end)[0] if n < len(page.lines) else 0
        for n in (top, first)
    )
    of_event = any(EVENT_LINE.fullmatch(line.text[:MAX_LINE_CHARS]) for line in lines)
    return _Head(lines, page.lines[top - 1] if titles and top else None, start, end, of_event)


def _ends_as_prose(line: Line) -> bool:
    return bool(PROSE_END.search(line.text.rstrip()))


def _add_linked_data(findings: _Findings, metadata: PageMetadata, title: str | None, url: str | None) -> None:
    articles = [
        item for item in metadata.objects if is_article(item) and ("datePublished" in item or "dateModified" in item)
    ]
    same = [item for item in articles if _is_about(item, title, url)]
    chosen = same or (articles if len({str(item.get("datePublished")) for item in articles}) == 1 else [])
    for item in chosen[:1] + [item for item in metadata.objects if is_page(item)]:
        for kind, name in (("published", "datePublished"), ("modified", "dateModified")):
            if value := item.get(name):
                findings.add(kind, value)  # type: ignore[arg-type]


def _is_about(item: Mapping[str, Any], title: str | None, url: str | None) -> bool:
    headline, words = (WORD.findall(str(text or "").casefold()) for text in (item.get("headline"), title))
    return (bool(headline) and headline[:6] == words[:6]) or (bool(url) and item.get("url") == url)


def _add_meta(findings: _Findings, metadata: PageMetadata) -> None:
    for element in metadata.elements:
        if element.tag == "meta" and (value := element.get("content")):
            names = {
                re.sub(r"[\W_]", "", element.get(a)).lower() for a in ("property", "name", "itemprop", "http-equiv")
            }
            if names & PUBLISHED_META and element.get("http-equiv").lower() != "date":
                findings.add("published", value)
            elif names & MODIFIED_META:
                findings.add("modified", value)


def _add_elements(findings: _Findings, metadata: PageMetadata, page: VisiblePage, head: _Head) -> None:
    """Elements of the head, labelled or not; of the others, those whose property is the publication, if they agree."""
    outside: list[str] = []
    for element in metadata.elements:
        if element.tag == "meta" or not (value := element.get("datetime", "content", "title")):
            continue
        kind = _element_kind(element, page.text.raw, head)
        if head.start <= element.start < head.end:
            if kind or (element.tag == "time" and not head.of_event and not _has_own_label(element, page.text.raw)):
                findings.add(kind or "published", value)
        elif kind == "published" and element.get("itemprop") == "datePublished":
            outside.append(value)
    if len(set(outside)) == 1:
        findings.add("published", outside[0])


def _element_kind(element: Element, markup: str, head: _Head) -> LabelKind:
    """What an element is the moment of: by its names, else by the label in it or right before it."""
    names = " ".join(element.get(name) for name in ("itemprop", "class", "id"))
    if MODIFIED_NAME.search(names):
        return "modified"
    if PUBLISHED_NAME.search(names) or "pubdate" in element.attributes:
        return "published"
    inside = markup[element.end : markup.find("<", element.end)]
    before = _text_before(element, markup, head)
    m = LABEL.match(inside.strip()) or next((m for m in LABEL.finditer(before) if m.end() == len(before)), None)
    return "" if m is None else "modified" if m["modified"] else "published"


def _text_before(element: Element, markup: str, head: _Head) -> str:
    start = max(head.start, element.start - LABEL_CHARS, 0)
    return " ".join(TAG.sub(" ", markup[start : element.start].partition(">")[2]).split()) + " "


def _has_own_label(element: Element, markup: str) -> bool:
    """Does a label of its own stand right before an element: Deadline:"""
    before = TAG.sub(" ", markup[max(0, element.start - LABEL_CHARS) : element.start])
    return before.rstrip().endswith(":")


def _add_lines(findings: _Findings, page: VisiblePage, head: _Head) -> list[Moment]:
    """Add the labelled dates of lines; those of the head without a label are given back."""
    unlabelled: list[Moment] = []
    for line in head.lines:
        if line.context.kind in ("title", "heading", "caption") or len(line.text) > MAX_LINE_CHARS:
            continue
        for kind, part in _parts(line.text, head):
            moment = _read_part(part, findings.rules)
            if kind:
                findings.add(kind, moment or part)
            elif moment and not head.of_event:
                unlabelled.append(moment)
    if head.above and not unlabelled and (moment := _read_part(head.above.text[:MAX_LINE_CHARS], findings.rules)):
        # over a title stand dates of stories, and today's: that one has no clock
        unlabelled += [moment] if moment.precision != "day" else []
    if not findings.published:
        outside = [moment for line in page.lines for moment in _outside_moments(line, findings.rules)]
        findings.published += outside if len({moment.time for moment in outside}) == 1 else []
    return unlabelled


def _parts(text: str, head: _Head) -> Iterator[tuple[LabelKind, str]]:
    """The parts of a line with their labels; of one whose label may be of another thing, none."""
    m = LABEL.search(text)
    if m is None:
        yield "", text
        return
    lead = text[: m.start()].strip()
    is_apart = not lead or lead[-1] in SEPARATORS + "()" or lead[-1].isdigit() or BYLINE_LEAD.match(lead)
    if STRONG_LABEL.match(m[0].split()[-1].lstrip()) or STRONG_LABEL.search(m[0]) or (is_apart and not head.of_event):
        yield from split_labels(text)


def _read_part(part: str, rules: DateRules) -> Moment | None:
    """The date in a part of a line, which may have a name, a section and the time that reading takes beside it."""
    chunks = [chunk for chunk in CHUNK_END.split(part) if chunk][:MAX_CHUNKS]
    runs = (
        (start, end) for n in range(len(chunks), 0, -1) for start in range(len(chunks) - n + 1) for end in (start + n,)
    )
    texts = (", ".join(chunks[start:end]) for start, end in runs)
    moments = (
        read_date(text, rules) for text in texts if sum(map(str.isdigit, text)) >= MIN_DIGITS and len(text) <= MAX_CHARS
    )
    return next(filter(None, moments), None)


def _outside_moments(line: Line, rules: DateRules) -> Iterator[Moment]:
    """The date of a line that says, anywhere on the page but in a box or link, when the story was published."""
    if len(line.text) > MAX_LINE_CHARS or line.context.kind not in (None, "byline") or line.linked >= MAX_LINKED:
        return
    text = line.text.strip()
    m = LABEL.match(text)
    if m and m["published"] and m["published"].lower().startswith(("publi", "pubbl", "veröff")):
        kind, part = next(split_labels(text), ("", ""))
        if kind == "published" and (moment := _read_part(part, rules)):
            yield moment


def _url_day(url: str | None) -> Moment | None:
    m = URL_DAY.search(url or "")
    if m is None:
        return None
    return read_date(f"{m[3]} {m[2]} {m[1]}" if m[2].isalpha() else f"{m[1]}-{m[2]:0>2}-{m[3]:0>2}")
