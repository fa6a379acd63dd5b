"""Exports that people have worked on, read back: brat's folders, lines of JSON."""

from onrecord.pipeline.ask.reviews.reading import read_reviews

__all__ = ["read_reviews"]
