"""Are the tables in order? Nothing lost between the sources and the tables, and every span the text of its row."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.pipeline.ask import ask_all
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import NoDataset
from onrecord.pipeline.store.tally import Tally

#: Ids that come twice, by table.
DUPLICATE_IDS = "SELECT count(*) FROM (SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1)"
KEYS = {"articles": "article_id", "quotes": "quote_id", "mentions": "mention_id"}
ROWS = "SELECT (SELECT count(*) FROM articles) + (SELECT count(*) FROM rejects)"
#: Rows of the ledger whose article or reject is not there, and rows of those that the ledger does not have.
UNMATCHED = """
    SELECT count(*) FROM records r
    FULL JOIN (SELECT uri, record, article_id FROM articles UNION ALL SELECT uri, record, NULL FROM rejects) t
        ON t.uri = r.uri AND t.record = r.record AND t.article_id IS NOT DISTINCT FROM r.article_id
    WHERE r.uri IS NULL OR t.uri IS NULL
"""
#: Rows without their article.
ORPHANED_ROWS = "SELECT count(*) FROM {table} WHERE article_id NOT IN (SELECT article_id FROM articles)"
#: Spans against the text that they index: of a row, and of a list whose parts are joined by blanks.
SPAN = """
    SELECT count(*) FROM {table} r JOIN articles a USING (article_id)
    WHERE {where} AND r.text <> a.text[r.span.start + 1 : r.span."end"]
"""
SPANS = """
    SELECT count(*) FROM quotes q JOIN articles a USING (article_id)
    WHERE q.{part} <> array_to_string(list_transform(q.{part}_spans, lambda s: a.text[s.start + 1 : s."end"]), ' ')
"""


def check(output: str) -> Iterator[tuple[str, int]]:
    """Each thing that has to hold, and how often it does not."""
    yield from _conservation(output)
    questions = dict(_questions())
    answers = ask_all(list(questions.values()), output)
    yield from zip(questions, (int(answer.rows[0][0]) for answer in answers), strict=True)


def _questions() -> Iterator[tuple[str, str]]:
    """What has to hold, and how to count where it does not."""
    for table, key in KEYS.items():
        yield f"{table}: an id comes twice", DUPLICATE_IDS.format(table=table, key=key)
    for table in ("segments", "quotes", "mentions"):
        yield f"{table}: a row has no article", ORPHANED_ROWS.format(table=table)
    for table, where in (("mentions", "true"), ("segments", "r.kind = 'paragraph'")):
        yield f"{table}: a span is not its text", SPAN.format(table=table, where=where)
    for part in ("content", "cue", "source"):
        yield f"quotes: the spans of a {part} are not its text", SPANS.format(part=part)


def _conservation(output: str) -> Iterator[tuple[str, int]]:
    """What the sources counted is what the tables hold, by count and by id, and each row is that of its record."""
    snapshot = current(output)
    if snapshot is None or "records" not in snapshot.parts:
        raise NoDataset(f"{output} has no ledger of what the sources counted: onrecord run --rebuild makes it anew")
    counted = snapshot.totals
    records, rows, unmatched = ask_all(["SELECT record_id FROM records", ROWS, UNMATCHED], output)
    ids, n_rows = Tally.of(row[0] for row in records.rows), rows.rows[0][0]
    yield "a record is neither article nor reject", abs(ids.records - n_rows) + abs(counted["records"] - ids.records)
    yield "ids differ from those counted", int(int(counted["ids"], 16) != ids.ids) + unmatched.rows[0][0]
