-- Under which roles and for which organizations a person is quoted.
--
-- speaker VARCHAR: a name, or a part of one in whole words, blind to case and accents
--
-- $ onrecord query roles-of -p speaker="Ines Okafor"
SELECT n.speaker, speaker_role AS role, speaker_organization AS organization, count(*) AS quotations,
    count(DISTINCT article_id) AS articles, min(published)::DATE AS first, max(published)::DATE AS last
FROM quotes q JOIN _onrecord.names n USING (speaker_id)
WHERE _onrecord.named(q.speaker, $speaker) AND coalesce(speaker_role, speaker_organization, '') <> ''
GROUP BY speaker_id, n.speaker, role, organization
ORDER BY n.speaker, quotations DESC, role, organization
