"""Do the rows of the tables belong together? In SQL: each question gives a row for each fault, which says where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from onrecord.pipeline.ask.snapshot import Snapshot
from onrecord.pipeline.store.audit.findings import Finding

#: What is once in a table. A reject is known by its place alone.
KEYS: Mapping[str, str] = {
    "articles": "article_id",
    "segments": "article_id || ' ' || index",
    "quotes": "quote_id",
    "mentions": "mention_id",
    "clusters": "article_id",
    "fingerprints": "article_id",
    "records": "record_id",
    "rejects": "trim(uri || ' ' || record)",
}
#: Tables of which an article has rows, and those of which it has as many as it says.
OF_ARTICLES = ("segments", "quotes", "mentions", "fingerprints")
COUNTED = {"quotes": "n_quotes", "mentions": "n_mentions"}

TWICE = "SELECT {key} FROM {table} GROUP BY 1 HAVING count(*) > 1"
ORPHANS = "SELECT t.article_id FROM {table} t ANTI JOIN articles a ON a.article_id = t.article_id AND a.part = t.part"
CHILDLESS = "SELECT a.article_id FROM articles a ANTI JOIN {table} t ON a.article_id = t.article_id AND a.part = t.part"
MISCOUNTED = """
    SELECT a.article_id FROM articles a
    LEFT JOIN (SELECT article_id, count(*) AS n FROM {table} GROUP BY 1) t ON t.article_id = a.article_id
    WHERE a.{column} <> coalesce(t.n, 0)
"""
MISNUMBERED = """
    SELECT article_id FROM {table} GROUP BY 1
    HAVING min(index) <> 0 OR max(index) <> count(*) - 1 OR count(DISTINCT index) <> count(*)
"""
#: Between the tables, of a group of parts.
GROUP_QUESTIONS: Mapping[str, str] = {
    **{f"{table}: a row has no article": ORPHANS.format(table=table) for table in OF_ARTICLES},
    "segments: an article has none": CHILDLESS.format(table="segments"),
    "fingerprints: an article has none": CHILDLESS.format(table="fingerprints"),
    **{
        f"{table}: an article has not as many as it says": MISCOUNTED.format(table=table, column=column)
        for table, column in COUNTED.items()
    },
    **{
        f"{table}: those of an article are not numbered from 0": MISNUMBERED.format(table=table)
        for table in ("segments", "quotes", "mentions")
    },
    "articles: text_sha256 is not the hash of the text": """
        SELECT article_id FROM articles WHERE sha256(text) <> text_sha256""",
    "fingerprints: hash or date are not the article's": """
        SELECT f.article_id FROM fingerprints f JOIN articles a ON a.article_id = f.article_id AND a.part = f.part
        WHERE f.text_sha256 <> a.text_sha256 OR f.published IS DISTINCT FROM a.published""",
    "fingerprints: not as many shingles as it says": """
        SELECT article_id FROM fingerprints WHERE n_shingles <> len(shingles)""",
    "quotes: the date is not the article's": """
        SELECT q.quote_id FROM quotes q JOIN articles a ON a.article_id = q.article_id AND a.part = q.part
        WHERE q.published IS DISTINCT FROM a.published""",
    "quotes: a speaker has no name, label or method": """
        SELECT quote_id FROM quotes
        WHERE speaker_id IS NOT NULL AND (speaker IS NULL OR speaker_label IS NULL OR speaker_method IS NULL)""",
    "quotes: what shows the speaker is no mention of an entity": """
        SELECT q.quote_id FROM (SELECT quote_id, article_id, part, unnest(speaker_evidence) AS span FROM quotes) q
        ANTI JOIN (SELECT * FROM mentions WHERE entity_id IS NOT NULL) m
            ON m.article_id = q.article_id AND m.part = q.part AND m.span = q.span""",
    "mentions: an entity has no name": """
        SELECT entity_id FROM mentions WHERE entity_id IS NOT NULL
        GROUP BY article_id, entity_id HAVING count(*) FILTER (form = 'name') = 0""",
    "records: one is neither article nor reject": """
        SELECT r.record_id FROM records r
        LEFT JOIN articles a ON a.article_id = r.article_id AND a.part = r.part
        LEFT JOIN rejects j ON r.outcome = 'reject' AND j.uri = r.uri AND j.record = r.record AND j.part = r.part
        WHERE (a.article_id IS NULL AND j.uri IS NULL) OR (r.outcome = 'reject') <> (r.article_id IS NULL)""",
    "records: an article is not in the ledger": """
        SELECT a.article_id FROM articles a ANTI JOIN records r ON r.article_id = a.article_id AND r.part = a.part""",
    "records: a reject is not in the ledger": """
        SELECT trim(j.uri || ' ' || j.record) FROM rejects j
        ANTI JOIN records r ON r.outcome = 'reject' AND r.uri = j.uri AND r.record = j.record AND r.part = j.part""",
    "records: the place, hash or maker is not the article's": """
        SELECT r.record_id FROM records r JOIN articles a ON a.article_id = r.article_id AND a.part = r.part
        WHERE (r.uri, r.record, r.raw_sha256, r.made_by) IS DISTINCT FROM (a.uri, a.record, a.raw_sha256, a.made_by)""",
    "records: the reason, hash or size is not the reject's": """
        SELECT r.record_id FROM records r JOIN rejects j ON j.uri = r.uri AND j.record = r.record AND j.part = r.part
        WHERE r.outcome = 'reject'
            AND (r.reason, r.raw_sha256, r.n_bytes) IS DISTINCT FROM (j.reason, j.raw_sha256, j.n_bytes)""",
}
#: Of all rows of all parts.
WHOLE_QUESTIONS: Mapping[str, str] = {
    **{f"{table}: an id comes twice": TWICE.format(table=table, key=key) for table, key in KEYS.items()},
    "clusters: a row has no article": """
        SELECT c.article_id FROM clusters c ANTI JOIN articles a ON a.article_id = c.article_id""",
    "clusters: a story has two heads": """
        SELECT cluster_id FROM clusters GROUP BY 1 HAVING count(*) FILTER (is_cluster_head) > 1""",
}
#: What the tables hold, as the totals of a commit count it.
HELD = """
    SELECT (SELECT count(*) FROM records), (SELECT count(*) FROM articles), (SELECT count(*) FROM rejects),
        (SELECT coalesce(sum(try_cast('0x' || record_id AS UBIGINT)::HUGEINT), 0) % 18446744073709551616 FROM records)
"""


def total_findings(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> Iterator[Finding]:
    """What the sources counted is what the tables hold, by count and by id."""
    ((*counts, ids),) = connection.execute(HELD).fetchall()
    for name, held in zip(("records", "articles", "rejects"), counts, strict=True):
        counted = int(snapshot.totals.get(name, 0))
        first = f"{held:,} of {counted:,}" if held != counted else ""
        yield Finding(what=f"totals: {name} are not as many as were counted", count=abs(held - counted), first=first)
    yield Finding(
        what="totals: the ids are not those counted", count=int(int(snapshot.totals.get("ids", "0"), 16) != ids)
    )
