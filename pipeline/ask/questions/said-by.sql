-- What one speaker said, the newest first, each with a link to the passage.
--
-- speaker VARCHAR: a name, or a part of one in whole words, blind to case and accents
-- n INTEGER = 100: how many quotations
--
-- $ onrecord query said-by -p speaker="Ines Okafor" -p n=2
SELECT speaker, date, outlet, kind, content, link
FROM quotations
WHERE _onrecord.named(speaker, $speaker)
ORDER BY date DESC NULLS LAST, uri, record, index
LIMIT $n
