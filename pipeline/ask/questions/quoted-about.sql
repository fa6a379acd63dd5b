-- Who speaks about whom or what: the names that stand inside of quotations.
--
-- speaker VARCHAR = '': only this speaker; a name or a part of one
-- about VARCHAR = '': only this person, organization or place
-- label VARCHAR = '': only names of one label: PERSON, ORG, LOC, NORP, …
-- n INTEGER = 50: how many rows
--
-- $ onrecord query quoted-about -p about=Kosovo
WITH parts AS (
    SELECT quote_id, article_id, speaker, speaker_id, unnest(content_spans) AS part
    FROM quotes
    WHERE speaker IS NOT NULL AND ($speaker = '' OR _onrecord.named(speaker, $speaker))),
names AS (
    SELECT article_id, text, label, span
    FROM mentions
    WHERE form = 'name' AND label NOT IN ('DATE', 'MONEY') AND ($label = '' OR label = $label)
        AND ($about = '' OR _onrecord.named(text, $about)))
SELECT p.speaker, regexp_replace(m.text, '[’'']s?$', '') AS about, m.label,
    count(DISTINCT p.quote_id) AS quotations, count(DISTINCT p.article_id) AS articles
FROM parts p JOIN names m ON m.article_id = p.article_id
    AND m.span.start >= p.part.start AND m.span."end" <= p.part."end"
GROUP BY p.speaker_id, p.speaker, about, m.label
ORDER BY quotations DESC, p.speaker, about
LIMIT $n
