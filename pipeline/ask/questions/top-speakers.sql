-- Who is quoted most.
--
-- n INTEGER = 20: how many speakers
-- label VARCHAR = PERSON: PERSON, ORG, …; empty for all
--
-- $ onrecord query top-speakers -p n=5
SELECT n.speaker, min(speaker_label) AS label, count(*) AS quotations, count(DISTINCT article_id) AS articles,
    round(avg(confidence), 2) AS confidence, min(published)::DATE AS first, max(published)::DATE AS last
FROM quotes JOIN _onrecord.names n USING (speaker_id)
WHERE $label = '' OR speaker_label = $label
GROUP BY speaker_id, n.speaker
ORDER BY quotations DESC, speaker
LIMIT $n
