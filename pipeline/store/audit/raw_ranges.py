"""Do the raw offsets hold? They follow from the text and the article's edits.

raw    I go ,  ”he  said        edits  (4, 5, "") …       without the raw text, what was replaced is not known:
clean  I go,” he said                                     NULs stand for it, and all the rest is in the text
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onrecord.pipeline.store.audit.findings import Fault
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit

EDITS = "articles: the edits do not fit the text"
KINDS: Mapping[str, str] = {
    "paragraph": "segments: the raw range of a paragraph is not that of its span",
    "cut": "segments: a cut piece does not stand where the edits have its raw range",
    "mention": "mentions: the raw range of a span is not that of the span",
    "content": "quotes: the raw range of a content is not that of its span",
    "cue": "quotes: the raw range of a cue is not that of its span",
    "source": "quotes: the raw range of a source is not that of its span",
    "evidence": "quotes: the raw range of what shows the speaker is not that of its span",
    "gender": "quotes: the raw range of what shows the gender is not that of its span",
}
CHECKS = (EDITS, *KINDS.values())
#: More raw characters than any record has: offsets beyond are not worth the memory.
MAX_RAW = 2**27
SPANS = """
    SELECT article_id, index::VARCHAR AS id, if(kind = 'paragraph', kind, 'cut') AS kind, span, text FROM segments
    UNION ALL SELECT article_id, mention_id, 'mention', span, NULL FROM mentions
    UNION ALL SELECT article_id, quote_id, 'content', unnest(content_spans), NULL FROM quotes
    UNION ALL SELECT article_id, quote_id, 'cue', unnest(cue_spans), NULL FROM quotes
    UNION ALL SELECT article_id, quote_id, 'source', unnest(source_spans), NULL FROM quotes
    UNION ALL SELECT article_id, quote_id, 'evidence', unnest(speaker_evidence), NULL FROM quotes
    UNION ALL SELECT article_id, quote_id, 'gender', unnest(speaker_gender_evidence), NULL FROM quotes
"""
#: Each article with its spans: (id, kind, start, end, raw_start, raw_end, text of what was cut).
ARTICLES = f"""
    SELECT a.article_id, a.text, list_transform(a.edits, lambda e: (e.raw_start, e.raw_end, e.text)),
        coalesce(s.spans, [])
    FROM articles a LEFT JOIN (
        SELECT article_id, list((id, kind, span.start, span."end", span.raw_start, span.raw_end,
            if(kind = 'cut', text, NULL))) AS spans
        FROM ({SPANS}) WHERE {{wanted}} GROUP BY article_id) s ON s.article_id = a.article_id
    WHERE {{wanted_articles}}
"""
ALL_ARTICLES = ARTICLES.format(wanted="true", wanted_articles="true")


def raw_faults(
    article_id: str, text: str, edits: Sequence[Sequence[Any]], spans: Sequence[Sequence[Any]]
) -> Iterator[Fault]:
    """What is wrong with an article's raw offsets, as far as it shows without the raw text."""
    changes = tuple(Edit(*edit) for edit in edits)
    body = None if _is_boundless(changes) else AlignedText(unseen_raw(text, changes), changes)
    if body is None or body.text != text:
        yield EDITS, article_id
        return
    yield from range_faults(article_id, body, spans)


def range_faults(article_id: str, body: AlignedText, spans: Sequence[Sequence[Any]]) -> Iterator[Fault]:
    """Spans whose raw range is not the one that the edits give."""
    for name, kind, start, end, raw_start, raw_end, _ in spans:
        if kind == "cut":
            holds = body.position(raw_start) == start
        else:
            holds = body.raw_range(start, end) == (raw_start, raw_end)
        if not holds:
            yield KINDS[kind], f"{article_id} {name}" if kind in ("paragraph", "cut") else name


def unseen_raw(text: str, edits: Sequence[Edit]) -> str:
    r"""A raw text of which the edits make ``text``, if they can: what was replaced is NULs.

    >>> unseen_raw("I go,” he", (Edit(4, 5, ""), Edit(7, 7, " ")))
    'I go\x00,”he'
    """
    parts: list[str] = []
    clean = raw = 0
    for edit in edits:
        kept = edit.start - raw
        parts += (text[clean : clean + kept], "\0" * (edit.end - edit.start))
        clean, raw = clean + kept + len(edit.replacement), edit.end
    return "".join([*parts, text[clean:]])


def _is_boundless(edits: Sequence[Edit]) -> bool:
    return any(edit.end > MAX_RAW for edit in edits)
