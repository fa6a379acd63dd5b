"""The frozen records that travel from a file to the tables; read this first.

    RawArticle ──clean──► Article ──read──► Reading ──resolve──► Annotation ──► rows
         │                   │                 │                     │
         └───────────────────┴──── Rejected ───┴─────────────────────┘

Offsets are half-open ``[start, end)`` and count Unicode code points. Plain offsets index
``Article.text`` (the clean body); ``raw_`` offsets index ``RawArticle.text`` (the record as decoded,
before any cleaning; ``\\r\\n`` is two characters and a byte-order mark is one).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit

if TYPE_CHECKING:
    from spacy.tokens import Doc

SegmentKind = Literal["title", "byline", "dateline", "heading", "paragraph", "caption", "boilerplate"]
QuoteKind = Literal["direct", "mixed", "indirect"]
Act = Literal["statement", "thought"]
Form = Literal["name", "nominal", "pronoun", "none"]
Precision = Literal["second", "minute", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedSpan:
    """``text``, which the raw record has at ``[raw_start, raw_end)``, is no body text but of this kind."""

    kind: SegmentKind
    raw_start: int
    raw_end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """One record of an input, decoded without loss. ``record`` names it inside its file ("" when it is the file).

    A source that knows which part of ``text`` is read says so: ``edits`` lead from a page's markup to what is seen of
    the story, ``removed_spans`` holds what else is seen on the page. Cleaning goes on from there.

    ``address`` is the canonical address of the input, of which ``uri`` may be another spelling; ``key`` is what a field
    of the record says it is known by (``--id-field``); ``extra`` are the fields that were to be kept
    (``--keep-fields``), as (name, value) sorted by name.

    ``flags`` tell what reading had to guess or could not do: ``encoding_guessed``, ``undecodable``, …
    """

    uri: str
    address: str = ""
    record: str = ""
    key: str | None = None
    text: str
    raw_sha256: str
    n_bytes: int
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    modified: datetime | None = None
    url: str | None = None
    extra: tuple[tuple[str, str], ...] = ()
    edits: tuple[Edit, ...] = ()
    removed_spans: tuple[RemovedSpan, ...] = ()
    flags: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str, uri: str = "", **metadata: Any) -> RawArticle:
        """A text that was read from no file, as the record that its UTF-8 bytes would be.

        >>> RawArticle.of("Rain fell.").n_bytes
        10
        """
        data = text.encode("utf-8", "surrogatepass")
        return cls(uri=uri, text=text, raw_sha256=sha256(data).hexdigest(), n_bytes=len(data), **metadata)

    @property
    def read_sha256(self) -> str:
        """A hash of all that was read: two of the same give the same rows, whatever files they stand in.

        A line of CSV has its names in the header, a page its address in the archive: the bytes do not say it all.
        """
        published, modified = (moment and moment.isoformat() for moment in (self.published, self.modified))
        dates = (published, self.published_precision, modified)
        about = (self.title, self.byline, self.publisher, dates, self.url, self.key, self.flags, self.extra)
        read = repr((self.text, about, self.edits, self.removed_spans))
        return sha256(read.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that did not become an article: which step refused it, why, and where it lies.

    ``address`` is the canonical address of the input (``uri`` where empty), ``read_sha256`` that of the raw article,
    None when it did not come so far.
    """

    uri: str
    address: str = ""
    record: str = ""
    step: str
    reason: str
    detail: str = ""
    raw_sha256: str | None = None
    read_sha256: str | None = None
    n_bytes: int | None = None

    @classmethod
    def of(cls, raw: RawArticle, step: str, reason: str, detail: str) -> Rejected:
        """The raw article, refused."""
        return cls(
            uri=raw.uri,
            address=raw.address,
            record=raw.record,
            step=step,
            reason=reason,
            detail=detail,
            raw_sha256=raw.raw_sha256,
            read_sha256=raw.read_sha256,
            n_bytes=raw.n_bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """``text`` at ``[start, end)`` of the clean body and ``[raw_start, raw_end)`` of the raw record."""

    start: int
    end: int
    raw_start: int
    raw_end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One block of the article in reading order.

    A paragraph stands in the body. Any other kind was cut out of it: its ``span.start == span.end`` is the
    place in the body where it stood, and its raw offsets and text say what it was.
    """

    index: int
    kind: SegmentKind
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A cleaned article: the body as a reader would read it, and what was cut out of it or mended in it.

    Title to url: as the record says, else as the text says at its head.
    """

    article_id: str
    raw: RawArticle
    body: AlignedText
    segments: tuple[Segment, ...] = ()
    fixes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    title: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: datetime | None = None
    published_precision: Precision | None = None
    modified: datetime | None = None
    url: str | None = None
    dateline_place: str | None = None
    agency: str | None = None
    language: str | None = None
    language_score: float | None = None
    fault: str | None = None

    @property
    def text(self) -> str:
        return self.body.text

    def span(self, start: int, end: int) -> Span:
        """The span of the body's ``[start, end)``, with its raw offsets."""
        raw_start, raw_end = self.body.raw_range(start, end)
        return Span(start=start, end=end, raw_start=raw_start, raw_end=raw_end, text=self.text[start:end])


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A named entity as the reader marks it in a text. ``score`` is the mean label probability, 0 to 1."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Somebody is said to have said, written or thought something. Each role is ``(start, end)`` ranges in text order.

    ``cue`` and ``source`` may be empty (a quotation that stands alone). ``confidence`` is calibrated, 0 to 1.
    """

    content: tuple[tuple[int, int], ...]
    cue: tuple[tuple[int, int], ...] = ()
    source: tuple[tuple[int, int], ...] = ()
    kind: QuoteKind
    act: Act
    confidence: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The reader's pointer from a pronoun or a source, ``[start, end)``, to what earlier stands for the same entity.

    ``targets``: ``(start, end, probability)`` of earlier names, sources and pronouns in sight; ``new``: the probability
    that the text has not spoken of it before. The rest of the mass lies on words that are none of these.
    """

    start: int
    end: int
    targets: tuple[tuple[int, int, float], ...] = ()
    new: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reader found in one text; all offsets index that text."""

    sentence_starts: tuple[int, ...] = ()
    entities: tuple[Entity, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span that names an entity, describes it ("the diplomat") or stands for it ("he")."""

    mention_id: str
    index: int
    span: Span
    label: str
    form: Form
    entity_id: str | None = None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityCluster:
    """One person, organization or place of an article behind all its names.

    ``name`` is the fullest form seen, titles aside; ``aliases`` its other spellings and ``roles`` what the article
    calls it, both in text order; ``speaker_id`` is the same in all articles, None for what does not speak (a place, a
    people).
    """

    entity_id: str
    speaker_id: str | None = None
    name: str
    label: str
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    gender: Literal["male", "female"] | None = None
    mentions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An attribution as a row of the ``quotes`` table; empty strings and None mean that the text does not say."""

    quote_id: str
    index: int
    kind: QuoteKind
    act: Act
    content: str
    content_spans: tuple[Span, ...]
    cue: str
    cue_spans: tuple[Span, ...]
    source: str
    source_spans: tuple[Span, ...]
    source_form: Form
    speaker_id: str | None = None
    speaker: str | None = None
    speaker_label: str | None = None
    speaker_role: str | None = None
    speaker_method: str | None = None
    speaker_score: float | None = None
    speaker_evidence: tuple[Span, ...] = ()
    confidence: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Everything known about one article, ready to become rows.

    ``extra``: what people's own spaCy components left, as (name, value) sorted by name; ``doc_bytes``: their Doc, None
    where there are none. ``reading`` is what the reader found; the rest was made of it.
    """

    article: Article
    mentions: tuple[Mention, ...] = ()
    quotes: tuple[Quote, ...] = ()
    entity_clusters: tuple[EntityCluster, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    reading: Reading = field(default=Reading(), repr=False)
    doc_bytes: bytes | None = field(default=None, repr=False)
    _doc: Doc | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def doc(self) -> Doc:
        """The article as a spaCy ``Doc``, made when first asked for and kept.

        Entities, sentences, ``doc.spans["attributions"]``, ``doc._.attributions``; and ``doc._.quotes``, with speakers.
        """
        if self._doc is None:
            # by name: the records know nothing of the rooms built on them, and spaCy is loaded for those who ask
            reader = import_module("onrecord.transforms.reader")
            object.__setattr__(self, "_doc", reader.make_doc(self))
        return cast("Doc", self._doc)

    def __getstate__(self) -> list[Any]:
        """All fields but the Doc, in order."""
        return [None if f.name == "_doc" else getattr(self, f.name) for f in fields(self)]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The article's paragraphs, and what was cut out of it, in reading order."""
        return self.article.segments

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; see ``onrecord.transforms.rendering.to_dict``."""
        from onrecord.transforms.rendering import to_dict

        return to_dict(self)

    def _repr_html_(self) -> str:
        """What Jupyter shows: the article with content, cue and source marked."""
        from onrecord.transforms.rendering import to_html

        return to_html(self)
