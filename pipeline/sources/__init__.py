"""Where articles come from: a source turns what the user names into references, and references into raw records."""

from pipeline.sources.references import Reference, Shard, plan
from pipeline.sources.text import find, load

__all__ = ["Reference", "Shard", "find", "load", "plan"]
