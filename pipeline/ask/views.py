"""What questions see beside the columns of the parts: SQL of the views, and the columns of those that are no table.

A view only looks: no part is written again because two names turn out to be one person's.
"""

from __future__ import annotations

from collections.abc import Mapping

#: The schema of what the views need, in no way of a file that is named after the product.
OWN_SCHEMA = "_onrecord"
#: Which speaker_id of the parts is whose, as a file of aliases says; empty without one.
MERGES = "_onrecord.merges"
EMPTY_MERGES = f"CREATE SCHEMA _onrecord; CREATE TABLE {MERGES} (found VARCHAR, id VARCHAR, name VARCHAR);"

PLAIN = "SELECT * FROM {parts}"
#: An article whose story is told once is the head of a cluster of its own, so that heads are each story once.
ARTICLES = """
    SELECT a.*, coalesce(c.cluster_id, a.article_id) AS cluster_id,
        coalesce(c.is_cluster_head, true) AS is_cluster_head, c.similarity, c.duplicate_of
    FROM {parts} a LEFT JOIN clusters c USING (article_id)"""
#: The columns of the view beside those of the table.
ARTICLE_COLUMNS: Mapping[str, tuple[str, str]] = {
    "cluster_id": ("string", "The story, as in clusters; the article's own id when it is told once"),
    "is_cluster_head": ("bool", "The one article of its story to read; true when the story is told once"),
    "similarity": ("double", "How much alike the head is, as in clusters; null when the story is told once"),
    "duplicate_of": ("string", "The first article with exactly the same text, as in clusters; null when there is none"),
}
QUOTES = f"""
    SELECT q.* REPLACE (coalesce(g.id, q.speaker_id) AS speaker_id, coalesce(g.name, q.speaker) AS speaker)
    FROM {{parts}} q LEFT JOIN {MERGES} g ON g.found = q.speaker_id"""

#: Names that are alike but for case, accents and a first "the".
ALIKE = "CREATE MACRO _onrecord.alike(name) AS regexp_replace(strip_accents(lower(trim(name))), '^the ', '')"
#: Whether all that was asked stands in a name, word by word: Okafor in Ines Okafor, not in Okafors.
NAMED = r"""
    CREATE MACRO _onrecord.words(name) AS
        ' ' || trim(regexp_replace(_onrecord.alike(name), '[^\pL\pN]+', ' ', 'g')) || ' ';
    CREATE MACRO _onrecord.named(name, asked) AS contains(_onrecord.words(name), _onrecord.words(asked))"""
#: Who brought it: the publisher, else the site.
OUTLET = r"""
    CREATE MACRO _onrecord.site(url) AS
        lower(nullif(regexp_extract(url, '^https?://(?:[^/?#@]*@)?(?:www\.)?([^/:?#]+)', 1), ''));
    CREATE MACRO _onrecord.outlet(publisher, url, uri) AS
        coalesce(nullif(trim(publisher), ''), _onrecord.site(url), _onrecord.site(uri))"""
#: The name by which each speaker is quoted most, as in the view of speakers.
NAMES = """
    SELECT speaker_id, first(speaker ORDER BY n DESC, length(speaker) DESC, speaker) AS speaker FROM (
        SELECT speaker_id, speaker, count(*) AS n FROM quotes WHERE speaker_id IS NOT NULL GROUP BY ALL)
    GROUP BY speaker_id"""
#: The address of a passage: of a page with its first and last words, which browsers mark (https://wicg.github.io/
#: scroll-to-text-fragment), of a plain file with its place (RFC 5147). A url of another kind (javascript:) is none.
LINK = r"""
    CREATE MACRO _onrecord.bare(said) AS regexp_replace(said, '^[^\pL\pN]+|[^\pL\pN]+$', '', 'g');
    CREATE MACRO _onrecord.encoded(said) AS replace(url_encode(_onrecord.bare(said)), '-', '%2D');
    CREATE MACRO _onrecord.fragment(said) AS CASE
        WHEN NOT contains(said, chr(10)) AND length(said) - length(replace(said, ' ', '')) < 8
        THEN _onrecord.encoded(said)
        ELSE _onrecord.encoded(array_to_string(string_split(split_part(said, chr(10), 1), ' ')[:4], ' ')) || ','
            || _onrecord.encoded(array_to_string(string_split(split_part(said, chr(10), -1), ' ')[-4:], ' ')) END;
    CREATE MACRO _onrecord.address(url, uri) AS regexp_replace(
        CASE WHEN regexp_matches(url, '^https?://') THEN url ELSE uri END, '[\x00-\x20"<>\\^`{|}\x7f]', '%20', 'g');
    CREATE MACRO _onrecord.link(url, uri, record, said, first, last) AS CASE
        WHEN regexp_matches(_onrecord.address(url, uri), '^https?://')
        THEN _onrecord.address(url, uri) || if(contains(_onrecord.address(url, uri), '#'), '', '#')
            || ':~:text=' || _onrecord.fragment(_onrecord.bare(said))
        WHEN contains(uri, '://') THEN _onrecord.address(NULL, uri)
        ELSE if(starts_with(uri, '/'), 'file://', '') || replace(url_encode(uri), '%2F', '/') || CASE
            WHEN record <> '' THEN ''
            WHEN regexp_matches(uri, '\.[sx]?html?$', 'i') THEN '#:~:text=' || _onrecord.fragment(_onrecord.bare(said))
            ELSE '#char=' || first || ',' || last END END"""
MACROS = (ALIKE, NAMED, OUTLET, LINK)
#: The first part of the content is what stands on the page in one piece.
QUOTATIONS = """
    SELECT {dataset}a.uri, a.record, a.url, a.title, _onrecord.outlet(a.publisher, a.url, a.uri) AS outlet,
        a.published::DATE AS date, q.speaker, q.speaker_role AS role, q.content, q.kind,
        _onrecord.link(a.url, a.uri, a.record, q.content[1 : q.content_spans[1]."end" - q.content_spans[1].start],
            q.content_spans[1].raw_start, q.content_spans[-1].raw_end) AS link,
        q.quote_id, q.article_id, q.index
    FROM quotes q JOIN articles a USING (article_id)"""
QUOTATION_COLUMNS: Mapping[str, tuple[str, str]] = {
    "uri": ("string", "As in articles"),
    "record": ("string", "As in articles"),
    "url": ("string", "As in articles"),
    "title": ("string", "Headline of the article"),
    "outlet": ("string", "The publisher, else the site of url, else that of uri; null when none is known"),
    "date": ("date", "Day on which the article was published, in UTC; null when unknown"),
    "speaker": ("string", "Who says it; null when the text names nobody"),
    "role": ("string", "The speaker's title or description in this article"),
    "content": ("string", "What is said"),
    "kind": ("string", "direct, mixed or indirect"),
    "link": (
        "string",
        "The page, on the net or saved, with the words that a browser goes to and marks; else the file, with the place"
        " of the characters where the file is the record (`#char=`, RFC 5147)",
    ),
    "quote_id": ("string", "As in quotes"),
    "article_id": ("string", "As in quotes"),
    "index": ("int32", "As in quotes"),
}

#: {parts} are those of quotes: names as the articles have them stay aliases when a file of aliases gives another.
SPEAKERS = f"""
    WITH said AS (
        SELECT coalesce(g.id, q.speaker_id) AS speaker_id, g.name AS given, q.speaker AS found,
            q.speaker_label AS label, q.speaker_role AS role, q.article_id, q.published
        FROM {{parts}} q LEFT JOIN {MERGES} g ON g.found = q.speaker_id WHERE q.speaker_id IS NOT NULL),
    names AS (
        SELECT speaker_id, found, count(*) AS n, row_number() OVER most AS place
        FROM said GROUP BY speaker_id, found
        WINDOW most AS (PARTITION BY speaker_id ORDER BY count(*) DESC, length(found) DESC, found)),
    labels AS (
        SELECT speaker_id, label, row_number() OVER (PARTITION BY speaker_id ORDER BY count(*) DESC, label) AS place
        FROM said GROUP BY speaker_id, label),
    roles AS (
        SELECT speaker_id, list(role ORDER BY n DESC, role) AS roles
        FROM (SELECT speaker_id, role, count(*) AS n FROM said WHERE role <> '' GROUP BY speaker_id, role)
        GROUP BY speaker_id),
    entities AS (
        SELECT DISTINCT s.speaker_id, m.article_id, m.entity_id
        FROM (SELECT DISTINCT speaker_id, article_id, found, label FROM said) s JOIN mentions m
            ON m.article_id = s.article_id AND m.label = s.label AND m.form = 'name'
            AND _onrecord.alike(m.text) = _onrecord.alike(s.found)
        WHERE m.entity_id IS NOT NULL),
    spellings AS (
        SELECT speaker_id, found AS spelling FROM names
        UNION
        SELECT e.speaker_id, regexp_replace(trim(regexp_replace(m.text, '\\s+', ' ', 'g')), '[''’]s?$', '')
        FROM entities e JOIN mentions m USING (article_id, entity_id) WHERE m.form = 'name'),
    totals AS (
        SELECT speaker_id, max(given) AS given, count(DISTINCT article_id) AS n_articles, count(*) AS n_quotes,
            min(published) AS first_published, max(published) AS last_published
        FROM said GROUP BY speaker_id)
    SELECT t.speaker_id, coalesce(t.given, n.found) AS name, l.label,
        coalesce((SELECT list(s.spelling ORDER BY s.spelling) FROM spellings s
            WHERE s.speaker_id = t.speaker_id AND s.spelling <> coalesce(t.given, n.found)), []) AS aliases,
        coalesce(r.roles, []) AS roles, t.n_articles, t.n_quotes, t.first_published, t.last_published
    FROM totals t JOIN names n ON n.speaker_id = t.speaker_id AND n.place = 1
        JOIN labels l ON l.speaker_id = t.speaker_id AND l.place = 1
        LEFT JOIN roles r ON r.speaker_id = t.speaker_id
    ORDER BY t.n_quotes DESC, name, t.speaker_id"""

SPEAKER_COLUMNS: Mapping[str, tuple[str, str]] = {
    "speaker_id": ("string", "The identity: that of the quotes, or the id that a file of aliases gives"),
    "name": ("string", "The name in most of its quotes, or the one that a file of aliases gives"),
    "label": ("string", "PERSON, ORG, …"),
    "aliases": ("list of string", "How else the articles write it, in order of the alphabet"),
    "roles": ("list of string", "Titles and descriptions that articles give, the most frequent first"),
    "n_articles": ("int64", "Articles in which it is quoted"),
    "n_quotes": ("int64", "Quotes whose speaker it is"),
    "first_published": ("timestamp[us, tz=UTC]", "When the first of these articles was published; null when unknown"),
    "last_published": ("timestamp[us, tz=UTC]", "When the last of them was published; null when unknown"),
}

#: Pairs that may be one: each rule meets names through a word or a whole name that they share, never all with all.
#: The fuller name goes first; where both stand in a file of aliases, somebody has decided.
DOUBTFUL = f"""
    WITH words AS MATERIALIZED (
        SELECT *, list_filter(string_split(regexp_replace(_onrecord.alike(name), '[^\\pL\\pN]+', ' ', 'g'), ' '),
            lambda w: w <> '') AS words
        FROM speakers),
    known AS MATERIALIZED (
        SELECT *, array_to_string(words, ' ') AS folded, words[1] AS first, words[-1] AS last, len(words) AS n,
            array_to_string(list_transform(list_filter(words, lambda w: w NOT IN ('of', 'the', 'for', 'and', 'on')),
                lambda w: w[1]), '') AS initials,
            (len(words), length(words[1]) > 1, n_quotes, speaker_id) AS fullness,
            speaker_id IN (SELECT id FROM {MERGES}) AS given
        FROM words WHERE len(words) > 0),
    pairs AS (
        SELECT a, b, CASE
            WHEN a.folded = b.folded THEN 'same name'
            WHEN b.n = 1 THEN 'surname alone'
            WHEN a.first = b.first THEN
                CASE WHEN a.n = 2 OR b.n = 2 OR a.words[2][1] = b.words[2][1] THEN 'middle name' END
            WHEN length(b.first) = 1 THEN CASE WHEN a.first[1] = b.first THEN 'initial' END
            WHEN starts_with(a.first, b.first) OR starts_with(b.first, a.first) THEN 'short form'
            WHEN length(a.first) > 4 AND length(b.first) > 4 AND levenshtein(a.first, b.first) = 1 THEN 'spelling'
            END AS why
        FROM known a JOIN known b ON a.last = b.last
        WHERE a.label = 'PERSON' AND b.label = 'PERSON' AND a.fullness > b.fullness
        UNION ALL
        SELECT a, b, 'spelling' FROM known a JOIN known b ON a.first = b.first AND a.label = b.label
        WHERE a.last <> b.last AND a.n = b.n AND a.n > 1 AND length(a.last) > 4 AND a.fullness > b.fullness
            AND levenshtein(a.folded, b.folded) <= if(length(a.last) > 7, 2, 1)
        UNION ALL
        SELECT a, b, 'same name' FROM known a JOIN known b ON a.folded = b.folded
        WHERE (a.label <> 'PERSON' OR b.label <> 'PERSON') AND a.fullness > b.fullness
        UNION ALL
        SELECT a, b, 'acronym' FROM known a JOIN known b ON a.initials = b.folded AND a.label = b.label
        WHERE a.label <> 'PERSON' AND a.n > 1 AND b.n = 1)
    SELECT a.name AS name, b.name AS alias, a.speaker_id AS id, why, a.label AS label, a.n_quotes AS n_quotes,
        b.speaker_id AS alias_id, b.n_quotes AS alias_n_quotes
    FROM pairs WHERE why IS NOT NULL AND NOT (a.given AND b.given)
    ORDER BY b.n_quotes DESC, name, alias, id, alias_id"""

DOUBTFUL_COLUMNS: Mapping[str, tuple[str, str]] = {
    "name": ("string", "The fuller name of two speakers that may be one"),
    "alias": ("string", "The other name"),
    "id": ("string", "The speaker_id of name"),
    "why": ("string", "same name, surname alone, middle name, initial, short form, spelling or acronym"),
    "label": ("string", "The label of name"),
    "n_quotes": ("int64", "Quotes of name"),
    "alias_id": ("string", "The speaker_id of alias"),
    "alias_n_quotes": ("int64", "Quotes of alias, which would change their speaker"),
}
