"""Cleaning: raw text to the body that a reader would read, mapped to the raw text; what is cut out is kept."""

from onrecord.transforms.cleaning.rounds import clean, clean_text
from onrecord.transforms.cleaning.steps import STEP_DESCRIPTIONS

__all__ = ["STEP_DESCRIPTIONS", "clean", "clean_text"]
