"""One article, from the raw record to its annotation: ``Annotator`` takes the steps in order.

    RawArticle ──clean──► Article ──read──► Reading ──resolve──► Annotation
         └──────────────────┴──► Rejected

A record that cannot be cleaned is refused. What a later step cannot do with an article is noted on it (``flags``,
``fault``); the article stays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from onrecord.transforms.cleaning import clean
from onrecord.transforms.identities import resolve
from onrecord.transforms.language import identify, is_unwanted, languages
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Annotation, Article, RawArticle, Reading, Rejected

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

#: So many articles are read before the words that only they hold are forgotten.
ZONE_ARTICLES = 64


class Annotator:
    """Annotates articles, one as well as another: nothing of one leaks into the next.

    The model is loaded when the first article is read. An annotator belongs to one thread (``thread_annotator``).

    >>> annotator = Annotator(AnnotatorOptions(languages=("en",)))
    >>> annotator.annotate(RawArticle.of("Der Rat der Stadt kam am Montag zusammen und sprach über Geld.")).reason
    'language'
    """

    def __init__(self, options: AnnotatorOptions | None = None, *, nlp: Language | None = None) -> None:
        self.options = options or AnnotatorOptions()
        if nlp is not None:
            self.nlp = nlp

    @cached_property
    def nlp(self) -> Language:
        """The spaCy pipeline that holds the reader; raises ValueError for a ``spacy_config`` that cannot be.

        The first use loads all that an article needs, with the language model in a thread beside.
        """
        language_model = threading.Thread(target=languages, daemon=True)
        language_model.start()
        nlp = self._load_pipeline()
        language_model.join()
        return nlp

    def _load_pipeline(self) -> Language:
        if not self.options.spacy_config:
            from onrecord.transforms.reader import load_reader

            return load_reader()
        from onrecord.transforms.reader import load_with_components

        return load_with_components(self.options.spacy_config)

    def annotate(self, raw: RawArticle) -> Annotation | Rejected:
        """Everything that is found in one article, or why it is none."""
        _ = self.nlp  # outside of the try: what cannot be loaded is no fault of the article
        try:
            return self._annotate(raw)
        except Exception as error:
            return Rejected.of(raw, "annotate", "error", _message(error))

    def _annotate(self, raw: RawArticle) -> Annotation | Rejected:
        article = self.clean(raw)
        if isinstance(article, Rejected):
            return article
        article, reading, doc = self._read(article)
        annotation = self.resolve(article, reading)
        return self._run_components(annotation, doc) if doc is not None and self.options.spacy_config else annotation

    def annotate_all(self, raws: Iterable[RawArticle | Rejected]) -> Iterator[Annotation | Rejected]:
        """The same for many, one by one and in their order; what is rejected already stays so."""
        stream = iter(raws)
        results: list[Annotation | Rejected] | None = None
        while results is None or results:
            with self.nlp.memory_zone():
                chunk = islice(stream, ZONE_ARTICLES)
                results = [raw if isinstance(raw, Rejected) else self.annotate(raw) for raw in chunk]
            yield from results

    def clean(self, raw: RawArticle) -> Article | Rejected:
        """The first step: the text as a reader would read it, with its language."""
        try:
            article = clean(raw)
        except Exception as error:
            return Rejected.of(raw, "clean", "error", _message(error))
        return article if isinstance(article, Rejected) else self._check_language(article)

    def read(self, article: Article) -> tuple[Article, Reading]:
        """The second step: what the model finds in the text; nothing, and a fault, where it fails."""
        article, reading, _ = self._read(article)
        return article, reading

    def resolve(self, article: Article, reading: Reading) -> Annotation:
        """The last step: who speaks."""
        try:
            return replace(resolve(article, reading, min_score=self.options.min_speaker_score), reading=reading)
        except Exception as error:
            return Annotation(article=_with_fault(article, "resolve_failed", error), reading=reading)

    def _read(self, article: Article) -> tuple[Article, Reading, Doc | None]:
        """The second step, and the Doc that holds the reading."""
        from onrecord.transforms.reader import reading

        nlp = self.nlp  # outside of the try: what cannot be loaded is no fault of the article
        try:
            doc = nlp(article.text, **self._without_components)
            return article, reading(doc), doc
        except Exception as error:
            return _with_fault(article, "reader_failed", error), Reading(), None

    @cached_property
    def _without_components(self) -> dict[str, Any]:
        """How the pipeline is told to leave out people's own components, of which a failure would cost the reading."""
        if not self.options.spacy_config:
            return {}
        from onrecord.transforms.reader import other_pipes

        return {"disable": other_pipes(self.nlp)}

    def _run_components(self, annotation: Annotation, doc: Doc) -> Annotation:
        """The annotation with what people's own components leave; a fault, and nothing of them, where one fails."""
        from onrecord.transforms.reader import doc_bytes, extra_values, run_other_pipes

        try:
            doc = run_other_pipes(self.nlp, doc)
            return replace(annotation, extra=extra_values(doc), doc_bytes=doc_bytes(doc))
        except Exception as error:
            return replace(annotation, article=_with_fault(annotation.article, "components_failed", error))

    def _check_language(self, article: Article) -> Article | Rejected:
        """The article with its language; refused only when that is surely none of the wanted ones."""
        wanted = self.options.languages
        language, score = identify(article.text)
        if is_unwanted(language, score, wanted):
            return Rejected.of(article.raw, "language", "language", f"{language} with probability {score:.4f}")
        is_unsure = language is None or bool(wanted and language not in wanted)
        return replace(
            article,
            language=language,
            language_score=score if language else None,
            flags=(*article.flags, "language_unsure") if is_unsure else article.flags,
        )


_LOCAL = threading.local()


def thread_annotator(options: AnnotatorOptions) -> Annotator:
    """This thread's annotator, kept for the next call with the same options."""
    kept: Annotator | None = getattr(_LOCAL, "annotator", None)
    if kept is None or kept.options != options:
        same_nlp = kept is not None and kept.options.spacy_config == options.spacy_config
        kept = _LOCAL.annotator = Annotator(options, nlp=kept.nlp if kept and same_nlp else None)
    return kept


def _with_fault(article: Article, flag: str, error: Exception) -> Article:
    return replace(article, flags=(*article.flags, flag), fault=_message(error))


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
