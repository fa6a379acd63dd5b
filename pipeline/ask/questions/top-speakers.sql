-- Who is quoted most.
--
-- n INTEGER = 20: how many speakers
-- label VARCHAR = PERSON: PERSON, ORG, …; empty for all
--
-- $ onrecord query top-speakers -p n=5
SELECT speaker, any_value(speaker_label) AS label, count(*) AS quotations, count(DISTINCT article_id) AS articles,
    round(avg(confidence), 2) AS confidence, min(published)::DATE AS first, max(published)::DATE AS last
FROM quotes
WHERE speaker IS NOT NULL AND ($label = '' OR speaker_label = $label)
GROUP BY speaker_id, speaker
ORDER BY quotations DESC, speaker
LIMIT $n
