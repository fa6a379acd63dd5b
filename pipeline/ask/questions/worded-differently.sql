-- One quotation worded differently: what a speaker says in two articles in almost the same words.
--
-- speaker VARCHAR = '': only this speaker; a name or a part of one
-- least DOUBLE = 0.5: the smallest share of words in common
-- n INTEGER = 50: how many pairs, the most different first
--
-- $ onrecord query worded-differently -p least=0.7
WITH said AS (
    SELECT hash(quote_id) AS nr, hash(speaker_id) AS speaker_nr, speaker, article_id, content
    FROM quotes
    WHERE speaker IS NOT NULL AND kind <> 'indirect' AND length(content) BETWEEN 40 AND 2000
        AND ($speaker = '' OR _onrecord.named(speaker, $speaker))),
-- What is worded differently mostly begins or ends alike: pairs share the first twelve letters or the last twelve.
ends AS (
    SELECT nr, speaker_nr, unnest([left(content, 30), right(content, 30)]) AS words, unnest([1, 2]) AS place FROM said),
letters AS (SELECT *, translate(lower(words), ' .,;:!?…"''“”‘’«»()[]-–—', '') AS folded FROM ends),
keys AS MATERIALIZED (
    SELECT nr, hash(speaker_nr, place, if(place = 1, left(folded, 12), right(folded, 12))) AS key FROM letters),
shared AS (SELECT key FROM keys GROUP BY key HAVING count(*) BETWEEN 2 AND 50),
few AS (SELECT nr, key FROM keys SEMI JOIN shared USING (key)),
pairs AS (SELECT DISTINCT a.nr AS one, b.nr AS other FROM few a JOIN few b ON a.key = b.key AND a.nr < b.nr),
paired AS (
    SELECT *, trim(regexp_replace(lower(content), '[^\pL\pN]+', ' ', 'g')) AS folded
    FROM said WHERE nr IN (SELECT unnest([one, other]) FROM pairs)),
alike AS (
    SELECT a, b, list_distinct(string_split(a.folded, ' ')) AS words, list_distinct(string_split(b.folded, ' ')) AS others
    FROM pairs JOIN paired a ON a.nr = one JOIN paired b ON b.nr = other
    WHERE a.article_id <> b.article_id AND a.folded <> b.folded),
measured AS (
    SELECT a, b, len(list_intersect(words, others)) AS common, len(words) + len(others) - common AS total FROM alike)
SELECT DISTINCT a.speaker AS speaker, round(common / total, 2) AS in_common,
    least(a.content, b.content) AS content, greatest(a.content, b.content) AS other
FROM measured
WHERE common / total >= $least
ORDER BY in_common, speaker, content, other
LIMIT $n
