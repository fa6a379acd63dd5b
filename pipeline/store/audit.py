"""Are the tables in order? Nothing lost between the sources and the tables, and every span the text of its row."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.pipeline.ask import ask
from onrecord.pipeline.ask.snapshot import current
from onrecord.pipeline.errors import NoDataset
from onrecord.pipeline.store.tally import Tally
from onrecord.transforms.ids import record_id

#: Ids that come twice, by table.
DUPLICATE_IDS = "SELECT count(*) FROM (SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1)"
KEYS = {"articles": "article_id", "quotes": "quote_id", "mentions": "mention_id"}
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
    for table, key in KEYS.items():
        yield f"{table}: an id comes twice", _count(output, DUPLICATE_IDS.format(table=table, key=key))
    for table in ("segments", "quotes", "mentions"):
        yield f"{table}: a row has no article", _count(output, ORPHANED_ROWS.format(table=table))
    for table, where in (("mentions", "true"), ("segments", "r.kind = 'paragraph'")):
        yield f"{table}: a span is not its text", _count(output, SPAN.format(table=table, where=where))
    for part in ("content", "cue", "source"):
        yield f"quotes: the spans of a {part} are not its text", _count(output, SPANS.format(part=part))


def _conservation(output: str) -> Iterator[tuple[str, int]]:
    """What the sources counted is what the tables hold, by count and by id."""
    articles, rejects = (
        [record_id(*place) for place in ask(f"SELECT uri, record FROM {table}", output).rows]
        for table in ("articles", "rejects")
    )
    snapshot = current(output)
    if snapshot is None:
        raise NoDataset(f"nothing was committed in {output} (looked for _onrecord/commits); run it again")
    counted = snapshot.totals
    yield "a record is neither article nor reject", abs(counted["records"] - len(articles) - len(rejects))
    yield "ids differ from those counted", int(int(counted["ids"], 16) != Tally.of([*articles, *rejects]).ids)


def _count(output: str, question: str) -> int:
    ((n,),) = ask(question, output).rows
    return int(n)
