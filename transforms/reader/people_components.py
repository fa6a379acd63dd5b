"""People's own spaCy components after the reader: from a config file, or from the folder of a pipeline."""

from __future__ import annotations

from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from onrecord.transforms.reader.component import COMPONENT_NAME, add_reader

#: What the components are tried on, so that a pipeline that cannot work fails before the first article.
TRIAL_TEXT = "The council met on Monday."


class ComponentsError(ValueError):
    """A spaCy config, or the pipeline in a folder, cannot be loaded or does not work; one line says why."""


def load_with_components(path: str) -> Language:
    """The shipped reader with the components of ``path`` after it: a spaCy config file, or the folder of a pipeline.

    A config file with components to initialise (the patterns of an entity ruler) has them initialised. Raises
    ComponentsError.
    """
    try:
        nlp = _with_reader(_load(Path(path)))
        nlp(TRIAL_TEXT)  # with the reader, as in earnest: components may use what it sets
    except Exception as error:
        message = " ".join(str(error).split())
        raise ComponentsError(f"spaCy config {path}: {type(error).__name__}: {message}") from error
    return nlp


def _with_reader(nlp: Language) -> Language:
    return nlp if COMPONENT_NAME in nlp.pipe_names else add_reader(nlp)


def _load(path: Path) -> Language:
    if not path.exists():
        raise FileNotFoundError("no such file or folder")
    if path.is_dir():
        return spacy.load(path)
    config = spacy.util.load_config(path)
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    if config.get("initialize", {}).get("components"):
        nlp.initialize()
    return nlp


def other_pipes(nlp: Language) -> list[str]:
    """The names of all components but the reader."""
    return [name for name in nlp.pipe_names if name != COMPONENT_NAME]


def run_other_pipes(nlp: Language, doc: Doc) -> Doc:
    """Run all components but the reader on a Doc that it has seen."""
    return nlp(doc, disable=[COMPONENT_NAME])


def extra_values(doc: Doc) -> tuple[tuple[str, str], ...]:
    """What components have left, by name: ``doc.cats`` as ``cats.LABEL`` with 4 decimals, and ``doc._.extra``.

    All of it is text that UTF-8 can hold.
    """
    cats = {_text(f"cats.{label}"): f"{score:.4f}" for label, score in doc.cats.items()}
    return tuple(sorted((cats | {_text(name): _text(value) for name, value in doc._.extra.items()}).items()))


def _text(value: object) -> str:
    """The value as text, halves of surrogate pairs spelled out.

    >>> _text(3), _text(chr(0xD83D))
    ('3', '\\\\ud83d')
    """
    return str(value).encode("utf-8", "backslashreplace").decode()


def doc_bytes(doc: Doc) -> bytes:
    """The Doc as ``Doc.from_bytes`` takes it; without people's user data where that cannot be serialised."""
    try:
        return doc.to_bytes()
    except (TypeError, ValueError, NotImplementedError):
        return doc.to_bytes(exclude=["user_data"])
