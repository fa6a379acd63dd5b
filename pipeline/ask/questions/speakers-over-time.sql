-- How often the speakers who are quoted most are quoted, by month or another span of time.
--
-- speaker VARCHAR = '': only this speaker; a name or a part of one
-- every VARCHAR = month: day, week, month, quarter or year
-- n INTEGER = 10: how many speakers
--
-- $ onrecord query speakers-over-time -p every=year
WITH said AS (
    SELECT speaker_id, speaker, published, article_id
    FROM quotes
    WHERE speaker IS NOT NULL AND published IS NOT NULL AND ($speaker = '' OR _onrecord.named(speaker, $speaker))),
most AS (
    SELECT speaker_id, n.speaker, count(*) AS total
    FROM said JOIN _onrecord.names n USING (speaker_id)
    GROUP BY speaker_id, n.speaker
    ORDER BY total DESC, n.speaker
    LIMIT $n)
SELECT m.speaker, date_trunc($every, s.published)::DATE AS since, count(*) AS quotations,
    count(DISTINCT s.article_id) AS articles
FROM said s JOIN most m USING (speaker_id)
GROUP BY m.total, m.speaker, s.speaker_id, since
ORDER BY m.total DESC, m.speaker, since
