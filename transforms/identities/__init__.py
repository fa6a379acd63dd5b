"""Identities of a text: which mentions are one person or organization, and who stands behind each source.

Reading ──clusters──► entity clusters ──speakers──► a speaker, or nobody, for each attribution ──► Annotation
"""

from onrecord.transforms.identities.explain import explain
from onrecord.transforms.identities.resolve import resolve

__all__ = ["explain", "resolve"]
