-- Whose voice has which share in each outlet, by quotations and by words.
--
-- copies BOOLEAN = true: with stories that several tell; false counts each story once, in the outlet of its first article
-- top INTEGER = 5: how many speakers of each outlet
--
-- $ onrecord query share-of-voice -p copies=false -p top=3
WITH said AS (
    SELECT _onrecord.outlet(a.publisher, a.url, a.uri) AS outlet, q.speaker_id, n.speaker,
        length(q.content) - length(replace(q.content, ' ', '')) + 1 AS words
    FROM quotes q JOIN articles a USING (article_id) JOIN _onrecord.names n USING (speaker_id)
    WHERE $copies OR a.is_cluster_head),
sums AS (
    SELECT outlet, speaker, count(*) AS quotations, sum(words) AS words
    FROM said
    GROUP BY outlet, speaker_id, speaker),
shares AS (
    SELECT *, quotations / sum(quotations) OVER (PARTITION BY outlet) AS share,
        words / sum(words) OVER (PARTITION BY outlet) AS share_of_words,
        row_number() OVER (PARTITION BY outlet ORDER BY quotations DESC, words DESC, speaker) AS place
    FROM sums)
SELECT outlet, speaker, quotations, round(share, 3) AS share, words, round(share_of_words, 3) AS share_of_words
FROM shares
WHERE place <= $top
ORDER BY outlet NULLS LAST, place
