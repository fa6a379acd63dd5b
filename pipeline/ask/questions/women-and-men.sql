-- How many women and men are quoted, by outlet and month; what articles do not show is unknown.
--
-- copies BOOLEAN = true: with stories that several tell; false counts each story once
--
-- needs: quotes.speaker_gender
-- $ onrecord query women-and-men
SELECT _onrecord.outlet(a.publisher, a.url, a.uri) AS outlet, date_trunc('month', a.published)::DATE AS month,
    count(*) FILTER (q.speaker_gender = 'female') AS women, count(*) FILTER (q.speaker_gender = 'male') AS men,
    count(*) FILTER (q.speaker_gender = 'other') AS other, count(*) FILTER (q.speaker_gender IS NULL) AS unknown,
    round(count(*) FILTER (q.speaker_gender = 'female') / nullif(count(q.speaker_gender), 0), 3) AS share_of_women
FROM quotes q JOIN articles a USING (article_id)
WHERE q.speaker_label = 'PERSON' AND ($copies OR a.is_cluster_head)
GROUP BY outlet, month
ORDER BY outlet NULLS LAST, month NULLS LAST
