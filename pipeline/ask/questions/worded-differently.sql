-- One quotation worded differently: what a speaker says in two articles in almost the same words.
--
-- speaker VARCHAR = '': only this speaker; a name or a part of one
-- least DOUBLE = 0.5: the smallest share of words in common
-- n INTEGER = 50: how many pairs, the most different first
--
-- $ onrecord query worded-differently -p least=0.7
WITH said AS (
    SELECT speaker_id, speaker, article_id, content, regexp_replace(lower(content), '[^\pL\pN]+', ' ', 'g') AS folded
    FROM quotes
    WHERE speaker IS NOT NULL AND kind <> 'indirect' AND length(content) BETWEEN 40 AND 2000
        AND ($speaker = '' OR _onrecord.named(speaker, $speaker))),
numbered AS (
    SELECT row_number() OVER () AS nr, speaker_id, min(speaker) AS speaker, min(article_id) AS article_id,
        min(content) AS content, list_distinct(string_split(trim(folded), ' ')) AS words
    FROM said
    GROUP BY speaker_id, folded),
-- What is worded alike shares one of its longest words; a word that very many share tells nothing.
keys AS (
    SELECT nr, speaker_id, unnest(list_sort(list_transform(words, lambda w: (length(w), w)), 'DESC')[:4]) AS key
    FROM numbered),
rare AS (SELECT * FROM keys QUALIFY count(*) OVER (PARTITION BY speaker_id, key) BETWEEN 2 AND 20),
pairs AS (
    SELECT DISTINCT a.nr AS one, b.nr AS other
    FROM rare a JOIN rare b ON a.speaker_id = b.speaker_id AND a.key = b.key AND a.nr < b.nr),
alike AS (
    SELECT a, b, len(list_intersect(a.words, b.words)) AS common, len(a.words) + len(b.words) AS words
    FROM pairs JOIN numbered a ON a.nr = one JOIN numbered b ON b.nr = other
    WHERE a.article_id <> b.article_id)
SELECT a.speaker AS speaker, round(common / (words - common), 2) AS in_common, least(a.content, b.content) AS content,
    greatest(a.content, b.content) AS other
FROM alike
WHERE common / (words - common) >= $least
ORDER BY in_common, speaker, content, other
LIMIT $n
