"""What decides about an article beside its text."""

from __future__ import annotations

from dataclasses import dataclass

#: A speaker less sure than this stays empty. Chosen by ``training.choose_speaker_threshold``.
MIN_SPEAKER_SCORE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorOptions:
    """What decides about an article beside its text.

    Articles confidently detected in another language than the ``languages`` (ISO 639 codes) are refused; () keeps all.
    A speaker whose score (0 to 1) is below ``min_speaker_score`` stays empty.

    ``spacy_config``: a spaCy config file, or the folder of a pipeline, whose components run after the reader. What
    they leave comes to ``Annotation.extra`` and ``.doc``, and changes nothing else.
    """

    languages: tuple[str, ...] = ()
    min_speaker_score: float = MIN_SPEAKER_SCORE
    spacy_config: str = ""
