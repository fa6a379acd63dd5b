"""Is each span the text of its row, and does it lie where it may? In SQL: a row for each fault, which says where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PARAGRAPHS = "(SELECT * FROM segments WHERE kind = 'paragraph')"
CUT = "(SELECT * FROM segments WHERE kind <> 'paragraph')"
SEGMENT = "article_id || ' ' || index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Spans of rows, in SQL: where they stand, what a row is known by, its list of spans, and its text if it has one.

    The parts of a text that stands in several spans are joined by blanks.
    """

    table: str
    key: str
    spans: str = "[span]"
    text: str = "NULL"

    @property
    def rows(self) -> str:
        own = f"SELECT article_id, part, {self.key} AS place, {self.text} AS own, {self.spans} AS spans"
        return f"(SELECT t.*, a.text AS body FROM ({own} FROM {self.table}) t JOIN articles a USING (article_id, part))"


COLUMNS: Mapping[str, Spans] = {
    "segments: the span of a paragraph": Spans(table=PARAGRAPHS, key=SEGMENT, text="text"),
    "mentions: a span": Spans(table="mentions", key="mention_id", text="text"),
    "quotes: a span of a content": Spans(table="quotes", key="quote_id", spans="content_spans", text="content"),
    "quotes: a span of a cue": Spans(table="quotes", key="quote_id", spans="cue_spans", text="cue"),
    "quotes: a span of a source": Spans(table="quotes", key="quote_id", spans="source_spans", text="source"),
    "quotes: a span that shows the speaker": Spans(table="quotes", key="quote_id", spans="speaker_evidence"),
    "quotes: a span that shows the gender": Spans(table="quotes", key="quote_id", spans="speaker_gender_evidence"),
}
SLIPPED = """
    SELECT place FROM {rows}
    WHERE own <> array_to_string(list_transform(spans, lambda s: body[s.start + 1 : s."end"]), ' ')
"""
OUTSIDE = """
    SELECT place FROM {rows} WHERE len(list_filter(spans, lambda s:
        s.start < 0 OR s.start >= s."end" OR s."end" > length(body) OR s.raw_start < 0 OR s.raw_start > s.raw_end)) > 0
"""
OVERLAPPING = """
    SELECT place FROM {rows}
    WHERE len(list_filter(range(1, len(spans)), lambda i: spans[i]."end" > spans[i + 1].start)) > 0
"""
#: What has to hold of an article's spans together, and of the edits that made its text.
TOGETHER: Mapping[str, str] = {
    "segments: a cut piece stands nowhere in the text": f"""
        SELECT place FROM {Spans(table=CUT, key=SEGMENT).rows}
        WHERE spans[1].start <> spans[1]."end" OR spans[1].start NOT BETWEEN 0 AND length(body)
            OR spans[1].raw_start NOT BETWEEN 0 AND spans[1].raw_end""",
    "segments: two paragraphs overlap": f"""
        SELECT article_id FROM (
            SELECT article_id, span.start < lag(span."end") OVER (PARTITION BY article_id ORDER BY index) AS too_early
            FROM {PARAGRAPHS}) WHERE too_early""",
    "segments: the paragraphs are not the whole text": f"""
        SELECT a.article_id FROM articles a
        LEFT JOIN (SELECT article_id, sum(span."end" - span.start) AS n FROM {PARAGRAPHS} GROUP BY 1) p
            ON p.article_id = a.article_id
        WHERE coalesce(p.n, 0) <> length(replace(a.text, chr(10), ''))""",
    "articles: edits overlap or are not in order": """
        SELECT article_id FROM articles
        WHERE len(list_filter(edits, lambda e: e.raw_start < 0 OR e.raw_start > e.raw_end)) > 0
            OR len(list_filter(range(1, len(edits)), lambda i: edits[i].raw_end > edits[i + 1].raw_start)) > 0""",
}


def _questions() -> Iterator[tuple[str, str]]:
    for name, spans in COLUMNS.items():
        if spans.text != "NULL":
            yield f"{name} is not its text", SLIPPED.format(rows=spans.rows)
        yield f"{name} lies outside of the text", OUTSIDE.format(rows=spans.rows)
        if spans.spans != "[span]":
            yield f"{name} overlaps the one before it", OVERLAPPING.format(rows=spans.rows)
    yield from TOGETHER.items()


SPAN_QUESTIONS: Mapping[str, str] = dict(_questions())
