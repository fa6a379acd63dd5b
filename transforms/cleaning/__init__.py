"""Cleaning: a raw text becomes the body that a reader would read, mapped to the raw text; the rest is kept."""

from transforms.cleaning.steps import clean

__all__ = ["clean"]
