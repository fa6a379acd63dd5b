"""Cleaning: a raw text becomes the body that a reader would read, mapped to the raw text; the rest is kept."""

from onrecord.transforms.cleaning.steps import FIXES, clean, clean_text

__all__ = ["FIXES", "clean", "clean_text"]
