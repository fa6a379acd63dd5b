-- Articles that quote somebody and name nobody, with the words that they use instead.
--
-- n INTEGER = 50: how many articles, the most quotations first
--
-- $ onrecord query unnamed-speakers
SELECT a.title, _onrecord.outlet(a.publisher, a.url, a.uri) AS outlet, a.published::DATE AS date,
    count(*) AS quotations, list(DISTINCT q.source ORDER BY q.source) FILTER (q.source <> '') AS sources,
    a.uri, a.record
FROM quotes q JOIN articles a USING (article_id)
GROUP BY a.article_id, a.title, outlet, a.published, a.uri, a.record
HAVING count(q.speaker) = 0
ORDER BY quotations DESC, date DESC NULLS LAST, a.uri, a.record
LIMIT $n
