-- Who is quoted for the first time since a day; articles without a date are left out.
--
-- since DATE: the first day, as 2024-03-01
-- n INTEGER = 50: how many speakers, the most quotations first
--
-- $ onrecord query new-speakers -p since=2024-03-01
SELECT n.speaker, min(speaker_label) AS label, min(published)::DATE AS first,
    count(*) AS quotations, count(DISTINCT article_id) AS articles
FROM quotes JOIN _onrecord.names n USING (speaker_id)
WHERE published IS NOT NULL
GROUP BY speaker_id, n.speaker
HAVING min(published)::DATE >= $since
ORDER BY quotations DESC, first, n.speaker
LIMIT $n
