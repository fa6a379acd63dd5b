"""Speakers: who stands behind each source of an article, resolved in reading order."""

from onrecord.transforms.identities.speakers.discourse import Distribution
from onrecord.transforms.identities.speakers.resolver import Resolution, SpeakerDecision, resolve_speakers

__all__ = ["Distribution", "Resolution", "SpeakerDecision", "resolve_speakers"]
