"""A blank spaCy pipeline with the shipped reader: its model is opened while spaCy is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onrecord.transforms.reader.model import preload

if TYPE_CHECKING:
    from spacy.language import Language


def load_reader() -> Language:
    """A blank English pipeline with the shipped reader in it."""
    preload()
    import spacy

    from onrecord.transforms.reader.component import add_reader

    return add_reader(spacy.blank("en"))
