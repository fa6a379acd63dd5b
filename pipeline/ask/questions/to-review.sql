-- What a person should look at: quotations of which we are unsure, with the reason.
--
-- below DOUBLE = 0.5: confidence or score of the speaker below which a quotation is shown
-- n INTEGER = 50: how many quotations, the least sure first
--
-- $ onrecord query to-review -p below=0.7 -p n=3
WITH doubts AS (
    SELECT quote_id, least(confidence, coalesce(speaker_score, 1)) AS score,
        array_to_string(list_concat(
            if(confidence < $below, ['confidence'], []), if(speaker_score < $below, ['speaker'], []), q.flags,
            a.flags, if(a.fault IS NULL, [], ['fault'])), ', ') AS why
    FROM quotes q JOIN articles a USING (article_id))
SELECT d.score, d.why, q.speaker, q.content, q.link
FROM doubts d JOIN quotations q USING (quote_id)
WHERE d.why <> ''
ORDER BY d.score, q.uri, q.record, q.index
LIMIT $n
