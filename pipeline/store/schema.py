"""The published tables: their Arrow schemas. This file is the contract with readers.

Every column has a description, every span says that it counts code points, no column has the null type.
``docs/tables.md`` is made from here (``python -m onrecord.pipeline.store.schema_page``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

#: Raised by one when a column changes its name, type or meaning.
TABLES_VERSION = "2"

STRING = pa.string()
INT = pa.int32()
SCORE = pa.float64()
TIME = pa.timestamp("us", tz="UTC")


def _list(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind, nullable=False))  # the name that Parquet gives it


def _struct(**kinds: pa.DataType) -> pa.DataType:
    return pa.struct([pa.field(name, kind, nullable=False) for name, kind in kinds.items()])


STRINGS = _list(STRING)
SPAN = _struct(start=INT, end=INT, raw_start=INT, raw_end=INT)
SPANS = _list(SPAN)
EDITS = _list(_struct(raw_start=INT, raw_end=INT, text=STRING))
HASHES = _list(INT)
FIELDS = pa.map_(STRING, pa.field("value", STRING, nullable=False))


def _column(name: str, kind: pa.DataType, description: str, *, nullable: bool = False) -> pa.Field:
    metadata = {"description": description}
    if kind in (SPAN, SPANS, EDITS):
        metadata["offset_unit"] = "codepoint"
    return pa.field(name, kind, nullable=nullable, metadata=metadata)


def _maybe(name: str, kind: pa.DataType, description: str) -> pa.Field:
    """A column that is null where the article does not say."""
    return _column(name, kind, description, nullable=True)


def _schema(table: str, *columns: pa.Field) -> pa.Schema:
    return pa.schema(columns, metadata={"onrecord.table": table, "onrecord.tables_version": TABLES_VERSION})


ARTICLES = _schema(
    "articles",
    _column("article_id", STRING, "Hash of uri and record, or of what --id-field names: the same on every run"),
    _column("uri", STRING, "Absolute path or URL of the input, relative to --base where given"),
    _column("record", STRING, "Which record of the input: its member, its number from 1; empty when it is the file"),
    _maybe("title", STRING, "Headline"),
    _maybe("byline", STRING, "Who wrote it, as printed"),
    _maybe("publisher", STRING, "Who published it"),
    _maybe("published", TIME, "When it was published; null when unknown"),
    _maybe("published_precision", STRING, "How exact published is: second, minute or day"),
    _maybe("modified", TIME, "When it was last changed, as the record says"),
    _maybe("url", STRING, "Where it was published, as the record says"),
    _maybe("language", STRING, "ISO 639 code of the text's language; null when it has no words"),
    _maybe("language_score", SCORE, "How sure the language is, 0 to 1"),
    _maybe("dateline_place", STRING, "Place in the dateline, as printed"),
    _maybe("agency", STRING, "News agency in the dateline, as printed"),
    _column("text", STRING, "The clean body; start and end of all spans index it"),
    _column("raw_sha256", STRING, "SHA-256 of the record's bytes before anything was done to them"),
    _column("text_sha256", STRING, "SHA-256 of text in UTF-8"),
    _column("n_quotes", INT, "Rows of this article in quotes"),
    _column("n_mentions", INT, "Rows of this article in mentions"),
    _column("flags", STRINGS, "What a user should know: language_unsure, encoding_guessed, reader_failed, …"),
    _maybe("fault", STRING, "Why a later step failed on this article"),
    _column("fixes", STRINGS, "Ids of the cleaning steps that changed something; all of them stand below"),
    _column("edits", EDITS, "Every change of cleaning: raw[raw_start:raw_end] became text; in order, disjoint"),
    _maybe(
        "extra",
        FIELDS,
        "Fields of the record that were to be kept (--keep-fields), and what people's own spaCy components"
        " (--spacy-config) left, by name; null where there is nothing",
    ),
    _maybe("made_by", STRING, "Hash of the code, model and options that decide the article's rows"),
)

SEGMENTS = _schema(
    "segments",
    _column("article_id", STRING, "The article"),
    _column("index", INT, "Place among the article's segments, from 0"),
    _column("kind", STRING, "title, byline, dateline, heading, paragraph, caption or boilerplate"),
    _column("text", STRING, "The piece as printed in the body, or as it stood in the raw text if cut out"),
    _column("span", SPAN, "Where it stands; a cut piece has start = end, the place in the body where it stood"),
)

QUOTES = _schema(
    "quotes",
    _column("quote_id", STRING, "Hash of the article and the raw spans of content and cue"),
    _column("article_id", STRING, "The article"),
    _column("index", INT, "Place among the article's quotes, from 0"),
    _column("kind", STRING, "direct (all of it in quotation marks), mixed (a part), indirect (none)"),
    _column("act", STRING, "statement, or thought (a belief, feeling or intention outside quotation marks)"),
    _maybe("act_detail", STRING, "The act more closely (denial, promise, question, …); null so far"),
    _maybe("parent_id", STRING, "The quote in whose content this one stands; null so far"),
    _maybe("layer", STRING, "Where in the article it stands: body, title, caption; null so far"),
    _column("content", STRING, "What is said; parts joined by a blank"),
    _column("content_spans", SPANS, "Where the parts of the content stand"),
    _column("cue", STRING, "The word that ties source and content (said, according to); empty when there is none"),
    _column("cue_spans", SPANS, "Where the cue stands"),
    _column("source", STRING, "Who says it, as written there; empty when the quote stands alone"),
    _column("source_spans", SPANS, "Where the source stands"),
    _column("source_form", STRING, "name, nominal (the diplomat), pronoun or none"),
    _maybe("speaker_id", STRING, "The identity behind the source; the same for the same name in all articles"),
    _maybe("speaker", STRING, "The speaker's name in its longest form; null when the text names nobody"),
    _maybe("speaker_label", STRING, "PERSON, ORG, …"),
    _maybe("speaker_role", STRING, "Title or description as the article gives it"),
    _maybe(
        "speaker_organization", STRING, "The body that the speaker speaks for, as the article gives it; null so far"
    ),
    _maybe("speaker_gender", STRING, "female, male or other, as the article shows it; null so far"),
    _maybe("speaker_gender_evidence", SPANS, "Where the article shows it; null so far"),
    _maybe("via", STRING, "Through whom or what it came to the reporter (a spokesman, a tweet); null so far"),
    _maybe("speaker_method", STRING, "How the speaker was found: named, pronoun, nominal, continuation, …"),
    _maybe("speaker_score", SCORE, "How sure the speaker is, 0 to 1"),
    _column("speaker_evidence", SPANS, "Where the article says who the speaker is"),
    _column("confidence", SCORE, "How sure the attribution is, 0 to 1, calibrated"),
    _column(
        "flags",
        STRINGS,
        "unbalanced_marks: one of its marks is missing; layout: a rule found it, and set its confidence",
    ),
    _maybe("published", TIME, "When the article was published"),
)

MENTIONS = _schema(
    "mentions",
    _column("mention_id", STRING, "Hash of the article, the raw span and the role"),
    _column("article_id", STRING, "The article"),
    _column("index", INT, "Place among the article's mentions, from 0"),
    _column("text", STRING, "The mention as written"),
    _column("span", SPAN, "Where it stands"),
    _maybe("label", STRING, "PERSON, ORG, LOC, NORP, FAC, PRODUCT, DATE, MONEY, MISC; null when unknown"),
    _column("form", STRING, "name, nominal (the diplomat) or pronoun; a date or a sum is a name"),
    _maybe("entity_id", STRING, "The entity of the article that is meant"),
    _column("score", SCORE, "How sure the mention is, 0 to 1"),
)

CLUSTERS = _schema(
    "clusters",
    _column("article_id", STRING, "An article whose story is told by others too; one told once has no row here"),
    _column("cluster_id", STRING, "The story: the smallest article_id of those that tell it"),
    _column("is_cluster_head", pa.bool_(), "The one article to read: published first, else the longest"),
    _column("similarity", SCORE, "Share of runs of three words in common with the head, of all that both have, 0 to 1"),
    _maybe("duplicate_of", STRING, "The first article with exactly the same text; null when this one is the first"),
)

REJECTS = _schema(
    "rejects",
    _column("uri", STRING, "Absolute path or URL of the input, relative to --base where given"),
    _column("record", STRING, "Which record of the input; empty when it is the file, after … when it is all the rest"),
    _column("step", STRING, "Which step refused it: load, clean, language, annotate"),
    _column("reason", STRING, "Why, in one word; all of them stand below"),
    _column("detail", STRING, "Why, in full"),
    _maybe("raw_sha256", STRING, "SHA-256 of the record's bytes; null when they could not be read"),
    _maybe("n_bytes", pa.int64(), "Size of the record; null when it could not be read"),
)

FINGERPRINTS = _schema(
    "fingerprints",
    _column("article_id", STRING, "The article"),
    _column("text_sha256", STRING, "SHA-256 of its text in UTF-8"),
    _maybe("published", TIME, "When it was published; null when unknown"),
    _column("signature", HASHES, "MinHash signature: the share of numbers that two have in common is their likeness"),
    _column("n_shingles", INT, "Numbers in shingles"),
    _column("shingles", HASHES, "Hashes of its runs of three words, in order, each once"),
    _maybe("details", HASHES, "Hashes of its names and numbers, in order, each once; null where made without"),
)

RECORDS = _schema(
    "records",
    _column("record_id", STRING, "Hash of address and record"),
    _column("address", STRING, "Canonical address of the input, relative to --base where given"),
    _column("uri", STRING, "Absolute path or URL of the input, relative to --base where given"),
    _column("record", STRING, "Which record of the input; empty when it is the file"),
    _column("outcome", STRING, "article, or reject"),
    _maybe("article_id", STRING, "The article that it became"),
    _maybe("reason", STRING, "Why it was refused"),
    _maybe("raw_sha256", STRING, "SHA-256 of the record's bytes; null when they could not be read"),
    _maybe("read_sha256", STRING, "Hash of what was read of it, text and metadata; null when nothing was"),
    _maybe("n_bytes", pa.int64(), "Size of the record; null when it could not be read"),
    _column("made_by", STRING, "Hash of the code, model and options that decide its rows"),
)

SCHEMAS: Mapping[str, pa.Schema] = {
    "articles": ARTICLES,
    "segments": SEGMENTS,
    "quotes": QUOTES,
    "mentions": MENTIONS,
    "clusters": CLUSTERS,
    "rejects": REJECTS,
    "fingerprints": FINGERPRINTS,
    "records": RECORDS,
}
