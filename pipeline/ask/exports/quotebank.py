"""Quotebank's shape, as one question: a row for each quotation in marks, however many articles have it.

Quotebank (Vaucher et al., WSDM 2021) calls it quotation-centric: the speaker whose articles are surest of it first, and
each candidate with its share. Its Wikidata ids and phases are none of ours: ``qids`` is empty, ``phase`` is ``E``.
"""

from __future__ import annotations

from pathlib import Path

from onrecord.pipeline.ask.connect import sql_text
from onrecord.pipeline.ask.exports.selection import Selected, Selection, with_selected
from onrecord.pipeline.ask.exports.writing import beside

#: Quotations are one when they are alike but for case and all that is no letter or digit.
SQL = r"""
    WITH said AS (
        SELECT regexp_replace(lower(q.content), '[^\pL\pN]+', ' ', 'g') AS same, q.quote_id, q.article_id,
            trim(q.content, '"“”„«»‹›‘’'' ') AS quotation, coalesce(q.speaker, 'None') AS speaker,
            coalesce(q.speaker_score, 1.0) AS score, a.published, coalesce(a.url, a.uri) AS url
        FROM quotes q JOIN articles a USING (article_id) JOIN chosen USING (article_id)
        WHERE q.kind = 'direct'),
    named AS (SELECT same, speaker, sum(score) AS score FROM said GROUP BY same, speaker),
    shares AS (SELECT same, speaker, score / sum(score) OVER (PARTITION BY same) AS share FROM named),
    speakers AS (
        SELECT same, list([speaker, printf('%.4f', coalesce(share, 0))] ORDER BY share DESC, speaker) AS probas
        FROM shares GROUP BY same),
    quotations AS (
        SELECT same, arg_min(quotation, (published IS NULL, published, quote_id)) AS quotation,
            min(published) AS date, count(*) AS numOccurrences, min(quote_id) AS first,
            list(DISTINCT url ORDER BY url) AS urls
        FROM said GROUP BY same)
    SELECT coalesce(strftime(date, '%Y-%m-%d'), '0000-00-00') || '-' || printf('%06d', row_number() OVER (
            PARTITION BY date::DATE ORDER BY date, first)) AS quoteID,
        quotation, probas[1][1] AS speaker, []::VARCHAR[] AS qids, strftime(date, '%Y-%m-%d %H:%M:%S') AS date,
        numOccurrences, probas, urls, 'E' AS phase
    FROM quotations JOIN speakers USING (same) ORDER BY quoteID"""


def write_quotebank(selection: Selection, target: Path) -> int:
    """Write the Parquet file; how many quotations."""
    with beside(target) as path:
        copy = f"COPY ({SQL}) TO {sql_text(path)} (FORMAT parquet, COMPRESSION zstd)"

        def write(selected: Selected) -> int:
            return int(selected.connection.execute(copy).fetchall()[0][0])

        return with_selected(selection, write, path)
