"""The way of one article, from the raw record to its annotation: ``Annotator`` takes the steps in order.

    RawArticle ──clean──► Article ──read──► Reading ──resolve──► Annotation
         └──────────────────┴──► Rejected

A record that cannot be cleaned is refused. What a later step cannot do with an article is noted on it (``flags``,
``fault``); the article stays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from onrecord.transforms.cleaning import clean
from onrecord.transforms.identities import MIN_SPEAKER_SCORE, resolve
from onrecord.transforms.language import identify, is_unwanted
from onrecord.transforms.records import Annotation, Article, RawArticle, Reading, Rejected

if TYPE_CHECKING:
    from spacy.language import Language

#: So many articles are read before the words that only they hold are forgotten.
ZONE_ARTICLES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorOptions:
    """What decides about an article beside its text.

    Articles surely in none of the ``languages`` (ISO 639 codes) are refused; none of them means all are kept. A speaker
    whose score (0 to 1) is below ``min_speaker_score`` stays empty.
    """

    languages: tuple[str, ...] = ()
    min_speaker_score: float = MIN_SPEAKER_SCORE


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
        """The spaCy pipeline that holds the reader."""
        from onrecord.transforms.reader import load_reader

        return load_reader()

    def annotate(self, raw: RawArticle) -> Annotation | Rejected:
        """Everything that is found in one article, or why it is none."""
        article = self.clean(raw)
        return article if isinstance(article, Rejected) else self.resolve(*self.read(article))

    def annotate_all(self, raws: Iterable[RawArticle | Rejected]) -> Iterator[Annotation | Rejected]:
        """The same for many, one by one and in their order; what is rejected already stays so."""
        stream = iter(raws)
        while chunk := list(islice(stream, ZONE_ARTICLES)):
            with self.nlp.memory_zone():
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
        from onrecord.transforms.reader import reading

        try:
            return article, reading(self.nlp(article.text))
        except Exception as error:
            return _with_fault(article, "reader_failed", error), Reading()

    def resolve(self, article: Article, reading: Reading) -> Annotation:
        """The last step: who speaks."""
        try:
            return resolve(article, reading, min_score=self.options.min_speaker_score)
        except Exception as error:
            return Annotation(article=_with_fault(article, "resolve_failed", error))

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
        kept = _LOCAL.annotator = Annotator(options, nlp=kept.nlp if kept else None)
    return kept


def _with_fault(article: Article, flag: str, error: Exception) -> Article:
    return replace(article, flags=(*article.flags, flag), fault=_message(error))


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
