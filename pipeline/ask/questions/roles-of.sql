-- Under which roles and for which organizations a person is quoted.
--
-- speaker VARCHAR: a name, or a part of one in whole words, blind to case and accents
--
-- $ onrecord query roles-of -p speaker="Ines Okafor"
SELECT speaker, speaker_role AS role, speaker_organization AS organization, count(*) AS quotations,
    count(DISTINCT article_id) AS articles, min(published)::DATE AS first, max(published)::DATE AS last
FROM quotes
WHERE _onrecord.named(speaker, $speaker) AND coalesce(speaker_role, speaker_organization, '') <> ''
GROUP BY speaker_id, speaker, role, organization
ORDER BY speaker, quotations DESC, role, organization
