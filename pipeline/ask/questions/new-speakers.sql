-- Who is quoted for the first time since a day; articles without a date are left out.
--
-- since DATE: the first day, as 2024-03-01
-- n INTEGER = 50: how many speakers, the most quotations first
--
-- $ onrecord query new-speakers -p since=2024-03-01
SELECT any_value(speaker) AS speaker, any_value(speaker_label) AS label, min(published)::DATE AS first,
    count(*) AS quotations, count(DISTINCT article_id) AS articles
FROM quotes
WHERE speaker IS NOT NULL AND published IS NOT NULL
GROUP BY speaker_id
HAVING min(published)::DATE >= $since
ORDER BY quotations DESC, first, speaker
LIMIT $n
