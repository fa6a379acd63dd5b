-- Who speaks about whom or what: the names that stand inside of quotations.
--
-- speaker VARCHAR = '': only this speaker; a name or a part of one
-- about VARCHAR = '': only this person, organization or place
-- label VARCHAR = '': only names of one label: PERSON, ORG, LOC, NORP, …
-- n INTEGER = 50: how many rows
--
-- $ onrecord query quoted-about -p label=ORG -p n=5
WITH parts AS (
    SELECT hash(quote_id) AS quote, article_id, hash(speaker_id) AS speaker_nr, part.start AS first,
        part."end" AS last
    FROM (SELECT *, unnest(content_spans) AS part FROM quotes)
    WHERE speaker IS NOT NULL AND ($speaker = '' OR _onrecord.named(speaker, $speaker))),
names AS (
    SELECT article_id, text, label, span.start AS first, span."end" AS last
    FROM mentions
    WHERE form = 'name' AND label NOT IN ('DATE', 'MONEY') AND ($label = '' OR label = $label)
        AND ($about = '' OR _onrecord.named(text, $about))),
inside AS (
    SELECT DISTINCT p.quote, p.speaker_nr, regexp_replace(m.text, '[’'']s?$', '') AS about, m.label
    FROM parts p JOIN names m ON m.article_id = p.article_id AND m.first >= p.first AND m.last <= p.last)
SELECT n.speaker, about, label, quotations
FROM (SELECT speaker_nr, about, label, count(*) AS quotations FROM inside GROUP BY ALL)
    JOIN _onrecord.names n ON hash(n.speaker_id) = speaker_nr
ORDER BY quotations DESC, speaker, about, label
LIMIT $n
