"""Identities of a text: names gathered into people and bodies, places resolved to them, sources given a speaker."""

from transforms.identities.decide import Decision, decide
from transforms.identities.discourse import Distribution
from transforms.identities.explain import explain
from transforms.identities.gather import gather
from transforms.identities.keys import keys_of
from transforms.identities.known import Known

__all__ = ["Decision", "Distribution", "Known", "decide", "explain", "gather", "keys_of"]
