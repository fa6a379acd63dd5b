-- How much is quoted word for word and how much is reported, by outlet.
--
-- $ onrecord query direct-and-indirect
SELECT _onrecord.outlet(a.publisher, a.url, a.uri) AS outlet, count(*) AS quotations,
    count(*) FILTER (q.kind = 'direct') AS direct, count(*) FILTER (q.kind = 'mixed') AS mixed,
    count(*) FILTER (q.kind = 'indirect') AS indirect,
    round(count(*) FILTER (q.kind = 'direct') / count(*), 3) AS share_direct,
    round(count(*) FILTER (q.kind = 'indirect') / count(*), 3) AS share_indirect
FROM quotes q JOIN articles a USING (article_id)
GROUP BY outlet
ORDER BY quotations DESC, outlet
